"""The front door."""

from fastapi.responses import RedirectResponse

from api.dependencies import DbSession
from api.web.rendering import redirect
from api.web.screen import screen
from worker.store import companies

router = screen()


@router.get("/")
def open_front_door(db: DbSession) -> RedirectResponse:
    """Lead to the inbox, and to the first steps where nothing is watched yet."""
    return redirect("/start" if companies.is_empty(db) else "/inbox")
