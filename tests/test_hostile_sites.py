"""Sites made to harm, scanned and looked at beside honest boards: they end within their bounds and disturb nobody.

What must not happen is the same for all: a run without an outcome, an error that no person understands, requests
without end, memory without end, a posting of the honest boards lost, a process that does not go on.
"""

import os
import re
import socket
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.boards import Internet, hostile
from tests.boards.hostile import HOME, HONEST, HOST, SITES
from tests.boards.vendors.careers_page import Site
from tests.e2e.installation import Process, wait_for
from tests.scanning import FAST, inside, open_postings, start, watch
from worker import dispatch, robots
from worker.detect import from_key
from worker.detection import find_boards
from worker.detection.search import REQUESTS
from worker.extractors.careers_page import board_key
from worker.resources import engine, http_pool, redis_client
from worker.scan import scan as carry_out
from worker.settings import get_settings
from worker.store import companies, scans

BODY_BYTES = 16 << 20
MEMORY_MOST = 320 << 20
"""Bytes that a process may grow by while it reads a hostile site: a body, and some times as much for its parts."""
DETECTION_SECONDS = 5.0
SETTINGS = {"ROLECALL_MAX_BODY_BYTES": str(BODY_BYTES), "ROLECALL_REQUEST_SECONDS": "20"}
IMPATIENT = {"ROLECALL_REQUEST_SECONDS": "2", "ROLECALL_MAX_ATTEMPTS": "1"}


@dataclass(frozen=True)
class Fate:
    """What must come of a hostile site.

    Its run's outcome; what its error, or a note, says; the requests that it may cost in all its tries; how many
    postings are found; what a detection says that it tried, where that is more than that nothing was found.
    """

    outcome: str
    says: str
    requests: int
    found: int = len(HONEST)
    looked: str = r"hostile\.example/careers: no board in it"
    settings: dict[str, str] = field(default_factory=dict)


FATES = {
    "links without end": Fate("failed", "not one of the 55 pages that look like postings", 75, found=0),
    "postings without end": Fate("partial", "more than 12 pages that look like lists", 120, found=100),
    "a redirect in a circle": Fate(
        "failed", r"www\.hostile\.example redirects without end", 10, found=0, looked="redirects without end"
    ),
    "redirects without end": Fate(
        "failed", r"www\.hostile\.example redirects without end", 10, found=0, looked="redirects without end"
    ),
    "postings that redirect in circles": Fate(
        "changed", r"details stopped: www\.hostile\.example redirects without end", 20
    ),
    "a sitemap of 100,000 addresses": Fate("partial", "the newest 20,000 are", 110, found=100),
    "sitemaps without end": Fate("partial", "more sitemaps than the 25 that were read", 35),
    "a sitemap that unpacks to a gigabyte": Fate(
        "partial", r"sitemap-jobs\.xml could not be read in full: the sitemap unpacks to more than 67,108,864 bytes", 8
    ),
    "a sitemap of eleven million elements": Fate("partial", "it is longer than any sitemap may be", 8),
    "a sitemap of a gigabyte": Fate("partial", "the answer is larger than 16,777,216 bytes", 8),
    "a page of a gigabyte": Fate(
        "failed", "the answer is larger than 16,777,216 bytes", 3, found=0, looked="larger than 4,194,304 bytes"
    ),
    "a posting of a gigabyte": Fate(
        "changed", "no details of /jobs/harm: the answer is larger than", 8, looked="larger than 4,194,304 bytes"
    ),
    "a gzip bomb as page": Fate(
        "failed", "the answer is larger than 16,777,216 bytes", 3, found=0, looked="larger than 4,194,304 bytes"
    ),
    "a gzip bomb as posting": Fate(
        "changed", "no details of /jobs/harm: the answer is larger than", 8, looked="larger than 4,194,304 bytes"
    ),
    "JSON-LD 10,000 deep": Fate("changed", "", 8),
    "JSON-LD that refers without end": Fate("changed", "", 8),
    "100,000 scripts": Fate("changed", "", 8),
    "titles of 5 MB": Fate("changed", "", 8),
    "microdata 10,000 deep": Fate("changed", "", 8),
    "a robots.txt of 10 MB": Fate("partial", "more sitemaps than the 25 that were read", 35),
    "a page that drips": Fate("failed", "took longer than 2 s", 3, found=0, looked="took longer than", settings=IMPATIENT),
}


@pytest.fixture(scope="module")
def shared_net():
    with Internet(seed=13, companies=11) as net:
        yield net


@pytest.fixture
def net(shared_net, db, redis):
    robots.MEMORY.clear()
    shared_net.server.origin.pages.clear()
    yield shared_net
    shared_net.server.origin.pages.clear()
    robots.MEMORY.clear()


@pytest.fixture
def honest(net, db):
    """Two honest boards, watched: a vendor's, and a site without one. Their ids, and the titles they show."""
    site = Site("www.honest.example")
    site.fill(12)
    net.page(site.everywhere, site)
    company = net.world.add_company("greenhouse", postings=12)
    titles = {f"/jobs/{slug}": one.title for slug, one in site.openings.items()}
    return {watch(db, company): net.world.titles(company), add(db, site.address): titles}


def add(db, address: str) -> companies.Added:
    """Watch a page as a board without a vendor."""
    board = from_key("careers_page", board_key(address))
    added = companies.add(db, name=f"Site {address}"[:100], ats=board.ats, key=board.key, url=board.url)
    db.commit()
    return added


def scan_at_once(db, added: Iterable[companies.Added]) -> list[dict[str, Any]]:
    """Scan boards side by side in this process, as a worker's threads do; return their runs in the boards' order."""
    wanted = [one.company_id for one in added]
    scan_id = start(db, wanted)
    with ThreadPoolExecutor(4) as threads:
        while batch := take_waiting(db):
            list(threads.map(carry_out, batch))
    runs = {run["company_id"]: run for run in scans.runs(db, scan_id)}
    db.commit()
    return [runs[company] for company in wanted]


def take_waiting(db) -> list[int]:
    """Return the runs that wait, those too that wait for a pause to end."""
    db.execute(text("UPDATE scan_runs SET not_before = NULL WHERE state = 'queued'"))
    with redis_client() as redis:
        redis.flushdb()
    batch = dispatch.take_waiting(db)
    db.commit()
    return [run for run, _ in batch]


@contextmanager
def memory_bounded() -> Iterator[None]:
    """Fail if this process grows by more than it may meanwhile; where the system does not tell, nothing is held."""
    try:
        Path("/proc/self/clear_refs").write_text("5")  # from here on VmHWM is the most there was (proc(5))
        before = memory(os.getpid(), "VmRSS")
    except OSError:
        yield
        return
    yield
    assert memory(os.getpid(), "VmHWM") - before < MEMORY_MOST


def memory(process: int, what: str) -> int:
    """Return bytes of a process's memory by Linux's name for them."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.search(rf"^{what}:\s+(\d+) kB", status, re.MULTILINE)[1]) << 10


def is_plain(sentence: str) -> bool:
    """Whether a text is written for people: one line, no traceback, no names of our own code's insides."""
    insides = re.search(r"Traceback|File \"|line \d+, in |<class|object at 0x|\b[A-Z]\w+(?:Error|Exception)\b|\bNone\b", sentence)
    return sentence.isprintable() and 20 < len(sentence) < 700 and " " in sentence and insides is None


def requests_to(net, hosts: set[str], since: int) -> list[str]:
    return [seen.target for seen in net.requests[since:] if seen.host in hosts]


def assert_undisturbed(db, honest, runs) -> None:
    """The honest boards are as their own world has them, and this process goes on as if nothing had been."""
    for (added, titles), run in zip(honest.items(), runs, strict=True):
        assert (run["outcome"], run["error"], run["attempt"]) == ("changed", None, 1)
        assert open_postings(db, added.board_id) == titles
    db.rollback()
    assert http_pool().checked_out == 0
    assert engine().pool.checkedout() == 0
    assert [run["outcome"] for run in scan_at_once(db, honest)] == ["unchanged"] * len(honest)


@pytest.mark.parametrize("kind", SITES)
def test_a_scan_of_a_hostile_site_ends_within_its_bounds_beside_honest_boards(kind, net, honest, db):
    fate, site = FATES[kind], SITES[kind]()
    net.page(f"{HOME}/*", site)
    before = len(net.requests)
    with inside(net, **{**SETTINGS, **fate.settings}), memory_bounded():
        harmful = add(db, f"{HOME}/careers")
        run, *others = scan_at_once(db, [harmful, *honest])
        assert (run["outcome"], run["found"]) == (fate.outcome, fate.found), run
        said = [run["error"]] if run["error"] else run["notes"]
        assert all(map(is_plain, said)), said
        assert any(re.search(fate.says, one) for one in said) or not fate.says, said
        assert len(requests_to(net, {HOST}, before)) <= fate.requests
        assert site.taken < 2 * BODY_BYTES
        shown = open_postings(db, harmful.board_id)
        assert (HONEST.items() <= shown.items()) or fate.found != len(HONEST)
        assert all(len(title) <= 500 for title in shown.values())
        assert_undisturbed(db, honest, others)


@pytest.mark.parametrize("kind", SITES)
def test_a_detection_at_a_hostile_site_ends_within_its_bounds_beside_others(kind, net, honest, db):
    fate, site = FATES[kind], SITES[kind]()
    net.page(f"{HOME}/*", site)
    company = net.world.of("lever")[0]
    with inside(net, **{**SETTINGS, **fate.settings}), memory_bounded():
        before = len(net.requests)
        with ThreadPoolExecutor(2) as threads:
            looking = threads.submit(find_boards, f"{HOME}/careers", get_settings(), seconds=DETECTION_SECONDS)
            other = threads.submit(find_boards, company.address, get_settings())
            found, beside = looking.result(), other.result()
        assert found.requests <= REQUESTS
        assert len(requests_to(net, {HOST}, before)) <= REQUESTS
        assert found.seconds < DETECTION_SECONDS + 0.5
        assert any(re.search(fate.looked, tried) for tried in found.tried), found.tried
        assert all(map(is_plain, found.tried)), found.tried
        assert {one.board.ats for one in found.candidates} <= {"careers_page"}
        assert site.taken < BODY_BYTES
        assert beside.chosen is not None
        assert beside.chosen.open_postings == len(net.world.open_ids(company))
        assert_undisturbed(db, honest, scan_at_once(db, honest))
