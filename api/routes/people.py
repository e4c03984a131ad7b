"""The people of an installation: listed, invited, changed and removed by admins."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from api.auth import require_admin
from api.cursors import Page
from api.dependencies import CurrentSettings, DbSession, Id
from api.loopback import require_accounts
from api.openapi import problems
from api.schemas.fields import Part
from api.schemas.people import Invitation, Invited, PersonChange, PersonRow
from api.versions import expected_version, tag
from worker import accounts
from worker.store import people

router = APIRouter(prefix="/people", tags=["people"], dependencies=[Depends(require_admin)])


@router.get("", response_model=Part[PersonRow])
def list_people(db: DbSession, page: Page) -> dict[str, Any]:
    """List everybody who is here or was invited."""
    return page.part("people", people.page(db, after=page.after("people"), most=page.most))


@router.post(
    "",
    response_model=Invited,
    status_code=201,
    responses=problems(404, 409),
    dependencies=[Depends(require_accounts)],
)
def invite_person(wish: Invitation, db: DbSession, settings: CurrentSettings, response: Response) -> dict[str, Any]:
    """Invite somebody; the answer has the link that lets them in once, within a week, and is the only place it is in.

    Whoever has not used theirs can be invited again, and the link before does not work any more.
    """
    person, link = accounts.invite(db, settings, wish.email, name=wish.name, role=wish.role)
    db.commit()
    response.headers["Location"] = f"/api/v1/people/{person['id']}"
    return {"person": person, "link": link}


@router.get("/{person_id:int}", response_model=PersonRow)
def get_person(person_id: Id, db: DbSession, response: Response) -> dict[str, Any]:
    """Return a person."""
    found = people.get(db, person_id)
    tag(response, people.version(found))
    return found


@router.patch("/{person_id:int}", response_model=PersonRow, responses=problems(409, 412))
def change_person(
    person_id: Id,
    wish: PersonChange,
    db: DbSession,
    response: Response,
    expected: Annotated[int | None, Depends(expected_version)],
) -> accounts.Person:
    """Rename a person, make them an admin or a member, disable or enable them; a disabled one is refused everywhere."""
    person = accounts.change(db, person_id, wish.model_dump(exclude_unset=True), expected=expected)
    db.commit()
    tag(response, people.version(person))
    return person


@router.delete("/{person_id:int}", status_code=204, responses=problems(409))
def remove_person(person_id: Id, db: DbSession) -> None:
    """Delete a person with all that is theirs."""
    accounts.remove(db, person_id)
    db.commit()
