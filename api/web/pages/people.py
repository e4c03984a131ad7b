"""The people of an installation: invited, changed and removed by admins."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.auth import require_admin
from api.dependencies import CurrentSettings, DbSession, Id
from api.loopback import require_accounts
from api.schemas.fields import Name
from api.web import forms, words
from api.web.forms import Faulty, MailAddress, SentForm
from api.web.frame import PageFrame
from api.web.notices import Notice
from api.web.rendering import redirect, render
from api.web.screen import screen
from worker import accounts
from worker.errors import Conflict
from worker.store import people

SHOWN = 100
_HERE = "/settings/people"

router = screen()
router.dependencies.extend((Depends(require_accounts), Depends(require_admin)))


class Shown(BaseModel):
    """Where the list goes on."""

    after: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0


class Invitation(BaseModel):
    """Who is invited, and as what."""

    email: MailAddress
    name: Name | None = None
    role: Literal["admin", "member"] = "member"


class Change(BaseModel):
    """What is to be changed of a person."""

    role: Literal["admin", "member"] | None = None
    disabled: Literal["yes", "no"] | None = None


@router.get(_HERE)
def show_people(request: Request, db: DbSession, frame: PageFrame) -> Response:
    """Show everybody who is here or was invited."""
    return _people(request, db, frame.person.id)


@router.post(_HERE)
def invite(request: Request, form: SentForm, db: DbSession, frame: PageFrame, settings: CurrentSettings) -> Response:
    """Invite somebody. The page that answers is the only one that ever shows the link."""
    try:
        wish = forms.read(Invitation, form)
        _, link = accounts.invite(db, settings, wish.email, name=wish.name, role=wish.role)
    except Faulty as fault:
        return _people(request, db, frame.person.id, 422, values=form.values, errors=fault.errors)
    except Conflict as error:
        errors = {"email": words.sentence(str(error))}
        return _people(request, db, frame.person.id, 422, values=form.values, errors=errors)
    db.commit()
    shown = {
        "title": f"The invitation of {wish.email}",
        "section": "settings",
        "next": _HERE,
        "next_said": "To the people",
    }
    return render(
        request, "shown_once.html", here=_HERE, path=_HERE, secret=link.url, kind="link", who=wish.email,
        until=link.expires_at, **shown,
    )  # fmt: skip


@router.post(_HERE + "/{person_id:int}")
def change_person(person_id: Id, form: SentForm, db: DbSession) -> Response:
    """Make somebody an admin or a member; disable or enable them."""
    wish = forms.read(Change, form)
    changes: dict[str, Any] = {} if wish.role is None else {"role": wish.role}
    if wish.disabled is not None:
        changes["disabled"] = wish.disabled == "yes"
    try:
        person = accounts.change(db, person_id, changes)
    except Conflict as error:
        return redirect(_HERE, Notice(words.sentence(str(error)), "problem"))
    db.commit()
    return redirect(_HERE, _changed(person, wish))


@router.get(_HERE + "/{person_id:int}/delete")
def confirm_deletion(person_id: Id, request: Request, db: DbSession) -> Response:
    """Ask whether a person is to be deleted."""
    return render(request, "settings_person_delete.html", person=people.get(db, person_id))


@router.post(_HERE + "/{person_id:int}/delete")
def delete_person(person_id: Id, db: DbSession) -> Response:
    """Delete a person with all that is theirs."""
    email = people.get(db, person_id)["email"]
    try:
        accounts.remove(db, person_id)
    except Conflict as error:
        return redirect(_HERE, Notice(words.sentence(str(error)), "problem"))
    db.commit()
    return redirect(_HERE, f"{email} is deleted, with all that was theirs.")


def _changed(person: accounts.Person, wish: Change) -> str:
    if wish.disabled == "yes":
        return f"{person['email']} is disabled, and signed out everywhere."
    if wish.disabled == "no":
        return f"{person['email']} may come in again."
    return f"{person['email']} is {'an admin' if person['role'] == 'admin' else 'a member'} now."


def _people(
    request: Request,
    db: Session,
    user: int,
    status: int = 200,
    *,
    values: dict[str, Any] | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    shown = forms.read_query(Shown, request.url.query)
    found = people.page(db, after=shown.after, most=SHOWN + 1)
    return render(
        request,
        "settings_people.html",
        status,
        people=found[:SHOWN],
        more=found[SHOWN - 1]["id"] if len(found) > SHOWN else None,
        shown=shown,
        me=user,
        local=people.LOCAL_EMAIL,
        values=values or {},
        errors=errors or {},
    )
