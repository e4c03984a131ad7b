"""All companies: how watching each goes, and what is done with one, several, or all that a search means."""

from typing import Annotated, Literal

from fastapi import Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.auth import require_admin
from api.dependencies import CurrentSettings, DbSession
from api.schemas.fields import Name, ThingId, Words
from api.starting import start
from api.web import forms, vendors, watching, words
from api.web.forms import Faulty, SentForm
from api.web.frame import Frame, PageFrame
from api.web.notices import Notice
from api.web.rendering import local, redirect, render, with_query
from api.web.screen import screen
from worker import tasks
from worker.errors import Conflict, InvalidInput
from worker.store import bulk, overview, wishes
from worker.store.overview import Wanted

SHOWN = 30
NAMED_MOST = 100

router = screen()


class Shown(BaseModel):
    """What the address of the list asks for."""

    name: Words | None = None
    state: Literal["failing", "gone", "incomplete", "unread", "well", "paused"] | None = None
    ats: Words | None = None
    group: ThingId | None = None
    start: Annotated[int, Field(ge=0, le=10_000_000)] = 0

    @property
    def wanted(self) -> Wanted:
        """The companies that are meant."""
        return Wanted(self.name, self.state, self.ats, self.group)

    @property
    def narrowed(self) -> bool:
        """Whether not all companies are asked for."""
        return any((self.name, self.state, self.ats, self.group))


class Chosen(BaseModel):
    """Companies by id, or all that a query of the list means."""

    ids: Annotated[list[ThingId], Field(max_length=10_000)] = []
    all: bool = False
    which: str = ""
    back: str | None = None


class Act(Chosen):
    """What is to be done with them."""

    do: Literal["scan", "pause", "resume", "group", "interval", "delete"]
    group: ThingId | None = None
    new_group: Name | None = None
    interval: Annotated[int, Field(ge=60, le=2_592_000)] | Literal["usual"] = "usual"


class Deleting(Chosen):
    """Companies to be deleted, and how many were shown to the person."""

    count: int = 0


@router.get("/companies")
def show_companies(request: Request, db: DbSession, frame: PageFrame, settings: CurrentSettings) -> Response:
    """Show companies, those that need somebody first."""
    shown = forms.read_query(Shown, request.url.query)
    user = frame.person.id
    counts = overview.counts(db, user, shown.wanted)
    total = counts[shown.state] if shown.state else sum(counts.values())
    rows = overview.page(db, user, shown.wanted, start=shown.start, most=SHOWN)
    return render(
        request,
        "companies.html",
        shown=shown,
        companies=watching.listed(rows),
        counts=counts,
        total=total,
        most=SHOWN,
        vendors=[(ats, f"{vendors.name(ats)} ({number:,})") for ats, number in overview.vendors(db)],
        groups=wishes.groups(db, user),
        intervals=watching.intervals(None, settings.scan_interval),
        is_admin=frame.person.role == "admin",
        SAID=watching.SAID,
    )


@router.post("/companies/act")
def act(form: SentForm, db: DbSession, frame: PageFrame, settings: CurrentSettings) -> Response:
    """Do something with the companies that were chosen."""
    back = local(form.get("back"), "/companies")
    try:
        wish = forms.read(Act, form)
        ids = _meant(db, frame, wish)
        if wish.do == "delete":
            return redirect(_deletion(wish, ids))
        return redirect(back, _done(db, frame, wish, ids, settings.scan_interval))
    except (Faulty, InvalidInput, Conflict) as error:
        return redirect(back, Notice(words.sentence(str(error)), "problem"))


@router.get("/companies/delete")
def show_deletion(request: Request, db: DbSession, frame: PageFrame) -> Response:
    """Ask whether companies are to be deleted, with what goes with them."""
    wish = forms.read_query(Chosen, request.url.query)
    require_admin(frame.person)
    ids = _meant(db, frame, wish)
    if len(ids) > bulk.DELETED_MOST:
        raise InvalidInput(f"at most {bulk.DELETED_MOST} companies are deleted at once; search for fewer of them")
    rows = overview.page(db, frame.person.id, Wanted(ids=ids), start=0, most=NAMED_MOST)
    return render(request, "companies_delete.html", companies=rows, wish=wish, count=len(ids))


@router.post("/companies/delete")
def delete_companies(form: SentForm, db: DbSession, frame: PageFrame) -> Response:
    """Delete companies; those that were shown, and no others."""
    wish = forms.read(Deleting, form)
    require_admin(frame.person)
    ids = _meant(db, frame, wish)
    if len(ids) != wish.count:
        return redirect(_deletion(wish, ids), Notice("The list has changed meanwhile: look at it again.", "problem"))
    deleted = bulk.delete(db, ids)
    db.commit()
    return redirect(
        local(wish.back, "/companies"), f"{words.count(deleted, 'company', 'companies')} deleted, with all postings."
    )


def _meant(db: Session, frame: Frame, wish: Chosen) -> list[int]:
    """Return the companies that are meant. Raises InvalidInput for none."""
    wanted = forms.read_query(Shown, wish.which).wanted if wish.all else Wanted(ids=wish.ids)
    ids = overview.ids(db, frame.person.id, wanted) if wish.all or wish.ids else []
    if not ids:
        raise InvalidInput("nothing was chosen: tick companies first, or all that match")
    return ids


def _done(db: Session, frame: Frame, wish: Act, ids: list[int], usual: int) -> str | Notice:
    said = words.count(len(ids), "company", "companies")
    if wish.do == "scan":
        started = start(db, frame.person.id, ids)
        said = f"Scan {started.scan} has begun: {words.count(started.runs, 'board')}."
        return Notice(said, follow=f"/runs/{started.scan}")
    if wish.do == "group":
        return f"{said} put into the group {_grouped(db, frame.person.id, wish, ids)}."
    require_admin(frame.person)
    if wish.do == "interval":
        bulk.set_interval(db, ids, None if wish.interval == "usual" else wish.interval, usual=usual)
        db.commit()
        often = dict(watching.intervals(None, usual)).get(str(wish.interval), f"every {wish.interval} seconds")
        return f"{said} scanned {often.removeprefix('As usual here: ')} from now on."
    bulk.enable(db, ids, enabled=wish.do == "resume")
    db.commit()
    return f"{said} {'watched again' if wish.do == 'resume' else 'paused'}."


def _grouped(db: Session, user: int, wish: Act, ids: list[int]) -> str:
    """Put companies into a group; return its name. Raises InvalidInput where none is named."""
    if wish.new_group is None and wish.group is None:
        raise InvalidInput("choose a group, or write the name of a new one")
    group = wish.group if wish.new_group is None else wishes.group_named(db, user, wish.new_group)
    assert group is not None  # noqa: S101 - one of the two is there
    name = wishes.group(db, user, group)["name"]
    wishes.put_in_group(db, user, group, ids)
    wishes.changed(db, user)
    db.commit()
    tasks.follow_wishes(user, ids)
    return f"“{name}”"


def _deletion(wish: Chosen, ids: list[int]) -> str:
    """Return the page that asks whether companies are to be deleted."""
    given = {"all": "1", "which": wish.which} if wish.all else {"ids": ids[:SHOWN]}
    return with_query("/companies/delete", **given, back=wish.back)
