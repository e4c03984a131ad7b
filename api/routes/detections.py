"""Looking for the board of a company."""

from typing import Any

from fastapi import APIRouter, Depends, Request

from api import detections, limiting
from api.auth import CurrentUser
from api.dependencies import CurrentSettings, DbSession
from api.detections import get_place
from api.limiting import DryRunLimit
from api.schemas.detections import Detection, NewDetection
from worker.detection import find_boards

router = APIRouter(tags=["companies"], dependencies=[Depends(get_place, scope="function")])


@router.post("/detections", response_model=Detection)
def detect_boards(
    wish: NewDetection,
    db: DbSession,
    person: CurrentUser,
    settings: CurrentSettings,
    limit: DryRunLimit,
    request: Request,
) -> dict[str, Any]:
    """Look for the board behind an address, a domain or a company's name. Writes nothing; 15 seconds, 25 requests."""
    limiting.count_and_tell(request, limit, "detection", str(person.id))
    db.close()  # no connection is held while the network is waited for
    return detections.arranged(find_boards(wish.what, settings, ats=wish.ats))
