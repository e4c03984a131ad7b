"""All screens together, as they are mounted at `/`."""

from fastapi import Depends, FastAPI

from api.auth import within_limits
from api.web import assets, failures, live
from api.web.frame import get_frame
from api.web.pages import (
    adding,
    alerts,
    appearance,
    channel,
    companies,
    company,
    feeds,
    filter_editor,
    filters,
    health,
    home,
    inbox,
    insights,
    keys,
    people,
    postings,
    runs,
    sessions,
    settings,
    sign_in,
    start,
)

SCREENS = (
    home,
    start,
    inbox,
    companies,
    adding,
    company,
    postings,
    runs,
    insights,
    health,
    appearance,
    filters,
    filter_editor,
    alerts,
    channel,
    settings,
    keys,
    feeds,
    sessions,
    people,
)


def install(app: FastAPI) -> None:
    """Serve the page."""
    failures.install(app)
    app.include_router(assets.router)
    app.include_router(sign_in.router)
    app.include_router(live.router, dependencies=[Depends(within_limits)])
    for screen in SCREENS:
        app.include_router(screen.router, dependencies=[Depends(within_limits), Depends(get_frame)])
