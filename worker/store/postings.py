"""Reading postings, their events, and the feed of changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from worker.errors import NotFound
from worker.filters import TitleFilter
from worker.store.patterns import containing

STATE = "CASE WHEN postings.closed_at IS NULL THEN 'open' ELSE 'closed' END"
LAST_SEEN = """
CASE WHEN postings.closed_at IS NULL THEN greatest(postings.last_seen_at, boards.last_read_at)
    ELSE postings.last_seen_at END
"""
"""An open posting that a later reading left as it was has been seen by it."""

_COLUMNS = f"""
postings.id, companies.id AS company_id, companies.name AS company, boards.ats, boards.key AS board, postings.board_id,
{STATE} AS state, postings.first_seen_at AS first_seen, {LAST_SEEN} AS last_seen,
postings.closed_at, postings.external_id, postings.title, postings.url, postings.apply_url, postings.locations,
postings.workplace, postings.country_codes, postings.places, postings.department, postings.team,
postings.employment_type, postings.salary_min, postings.salary_max, postings.salary_currency, postings.salary_period,
postings.salary_source, postings.posted_at, postings.closes_at, postings.seniority, postings.language,
postings.requisition_id, postings.role_id, postings.description_html, postings.description_text, postings.extras
"""

FROM = """
FROM postings JOIN boards ON boards.id = postings.board_id JOIN companies ON companies.id = boards.company_id
"""

_ROWS = """
    (CAST(:company AS bigint) IS NULL OR companies.id = :company)
    AND (CAST(:ats AS text) IS NULL OR boards.ats = :ats)
    AND (CAST(:state AS text) IS NULL OR (postings.closed_at IS NULL) = (:state = 'open'))
    AND (CAST(:since AS timestamptz) IS NULL OR postings.first_seen_at >= :since)
"""

_TEXT = "(CAST(:text AS text) IS NULL OR postings.title ILIKE :text OR postings.description_text ILIKE :text)"

WANTED = f"{_ROWS} AND {_TEXT}"
"""The condition of a `Wanted`, whose values `bound` returns."""

_PART = f"WHERE postings.id < :before AND {_ROWS} ORDER BY postings.id DESC LIMIT :most"

# Descriptions are read only of the postings of this part: no index could find any words in a million of them.
_LOOK = text(f"""
WITH part AS MATERIALIZED (SELECT postings.id {FROM} {_PART})
SELECT postings.id, postings.title, {_TEXT} FROM part JOIN postings ON postings.id = part.id ORDER BY postings.id DESC
""")

_ONE = text(f"SELECT {_COLUMNS} {FROM} WHERE postings.id = :id")

LISTINGS_MOST = 200
"""Further listings of one role that are shown with a posting."""

_EVENTS = text("""
SELECT id, kind, baseline, news, changes, at, scan_run_id FROM posting_events WHERE posting_id = :id ORDER BY id
""")

_LISTINGS = text(f"""
SELECT postings.id, boards.ats, boards.key AS board, postings.external_id, postings.title, postings.url,
    postings.locations, CASE WHEN postings.closed_at IS NULL THEN 'open' ELSE 'closed' END AS state,
    postings.first_seen_at AS first_seen, postings.closed_at
{FROM} WHERE postings.role_id = :role AND postings.id <> :id ORDER BY postings.id LIMIT {LISTINGS_MOST}
""")

EVENTS = """
SELECT posting_events.tx, posting_events.id, posting_events.kind, posting_events.baseline, posting_events.news,
    posting_events.changes, posting_events.at, postings.id AS posting_id, postings.external_id, postings.title,
    postings.url,
    companies.id AS company_id, companies.name AS company, boards.ats, boards.key AS board
FROM posting_events JOIN postings ON postings.id = posting_events.posting_id
    JOIN boards ON boards.id = posting_events.board_id JOIN companies ON companies.id = boards.company_id
"""
"""Events with the postings they happened to."""

_CHANGES = text(f"""
{EVENTS} WHERE (posting_events.tx, posting_events.id) > (:tx, :id) AND posting_events.tx < settled_tx()
ORDER BY posting_events.tx, posting_events.id LIMIT :most
""")

_LATEST = text("SELECT settled_tx() - 1")

_LONG = ("description_html", "description_text", "extras")
_BRIEF_COLUMNS = ",".join(part for part in _COLUMNS.split(",") if part.strip().split(".")[-1] not in _LONG)

TITLES_AT_ONCE, TITLES_MOST = 2_000, 4_000
TEXTS_AT_ONCE, TEXTS_MOST = 500, 2_000
"""Titles, and descriptions, that one request looks at; where few pass, the next one goes on from there."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which postings are asked for; None means any."""

    company: int | None = None
    ats: str | None = None
    state: str | None = None
    since: datetime | None = None
    text: str | None = None


def page(
    session: Session, wanted: Wanted, *, before: int | None = None, most: int = 100, brief: bool = False
) -> list[dict[str, Any]]:
    """Return postings, newest first, with an id under `before`; `brief` leaves the descriptions and extras out.

    A wanted text is for `matching` to look for.
    """
    statement = f"SELECT {_BRIEF_COLUMNS if brief else _COLUMNS} {FROM} {_PART}"
    rows = session.execute(text(statement), _values(wanted, before, most)).mappings()
    return [_posting(row) for row in rows]


def matching(
    session: Session,
    wanted: Wanted,
    titles: TitleFilter | None,
    *,
    before: int | None,
    most: int,
    brief: bool = False,
) -> tuple[list[dict[str, Any]], int | None]:
    """Return postings with the wanted text and a title that passes, and the id before which the list goes on.

    The id is None at the end. One call looks at so many postings only: it may return fewer than `most` before that.
    """
    at_once, looks = (TITLES_AT_ONCE, TITLES_MOST) if wanted.text is None else (TEXTS_AT_ONCE, TEXTS_MOST)
    found: list[int] = []
    for _ in range(looks // at_once):
        rows = session.execute(_LOOK, _values(wanted, before, at_once)).all()
        for number, title, has_text in rows:
            before = number
            if has_text and (titles is None or titles.matches(title)):
                found.append(number)
                if len(found) == most:
                    return some(session, found, brief=brief), before
        if len(rows) < at_once:
            return some(session, found, brief=brief), None
    return some(session, found, brief=brief), before


def get(session: Session, posting: int) -> dict[str, Any]:
    """Return a posting with its events and the other listings of its role, both oldest first. Raises NotFound."""
    row = session.execute(_ONE, {"id": posting}).mappings().one_or_none()
    if row is None:
        raise NotFound(f"there is no posting {posting}")
    events = [dict(event) for event in session.execute(_EVENTS, {"id": posting}).mappings()]
    listings = session.execute(_LISTINGS, {"role": row["role_id"], "id": posting}).mappings()
    return {**_posting(row), "events": events, "listings": [dict(one) for one in listings]}


def changes(session: Session, cursor: tuple[int, int], *, most: int) -> list[tuple[tuple[int, int], dict[str, Any]]]:
    """Return (cursor, event) after a cursor, in an order that never skips or repeats an event.

    Ids are given out before commits, so their order is no order of appearance. Events are read in the order of the
    transactions that wrote them, and only once no older transaction can still add one.
    """
    found = []
    for row in session.execute(_CHANGES, {"tx": cursor[0], "id": cursor[1], "most": most}).mappings():
        event = dict(row)
        found.append(((event.pop("tx"), event["id"]), event))
    return found


def latest(session: Session) -> tuple[int, int]:
    """Return the cursor of `changes` after which only what happens from now on comes."""
    return int(session.execute(_LATEST).scalar_one()), 2**63 - 1


def bound(wanted: Wanted) -> dict[str, Any]:
    """Return what `WANTED` is to be asked with."""
    return {
        "company": wanted.company,
        "ats": wanted.ats,
        "state": wanted.state,
        "since": wanted.since,
        "text": containing(wanted.text),
    }


def _values(wanted: Wanted, before: int | None, most: int) -> dict[str, Any]:
    return {**bound(wanted), "before": before if before is not None else 2**63 - 1, "most": most}


def some(session: Session, ids: Sequence[int], *, brief: bool) -> list[dict[str, Any]]:
    """Return postings by their ids, newest first."""
    if not ids:
        return []
    columns = _BRIEF_COLUMNS if brief else _COLUMNS
    statement = f"SELECT {columns} {FROM} WHERE postings.id = ANY(:ids) ORDER BY postings.id DESC"
    return [_posting(row) for row in session.execute(text(statement), {"ids": list(ids)}).mappings()]


def _posting(row: Mapping[Any, Any]) -> dict[str, Any]:
    found = dict(row)
    pay = {name: found.pop(f"salary_{name}") for name in ("min", "max", "currency", "period", "source")}
    found["salary"] = pay if any(value is not None for value in pay.values()) else None
    return found
