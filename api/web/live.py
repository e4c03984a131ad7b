"""Streams that tell a page that something has changed; the page then asks for the element that shows it."""

import time
from collections.abc import AsyncIterator, Callable
from typing import Annotated

import anyio
import anyio.to_thread
from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlalchemy.orm import Session

from api.auth import CurrentUser
from worker.resources import database
from worker.store import glances, overview

LOOK_EVERY_SECONDS = 3.0
_LASTS_SECONDS = 600.0
"""A browser asks again by itself: so a stream ends at the latest some minutes after its session does."""

router = APIRouter(prefix="/live", include_in_schema=False)


def look_every() -> float:
    """Return how many seconds lie between two looks."""
    return LOOK_EVERY_SECONDS


LookEvery = Annotated[float, Depends(look_every)]


@router.get("/matches", response_class=EventSourceResponse)
async def follow_matches(person: CurrentUser, every: LookEvery) -> AsyncIterator[ServerSentEvent]:
    """Tell when matches of the person's came or changed."""
    async for event in changes(lambda db: glances.sign(db, person.id), every):
        yield event


@router.get("/companies", response_class=EventSourceResponse)
async def follow_companies(_: CurrentUser, every: LookEvery) -> AsyncIterator[ServerSentEvent]:
    """Tell when a company was added, or a run of any began or ended."""
    async for event in changes(overview.sign, every):
        yield event


async def changes(sign: Callable[[Session], str], every: float) -> AsyncIterator[ServerSentEvent]:
    """Yield a `change` event whenever what `sign` returns is another text; it is looked at `every` so many seconds.

    While it waits, a stream holds neither a database connection nor a thread.
    """
    until = time.monotonic() + _LASTS_SECONDS
    before = await anyio.to_thread.run_sync(_look, sign)
    yield ServerSentEvent(event="ready", data="")
    while time.monotonic() < until:
        await anyio.sleep(every)
        now = await anyio.to_thread.run_sync(_look, sign)
        if now != before:
            before = now
            yield ServerSentEvent(event="change", data="")


def _look(sign: Callable[[Session], str]) -> str:
    with database() as db:
        return sign(db)
