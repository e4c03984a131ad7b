"""The steps of a detection: the address itself, the pages it leads to, the places where jobs usually are, the name."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from urllib.parse import urlsplit

from worker import detect, domains
from worker.detect import Recognised
from worker.detection import evidence, names, own_pages, pages
from worker.detection.budget import Budget, BudgetSpent
from worker.detection.candidates import Candidates
from worker.detection.evidence import Clue
from worker.detection.guessing import Guesses
from worker.detection.pages import Content
from worker.detection.question import Question, question
from worker.detection.result import Detection, NotOneBoard
from worker.detection.visits import Visited, Visits, in_brief
from worker.errors import UnsupportedSite
from worker.extractors import extractor
from worker.settings import Settings

T = TypeVar("T")
R = TypeVar("R")

REQUESTS = 25
SECONDS = 15.0
_SECONDS_TO_READ, _SECONDS_TO_ANSWER = 1.0, 0.5
"""Requests end so much before the answer is due, so that what they found is in it; then nothing is waited for."""
_THREADS = 6
_REQUESTS_FOR_PAGES = 15
"""What pages may cost; the rest is for guessing and reading."""
_PAGES_AT_ONCE = 3
_ROUNDS_OF_LINKS = 2
_USUAL_PATHS = ("/careers", "/jobs")
_USUAL_HOSTS = ("careers", "jobs", "apply")


def find_boards(
    what: str, settings: Settings, *, ats: str | None = None, requests: int = REQUESTS, seconds: float = SECONDS
) -> Detection:
    """Look for the board behind an address, a bare domain or a company's name; of one ATS only if it is given.

    Takes at most so many requests and seconds, and ends early when it is sure. Raises InvalidInput for what is neither
    an address nor a name, UnsafeAddress for an address that is not public.
    """
    if ats is not None:
        extractor(ats)
    budget = Budget(requests, seconds - _SECONDS_TO_READ)
    search = Search(question(what), ats, Visits(settings, budget))
    pool = ThreadPoolExecutor(1, thread_name_prefix="detection")
    try:
        pool.submit(search.run).result(timeout=seconds - _SECONDS_TO_ANSWER)
    except TimeoutError:
        search.tell(f"not done within {seconds:g} seconds")
    finally:
        # A thread that still waits for a host ends by its own limits, a moment from now.
        pool.shutdown(wait=False, cancel_futures=True)
    return search.result()


def find_one(what: str, settings: Settings, *, ats: str | None = None) -> Recognised:
    """Return the one board that is meant: by the address alone if that names it, else by `find_boards`.

    Raises NotOneBoard with all that was found when it is none or not clear which, and what `find_boards` raises.
    """
    asked = question(what)
    if asked.url and ats is None:
        try:
            return detect.from_address(asked.url)
        except UnsupportedSite:
            pass  # no address of a board by itself: its page may tell
    found = find_boards(what, settings, ats=ats)
    if found.chosen is None:
        raise NotOneBoard(found)
    return found.chosen.board


class Search:
    """One detection under way; `run` carries it out, `result` may be asked at any time."""

    def __init__(self, asked: Question, ats: str | None, visits: Visits) -> None:
        self._asked, self._ats, self._visits = asked, ats, visits
        self._lock = threading.Lock()
        self._tried: list[str] = []
        self._seen: set[str] = set()
        self._owner: list[str] = []
        self._contents: list[Content] = []
        self._candidates = Candidates(visits, ats, asked.name, self.tell)
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="detection")

    def tell(self, tried: str) -> None:
        """Write down what was tried and what came of it, once."""
        with self._lock:
            if tried not in self._tried:
                self._tried.append(tried)

    def result(self) -> Detection:
        """Return what is known by now."""
        budget = self._visits.budget
        with self._lock:
            tried = list(self._tried)
        return Detection(self._asked.what, self._candidates.found, tried, budget.spent, round(budget.seconds, 3))

    def run(self) -> None:
        """Look for the board until it is found or nothing is left to try."""
        with self._pool:
            if self._asked.url:
                self._from_address(self._asked.url)
            elif self._asked.name:
                self._from_name(self._asked.name)
            if not self._candidates.is_found and self._ats in (None, own_pages.ATS):
                self._take_own_page()

    def _from_address(self, url: str) -> None:
        clues = evidence.of_address(url, "the address itself names it")
        if clues:
            for clue in clues:
                self._candidates.note(clue)
            self._candidates.read(self._in_parallel)
            return
        host = urlsplit(url).hostname or ""
        self._candidates.site = domains.site(host)
        self._owner = names.of_host(host)
        if not self._look_around([url]) and not self._look_at_usual_places(host):
            self._guesses().run(self._in_parallel)

    def _from_name(self, name: str) -> None:
        """Try the likeliest boards, then the site that the company likely has, then all other boards."""
        self._owner = [name]
        slugs = names.slugs([name])
        if not slugs:
            self.tell(f"{name!r} cannot be written as a board or a domain is named")
            return
        guesses = self._guesses()
        if not guesses.run(self._in_parallel, rounds_most=1) and not self._look_at_likely_site(name, f"{slugs[0]}.com"):
            guesses.run(self._in_parallel)

    def _look_at_likely_site(self, name: str, site: str) -> bool:
        """Look at a site that may be the company's. Somebody else may own it, so nothing that is found is certain."""
        self._candidates.surest, self._candidates.site = "likely", site
        contents = self._look([f"https://{site}/"])
        if any(names.is_named_in(name, title) for content in contents for title in content.names):
            return self._follow_links(contents)
        if contents:
            self._candidates.forget_unread()
            self._contents.clear()
            self.tell(f"https://{site}/: nothing there says that it is the site of {name}")
        return False

    def _look_at_usual_places(self, host: str) -> bool:
        domain = domains.site(host)
        at_home = [f"https://{domain}{path}" for path in ("/", *_USUAL_PATHS)]
        return self._look_around(at_home) or self._look_around([f"https://{name}.{domain}/" for name in _USUAL_HOSTS])

    def _look_around(self, urls: Iterable[str]) -> bool:
        """Look at pages and follow their links that speak of jobs; say whether a board was found."""
        return self._follow_links(self._look(urls))

    def _follow_links(self, contents: list[Content]) -> bool:
        self._candidates.read(self._in_parallel)
        for _ in range(_ROUNDS_OF_LINKS):
            if self._candidates.is_found:
                return True
            links = [link for content in contents for link in pages.job_links(content)]
            contents = self._look([link for link in links if _bare(link) not in self._seen][:_PAGES_AT_ONCE])
            self._candidates.read(self._in_parallel)
        return self._candidates.is_found

    def _look(self, urls: Iterable[str]) -> list[Content]:
        """Visit pages that were not seen yet, and note the boards that they speak of."""
        new = list(dict.fromkeys(url for url in urls if _bare(url) not in self._seen))
        self._seen.update(map(_bare, new))
        contents = []
        for visited in self._in_parallel(self._visit, new):
            if visited.page is None:
                self._note_failure(visited)
                continue
            self._seen.add(_bare(visited.last))
            if self._visits.budget.seconds_left <= 0:
                self.tell(f"{_way(visited)}: read, but no time was left to look at it")
                continue
            content = pages.take_apart(visited.page)
            clues = evidence.of_page(content, visited.asked, self._owner)
            for clue in clues:
                self._candidates.note(clue)
            self.tell(f"{_way(visited)}: {_count(len(clues))}")
            contents.append(content)
        self._contents += contents
        return contents

    def _visit(self, url: str) -> Visited:
        if self._visits.budget.spent >= _REQUESTS_FOR_PAGES:
            return Visited(url, url, error=BudgetSpent("not visited, to leave requests for other ways"))
        return self._visits.page(url)

    def _take_own_page(self) -> None:
        own = own_pages.best_page(self._contents, self._visits.budget)
        found = own_pages.candidate(own, self._visits, self._in_parallel) if own else None
        if own and found:
            self._candidates.take(Clue(own_pages.ATS, own.key, found.certainty, found.evidence), found)
        elif self._contents:
            self.tell(f"the {len(self._contents)} pages that were read state no postings themselves")

    def _note_failure(self, visited: Visited) -> None:
        """Keep where a page led, though it could not be read there: a vendor may refuse its pages, not its API."""
        if visited.last != visited.asked:
            for clue in evidence.of_address(visited.last, f"{visited.asked} leads to {visited.last}"):
                self._candidates.note(clue)
        self.tell(f"{_way(visited)}: {in_brief(visited.error)}")

    def _guesses(self) -> Guesses:
        if self._ats and not extractor(self._ats).guessable:
            self.tell(f"no board was guessed, as {evidence.vendor_name(self._ats)} does not call them like companies")
        return Guesses(self._visits, self._candidates, self.tell, self._ats, self._owner)

    def _in_parallel(self, work: Callable[[T], R], each: Iterable[T], /) -> Iterator[R]:
        return self._pool.map(work, each)


def _way(visited: Visited) -> str:
    return visited.asked if visited.last == visited.asked else f"{visited.asked}, which leads to {visited.last}"


def _count(boards: int) -> str:
    return "no board in it" if not boards else "a board in it" if boards == 1 else f"{boards} boards in it"


def _bare(url: str) -> str:
    """Return an address without what makes no other page of it."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}{query}"
