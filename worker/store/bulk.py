"""Changing many companies at once. Who calls has seen to who may."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from worker.errors import InvalidInput

DELETED_MOST = 200
"""Companies that are deleted at once: with a thousand postings each, that takes seconds."""

_ENABLE = text("""
UPDATE boards SET enabled = :enabled,
    next_scan_at = CASE WHEN :enabled AND NOT enabled THEN now() ELSE next_scan_at END
WHERE company_id = ANY(:ids)
""")

_SCHEDULE = text("""
UPDATE boards SET interval_seconds = :interval, next_scan_at = now() + random() * least(
    coalesce(CAST(:interval AS bigint), :usual), 3600) * interval '1 second'
WHERE company_id = ANY(:ids)
""")

_LOCK_RUNS = text("""
SELECT 1 FROM scan_runs JOIN boards ON boards.id = scan_runs.board_id
WHERE boards.company_id = ANY(:ids) AND state <> 'finished' ORDER BY scan_runs.id FOR UPDATE OF scan_runs
""")

_DELETE = text("""
WITH keys AS (DELETE FROM role_keys WHERE company_id = ANY(:ids))
DELETE FROM companies WHERE id = ANY(:ids) RETURNING id
""")


def enable(session: Session, companies: Sequence[int], *, enabled: bool) -> None:
    """Pause companies' boards, or let them be scanned again, beginning now."""
    session.execute(_ENABLE, {"ids": list(companies), "enabled": enabled})


def set_interval(session: Session, companies: Sequence[int], seconds: int | None, *, usual: int) -> None:
    """Let companies be scanned every so many seconds; None: as often as is `usual`. They begin spread over an hour."""
    session.execute(_SCHEDULE, {"ids": list(companies), "interval": seconds, "usual": usual})


def delete(session: Session, companies: Sequence[int]) -> int:
    """Delete companies with their boards, postings and history; return how many there were.

    Their runs are locked first, as by whoever writes what one found. Raises InvalidInput for too many at once.
    """
    if len(companies) > DELETED_MOST:
        raise InvalidInput(f"at most {DELETED_MOST} companies are deleted at once; search for fewer of them")
    values = {"ids": list(companies)}
    session.execute(_LOCK_RUNS, values)
    return len(session.execute(_DELETE, values).all())
