"""What a feed says, whatever the format."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

_NOT_FOR_READERS = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Controls, and what XML 1.0 has no way to write."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: an id that is its own, its name, the address it is read at, and when it last changed."""

    id: str
    title: str
    url: str
    updated: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """A posting in a feed.

    `id` is a URN that stays the same for ever. `summary` is plain text, `html` sanitised, `text` plain; where both are
    None the board says nothing. `closes` is when applications close.
    """

    id: str
    title: str
    url: str
    company: str
    published: datetime
    updated: datetime
    summary: str
    html: str | None = None
    text: str | None = None
    language: str | None = None
    categories: Sequence[str] = ()
    closes: datetime | None = None


def readable(text: str) -> str:
    """Return a text without characters that feeds and calendars cannot hold."""
    return _NOT_FOR_READERS.sub("", text)
