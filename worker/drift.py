"""Drift: a vendor's answers lose a field, rows that can be read, or their shape, without any request failing.

What a vendor's postings say is counted per day; a day that falls far behind the month before it is news for the
operator. The parsing then needs a look: either the vendor changed its answers, or employers fill in less.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

SKIPPED, UNEXPECTED = "skipped postings", "unexpected answers"
MONTH = timedelta(days=30)

_FEWEST_POSTINGS = 30
"""Postings of one day from which a share says something."""
_FEWEST_DAYS = 3
_LOWEST_LEVEL = 0.1
"""A field that fewer postings than these ever fill may be missing on any day."""
_FALL = 0.5
_RISE = 2.0
_HIGHEST_QUIET_SHARE = 0.02
"""Of skipped postings and unexpected answers: below this it is an employer's own trouble."""
_FEWEST_TROUBLED = 3


@dataclass(frozen=True, slots=True)
class Day:
    """What one vendor answered on one day.

    `postings` opened, changed or reopened, `filled` how many of them say a field; `rows` were read and `skipped` not
    to be read; `runs` ended, `unexpected` of them with an answer of another shape.
    """

    ats: str
    day: date
    postings: int
    filled: Mapping[str, int]
    rows: int
    skipped: int
    runs: int
    unexpected: int


@dataclass(frozen=True, slots=True)
class Drift:
    """A share of one day, from 0 to 1, that is far from its level of the month before: of a field, or of a trouble."""

    ats: str
    what: str
    day: date
    level: float
    share: float


def judge(today: Day, month: Sequence[Day]) -> Iterator[Drift]:
    """Yield what has fallen below half of the month's level, and which troubles have risen to twice theirs.

    `month` are the vendor's days before, of which days without postings say nothing.
    """
    yield from _fallen(today, [day for day in month if day.postings])
    yield from _risen(today, SKIPPED, (today.skipped, today.rows), [(day.skipped, day.rows) for day in month])
    yield from _risen(today, UNEXPECTED, (today.unexpected, today.runs), [(day.unexpected, day.runs) for day in month])


def _fallen(today: Day, month: Sequence[Day]) -> Iterator[Drift]:
    before = sum(day.postings for day in month)
    if len(month) < _FEWEST_DAYS or before < _FEWEST_POSTINGS or today.postings < _FEWEST_POSTINGS:
        return
    for field in sorted({field for day in month for field in day.filled}):
        level = sum(day.filled.get(field, 0) for day in month) / before
        share = today.filled.get(field, 0) / today.postings
        if level >= _LOWEST_LEVEL and share < level * _FALL:
            yield Drift(today.ats, field, today.day, level, share)


def _risen(today: Day, what: str, now: tuple[int, int], month: Sequence[tuple[int, int]]) -> Iterator[Drift]:
    troubled, of = now
    if troubled < _FEWEST_TROUBLED or not of:
        return
    before = sum(of for _, of in month)
    level = sum(troubled for troubled, _ in month) / before if before else 0.0
    share = troubled / of
    if share >= max(_HIGHEST_QUIET_SHARE, level * _RISE):
        yield Drift(today.ats, what, today.day, level, share)
