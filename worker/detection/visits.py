"""The requests of one detection: web pages and boards, each paced, bounded, guarded and counted."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from worker import reading
from worker.detection.budget import Budget
from worker.detection.result import TITLES_MOST
from worker.errors import BoardError, BoardNotFound, BoardRefused, BoardUnavailable, UnexpectedPayload
from worker.extractor import Extractor
from worker.http import BoardClient, Limits, Permit
from worker.pace import Pace
from worker.posting import BoardKey, Page, WebPage
from worker.resources import http_session, redis_client
from worker.robots import Robots, permit_of
from worker.settings import Settings
from worker.text import one_line

PAGE_BYTES = 4 * 1024 * 1024
BOARD_BYTES = 32 * 1024 * 1024
PAGE_SECONDS = 6.0
SITE_RATE = 2.0
"""Requests per second to a company's own site, in bursts as `Pace` allows."""
PATIENCE = 3.0
"""Seconds a host's pace is waited for: a detection has not many."""
BOARD_PAGES = 3
_LEAST_SECONDS = 0.001
_HTML = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


@dataclass(frozen=True, slots=True)
class Visited:
    """A web page, or why it could not be read; `last` is the address that was asked in the end."""

    asked: str
    last: str
    page: WebPage | None = None
    error: BoardError | None = None


@dataclass(slots=True)
class Reading:
    """What the first pages of a board say."""

    open_postings: int
    at_least: bool
    titles: list[str]
    company: str | None
    hosts: set[str] = field(default_factory=set)
    """Where its postings are shown and applied for."""


class Visits:
    """May be used by several threads at once; each visit has connections of its own."""

    def __init__(self, settings: Settings, budget: Budget) -> None:
        self.settings = settings
        self.budget = budget

    def page(self, url: str) -> Visited:
        """GET a web page, wherever it leads; an error is a result like any other."""
        client: BoardClient | None = None
        try:
            with self._of_site(url) as client:
                page = client.get_page(url, headers=_HTML, anywhere=True)
        except BoardError as error:
            return Visited(url, (client and client.traffic.address) or url, error=error)
        return Visited(url, page.url, page)

    def boards(self, vendor: Extractor, key: BoardKey) -> list[BoardKey]:
        """Return the boards that a company has at a vendor, where an address named none. Raises BoardError."""
        if vendor.boards is None:
            return []
        with self._of_vendor(vendor, key) as client:
            return list(vendor.boards(client, key))

    def read(self, vendor: Extractor, key: BoardKey) -> Reading:
        """Read the first pages of a board. Raises BoardError."""
        with self._of_vendor(vendor, key) as client:
            pages, missing, at_least = _first_pages(vendor, client, key)
        inventory = reading.read(vendor, pages, key, missing)
        found = list(inventory.postings.values())
        addresses = (address for one in found for address in (one.url, one.apply_url) if address)
        return Reading(
            max(len(found), inventory.total or 0),
            at_least,
            [title for one in found if (title := one_line(one.title))][:TITLES_MOST],
            _company(vendor, pages[0]),
            {(urlsplit(address).hostname or "").lower() for address in addresses},
        )

    @contextmanager
    def _of_site(self, url: str) -> Iterator[BoardClient]:
        with redis_client() as redis:
            pace = Pace(redis, urlsplit(url).netloc, SITE_RATE * self.settings.pace_scale)
            permit = Robots(redis, self.settings.pace_scale).permit
            with self._client(pace, permit, {}, self._limits(PAGE_BYTES, PAGE_SECONDS)) as client:
                yield client

    @contextmanager
    def _of_vendor(self, vendor: Extractor, key: BoardKey) -> Iterator[BoardClient]:
        with redis_client() as redis:
            pace = Pace.of(vendor, key, redis, self.settings)
            permit = permit_of(vendor, redis, self.settings)
            limits = self._limits(BOARD_BYTES, self.budget.seconds_left)
            with self._client(pace, permit, vendor.statuses, limits) as client:
                yield client

    def _limits(self, most: int, seconds: float) -> Limits:
        left = max(self.budget.seconds_left, _LEAST_SECONDS)
        return Limits(
            min(most, self.settings.max_body_bytes),
            min(max(seconds, _LEAST_SECONDS), left, self.settings.request_seconds),
            left,
            self.settings.allow_loopback,
        )

    @contextmanager
    def _client(
        self, pace: Pace, permit: Permit | None, statuses: Mapping[int, type[BoardError]], limits: Limits
    ) -> Iterator[BoardClient]:
        def go(most: float) -> None:
            pace.wait(min(most, PATIENCE))
            self.budget.take()

        with http_session() as session:
            client = BoardClient(session, limits, go, statuses=statuses, permit=permit)
            try:
                yield client
            except BoardUnavailable as error:
                if error.retry_at:
                    pace.block(error.retry_at)
                raise
            finally:
                pace.leave(answered=client.answered, failure=client.failure)


def in_brief(error: BoardError | None) -> str:
    """Return why something could not be read, without the consequences that a run has to tell."""
    match error:
        case BoardNotFound():
            return "there is no such page"
        case BoardRefused():
            return "the host does not let programs read it"
        case _:
            return str(error).partition(", and without it")[0]


def _first_pages(vendor: Extractor, client: BoardClient, key: BoardKey) -> tuple[list[Page], str | None, bool]:
    """Return the first pages, why later ones are missing, and whether there may be more postings than those say."""
    pages: list[Page] = []
    try:
        for page in vendor.pages(client, key):
            pages.append(page)
            if page.total is not None:
                return pages, page.truncated, False
            if page.truncated or len(pages) == BOARD_PAGES:
                return pages, page.truncated, True
    except BoardUnavailable as error:
        if not pages:
            raise
        return pages, str(error), True
    if not pages:
        raise UnexpectedPayload("the board answered with no page at all")
    return pages, None, False


def _company(vendor: Extractor, first: Page) -> str | None:
    try:
        name = vendor.company(first) if vendor.company else None
    except UnexpectedPayload:
        return None
    return one_line(name)[:200].strip() or None if name else None
