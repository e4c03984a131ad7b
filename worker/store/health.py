"""What `/readyz`, `rolecall doctor` and the metrics ask of the database."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

_SERVER_VERSION = text("SHOW server_version")
_REVISION = text("SELECT version_num FROM alembic_version")

_BACKLOG = text("""
SELECT count(*) FILTER (WHERE state = 'queued') AS queued, count(*) FILTER (WHERE state = 'running') AS running,
    extract(epoch FROM now() - min(created_at))::float AS oldest_seconds
FROM scan_runs WHERE state <> 'finished'
""")

_BOARDS = text("""
SELECT count(*) AS boards, count(*) FILTER (WHERE enabled) AS enabled,
    count(*) FILTER (WHERE last_outcome IN ('failed', 'gone')) AS failing,
    count(*) FILTER (WHERE last_outcome IN ('suspect', 'partial')) AS incomplete,
    coalesce(sum(open_count), 0)::bigint AS open_postings
FROM boards
""")

_OVERDUE = text("""
SELECT count(*) AS boards, min(next_scan_at) AS since FROM boards
WHERE enabled AND next_scan_at < now() - :seconds * interval '1 second'
    AND NOT EXISTS (SELECT 1 FROM scan_runs WHERE board_id = boards.id AND state <> 'finished')
""")


def server_version(session: Session) -> str:
    """Return PostgreSQL's version, as the server names itself."""
    return str(session.execute(_SERVER_VERSION).scalar_one())


def revision(session: Session) -> str | None:
    """Return the migration the database is at."""
    return session.execute(_REVISION).scalar_one_or_none()


def backlog(session: Session) -> dict[str, Any]:
    """Return how many runs wait and run, and the age in seconds of the oldest."""
    return dict(session.execute(_BACKLOG).mappings().one())


def boards(session: Session) -> dict[str, Any]:
    """Return how many boards are watched, and how they are."""
    return dict(session.execute(_BOARDS).mappings().one())


def overdue(session: Session, *, seconds: float) -> tuple[int, datetime | None]:
    """Return how many boards should have been scanned so long ago and do not even wait for it, and since when."""
    row = session.execute(_OVERDUE, {"seconds": seconds}).one()
    return row[0], row[1]
