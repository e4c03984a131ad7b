"""One posting with all that is known of it, and what the person makes of it."""

from datetime import date
from typing import Annotated

from fastapi import Request, Response
from pydantic import BaseModel, Field

from api.dependencies import DbSession, Id
from api.web import forms, reading_pane
from api.web.forms import Faulty, SentForm
from api.web.frame import PageFrame
from api.web.notices import Notice
from api.web.rendering import local, redirect, render
from api.web.screen import screen
from worker.store import inbox

router = screen()


class Application(BaseModel):
    """What a person keeps of an application."""

    applied_on: date | None = None
    note: Annotated[str, Field(max_length=10_000)] | None = None
    back: str | None = None


@router.get("/postings/{posting_id:int}")
def show_posting(posting_id: Id, request: Request, db: DbSession, frame: PageFrame) -> Response:
    """Show a posting."""
    return render(request, "posting.html", **reading_pane.view(db, frame.person.id, posting_id))


@router.post("/postings/{posting_id:int}/application")
def note_application(posting_id: Id, request: Request, form: SentForm, db: DbSession, frame: PageFrame) -> Response:
    """Keep that the person has applied, when, and a note."""
    shown = reading_pane.view(db, frame.person.id, posting_id)
    try:
        wish = forms.read(Application, form)
    except Faulty as fault:
        return render(request, "posting.html", 422, **reading_pane.filled(shown, form, fault.errors))
    marked = inbox.mark(
        db,
        frame.person.id,
        [shown["match"]["id"] if shown["match"] else 0],
        "applied",
        applied_on=wish.applied_on,
        note=wish.note,
        set_note=True,
    )
    db.commit()
    to = local(wish.back, f"/postings/{posting_id}")
    return redirect(to, Notice("Kept: you have applied.", undo=marked.action))
