"""Pages as browsers get them: fetched without one for most tests, in Debian's Chromium where a browser decides."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from starlette.testclient import TestClient

from api.web import live
from tests.api.conftest import HERE, _logs, app, serve  # noqa: F401 - fixtures
from tests.web.seed import Seeded, seed
from worker import heartbeat

WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
THEMES = ("light", "dark")
SIZES = {"wide": WIDE, "phone": PHONE}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


@pytest.fixture
def browsing(app) -> Iterator[TestClient]:  # noqa: F811
    """A client that asks as a browser does, and does not follow redirects."""
    headers = {"Accept": "text/html", "Origin": HERE["base_url"], "Sec-Fetch-Site": "same-origin"}
    with TestClient(app, **HERE, headers=headers, follow_redirects=False) as client:
        yield client


@pytest.fixture
def seeded(db) -> Seeded:
    """A database of the one local person: companies, postings, matches in every state."""
    return seed(db)


@pytest.fixture
def worker_up(redis) -> None:
    """Let a worker have said that it is there."""
    redis.zadd(heartbeat.KEY, {"celery@test": redis.time()[0]})


@pytest.fixture
def site(app, seeded, worker_up) -> Iterator[str]:  # noqa: F811
    """The address of a real server over the seeded database; its streams look often."""
    app.dependency_overrides[live.look_every] = lambda: 0.05
    with serve(app) as url:
        yield url


@pytest.fixture(scope="session")
def _playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(_playwright) -> Iterator[Browser]:
    """Debian's Chromium. Where it is not installed, the tests that need it are skipped, and say so."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    browser = _playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
    yield browser
    browser.close()


@dataclass
class Visitor:
    """Opens browser windows on a site, and remembers what went wrong in them."""

    browser: Browser
    site: str
    wrongs: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, path: str = "/", *, size=WIDE, theme: str = "light", scripts: bool = True) -> Page:
        context = self.browser.new_context(
            base_url=self.site, viewport=size, color_scheme=theme, java_script_enabled=scripts, reduced_motion="reduce"
        )
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.wrongs.append(f"script: {error}"))
        page.on("console", lambda said: said.type == "error" and self.wrongs.append(f"console: {said.text}"))
        page.on("request", self._check)
        page.goto(path)
        return page

    @contextmanager
    def expecting_errors(self, expected: bool = True) -> Iterator[None]:
        """Let answers of 4xx and 5xx be, which Chromium notes as errors."""
        before = len(self.wrongs)
        yield
        if expected:
            self.wrongs[before:] = [wrong for wrong in self.wrongs[before:] if "Failed to load resource" not in wrong]

    def _check(self, request) -> None:
        if not request.url.startswith((self.site, "about:", "blob:")):
            self.wrongs.append(f"a request to elsewhere: {request.url}")


@pytest.fixture
def visitor(chromium, site) -> Iterator[Visitor]:
    """Windows on the seeded site. A script's error, a breach of the policy or a request to elsewhere fails the test."""
    visitor = Visitor(chromium, site)
    yield visitor
    for context in visitor.contexts:
        context.close()
    assert visitor.wrongs == []


@pytest.fixture
def pictures() -> Callable[[Page, str], None]:
    """A function that keeps a picture of a page in the folder that the variable PICTURES names, if it does."""
    folder = os.environ.get("PICTURES")

    def keep(page: Page, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return keep


def check_accessible(page: Page) -> None:
    """Assert that axe finds no violation of WCAG 2.2 A and AA on a page."""
    results = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]})
    assert results.violations_count == 0, results.generate_report()
