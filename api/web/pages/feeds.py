"""Feeds: addresses to read matches under, made, renewed and deleted."""

from typing import Annotated, Any

from fastapi import Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import feeds as arranged
from api.dependencies import DbSession, Id
from api.schemas.fields import Name, ThingId
from api.web import faults, forms, words
from api.web.forms import Faulty, SentForm
from api.web.frame import PageFrame
from api.web.rendering import redirect, render
from api.web.screen import screen
from worker import feeds
from worker.errors import FilterSyntaxError, InvalidInput, NotFound
from worker.store import feeds as store
from worker.store import overview, wishes
from worker.store.overview import Wanted

_HERE = "/settings/feeds"

router = screen()


class NewFeed(BaseModel):
    """A feed to be made: of all matches, of a filter's, or of all postings whose title passes."""

    name: Name
    group: ThingId | None = None
    title_filters: Annotated[str, Field(max_length=20_000)] | None = None

    def scope(self) -> dict[str, Any]:
        """Return what it is of. Raises Faulty."""
        if self.group and self.title_filters:
            raise Faulty({"title_filters": "A feed is of one thing: choose a filter, or write words of the title."})
        return {"group_id": self.group, "company_id": None, "title_filters": self.title_filters}


@router.get(_HERE)
def show_feeds(request: Request, db: DbSession, frame: PageFrame) -> Response:
    """Show the feeds with their addresses."""
    return _feeds(request, db, frame)


@router.post(_HERE)
def add_feed(request: Request, form: SentForm, db: DbSession, frame: PageFrame) -> Response:
    """Make a feed."""
    try:
        wish = forms.read(NewFeed, form)
        scope = wish.scope()
        arranged.check(scope)
        store.add(db, frame.person.id, name=wish.name, scope=scope, nonce=feeds.new_nonce())
    except FilterSyntaxError as fault:
        errors: dict[str, str] = {"title_filters": faults.pointed(fault, form.get("title_filters"))}
        return _feeds(request, db, frame, 422, values=form.values, errors=errors)
    except (InvalidInput, NotFound) as error:
        errors = error.errors if isinstance(error, Faulty) else {"name": words.sentence(str(error))}
        return _feeds(request, db, frame, 422, values=form.values, errors=errors)
    db.commit()
    return redirect(_HERE, f"“{wish.name}” is made: copy its address into your reader.")


@router.get(_HERE + "/{feed_id:int}/{what}")
def confirm_change(feed_id: Id, what: str, request: Request, db: DbSession, frame: PageFrame) -> Response:
    """Ask whether a feed is to have new addresses, or to be deleted."""
    if what not in ("renew", "delete"):
        raise NotFound("there is no such page")
    return render(request, "settings_feed.html", feed=store.get(db, frame.person.id, feed_id), what=what)


@router.post(_HERE + "/{feed_id:int}/renew")
def renew_feed(feed_id: Id, db: DbSession, frame: PageFrame) -> Response:
    """Give a feed new addresses; the old ones are dead at once."""
    feed = store.renew(db, frame.person.id, feed_id, feeds.new_nonce())
    db.commit()
    return redirect(_HERE, f"“{feed['name']}” has new addresses; the old ones are dead.")


@router.post(_HERE + "/{feed_id:int}/delete")
def delete_feed(feed_id: Id, db: DbSession, frame: PageFrame) -> Response:
    """Delete a feed; its addresses are dead at once."""
    name = store.get(db, frame.person.id, feed_id)["name"]
    store.delete(db, frame.person.id, feed_id)
    db.commit()
    return redirect(_HERE, f"“{name}” is deleted; its addresses are dead.")


def _feeds(
    request: Request,
    db: Session,
    frame: PageFrame,
    status: int = 200,
    *,
    values: dict[str, Any] | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    user = frame.person.id
    found = [arranged.arranged(feed, frame.settings) for feed in store.page(db, user)]
    groups = wishes.groups(db, user)
    companies = [feed["company_id"] for feed in found if feed["company_id"]]
    named = overview.page(db, user, Wanted(ids=companies), start=0, most=len(companies)) if companies else []
    return render(
        request,
        "settings_feeds.html",
        status,
        feeds=found,
        groups=groups,
        group_names={group["id"]: group["name"] for group in groups},
        company_names={one["id"]: one["name"] for one in named},
        values=values or {},
        errors=errors or {},
    )
