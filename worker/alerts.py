"""Telling people: which alerts become a delivery now, what it says, and what follows from each try to send it.

Postgres is the truth. A tick makes deliveries of what waits and marks those that are due; `tasks` puts them on Redis.
What Redis or a worker loses, the next tick finds.
"""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import orjson
import structlog
from sqlalchemy.orm import Session

from worker.alert_times import after_quiet, is_due
from worker.channels.answers import Answer
from worker.channels.apprising import Busy
from worker.channels.reaching import WEBHOOK, look, send
from worker.channels.webhooks import new_secret
from worker.errors import InvalidInput, SealBroken, ServiceUnavailable, UnsafeAddress
from worker.resources import transaction
from worker.secret import seal, unseal
from worker.settings import Settings
from worker.store import alerts as store
from worker.store import channels, deliveries
from worker.store.alerts import Alert, Held
from worker.store.channels import Place
from worker.store.deliveries import Claim, New, Tried

log = structlog.get_logger()

TRIED_FOR = timedelta(hours=24)
_PAUSE_MOST = 4 * 3600.0
_JITTER = (0.8, 1.2)
_BUSY_SECONDS = 2.0
_BODY_BYTES = 512 << 10
"""What the events of one delivery may come to; a single one may be larger."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A delivery to be made: the matches told in full, how many more are counted, and the alerts this settles."""

    held: Held
    shown: Sequence[int]
    more: int
    alerts: Sequence[int]


def release(db: Session, now: datetime) -> bool:
    """Make deliveries of the alerts whose time has come; say whether any were made. The caller commits, and repeats.

    What is news no more is left out; a delivery with nothing left is noted and not sent.
    """
    due = [one for one in store.waiting(db) if is_due(one.plan, one.since, now)]
    held = {one.id: one for one in store.hold(db, due[: store.AT_ONCE])} if due else {}
    if not held:
        return False
    waiting = {channel: list(found) for channel, found in groupby(store.of_channels(db, list(held)), _channel)}
    pieces = [piece for channel, found in waiting.items() for piece in _pieces(held[channel], found)]
    told = store.told(db, [match for piece in pieces for match in piece.shown])
    made = deliveries.add(db, [_delivery(piece, told, now) for piece in pieces], now=now)
    store.mark(db, {alert: number for number, piece in zip(made, pieces, strict=True) for alert in piece.alerts})
    store.released(db, [one for one in held if not _left_over(held[one], waiting.get(one, ()))], now)
    return True


def follow(db: Session, now: datetime) -> bool:
    """Make deliveries of what changed for the webhooks that follow the changes; say whether any is further on now.

    A webhook's position moves in the transaction that makes its delivery, so no change is skipped or told twice. The
    caller commits, and repeats.
    """
    wanted = {channel: (name, kinds) for channel, name, kinds in store.followers(db, now=now)}
    found = {channel: list(_fitting(events)) for channel, events in store.events(db, list(wanted)).items()}
    new = []
    for channel, read in found.items():
        name, kinds = wanted[channel]
        if events := [event for _, event in read if event["kind"] in kinds]:
            new.append(New(channel, "changes", {**_head("changes", channel, name, now), "events": events}))
    deliveries.add(db, new, now=now)
    store.move_on(db, {channel: read[-1][0] for channel, read in found.items()})
    return bool(found)


def deliver(delivery: int, settings: Settings) -> int | None:
    """Try to send a delivery, and record what came of it; return its channel. None: it was not this worker's to send.

    No database connection is held while the network is waited for.
    """
    lease = lease_seconds(settings)
    held = transaction(lambda db: deliveries.claim(db, delivery, lease_seconds=lease))
    if held is None:
        return None
    started = time.monotonic()
    try:
        answer = _send(settings, held.id, held.address, held.secret, held.body)
    except Busy as error:
        later, why = held.now + timedelta(seconds=_BUSY_SECONDS), str(error)
        transaction(lambda db: deliveries.put_back(db, held, due_at=later, why=why))
        return None
    seconds = time.monotonic() - started
    tried = Tried(answer.ok, answer.text, round(seconds * 1000), _next_try(held, answer, settings, seconds))
    if not transaction(lambda db: deliveries.finish(db, held.id, held.token, tried)):
        log.warning("delivery taken over", delivery=held.id)
    log.info("delivery tried", delivery=held.id, channel=held.channel, ok=tried.ok, state=tried.state)
    return held.channel


def place(settings: Settings, address: str) -> tuple[Place, str | None]:
    """Return where an address leads, sealed, and a webhook's new secret. Raises InvalidInput, UnsafeAddress."""
    kind, shown = look(settings, address)
    secret = new_secret() if kind == WEBHOOK else None
    sealed = None if secret is None else seal(settings, secret)
    return Place(kind, seal(settings, address), shown, sealed), secret


def test(user: int, channel: int, settings: Settings) -> Tried:
    """Send a test to a person's channel, now; return what was answered. Raises NotFound."""
    lease = lease_seconds(settings)
    number, body, where = transaction(
        lambda db: (*deliveries.begin_test(db, user, channel, lease_seconds=lease), channels.place(db, user, channel))
    )
    started = time.monotonic()
    try:
        answer = _send(settings, number, where.address, where.secret, body)
    except Busy as error:
        answer = Answer(ok=False, text=str(error))
    tried = Tried(answer.ok, answer.text, round((time.monotonic() - started) * 1000))
    transaction(lambda db: deliveries.finish(db, number, deliveries.TEST_TOKEN, tried))
    return tried


def lease_seconds(settings: Settings) -> float:
    """Return how long a delivery is a worker's own: longer than waiting for a place and sending may take."""
    return 2 * settings.alert_seconds


def _channel(alert: Alert) -> int:
    return alert.channel


def _pieces(held: Held, waiting: Sequence[Alert]) -> Iterator[Piece]:
    """Split what waits for a channel: people get one message with the first few, a program gets all, bit by bit."""
    told = list(dict.fromkeys(one.match for one in waiting if one.tellable))
    if held.kind != "webhook" or len(told) <= held.most:
        yield Piece(held, told[: held.most], max(0, len(told) - held.most), [one.id for one in waiting])
        return
    piece_of = {match: number // held.most for number, match in enumerate(told)}
    settled: dict[int, list[int]] = {}
    for one in waiting:
        settled.setdefault(piece_of.get(one.match, 0), []).append(one.id)
    for number, alerts in sorted(settled.items()):
        yield Piece(held, told[number * held.most : (number + 1) * held.most], 0, alerts)


def _left_over(held: Held, waiting: Sequence[Alert]) -> bool:
    """Whether more waits for a channel than could be dealt with at once."""
    return len(waiting) >= (store.WEBHOOK_ALERTS_MOST if held.kind == "webhook" else store.ALERTS_MOST)


def _delivery(piece: Piece, told: Mapping[int, Mapping[str, Any]], now: datetime) -> New:
    matches = [told[match] for match in piece.shown if match in told]
    body = {**_head("matches", piece.held.id, piece.held.name, now), "matches": matches, "more": piece.more}
    return New(piece.held.id, "matches", body, "waiting" if matches else "skipped")


def _head(kind: str, channel: int, name: str, now: datetime) -> dict[str, Any]:
    return {"kind": kind, "created_at": now, "channel": {"id": channel, "name": name}}


def _fitting(events: Sequence[tuple[tuple[int, int], Any]]) -> Iterator[tuple[tuple[int, int], Any]]:
    """Yield the first events, as many as one body may hold."""
    size = 0
    for position, event in events:
        size += len(orjson.dumps(event))
        if size > _BODY_BYTES and size > len(orjson.dumps(event)):
            return
        yield position, event


def _send(settings: Settings, delivery: int, address: bytes, secret: bytes | None, body: dict[str, Any]) -> Answer:
    """Send; an error becomes an answer. Raises Busy where nothing was tried."""
    try:
        key = None if secret is None else unseal(settings, secret)
        return send(settings, unseal(settings, address), key, delivery=delivery, body=body)
    except Busy:
        raise
    except (InvalidInput, UnsafeAddress, SealBroken) as error:
        return Answer(ok=False, text=str(error), gone=True)
    except ServiceUnavailable as error:
        return Answer(ok=False, text=str(error))


def _next_try(held: Claim, answer: Answer, settings: Settings, seconds: float) -> datetime | None:
    """Return when a delivery is tried again, None: not any more. Neither in quiet hours nor while it is muted."""
    now, last = held.now + timedelta(seconds=seconds), held.since + TRIED_FOR
    if answer.ok or answer.gone or now >= last:
        return None
    pause = min(settings.alert_retry_seconds * 2.0 ** min(held.attempt - 1, 30), _PAUSE_MOST) * random.uniform(*_JITTER)
    due = min(now + timedelta(seconds=max(pause, answer.wait)), last)
    return after_quiet(held.plan, max(due, held.plan.muted_until or due))
