"""The inbox: a person's matches by day, one of them open beside the list, and what is done with one or with all."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Annotated, Any, Literal

from fastapi import Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import inbox as arranged
from api.cursors import Paging
from api.dependencies import DbSession
from api.schemas.fields import ThingId, Words
from api.web import forms, reading_pane, words
from api.web.forms import SentForm
from api.web.frame import PageFrame
from api.web.notices import Notice
from api.web.rendering import local, redirect, render
from api.web.screen import screen
from worker import tasks, wishing
from worker.errors import Conflict, NotFound
from worker.store import companies, glances, inbox, wishes
from worker.store.inbox import Wanted

SHOWN = 50
COUNTED_MOST = 10_000
COMPANIES_MOST = 200
_STATES = {
    None: ("new", "seen"),
    "new": ("new",),
    "saved": ("saved",),
    "applied": ("applied",),
    "hidden": ("hidden",),
    "any": inbox.STATES,
}
_DONE = {
    "new": "marked as new",
    "seen": "marked as seen",
    "saved": "saved",
    "applied": "marked as applied to",
    "hidden": "hidden",
}

router = screen()


class Shown(BaseModel):
    """What the address of the inbox asks for; of matches, all that are neither kept nor hidden if it does not say."""

    state: Literal["new", "saved", "applied", "hidden", "any"] | None = None
    company: ThingId | None = None
    group: ThingId | None = None
    text: Words | None = None
    open: Literal["yes", "no"] | None = None
    repeats: Literal["no"] | None = None
    cursor: Annotated[str, Field(max_length=200)] | None = None
    match: ThingId | None = None

    @property
    def wanted(self) -> Wanted:
        """The matches that are meant."""
        is_open = None if self.open is None else self.open == "yes"
        repeats = None if self.repeats is None else False
        return Wanted(_STATES[self.state], self.company, self.group, is_open, repeats, text=self.text)

    @property
    def narrowed(self) -> bool:
        """Whether more is asked for than a state."""
        return any((self.company, self.group, self.text, self.open, self.repeats))


class Marking(BaseModel):
    """Matches by id, or all that a query of the inbox means and that were there at a moment, and their new state."""

    state: Literal["new", "seen", "saved", "applied", "hidden"]
    ids: list[ThingId] = []
    all: bool = False
    which: str = ""
    until: datetime | None = None
    back: str | None = None


class Undoing(BaseModel):
    """An action that is to be undone."""

    action: ThingId
    back: str | None = None


class Hiding(BaseModel):
    """A company that is not to be watched any more."""

    company: ThingId
    back: str | None = None


@router.get("/inbox")
def show_inbox(request: Request, db: DbSession, frame: PageFrame) -> Response:
    """Show the matches that the address asks for, and the open one among them, which is seen by this."""
    shown = forms.read_query(Shown, request.url.query)
    user = frame.person.id
    now = datetime.now(UTC)
    part = arranged.page(db, user, shown.wanted, Paging(shown.cursor, SHOWN))
    reading = _opened(request, db, user, shown.match)
    context = {
        "shown": shown,
        "now": now,
        "days": by_day(_as_opened(part["items"], reading), now),
        "next_cursor": part["next_cursor"],
        "counts": inbox.counts(db, user),
        "total": glances.count(db, user, shown.wanted, most=COUNTED_MOST + 1),
        "counted_most": COUNTED_MOST,
        "companies": glances.companies(db, user, most=COMPANIES_MOST),
        "groups": wishes.groups(db, user),
        "reading": reading,
        "missing": None if part["items"] else _missing(db, user),
    }
    return render(request, "inbox.html", **context)


@router.post("/inbox/mark")
def mark_matches(form: SentForm, db: DbSession, frame: PageFrame) -> Response:
    """Give matches a state: those that are ticked, or all that the list means."""
    wish = forms.read(Marking, form)
    back = local(wish.back, "/inbox")
    if not wish.ids and not wish.all:
        return redirect(back, Notice("Nothing was chosen: tick matches first, or all that match.", "problem"))
    if wish.all:
        wanted = forms.read_query(Shown, wish.which).wanted
        marked = inbox.mark_all(db, frame.person.id, replace(wanted, older_than=wish.until), wish.state)
    else:
        marked = inbox.mark(db, frame.person.id, wish.ids, wish.state)
    db.commit()
    said = f"{words.count(marked.changed, 'match', 'matches')} {_DONE[wish.state]}."
    return redirect(back, Notice(said, undo=marked.action))


@router.post("/inbox/undo")
def undo(form: SentForm, db: DbSession, frame: PageFrame) -> Response:
    """Undo what was done with matches, or the hiding of a company."""
    wish = forms.read(Undoing, form)
    back = local(wish.back, "/inbox")
    try:
        changed, companies = wishing.undo(db, frame.person.id, wish.action)
    except Conflict as error:
        return redirect(back, Notice(words.sentence(str(error)), "problem"))
    db.commit()
    if companies:
        tasks.follow_wishes(frame.person.id, companies)
        return redirect(back, "Undone: the company is watched as before.")
    return redirect(back, f"Undone: {words.count(changed, 'match is', 'matches are')} as before.")


@router.post("/inbox/hide-company")
def hide_company(form: SentForm, db: DbSession, frame: PageFrame) -> Response:
    """Stop watching a company: its matches leave the inbox, and no new ones come."""
    wish = forms.read(Hiding, form)
    action = wishing.hide_company(db, frame.person.id, wish.company)
    db.commit()
    tasks.follow_wishes(frame.person.id, [wish.company])
    return redirect(local(wish.back, "/inbox"), Notice("You do not watch this company any more.", undo=action))


def by_day(matches: Iterable[Mapping[str, Any]], now: datetime) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Return matches under the days (UTC) on which they were found, as headings."""
    days = groupby(matches, key=lambda match: match["found_at"].astimezone(UTC).date())
    return [(words.heading(day, now.date()), list(found)) for day, found in days]


def _as_opened(matches: Iterable[dict[str, Any]], reading: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return matches with the opened one as it is now: it stays in the list of new ones while it is read."""
    opened = reading["match"] if reading else None
    return [{**one, "state": opened["state"]} if opened and one["id"] == opened["id"] else one for one in matches]


def _missing(db: Session, user: int) -> str | None:
    """Return what matches cannot come without and a person has not said yet: `companies`, or a `filter`."""
    if companies.is_empty(db):
        return "companies"
    return None if wishes.has_any(db, user) else "filter"


def _opened(request: Request, db: Session, user: int, match_id: int | None) -> dict[str, Any] | None:
    """Return the view of a match's posting; a new one that the person opened, and no page from elsewhere, is seen."""
    if match_id is None:
        return None
    try:
        match = inbox.get(db, user, match_id)
    except NotFound:
        return None
    if match["state"] == "new" and request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none"):
        inbox.mark(db, user, [match_id], "seen")
        db.commit()
    return reading_pane.view(db, user, match["posting_id"])
