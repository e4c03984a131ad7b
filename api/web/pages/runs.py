"""Runs: the scans there were, and one scan with its boards as they are read."""

from typing import Annotated

import redis
from fastapi import Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.auth import require_own
from api.cursors import Paging
from api.dependencies import DbSession, Id, RedisClient
from api.web import forms, vendors
from api.web.forms import SentForm
from api.web.frame import PageFrame
from api.web.notices import Notice
from api.web.rendering import FRAGMENT, redirect, render
from api.web.screen import screen
from worker import hosts
from worker.hosts import Asked
from worker.store import health, scans

SHOWN = 20
RUNS_SHOWN = 100
HOSTS_SHOWN = 12

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
    return render(
        request,
        "runs.html",
        scans=part["items"],
        durations=scans.durations(db, [scan["id"] for scan in part["items"]]),
        backlog=health.backlog(db),
        cursor=part["next_cursor"],
        began=bool(shown.cursor),
    )


@router.get("/runs/{scan_id:int}")
def show_run(request: Request, scan_id: Id, db: DbSession, client: RedisClient, frame: PageFrame) -> Response:
    """Show one scan: how far it is, which hosts are asked for it, what it found, and each board of it."""
    shown = forms.read_query(Shown, request.url.query)
    scan = scans.get(db, scan_id)
    is_running = scan["state"] == "running"
    return render(
        request,
        "run.html",
        scan=scan,
        runs=scans.troubled_first(db, scan_id, start=shown.start, most=RUNS_SHOWN),
        start=shown.start,
        most=RUNS_SHOWN,
        duration=scans.durations(db, [scan_id]).get(scan_id),
        asked=_asked(db, client, scan_id) if is_running else None,
        follows=is_running or FRAGMENT in request.headers,  # who has followed it until now keeps the hosts' place
        backlog=health.backlog(db),
        vendor=vendors.name,
        may_cancel=is_running and (scan["user_id"] == frame.person.id or frame.person.role == "admin"),
    )


@router.post("/runs/{scan_id:int}/cancel")
def cancel_run(scan_id: Id, form: SentForm, db: DbSession, frame: PageFrame) -> Response:  # noqa: ARG001 - it is empty
    """Cancel what no worker has begun."""
    require_own(frame.person, scans.get(db, scan_id)["user_id"])
    cancelled = scans.cancel(db, scan_id)
    db.commit()
    return redirect(f"/runs/{scan_id}", Notice(f"Cancelled: {cancelled:,} of its boards are not read."))


def _asked(db: Session, client: redis.Redis, scan: int) -> tuple[list[Asked], int] | None:
    """Return the hosts of a scan; None where nobody can say, because Redis is away."""
    try:
        return hosts.of_scan(db, client, scan, most=HOSTS_SHOWN)
    except redis.RedisError:
        return None
