"""Matches in the form the API documents."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Query
from sqlalchemy.orm import Session

from api.cursors import Paging, decode, encode
from api.schemas.fields import Moment, Words
from api.schemas.matches import MatchesWanted, State
from worker.store import inbox, postings
from worker.store.inbox import Wanted


def get_wanted(
    *,
    state: Annotated[list[State] | None, Query(description="May be repeated; none: all but hidden")] = None,
    company: Annotated[int | None, Query(ge=1, le=2**63 - 1, description="A company's id")] = None,
    group: Annotated[int | None, Query(ge=1, le=2**63 - 1, description="A group's id")] = None,
    open: Annotated[bool | None, Query(description="Whether the posting is still open")] = None,  # noqa: A002 - its name
    repeats: Annotated[bool | None, Query(description="Whether its role was a match before")] = None,
    since: Annotated[Moment | None, Query(description="Found at this time or later")] = None,
    older_than: Annotated[Moment | None, Query(description="Found before this time")] = None,
    text: Annotated[Words | None, Query(description="Part of the title")] = None,
) -> Wanted:
    """Return which matches are asked for."""
    states = tuple(state) if state else Wanted().states
    return Wanted(states, company, group, open, repeats, since, older_than, text)


WantedMatches = Annotated[Wanted, Depends(get_wanted)]


def wanted(meant: MatchesWanted | None) -> Wanted:
    """Return which matches a body means."""
    assert meant is not None  # noqa: S101 - the schema wants either this or ids
    named = {**meant.model_dump(), "company": meant.company_id, "group": meant.group_id}
    return Wanted(**{name: value for name, value in named.items() if name not in ("company_id", "group_id")})


def page(db: Session, user: int, which: Wanted, paging: Paging) -> dict[str, Any]:
    """Return a part of a person's matches with their postings."""
    rows = inbox.page(db, user, which, before=_before(paging), most=paging.most)
    shown = rows[: paging.limit]
    by_id = {row["id"]: row for row in postings.some(db, [row["posting_id"] for row in shown], brief=True)}
    last = encode("matches", shown[-1]["found_us"], shown[-1]["id"]) if len(rows) > paging.limit else None
    return {"items": [{**row, "posting": by_id[row["posting_id"]]} for row in shown], "next_cursor": last}


def match(db: Session, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a match with its posting."""
    return {**row, "posting": postings.some(db, [row["posting_id"]], brief=True)[0]}


def _before(paging: Paging) -> tuple[int, int]:
    if paging.cursor is None:
        return inbox.START
    found_us, last = decode("matches", paging.cursor, inbox.START)
    return found_us, last
