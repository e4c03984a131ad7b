"""API keys: made and shown once, revoked at any time."""

from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api import tokens
from api.dependencies import CurrentSettings, DbSession, Id
from api.schemas.fields import Name
from api.web import forms
from api.web.forms import Faulty, SentForm
from api.web.frame import PageFrame
from api.web.rendering import redirect, render
from api.web.screen import screen
from worker.secret import secret_key
from worker.store import keys

SHOWN_MOST = 500
_HERE = "/settings/keys"

router = screen()


class NewKey(BaseModel):
    """What a key is for."""

    name: Name


@router.get(_HERE)
def show_keys(request: Request, db: DbSession, frame: PageFrame) -> Response:
    """Show the person's keys; those that were revoked last."""
    return _keys(request, db, frame.person.id)


@router.post(_HERE)
def create_key(
    request: Request, form: SentForm, db: DbSession, frame: PageFrame, settings: CurrentSettings
) -> Response:
    """Create a key. The page that answers is the only one that ever shows it."""
    try:
        name = forms.read(NewKey, form).name
    except Faulty as fault:
        return _keys(request, db, frame.person.id, 422, values=form.values, errors=fault.errors)
    key = tokens.new_api_key()
    digest = tokens.digest_of(key, secret_key(settings))
    keys.add(db, frame.person.id, name=name, prefix=tokens.prefix_of(key), digest=digest)
    db.commit()
    shown = {"title": f"The API key “{name}”", "section": "settings", "next": _HERE, "next_said": "To the API keys"}
    return render(request, "shown_once.html", here=_HERE, path=_HERE, secret=key, kind="key", **shown)


@router.get(_HERE + "/{key_id:int}/revoke")
def confirm_revocation(key_id: Id, request: Request, db: DbSession, frame: PageFrame) -> Response:
    """Ask whether a key is to be revoked."""
    found = [one for one in keys.page(db, frame.person.id, most=SHOWN_MOST) if one["id"] == key_id]
    return render(request, "settings_key_revoke.html", keys=found) if found else redirect(_HERE)


@router.post(_HERE + "/{key_id:int}/revoke")
def revoke_key(key_id: Id, db: DbSession, frame: PageFrame) -> Response:
    """Revoke a key at once."""
    keys.revoke(db, frame.person.id, key_id)
    db.commit()
    return redirect(_HERE, "The key is revoked: programs that send it are refused from now on.")


def _keys(
    request: Request,
    db: Session,
    user: int,
    status: int = 200,
    *,
    values: dict[str, Any] | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    found = sorted(keys.page(db, user, most=SHOWN_MOST), key=lambda one: (bool(one["revoked_at"]), -one["id"]))
    return render(request, "settings_keys.html", status, keys=found, values=values or {}, errors=errors or {})
