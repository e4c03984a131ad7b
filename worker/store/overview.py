"""What the screens of companies show: who is watched and how that goes, a company's postings, runs and days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from worker.store.patterns import containing

DAYS = 30
"""Days that the list of companies shows of each."""
STATES = ("failing", "gone", "incomplete", "unread", "well", "paused")
"""How watching a company goes, the worst first; a company is as the worst of its boards that are not paused."""

_OVERVIEW = """
WITH overview AS (
    SELECT companies.id, companies.name, min(boards.ats) AS ats, count(DISTINCT boards.ats) AS vendors,
        coalesce(sum(boards.open_count), 0)::bigint AS open_count, max(boards.last_run_at) AS last_run_at,
        max(boards.last_read_at) AS last_read_at, min(boards.next_scan_at) FILTER (WHERE enabled) AS next_scan_at,
        coalesce(bool_or(enabled), true) AS enabled, min(gone_at) FILTER (WHERE enabled) AS gone_at,
        CASE
            WHEN NOT coalesce(bool_or(enabled), true) THEN 6
            WHEN bool_or(enabled AND gone_at IS NULL AND last_outcome IN ('failed', 'gone')) THEN 1
            WHEN bool_or(enabled AND gone_at IS NOT NULL) THEN 2
            WHEN bool_or(enabled AND last_outcome IN ('partial', 'suspect')) THEN 3
            WHEN coalesce(bool_or(enabled AND last_run_at IS NULL), true) THEN 4
            ELSE 5
        END AS rank
    FROM companies LEFT JOIN boards ON boards.company_id = companies.id
    WHERE (CAST(:name AS text) IS NULL OR companies.name ILIKE :name)
        AND (CAST(:ids AS bigint[]) IS NULL OR companies.id = ANY(:ids))
        AND (CAST(:ats AS text) IS NULL OR companies.id IN (SELECT company_id FROM boards WHERE ats = :ats))
        AND (CAST(:group AS bigint) IS NULL
            OR EXISTS (SELECT 1 FROM groups WHERE id = :group AND user_id = :user AND all_companies)
            OR companies.id IN (
                SELECT company_id FROM group_companies JOIN groups ON groups.id = group_id
                WHERE group_id = :group AND user_id = :user))
    GROUP BY companies.id
)
"""

_PAGE = text(f"""
{_OVERVIEW}
SELECT * FROM overview WHERE CAST(:rank AS int) IS NULL OR rank = :rank
ORDER BY rank, lower(name), id LIMIT :most OFFSET :start
""")

_COUNTS = text(f"{_OVERVIEW} SELECT rank, count(*) FROM overview GROUP BY rank")

_IDS = text(f"{_OVERVIEW} SELECT id FROM overview WHERE CAST(:rank AS int) IS NULL OR rank = :rank ORDER BY id")

_OF = """
WITH shown AS MATERIALIZED (
    SELECT id AS board_id, company_id, baseline_at FROM boards WHERE company_id = ANY(:ids)
), seen AS MATERIALIZED (
    SELECT company_id, id, first_seen_at, closed_at, baseline_at,
        (first_seen_at AT TIME ZONE 'UTC')::date AS opened_on, (closed_at AT TIME ZONE 'UTC')::date AS closed_on
    FROM shown JOIN postings USING (board_id)
)
"""

_MOVED = """
SELECT company_id, on_day, sum(opened)::bigint AS opened, sum(closed)::bigint AS closed FROM (
    SELECT company_id, opened_on AS on_day, count(*) AS opened, 0 AS closed
    FROM seen WHERE opened_on > :since GROUP BY 1, 2
    UNION ALL
    SELECT company_id, closed_on, 0, count(*) FROM seen WHERE closed_on > :since GROUP BY 1, 2
    UNION ALL
    SELECT company_id, NULL, count(*), 0 FROM seen WHERE closed_at IS NULL GROUP BY 1
) AS moved GROUP BY company_id, on_day
"""
"""What opened and closed by day; the row without a day says how many are open."""

_DAYS = text(f"{_OF} {_MOVED}")

_NUMBERS = text(f"""
{_OF}, found AS (
    SELECT company_id, count(*) FILTER (WHERE first_seen_at > greatest(baseline_at, now() - interval '7 days')
        AND baseline_at IS NOT NULL) AS new
    FROM seen GROUP BY company_id
), mine AS (
    SELECT company_id, count(*) AS matches FROM seen JOIN matches ON posting_id = seen.id
    WHERE user_id = :user AND fits AND state <> 'hidden' AND closed_at IS NULL GROUP BY company_id
), moved AS ({_MOVED}), days AS (
    SELECT company_id, jsonb_agg(jsonb_build_array(on_day, opened, closed)) AS moved FROM moved GROUP BY company_id
)
SELECT wanted.id, coalesce(days.moved, '[]') AS moved, coalesce(found.new, 0) AS new,
    coalesce(mine.matches, 0) AS matches,
    (SELECT min(baseline_at) FROM shown WHERE company_id = wanted.id) AS began,
    EXISTS (SELECT 1 FROM scan_runs JOIN shown USING (board_id)
        WHERE company_id = wanted.id AND state <> 'finished') AS reading,
    (SELECT min(since) FROM boards CROSS JOIN LATERAL (
        SELECT min(finished_at) AS since FROM (
            SELECT finished_at FROM scan_runs WHERE board_id = boards.id AND state = 'finished'
                AND error_kind IS DISTINCT FROM 'Cancelled'
            ORDER BY id DESC LIMIT least(failures, 1000)
        ) AS failed) AS first
        WHERE company_id = wanted.id AND enabled AND failures > 0) AS failing_since,
    coalesce(
        (SELECT enabled FROM company_settings WHERE user_id = :user AND company_id = wanted.id),
        (SELECT enabled FROM groups JOIN group_companies ON group_id = groups.id
            WHERE user_id = :user AND company_id = wanted.id AND NOT all_companies ORDER BY position, id LIMIT 1),
        (SELECT enabled FROM groups WHERE user_id = :user AND all_companies),
        false) AS watched
FROM unnest(CAST(:ids AS bigint[])) AS wanted (id)
    LEFT JOIN found ON found.company_id = wanted.id LEFT JOIN mine ON mine.company_id = wanted.id
    LEFT JOIN days ON days.company_id = wanted.id
""")

_VENDORS = text("SELECT ats, count(DISTINCT company_id) AS companies FROM boards GROUP BY ats ORDER BY ats")

_SIGN = text("""
SELECT concat_ws(' ', count(*), max(id), max(last_run_at), sum(fence),
    (SELECT max(id) FROM scan_runs), (SELECT count(*) FROM scan_runs WHERE state <> 'finished'))
FROM boards
""")

_BOARDS = text("""
SELECT boards.id, ats, key, url, enabled, interval_seconds, next_scan_at, last_run_at, last_read_at, last_outcome,
    open_count, details_pending, failures, error_kind, error, gone_at, baseline_at, moved_to
FROM boards WHERE company_id = :company ORDER BY id
""")

_POSTINGS = text("""
WITH seen AS (
    SELECT postings.* FROM postings JOIN boards ON boards.id = board_id
    WHERE company_id = :company AND (closed_at IS NULL) = :open
        AND (CAST(:text AS text) IS NULL OR title ILIKE :text)
    ORDER BY coalesce(closed_at, first_seen_at) DESC, id DESC LIMIT :most OFFSET :start
)
SELECT seen.id, title, url, locations, workplace, department, first_seen_at, closed_at,
    CASE WHEN matches.fits OR matches.state IN ('saved', 'applied', 'hidden') THEN matches.state END AS state
FROM seen LEFT JOIN matches ON posting_id = seen.id AND user_id = :user
ORDER BY coalesce(closed_at, first_seen_at) DESC, seen.id DESC
""")

_POSTING_COUNTS = text("""
SELECT count(*) FILTER (WHERE closed_at IS NULL) AS open, count(*) FILTER (WHERE closed_at IS NOT NULL) AS closed
FROM postings JOIN boards ON boards.id = board_id WHERE company_id = :company
""")

_RUNS = text("""
SELECT scan_runs.id, scan_id, ats, scan_runs.state, outcome, attempt, not_before, scan_runs.created_at, started_at,
    finished_at, found, opened, updated, closed, reopened, skipped, scan_runs.details_pending, requests, bytes,
    not_modified, milliseconds, scan_runs.error_kind, scan_runs.error, notes, trigger
FROM scan_runs JOIN boards ON boards.id = board_id JOIN scans ON scans.id = scan_id
WHERE company_id = :company AND (CAST(:scan AS bigint) IS NULL OR scan_id = :scan)
    AND (CAST(:before AS bigint) IS NULL OR scan_runs.id < :before)
ORDER BY scan_runs.id DESC LIMIT :most
""")

_UNFINISHED = text("""
SELECT max(scan_id) FROM scan_runs JOIN boards ON boards.id = board_id
WHERE company_id = :company AND state <> 'finished'
""")

_FOUND = text("""
SELECT companies.id AS company_id, companies.name AS company, boards.id AS board_id, ats, url, open_count,
    last_read_at, last_outcome, boards.error_kind, boards.error, run.state,
    run.error_kind AS run_error_kind, run.error AS run_error
FROM boards JOIN companies ON companies.id = company_id
    LEFT JOIN LATERAL (
        SELECT state, error_kind, error FROM scan_runs WHERE board_id = boards.id ORDER BY id DESC LIMIT 1
    ) AS run ON true
WHERE company_id = ANY(:ids) OR boards.id IN (SELECT board_id FROM scan_runs WHERE scan_id = :scan)
ORDER BY companies.id, boards.id LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which companies are asked for; None means any. `group` is one of the person's."""

    name: str | None = None
    state: str | None = None
    ats: str | None = None
    group: int | None = None
    ids: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """What a day (UTC) brought: postings that opened and closed in it, and how many were open at its end."""

    on: date
    open: int
    opened: int
    closed: int


def page(session: Session, user: int, wanted: Wanted, *, start: int, most: int) -> list[dict[str, Any]]:
    """Return companies with their states and last days, those first that need somebody; see `STATES`."""
    values = {**_bound(user, wanted), "start": start, "most": most}
    rows = [_named(row) for row in session.execute(_PAGE, values).mappings()]
    more = _numbers(session, user, [row["id"] for row in rows])
    return [{**row, **more[row["id"]]} for row in rows]


def counts(session: Session, user: int, wanted: Wanted) -> dict[str, int]:
    """Return how many companies there are in each state, whatever state is wanted."""
    found = {STATES[row[0] - 1]: row[1] for row in session.execute(_COUNTS, _bound(user, wanted))}
    return {state: found.get(state, 0) for state in STATES}


def ids(session: Session, user: int, wanted: Wanted) -> list[int]:
    """Return every company that is meant."""
    return list(session.execute(_IDS, _bound(user, wanted)).scalars())


def vendors(session: Session) -> list[tuple[str, int]]:
    """Return the vendors of what is watched, with how many companies each has."""
    return [(row[0], row[1]) for row in session.execute(_VENDORS)]


def sign(session: Session) -> str:
    """Return a text that is another one once a board was added, or a run began or ended."""
    return str(session.execute(_SIGN).scalar_one())


def days(session: Session, companies: Sequence[int], *, until: date, most: int) -> dict[int, list[Day]]:
    """Return the last days of companies, the oldest first, up to and with `until`.

    Reckoned back from what is open: a posting that was closed and opened again counts as open in between.
    """
    since = until - timedelta(days=most)
    moved: dict[int, dict[date | None, tuple[int, int]]] = {one: {} for one in companies}
    for row in session.execute(_DAYS, {"ids": list(companies), "since": since}):
        moved[row[0]][row[1]] = (row[2], row[3])
    return {one: _reckoned(found, until, most) for one, found in moved.items()}


def boards(session: Session, company: int) -> list[dict[str, Any]]:
    """Return a company's boards with how reading them goes."""
    return [dict(row) for row in session.execute(_BOARDS, {"company": company}).mappings()]


def postings(
    session: Session, user: int, company: int, *, is_open: bool, words: str | None, start: int, most: int
) -> list[dict[str, Any]]:
    """Return a company's postings, the latest first, with the state of the person's match where one is."""
    asked = {"user": user, "company": company, "open": is_open, "text": containing(words)}
    values = {**asked, "start": start, "most": most}
    return [dict(row) for row in session.execute(_POSTINGS, values).mappings()]


def posting_counts(session: Session, company: int) -> dict[str, int]:
    """Return how many postings of a company are open and closed."""
    return dict(session.execute(_POSTING_COUNTS, {"company": company}).mappings().one())


def runs(
    session: Session, company: int, *, scan: int | None = None, before: int | None = None, most: int
) -> list[dict[str, Any]]:
    """Return a company's runs, the latest first: of one scan, or those before an id."""
    values = {"company": company, "scan": scan, "before": before, "most": most}
    return [dict(row) for row in session.execute(_RUNS, values).mappings()]


def unfinished_scan(session: Session, company: int) -> int | None:
    """Return the latest scan that has not read all of a company's boards yet."""
    found = session.execute(_UNFINISHED, {"company": company}).scalar_one()
    return None if found is None else int(found)


def found(session: Session, companies: Sequence[int], scan: int | None, *, most: int) -> list[dict[str, Any]]:
    """Return boards of companies, and those that a scan reads, with what has been found there so far."""
    values = {"ids": list(companies), "scan": scan, "most": most}
    return [dict(row) for row in session.execute(_FOUND, values).mappings()]


def _numbers(session: Session, user: int, companies: Sequence[int]) -> dict[int, dict[str, Any]]:
    until = datetime.now(UTC).date()
    values = {"ids": list(companies), "user": user, "since": until - timedelta(days=DAYS)}
    found = {}
    for row in session.execute(_NUMBERS, values).mappings():
        moved = {date.fromisoformat(on) if on else None: (opened, closed) for on, opened, closed in row["moved"]}
        found[row["id"]] = {**row, "days": _reckoned(moved, until, DAYS)}
    return found


def _reckoned(moved: Mapping[date | None, tuple[int, int]], until: date, most: int) -> list[Day]:
    """Walk back from what is open now."""
    number = moved.get(None, (0, 0))[0]
    reckoned = []
    for back in range(most):
        on = until - timedelta(days=back)
        opened, closed = moved.get(on, (0, 0))
        reckoned.append(Day(on, number, opened, closed))
        number += closed - opened
    return reckoned[::-1]


def _named(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {**row, "state": STATES[row["rank"] - 1]}


def _bound(user: int, wanted: Wanted) -> dict[str, Any]:
    return {
        "user": user,
        "name": containing(wanted.name),
        "ats": wanted.ats,
        "group": wanted.group,
        "ids": None if wanted.ids is None else list(wanted.ids),
        "rank": None if wanted.state is None else STATES.index(wanted.state) + 1,
    }
