"""Postings, and the feed of what happened to them."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api import listing
from api.cursors import Page
from api.dependencies import DbSession, Id
from api.listing import Filter, WantedChanges, WantedPostings
from api.schemas.fields import Part
from api.schemas.postings import BriefPosting, Changes, Posting, PostingWithEvents
from worker.store import postings

router = APIRouter(tags=["postings"])


@router.get("/postings", response_model=Part[Posting | BriefPosting])
def list_postings(
    db: DbSession,
    page: Page,
    wanted: WantedPostings,
    titles: Filter,
    *,
    brief: Annotated[bool, Query(description="Leave descriptions and extras out")] = True,
) -> dict[str, Any]:
    """List postings, newest first. With `filter` a part may be short while `next_cursor` leads on."""
    return listing.postings_page(db, wanted, titles, page, brief=brief)


@router.get("/postings/{posting_id:int}", response_model=PostingWithEvents)
def get_posting(posting_id: Id, db: DbSession) -> dict[str, Any]:
    """Return a posting with all that is known of it and its history."""
    return postings.get(db, posting_id)


@router.get("/changes", response_model=Changes)
def list_changes(
    db: DbSession,
    wanted: WantedChanges,
    since: Annotated[
        str | None, Query(max_length=200, description="`next_cursor` of the answer before, or `latest` for from now on")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, Any]:
    """Return what opened, changed, closed and reopened after a cursor: nothing is skipped, nothing comes twice.

    With filters a part may be short, even empty, while `more` says that the feed goes on.
    """
    return listing.changes_page(db, since, wanted, limit)
