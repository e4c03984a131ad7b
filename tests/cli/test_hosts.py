"""`rolecall hosts`: who is asked, how fast, and who wants to be left alone."""

import csv
import io
from datetime import UTC, datetime

import pytest

from tests import hosting, scanning
from tests.boards import Internet
from tests.boards.wire import Answer
from worker import dispatch
from worker.pace import HOST_PREFIX
from worker.robots import COPY_PREFIX, MARK_PREFIX, MEMORY
from worker.scan import scan as carry_out


def row(rolecall, host: str) -> dict:
    ran = rolecall("hosts", "--format", "json")
    assert ran.code == 0, ran.err
    (found,) = [one for one in ran.rows if one["host"] == host]
    return found


def test_nothing_is_said_where_nobody_was_asked(rolecall, redis):
    ran = rolecall("hosts")
    assert (ran.code, ran.out, ran.err) == (0, "", "No hosts.\n")


def test_a_host_is_shown_with_its_pace_and_who_reads_it(rolecall, redis):
    hosting.well(redis)
    found = row(rolecall, "api.well.example")
    assert (float(found["rate"]), found["places"], found["in_flight"], found["waiting"]) == (0.5, 2, 1, 0)
    assert 1.5 <= float(found["tokens"]) <= 2.5
    assert (found["circuit"], found["failures"], found["blocked_until"], found["robots"]) == ("closed", 0, None, None)


def test_a_host_that_wants_a_pause_says_until_when(rolecall, redis):
    hosting.blocked(redis)
    until = datetime.fromisoformat(row(rolecall, "api.busy.example")["blocked_until"])
    assert 290 < (until - datetime.now(UTC)).total_seconds() <= 301


def test_a_host_that_is_left_alone_says_why_and_for_how_long(rolecall, redis):
    hosting.broken(redis)
    found = row(rolecall, "api.broken.example")
    assert (found["circuit"], found["failures"], found["error"]) == ("open", 5, "it refuses connections")
    assert 50 < (datetime.fromisoformat(found["open_until"]) - datetime.now(UTC)).total_seconds() <= 61
    redis.hset(HOST_PREFIX + "api.broken.example", "open", str(redis.time()[0] - 1))
    found = row(rolecall, "api.broken.example")
    assert (found["circuit"], found["open_until"]) == ("half-open", None)


def test_the_hosts_of_a_vendors_boards_are_summed_up(rolecall, redis):
    hosting.well(redis, "teamtailor.com")
    hosting.robots(redis, "https://acme.teamtailor.com", crawl_delay=2)
    hosting.robots(redis, "https://umbrella.teamtailor.com", refused="/jobs", crawl_delay=0)
    hosting.robots(redis, "https://initech.na.teamtailor.com", unreachable="it answered with status 500")
    hosting.robots(redis, "https://elsewhere.example")
    found = row(rolecall, "teamtailor.com")["robots"]
    assert (found["read"], found["refusing"], found["unreachable"], float(found["crawl_delay"])) == (3, 1, 1, 2)
    assert found["troubled"] == [
        {"origin": "https://initech.na.teamtailor.com", "path": None, "reason": "it answered with status 500"},
        {"origin": "https://umbrella.teamtailor.com", "path": "/jobs", "reason": None},
    ]
    assert row(rolecall, "elsewhere.example")["robots"]["read"] == 1


def test_the_distance_that_one_host_keeps_is_no_host_of_its_own(rolecall, redis):
    hosting.well(redis, "https://slow.example.com")
    assert rolecall("hosts", "--format", "json").rows == []


def test_a_table_fits_a_narrow_terminal_and_csv_has_a_column_for_each_part(rolecall, redis):
    hosting.well(redis, "a-host-with-a-very-long-name.jobs.of-a-vendor.example.com")
    hosting.broken(redis)
    hosting.blocked(redis)
    hosting.robots(redis, "https://api.broken.example", refused="/private")
    lines = rolecall("hosts").out.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].split() == ["HOST", "RATE", "TOKENS", "READING", "FAILED", "STATE", "ROBOTS.TXT", "WHY"]
    (first, *_) = csv.DictReader(io.StringIO(rolecall("hosts", "--format", "csv").out))
    assert {"host", "circuit", "robots_read", "robots_crawl_delay"} <= set(first)
    assert len(rolecall("hosts", "--limit", 2).out.splitlines()) == 3


def test_on_a_wide_terminal_the_table_tells_all(rolecall, redis, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")
    hosting.broken(redis)
    hosting.blocked(redis)
    hosting.half_open(redis, "api.half.example")
    hosting.robots(redis, "https://api.broken.example", refused="/private", crawl_delay=5)
    out = rolecall("hosts").out
    for said in (
        "left alone until ", "wants a pause until ", "to be tried again", "1 refused, every 5 s, 1 h ago", "not asked",
        "it refuses connections; robots.txt of https://api.broken.example: not /private",
    ):  # fmt: skip
        assert said in out


def test_a_person_lets_a_host_be_asked_again(rolecall, redis):
    pace = hosting.broken(redis)
    hosting.robots(redis, "https://api.broken.example", refused="/private")
    redis.set(MARK_PREFIX + "https://api.broken.example", "")
    ran = rolecall("hosts", "--reset", "api.broken.example")
    assert (ran.code, ran.out) == (0, "api.broken.example is asked again.\n")
    assert pace.admit() == 0
    assert not redis.exists(COPY_PREFIX + "https://api.broken.example", MARK_PREFIX + "https://api.broken.example")
    assert rolecall("hosts", "--reset", "api.broken.example").out == (
        "api.broken.example had not failed; its robots.txt is asked anew.\n"
    )


def test_a_host_nobody_knows_is_not_reset(rolecall, redis):
    ran = rolecall("hosts", "--reset", "typo.example")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "Error: Nothing is remembered of typo.example; `rolecall hosts` lists the hosts of which something is.\n"
    )


@pytest.fixture(scope="module")
def internet():
    with Internet(seed=3, companies=11) as net:
        yield net


def test_what_scans_have_met_is_told(rolecall, redis, db, internet):
    MEMORY.clear()
    company = internet.world.of("teamtailor")[0]
    host = company.address.split("/")[2]
    internet.page(f"https://{host}/robots.txt", Answer(200, b"User-agent: *\nDisallow: /jobs", "text/plain"))
    with scanning.inside(internet):
        scanning.start(db, [scanning.watch(db, company).company_id])
        ((run, _),) = dispatch.take_waiting(db)
        db.commit()
        assert carry_out(run) == "failed"
    found = row(rolecall, "teamtailor.com")
    assert found["in_flight"] == 0
    assert found["robots"]["troubled"] == [{"origin": f"https://{host}", "path": "/jobs.json", "reason": None}]
    MEMORY.clear()
