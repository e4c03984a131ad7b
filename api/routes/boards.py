"""Boards and how reading them goes, and the vendors that can be read."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.cursors import Page
from api.dependencies import DbSession
from api.schemas.companies import Ats, Board
from api.schemas.fields import Part
from worker.extractors import extractors
from worker.store import companies

router = APIRouter(tags=["boards"])


@router.get("/boards", response_model=Part[Board])
def list_boards(
    db: DbSession,
    page: Page,
    *,
    failing: Annotated[bool, Query(description="Only those whose last run did not end well")] = False,
) -> dict[str, Any]:
    """List boards with how reading them went last."""
    rows = companies.boards(db, after=page.after("boards"), most=page.most, failing=failing)
    return page.part("boards", rows)


@router.get("/ats", response_model=Part[Ats])
def list_ats() -> dict[str, Any]:
    """List the vendors whose boards can be read, with addresses as people paste them."""
    items = [
        {"ats": name, "board": "/".join(one.fields), "host": one.host, "examples": list(one.examples)}
        for name, one in extractors().items()
    ]
    return {"items": items, "next_cursor": None}
