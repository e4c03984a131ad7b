"""Postings, and the feed of what happened to them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from api import listing
from api.cursors import Page
from api.dependencies import DbSession, Id
from api.listing import Filter
from api.schemas.fields import Part, Words
from api.schemas.postings import BriefPosting, Changes, Posting, PostingWithEvents
from worker.store import postings
from worker.store.postings import Wanted

router = APIRouter(tags=["postings"])


@router.get("/postings", response_model=Part[Posting | BriefPosting])
def list_postings(
    db: DbSession,
    page: Page,
    titles: Filter,
    *,
    company: Annotated[int | None, Query(ge=1, le=2**63 - 1, description="A company's id")] = None,
    ats: Annotated[Words | None, Query()] = None,
    state: Literal["open", "closed"] | None = None,
    since: Annotated[datetime | None, Query(description="First seen at this time or later")] = None,
    text: Annotated[Words | None, Query(description="Part of title or description")] = None,
    brief: Annotated[bool, Query(description="Leave descriptions and extras out")] = True,
) -> dict[str, Any]:
    """List postings, newest first. With `filter` a part may be short while `next_cursor` leads on."""
    wanted = Wanted(company, ats, state, since, text)
    return listing.postings_page(db, wanted, titles, page, brief=brief)


@router.get("/postings/{posting_id:int}", response_model=PostingWithEvents)
def get_posting(posting_id: Id, db: DbSession) -> dict[str, Any]:
    """Return a posting with all that is known of it and its history."""
    return postings.get(db, posting_id)


@router.get("/changes", response_model=Changes)
def list_changes(
    db: DbSession,
    since: Annotated[
        str | None, Query(max_length=200, description="`next_cursor` of the answer before, or `latest` for from now on")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, Any]:
    """Return what opened, changed, closed and reopened after a cursor: nothing is skipped, nothing comes twice."""
    return listing.changes_page(db, since, limit)
