"""The alerts: a person's channels, new ones, and what became of each message."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.channels import Lookouts
from api.dependencies import CurrentSettings, DbSession, Id
from api.schemas.fields import Words
from api.web import channel_form, forms, words
from api.web.channel_form import PlanForm
from api.web.forms import Faulty, SentForm
from api.web.frame import PageFrame
from api.web.notices import Notice
from api.web.rendering import redirect, render
from api.web.screen import screen
from worker import alerts, tasks
from worker.channels import forms as services
from worker.errors import Conflict, InvalidInput, RolecallError, UnsafeAddress
from worker.store import channels, deliveries, wishes

Looks = Annotated[Lookouts, Depends()]
_OTHER_TITLE = "Another service"

router = screen()


class Chosen(BaseModel):
    """The service whose form is shown."""

    service: Words | None = None


@router.get("/alerts")
def show_alerts(request: Request, db: DbSession, frame: PageFrame) -> Response:
    """Show the channels with how they do."""
    groups = {group["id"]: group["name"] for group in wishes.groups(db, frame.person.id)}
    found = [_with_moments(one) for one in channels.page(db, frame.person.id)]
    return render(request, "alerts.html", channels=found, groups=groups, now=datetime.now(UTC), DAYS=channel_form.DAYS)


@router.get("/alerts/new")
def show_services(request: Request, db: DbSession, frame: PageFrame) -> Response:
    """Offer the services, or show the form of one."""
    chosen = forms.read_query(Chosen, request.url.query).service
    values = {**channel_form.fresh(), "name": _title(chosen), "service": chosen or ""}
    return _new(request, db, frame.person.id, values)


@router.post("/alerts/new")
def add_channel(
    request: Request, form: SentForm, db: DbSession, frame: PageFrame, settings: CurrentSettings, looks: Looks
) -> Response:
    """Add a channel. A webhook's secret is on the page that answers, and nowhere else."""
    user = frame.person.id
    try:
        wish = forms.read(PlanForm, form).planned()
        if (address := channel_form.address(form)) is None:
            raise Faulty({"address": "Write the address that messages go to."})
        looks.count(frame.person)
        db.close()  # no connection is held while the address is looked at
        where, secret = alerts.place(settings, address)
        number = channels.add(db, user, where, wish)
    except (InvalidInput, UnsafeAddress, Conflict) as error:
        return _new(request, db, user, channel_form.sent(form), 422, errors_of(error))
    db.commit()
    if secret is None:
        return redirect(f"/alerts/{number}", f"“{wish.name}” is kept. Send a test to see whether it arrives.")
    here = f"/alerts/{number}"
    shown = {"title": "The secret of the webhook", "section": "alerts", "next": here, "next_said": "To the webhook"}
    return render(request, "shown_once.html", here=here, path=here, secret=secret, kind="webhook", **shown)


@router.post("/alerts/{channel_id:int}/test")
def send_test(channel_id: Id, db: DbSession, frame: PageFrame, settings: CurrentSettings, looks: Looks) -> Response:
    """Send a test, and say what was answered."""
    channels.get(db, frame.person.id, channel_id)
    db.close()  # no connection is held while the service is waited for
    looks.count(frame.person)
    tried = alerts.test(frame.person.id, channel_id, settings)
    answer, took = words.sentence(tried.answer), words.lasting(tried.milliseconds / 1000)
    back = f"/alerts/{channel_id}"
    if tried.ok:
        return redirect(back, f"The test was taken in {took}. The answer: {answer}")
    return redirect(back, Notice(f"The test did not arrive ({took}). The answer: {answer}", "problem"))


@router.get("/alerts/{channel_id:int}/delete")
def confirm_deletion(channel_id: Id, request: Request, db: DbSession, frame: PageFrame) -> Response:
    """Ask whether a channel is to be deleted."""
    return render(request, "alerts_delete.html", channel=channels.get(db, frame.person.id, channel_id))


@router.post("/alerts/{channel_id:int}/delete")
def delete_channel(channel_id: Id, db: DbSession, frame: PageFrame) -> Response:
    """Delete a channel with its log."""
    name = channels.get(db, frame.person.id, channel_id)["name"]
    channels.delete(db, frame.person.id, channel_id)
    db.commit()
    return redirect("/alerts", f"“{name}” is deleted.")


@router.get("/alerts/messages/{delivery_id:int}")
def show_message(delivery_id: Id, request: Request, db: DbSession, frame: PageFrame) -> Response:
    """Show a message with what it tells and each try to send it."""
    message = deliveries.get(db, frame.person.id, delivery_id)
    channel = channels.get(db, frame.person.id, message["channel_id"])
    return render(request, "alerts_message.html", message=message, channel=channel)


@router.post("/alerts/messages/{delivery_id:int}/retry")
def retry_message(delivery_id: Id, db: DbSession, frame: PageFrame) -> Response:
    """Let a message that was given up be tried again."""
    back = f"/alerts/messages/{delivery_id}"
    try:
        deliveries.retry(db, frame.person.id, delivery_id)
    except Conflict as error:
        return redirect(back, Notice(words.sentence(str(error)), "problem"))
    channel = deliveries.get(db, frame.person.id, delivery_id)["channel_id"]
    db.commit()
    tasks.enqueue_deliveries(channel)
    return redirect(back, "It is tried again, now and for another 24 hours.")


def errors_of(error: RolecallError) -> dict[str, str]:
    """Return what a channel's form is refused for, by the name of the field; without a name where it is of none."""
    return error.errors if isinstance(error, Faulty) else {"": words.sentence(str(error))}


def _with_moments(channel: dict[str, Any]) -> dict[str, Any]:
    """Return a channel whose last delivery, which the store gives as JSON, has its moment as one."""
    last = channel["last_delivery"]
    return {**channel, "last_delivery": last and {**last, "created_at": datetime.fromisoformat(last["created_at"])}}


def _title(service: str | None) -> str:
    found = services.SERVICES.get(service or "")
    return found.title if found else _OTHER_TITLE


def _new(
    request: Request,
    db: Session,
    user: int,
    values: dict[str, Any],
    status: int = 200,
    errors: dict[str, str] | None = None,
) -> Response:
    named = values.get("service")
    return render(
        request,
        "alerts_new.html",
        status,
        services=list(services.SERVICES.values()),
        chosen=services.SERVICES.get(named or ""),
        other=named == channel_form.OTHER,
        is_webhook=named == "webhook",
        groups=wishes.groups(db, user),
        values=values,
        errors=errors or {},
        form=channel_form,
    )
