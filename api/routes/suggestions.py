"""Boards that may have taken the place of one that is gone: listed, accepted, dismissed."""

from typing import Any

from fastapi import APIRouter, Depends

from api.auth import Admin, require_admin
from api.cursors import Page
from api.dependencies import DbSession, Id
from api.openapi import problems
from api.schemas.companies import AddedCompany
from api.schemas.fields import Part
from api.schemas.suggestions import Suggestion
from api.starting import start
from worker.store import companies, suggestions

router = APIRouter(prefix="/suggestions", tags=["suggestions"])


@router.get("", response_model=Part[Suggestion])
def list_suggestions(db: DbSession, page: Page) -> dict[str, Any]:
    """List the suggestions that nobody has decided on."""
    return page.part("suggestions", suggestions.page(db, after=page.after("suggestions"), most=page.most))


@router.post("/{suggestion_id:int}/accept", response_model=AddedCompany, responses=problems(404, 409))
def accept_suggestion(suggestion_id: Id, db: DbSession, person: Admin) -> dict[str, Any]:
    """Watch the suggested board in place of the old one, whose postings close once the new one has been read."""
    company = suggestions.accept(db, suggestion_id)
    db.commit()
    scan = start(db, person.id, [company]).scan
    return {**companies.get(db, company), "scan_id": scan}


@router.post(
    "/{suggestion_id:int}/dismiss", status_code=204, responses=problems(404), dependencies=[Depends(require_admin)]
)
def dismiss_suggestion(suggestion_id: Id, db: DbSession) -> None:
    """Leave the old board in place; the same board is not suggested for it again."""
    suggestions.dismiss(db, suggestion_id)
    db.commit()
