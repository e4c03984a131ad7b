"""What robots.txt lets Rolecall ask: how it is read, how long it is kept, and what a scan makes of it."""

import time

import pytest

from tests import scanning
from tests.boards import Internet
from tests.boards.wire import Answer
from tests.http.conftest import Host, Script, raw, reply
from tests.listening import commands
from worker import robots
from worker.dry_run import dry_run, targets
from worker.errors import BoardRefused, BoardUnavailable
from worker.extractors import extractor
from worker.http import BoardClient, Limits, SessionPool
from worker.resources import redis_client
from worker.robots import MEMORY, Robots, permit_of, read_rules
from worker.settings import get_settings
from worker.store import people

SITE = "https://jobs.example.com"


@pytest.fixture(autouse=True)
def _nothing_remembered():
    MEMORY.clear()
    yield
    MEMORY.clear()


def allows(text: str, path: str) -> bool:
    return read_rules(text).allow(SITE + path)


# -- reading the rules ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("Disallow: /", "/jobs", False),
        ("Disallow:", "/jobs", True),
        ("Disallow: /private", "/private/jobs", False),
        ("Disallow: /private", "/jobs", True),
        ("Disallow: /\nAllow: /api/jobs", "/api/jobs?page=2", True),  # the longest match wins
        ("Allow: /api\nDisallow: /api/v2", "/api/v2/jobs", False),
        ("Allow: /api\nDisallow: /api", "/api/jobs", True),  # of two that are as long, the one that allows
        ("Disallow: /*.json$", "/jobs.json", False),
        ("Disallow: /*.json$", "/jobs.json?page=2", True),
        ("Disallow: /*/apply", "/jobs/1/apply", False),
        ("Disallow: /*?page=", "/jobs?page=2", False),
        ("Disallow: /a%2fb", "/a%2Fb", False),
        ("Disallow: /jöbs", "/j%C3%B6bs", False),
        ("Disallow: /Jobs", "/jobs", True),
        ("disALLOW : /jobs   # because", "/jobs", False),
        ("Noindex: /jobs", "/jobs", True),
        ("Disallow: /", "/robots.txt", True),
    ],
)
def test_rules_are_matched_as_the_rfc_has_it(rules, path, allowed):
    assert allows(f"User-agent: *\n{rules}\n", path) is allowed


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("User-agent: Rolecall\nDisallow: /", False),
        ("User-agent: ROLECALL\nDisallow: /", False),
        ("User-agent: Rolecall/0.1\nDisallow: /", False),
        ("User-agent: role\nDisallow: /", True),  # the beginning of our name is somebody else's
        ("User-agent: rolecaller\nDisallow: /", True),
        ("User-agent: somebody-else\nDisallow: /", True),
        ("User-agent: otherbot\nDisallow: /\n\nUser-agent: *\nDisallow: /private", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: rolecall\nDisallow: /private", True),  # ours alone counts
        ("User-agent: rolecall\nDisallow:\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: otherbot\nUser-agent: rolecall\nDisallow: /", False),
        (
            "User-agent: rolecall\nAllow: /x\n\nUser-agent: b\nDisallow: /\n\nUser-agent: rolecall\nDisallow: /jobs",
            False,
        ),
        ("Disallow: /", True),  # nobody's rule
        ("\ufeffUser-agent: *\r\nDisallow: /\r\n", False),
        ("<!doctype html><title>Jobs</title><p>User-agent: * Disallow: /</p>", True),
        ("User-agent: *\n\n\n# a blank line ends nothing\nDisallow: /", False),
        ("User-agent: *\nSitemap: https://x.example/s.xml\nDisallow: /", False),
    ],
)
def test_the_group_that_names_us_counts_else_the_one_for_everybody(text, allowed):
    assert allows(text, "/jobs") is allowed


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 10", 10),
        ("User-agent: *\nCrawl-delay: 0.5\nDisallow: /x", 0.5),
        ("User-agent: *\nCrawl-delay: 86400", 30),
        ("User-agent: *\nCrawl-delay: -1", 0),
        ("User-agent: *\nCrawl-delay: soon", 0),
        ("User-agent: *\nCrawl-delay: nan", 0),
        ("User-agent: rolecall\nCrawl-delay: 2\n\nUser-agent: *\nCrawl-delay: 10", 2),
        ("User-agent: rolecall\nAllow: /\n\nUser-agent: *\nCrawl-delay: 10", 0),
        ("User-agent: bingbot\nCrawl-delay: 10", 0),
    ],
)
def test_the_delay_is_ours_or_everybodys_and_half_a_minute_at_most(text, delay):
    assert read_rules(text).delay == delay


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"User-agent: a{n}\n" for n in range(14_000)) + "".join(f"Disallow: /{n}\n" for n in range(14_000)),
        "User-agent: *\n" + "".join(f"Disallow: *{n}*a*b$\n" for n in range(24_000)),
        "User-agent: *\nDisallow: /" + "*a" * 240_000 + "$",
        "User Agent rolecall\n" * 25_000 + "Disallow: /\n" * 10,
        "\0" * 500_000,
        ":" * 500_000,
    ],
    ids=["agents", "wildcards", "one rule", "names", "zeros", "colons"],
)
def test_a_file_made_to_harm_is_read_in_seconds(text):
    began = time.process_time()
    read_rules(text[: 500 * 1024]).allow(f"{SITE}/v1/boards/acme/jobs?content=true")
    assert time.process_time() - began < 10


# -- asking and remembering -------------------------------------------------------------------------------------------


@pytest.fixture
def site():
    one = Host()
    one.on("*", reply(b"[]"))
    yield one
    one.stop()


@pytest.fixture
def visit(redis, site, monkeypatch):
    """Ask a path of the site as a run of a fresh process does, unless it is to `remember`."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    pool = SessionPool(user_agent="Rolecall/test", allow_loopback=True)
    session = pool.acquire()

    def ask(path: str = "/jobs", *, remember: bool = False, scale: float = 1.0, seconds: float = 60.0) -> BoardClient:
        if not remember:
            MEMORY.clear()
        limits = Limits(1 << 20, 10.0, seconds, allow_loopback=True)
        http = BoardClient(session, limits, lambda most: None, permit=Robots(redis, scale).permit)
        http.get_json(site.url(path))
        return http

    yield ask
    pool.release(session)
    pool.close()


def says(site: Host, text: str | Script) -> None:
    site.on("/robots.txt", reply(text.encode()) if isinstance(text, str) else text)


def asked(site: Host) -> list[str]:
    return [one.target for one in site.requests]


def origin(site: Host) -> str:
    return site.url("").rstrip("/")


def ask_again(redis, site: Host) -> None:
    """Let the time pass for which the host need not be asked again."""
    assert redis.delete(robots.MARK_PREFIX + origin(site))


def test_a_host_is_asked_once_for_all_workers_and_all_day(visit, site, redis):
    says(site, "User-agent: *\nDisallow: /private")
    for _ in range(3):
        visit()
    assert asked(site) == ["/robots.txt", "/jobs", "/jobs", "/jobs"]
    assert 86_000 < redis.ttl(robots.MARK_PREFIX + origin(site)) <= 86_400
    ask_again(redis, site)
    visit()
    assert asked(site)[4:] == ["/robots.txt", "/jobs"]


def test_a_process_that_remembers_does_not_ask_redis(visit, site, redis):
    says(site, "User-agent: *\nDisallow: /private")
    visit()
    with commands(redis) as heard:
        visit(remember=True)
    assert heard == []


def test_what_is_forbidden_is_not_asked_and_the_sentence_says_where_and_what_helps(visit, site, redis):
    says(site, "User-agent: *\nDisallow: /jobs")
    with pytest.raises(BoardRefused) as refused:
        visit("/jobs/1?x=y")
    assert str(refused.value) == (
        f"{origin(site)}/robots.txt does not let Rolecall ask for /jobs/1, so it does not. Ask the company for another "
        "way to its postings, or add another address where it shows them"
    )
    visit("/careers")
    assert asked(site) == ["/robots.txt", "/careers"]


def test_a_redirect_is_followed_only_to_where_it_is_allowed(visit, site):
    says(site, "User-agent: *\nDisallow: /new")
    site.on("/jobs", reply(b"", 302, location="/new/jobs"))
    with pytest.raises(BoardRefused, match="/new/jobs"):
        visit()
    assert asked(site) == ["/robots.txt", "/jobs"]


def test_before_it_refuses_a_process_looks_whether_another_has_learnt_better(visit, site, redis):
    says(site, "User-agent: *\nDisallow: /")
    with pytest.raises(BoardRefused):
        visit()
    says(site, "User-agent: *\nAllow: /")
    with pytest.raises(BoardRefused):
        visit(remember=True)
    assert robots.forget(redis, origin(site).removeprefix("http://")) == 1
    visit(remember=True)
    assert asked(site) == ["/robots.txt", "/robots.txt", "/jobs"]


def test_a_host_without_the_file_is_read(visit, site, redis):
    says(site, reply(b"", 404))
    visit()
    visit()
    assert asked(site) == ["/robots.txt", "/jobs", "/jobs"]


def test_a_host_whose_file_cannot_be_read_is_not_read_and_asked_again_ever_more_rarely(visit, site, redis):
    says(site, reply(b"", 503))
    pauses = []
    for _ in range(7):
        with pytest.raises(BoardUnavailable, match=r"could not be read \(it answered with status 503\)"):
            visit()
        with pytest.raises(BoardUnavailable, match="RFC 9309"):
            visit()  # without a request
        pauses.append(redis.ttl(robots.MARK_PREFIX + origin(site)))
        ask_again(redis, site)
    assert asked(site) == ["/robots.txt"] * 7
    assert pauses == pytest.approx([20, 40, 80, 160, 320, 600, 600], abs=2)
    says(site, "User-agent: *\nAllow: /")
    visit()
    says(site, reply(b"", 503))
    ask_again(redis, site)
    visit()
    assert redis.ttl(robots.MARK_PREFIX + origin(site)) <= 20  # it counts from the beginning again


def test_while_a_host_does_not_answer_its_last_word_counts(visit, site, redis):
    says(site, "User-agent: *\nDisallow: /private")
    visit()
    says(site, raw(b""))
    ask_again(redis, site)
    visit()
    visit()
    with pytest.raises(BoardRefused):
        visit("/private")
    assert asked(site).count("/robots.txt") == 1 + 2, "at first, then on the connection that was kept and on a new one"
    assert "/private" not in asked(site)
    assert redis.ttl(robots.COPY_PREFIX + origin(site)) > 6 * 86_400


def test_rules_beyond_500_kib_do_not_count_and_those_before_do(visit, site):
    says(site, "User-agent: *\nDisallow: /jobs\n" + "#" * 500 * 1024 + "\nDisallow: /careers\n")
    with pytest.raises(BoardRefused):
        visit()
    visit("/careers")


def test_the_distance_that_a_host_wants_is_kept_by_all(visit, site, redis):
    says(site, "User-agent: *\nCrawl-delay: 0.3")
    began = time.monotonic()
    for number in range(4):
        visit(remember=number % 2 == 0)
    assert time.monotonic() - began >= 3 * 0.3 - 0.001


def test_a_run_without_the_time_for_that_distance_is_ended(visit, site):
    says(site, "User-agent: *\nCrawl-delay: 20")
    visit()
    with pytest.raises(BoardUnavailable, match="has to be left alone for another"):
        visit(seconds=3)
    assert asked(site) == ["/robots.txt", "/jobs"]


def test_the_hosts_consent_shortens_the_distance_too(visit, site):
    says(site, "User-agent: *\nCrawl-delay: 20")
    began = time.monotonic()
    for _ in range(3):
        visit(scale=1000)
    assert time.monotonic() - began < 10


def test_a_flush_costs_one_more_request(visit, site, redis):
    says(site, "User-agent: *\nDisallow: /private")
    visit()
    redis.flushdb()
    visit(remember=True)
    visit()
    assert asked(site) == ["/robots.txt", "/jobs", "/jobs", "/robots.txt", "/jobs"]


def test_a_process_remembers_a_bounded_number_of_hosts(monkeypatch):
    monkeypatch.setattr(robots, "_REMEMBERED_MOST", 100)
    for number in range(250):
        MEMORY.put(f"https://{number}.example.com", read_rules(""), 60)
    kept = [number for number in range(250) if MEMORY.get(f"https://{number}.example.com")]
    assert kept == list(range(150, 250))


# -- in a scan --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shared_net():
    with Internet(seed=21, companies=22) as internet:
        yield internet


@pytest.fixture
def net(shared_net, db, redis):
    shared_net.clear()
    with scanning.inside(shared_net):
        yield shared_net
    shared_net.server.origin.pages.clear()
    shared_net.clear()


def host_of(company) -> str:
    return company.address.split("/")[2]


def test_a_board_that_robots_txt_forbids_fails_with_the_reason_and_is_not_asked(net, db):
    company = net.world.of("teamtailor")[0]
    net.page(f"https://{host_of(company)}/robots.txt", Answer(200, b"User-agent: *\nDisallow: /jobs", "text/plain"))
    added = scanning.watch(db, company)
    before = len(net.requests)
    run = scanning.scan_one(db, added.company_id)
    assert (run["outcome"], run["error_kind"], run["attempt"], run["requests"]) == ("failed", "BoardRefused", 1, 1)
    assert f"https://{host_of(company)}/robots.txt does not let Rolecall ask for /jobs" in run["error"]
    assert [one.target for one in net.requests[before:]] == ["/robots.txt"]


def test_a_dry_run_heeds_robots_txt_as_well(net, db):
    company = net.world.of("teamtailor")[1]
    net.page(f"https://{host_of(company)}/robots.txt", Answer(200, b"User-agent: rolecall\nDisallow: /", "text/plain"))
    found = targets(db, people.local(db)["id"], urls=[company.address])
    db.rollback()
    (answer,) = dry_run(found, get_settings())
    assert answer.error_kind == "BoardRefused"


def test_details_that_robots_txt_forbids_are_left_out(net, db):
    company = net.world.add_company("workday", postings=4)
    rules = b"User-agent: *\nDisallow: /wday/cxs/*/job/"
    net.page(f"https://{host_of(company)}/robots.txt", Answer(200, rules, "text/plain"))
    added = scanning.watch(db, company)
    run = scanning.scan_one(db, added.company_id)
    assert (run["outcome"], run["opened"]) == ("changed", 4)
    assert any("robots.txt does not let Rolecall ask" in note for note in run["notes"])
    assert not [one for one in net.requests if one.host == host_of(company) and "/job/" in one.target]


def test_a_scan_asks_for_robots_txt_once_and_counts_that(net, db):
    company = net.world.of("teamtailor")[0]
    added = scanning.watch(db, company)
    first, second = (scanning.scan_one(db, added.company_id) for _ in range(2))
    assert first["requests"] == second["requests"] + 1
    assert second["outcome"] == "unchanged"


def test_a_vendor_who_offers_its_endpoint_to_the_public_is_not_asked(net, db, redis):
    vendor = next(one for one in net.world.companies if _is_public(one.vendor.name))
    added = scanning.watch(db, vendor)
    before = len(net.requests)
    assert scanning.scan_one(db, added.company_id)["outcome"] == "changed"
    assert "/robots.txt" not in [one.target for one in net.requests[before:]]
    with redis_client() as client:
        assert permit_of(extractor(vendor.vendor.name), client, get_settings()) is None


def _is_public(ats: str) -> bool:
    about = extractor(ats).about
    return bool(about and about.public_api)


def test_without_robots_txt_to_be_had_the_run_waits_and_then_fails(net, db):
    company = net.world.of("teamtailor")[0]
    added = scanning.watch(db, company)
    net.fault(host_of(company), "status", code=500, path="/robots.txt")
    run = scanning.scan_one(db, added.company_id)
    assert (run["outcome"], run["error_kind"]) == ("failed", "BoardUnavailable")
    assert "it answered with status 500" in run["error"]
    net.clear()
    assert scanning.scan_one(db, added.company_id)["outcome"] == "changed"
