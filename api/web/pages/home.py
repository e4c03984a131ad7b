"""The front door."""

from fastapi.responses import RedirectResponse

from api.web.rendering import redirect
from api.web.screen import screen

router = screen()


@router.get("/")
def open_front_door() -> RedirectResponse:
    """Lead to the inbox."""
    return redirect("/inbox")
