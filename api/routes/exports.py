"""Everything there is of a kind, as a file."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api import exports
from api.auth import CurrentUser
from api.exports import Download, ExportSession, Form
from api.inbox import WantedMatches
from api.listing import Filter, WantedChanges, WantedPostings
from api.schemas.fields import Moment
from worker import exporting

router = APIRouter(prefix="/exports", tags=["exports"])

Mark = Annotated[bool, Query(description="CSV: begin with a byte order mark, without which some Excel reads no UTF-8")]
_DOCUMENTED = exports.documented()


@router.get("/postings.{form}", response_class=Response, responses=_DOCUMENTED)
def export_postings(
    form: Form, db: ExportSession, wanted: WantedPostings, titles: Filter, *, bom: Mark = False
) -> Download:
    """Export postings with every field, newest first, as they are at one moment."""
    return exports.download(exporting.postings(db, wanted, titles), form, byte_order_mark=bom)


@router.get("/matches.{form}", response_class=Response, responses=_DOCUMENTED)
def export_matches(
    form: Form, db: ExportSession, person: CurrentUser, wanted: WantedMatches, titles: Filter, *, bom: Mark = False
) -> Download:
    """Export the person's matches with every field of their postings, those found last first."""
    return exports.download(exporting.matches(db, person.id, wanted, titles), form, byte_order_mark=bom)


@router.get("/changes.{form}", response_class=Response, responses=_DOCUMENTED)
def export_changes(
    form: Form,
    db: ExportSession,
    wanted: WantedChanges,
    titles: Filter,
    *,
    since: Annotated[Moment | None, Query(description="Found at this time or later")] = None,
    bom: Mark = False,
) -> Download:
    """Export what opened, changed, closed and reopened, the latest last."""
    return exports.download(exporting.changes(db, wanted, titles, since=since), form, byte_order_mark=bom)
