"""A scan's progress as server-sent events, from Postgres, woken by Redis.

While it waits, a stream holds neither a database connection nor a thread: each look is a short session in the thread
pool. The one thing it keeps open, its subscription, is a dependency, closed on every way a request can end.
"""

import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

import anyio
import anyio.to_thread
import redis.asyncio
import structlog
from fastapi import Depends, Header
from fastapi.sse import ServerSentEvent

from api.dependencies import CurrentSettings, DbSession, Id
from api.errors import InvalidCursor
from api.schemas.scans import Run, Scan
from worker.errors import NotFound
from worker.resources import database
from worker.scan import PROGRESS_CHANNEL
from worker.store import scans

log = structlog.get_logger()

LOOK_EVERY_SECONDS = 2.0
"""Without news from Redis a stream looks this often."""
_REST_SECONDS = 0.2
"""Between two looks, however much news there is: a fast scan finishes hundreds of runs a second."""
_AT_ONCE = 500

Position = tuple[int, int]


class Bell:
    """Rings when something happened in a scan; while Redis is away it just rings every two seconds."""

    def __init__(self, subscription: Any) -> None:
        self._subscription = subscription

    async def wait(self) -> None:
        """Wait for the next ring."""
        await anyio.sleep(_REST_SECONDS)
        until = time.monotonic() + LOOK_EVERY_SECONDS
        try:
            await self._subscription.get_message(ignore_subscribe_messages=True, timeout=LOOK_EVERY_SECONDS)
            while await self._subscription.get_message(ignore_subscribe_messages=True, timeout=0):
                pass  # what else rang meanwhile is seen by the same look
        except (redis.RedisError, RuntimeError):  # RuntimeError: not subscribed, Redis was away from the beginning
            await anyio.sleep(max(0.0, until - time.monotonic()))


async def get_bell(scan_id: Id, settings: CurrentSettings) -> AsyncIterator[Bell]:
    """Yield a scan's bell: a Redis connection of its own, closed when the request ends."""
    client = redis.asyncio.Redis.from_url(
        settings.redis_url.get_secret_value(), socket_connect_timeout=2, socket_timeout=5, decode_responses=True
    )
    async with client, client.pubsub() as subscription:
        try:
            await subscription.subscribe(PROGRESS_CHANNEL.format(scan_id))
        except redis.RedisError as error:
            log.warning("a scan is watched without Redis", scan=scan_id, error=str(error))
        yield Bell(subscription)


def get_scan_id(scan_id: Id, db: DbSession) -> int:
    """Return the id of a scan that exists. Raises NotFound."""
    scans.get(db, scan_id)
    return scan_id


def get_position(last_event_id: Annotated[str | None, Header(max_length=50)] = None) -> Position:
    """Return where a client that was cut off goes on. Raises InvalidCursor."""
    if not last_event_id:
        return (0, 0)
    tx, _, run = last_event_id.partition("-")
    if not (tx.isdecimal() and run.isdecimal() and max(int(tx), int(run)) < 2**63):
        raise InvalidCursor("this Last-Event-ID was not given out by this stream; begin without one")
    return (int(tx), int(run))


ScanBell = Annotated[Bell, Depends(get_bell)]
ScanId = Annotated[int, Depends(get_scan_id)]
From = Annotated[Position, Depends(get_position)]


async def follow(scan_id: int, start: Position, bell: Bell) -> AsyncIterator[ServerSentEvent]:
    """Yield a `run` event per run that finishes after a position, `progress` when totals changed, and `done`."""
    position, before = start, None
    while True:
        found, scan, all_seen = await anyio.to_thread.run_sync(_look, scan_id, position)
        for position, run in found:
            yield ServerSentEvent(event="run", id=f"{position[0]}-{position[1]}", data=Run.model_validate(run))
        if scan is None or (all_seen and scan.state != "running"):
            yield ServerSentEvent(event="done", data=scan or {"id": scan_id, "state": "deleted"})
            return
        if scan != before:
            before = scan
            yield ServerSentEvent(event="progress", data=scan)
        if len(found) < _AT_ONCE:
            await bell.wait()


def _look(scan_id: int, position: Position) -> tuple[list[tuple[Position, dict[str, Any]]], Scan | None, bool]:
    """Return runs that finished after a position, the scan (None: deleted), and whether no run is left to come."""
    with database() as db:
        try:
            scan = Scan.of(scans.get(db, scan_id))
        except NotFound:
            return [], None, True
        found = scans.finished_after(db, scan_id, position, most=_AT_ONCE)
        return found, scan, scans.all_seen(db, scan_id, found[-1][0] if found else position)
