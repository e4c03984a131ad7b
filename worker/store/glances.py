"""What pages show at a glance: counts up to a bound, and what is enough to tell that something has changed."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from worker.store.inbox import WANTED, Wanted, bound

_RECENT_MOST = 2_000

_NEW = text("""
SELECT count(*) FROM (SELECT 1 FROM matches WHERE user_id = :user AND fits AND state = 'new' LIMIT :most) AS found
""")

_COUNT = text(f"""
SELECT count(*) FROM (
    SELECT 1 FROM matches JOIN postings ON postings.id = matches.posting_id JOIN boards ON boards.id = postings.board_id
    WHERE {WANTED} LIMIT :most
) AS found
""")

_COMPANIES = text("""
SELECT DISTINCT companies.id, companies.name FROM (
    SELECT posting_id FROM matches WHERE user_id = :user AND fits ORDER BY found_at DESC, id DESC LIMIT :recent
) AS found JOIN postings ON postings.id = posting_id JOIN boards ON boards.id = board_id
    JOIN companies ON companies.id = company_id
ORDER BY companies.name, companies.id LIMIT :most
""")

_SIGN = text("""
SELECT concat_ws(' ',
    (SELECT concat_ws(' ', found_at, id) FROM matches WHERE user_id = :user AND fits
        ORDER BY found_at DESC, id DESC LIMIT 1),
    (SELECT concat_ws(' ', max(id), max(undone_at)) FROM match_actions WHERE user_id = :user),
    (SELECT wishes_applied FROM users WHERE id = :user))
""")


def new_matches(session: Session, user: int, *, most: int) -> int:
    """Return how many new matches a person has, counted up to `most`."""
    return int(session.execute(_NEW, {"user": user, "most": most}).scalar_one())


def count(session: Session, user: int, wanted: Wanted, *, most: int) -> int:
    """Return how many matches of a person's are meant, counted up to `most`."""
    return int(session.execute(_COUNT, {**bound(user, wanted), "most": most}).scalar_one())


def companies(session: Session, user: int, *, most: int) -> list[dict[str, Any]]:
    """Return the companies of a person's latest matches, by name."""
    values = {"user": user, "recent": _RECENT_MOST, "most": most}
    return [dict(row) for row in session.execute(_COMPANIES, values).mappings()]


def sign(session: Session, user: int) -> str:
    """Return a text that is another one once matches came or a person did something with them."""
    return str(session.execute(_SIGN, {"user": user}).scalar_one())
