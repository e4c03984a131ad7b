"""A person's matches: listed, counted, and what the person makes of them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from api import inbox as arranged
from api.auth import CurrentUser
from api.cursors import Page
from api.dependencies import DbSession, Id
from api.inbox import WantedMatches
from api.openapi import problems
from api.schemas.fields import Part
from api.schemas.matches import ChangedMatch, Counts, Mark, Marked, Match, MatchChange, Undo, Undone
from api.versions import expected_version, tag
from worker import tasks, wishing
from worker.store import inbox

router = APIRouter(tags=["matches"])


@router.get("/matches", response_model=Part[Match])
def list_matches(db: DbSession, person: CurrentUser, page: Page, wanted: WantedMatches) -> dict[str, Any]:
    """List the person's matches, those found last first."""
    return arranged.page(db, person.id, wanted, page)


@router.get("/matches/counts", response_model=Counts)
def count_matches(db: DbSession, person: CurrentUser) -> dict[str, Any]:
    """Count the person's matches by state."""
    return inbox.counts(db, person.id)


@router.get("/matches/{match_id:int}", response_model=Match)
def get_match(match_id: Id, db: DbSession, person: CurrentUser, response: Response) -> dict[str, Any]:
    """Return a match."""
    found = inbox.get(db, person.id, match_id)
    tag(response, found["version"])
    return arranged.match(db, found)


@router.patch("/matches/{match_id:int}", response_model=ChangedMatch, responses=problems(412))
def change_match(
    match_id: Id,
    change: MatchChange,
    db: DbSession,
    person: CurrentUser,
    response: Response,
    expected: Annotated[int | None, Depends(expected_version)],
) -> dict[str, Any]:
    """Say that a match was seen, is saved, applied to (with a date and a note) or hidden."""
    marked = inbox.mark(
        db,
        person.id,
        [match_id],
        change.state,
        applied_on=change.applied_on,
        note=change.note,
        set_note="note" in change.model_fields_set,
        expected=expected,
    )
    found = inbox.get(db, person.id, match_id)
    answer = {**arranged.match(db, found), "action_id": marked.action}
    db.commit()
    tag(response, found["version"])
    return answer


@router.post("/matches/mark", response_model=Marked, responses=problems(404))
def mark_matches(wish: Mark, db: DbSession, person: CurrentUser) -> dict[str, Any]:
    """Give many matches a state: those named, or all that are meant, such as all older than a moment."""
    if wish.ids is not None:
        marked = inbox.mark(db, person.id, wish.ids, wish.state)
    else:
        marked = inbox.mark_all(db, person.id, arranged.wanted(wish.all), wish.state)
    db.commit()
    return {"action_id": marked.action, "changed": marked.changed}


@router.post("/matches/undo", response_model=Undone, responses=problems(409))
def undo(wish: Undo, db: DbSession, person: CurrentUser) -> dict[str, Any]:
    """Undo what was done to matches, or the hiding of a company. Each action can be undone once."""
    changed, companies = wishing.undo(db, person.id, wish.action_id)
    db.commit()
    if companies:
        tasks.follow_wishes(person.id, companies)
    return {"changed": changed}


@router.post("/companies/{company_id:int}/hide", response_model=Marked)
def hide_company(company_id: Id, db: DbSession, person: CurrentUser) -> dict[str, Any]:
    """Stop watching a company: its matches leave the inbox, and no new ones come."""
    action = wishing.hide_company(db, person.id, company_id)
    db.commit()
    tasks.follow_wishes(person.id, [company_id])
    return {"action_id": action, "changed": 1}
