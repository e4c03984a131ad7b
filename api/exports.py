"""Exports as they are sent: while they are written, as fast as the reader takes them, and not for ever.

While its reader waits, an export holds a database connection of its own; that is why there are few at a time. All it
holds are dependencies that end after the answer, so they are closed on every way a request can end.
"""

from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from itertools import chain
from threading import BoundedSemaphore
from typing import Annotated, Any, Literal

import anyio
import anyio.to_thread
from fastapi import Depends
from fastapi.responses import StreamingResponse
from sqlalchemy.orm import Session
from starlette.requests import ClientDisconnect
from starlette.types import Message, Send

from api.auth import CurrentUser
from api.errors import TooManyRequests
from worker.errors import ServiceUnavailable
from worker.export_formats import FORMATS
from worker.exporting import Export
from worker.resources import get_one_moment
from worker.store import exports

AT_ONCE = 4
"""Each takes a connection of the process's twenty, and for a part of the time a core."""
AT_ONCE_OF_A_PERSON = 2
STALL_SECONDS = 60.0
"""A reader that takes nothing for so long is left."""
LONGEST_SECONDS = 3600.0
"""While an export is under way Postgres can clean up nothing that was there when it began."""
_PLACES = BoundedSemaphore(AT_ONCE)
_TRY_AGAIN_SECONDS = "30"

Form = Literal["csv", "jsonl", "xlsx", "parquet"]


def get_place() -> Iterator[None]:
    """Hold one of the places for exports. Raises ServiceUnavailable when all are taken."""
    if not _PLACES.acquire(blocking=False):
        raise ServiceUnavailable("other exports are under way; try again when one has ended")
    try:
        yield
    finally:
        _PLACES.release()


def get_session(
    person: CurrentUser, _: Annotated[None, Depends(get_place)], db: Annotated[Session, Depends(get_one_moment)]
) -> Session:
    """Return a session that stays open until the answer has been sent. Raises TooManyRequests."""
    if not exports.take_place(db, person.id, AT_ONCE_OF_A_PERSON):
        raise TooManyRequests(
            f"{AT_ONCE_OF_A_PERSON} exports of yours are under way; try again when one has ended, or end one",
            headers={"Retry-After": _TRY_AGAIN_SECONDS},
        )
    return db


ExportSession = Annotated[Session, Depends(get_session)]


class Download(StreamingResponse):
    """A file that is sent while it is written. A reader that stalls, or takes too long in all, is left."""

    def __init__(self, parts: Generator[bytes], form: Form, name: str) -> None:
        self._parts = parts
        first = next(parts, b"")
        headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
        super().__init__(chain([first], parts), media_type=FORMATS[form].media_type, headers=headers)

    async def stream_response(self, send: Send) -> None:
        """Send the parts; whatever happens, no more of them is written afterwards."""

        async def send_soon(message: Message) -> None:
            with anyio.fail_after(STALL_SECONDS):
                await send(message)

        try:
            with anyio.fail_after(LONGEST_SECONDS):
                await super().stream_response(send_soon)
        except TimeoutError:
            raise ClientDisconnect from None
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(self._parts.close)


def download(export: Export, form: Form, *, byte_order_mark: bool = False) -> Download:
    """Return an export as an answer. What goes wrong before its first part is raised, and can be answered."""
    name = f"rolecall-{export.table.name}-{datetime.now(UTC):%Y-%m-%d}"
    return Download(export.written(form, byte_order_mark=byte_order_mark), form, name)


def documented() -> dict[int | str, dict[str, Any]]:
    """Return the documentation of what an export answers."""
    content = {one.media_type.partition(";")[0]: {"schema": {"type": "string"}} for one in FORMATS.values()}
    return {200: {"description": "The file", "content": content}}
