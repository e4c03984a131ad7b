"""Runs: the scans there were, and one scan with its boards as they are read."""

from typing import Annotated

from fastapi import Request, Response
from pydantic import BaseModel, Field

from api.auth import require_own
from api.cursors import Paging
from api.dependencies import DbSession, Id
from api.web import forms
from api.web.forms import SentForm
from api.web.frame import PageFrame
from api.web.notices import Notice
from api.web.rendering import redirect, render
from api.web.screen import screen
from worker.store import scans

SHOWN = 50
RUNS_SHOWN = 100

router = screen()


class Shown(BaseModel):
    """Where the list goes on."""

    cursor: Annotated[str, Field(max_length=200)] | None = None
    start: Annotated[int, Field(ge=0, le=1_000_000)] = 0


@router.get("/runs")
def show_runs(request: Request, db: DbSession, frame: PageFrame) -> Response:  # noqa: ARG001 - the frame is around it
    """Show the latest scans."""
    shown = forms.read_query(Shown, request.url.query)
    page = Paging(shown.cursor, SHOWN)
    part = page.part("scans", scans.page(db, before=page.before("scans"), most=page.most))
    return render(request, "runs.html", scans=part["items"], cursor=part["next_cursor"], began=bool(shown.cursor))


@router.get("/runs/{scan_id:int}")
def show_run(request: Request, scan_id: Id, db: DbSession, frame: PageFrame) -> Response:
    """Show one scan: how far it is, what it found, and each board of it."""
    shown = forms.read_query(Shown, request.url.query)
    scan = scans.get(db, scan_id)
    p50, p95 = scans.durations(db, scan_id)
    return render(
        request,
        "run.html",
        scan=scan,
        runs=scans.troubled_first(db, scan_id, start=shown.start, most=RUNS_SHOWN),
        start=shown.start,
        most=RUNS_SHOWN,
        p50=p50,
        p95=p95,
        may_cancel=scan["state"] == "running" and (scan["user_id"] == frame.person.id or frame.person.role == "admin"),
    )


@router.post("/runs/{scan_id:int}/cancel")
def cancel_run(scan_id: Id, form: SentForm, db: DbSession, frame: PageFrame) -> Response:  # noqa: ARG001 - it is empty
    """Cancel what no worker has begun."""
    require_own(frame.person, scans.get(db, scan_id)["user_id"])
    cancelled = scans.cancel(db, scan_id)
    db.commit()
    return redirect(f"/runs/{scan_id}", Notice(f"Cancelled: {cancelled:,} of its boards are not read."))
