"""What vendors' answers hold, by day, and where that has drifted."""

from datetime import date
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from worker.drift import MONTH, Day, Drift, judge

FIELDS = {
    "apply_url": "apply_url IS NOT NULL",
    "closes_at": "closes_at IS NOT NULL",
    "country_codes": "cardinality(country_codes) > 0",
    "department": "department IS NOT NULL",
    "description": "description_text IS NOT NULL",
    "employment_type": "employment_type IS NOT NULL",
    "locations": "cardinality(locations) > 0",
    "posted_at": "posted_at IS NOT NULL",
    "requisition_id": "requisition_id IS NOT NULL",
    "salary": "salary_source = 'board'",
    "team": "team IS NOT NULL",
    "workplace": "workplace IS NOT NULL",
}
"""The fields that are watched, and when a stored posting says them."""

_OF_RUNS = ("rows", "skipped", "runs", "unexpected")

_TODAY = text("SELECT (now() AT TIME ZONE 'UTC')::date")

_COUNTS = ", ".join(f"'{name}', count(*) FILTER (WHERE {said})" for name, said in FIELDS.items())

_POSTINGS = text(f"""
WITH written AS (
    SELECT DISTINCT posting_id FROM posting_events
    WHERE at >= :day AND at < CAST(:day AS date) + 1 AND kind <> 'closed'
)
SELECT boards.ats, count(*) AS postings,
    jsonb_build_object({_COUNTS}) AS filled
FROM written JOIN postings ON postings.id = written.posting_id JOIN boards ON boards.id = postings.board_id
WHERE NOT detail_pending GROUP BY boards.ats
""")

_RUNS = text("""
SELECT boards.ats, count(*) AS runs, coalesce(sum(found + skipped), 0)::bigint AS rows,
    coalesce(sum(skipped), 0)::bigint AS skipped,
    count(*) FILTER (WHERE scan_runs.error_kind = 'UnexpectedPayload') AS unexpected
FROM scans JOIN scan_runs ON scan_runs.scan_id = scans.id JOIN boards ON boards.id = scan_runs.board_id
WHERE scans.created_at >= :day AND scans.created_at < CAST(:day AS date) + 1 AND outcome IS NOT NULL
GROUP BY boards.ats
""")

_WRITE_DAY = text("""
INSERT INTO vendor_days (ats, day, postings, filled, rows, skipped, runs, unexpected)
VALUES (:ats, :day, :postings, CAST(:filled AS jsonb), :rows, :skipped, :runs, :unexpected)
ON CONFLICT (ats, day) DO UPDATE SET postings = excluded.postings, filled = excluded.filled, rows = excluded.rows,
    skipped = excluded.skipped, runs = excluded.runs, unexpected = excluded.unexpected
""")

_MONTH = text("""
SELECT ats, day, postings, filled, rows, skipped, runs, unexpected FROM vendor_days
WHERE day < :day AND day >= :since ORDER BY day
""")

_WRITE_DRIFT = text("""
INSERT INTO drifts (ats, what, day, level, share) VALUES (:ats, :what, :day, :level, :share)
ON CONFLICT (ats, what, day) DO UPDATE SET level = excluded.level, share = excluded.share
""")

_MENDED = text("DELETE FROM drifts WHERE day = :day AND NOT (ats || '/' || what) = ANY(:still)")

_PAGE = text("""
SELECT id, ats, what, day, level, share, created_at FROM drifts
WHERE (CAST(:before AS bigint) IS NULL OR id < :before) AND (CAST(:ats AS text) IS NULL OR ats = :ats)
ORDER BY id DESC LIMIT :most
""")

_LATELY = text("""
SELECT DISTINCT ON (ats, what) ats, what, day, level, share FROM drifts
WHERE day >= (now() AT TIME ZONE 'UTC')::date - 1 ORDER BY ats, what, day DESC
""")


def measure(session: Session) -> list[Drift]:
    """Count what has been read today, write it down with where it has drifted, and return the drifts.

    It may be asked as often as one likes: the day is counted anew each time.
    """
    today = session.execute(_TODAY).scalar_one()
    days = _count(session, today)
    for day in days:
        session.execute(_WRITE_DAY, _values(day))
    before: dict[str, list[Day]] = {}
    for row in session.execute(_MONTH, {"day": today, "since": today - MONTH}):
        before.setdefault(row[0], []).append(Day(*row))
    drifts = [drift for day in days for drift in judge(day, before.get(day.ats, []))]
    session.execute(_MENDED, {"day": today, "still": [f"{one.ats}/{one.what}" for one in drifts]})
    for one in drifts:
        session.execute(_WRITE_DRIFT, {name: getattr(one, name) for name in Drift.__dataclass_fields__})
    return drifts


def page(session: Session, *, before: int | None, most: int, ats: str | None = None) -> list[dict[str, Any]]:
    """Return drifts, the newest first."""
    rows = session.execute(_PAGE, {"before": before, "most": most, "ats": ats}).mappings()
    return [dict(row) for row in rows]


def lately(session: Session) -> list[Drift]:
    """Return what drifted yesterday or today, once for each vendor and field."""
    return [Drift(*row) for row in session.execute(_LATELY)]


def _count(session: Session, day: date) -> list[Day]:
    postings = {row[0]: (row[1], row[2]) for row in session.execute(_POSTINGS, {"day": day})}
    runs = {row["ats"]: dict(row) for row in session.execute(_RUNS, {"day": day}).mappings()}
    return [
        Day(ats, day, *postings.get(ats, (0, {})), **{name: runs.get(ats, {}).get(name, 0) for name in _OF_RUNS})
        for ats in sorted({*postings, *runs})
    ]


def _values(day: Day) -> dict[str, Any]:
    values = {name: getattr(day, name) for name in Day.__dataclass_fields__}
    return values | {"filled": orjson.dumps(dict(day.filled)).decode()}
