"""The application as people reach it: in this process for most tests, behind a real server where sockets matter."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest
import structlog
import uvicorn
from fastapi import FastAPI
from limits import parse
from starlette.testclient import TestClient

from api import limiting
from api.app import create_app

SECRET = "a secret that is long enough for HS256 and for everyone"
CLIENT_ID = "1234.apps.googleusercontent.com"
_NAMES = ("_REQUESTS", "_SIGN_INS", "_DRY_RUNS", "_PREVIEWS", "_CHANNELS", "_FEEDS")
LIMITS = {name: getattr(limiting, name) for name in _NAMES}
"""How often one may ask outside of tests."""
HERE = {"base_url": "http://127.0.0.1:8000", "client": ("127.0.0.1", 50000)}


@pytest.fixture(autouse=True)
def _logs() -> None:
    plain_logs()


def plain_logs() -> None:
    """Tracebacks as Python writes them: coloured ones with every local variable take seconds."""
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.stdlib.add_log_level, renderer],
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )


@cache
def application() -> FastAPI:
    """The one application of all tests in this process: to build it, and to look through its routes, takes long."""
    return create_app()


@pytest.fixture
def app(db, redis, settings, tmp_path, monkeypatch) -> Iterator[FastAPI]:
    """The application of a local installation, with limits that no test reaches by itself.

    Nothing is overridden for that: while anything is, FastAPI looks through all dependencies at each request (20 ms).
    """
    settings(ROLECALL_FOLDER=tmp_path / "folder")
    app = application()
    routes = len(app.router.routes)
    for limit in LIMITS:
        monkeypatch.setattr(limiting, limit, parse("1000000/minute"))
    limiting._Outage.over_at = 0.0
    yield app
    app.dependency_overrides.clear()
    if len(app.router.routes) > routes:
        del app.router.routes[routes:]
        app.openapi_schema = None


@pytest.fixture
def client(app) -> Iterator[TestClient]:
    with TestClient(app, **HERE) as client:
        yield client


@pytest.fixture
def signed(app, settings) -> Iterator[TestClient]:
    """A client of an installation where anyone may sign in with Google; it has not signed in."""
    settings(GOOGLE_CLIENT_ID=CLIENT_ID, ROLECALL_SECRET_KEY=SECRET, ROLECALL_SIGN_UP="anyone")
    with TestClient(app, **HERE) as client:
        yield client


@pytest.fixture
def accounts(app, settings) -> FastAPI:
    """The application of an installation of several people, under https://jobs.example.org and without Google."""
    settings(ROLECALL_ACCOUNTS="true", ROLECALL_SECRET_KEY=SECRET, ROLECALL_URL="https://jobs.example.org")
    return app


@pytest.fixture
def server(app) -> Iterator[str]:
    """The address of a real server."""
    with serve(app) as url:
        yield url


@contextmanager
def serve(app: FastAPI) -> Iterator[str]:
    """Run an application on a free port, in a thread of this process; yield its address."""
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", timeout_graceful_shutdown=5)
    )
    thread = threading.Thread(target=server.run, name="test-server")
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            thread.join(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        assert not thread.is_alive()
