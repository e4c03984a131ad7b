"""One filter: a group's wishes as a form, tried out on what is open before they are kept."""

from typing import Annotated, Any

from fastapi import Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import examples, limiting
from api import wishes as arranged
from api.dependencies import DbSession, Id
from api.limiting import PreviewLimit
from api.schemas.fields import Name, ThingId
from api.web import faults, forms, wish_form, words
from api.web.forms import Faulty, Form, SentForm
from api.web.frame import PageFrame
from api.web.pages.filters import described
from api.web.rendering import redirect, render
from api.web.screen import screen
from api.web.wish_form import WishForm
from worker import judging, tasks
from worker.criteria import Criteria, from_json
from worker.errors import Conflict, InvalidInput, Outdated
from worker.store import wishes

PREVIEWED = 6
_EVERYWHERE = "All companies"
_BLANK: dict[str, Any] = {**wish_form.filled(Criteria()), "name": "", "enabled": True, "all_companies": False}

router = screen()


class GroupForm(WishForm):
    """A group as it is to be; `version` is the one that was changed."""

    name: Name | None = None
    enabled: bool = False
    all_companies: bool = False
    version: int | None = None


class Asked(BaseModel):
    """What is shown in the fields: an example by its place, of a group that is there or a new one."""

    example: Annotated[int, Field(ge=0, le=100)] | None = None
    group: ThingId | None = None


@router.get("/filters/new")
def show_new(request: Request, db: DbSession, frame: PageFrame) -> Response:
    """Show the form of a new group."""
    return _form(request, db, frame.person.id, None, {}, counted=_glanced(db, frame.person.id, Criteria(), None))


@router.post("/filters/new")
def add_group(request: Request, form: SentForm, db: DbSession, frame: PageFrame) -> Response:
    """Make a group; of chosen companies it has none at first."""
    user = frame.person.id
    try:
        wish, criteria = _read(form)
        everywhere = wish.all_companies
        name = wish.name or (_EVERYWHERE if everywhere else None)
        if name is None:
            raise Faulty({"name": "A group needs a name."})
        position = max((one["position"] + 1 for one in wishes.groups(db, user)), default=0)
        group = wishes.add_group(db, user, name=name, criteria=criteria, position=position,
                                 all_companies=everywhere, enabled=wish.enabled)  # fmt: skip
    except (InvalidInput, Conflict) as error:
        return _form(request, db, user, None, sent(form), 422, errors=_errors(error, form))
    _follow(db, user)
    if everywhere:
        return redirect("/filters", _kept(db, user, criteria, group))
    return redirect(f"/filters/{group}/companies", f"“{name}” is kept. Put the companies in that it is for.")


@router.get("/filters/{group_id:int}")
def show_group(group_id: Id, request: Request, db: DbSession, frame: PageFrame) -> Response:
    """Show a group's form."""
    user = frame.person.id
    group = wishes.group(db, user, group_id)
    criteria = from_json(group["title_filters"], group["criteria"])
    return _form(request, db, user, group, _filled(group), counted=_glanced(db, user, criteria, group_id))


@router.post("/filters/{group_id:int}")
def put_group(group_id: Id, request: Request, form: SentForm, db: DbSession, frame: PageFrame) -> Response:
    """Keep what the form says. Where somebody changed the group meanwhile, show both and keep nothing (412)."""
    user = frame.person.id
    group = wishes.group(db, user, group_id)
    before = from_json(group["title_filters"], group["criteria"])
    try:
        wish, criteria = _read(form)
        criteria = _any_kept(criteria, before)
        wishes.put_group(db, user, group_id, name=wish.name or group["name"], criteria=criteria,
                         position=group["position"], enabled=wish.enabled, expected=wish.version)  # fmt: skip
    except Outdated:
        values = {**sent(form), "version": group["version"]}
        return _form(request, db, user, group, values, 412, counted=_counted(db, user, criteria, group_id), other=group)
    except (InvalidInput, Conflict) as error:
        return _form(request, db, user, group, sent(form), 422, errors=_errors(error, form))
    _follow(db, user)
    return redirect("/filters", _kept(db, user, criteria, group_id))


@router.post("/filters/preview")
def preview(request: Request, form: SentForm, db: DbSession, frame: PageFrame, limit: PreviewLimit) -> Response:
    """Say what the form's wishes let in, without keeping them."""
    limiting.count_and_tell(request, limit, "preview", str(frame.person.id))
    user = frame.person.id
    group = _group(db, user, forms.read(Asked, form).group)
    try:
        _, criteria = _read(form)
    except InvalidInput as error:
        return _form(request, db, user, group, sent(form), 422, errors=_errors(error, form))
    counted = _counted(db, user, criteria, group["id"] if group else None)
    return _form(request, db, user, group, sent(form), counted=counted)


@router.post("/filters/example")
def fill_in(request: Request, form: SentForm, db: DbSession, frame: PageFrame, limit: PreviewLimit) -> Response:
    """Fill the form with an example; name and companies stay as they were written."""
    limiting.count_and_tell(request, limit, "preview", str(frame.person.id))
    user, asked = frame.person.id, forms.read(Asked, form)
    group = _group(db, user, asked.group)
    offered = examples.EXAMPLES
    place = asked.example if asked.example is not None and asked.example < len(offered) else 0
    criteria = offered[place].criteria.read()
    values = {**sent(form), **wish_form.filled(criteria)}
    counted = _counted(db, user, criteria, group["id"] if group else None)
    return _form(request, db, user, group, values, counted=counted)


def sent(form: Form) -> dict[str, Any]:
    """Return what a form of wishes sent, to fill it again."""
    ticked = {name: form.get(name) == "on" for name in ("enabled", "all_companies")}
    return {**wish_form.sent(form), **ticked}


def _read(form: Form) -> tuple[GroupForm, Criteria]:
    wish = forms.read(GroupForm, form)
    return wish, wish.criteria()


def _group(db: Session, user: int, number: int | None) -> dict[str, Any] | None:
    return None if number is None else wishes.group(db, user, number)


def _filled(group: dict[str, Any]) -> dict[str, Any]:
    kept = {name: group[name] for name in ("name", "enabled", "version")}
    return {**wish_form.filled(from_json(group["title_filters"], group["criteria"])), **kept}


def _any_kept(criteria: Criteria, before: Criteria) -> Criteria:
    """Return criteria that still say "any" where they did: a form's empty field says nothing of them."""
    names = ("title_filters", "text_filters", "places", "workplaces", "languages")
    kept = {one: getattr(before, one) for one in names if not getattr(before, one)}
    values = {one: getattr(criteria, one) for one in Criteria.__dataclass_fields__}
    return Criteria(**{one: kept.get(one) if value is None else value for one, value in values.items()})


def _counted(
    db: Session, user: int, criteria: Criteria, group: int | None, look_at: int = judging.PREVIEW_MOST
) -> dict[str, Any]:
    companies = wishes.companies_meant(db, user, None, group)
    return arranged.preview(db, judging.preview(db, criteria, companies, most=PREVIEWED, look_at=look_at))


def _glanced(db: Session, user: int, criteria: Criteria, group: int | None) -> dict[str, Any]:
    return _counted(db, user, criteria, group, judging.GLANCE_MOST)


def _kept(db: Session, user: int, criteria: Criteria, group: int) -> str:
    counted = judging.preview(db, criteria, wishes.companies_meant(db, user, None, group), most=0)
    if not counted.looked_at:
        return "Kept. No posting of these companies has been read yet; matches come with the next scans."
    verb = "passes" if counted.matched == 1 else "pass"
    return f"Kept. {counted.matched:,} of {words.count(counted.looked_at, 'open posting')} {verb} it now."


def _follow(db: Session, user: int) -> None:
    wishes.changed(db, user)
    db.commit()
    tasks.follow_wishes(user)


def _errors(error: InvalidInput | Conflict, form: Form) -> dict[str, str]:
    if isinstance(error, InvalidInput):
        return faults.of_wish(error, form)
    return {"all_companies" if "all companies" in str(error) else "name": words.sentence(str(error))}


def _form(
    request: Request,
    db: Session,
    user: int,
    group: dict[str, Any] | None,
    values: dict[str, Any],
    status: int = 200,
    *,
    counted: dict[str, Any] | None = None,
    errors: dict[str, str] | None = None,
    other: dict[str, Any] | None = None,
) -> Response:
    here = f"/filters/{group['id']}" if group else "/filters/new"
    has_everywhere = any(one["all_companies"] for one in wishes.groups(db, user))
    return render(
        request,
        "filter.html",
        status,
        here=here,
        path=here,
        group=group,
        values={**_BLANK, **values},
        errors=errors or {},
        counted=counted,
        other=described(other) if other else None,
        examples=examples.EXAMPLES,
        has_everywhere=has_everywhere,
    )
