"""The filters: a person's groups in the order in which they have their say, and the companies in each."""

from typing import Any, Literal

from fastapi import Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.dependencies import DbSession, Id
from api.schemas.fields import ThingId, Words
from api.web import forms, wish_form, words
from api.web.forms import SentForm
from api.web.frame import PageFrame
from api.web.notices import Notice
from api.web.rendering import redirect, render
from api.web.screen import screen
from worker import tasks
from worker.criteria import Layer, from_json
from worker.errors import InvalidInput, Outdated
from worker.store import overview, wishes
from worker.store.overview import Wanted
from worker.wish import wish_of

OWN_MOST = 200
FOUND_MOST = 50

router = screen()


class Moving(BaseModel):
    """Where a group is to go in the order."""

    to: Literal["earlier", "later"]


class CompaniesShown(BaseModel):
    """Words of the names of companies that may be put into a group."""

    text: Words | None = None


class Membership(BaseModel):
    """Companies that are put into a group, or taken out of it."""

    companies: list[ThingId]
    text: Words | None = None


@router.get("/filters")
def show_filters(request: Request, db: DbSession, frame: PageFrame) -> Response:
    """Show the groups, and the companies with wishes of their own."""
    user = frame.person.id
    groups = [described(group) for group in wishes.groups(db, user)]
    own = list(wishes.of_person(db, user).settings)
    return render(
        request,
        "filters.html",
        groups=groups,
        own=_companies(db, user, own[:OWN_MOST]),
        own_count=len(own),
    )


@router.post("/filters/{group_id:int}/move")
def move_group(group_id: Id, form: SentForm, db: DbSession, frame: PageFrame) -> Response:
    """Let a group have its say before or after its neighbour."""
    user, to = frame.person.id, forms.read(Moving, form).to
    asked = wishes.group(db, user, group_id)
    order = [group for group in wishes.groups(db, user) if not group["all_companies"]]
    ids = [group["id"] for group in order]
    at = ids.index(group_id) if group_id in ids else 0
    other = at + (1 if to == "later" else -1)
    if asked["all_companies"] or other not in range(len(order)):
        return redirect("/filters", Notice("It stands there already.", "problem"))
    order[at], order[other] = order[other], order[at]
    try:
        _place(db, user, order)
    except Outdated:
        return redirect("/filters", Notice("The groups have just been changed elsewhere: look again.", "problem"))
    wishes.changed(db, user)
    db.commit()
    tasks.follow_wishes(user)
    return redirect("/filters", f"“{asked['name']}” has its say {to} now. Your matches follow.")


@router.get("/filters/{group_id:int}/delete")
def confirm_deletion(group_id: Id, request: Request, db: DbSession, frame: PageFrame) -> Response:
    """Ask whether a group is to be deleted."""
    group = wishes.group(db, frame.person.id, group_id)
    return render(request, "filters_delete.html", group=described(group))


@router.post("/filters/{group_id:int}/delete")
def delete_group(group_id: Id, db: DbSession, frame: PageFrame) -> Response:
    """Delete a group; its companies stay."""
    user = frame.person.id
    name = wishes.group(db, user, group_id)["name"]
    wishes.delete_group(db, user, group_id)
    wishes.changed(db, user)
    db.commit()
    tasks.follow_wishes(user)
    return redirect("/filters", f"“{name}” is deleted; its companies stay. Your matches follow.")


@router.get("/filters/{group_id:int}/companies")
def show_companies(group_id: Id, request: Request, db: DbSession, frame: PageFrame) -> Response:
    """Show the companies of a group, and those that may be put into it."""
    user = frame.person.id
    shown = forms.read_query(CompaniesShown, request.url.query)
    group = wishes.group(db, user, group_id)
    known = set(group["company_ids"])
    found = overview.page(db, user, Wanted(name=shown.text), start=0, most=FOUND_MOST + len(known) + 1)
    others = [one for one in found if one["id"] not in known]
    return render(
        request,
        "filters_companies.html",
        group=group,
        shown=shown,
        members=_companies(db, user, group["company_ids"]),
        others=sorted(others[:FOUND_MOST], key=lambda one: one["name"].lower()),
        more=len(others) > FOUND_MOST,
    )


@router.post("/filters/{group_id:int}/companies/{what}")
def change_companies(
    group_id: Id, what: Literal["put-in", "take-out"], form: SentForm, db: DbSession, frame: PageFrame
) -> Response:
    """Put companies into a group, or take them out."""
    user = frame.person.id
    back = f"/filters/{group_id}/companies"
    try:
        wish = forms.read(Membership, form)
    except InvalidInput:
        return redirect(back, Notice("Nothing was chosen: tick companies first.", "problem"))
    if wishes.group(db, user, group_id)["all_companies"]:
        return redirect("/filters", Notice("This group is of all companies, so there is nothing to choose.", "problem"))
    if what == "put-in":
        wishes.put_in_group(db, user, group_id, wish.companies)
    else:
        wishes.take_out_of_group(db, user, group_id, wish.companies)
    wishes.changed(db, user)
    db.commit()
    tasks.follow_wishes(user, wish.companies)
    number = words.count(len(wish.companies), "company", "companies")
    return redirect(back, f"{number} {'put in' if what == 'put-in' else 'taken out'}. Your matches follow.")


def described(group: dict[str, Any]) -> dict[str, Any]:
    """Return a group with what it says, criterion by criterion."""
    criteria = from_json(group["title_filters"], group["criteria"])
    said = wish_form.said(wish_of([Layer("group", criteria, enabled=True)]))
    strict = [] if criteria.strict is None else [("Where a board does not say", "keep it out" if criteria.strict
                                                   else "let it in")]  # fmt: skip
    return {**group, "said": [(what, value) for what, value, _ in said] + strict}


def _place(db: Session, user: int, order: list[dict[str, Any]]) -> None:
    """Number groups by their order. Raises Outdated."""
    for position, group in enumerate(order):
        if group["position"] != position:
            wishes.put_group(
                db,
                user,
                group["id"],
                name=group["name"],
                criteria=from_json(group["title_filters"], group["criteria"]),
                position=position,
                enabled=group["enabled"],
                expected=group["version"],
            )


def _companies(db: Session, user: int, ids: list[int]) -> list[dict[str, Any]]:
    found = overview.page(db, user, Wanted(ids=ids), start=0, most=len(ids)) if ids else []
    return sorted(found, key=lambda one: one["name"].lower())
