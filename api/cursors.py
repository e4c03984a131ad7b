"""Opaque cursors: where a list goes on. A client hands back what it was given and need not know what it means."""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import Depends, Query

from api.errors import InvalidCursor

_FORM = re.compile(r"([a-z]+)((?::\d{1,19})+)")
_LARGEST = 2**63 - 1
PAIR = (_LARGEST, _LARGEST)
"""The largest numbers of a position that is two ids."""


def encode(kind: str, *position: int) -> str:
    """Return the cursor of a position in a kind of list."""
    text = ":".join([kind, *map(str, position)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(kind: str, cursor: str, largest: Sequence[int] = (_LARGEST,)) -> tuple[int, ...]:
    """Return the position a cursor of this kind of list stands for, each number of it no larger than that.

    Raises InvalidCursor.
    """
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    match = _FORM.fullmatch(text)
    position = tuple(int(part) for part in match[2].split(":")[1:]) if match else ()
    known = match is not None and match[1] == kind and len(position) == len(largest)
    if not known or any(number > most for number, most in zip(position, largest, strict=True)):
        raise InvalidCursor("this cursor was not given out by this list; begin without one")
    return position


class Paging:
    """Which part of a list is asked for."""

    def __init__(
        self,
        cursor: Annotated[
            str | None, Query(max_length=200, description="`next_cursor` of the part before; none for the first")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=1000, description="The most items to return")] = 100,
    ) -> None:
        self.cursor = cursor
        self.limit = limit

    @property
    def most(self) -> int:
        """One item more than asked for, which tells whether the list goes on."""
        return self.limit + 1

    def after(self, kind: str) -> int:
        """Return the id after which a list by rising ids goes on."""
        return self.before(kind) or 0

    def before(self, kind: str) -> int | None:
        """Return the id before which a list by falling ids goes on."""
        return decode(kind, self.cursor)[0] if self.cursor else None

    def part(self, kind: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return up to `limit` of the rows that were read, with the cursor to the next ones."""
        items = rows[: self.limit]
        more = len(rows) > self.limit
        return {"items": items, "next_cursor": encode(kind, items[-1]["id"]) if more else None}


Page = Annotated[Paging, Depends()]
