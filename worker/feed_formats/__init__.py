"""Feeds as documents: each format is a pure function from a feed and its entries to bytes."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from worker.feed_formats import atom, calendar, json_feed
from worker.feed_formats.entry import Entry, Feed

__all__ = ["FORMATS", "Entry", "Feed", "Format"]


class Format(NamedTuple):
    """A format: its media type, and what renders it."""

    media_type: str
    render: Callable[[Feed, Sequence[Entry]], bytes]


FORMATS: Mapping[str, Format] = {
    "atom": Format(atom.MEDIA_TYPE, atom.render),
    "json": Format(json_feed.MEDIA_TYPE, json_feed.render),
    "ics": Format(calendar.MEDIA_TYPE, calendar.render),
}
"""The formats by the suffix of their addresses."""
