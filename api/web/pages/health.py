"""Health: whether everything is there that a scan needs, what is wrong, and what helps."""

from fastapi import Request, Response

from api.web.frame import PageFrame
from api.web.rendering import render
from api.web.screen import screen
from worker.examining import examine

router = screen()


@router.get("/health")
def show_health(request: Request, frame: PageFrame) -> Response:
    """Show what `rolecall doctor` finds, problems first."""
    found = sorted(examine(), key=lambda one: ("problem", "warning", "ok").index(one.state))
    return render(request, "health.html", findings=found, flower=frame.settings.flower_url)
