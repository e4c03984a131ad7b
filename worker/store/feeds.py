"""Feeds that people read elsewhere, and what is in them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from worker.errors import InvalidInput, NotFound, Outdated
from worker.filters import TitleFilter

FEEDS_MOST = 100
"""Feeds that a person may have."""
SCOPE = ("group_id", "company_id", "title_filters")
HTML_MOST = 50_000
TEXT_MOST = 5_000
"""Characters of a description in a feed: a longer one is left out as HTML, and cut as text."""
TITLES_AT_ONCE = 2_000
TITLES_MOST = 100_000
"""The newest open postings, whose titles are looked at."""
JUST_CLOSED = timedelta(days=1)
"""A closing date stays in the calendar for so long."""

_COLUMNS = """
id, user_id, name, group_id, company_id, title_filters, nonce, version, created_at, updated_at, renewed_at
"""

_FEEDS = text(f"SELECT {_COLUMNS} FROM feeds WHERE user_id = :user AND id > :after ORDER BY id LIMIT :most")
_FEED = text(f"SELECT {_COLUMNS} FROM feeds WHERE user_id = :user AND id = :feed")
_COUNT = text("SELECT count(*) FROM feeds WHERE user_id = :user")

_PUBLISHED = text(f"""
SELECT {_COLUMNS} FROM feeds WHERE id = :feed
    AND EXISTS (SELECT 1 FROM users WHERE users.id = user_id AND users.disabled_at IS NULL)
""")

_ADD = text(f"""
INSERT INTO feeds (user_id, name, group_id, company_id, title_filters, nonce)
VALUES (:user, :name, :group_id, :company_id, :title_filters, :nonce) RETURNING {_COLUMNS}
""")

_CHANGE = text(f"""
UPDATE feeds SET name = :name, group_id = :group_id, company_id = :company_id, title_filters = :title_filters,
    version = version + 1, updated_at = now()
WHERE user_id = :user AND id = :feed AND version = coalesce(:expected, version) RETURNING {_COLUMNS}
""")

_RENEW = text(f"""
UPDATE feeds SET nonce = :nonce, renewed_at = now(), version = version + 1
WHERE user_id = :user AND id = :feed RETURNING {_COLUMNS}
""")

_DELETE = text("DELETE FROM feeds WHERE user_id = :user AND id = :feed RETURNING id")
_HAS_GROUP = text("SELECT EXISTS (SELECT 1 FROM groups WHERE user_id = :user AND id = :group)")
_HAS_COMPANY = text("SELECT EXISTS (SELECT 1 FROM companies WHERE id = :company)")

_ENTRY = f"""
boards.ats, boards.key AS board, postings.external_id, companies.name AS company, postings.title, postings.url,
postings.locations, postings.workplace, postings.employment_type, postings.department, postings.seniority,
postings.language, postings.salary_min, postings.salary_max, postings.salary_currency, postings.salary_period,
postings.closes_at,
CASE WHEN length(postings.description_html) <= {HTML_MOST} THEN postings.description_html END AS html,
left(postings.description_text, {TEXT_MOST}) AS text,
(SELECT max(at) FROM posting_events WHERE posting_id = postings.id AND kind <> 'closed') AS changed_at
"""

_JOINED = "JOIN boards ON boards.id = postings.board_id JOIN companies ON companies.id = boards.company_id"

_MATCHES = f"""
SELECT {_ENTRY}, matches.found_at AS published, matches.why
FROM matches JOIN postings ON postings.id = matches.posting_id {_JOINED}
WHERE matches.user_id = :user AND matches.fits AND matches.state <> 'hidden' AND matches.repeats IS NULL
    AND postings.closed_at IS NULL
    AND (CAST(:company AS bigint) IS NULL OR boards.company_id = :company)
    AND (CAST(:group AS bigint) IS NULL OR EXISTS (
        SELECT 1 FROM groups LEFT JOIN group_companies ON group_id = groups.id AND company_id = boards.company_id
        WHERE groups.id = :group AND groups.user_id = :user AND (all_companies OR company_id IS NOT NULL)))
"""
_NEWEST_MATCHES = text(f"{_MATCHES} ORDER BY matches.found_at DESC, matches.id DESC LIMIT :most")
_CLOSING_MATCHES = text(f"""
{_MATCHES} AND postings.closes_at > now() - :just_closed ORDER BY postings.closes_at, matches.id LIMIT :most
""")

_NEWEST_TITLES = text("""
SELECT id, title FROM postings WHERE closed_at IS NULL AND id < :before ORDER BY id DESC LIMIT :most
""")
_CLOSING_TITLES = text("""
SELECT id, title FROM postings WHERE closed_at IS NULL AND closes_at > now() - :just_closed
ORDER BY closes_at, id LIMIT :most
""")

_NEWS = text("""
SELECT postings.id FROM postings LEFT JOIN matches ON posting_id = postings.id AND user_id = :user
WHERE postings.id = ANY(:ids) AND coalesce(state, '') <> 'hidden' AND repeats IS NULL
    AND (role_id IS NULL OR NOT EXISTS (
        SELECT 1 FROM postings AS earlier
        WHERE earlier.role_id = postings.role_id AND earlier.id < postings.id AND earlier.closed_at IS NULL))
""")

_POSTINGS = text(f"""
SELECT {_ENTRY}, postings.first_seen_at AS published
FROM postings {_JOINED} WHERE postings.id = ANY(:ids) ORDER BY array_position(CAST(:ids AS bigint[]), postings.id)
""")


def page(session: Session, user: int, *, after: int = 0, most: int = 100) -> list[dict[str, Any]]:
    """Return a person's feeds, by rising id."""
    return [dict(row) for row in session.execute(_FEEDS, {"user": user, "after": after, "most": most}).mappings()]


def get(session: Session, user: int, feed: int) -> dict[str, Any]:
    """Return a feed of a person's. Raises NotFound."""
    return _one(session, _FEED, {"user": user, "feed": feed})


def published(session: Session, feed: int) -> dict[str, Any] | None:
    """Return a feed whoever asks, None where there is none, or its person may not come in any more."""
    row = session.execute(_PUBLISHED, {"feed": feed}).mappings().one_or_none()
    return dict(row) if row else None


def add(session: Session, user: int, *, name: str, scope: Mapping[str, Any], nonce: bytes) -> dict[str, Any]:
    """Make a feed; `scope` has the names of `SCOPE`, and one value at most. Raises NotFound, InvalidInput."""
    if session.execute(_COUNT, {"user": user}).scalar_one() >= FEEDS_MOST:
        raise InvalidInput(f"a person has at most {FEEDS_MOST} feeds; delete one first")
    _refuse_unknown(session, user, scope)
    values = {"user": user, "name": name, "nonce": nonce, **scope}
    return dict(session.execute(_ADD, values).mappings().one())


def change(
    session: Session, user: int, feed: int, *, name: str, scope: Mapping[str, Any], expected: int | None = None
) -> dict[str, Any]:
    """Rename a feed and let it be of something else. Raises NotFound, and Outdated if it is not that version."""
    get(session, user, feed)
    _refuse_unknown(session, user, scope)
    values = {"user": user, "feed": feed, "name": name, "expected": expected, **scope}
    row = session.execute(_CHANGE, values).mappings().one_or_none()
    if row is None:
        raise Outdated("this feed has been changed since you read it; read it again and repeat the change")
    return dict(row)


def renew(session: Session, user: int, feed: int, nonce: bytes) -> dict[str, Any]:
    """Give a feed another nonce, so that its old addresses are dead. Raises NotFound."""
    return _one(session, _RENEW, {"user": user, "feed": feed, "nonce": nonce})


def delete(session: Session, user: int, feed: int) -> None:
    """Delete a feed. Raises NotFound."""
    _one(session, _DELETE, {"user": user, "feed": feed})


def matches(session: Session, feed: Mapping[str, Any], *, closing: bool, most: int) -> list[dict[str, Any]]:
    """Return the open matches a feed is of with `why`, those found last first, or `closing` those that close first.

    What the person has hidden is left out, and so is what repeats an earlier match.
    """
    values = {"user": feed["user_id"], "company": feed["company_id"], "group": feed["group_id"], "most": most}
    if closing:
        rows = session.execute(_CLOSING_MATCHES, {**values, "just_closed": JUST_CLOSED})
    else:
        rows = session.execute(_NEWEST_MATCHES, values)
    return [dict(row) for row in rows.mappings()]


def postings(
    session: Session, feed: Mapping[str, Any], titles: TitleFilter, *, closing: bool, most: int
) -> list[dict[str, Any]]:
    """Return the open postings whose titles pass, the newest first, or `closing` those that close first.

    `TITLES_MOST` titles are looked at. Left out is what the person has hidden, and all but the first open listing of a
    role.
    """
    found: list[int] = []
    for part in _titles(session, closing=closing):
        passing = [number for number, title in part if titles.matches(title)]
        news = set(session.execute(_NEWS, {"user": feed["user_id"], "ids": passing}).scalars()) if passing else set()
        found += [number for number in passing if number in news]
        if len(found) >= most:
            break
    return [dict(row) for row in session.execute(_POSTINGS, {"ids": found[:most]}).mappings()]


def _titles(session: Session, *, closing: bool) -> Iterator[Sequence[Any]]:
    if closing:
        yield session.execute(_CLOSING_TITLES, {"just_closed": JUST_CLOSED, "most": TITLES_MOST}).all()
        return
    before = 2**63 - 1
    for _ in range(TITLES_MOST // TITLES_AT_ONCE):
        part = session.execute(_NEWEST_TITLES, {"before": before, "most": TITLES_AT_ONCE}).all()
        yield part
        if len(part) < TITLES_AT_ONCE:
            return
        before = part[-1][0]


def _one(session: Session, statement: TextClause, values: dict[str, Any]) -> dict[str, Any]:
    row = session.execute(statement, values).mappings().one_or_none()
    if row is None:
        raise NotFound(f"there is no feed {values['feed']} of yours")
    return dict(row)


def _refuse_unknown(session: Session, user: int, scope: Mapping[str, Any]) -> None:
    group, company = scope["group_id"], scope["company_id"]
    if group is not None and not session.execute(_HAS_GROUP, {"user": user, "group": group}).scalar_one():
        raise NotFound(f"there is no group {group} of yours")
    if company is not None and not session.execute(_HAS_COMPANY, {"company": company}).scalar_one():
        raise NotFound(f"there is no company {company}")
