"""How watching companies goes, as pages say it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from api.web import vendors
from worker.remedies import cause, remedy
from worker.store import overview
from worker.store.overview import Day

SAID = {
    "failing": "Failing",
    "gone": "Gone",
    "incomplete": "Read in part",
    "unread": "Not read yet",
    "well": "Watched well",
    "paused": "Paused",
}
"""The states of companies in words."""
INTERVALS = (
    (900, "every 15 minutes"),
    (1_800, "every 30 minutes"),
    (3_600, "every hour"),
    (10_800, "every 3 hours"),
    (21_600, "every 6 hours"),
    (43_200, "every 12 hours"),
    (86_400, "every day"),
    (604_800, "every week"),
)


def listed(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return companies as a list shows them: with the name of the vendor, and the line of what was open."""
    return [
        {**row, "vendor": vendors.name(row["ats"]) if row["ats"] else None, "line": line(row["days"], row["began"])}
        for row in rows
    ]


def line(days: Iterable[Day], began: datetime | None) -> list[int | None]:
    """Return how many postings were open at the end of each day; None before the first whole reading."""
    since = began.astimezone(UTC).date() if began else date.max
    return [day.open if day.on >= since else None for day in days]


def boards(db: Session, company: int) -> list[dict[str, Any]]:
    """Return a company's boards with their vendors' names and, where something is wrong, its cause and remedy."""
    return [
        {**board, "vendor": vendors.name(board["ats"]), **_trouble(board)} for board in overview.boards(db, company)
    ]


def intervals(now: int | None, usual: int) -> list[tuple[str, str]]:
    """Return the choices of how often a company is scanned; the one it has now is among them."""
    known = dict(INTERVALS)
    if now is not None and now not in known:
        known[now] = f"every {now:,} seconds"
    said = dict(INTERVALS).get(usual, f"every {usual:,} seconds")
    return [("usual", f"As usual here: {said}"), *((str(one), said) for one, said in sorted(known.items()))]


def _trouble(board: Mapping[str, Any]) -> dict[str, Any]:
    outcome, kind = board["last_outcome"], board["error_kind"]
    if outcome not in ("failed", "gone", "partial", "suspect"):
        return {"cause": None, "remedy": None}
    return {"cause": cause(kind), "remedy": remedy(outcome, kind)}
