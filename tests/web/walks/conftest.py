"""Walks: a person in Chromium before a whole installation of real processes. Skipped where Chromium is missing."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from api.web import live
from tests import scanning
from tests.api.conftest import SECRET, serve
from tests.boards import Internet
from tests.web.walks.installed import BRISK, Installed, running
from worker import robots

PATIENCE_MS = 45_000
"""How long a state may take to come: machines that run all tests at once are slow."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name == "walks":
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    expect.set_options(timeout=PATIENCE_MS)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def companies() -> int:
    """How many companies there are in the world."""
    return 11


@pytest.fixture
def latency() -> float:
    """How many seconds the world's hosts take to answer."""
    return 0.02


@pytest.fixture
def net(companies, latency) -> Iterator[Internet]:
    """The careers internet."""
    robots.MEMORY.clear()
    with Internet(seed=5, companies=companies, sizes=(6, 20), latency=latency) as net:
        yield net


@pytest.fixture
def more() -> dict[str, str]:
    """Settings of the installation besides the usual ones."""
    return {}


@pytest.fixture
def site(chromium, app, net, settings, more) -> Iterator[str]:
    """Where `visitor` goes: the address of the API in the simulated internet. Without Chromium nothing is started."""
    with scanning.inside(net, **{**BRISK, "ROLECALL_SECRET_KEY": SECRET, **more}):
        app.dependency_overrides[live.look_every] = lambda: 0.5
        with serve(app) as url:
            settings(ROLECALL_URL=url)
            yield url


@pytest.fixture
def installed(site, net, redis, tmp_path) -> Iterator[Installed]:
    """A whole installation without companies."""
    with running(Installed(site, net.env, tmp_path, redis)) as installed:
        yield installed
