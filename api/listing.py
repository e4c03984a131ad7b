"""Lists whose cursors need more than one number, or more than one look."""

from typing import Annotated, Any

from fastapi import Depends, Query
from sqlalchemy.orm import Session

from api.cursors import Paging, decode, encode
from api.errors import InvalidCursor
from api.schemas.fields import FilterText
from worker.filters import TitleFilter, compile_filters
from worker.store import postings
from worker.store.postings import Wanted

_PAIR = 2


def get_filter(
    filter: Annotated[  # noqa: A002 - the parameter's public name
        FilterText | None, Query(description="Title filters, a line each; `filter` may be repeated")
    ] = None,
) -> TitleFilter | None:
    """Return the title filter asked for. Raises FilterSyntaxError."""
    return compile_filters(filter) if filter else None


Filter = Annotated[TitleFilter | None, Depends(get_filter)]


def postings_page(
    db: Session, wanted: Wanted, titles: TitleFilter | None, page: Paging, *, brief: bool
) -> dict[str, Any]:
    """Return a part of the postings that are wanted and whose titles pass."""
    before = page.before("postings")
    if titles is None:
        return page.part("postings", postings.page(db, wanted, before=before, most=page.most, brief=brief))
    rows, on = postings.matching(db, wanted, titles, before=before, most=page.limit, brief=brief)
    return {"items": rows, "next_cursor": None if on is None else encode("postings", on)}


def changes_page(db: Session, since: str | None, limit: int) -> dict[str, Any]:
    """Return events after a cursor, and the cursor after them."""
    position = _position(db, since)
    found = postings.changes(db, position, most=limit + 1)
    part = found[:limit]
    last = part[-1][0] if part else position
    return {
        "items": [event for _, event in part],
        "next_cursor": encode("changes", *last),
        "more": len(found) > limit,
    }


def _position(db: Session, since: str | None) -> tuple[int, int]:
    if since is None:
        return (0, 0)
    if since == "latest":
        return postings.latest(db)
    position = decode("changes", since)
    if len(position) != _PAIR:
        raise InvalidCursor("this cursor was not given out by this list; begin without one")
    return position[0], position[1]
