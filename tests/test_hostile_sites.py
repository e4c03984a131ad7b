"""Sites made to harm, scanned and looked at beside honest boards: they end within their bounds and disturb nobody.

What must not happen is the same for all: a run without an outcome, an error that no person understands, requests
without end, memory without end, a posting of the honest boards lost, a process that does not go on.
"""

import os
import re
import socket
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from tests.boards import Internet, hostile
from tests.boards.hostile import HOME, HONEST, HOST, SITES
from tests.boards.vendors.careers_page import Site
from tests.boards.wire import Answer, Request
from tests.e2e.installation import Process, wait_for
from tests.scanning import FAST, inside, open_postings, start, watch
from worker import dispatch, robots, sitemaps, tasks
from worker.detect import from_key
from worker.detection import Detection, find_boards
from worker.detection.search import REQUESTS
from worker.extractors.careers_page import board_key
from worker.resources import engine, http_pool, redis_client
from worker.scan import scan as carry_out
from worker.settings import get_settings
from worker.store import companies, scans
from worker.text import MAX_TITLE

BODY_BYTES = 16 << 20
TAKEN_MOST = 3 * BODY_BYTES
"""Bytes of a gigabyte that go out: what is read of it, each time, and what sockets hold by then."""
MEMORY_MOST = 320 << 20
"""Bytes that a process may grow by while it reads a hostile site: a body, and some times as much for its parts."""
DETECTION_SECONDS = 8.0
WORKER_MEMORY_MOST = 1 << 30
"""Bytes that a worker may take that reads all of them at once."""
NO_BOARD = r"hostile\.example/careers: no board in it"
SETTINGS = {"ROLECALL_MAX_BODY_BYTES": str(BODY_BYTES), "ROLECALL_REQUEST_SECONDS": "20"}
IMPATIENT = {"ROLECALL_REQUEST_SECONDS": "2", "ROLECALL_MAX_ATTEMPTS": "1"}


@dataclass(frozen=True)
class Fate:
    """What must come of a hostile site.

    Its run's outcome; what its error says, or else a note; the requests that it may cost in all its tries; how many
    postings are found, and whether the honest ones are among them; what a detection says of what it tried.
    """

    outcome: str
    says: str
    requests: int
    found: int = len(HONEST)
    honest: bool = True
    looked: str = NO_BOARD
    settings: Mapping[str, str] = field(default_factory=dict)


def failed(says: str, requests: int, *, looked: str, settings: Mapping[str, str] | None = None) -> Fate:
    """Nothing is found, and no try gets further than the page itself."""
    return Fate("failed", says, requests, found=0, honest=False, looked=looked, settings=settings or {})


TOO_LARGE, TOO_LARGE_A_PAGE = "the answer is larger than 16,777,216 bytes", "the answer is larger than 4,194,304 bytes"
FATES = {
    "links without end": failed("not one of the 55 pages that look like postings", 75, looked=NO_BOARD),
    "postings without end": Fate("partial", "more than 12 pages that look like lists", 120, found=100, honest=False),
    "stated postings without end": Fate("partial", "states more than 10,000", 6, found=10_200, honest=False),
    "a redirect in a circle": failed("hostile.example redirects without end", 10, looked="redirects without end"),
    "redirects without end": failed("hostile.example redirects without end", 10, looked="redirects without end"),
    "postings that redirect in circles": Fate("changed", "details stopped: .* redirects without end", 20),
    "a sitemap of 100,000 addresses": Fate("partial", "the newest 20,000 are", 110, found=100),
    "sitemaps without end": Fate("partial", "more sitemaps than the 25 that were read", 35),
    "a sitemap that unpacks to a gigabyte": Fate("partial", "sitemap-jobs.xml .* unpacks to more than 67,108,864", 8),
    "a sitemap of eleven million elements": Fate("partial", "sitemap-jobs.xml .* longer than any sitemap may be", 8),
    "a sitemap of a gigabyte": Fate("partial", f"sitemap-jobs.xml .* {TOO_LARGE}", 8),
    "a page of a gigabyte": failed(TOO_LARGE, 3, looked=TOO_LARGE_A_PAGE),
    "a posting of a gigabyte": Fate("changed", f"no details of /jobs/harm: {TOO_LARGE}", 8, looked=TOO_LARGE_A_PAGE),
    "a gzip bomb as page": failed(TOO_LARGE, 3, looked=TOO_LARGE_A_PAGE),
    "a gzip bomb as posting": Fate("changed", f"no details of /jobs/harm: {TOO_LARGE}", 8, looked=TOO_LARGE_A_PAGE),
    "nothing but JSON-LD 10,000 deep": failed("no posting could be found", 5, looked=NO_BOARD),
    "JSON-LD 10,000 deep": Fate("partial", "the JSON-LD of 2 postings", 8),
    "a posting that refers without end": Fate("changed", "", 8, found=3),
    "a list that refers without end": Fate("changed", "details of .* wait", 110, found=2_000, honest=False),
    "100,000 scripts": Fate("changed", "", 8, found=3),
    "titles of 5 MB": Fate("changed", "", 8, found=3),
    "microdata 10,000 deep": Fate("changed", "", 8, found=3),
    "a robots.txt of 10 MB": Fate("partial", "more sitemaps than the 25 that were read", 35),
    "a page that drips": failed("took longer than 2 s", 3, looked="took longer than 2 s", settings=IMPATIENT),
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


INSIDES = re.compile(
    r"Traceback|File \"|, in \w+$|<[a-z]+ |object at 0x|\b[A-Z]\w+(?:Error|Exception)\b|\bNone\b|\[Errno|\\u[0-9a-f]{4}"
)


def assert_plain(sentence: str) -> None:
    """Hold a text against what is written for people: one line, no traceback, nothing of the code's insides."""
    assert sentence.isprintable(), sentence
    assert 20 < len(sentence) < 700, sentence
    assert not INSIDES.search(sentence), sentence


def asked_hosts(net, since: int) -> Counter[str]:
    """Count the requests by host; what a proxy was asked for in vain is among them."""
    return Counter(seen.host for seen in net.requests[since:])


def assert_undisturbed(db, honest, runs) -> None:
    """The honest boards are as their own world has them, and this process goes on as if nothing had been."""
    for (added, titles), run in zip(honest.items(), runs, strict=True):
        assert (run["outcome"], run["error"], run["attempt"]) == ("changed", None, 1)
        assert open_postings(db, added.board_id) == titles
    db.rollback()
    assert http_pool().checked_out == 0
    assert engine().pool.checkedout() == 0
    assert [run["outcome"] for run in scan_at_once(db, honest)] == ["unchanged"] * len(honest)


def scan_beside(db, honest, address: str = f"{HOME}/careers") -> tuple[dict[str, Any], dict[str, str]]:
    """Scan a hostile site in one scan with the honest boards, which must come out right.

    Return its run and the titles of its postings.
    """
    with memory_bounded():
        harmful = add(db, address)
        run, *others = scan_at_once(db, [harmful, *honest])
        for sentence in (*run["notes"], *([run["error"]] if run["error"] else [])):
            assert_plain(sentence)
        assert_undisturbed(db, honest, others)
    return run, open_postings(db, harmful.board_id)


def look_beside(net, db, honest, address: str = f"{HOME}/careers") -> Detection:
    """Look for the board behind a hostile site while another is looked for, which must be found; return what came.

    The honest boards are scanned afterwards, and must come out right.
    """
    company = net.world.of("lever")[0]
    with memory_bounded(), ThreadPoolExecutor(2) as threads:
        looking = threads.submit(find_boards, address, get_settings(), seconds=DETECTION_SECONDS)
        other = threads.submit(find_boards, company.address, get_settings())
        found, beside = looking.result(), other.result()
    assert found.requests <= REQUESTS
    assert found.seconds < 2 * DETECTION_SECONDS
    for sentence in found.tried:
        assert_plain(sentence)
    assert {one.board.ats for one in found.candidates} <= {"careers_page"}
    assert beside.chosen is not None
    assert beside.chosen.open_postings == len(net.world.open_ids(company))
    assert_undisturbed(db, honest, scan_at_once(db, honest))
    return found


@pytest.mark.parametrize("kind", SITES)
def test_a_scan_of_a_hostile_site_ends_within_its_bounds_beside_honest_boards(kind, net, honest, db):
    fate, site = FATES[kind], SITES[kind]()
    net.page(f"{HOME}/*", site)
    before = len(net.requests)
    with inside(net, **{**SETTINGS, **fate.settings}):
        run, shown = scan_beside(db, honest)
    assert (run["outcome"], run["found"]) == (fate.outcome, fate.found)
    assert (run["error"] is None) is (fate.outcome == "changed")
    assert re.search(fate.says, run["error"] or "\n".join(run["notes"]))
    assert asked_hosts(net, before)[HOST] <= fate.requests
    assert site.taken < TAKEN_MOST
    assert (HONEST.items() <= shown.items()) is fate.honest
    assert all(len(title) <= MAX_TITLE for title in shown.values())


@pytest.mark.parametrize("kind", SITES)
def test_a_detection_at_a_hostile_site_ends_within_its_bounds_beside_others(kind, net, honest, db):
    fate, site = FATES[kind], SITES[kind]()
    net.page(f"{HOME}/*", site)
    before = len(net.requests)
    with inside(net, **{**SETTINGS, **fate.settings}):
        found = look_beside(net, db, honest)
    assert any(re.search(fate.looked, tried) for tried in found.tried), found.tried
    assert asked_hosts(net, before)[HOST] <= REQUESTS
    assert site.taken < TAKEN_MOST


def test_a_sitemap_of_lines_without_end_is_read_as_far_as_one_may_go():
    found = sitemaps.read(b"https://www.hostile.example/jobs/1\n" * (sitemaps.ENTRIES_MOST + 1))
    assert len(found.pages) == sitemaps.ENTRIES_MOST
    assert "longer than any sitemap may be" in found.fault


# -- addresses inside --------------------------------------------------------------------------------------------------

INSIDE = {
    "literal": "http://169.254.169.254/latest/meta-data/",
    "decimal": "http://2130706433/",
    "octal": "http://0177.0.0.1/",
    "IPv6-mapped": "http://[::ffff:10.0.0.1]/",
    "name": "http://metadata.google.internal/",
}
REDIRECTS = [("page", written) for written in INSIDE] + [
    ("sitemap", "decimal"), ("posting", "IPv6-mapped"), ("robots.txt", "literal")
]  # fmt: skip
REFUSED = "(?:is on this machine or a private network|names a private place), so Rolecall does not connect to it"
SCANNED = {
    "page": ("failed", "the board now redirects to '{}'", 0),
    "sitemap": ("partial", "sitemap-jobs.xml could not be read in full: the board now redirects to '{}'", 2),
    "posting": ("changed", "no details of /jobs/harm: the board now redirects to '{}'", 2),
    "robots.txt": ("failed", "robots.txt could not be read (169.254.169.254 is on this machine", 0),
}
LOOKED_AT = {
    "page": f"/careers: .* {REFUSED}",
    "sitemap": NO_BOARD,
    "posting": f"/jobs/harm: .* {REFUSED}",
    "robots.txt": f"/careers: .*robots.txt could not be read .* {REFUSED}",
}


@pytest.mark.parametrize(("place", "written"), REDIRECTS)
def test_a_redirect_inside_is_not_followed_by_a_scan(place, written, net, honest, db):
    outcome, says, found = SCANNED[place]
    net.page(f"{HOME}/*", hostile.redirecting(place, INSIDE[written]))
    before = len(net.requests)
    with inside(net, **SETTINGS, ROLECALL_MAX_ATTEMPTS="1"):
        run, shown = scan_beside(db, honest)
    assert (run["outcome"], run["found"], shown) == (outcome, found, HONEST if found else {})
    assert says.format(INSIDE[written]) in (run["error"] or "\n".join(run["notes"]))
    assert set(asked_hosts(net, before)) == {HOST, "www.honest.example", "boards-api.greenhouse.io"}


@pytest.mark.parametrize(("place", "written"), REDIRECTS)
def test_a_redirect_inside_is_not_followed_by_a_detection(place, written, net, honest, db):
    net.page(f"{HOME}/*", hostile.redirecting(place, INSIDE[written]))
    before = len(net.requests)
    with inside(net, **SETTINGS):
        found = look_beside(net, db, honest)
    assert any(re.search(LOOKED_AT[place], tried) for tried in found.tried), found.tried
    assert urlsplit(INSIDE[written]).hostname not in asked_hosts(net, before)


PRIVATE = {
    "loopback": ["127.0.0.1"],
    "a private network": ["10.1.2.3"],
    "the cloud's metadata": ["169.254.169.254"],
    "IPv6-mapped loopback": ["::ffff:127.0.0.1"],
    "unique local IPv6": ["fd00::1"],
    "a public address and loopback": ["93.184.215.14", "127.0.0.1"],
}


@pytest.fixture
def trap(request, monkeypatch):
    """A listener on this machine, and a resolver that has the names under inside.example lead to private addresses."""
    lookup = socket.getaddrinfo

    def resolve(host, port, *args, **options):
        if not str(host).endswith("inside.example"):
            return lookup(host, port, *args, **options)
        kinds = [socket.AF_INET6 if ":" in one else socket.AF_INET for one in PRIVATE[request.param]]
        return [
            (kind, socket.SOCK_STREAM, 6, "", (one, port))
            for kind, one in zip(kinds, PRIVATE[request.param], strict=True)
        ]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield f"http://www.inside.example:{listener.getsockname()[1]}/careers"
        with pytest.raises(BlockingIOError):  # nobody has come
            listener.accept()


@pytest.mark.parametrize("trap", PRIVATE, indirect=True)
def test_a_name_that_leads_inside_is_not_connected_to(trap, net, honest, db):
    with inside(net, **SETTINGS, NO_PROXY="127.0.0.1,localhost,.inside.example"):
        run, shown = scan_beside(db, honest, trap)
        assert (run["outcome"], run["error_kind"], run["attempt"], shown) == ("failed", "UnsafeAddress", 1, {})
        assert re.search(REFUSED, run["error"])
        found = find_boards(trap, get_settings(), seconds=DETECTION_SECONDS)
    assert found.candidates == []
    assert any(re.search(REFUSED, tried) for tried in found.tried), found.tried


# -- a worker's own process --------------------------------------------------------------------------------------------

LONG = ("stated postings without end", "a sitemap of 100,000 addresses", "a page that drips")
AT_ONCE = [kind for kind in SITES if kind not in LONG]
"""All but those that are merely long, or slow: on a busy machine a short limit would fail the others."""


def at(host: str, site: Callable[[Request], Answer]) -> Callable[[Request], Answer]:
    """Let a hostile site live at another host."""

    def page(request: Request) -> Answer:
        answer = site(request)
        headers = {name: value.replace(HOST, host) for name, value in answer.headers.items()}
        return answer.bent(body=answer.body.replace(HOST.encode(), host.encode()), headers=headers)

    return page


@contextmanager
def worker(net, folder: Path) -> Iterator[Process]:
    """Run one worker process with a thread for each site."""
    env = {**net.env, **FAST, **SETTINGS}
    env.pop("PYTEST_CURRENT_TEST", None)
    options = ["-c", str(len(AT_ONCE) + 2), "--hostname", "hostile@%h", "--without-mingle", "--without-gossip"]
    with (folder / "log").open("ab") as log:
        process = Process(["worker", *options], env, log)
        try:
            yield process
        finally:
            process.stop()


def scan_by_worker(db, added: Iterable[companies.Added]) -> list[dict[str, Any]]:
    """Have a worker scan boards; return their runs in the boards' order."""
    wanted = [one.company_id for one in added]
    scan_id = start(db, wanted)

    def is_done() -> bool:
        tasks.enqueue(scan_id)  # as beat does: new runs, and those whose pause is over
        runs = scans.runs(db, scan_id)
        db.commit()
        return all(run["state"] == "finished" for run in runs)

    wait_for(is_done, "the scan to end", seconds=150)
    runs = {run["company_id"]: run for run in scans.runs(db, scan_id)}
    db.commit()
    return [runs[company] for company in wanted]


@pytest.mark.e2e
def test_one_worker_process_outlives_hostile_sites_of_all_kinds_at_once(net, honest, db, tmp_path):
    harmful = {}
    for number, kind in enumerate(AT_ONCE):
        host = f"www.hostile{number}.example"
        net.page(f"https://{host}/*", at(host, SITES[kind]()))
        harmful[kind] = add(db, f"https://{host}/careers")
    with worker(net, tmp_path) as process:
        pid = process.running.pid
        runs = scan_by_worker(db, [*harmful.values(), *honest])
        outcomes = {kind: run["outcome"] for kind, run in zip(harmful, runs, strict=False)}
        assert outcomes == {kind: FATES[kind].outcome for kind in AT_ONCE}
        for (added, titles), run in zip(honest.items(), runs[len(AT_ONCE) :], strict=True):
            assert (run["outcome"], run["error"]) == ("changed", None)
            assert open_postings(db, added.board_id) == titles
        assert [run["outcome"] for run in scan_by_worker(db, honest)] == ["unchanged"] * len(honest)
        assert process.running.poll() is None
        if Path(f"/proc/{pid}/status").exists():
            assert memory(pid, "VmHWM") < WORKER_MEMORY_MOST
