"""Insights as pages and files show them: the rows of charts in words, and the tables of the files beside them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, timedelta
from typing import Any

from api.web import vendors, words
from worker.export_formats import Column, Kind, Row, Table
from worker.store.insights import OUTCOMES, SPANS, Moves, RunsOfDay

WEEKS = Table("weeks", (Column("week", Kind.DAY), Column("opened", Kind.INTEGER), Column("closed", Kind.INTEGER)))
TIME_OPEN = Table(
    "time-open",
    (Column("days_from", Kind.INTEGER), Column("days_below", Kind.INTEGER), Column("postings", Kind.INTEGER)),
)
DURATIONS = Table(
    "durations",
    (
        Column("day", Kind.DAY),
        Column("readings", Kind.INTEGER),
        Column("p50_milliseconds", Kind.INTEGER),
        Column("p95_milliseconds", Kind.INTEGER),
    ),
)
ENDED = Table("outcomes", (Column("vendor"), *(Column(outcome, Kind.INTEGER) for outcome in OUTCOMES)))

LOOKS = {
    "changed": ("accent", "Changed"),
    "unchanged": ("good", "Unchanged"),
    "partial": ("warm", "Read in part"),
    "suspect": ("odd", "Suspect"),
    "gone": ("plain", "Gone"),
    "failed": ("bad", "Failed"),
}
"""The outcomes of readings: how each is drawn, and what it is called."""
_LASTED = (
    *("less than a day", "1 to 3 days", "3 to 7 days", "1 to 2 weeks", "2 to 4 weeks", "4 to 8 weeks"),
    *("8 to 13 weeks", "13 to 26 weeks", "26 weeks or longer"),
)
_BELOW = ("a day", "3 days", "a week", "2 weeks", "4 weeks", "8 weeks", "13 weeks", "26 weeks")
_HUNDREDTH = 0.01


def weeks(moves: Moves, today: date) -> list[tuple[str, int, int]]:
    """Return what opened and closed in each week; a week that is not whole says so."""
    return [(_week(week.on, moves, today), week.opened, week.closed) for week in moves.weeks]


def first_week_ends(moves: Moves, today: date) -> date | None:
    """Return the Sunday with which the first week ends, None once it has."""
    ends = moves.weeks[0].on + timedelta(days=6) if moves.weeks else today
    return ends if len(moves.weeks) == 1 else None


def lasted(moves: Moves) -> list[tuple[str, int]]:
    """Return how many postings had been open for how long."""
    return list(zip(_LASTED, moves.lasted, strict=True))


def half(moves: Moves) -> str | None:
    """Return in words how long half of the postings had been open at most; None where there is none."""
    whole, seen = sum(moves.lasted), 0
    if not whole:
        return None
    for below, number in zip(_BELOW, moves.lasted, strict=False):
        seen += number
        if seen * 2 >= whole:
            return f"{seen / whole:.0%} of them were open for less than {below}."
    return "More than half of them were open for 26 weeks or longer."


def durations(days: Iterable[RunsOfDay]) -> list[tuple[str, float | None, float | None, int]]:
    """Return how many seconds readings took on each day."""
    return [(words.day(day.on), _seconds(day.p50), _seconds(day.p95), day.asked) for day in days]


def ended(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str | int, ...]]:
    """Return how readings ended, by vendor."""
    return [(vendors.name(row["ats"]), sum(_numbers(row)), *_numbers(row)) for row in rows]


def mixed(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, list[tuple[str, str, int]]]]:
    """Return the same as shares of each vendor's readings, with the share that failed in words."""
    return [
        (
            vendors.name(row["ats"]),
            _failed(row),
            [(*look, row[outcome]) for outcome, look in LOOKS.items() if row[outcome]],
        )
        for row in rows
    ]


def looks(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return how the outcomes that occur are drawn, and what they are called."""
    return [look for outcome, look in LOOKS.items() if any(row[outcome] for row in rows)]


def weeks_file(moves: Moves) -> list[Row]:
    """Return the rows of `WEEKS`."""
    return [(week.on, week.opened, week.closed) for week in moves.weeks]


def time_open_file(moves: Moves) -> list[Row]:
    """Return the rows of `TIME_OPEN`; the last one has the postings of which it is not known."""
    spans = zip((0, *SPANS), (*SPANS, None), moves.lasted, strict=True)
    return [*spans, (None, None, moves.unknown)]


def durations_file(days: Iterable[RunsOfDay]) -> list[Row]:
    """Return the rows of `DURATIONS`."""
    return [(day.on, day.asked, day.p50, day.p95) for day in days]


def ended_file(rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Return the rows of `ENDED`."""
    return [(row["ats"], *_numbers(row)) for row in rows]


def _week(on: date, moves: Moves, today: date) -> str:
    began = moves.began.astimezone(UTC).date() if moves.began else on
    marks = [f"from {began:%A}"] if on < began <= on + timedelta(days=6) else []
    marks += ["so far"] if today <= on + timedelta(days=6) else []
    return words.day(on) + (f" ({', '.join(marks)})" if marks else "")


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _numbers(row: Mapping[str, Any]) -> Sequence[int]:
    return [row[outcome] for outcome in OUTCOMES]


def _failed(row: Mapping[str, Any]) -> str:
    share = (row["failed"] + row["gone"]) / max(1, sum(_numbers(row)))
    if not share:
        return "none failed"
    return f"{share:.0%} failed" if share >= _HUNDREDTH else "under 1% failed"
