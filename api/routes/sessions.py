"""The browsers a person has signed in with: listed, signed out."""

from typing import Any

from fastapi import APIRouter, Response

from api import sessions
from api.auth import CurrentUser
from api.cursors import Page
from api.dependencies import CurrentSettings, DbSession, Id
from api.openapi import problems
from api.schemas.fields import Part
from api.schemas.people import BrowserSession
from worker.errors import NotFound
from worker.store import sessions as store

router = APIRouter(prefix="/sessions", tags=["people"])


@router.get("", response_model=Part[BrowserSession])
def list_sessions(db: DbSession, person: CurrentUser, page: Page) -> dict[str, Any]:
    """List the browsers the person has signed in with; `current` is the one that asks."""
    part = page.part("sessions", store.page(db, person.id, after=page.after("sessions"), most=page.most))
    return {**part, "items": [{**row, "current": row["id"] == person.session_id} for row in part["items"]]}


@router.delete("", status_code=204)
def end_other_sessions(db: DbSession, person: CurrentUser) -> None:
    """Sign the person out everywhere, but for the browser that asks."""
    store.end_all(db, person.id, but=person.session_id)
    db.commit()


@router.delete("/current", status_code=204, responses=problems(404))
def sign_out(db: DbSession, person: CurrentUser, settings: CurrentSettings, response: Response) -> None:
    """Sign out of the browser that asks."""
    if person.session_id is None:
        raise NotFound("this request was not made with a session's cookie, so there is none to end")
    store.end(db, person.id, person.session_id)
    sessions.clear(response, settings)
    db.commit()


@router.delete("/{session_id:int}", status_code=204)
def end_session(session_id: Id, db: DbSession, person: CurrentUser) -> None:
    """Sign out of one browser."""
    store.end(db, person.id, session_id)
    db.commit()
