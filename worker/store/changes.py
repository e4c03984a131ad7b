"""The feed of changes for readers that want only some of them.

The cursor goes on over all that was looked at, whether it was wanted or not: a reader of what is rare does not look at
the same events again and again, and nothing can appear behind its cursor (`postings.changes` says why).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from worker.store import postings

LOOKED_AT_MOST = 20_000
"""Events that one call looks at."""

WANTED = """
    (CAST(:kinds AS text[]) IS NULL OR posting_events.kind = ANY(:kinds))
    AND (CAST(:company AS bigint) IS NULL OR boards.company_id = :company)
    AND (NOT :news OR (NOT posting_events.baseline AND posting_events.news IS NULL))
"""
"""The condition of a `Wanted`, whose values `bound` returns."""

_LOOK = text(f"""
WITH seen AS MATERIALIZED (
    SELECT tx, id, kind, baseline, news, board_id FROM posting_events
    WHERE (tx, id) > (:tx, :id) AND tx < settled_tx() ORDER BY tx, id LIMIT :looked_at
), found AS MATERIALIZED (
    SELECT posting_events.tx, posting_events.id FROM seen AS posting_events
        JOIN boards ON boards.id = posting_events.board_id
    WHERE {WANTED} ORDER BY posting_events.tx, posting_events.id LIMIT :most
)
SELECT tx, id, (SELECT count(*) FROM seen) AS looked_at,
    ARRAY(SELECT tx FROM found ORDER BY tx, id) AS found_tx, ARRAY(SELECT id FROM found ORDER BY tx, id) AS found
FROM seen ORDER BY tx DESC, id DESC LIMIT 1
""")

_EVENTS = text(f"""
{postings.EVENTS} WHERE posting_events.id = ANY(:ids) ORDER BY posting_events.tx, posting_events.id
""")

Cursor = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which changes are asked for; None means any. `news` leaves out first readings, further listings and reposts."""

    kinds: Sequence[str] | None = None
    company: int | None = None
    news: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the feed, the cursor behind all that was looked at for it, and whether more is there already."""

    events: list[dict[str, Any]]
    cursor: Cursor
    more: bool


def bound(wanted: Wanted) -> dict[str, Any]:
    """Return what `WANTED` is to be asked with."""
    kinds = list(wanted.kinds) if wanted.kinds else None
    return {"kinds": kinds, "company": wanted.company, "news": wanted.news}


def after(session: Session, cursor: Cursor, wanted: Wanted, *, most: int) -> Part:
    """Return wanted events after a cursor, at most `most`, in an order that never skips or repeats one.

    One call looks at `LOOKED_AT_MOST` events at most: it may return none while there are more.
    """
    values = {"tx": cursor[0], "id": cursor[1], "looked_at": LOOKED_AT_MOST, "most": most + 1, **bound(wanted)}
    row = session.execute(_LOOK, values).one_or_none()
    if row is None:
        return Part([], cursor, more=False)
    found = list(zip(row.found_tx, row.found, strict=True))
    if len(found) > most:
        return Part(_events(session, row.found[:most]), found[most - 1], more=True)
    return Part(_events(session, row.found), (row.tx, row.id), more=row.looked_at == LOOKED_AT_MOST)


def _events(session: Session, ids: Sequence[int]) -> list[dict[str, Any]]:
    if not ids:
        return []
    rows = session.execute(_EVENTS, {"ids": list(ids)}).mappings()
    return [{name: value for name, value in row.items() if name != "tx"} for row in rows]
