"""Lists whose cursors need more than one number, or more than one look."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Query
from sqlalchemy.orm import Session

from api.cursors import PAIR, Paging, decode, encode
from api.schemas.fields import FilterText, Moment, Words
from api.schemas.postings import Kind
from worker.filters import TitleFilter, compile_filters
from worker.store import changes, postings
from worker.store.postings import Wanted

Company = Annotated[int | None, Query(ge=1, le=2**63 - 1, description="A company's id")]


def get_filter(
    filter: Annotated[  # noqa: A002 - the parameter's public name
        FilterText | None, Query(description="Title filters, a line each; `filter` may be repeated")
    ] = None,
) -> TitleFilter | None:
    """Return the title filter asked for. Raises FilterSyntaxError."""
    return compile_filters(filter) if filter else None


Filter = Annotated[TitleFilter | None, Depends(get_filter)]


def get_wanted_postings(
    *,
    company: Company = None,
    ats: Annotated[Words | None, Query()] = None,
    state: Literal["open", "closed"] | None = None,
    since: Annotated[Moment | None, Query(description="First seen at this time or later")] = None,
    text: Annotated[Words | None, Query(description="Part of title or description")] = None,
) -> Wanted:
    """Return which postings are asked for."""
    return Wanted(company, ats, state, since, text)


WantedPostings = Annotated[Wanted, Depends(get_wanted_postings)]


def get_wanted_changes(
    *,
    kind: Annotated[list[Kind] | None, Query(description="May be repeated; none: all kinds")] = None,
    company: Company = None,
    news: Annotated[
        bool, Query(description="Leave out first readings of boards, further listings of a role, and reposts")
    ] = False,
) -> changes.Wanted:
    """Return which changes are asked for."""
    return changes.Wanted(kind, company, news)


WantedChanges = Annotated[changes.Wanted, Depends(get_wanted_changes)]


def postings_page(
    db: Session, wanted: Wanted, titles: TitleFilter | None, page: Paging, *, brief: bool
) -> dict[str, Any]:
    """Return a part of the postings that are wanted and whose titles pass."""
    before = page.before("postings")
    if titles is None and wanted.text is None:
        return page.part("postings", postings.page(db, wanted, before=before, most=page.most, brief=brief))
    rows, on = postings.matching(db, wanted, titles, before=before, most=page.limit, brief=brief)
    return {"items": rows, "next_cursor": None if on is None else encode("postings", on)}


def changes_page(db: Session, since: str | None, wanted: changes.Wanted, limit: int) -> dict[str, Any]:
    """Return events after a cursor, and the cursor after all that was looked at for them."""
    part = changes.after(db, _position(db, since), wanted, most=limit)
    return {"items": part.events, "next_cursor": encode("changes", *part.cursor), "more": part.more}


def _position(db: Session, since: str | None) -> tuple[int, int]:
    if since is None:
        return (0, 0)
    if since == "latest":
        return postings.latest(db)
    transaction, event = decode("changes", since, PAIR)
    return transaction, event
