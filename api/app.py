"""The FastAPI application: `uvicorn api.app:app`."""

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.middleware import Middleware

from api import access_log, openapi, problems
from api.auth import within_limits
from api.body_limit import BodyLimit
from api.loopback import Loopback, check_start
from api.origins import OwnName
from api.requests import Requests
from api.routes import (
    api_keys,
    auth,
    boards,
    catalogue,
    channels,
    companies,
    deliveries,
    detections,
    docs,
    dry_runs,
    exports,
    feeds,
    filters,
    groups,
    health,
    hosts,
    matches,
    operations,
    people,
    postings,
    scans,
    sessions,
    settings,
    sign_in,
    suggestions,
)
from api.web import router as web
from worker import gazetteer, logs
from worker.settings import get_settings

PREFIX = "/api/v1"
BODY_MOST = 1_000_000
IMPORT_MOST = 5_000_000

_DESCRIPTION = """
Reads companies' job boards and notices what opened, changed and closed.

Errors are `application/problem+json` (RFC 9457). Lists come in parts: hand `next_cursor` back as `cursor`.
"""


def create_app(on_start: Callable[[], None] = lambda: None) -> FastAPI:
    """Return the application. Its settings are read when it starts, and it refuses to start where that is unsafe."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        check_start(get_settings())
        access_log.hide_secrets()
        on_start()
        yield

    app = FastAPI(
        title="Rolecall",
        description=_DESCRIPTION,
        version="0.1.0",
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,  # these would load their scripts from elsewhere; `routes.docs` does not
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        middleware=[
            Middleware(Requests),
            Middleware(Loopback),
            Middleware(OwnName),
            Middleware(BodyLimit, most=BODY_MOST, more={f"{PREFIX}/companies/import": IMPORT_MOST}),
        ],
    )
    problems.install(app)
    openapi.document(app)
    app.include_router(docs.router)
    app.include_router(health.router)
    app.include_router(auth.router, prefix=PREFIX)
    app.include_router(sign_in.router)
    app.include_router(feeds.public)
    app.include_router(_for_signed_in())
    web.install(app)
    return app


def _for_signed_in() -> APIRouter:
    """Everything that needs to know who is asking."""
    router = APIRouter(prefix=PREFIX, dependencies=[Depends(within_limits)])
    for resource in (
        *(api_keys, boards, catalogue, channels, companies, deliveries, detections, dry_runs, exports, feeds),
        *(filters, groups, hosts, matches, operations, people, postings, scans, sessions, settings, suggestions),
    ):
        router.include_router(resource.router)
    return router


def _operation_id(route: APIRoute) -> str:
    return route.name


def prepare() -> None:
    """Set up logs, and what requests would otherwise be held up by."""
    logs.set_up()
    gazetteer.load()
    # 300,000 objects stay for good; looking through them took a request in five 200 ms.
    gc.collect()
    gc.freeze()


app = create_app(on_start=prepare)
