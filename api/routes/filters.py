"""Trying criteria out on what is stored, before they are wished for."""

from typing import Any

from fastapi import APIRouter, Request

from api import examples, limiting
from api import wishes as arranged
from api.auth import CurrentUser
from api.dependencies import DbSession, Id
from api.limiting import PreviewLimit
from api.openapi import problems
from api.schemas.wishes import Examples, Explained, Preview, PreviewWish
from worker import judging
from worker.store import inbox, wishes

router = APIRouter(tags=["filters"])


@router.post("/filters/preview", response_model=Preview, responses=problems(404))
def preview_filters(
    wish: PreviewWish, db: DbSession, person: CurrentUser, limit: PreviewLimit, request: Request
) -> dict[str, Any]:
    """Say which open postings criteria let in, and why they keep others out. 422 names line and column of a mistake.

    `POST /dry-run` tries them out on boards as they are at this moment.
    """
    limiting.count_and_tell(request, limit, "preview", str(person.id))
    companies = wishes.companies_meant(db, person.id, wish.company_ids, wish.group_id)
    return arranged.preview(db, judging.preview(db, wish.read(), companies, most=wish.most))


@router.get("/filters/examples", response_model=Examples)
def list_examples() -> dict[str, Any]:
    """Return ready-made criteria to begin with."""
    return {"items": examples.EXAMPLES}


@router.get("/postings/{posting_id:int}/verdict", response_model=Explained)
def explain_posting(posting_id: Id, db: DbSession, person: CurrentUser) -> dict[str, Any]:
    """Say why a posting is a match of the person's, or why it is none: what each criterion says of it."""
    found = judging.explain(db, person.id, posting_id)
    match = inbox.of_posting(db, person.id, posting_id)
    return {
        "posting_id": posting_id,
        "match_id": match,
        "watched": found.watched,
        "passed": found.passed,
        "reasons": found.reasons,
    }
