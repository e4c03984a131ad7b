"""Reading everything there is of a kind, row by row, however much it is.

A server-side cursor hands out a few rows at a time: the database goes on where it is, and nothing is in memory but what
is being written. So the session's transaction stays open until the last row has been read.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from worker.export_formats import Column, Kind, Row, Table
from worker.posting import Posting, Salary
from worker.store import changes, inbox, postings

ROWS_AT_ONCE = 100
"""Rows that are fetched together; one may have a megabyte."""

_PAY = {"min": Kind.AMOUNT, "max": Kind.AMOUNT}
_KINDS = {
    "locations": Kind.TEXTS,
    "country_codes": Kind.TEXTS,
    "places": Kind.PLACES,
    "posted_at": Kind.MOMENT,
    "closes_at": Kind.MOMENT,
    "extras": Kind.JSON,
}
_AS_TEXT = (Kind.PLACES, Kind.JSON)
"""Kinds that Postgres writes as text: what is not read here loses nothing."""

Selected = tuple[Column, str]
"""A column, and the SQL that gives its values."""


def _of_posting(name: str) -> list[Selected]:
    if name == "salary":
        parts = [one.name for one in fields(Salary)]
        return [(Column(f"salary_{part}", _PAY.get(part, Kind.TEXT)), f"postings.salary_{part}") for part in parts]
    column = Column(name, _KINDS.get(name, Kind.TEXT))
    return [(column, f"postings.{name}{'::text' if column.kind in _AS_TEXT else ''}")]


_POSTING: tuple[Selected, ...] = (
    (Column("id", Kind.INTEGER), "postings.id"),
    (Column("company"), "companies.name"),
    (Column("ats"), "boards.ats"),
    (Column("board"), "boards.key"),
    (Column("state"), postings.STATE),
    (Column("first_seen", Kind.MOMENT), "postings.first_seen_at"),
    (Column("last_seen", Kind.MOMENT), postings.LAST_SEEN),
    (Column("closed_at", Kind.MOMENT), "postings.closed_at"),
    (Column("role_id", Kind.INTEGER), "postings.role_id"),
    *(column for one in fields(Posting) for column in _of_posting(one.name)),
)

_MATCH: tuple[Selected, ...] = (
    (Column("match_id", Kind.INTEGER), "matches.id"),
    (Column("match_state"), "matches.state"),
    (Column("found_at", Kind.MOMENT), "matches.found_at"),
    (Column("state_at", Kind.MOMENT), "matches.state_at"),
    (Column("applied_on", Kind.DAY), "matches.applied_on"),
    (Column("note"), "matches.note"),
    (Column("fits", Kind.BOOLEAN), "matches.fits"),
    (Column("repeats", Kind.INTEGER), "matches.repeats"),
    (Column("why", Kind.JSON), "matches.why::text"),
)

_CHANGE: tuple[Selected, ...] = (
    (Column("id", Kind.INTEGER), "posting_events.id"),
    (Column("at", Kind.MOMENT), "posting_events.at"),
    (Column("kind"), "posting_events.kind"),
    (Column("baseline", Kind.BOOLEAN), "posting_events.baseline"),
    (Column("news"), "posting_events.news"),
    (Column("posting_id", Kind.INTEGER), "postings.id"),
    (Column("external_id"), "postings.external_id"),
    (Column("title"), "postings.title"),
    (Column("url"), "postings.url"),
    (Column("company_id", Kind.INTEGER), "companies.id"),
    (Column("company"), "companies.name"),
    (Column("ats"), "boards.ats"),
    (Column("board"), "boards.key"),
    (Column("changes", Kind.JSON), "posting_events.changes::text"),
)

_SALARY = {"salary": tuple(one.name for one in fields(Salary))}

POSTINGS = Table("postings", tuple(column for column, _ in _POSTING), _SALARY)
MATCHES = Table("matches", tuple(column for column, _ in (*_MATCH, *_POSTING)), _SALARY)
CHANGES = Table("changes", tuple(column for column, _ in _CHANGE))


def _select(columns: Sequence[Selected]) -> str:
    return f"SELECT {', '.join(expression for _, expression in columns)}"


_ALL_POSTINGS = f"{_select(_POSTING)} {postings.FROM} WHERE {postings.WANTED} ORDER BY postings.id DESC"

_ALL_MATCHES = f"""
{_select((*_MATCH, *_POSTING))} FROM matches JOIN postings ON postings.id = matches.posting_id
    JOIN boards ON boards.id = postings.board_id JOIN companies ON companies.id = boards.company_id
WHERE {inbox.WANTED} ORDER BY matches.found_at DESC, matches.id DESC
"""

_ALL_CHANGES = f"""
{_select(_CHANGE)} FROM posting_events JOIN postings ON postings.id = posting_events.posting_id
    JOIN boards ON boards.id = posting_events.board_id JOIN companies ON companies.id = boards.company_id
WHERE posting_events.tx < settled_tx() AND {changes.WANTED}
    AND (CAST(:since AS timestamptz) IS NULL OR posting_events.at >= :since)
ORDER BY posting_events.tx, posting_events.id
"""

_TAKE_PLACE = text("""
SELECT pg_try_advisory_xact_lock(hashtextextended('rolecall export ' || :place || ' of person ' || :person, 0))
""")


def all_postings(session: Session, wanted: postings.Wanted) -> Generator[Row]:
    """Yield postings as rows of `POSTINGS`, newest first."""
    return _rows(session, _ALL_POSTINGS, postings.bound(wanted))


def all_matches(session: Session, user: int, wanted: inbox.Wanted) -> Generator[Row]:
    """Yield a person's matches as rows of `MATCHES`, those found last first."""
    return _rows(session, _ALL_MATCHES, inbox.bound(user, wanted))


def all_changes(session: Session, wanted: changes.Wanted, since: datetime | None) -> Generator[Row]:
    """Yield events that were found at a time or later as rows of `CHANGES`, in the order of `postings.changes`."""
    return _rows(session, _ALL_CHANGES, {**changes.bound(wanted), "since": since})


def take_place(session: Session, user: int, most: int) -> bool:
    """Take one of `most` places that a person has for exports, until the session's transaction ends."""
    places = ({"place": str(number), "person": str(user)} for number in range(most))
    return any(session.execute(_TAKE_PLACE, place).scalar_one() for place in places)


def _rows(session: Session, statement: str, values: Mapping[str, Any]) -> Generator[Row]:
    with session.execute(text(statement), values, execution_options={"stream_results": True}) as result:
        for part in result.partitions(ROWS_AT_ONCE):
            yield from (tuple(row) for row in part)
