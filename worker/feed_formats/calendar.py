"""iCalendar (RFC 5545, with the properties of RFC 7986): an event where applications for a posting close."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar, Event

from worker.feed_formats.entry import Entry, Feed, readable

MEDIA_TYPE = "text/calendar"
_REFRESH = timedelta(hours=4)
_REFRESH_AS_TEXT = "PT4H"


def render(feed: Feed, entries: Sequence[Entry]) -> bytes:
    """Return the calendar of those entries that say when they close."""
    calendar = Calendar()
    calendar.add("prodid", "-//Rolecall//Closing dates//EN")
    calendar.add("version", "2.0")
    for name in ("name", "x-wr-calname"):
        calendar.add(name, readable(feed.title))
    calendar.add("refresh-interval", _REFRESH, {"value": "DURATION"})
    calendar.add("x-published-ttl", _REFRESH_AS_TEXT)
    for one in entries:
        if one.closes is not None:
            calendar.add_component(_event(one, one.closes))
    return bytes(calendar.to_ical())


def _event(one: Entry, closes: datetime) -> Event:
    event = Event()
    event.add("uid", one.id)
    event.add("dtstamp", one.updated.astimezone(UTC))
    event.add("last-modified", one.updated.astimezone(UTC))
    event.add("dtstart", _day_or_moment(closes.astimezone(UTC)))
    event.add("summary", readable(f"Closes: {one.title}"))
    event.add("description", readable(one.summary))
    event.add("url", readable(one.url))
    event.add("transp", "TRANSPARENT")
    return event


def _day_or_moment(closes: datetime) -> date | datetime:
    """Return midnight as a day: a board that names no time means the day."""
    return closes.date() if closes.time() == time() else closes
