"""The first run: companies, a filter, an alert. Each step may be left out, and none needs scripts."""

from typing import Annotated, Any

from fastapi import Depends, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import examples, limiting
from api import wishes as arranged
from api.channels import Lookouts
from api.dependencies import CurrentSettings, DbSession
from api.limiting import PreviewLimit
from api.schemas.fields import ThingId, Words
from api.web import forms, pasted, wish_form, words
from api.web.forms import Faulty, SentForm
from api.web.frame import PageFrame
from api.web.notices import Notice
from api.web.pages.adding import Adder, results
from api.web.pasted import Found
from api.web.rendering import redirect, render
from api.web.screen import screen
from api.web.wish_form import WishForm
from worker import alerts, judging, tasks
from worker.channels import forms as services
from worker.criteria import Criteria, from_json
from worker.errors import InvalidInput, RolecallError
from worker.store import channels, companies, wishes
from worker.store.channels import Wish
from worker.store.deliveries import Tried

GROUP = "All companies"
PREVIEWED = 5
_OFFERED = tuple(one for one in services.SERVICES.values() if one.name != "webhook")
"""The services that people are reached by; webhooks, whose secret is shown once, are made on the screen of alerts."""

router = screen()


class FilterShown(BaseModel):
    """An example to begin with, by its place."""

    example: Annotated[int, Field(ge=0, le=100)] | None = None


class AlertShown(BaseModel):
    """The service whose form is shown, and the channel that was made."""

    service: Words | None = None
    channel: ThingId | None = None


@router.get("/start")
def show_start(request: Request, db: DbSession) -> Response:
    """Ask for companies."""
    return render(request, "start.html", values={}, errors={}, is_first=companies.is_empty(db))


@router.post("/start")
def add_companies(request: Request, form: SentForm, db: DbSession, frame: PageFrame, adder: Adder) -> Response:
    """Add what was pasted, and show what was found."""
    try:
        return results(request, adder.add(frame.person.id, form), "/start/found")
    except Faulty as fault:
        first = companies.is_empty(db)
        return render(request, "start.html", 422, values=form.values, errors=fault.errors, is_first=first)


@router.get("/start/found")
def show_found(request: Request, db: DbSession) -> Response:
    """Show what was found, line by line, as it is being read."""
    return render(request, "start_found.html", **pasted.view(db, forms.read_query(Found, request.url.query)))


@router.get("/start/filter")
def show_filter(request: Request, db: DbSession, frame: PageFrame) -> Response:
    """Show the filter of all companies as it is, or an example."""
    shown = forms.read_query(FilterShown, request.url.query)
    criteria = _example(shown.example) or _kept(db, frame.person.id)
    return _filter(request, wish_form.filled(criteria))


@router.post("/start/filter/count")
def count_matches(request: Request, form: SentForm, db: DbSession, frame: PageFrame, limit: PreviewLimit) -> Response:
    """Say what the filter lets in, without keeping it."""
    limiting.count_and_tell(request, limit, "preview", str(frame.person.id))
    try:
        counted = _counted(db, forms.read(WishForm, form).criteria())
    except InvalidInput as error:
        return _filter(request, wish_form.sent(form), 422, errors=_errors(error))
    return _filter(request, wish_form.sent(form), counted=counted)


@router.post("/start/filter")
def keep_filter(request: Request, form: SentForm, db: DbSession, frame: PageFrame) -> Response:
    """Keep the filter for all companies, and go on to the alert."""
    try:
        criteria = forms.read(WishForm, form).criteria()
    except InvalidInput as error:
        return _filter(request, wish_form.sent(form), 422, errors=_errors(error))
    _keep(db, frame.person.id, criteria)
    db.commit()
    tasks.follow_wishes(frame.person.id)
    return redirect("/start/alert", "Kept: it applies to every company, also to those that you add later.")


@router.get("/start/alert")
def show_alert(request: Request, db: DbSession, frame: PageFrame) -> Response:
    """Offer the services, the form of one, or what became of the test."""
    shown = forms.read_query(AlertShown, request.url.query)
    return _alert(request, db, frame.person.id, shown)


@router.post("/start/alert")
def add_alert(
    request: Request,
    form: SentForm,
    db: DbSession,
    frame: PageFrame,
    settings: CurrentSettings,
    looks: Annotated[Lookouts, Depends()],
) -> Response:
    """Add a channel to the service whose form was filled in, and send a test there."""
    user, service = frame.person.id, form.get("service")
    try:
        named = services.SERVICES.get(service)
        given = {field.name: form.get(f"field-{field.name}") for field in named.fields} if named else {}
        address = services.compose(service, given)
        looks.count(frame.person)
        db.close()  # no connection is held while the address is looked at
        where, _ = alerts.place(settings, address)
        number = channels.add(db, user, where, Wish(named.title if named else service))
    except RolecallError as error:
        shown = AlertShown(service=service[:100])
        errors = {"service": words.sentence(str(error))}
        return _alert(request, db, user, shown, 422, values=form.values, errors=errors)
    db.commit()
    return _tested(number, alerts.test(user, number, settings))


@router.post("/start/alert/test")
def test_alert(
    form: SentForm,
    db: DbSession,
    frame: PageFrame,
    settings: CurrentSettings,
    looks: Annotated[Lookouts, Depends()],
) -> Response:
    """Send another test."""
    shown = forms.read(AlertShown, form)
    channel = channels.get(db, frame.person.id, shown.channel or 0)["id"]
    db.close()  # no connection is held while the service is waited for
    looks.count(frame.person)
    return _tested(channel, alerts.test(frame.person.id, channel, settings))


@router.post("/start/alert/remove")
def remove_alert(form: SentForm, db: DbSession, frame: PageFrame) -> Response:
    """Remove a channel that was made by mistake."""
    shown = forms.read(AlertShown, form)
    channels.delete(db, frame.person.id, shown.channel or 0)
    db.commit()
    return redirect("/start/alert", "Removed.")


def _example(place: int | None) -> Criteria | None:
    if place is None or place >= len(examples.EXAMPLES):
        return None
    return examples.EXAMPLES[place].criteria.read()


def _everywhere(db: Session, user: int) -> dict[str, Any] | None:
    return next((group for group in wishes.groups(db, user) if group["all_companies"]), None)


def _kept(db: Session, user: int) -> Criteria:
    group = _everywhere(db, user)
    return from_json(group["title_filters"], group["criteria"]) if group else Criteria()


def _keep(db: Session, user: int, criteria: Criteria) -> None:
    """Let the group of all companies have these criteria; the caller commits."""
    group = _everywhere(db, user)
    if group is None:
        wishes.add_group(db, user, name=GROUP, criteria=criteria, all_companies=True)
    else:
        kept = {"name": group["name"], "position": group["position"]}
        wishes.put_group(db, user, group["id"], criteria=criteria, enabled=True, **kept)
    wishes.changed(db, user)


def _counted(db: Session, criteria: Criteria) -> dict[str, Any]:
    return arranged.preview(db, judging.preview(db, criteria, None, most=PREVIEWED))


def _filter(
    request: Request,
    values: dict[str, Any],
    status: int = 200,
    *,
    counted: dict[str, Any] | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    context = {"values": values, "counted": counted, "errors": errors or {}, "examples": examples.EXAMPLES}
    return render(request, "start_filter.html", status, **context)


def _alert(
    request: Request,
    db: Session,
    user: int,
    shown: AlertShown,
    status: int = 200,
    *,
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    return render(
        request,
        "start_alert.html",
        status,
        services=_OFFERED,
        chosen=next((one for one in _OFFERED if one.name == shown.service), None),
        channels=channels.page(db, user),
        values=values or {},
        errors=errors or {},
    )


def _tested(channel: int, tried: Tried) -> Response:
    to = f"/start/alert?channel={channel}"
    if tried.ok:
        return redirect(to, "The test was sent: look whether it has arrived.")
    return redirect(to, Notice(f"The test did not arrive: {words.sentence(tried.answer)}", "problem"))


def _errors(error: InvalidInput) -> dict[str, str]:
    return error.errors if isinstance(error, Faulty) else {"wish": words.sentence(str(error))}
