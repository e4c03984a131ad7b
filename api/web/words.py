"""What pages say of numbers, moments, money and places."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from babel import Locale

from worker.wording import count as count  # noqa: PLC0414 - templates say `words.count`
from worker.wording import sentence as sentence  # noqa: PLC0414

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))
_SHOWN_AS_DATE = timedelta(days=30)
_STEP = 1024
"""Bytes in a kB, and kB in a MB."""
_PLACES_SHOWN = 3

EMPLOYMENT = {
    "FULL_TIME": "Full time",
    "PART_TIME": "Part time",
    "CONTRACTOR": "Contract",
    "TEMPORARY": "Temporary",
    "INTERN": "Internship",
    "VOLUNTEER": "Volunteer",
    "PER_DIEM": "Per day",
    "OTHER": "Other",
}
WORKPLACE = {"onsite": "On site", "hybrid": "Hybrid", "remote": "Remote"}


def ago(moment: datetime, now: datetime | None = None) -> str:
    """Return how far a moment is from now: "3 hours ago", "in 5 minutes", its date when that is over a month."""
    distance = (now or datetime.now(UTC)) - moment
    if abs(distance) >= _SHOWN_AS_DATE:
        return day(moment.astimezone(UTC).date())
    seconds = abs(distance.total_seconds())
    for size, unit in _UNITS:
        if seconds >= size:
            said = count(int(seconds // size), unit)
            return f"{said} ago" if distance > timedelta() else f"in {said}"
    return "just now" if distance >= timedelta() else "in a moment"


def exactly(moment: datetime) -> str:
    """Return a moment to the minute, in UTC."""
    return f"{day(moment.astimezone(UTC).date())}, {moment.astimezone(UTC):%H:%M} UTC"


def day(on: date) -> str:
    """Return a date: "9 November 2026"."""
    return f"{on.day} {on:%B %Y}"


def clock(moment: datetime) -> str:
    """Return a moment of today: "12:03 UTC"."""
    return f"{moment.astimezone(UTC):%H:%M} UTC"


def heading(on: date, today: date) -> str:
    """Return a day as a heading: "Today", "Yesterday", "Friday, 6 November"."""
    if on == today:
        return "Today"
    if on == today - timedelta(days=1):
        return "Yesterday"
    return f"{on:%A}, {on.day} {on:%B}" if on.year == today.year else day(on)


def lasting(seconds: float) -> str:
    """Return a duration: "250 ms", "1.5 s", "3 min 20 s", "1 hour", "2 h 5 min", "4 days"."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:  # noqa: PLR2004 - seconds of a minute
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 48:  # noqa: PLR2004 - two days
        return count(hours // 24, "day")
    if not (minutes if hours else rest):
        return count(hours, "hour") if hours else count(minutes, "minute")
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def backlog(runs: Mapping[str, Any]) -> str:
    """Return how many boards are being read and wait, in all scans together."""
    if not runs["queued"] and not runs["running"]:
        return "No board is being read now, and none waits."
    first = f", the first of them for {lasting(runs['oldest_seconds'])}" if runs["queued"] else ""
    return f"All scans together: {count(runs['running'], 'board')} being read, {runs['queued']:,} waiting{first}."


def language(code: str | None) -> str | None:
    """Return a language by its English name, the code itself where it has none (CLDR)."""
    return code and str(_languages().get(code.replace("-", "_"), code))


@cache
def _languages() -> Mapping[str, str]:
    return Locale("en").languages


def size(octets: int) -> str:
    """Return a number of bytes: "512 B", "1.5 kB", "3.2 MB"."""
    if octets < _STEP:
        return f"{octets} B"
    kilobytes = octets / _STEP
    return f"{kilobytes:.1f} kB" if kilobytes < _STEP else f"{kilobytes / _STEP:.1f} MB"


def pay(salary: Mapping[str, Any] | None) -> str | None:
    """Return what a posting offers: "EUR 60,000 to 80,000 a year", None where it does not say."""
    if salary is None or (salary["min"] is None and salary["max"] is None):
        return None
    least, most = salary["min"], salary["max"]
    if least is None:
        said = f"up to {_amount(most)}"
    elif most is None:
        said = f"from {_amount(least)}"
    else:
        said = _amount(least) if least == most else f"{_amount(least)} to {_amount(most)}"
    period = f" a{'n' * (salary['period'] == 'HOUR')} {salary['period'].lower()}" if salary["period"] else ""
    return f"{salary['currency'] or ''} {said}{period}".strip()


def places(locations: Sequence[str]) -> str | None:
    """Return the first locations of a posting and how many more there are, None where it names none."""
    if not locations:
        return None
    more = len(locations) - _PLACES_SHOWN
    return "; ".join(locations[:_PLACES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _amount(amount: Decimal | float) -> str:
    return f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.2f}"
