"""A person's feeds, and what feed readers and calendars get under their addresses."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from api import feeds as arranged
from api.auth import CurrentUser
from api.cursors import Page
from api.dependencies import CurrentSettings, DbSession, Id
from api.feeds import OpenedFeed, documented
from api.openapi import problems
from api.schemas.feeds import Feed, FeedChange, NewFeed
from api.schemas.fields import Part
from api.versions import expected_version, tag
from worker import feeds
from worker.store import feeds as store

router = APIRouter(prefix="/feeds", tags=["feeds"])
public = APIRouter(prefix="/feeds", tags=["feeds"])

Expected = Annotated[int | None, Depends(expected_version)]


@router.get("", response_model=Part[Feed])
def list_feeds(db: DbSession, person: CurrentUser, settings: CurrentSettings, page: Page) -> dict[str, Any]:
    """List the person's feeds with their addresses."""
    rows = store.page(db, person.id, after=page.after("feeds"), most=page.most)
    return page.part("feeds", [arranged.arranged(row, settings) for row in rows])


@router.post("", response_model=Feed, status_code=201, responses=problems(404))
def add_feed(
    wish: NewFeed, db: DbSession, person: CurrentUser, settings: CurrentSettings, response: Response
) -> dict[str, Any]:
    """Make a feed of all matches, of those of a group or a company, or of all postings that pass a title filter."""
    arranged.check(wish.scope)
    feed = store.add(db, person.id, name=wish.name, scope=wish.scope, nonce=feeds.new_nonce())
    db.commit()
    response.headers["Location"] = f"/api/v1/feeds/{feed['id']}"
    tag(response, feed["version"])
    return arranged.arranged(feed, settings)


@router.get("/{feed_id:int}", response_model=Feed)
def get_feed(
    feed_id: Id, db: DbSession, person: CurrentUser, settings: CurrentSettings, response: Response
) -> dict[str, Any]:
    """Return a feed with its addresses."""
    feed = store.get(db, person.id, feed_id)
    tag(response, feed["version"])
    return arranged.arranged(feed, settings)


@router.patch("/{feed_id:int}", response_model=Feed, responses=problems(412))
def change_feed(
    feed_id: Id,
    wish: FeedChange,
    db: DbSession,
    person: CurrentUser,
    settings: CurrentSettings,
    response: Response,
    expected: Expected,
) -> dict[str, Any]:
    """Rename a feed, or let it be of something else. Its addresses stay."""
    before = store.get(db, person.id, feed_id)
    scope = wish.scope if wish.names_scope else {name: before[name] for name in wish.scope}
    arranged.check(scope)
    feed = store.change(db, person.id, feed_id, name=wish.name or before["name"], scope=scope, expected=expected)
    db.commit()
    tag(response, feed["version"])
    return arranged.arranged(feed, settings)


@router.post("/{feed_id:int}/renew", response_model=Feed)
def renew_feed(
    feed_id: Id, db: DbSession, person: CurrentUser, settings: CurrentSettings, response: Response
) -> dict[str, Any]:
    """Give a feed new addresses, for instance when an old one got into the wrong hands: that one is dead at once."""
    feed = store.renew(db, person.id, feed_id, feeds.new_nonce())
    db.commit()
    tag(response, feed["version"])
    return arranged.arranged(feed, settings)


@router.delete("/{feed_id:int}", status_code=204)
def delete_feed(feed_id: Id, db: DbSession, person: CurrentUser) -> None:
    """Delete a feed; its addresses are dead at once."""
    store.delete(db, person.id, feed_id)
    db.commit()


@public.get("/{address}.atom", response_class=Response, responses=documented("atom"))
def read_atom_feed(feed: OpenedFeed, db: DbSession, settings: CurrentSettings, request: Request) -> Response:
    """Read a feed's newest postings as Atom (RFC 4287)."""
    return arranged.answer(db, feed, "atom", settings, request)


@public.get("/{address}.json", response_class=Response, responses=documented("json"))
def read_json_feed(feed: OpenedFeed, db: DbSession, settings: CurrentSettings, request: Request) -> Response:
    """Read a feed's newest postings as JSON Feed 1.1."""
    return arranged.answer(db, feed, "json", settings, request)


@public.get("/{address}.ics", response_class=Response, responses=documented("ics"))
def read_calendar(feed: OpenedFeed, db: DbSession, settings: CurrentSettings, request: Request) -> Response:
    """Read the closing dates of a feed's postings as iCalendar (RFC 5545)."""
    return arranged.answer(db, feed, "ics", settings, request)
