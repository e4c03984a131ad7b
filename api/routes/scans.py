"""Scans: started, listed, watched, cancelled."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api import scan_events
from api.auth import CurrentUser, require_own
from api.cursors import Page
from api.dependencies import DbSession, Id
from api.openapi import problems
from api.scan_events import From, ScanBell, ScanId
from api.schemas.fields import Part, Words
from api.schemas.scans import NewScan, Scan, ScanWithRuns, StartedScan
from api.starting import idempotency, start
from worker.store import scans

router = APIRouter(prefix="/scans", tags=["scans"])


@router.post("", response_model=StartedScan, status_code=202, responses=problems(404, 409))
def start_scan(
    wish: NewScan,
    db: DbSession,
    person: CurrentUser,
    response: Response,
    idempotency_key: Annotated[Words | None, Header(min_length=1, max_length=255)] = None,
) -> dict[str, int]:
    """Scan some companies, or all. Sent again with the same Idempotency-Key it answers with the same scan."""
    started = start(db, person.id, wish.company_ids, idempotency(idempotency_key, wish))
    response.headers["Location"] = f"/api/v1/scans/{started.scan}"
    return {"id": started.scan, "runs": started.runs}


@router.get("", response_model=Part[Scan])
def list_scans(db: DbSession, page: Page) -> dict[str, Any]:
    """List scans, newest first."""
    part = page.part("scans", scans.page(db, before=page.before("scans"), most=page.most))
    return {**part, "items": [Scan.of(row) for row in part["items"]]}


@router.get("/{scan_id:int}", response_model=ScanWithRuns)
def get_scan(scan_id: Id, db: DbSession, page: Page) -> ScanWithRuns:
    """Return a scan's totals and a part of its runs."""
    row = scans.get(db, scan_id)
    runs = scans.runs(db, scan_id, after=page.after("runs"), most=page.most)
    return ScanWithRuns.of(row, **page.part("runs", runs))


@router.get("/{scan_id:int}/events", response_class=EventSourceResponse)
async def watch_scan(scan_id: ScanId, position: From, bell: ScanBell) -> AsyncIterator[ServerSentEvent]:
    """Watch a scan: `run` for each run that finishes, `progress` with the totals, `done` at the end.

    A connection that was cut goes on where it was: the browser sends Last-Event-ID by itself.
    """
    async for event in scan_events.follow(scan_id, position, bell):
        yield event


@router.post("/{scan_id:int}/cancel", response_model=Scan)
def cancel_scan(scan_id: Id, db: DbSession, person: CurrentUser) -> Scan:
    """Cancel the runs of a scan that no worker has begun. Only admins cancel what others, or the schedule, started."""
    require_own(person, scans.get(db, scan_id)["user_id"])
    scans.cancel(db, scan_id)
    db.commit()
    return Scan.of(scans.get(db, scan_id))
