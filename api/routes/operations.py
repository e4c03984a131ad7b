"""What an operator asks: figures for a monitor, and where vendors' answers have drifted."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse

from api import metrics
from api.cursors import Page
from api.dependencies import DbSession, RedisClient
from api.schemas.fields import Part, Words
from api.schemas.operations import Drift
from worker.store import drift

router = APIRouter(tags=["operations"])


@router.get("/metrics", response_class=PlainTextResponse)
def get_metrics(db: DbSession, client: RedisClient) -> PlainTextResponse:
    """Return figures in the text format of Prometheus: boards, runs, queues, workers, drift."""
    return PlainTextResponse(metrics.text(db, client), media_type=metrics.CONTENT_TYPE)


@router.get("/drift", response_model=Part[Drift])
def list_drift(
    db: DbSession, page: Page, ats: Annotated[Words | None, Query(description="Of one vendor only")] = None
) -> dict[str, Any]:
    """List where vendors' answers fell far behind the month before, newest first."""
    return page.part("drift", drift.page(db, before=page.before("drift"), most=page.most, ats=ats))
