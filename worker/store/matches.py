"""Matches: what is to be judged, what is known of it, and what fits, written."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from psycopg2.extras import Json, execute_values
from sqlalchemy import text
from sqlalchemy.orm import Session

from worker.errors import NotFound
from worker.posting import Place, Salary
from worker.wish import Facts

_FACTS = """
postings.id, boards.company_id, postings.title, postings.places, postings.country_codes, postings.workplace,
postings.salary_min, postings.salary_max, postings.salary_currency, postings.salary_period, postings.language,
postings.posted_at, postings.first_seen_at, postings.closed_at IS NOT NULL AS closed
"""

_OPEN = text(f"""
SELECT {_FACTS} FROM postings JOIN boards ON boards.id = postings.board_id
WHERE postings.id > :after AND postings.closed_at IS NULL
    AND (CAST(:companies AS bigint[]) IS NULL OR boards.company_id = ANY(:companies))
ORDER BY postings.id LIMIT :most
""")

_NEWEST = text(f"""
SELECT {_FACTS} FROM postings JOIN boards ON boards.id = postings.board_id
WHERE postings.closed_at IS NULL
    AND (CAST(:companies AS bigint[]) IS NULL OR boards.company_id = ANY(:companies))
ORDER BY postings.id DESC LIMIT :most
""")

_CLOSED = text(f"""
SELECT {_FACTS} FROM matches JOIN postings ON postings.id = matches.posting_id
    JOIN boards ON boards.id = postings.board_id
WHERE matches.user_id = :user AND postings.id > :after AND postings.closed_at IS NOT NULL
    AND (CAST(:companies AS bigint[]) IS NULL OR boards.company_id = ANY(:companies))
ORDER BY postings.id LIMIT :most
""")

_ONE = text(f"""
SELECT {_FACTS} FROM postings JOIN boards ON boards.id = postings.board_id WHERE postings.id = :posting
""")

_COUNT_OPEN = text("""
SELECT coalesce(sum(open_count), 0)::bigint FROM boards
WHERE CAST(:companies AS bigint[]) IS NULL OR company_id = ANY(:companies)
""")

_DESCRIPTIONS = text("SELECT id, description_text FROM postings WHERE id = ANY(:ids)")

_KNOWN = text("""
SELECT id, user_id, posting_id, fits, state FROM matches WHERE user_id = ANY(:users) AND posting_id = ANY(:postings)
""")

_INSERT = """
INSERT INTO matches (user_id, posting_id, why, found_at) VALUES %s
ON CONFLICT (user_id, posting_id) DO NOTHING RETURNING id, user_id, posting_id
"""

_FIT = """
UPDATE matches SET fits = true, why = wanted.why,
    found_at = CASE WHEN wanted.news THEN now() ELSE found_at END,
    state = CASE WHEN wanted.news AND state = 'seen' THEN 'new' ELSE state END
FROM (VALUES %s) AS wanted (id, why, news)
WHERE matches.id = wanted.id AND (NOT fits OR wanted.news OR matches.why <> wanted.why)
"""

_NO_FIT = text("UPDATE matches SET fits = false WHERE id = ANY(:ids)")

_UNWATCHED = text("""
UPDATE matches SET fits = false FROM postings JOIN boards ON boards.id = postings.board_id
WHERE matches.user_id = :user AND matches.fits AND postings.id = matches.posting_id
    AND (CAST(:watched AS bigint[]) IS NULL OR NOT boards.company_id = ANY(:watched))
    AND (CAST(:companies AS bigint[]) IS NULL OR boards.company_id = ANY(:companies))
""")

# Few roles have a second listing: those are found first, so that the rest costs next to nothing.
_REPEATS = text("""
WITH new AS MATERIALIZED (
    SELECT matches.id, user_id, posting_id, role_id FROM matches JOIN postings ON postings.id = posting_id
    WHERE matches.id = ANY(:new) AND role_id IS NOT NULL
), listings AS MATERIALIZED (
    SELECT new.id, new.user_id, postings.id AS posting_id FROM new JOIN postings ON postings.role_id = new.role_id
    WHERE postings.id <> new.posting_id
), earlier AS (
    SELECT listings.id AS later_id, min(matches.id) AS id FROM listings
        JOIN matches ON matches.posting_id = listings.posting_id AND matches.user_id = listings.user_id
    WHERE matches.id < listings.id AND matches.repeats IS NULL
        AND (matches.fits OR matches.state IN ('saved', 'applied', 'hidden'))
    GROUP BY listings.id
)
UPDATE matches SET repeats = earlier.id, state = 'seen' FROM earlier WHERE matches.id = earlier.later_id
RETURNING matches.id
""")


class Stored(NamedTuple):
    """A stored posting, as it is judged; its facts are without the description."""

    id: int
    company_id: int
    facts: Facts
    closed: bool


class Known(NamedTuple):
    """A match as it was before."""

    id: int
    fits: bool
    state: str


@dataclass(frozen=True, slots=True)
class Fit:
    """A posting that passes a person's wishes, and why; `news` is what has just happened to it."""

    user: int
    posting: int
    why: Sequence[Mapping[str, str]]
    news: str | None = None
    found_at: datetime | None = None

    @property
    def posting_of(self) -> tuple[int, int]:
        """(user, posting), which tells a match."""
        return self.user, self.posting


def count_open(session: Session, companies: Sequence[int] | None) -> int:
    """Return how many postings are open, of some companies or of all."""
    return int(session.execute(_COUNT_OPEN, {"companies": _ids(companies)}).scalar_one())


def open_postings(session: Session, companies: Sequence[int] | None, *, after: int, most: int) -> list[Stored]:
    """Return open postings, of some companies or of all, by rising id."""
    return _facts(session.execute(_OPEN, {"companies": _ids(companies), "after": after, "most": most}).mappings())


def newest_postings(session: Session, companies: Sequence[int] | None, *, most: int) -> list[Stored]:
    """Return the open postings that came last, the newest first."""
    return _facts(session.execute(_NEWEST, {"companies": _ids(companies), "most": most}).mappings())


def closed_postings(
    session: Session, user: int, companies: Sequence[int] | None, *, after: int, most: int
) -> list[Stored]:
    """Return closed postings that are matches of a person's, by rising id."""
    values = {"user": user, "companies": _ids(companies), "after": after, "most": most}
    return _facts(session.execute(_CLOSED, values).mappings())


def facts(session: Session, posting: int) -> tuple[int, Facts]:
    """Return a posting's company and all that it is judged by. Raises NotFound."""
    found = _facts(session.execute(_ONE, {"posting": posting}).mappings())
    if not found:
        raise NotFound(f"there is no posting {posting}")
    return found[0].company_id, found[0].facts._replace(description=descriptions(session, [posting])[posting])


def descriptions(session: Session, ids: Sequence[int]) -> dict[int, str | None]:
    """Return the descriptions of postings as text."""
    return {row[0]: row[1] for row in session.execute(_DESCRIPTIONS, {"ids": list(ids)})}


def known(session: Session, users: Sequence[int], postings: Sequence[int]) -> dict[tuple[int, int], Known]:
    """Return the matches that there are, by (user, posting)."""
    rows = session.execute(_KNOWN, {"users": list(users), "postings": list(postings)})
    return {(row[1], row[2]): Known(row[0], row[3], row[4]) for row in rows}


def write(session: Session, fits: Sequence[Fit], known: Mapping[tuple[int, int], Known]) -> dict[tuple[int, int], int]:
    """Write what fits; return the ids of the matches that are new and repeat none, by (user, posting)."""
    again = [(known[one.posting_of].id, one) for one in fits if one.posting_of in known]
    written = [(number, _why(one), one.news == "reopened") for number, one in again]
    _values(session, _FIT, written, template="(%s, %s::jsonb, %s)")
    rows = [(one.user, one.posting, _why(one), one.found_at) for one in fits if one.posting_of not in known]
    made = {(row[1], row[2]): row[0] for row in _values(session, _INSERT, rows, fetch=True)}
    if not made:
        return {}
    repeats = set(session.execute(_REPEATS, {"new": list(made.values())}).scalars())
    return {key: number for key, number in made.items() if number not in repeats}


def no_fit(session: Session, ids: Sequence[int]) -> None:
    """Note of matches that they do not pass any more."""
    if ids:
        session.execute(_NO_FIT, {"ids": list(ids)})


def no_fit_unwatched(
    session: Session, user: int, watched: Sequence[int] | None, companies: Sequence[int] | None
) -> None:
    """Note of matches at companies (None: all) that are not among those `watched` that they do not pass any more."""
    session.execute(_UNWATCHED, {"user": user, "watched": _ids(watched), "companies": _ids(companies)})


def _values(
    session: Session, statement: str, rows: Sequence[Any], *, template: str | None = None, fetch: bool = False
) -> list[Any]:
    if not rows:
        return []
    with closing(session.connection().connection.cursor()) as cursor:
        return execute_values(cursor, statement, rows, template=template, page_size=1000, fetch=fetch) or []


def _ids(companies: Sequence[int] | None) -> list[int] | None:
    return None if companies is None else list(companies)  # the driver takes a tuple for a row


def _why(fit: Fit) -> Json:
    return Json(list(fit.why), dumps=lambda value: orjson.dumps(value).decode())


def _facts(rows: Iterable[Mapping[Any, Any]]) -> list[Stored]:
    return [Stored(row["id"], row["company_id"], _fact(row), row["closed"]) for row in rows]


def _fact(row: Mapping[Any, Any]) -> Facts:
    pay = [row[f"salary_{name}"] for name in ("min", "max", "currency", "period")]
    return Facts(
        title=row["title"],
        places=[Place(**place) for place in row["places"]],
        country_codes=row["country_codes"],
        workplace=row["workplace"],
        salary=Salary(*pay) if any(part is not None for part in pay) else None,
        language=row["language"],
        posted_at=row["posted_at"],
        first_seen_at=row["first_seen_at"],
        description=None,
    )
