"""Trying boards and filters out."""

from typing import Any

from fastapi import APIRouter, Depends, Request

from api import dry_runs, limiting
from api.auth import CurrentUser
from api.dependencies import CurrentSettings, DbSession
from api.dry_runs import get_place
from api.limiting import DryRunLimit
from api.schemas.postings import DryAnswers
from api.schemas.wishes import DryRun
from worker.dry_run import dry_run, targets

router = APIRouter(tags=["dry-run"], dependencies=[Depends(get_place, scope="function")])


@router.post("/dry-run", response_model=DryAnswers)
def try_boards(
    wish: DryRun,
    db: DbSession,
    person: CurrentUser,
    settings: CurrentSettings,
    limit: DryRunLimit,
    request: Request,
) -> dict[str, Any]:
    """Read boards at once and show which postings pass and why. Writes nothing; 20 boards, 30 seconds."""
    limiting.count_and_tell(request, limit, "dry run", str(person.id))
    wanted = targets(db, person.id, urls=wish.urls, company_ids=wish.company_ids, criteria=wish.given())
    db.close()  # no connection is held while the network is waited for
    return {"items": [dry_runs.arranged(one) for one in sorted(dry_run(wanted, settings), key=dry_runs.place)]}
