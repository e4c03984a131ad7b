"""Boards that are gone, and those that may have taken their place."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from worker.errors import Conflict, NotFound
from worker.store.runs import Claim

LOOK_AGAIN_AFTER = timedelta(days=7)

_TAKE = text("""
WITH one AS (
    SELECT boards.id FROM boards
    WHERE enabled AND (gone_at IS NOT NULL OR moved_to IS NOT NULL)
        AND (relocation_checked_at IS NULL OR relocation_checked_at < now() - CAST(:again AS interval))
    ORDER BY relocation_checked_at NULLS FIRST, boards.id LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE boards SET relocation_checked_at = now() FROM one, companies
WHERE boards.id = one.id AND companies.id = boards.company_id
RETURNING boards.id, companies.name, boards.ats, boards.key, boards.moved_to
""")

_WRITE = text("""
INSERT INTO suggestions (board_id, ats, key, url, certainty, evidence, open_count)
SELECT id, :ats, :key, :url, :certainty, :evidence, :open_count FROM boards
WHERE id = :board AND NOT EXISTS (SELECT 1 FROM boards AS other WHERE ats = :ats AND lower(key) = lower(:key))
ON CONFLICT (board_id, ats, key) DO NOTHING
""")

_COLUMNS = """
suggestions.id, boards.company_id, companies.name AS company, suggestions.board_id, boards.url AS old_url,
suggestions.ats, suggestions.key AS board, suggestions.url, suggestions.certainty, suggestions.evidence,
suggestions.open_count AS open_postings, suggestions.created_at
"""

_PAGE = text(f"""
SELECT {_COLUMNS} FROM suggestions JOIN boards ON boards.id = suggestions.board_id
    JOIN companies ON companies.id = boards.company_id
WHERE suggestions.id > :after AND decided_at IS NULL AND boards.enabled
    AND (boards.gone_at IS NOT NULL OR boards.moved_to IS NOT NULL)
ORDER BY suggestions.id LIMIT :most
""")

_DECIDE = text("""
UPDATE suggestions SET decided_at = now(), accepted = :accepted WHERE id = :id AND decided_at IS NULL
RETURNING board_id, ats, key, url
""")

_REPLACE = text("""
INSERT INTO boards (company_id, ats, key, url, interval_seconds)
SELECT company_id, :ats, :key, :url, interval_seconds FROM boards WHERE id = :board
ON CONFLICT DO NOTHING RETURNING company_id
""")

_RETIRE = text("UPDATE boards SET enabled = false WHERE id = :board")

_OTHERS = text("""
UPDATE suggestions SET decided_at = now(), accepted = false WHERE board_id = :board AND decided_at IS NULL
""")

_CLOSE_REPLACED = text("""
WITH replaced AS (
    SELECT boards.id FROM suggestions JOIN boards ON boards.id = suggestions.board_id
    WHERE suggestions.accepted AND suggestions.ats = :ats AND lower(suggestions.key) = lower(:key)
        AND boards.company_id = :company AND NOT boards.enabled
), closed AS (
    UPDATE postings SET closed_at = now() FROM replaced WHERE board_id = replaced.id AND closed_at IS NULL
    RETURNING postings.id, board_id
), empty AS (
    UPDATE boards SET open_count = 0 FROM replaced WHERE boards.id = replaced.id
)
INSERT INTO posting_events (posting_id, board_id, scan_run_id, kind, baseline, changes)
SELECT id, board_id, :run, 'closed', false, '{}' FROM closed
""")


@dataclass(frozen=True, slots=True)
class Gone:
    """A board that is gone or whose address leads elsewhere (`moved_to`), and whose it is."""

    board_id: int
    company: str
    ats: str
    key: str
    moved_to: str | None


@dataclass(frozen=True, slots=True)
class Suggested:
    """A board that may have taken another one's place."""

    ats: str
    key: str
    url: str
    certainty: str
    evidence: str
    open_count: int | None


def take_gone(session: Session) -> Gone | None:
    """Return a board whose new place is to be looked for now, and note that it is; None when there is none."""
    row = session.execute(_TAKE, {"again": LOOK_AGAIN_AFTER}).one_or_none()
    return Gone(*row) if row else None


def write(session: Session, gone: Gone, found: Suggested) -> None:
    """Suggest a board, unless it is watched or has been suggested before."""
    values = {name: getattr(found, name) for name in Suggested.__dataclass_fields__}
    session.execute(_WRITE, {"board": gone.board_id, **values})


def page(session: Session, *, after: int, most: int) -> list[dict[str, Any]]:
    """Return the suggestions that nobody has decided on, the oldest first; none for a board that has come back."""
    return [dict(row) for row in session.execute(_PAGE, {"after": after, "most": most}).mappings()]


def accept(session: Session, suggestion: int) -> int:
    """Watch the suggested board in place of the old one; return the company.

    What is open on the old one closes with the new one's first complete reading; its history stays.
    Raises NotFound for a suggestion that is not there or decided, Conflict if the board is watched already.
    """
    row = _decide(session, suggestion, accepted=True)
    company = session.execute(_REPLACE, row).scalar_one_or_none()
    if company is None:
        raise Conflict(f"{row['url']} is watched already; dismiss the suggestion, and delete the board that is gone")
    session.execute(_RETIRE, {"board": row["board"]})
    session.execute(_OTHERS, {"board": row["board"]})
    return int(company)


def close_replaced(session: Session, held: Claim) -> None:
    """Close what is open on the boards whose place a person gave to this one, once this one has been read."""
    values = {"ats": held.ats, "key": held.key, "company": held.company_id, "run": held.run_id}
    session.execute(_CLOSE_REPLACED, values)


def dismiss(session: Session, suggestion: int) -> None:
    """Leave the old board in place. Raises NotFound for a suggestion that is not there or decided."""
    _decide(session, suggestion, accepted=False)


def _decide(session: Session, suggestion: int, *, accepted: bool) -> dict[str, Any]:
    row = session.execute(_DECIDE, {"id": suggestion, "accepted": accepted}).one_or_none()
    if row is None:
        raise NotFound(f"there is no open suggestion {suggestion}")
    return {"board": row[0], "ats": row[1], "key": row[2], "url": row[3]}
