"""Writing what a board's reading says of its postings: in bulk, in one transaction, with their events."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

import orjson
from psycopg2.extras import Json, execute_values
from sqlalchemy import text
from sqlalchemy.orm import Session

from worker.diff import CONTENT_FIELDS, Known
from worker.posting import Place, Posting, Salary
from worker.store.copying import copy_into

_COLUMNS = (
    "external_id",
    "title",
    "url",
    "apply_url",
    "locations",
    "workplace",
    "country_codes",
    "places",
    "department",
    "team",
    "employment_type",
    "salary_min",
    "salary_max",
    "salary_currency",
    "salary_period",
    "salary_source",
    "posted_at",
    "closes_at",
    "seniority",
    "language",
    "requisition_id",
    "description_html",
    "description_text",
    "extras",
    "content_hash",
    "row_hash",
    "detail_pending",
    "role_id",
)

_KNOWN = text("""
SELECT external_id, id, title, row_hash, content_hash, closed_at IS NOT NULL AS closed, detail_pending, last_seen_at,
    first_seen_at
FROM postings WHERE board_id = :board AND closed_at IS NULL
UNION ALL
SELECT external_id, id, title, row_hash, content_hash, true, detail_pending, last_seen_at, first_seen_at
FROM postings WHERE board_id = :board AND closed_at IS NOT NULL AND external_id = ANY(:found)
""")

_ADDRESSES = text("""
SELECT external_id, url FROM postings WHERE board_id = :board AND closed_at IS NULL ORDER BY last_seen_at, id
""")

_CONTENT = text(f"""
SELECT external_id, {", ".join(name for name in CONTENT_FIELDS if name != "salary")},
    places, salary_min, salary_max, salary_currency, salary_period, salary_source
FROM postings WHERE board_id = :board AND external_id = ANY(:ids)
""")

_UPSERT = f"""
INSERT INTO postings (board_id, first_seen_at, last_seen_at, {", ".join(_COLUMNS)}) VALUES %s
ON CONFLICT (board_id, external_id) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in ("last_seen_at", *_COLUMNS[1:]))}, closed_at = NULL
"""

_IDS = text("SELECT external_id, id FROM postings WHERE board_id = :board AND external_id = ANY(:names)")

_EVENT_COLUMNS = ("posting_id", "board_id", "scan_run_id", "kind", "baseline", "changes", "news")

_CLOSE = text("""
UPDATE postings SET closed_at = now(), last_seen_at = greatest(last_seen_at, coalesce(:last_read_at, last_seen_at))
WHERE board_id = :board AND id = ANY(:ids) AND closed_at IS NULL
""")

NO_ROLES: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Row:
    """A normalised posting with what the database keeps beside it."""

    posting: Posting
    content_hash: bytes
    row_hash: bytes
    detail_pending: bool

    @property
    def name(self) -> str:
        """The posting's external id."""
        return self.posting.external_id


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a posting: opened, updated, closed or reopened."""

    external_id: str
    kind: str
    changes: Mapping[str, Any]
    news: str | None = None
    """Why a posting that opened may be no news: `listing` or `repost` of a role."""


def known(session: Session, board_id: int, found: Iterable[str]) -> dict[str, Known]:
    """Return the board's open postings, and the closed ones among `found`, by external id."""
    rows = session.execute(_KNOWN, {"board": board_id, "found": list(found)})
    return {row[0]: Known(row[1], row[2], bytes(row[3]), bytes(row[4]), *row[5:]) for row in rows}


def addresses(session: Session, board_id: int) -> dict[str, str]:
    """Return the addresses of the board's open postings by external id, those first that were read longest ago."""
    return {row[0]: row[1] for row in session.execute(_ADDRESSES, {"board": board_id})}


def contents(session: Session, board_id: int, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the stored content fields and places of some postings, by external id."""
    if not ids:
        return {}
    found: dict[str, dict[str, Any]] = {}
    for row in session.execute(_CONTENT, {"board": board_id, "ids": list(ids)}).mappings():
        values = dict(row)
        pay = [values.pop(f"salary_{name}") for name in ("min", "max", "currency", "period", "source")]
        values["salary"] = Salary(*pay) if any(part is not None for part in pay) else None
        values["places"] = [Place(**place) for place in values["places"]]
        found[values.pop("external_id")] = values
    return found


def insert(
    session: Session, board_id: int, rows: Sequence[Row], *, now: datetime, roles: Mapping[str, int] = NO_ROLES
) -> dict[str, int]:
    """Insert postings that the board has not had before, with their roles; return their ids by external id."""
    if not rows:
        return {}
    columns = ("board_id", "first_seen_at", "last_seen_at", *_COLUMNS)
    copy_into(session, "postings", columns, [(board_id, now, now, *_values(row, roles)) for row in rows])
    names = [row.posting.external_id for row in rows]
    return {row[0]: row[1] for row in session.execute(_IDS, {"board": board_id, "names": names})}


def overwrite(
    session: Session, board_id: int, rows: Sequence[Row], *, now: datetime, roles: Mapping[str, int] = NO_ROLES
) -> None:
    """Overwrite known postings with their roles, and open those that were closed."""
    template = f"({', '.join(['%s'] * (3 + len(_COLUMNS)))})"
    _bulk(session, _UPSERT, [(board_id, now, now, *_values(row, roles)) for row in rows], template=template)


def close(session: Session, board_id: int, ids: Sequence[int], *, last_read_at: datetime | None) -> None:
    """Close postings by their ids; they were last seen when the board was last read."""
    if ids:
        session.execute(_CLOSE, {"board": board_id, "ids": list(ids), "last_read_at": last_read_at})


def record(
    session: Session, board_id: int, run_id: int, events: Sequence[Event], ids: Mapping[str, int], *, baseline: bool
) -> None:
    """Write events; `ids` gives the posting of each by external id."""
    rows = [
        (ids[event.external_id], board_id, run_id, event.kind, baseline, Json(event.changes, dumps=_dumps), event.news)
        for event in events
    ]
    if rows:
        copy_into(session, "posting_events", _EVENT_COLUMNS, rows)


def _bulk(session: Session, statement: str, rows: Sequence[Any], *, template: str | None = None) -> None:
    """Write many rows by few statements: `execute_values` costs a sixth of Core's executemany on this driver."""
    if rows:
        with closing(session.connection().connection.cursor()) as cursor:
            execute_values(cursor, statement, rows, template=template, page_size=500)


def _values(row: Row, roles: Mapping[str, int]) -> tuple[Any, ...]:
    posting, pay = row.posting, row.posting.salary
    return (
        posting.external_id,
        posting.title,
        posting.url,
        posting.apply_url,
        posting.locations,
        posting.workplace,
        posting.country_codes,
        Json(posting.places, dumps=_dumps),
        posting.department,
        posting.team,
        posting.employment_type,
        pay.min if pay else None,
        pay.max if pay else None,
        pay.currency if pay else None,
        pay.period if pay else None,
        pay.source if pay else None,
        posting.posted_at,
        posting.closes_at,
        posting.seniority,
        posting.language,
        posting.requisition_id,
        posting.description_html,
        posting.description_text,
        Json(posting.extras, dumps=_dumps),
        row.content_hash,
        row.row_hash,
        row.detail_pending,
        roles.get(row.name),
    )


def _dumps(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()
