"""What charts show: what opened and closed by week, how long it was open, how long runs took and how they ended.

A million events cannot be counted while somebody waits for a page. `count` counts them into two small tables, of which
it only replaces what may have changed since the last time; the events themselves stay, so all of it can be counted
anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from worker.store.patterns import containing

WEEKS = 26
"""Weeks that are kept and shown, the current one among them."""
DAYS = 30
"""Days for which runs are kept and shown, today among them."""
OUTCOME_DAYS = 7
SPANS = (1, 3, 7, 14, 28, 56, 91, 182)
"""The days at which one span of time that a posting was open ends and the next begins; a last one has no end."""
OUTCOMES = ("changed", "unchanged", "partial", "suspect", "gone", "failed")

_OVERLAP = timedelta(hours=1)
"""What was written just before the last count may not have been committed then; no transaction takes as long."""
_ALL = ""
"""Where a vendor's key stands: all of them together."""

_ALONE = text("SELECT pg_try_advisory_xact_lock(hashtextextended('rolecall insights', 0)), now()")

_LAST_COUNT = text("SELECT max(counted_at) FROM run_days")

_LASTED = (*(f"open_{days}" for days in SPANS), "open_longer")
_MOVED = ("opened", "closed", *_LASTED)
_SUMS = ", ".join(f"sum({name}) AS {name}" for name in _MOVED)
_BOUNDS = ", ".join(f"interval '{days} days'" for days in SPANS)

_CLEAR_WEEKS = text("""
DELETE FROM board_weeks WHERE week >= :since OR week < :oldest OR board_id NOT IN (SELECT id FROM boards)
""")

_COUNT_WEEKS = text(f"""
WITH moved AS (
    SELECT id, posting_id, board_id, kind = 'closed' AS closed, at,
        date_trunc('week', at AT TIME ZONE 'UTC')::date AS week
    FROM posting_events
    WHERE at >= CAST(:since AS timestamp) AT TIME ZONE 'UTC' AND NOT baseline AND kind <> 'updated'
), lasted AS (
    SELECT board_id, week, closed, CASE WHEN closed AND NOT begun.baseline
        THEN width_bucket(moved.at - begun.at, ARRAY[{_BOUNDS}]) END AS span
    FROM moved LEFT JOIN LATERAL (
        SELECT at, baseline FROM posting_events
        WHERE closed AND posting_id = moved.posting_id AND id < moved.id AND kind IN ('opened', 'reopened')
        ORDER BY id DESC LIMIT 1
    ) AS begun ON true
)
INSERT INTO board_weeks (board_id, week, {", ".join(_MOVED)})
SELECT board_id, week, count(*) FILTER (WHERE NOT closed), count(*) FILTER (WHERE closed),
    {", ".join(f"count(*) FILTER (WHERE span = {number})" for number in range(len(_LASTED)))}
FROM lasted GROUP BY board_id, week
""")

_CLEAR_SUMS = text("DELETE FROM vendor_weeks")

_SUM_UP = text(f"""
INSERT INTO vendor_weeks (ats, week, {", ".join(_MOVED)})
SELECT coalesce(ats, '{_ALL}'), week, {_SUMS} FROM board_weeks JOIN boards ON boards.id = board_id
GROUP BY GROUPING SETS ((week, ats), (week))
""")

_CLEAR_DAYS = text("DELETE FROM run_days WHERE day >= :since OR day < :oldest")

_COUNT_DAYS = text(f"""
INSERT INTO run_days (ats, day, {", ".join(OUTCOMES)}, asked, p50, p95)
SELECT coalesce(ats, '{_ALL}'), (finished_at AT TIME ZONE 'UTC')::date AS day,
    {", ".join(f"count(*) FILTER (WHERE outcome = '{outcome}')" for outcome in OUTCOMES)},
    count(*) FILTER (WHERE requests > 0),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY milliseconds) FILTER (WHERE requests > 0),
    percentile_disc(0.95) WITHIN GROUP (ORDER BY milliseconds) FILTER (WHERE requests > 0)
FROM scan_runs JOIN boards ON boards.id = board_id
WHERE finished_at >= CAST(:since AS timestamp) AT TIME ZONE 'UTC'
    AND scan_runs.error_kind IS DISTINCT FROM 'Cancelled'
GROUP BY GROUPING SETS ((day, ats), (day))
""")

# A day without a run has a row, too, or nobody could tell that it has been counted.
_COUNT_TODAY = text(f"""
INSERT INTO run_days (ats, day, {", ".join(OUTCOMES)}, asked)
VALUES ('{_ALL}', :today, {", ".join("0" for _ in OUTCOMES)}, 0) ON CONFLICT DO NOTHING
""")

_MEANT = """
WITH meant AS MATERIALIZED (
    SELECT boards.id, boards.company_id, baseline_at FROM boards JOIN companies ON companies.id = company_id
    WHERE (CAST(:name AS text) IS NULL OR companies.name ILIKE :name)
        AND (CAST(:company AS bigint) IS NULL OR company_id = :company)
        AND (CAST(:ats AS text) IS NULL OR ats = :ats)
        AND (CAST(:group AS bigint) IS NULL
            OR EXISTS (SELECT 1 FROM groups WHERE id = :group AND user_id = :user AND all_companies)
            OR company_id IN (
                SELECT group_companies.company_id FROM group_companies JOIN groups ON groups.id = group_id
                WHERE group_id = :group AND user_id = :user))
)
"""

_SCOPE = text(f"""
{_MEANT} SELECT count(DISTINCT company_id) AS companies, min(baseline_at) AS began FROM meant
""")

_WEEKS = text(f"""
{_MEANT} SELECT week, {_SUMS} FROM board_weeks JOIN meant ON meant.id = board_id WHERE week >= :oldest GROUP BY week
""")

_VENDOR_WEEKS = text(f"SELECT week, {', '.join(_MOVED)} FROM vendor_weeks WHERE ats = :vendor AND week >= :oldest")

_RUN_DAYS = text("SELECT day, asked, p50, p95 FROM run_days WHERE ats = :ats AND day >= :oldest")

_OUTCOMES = text(f"""
SELECT ats, {", ".join(f"sum({outcome})::bigint AS {outcome}" for outcome in OUTCOMES)} FROM run_days
WHERE ats <> '{_ALL}' AND day >= :oldest AND (CAST(:ats AS text) IS NULL OR ats = :ats)
GROUP BY ats ORDER BY (sum(gone) + sum(failed)) / greatest(1, sum({" + ".join(OUTCOMES)})) DESC, ats
""")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose postings are asked for; None means anybody's. `name` is a part of it, `group` one of the person's."""

    name: str | None = None
    company: int | None = None
    ats: str | None = None
    group: int | None = None


@dataclass(frozen=True, slots=True)
class Week:
    """What opened and closed in the week that begins on a Monday (UTC)."""

    on: date
    opened: int
    closed: int


@dataclass(frozen=True, slots=True)
class Moves:
    """What opened and closed at some companies.

    `weeks` go from the week in which the first of them had been read whole (`began`) to the current one; there are none
    before that. `lasted` has the postings that closed in them by how long they had been open, in the order of `SPANS`;
    of `unknown` ones that is not known, because they were there before their board was first read.
    """

    companies: int
    began: datetime | None
    weeks: Sequence[Week]
    lasted: Sequence[int]
    unknown: int


@dataclass(frozen=True, slots=True)
class RunsOfDay:
    """The runs that asked a host and ended on a day (UTC), and the milliseconds that 50 and 95 of 100 took at most."""

    on: date
    asked: int
    p50: int | None
    p95: int | None


def count(session: Session) -> None:
    """Count what has happened since the last count; the caller commits. Nothing, if somebody else is counting."""
    alone, now = session.execute(_ALONE).one()
    if not alone:
        return
    last = session.execute(_LAST_COUNT).scalar_one()
    since = (last - _OVERLAP).astimezone(UTC).date() if last else date.min
    weeks, days = _oldest_week(now), _oldest_day(now, DAYS)
    for clear, add, values in (
        (_CLEAR_WEEKS, _COUNT_WEEKS, {"since": max(_monday(since), weeks), "oldest": weeks}),
        (_CLEAR_DAYS, _COUNT_DAYS, {"since": max(since, days), "oldest": days}),
    ):
        session.execute(clear, values)
        session.execute(add, values)
    session.execute(_COUNT_TODAY, {"today": _today(now)})
    session.execute(_CLEAR_SUMS)
    session.execute(_SUM_UP)


def counted_at(session: Session) -> datetime | None:
    """Return the moment up to which everything has been counted, None where nothing has been."""
    found: datetime | None = session.execute(_LAST_COUNT).scalar_one()
    return found


def moves(session: Session, user: int, wanted: Wanted, *, now: datetime) -> Moves:
    """Return what opened and closed in the last `WEEKS` at the companies that a person asks for."""
    values = {
        "user": user,
        "name": containing(wanted.name),
        "company": wanted.company,
        "ats": wanted.ats,
        "group": wanted.group,
        "vendor": wanted.ats or _ALL,
        "oldest": _oldest_week(now),
    }
    companies, began = session.execute(_SCOPE, values).one()
    some = any(one is not None for one in (wanted.name, wanted.company, wanted.group))
    found = {row["week"]: row for row in session.execute(_WEEKS if some else _VENDOR_WEEKS, values).mappings()}
    first = max(_monday(began.astimezone(UTC).date()), _oldest_week(now)) if began else _monday(_today(now))
    last = _monday(_today(now)) if began else first - timedelta(weeks=1)
    weeks = [_week(first + timedelta(weeks=number), found) for number in range((last - first).days // 7 + 1)]
    lasted = [sum(row[name] for row in found.values()) for name in _LASTED]
    return Moves(companies, began, weeks, lasted, sum(row["closed"] for row in found.values()) - sum(lasted))


def run_days(session: Session, ats: str | None, *, now: datetime) -> list[RunsOfDay]:
    """Return how long the runs of a vendor, or of all, took on each of the last `DAYS`, the oldest first."""
    oldest = _oldest_day(now, DAYS)
    rows = session.execute(_RUN_DAYS, {"ats": _ALL if ats is None else ats, "oldest": oldest})
    found = {row.day: RunsOfDay(*row) for row in rows}
    return [
        found.get(on) or RunsOfDay(on, 0, None, None) for on in (oldest + timedelta(days=day) for day in range(DAYS))
    ]


def outcomes(session: Session, ats: str | None, *, now: datetime) -> list[dict[str, Any]]:
    """Return how the runs of a vendor, or of each, ended in the last `OUTCOME_DAYS`; those that fail most first."""
    values = {"ats": ats, "oldest": _oldest_day(now, OUTCOME_DAYS)}
    return [dict(row) for row in session.execute(_OUTCOMES, values).mappings()]


def _week(on: date, found: Mapping[date, Mapping[Any, Any]]) -> Week:
    return Week(on, found[on]["opened"], found[on]["closed"]) if on in found else Week(on, 0, 0)


def _today(now: datetime) -> date:
    return now.astimezone(UTC).date()


def _monday(on: date) -> date:
    return on - timedelta(days=on.weekday())


def _oldest_week(now: datetime) -> date:
    return _monday(_today(now)) - timedelta(weeks=WEEKS - 1)


def _oldest_day(now: datetime, days: int) -> date:
    return _today(now) - timedelta(days=days - 1)
