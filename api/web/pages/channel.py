"""One channel: how it does, what it is told and when, and the log of its messages."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.channels import Lookouts
from api.dependencies import CurrentSettings, DbSession, Id
from api.schemas.channels import DeliveryState
from api.schemas.fields import ThingId
from api.web import channel_form, forms
from api.web.channel_form import PlanForm
from api.web.forms import SentForm
from api.web.frame import PageFrame
from api.web.pages.alerts import errors_of
from api.web.rendering import redirect, render
from api.web.screen import screen
from worker import alerts
from worker.errors import Conflict, InvalidInput, Outdated, UnsafeAddress
from worker.store import channels, deliveries, wishes

LOGGED = 20

router = screen()


class Shown(BaseModel):
    """The part of the log that the address asks for."""

    state: DeliveryState | None = None
    before: ThingId | None = None


@router.get("/alerts/{channel_id:int}")
def show_channel(channel_id: Id, request: Request, db: DbSession, frame: PageFrame) -> Response:
    """Show a channel."""
    return _channel(request, db, frame.person.id, channel_id)


@router.post("/alerts/{channel_id:int}")
def put_channel(
    channel_id: Id,
    request: Request,
    form: SentForm,
    db: DbSession,
    frame: PageFrame,
    settings: CurrentSettings,
    looks: Annotated[Lookouts, Depends()],
) -> Response:
    """Keep what the form says. Where somebody changed the channel meanwhile, keep nothing and say so (412)."""
    user = frame.person.id
    version = channels.get(db, user, channel_id)["version"]
    try:
        plan = forms.read(PlanForm, form)
        wish, where = plan.planned(), None
        if (address := channel_form.address(form)) is not None:
            looks.count(frame.person)
            db.close()  # no connection is held while the address is looked at
            where, _ = alerts.place(settings, address)
        channels.put(db, user, channel_id, wish, where=where, expected=plan.version)
    except Outdated:
        values = {**channel_form.sent(form), "version": version}
        return _channel(request, db, user, channel_id, 412, values=values, outdated=True)
    except (InvalidInput, UnsafeAddress, Conflict) as error:
        return _channel(request, db, user, channel_id, 422, values=channel_form.sent(form), errors=errors_of(error))
    db.commit()
    return redirect(f"/alerts/{channel_id}", "Kept.")


def _channel(
    request: Request,
    db: Session,
    user: int,
    number: int,
    status: int = 200,
    *,
    values: dict[str, Any] | None = None,
    errors: dict[str, str] | None = None,
    outdated: bool = False,
) -> Response:
    shown = forms.read_query(Shown, request.url.query)
    channel = channels.get(db, user, number)
    log = deliveries.page(db, user, channel=number, state=shown.state, before=shown.before, most=LOGGED + 1)
    groups = wishes.groups(db, user)
    return render(
        request,
        "alert.html",
        status,
        channel=channel,
        shown=shown,
        log=log[:LOGGED],
        older=log[LOGGED - 1]["id"] if len(log) > LOGGED else None,
        groups=groups,
        group_names={group["id"]: group["name"] for group in groups},
        is_webhook=channel["kind"] == "webhook",
        values=values or channel_form.filled(channel),
        errors=errors or {},
        outdated=outdated,
        form=channel_form,
        now=datetime.now(UTC),
        DAYS=channel_form.DAYS,
    )
