"""Being a good guest, seen from scans: how many at once, when a host fails, and what that does to a run."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import takewhile

import pytest
from sqlalchemy import text

from tests import scanning
from tests.boards import Internet
from tests.listening import commands
from worker import dispatch
from worker.dry_run import dry_run, targets
from worker.pace import FAILURES, HOST_PREFIX, PLACES_PREFIX
from worker.resources import database
from worker.scan import scan as carry_out
from worker.settings import get_settings
from worker.store import people, scans

ASHBY = "api.ashbyhq.com"
ONE_TRY = {"ROLECALL_MAX_ATTEMPTS": "1"}


@pytest.fixture(scope="module")
def shared_net():
    with Internet(seed=31, companies=11) as internet:
        yield internet


@pytest.fixture
def net(shared_net, db, redis):
    shared_net.clear()
    with scanning.inside(shared_net, **ONE_TRY):
        yield shared_net
    shared_net.clear()


def boards(net, db, count: int, ats: str = "ashby"):
    """Watch fresh boards of a vendor."""
    return [scanning.watch(db, net.world.add_company(ats, postings=4)) for _ in range(count)]


def queued(db, added) -> list[int]:
    """Write a scan of boards, and return its runs."""
    scanning.start(db, [one.company_id for one in added])
    batch = dispatch.take_waiting(db)
    db.commit()
    return [run for run, _ in batch]


def state(db, run: int):
    row = db.execute(text("SELECT * FROM scan_runs WHERE id = :run"), {"run": run}).mappings().one()
    db.commit()
    return row


def let_it_be_open_for(redis, host: str, seconds: float) -> None:
    redis.hset(HOST_PREFIX + host, "open", str(redis.time()[0] + seconds))


def broken(net, db, redis) -> list:
    """Let so many runs fail at a host that its circuit opens; return more boards there."""
    net.fault(ASHBY, "status", code=502)
    for run in queued(db, boards(net, db, FAILURES)):
        assert carry_out(run) == "failed"
    return boards(net, db, 3)


def test_a_host_that_keeps_failing_is_left_alone_and_the_runs_wait_for_it(net, db, redis):
    more = broken(net, db, redis)
    asked = len(net.requests)
    (run, *_) = queued(db, more)
    assert carry_out(run) is None
    assert len(net.requests) == asked
    waits = state(db, run)
    assert (waits["state"], waits["attempt"], waits["error"]) == ("queued", 0, None)
    seconds = db.execute(
        text("SELECT extract(epoch FROM not_before - now()) FROM scan_runs WHERE id = :run"), {"run": run}
    ).scalar_one()
    assert 50 < seconds <= 60


def test_a_run_that_would_wait_too_long_ends_with_the_reason_and_without_a_request(net, db, redis):
    more = broken(net, db, redis)
    let_it_be_open_for(redis, ASHBY, 300)
    asked = len(net.requests)
    (run, *_) = queued(db, more)
    assert carry_out(run) == "failed"
    assert len(net.requests) == asked
    ended = state(db, run)
    assert (ended["error_kind"], ended["requests"]) == ("BoardUnavailable", 0)
    assert ended["error"].startswith(f"{ASHBY} has failed 5 times in a row, the last: it answered with status 502; ")
    assert "left alone until" in ended["error"]
    failures = db.execute(text("SELECT failures FROM boards WHERE id = :id"), {"id": ended["board_id"]}).scalar_one()
    assert failures == 1


def test_one_run_finds_out_whether_a_host_answers_again_and_then_all_may(net, db, redis):
    more = broken(net, db, redis)
    net.clear()
    let_it_be_open_for(redis, ASHBY, -1)
    runs = queued(db, more)
    asked = len(net.requests)
    net.fault(ASHBY, "latency", seconds=1)
    with ThreadPoolExecutor(3) as threads:
        outcomes = list(threads.map(carry_out, runs))
    assert sorted(map(str, outcomes)) == ["None", "None", "changed"]
    assert len(net.requests) == asked + 1
    net.clear()
    db.execute(text("UPDATE scan_runs SET not_before = NULL"))
    db.commit()
    assert [carry_out(run) for run, outcome in zip(runs, outcomes, strict=True) if outcome is None] == ["changed"] * 2


def test_answers_of_any_kind_are_no_failures(net, db, redis):
    net.fault(ASHBY, "not_found")
    for run in queued(db, boards(net, db, FAILURES)):
        assert carry_out(run) == "gone"
    net.clear()
    net.fault(ASHBY, "html")
    for run in queued(db, boards(net, db, FAILURES)):
        assert carry_out(run) == "failed"
    net.clear()
    (run,) = queued(db, boards(net, db, 1))
    assert carry_out(run) == "changed"
    assert redis.hget(HOST_PREFIX + ASHBY, "failures") is None


def test_a_dry_run_counts_like_any_other_reading(net, db, redis):
    broken(net, db, redis)
    let_it_be_open_for(redis, ASHBY, 300)
    asked = len(net.requests)
    company = net.world.of("ashby")[0]
    found = targets(db, people.local(db)["id"], urls=[company.address])
    db.rollback()
    (answer,) = dry_run(found, get_settings())
    assert answer.error_kind == "BoardUnavailable"
    assert "left alone until" in answer.error
    assert len(net.requests) == asked
    net.clear()
    let_it_be_open_for(redis, ASHBY, -1)
    (answer,) = dry_run(found, get_settings())
    assert answer.error is None
    assert redis.hget(HOST_PREFIX + ASHBY, "open") is None


@pytest.mark.parametrize("fault", [None, "status", "not_found", "wrong_shape", "too_many", "reset", "truncated_body"])
def test_whatever_happens_to_a_run_its_place_is_free_afterwards(fault, net, db, redis):
    added = boards(net, db, 1)
    if fault:
        net.fault(ASHBY, fault)
    (run,) = queued(db, added)
    carry_out(run)
    assert redis.zcard(PLACES_PREFIX + ASHBY) == 0


def test_a_fault_of_our_own_keeps_no_place(net, db, redis, monkeypatch):
    added = boards(net, db, 1)
    (run,) = queued(db, added)
    monkeypatch.setattr("worker.scan.find", lambda *args, **more: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        carry_out(run)
    assert redis.zcard(PLACES_PREFIX + ASHBY) == 0


def at_once(seen, seconds: float) -> int:
    """Return how many requests were under way at the same time, each answered after so many seconds."""
    moments = [(one.at - seconds, 1) for one in seen] + [(one.at, -1) for one in seen]
    now = most = 0
    for _, change in sorted(moments):
        now += change
        most = max(most, now)
    return most


def test_no_more_than_two_runs_read_a_host_at_the_same_time(shared_net, db, redis):
    with scanning.inside(shared_net, ROLECALL_PACE_SCALE="1"):
        runs = queued(db, boards(shared_net, db, 8))
        shared_net.fault(ASHBY, "latency", seconds=0.3)
        before = len(shared_net.requests)
        with ThreadPoolExecutor(8) as threads:
            outcomes = list(threads.map(carry_out, runs))
        seen = shared_net.requests[before:]
        shared_net.clear()
    assert len(seen) == outcomes.count("changed") >= 4
    assert at_once(seen, 0.3) == 2
    assert {state(db, run)["state"] for run, outcome in zip(runs, outcomes, strict=True) if outcome is None} <= {
        "queued"
    }


def test_the_place_is_given_back_before_much_is_written(net, db, redis):
    """While one run writes, another may read."""
    added = boards(net, db, 1)
    (run,) = queued(db, added)
    with database() as other:
        other.execute(text("LOCK TABLE postings IN EXCLUSIVE MODE"))
        worker = threading.Thread(target=carry_out, args=(run,))
        worker.start()
        until = time.monotonic() + 10
        while not (redis.exists(HOST_PREFIX + ASHBY) and not redis.zcard(PLACES_PREFIX + ASHBY)):
            assert time.monotonic() < until
            time.sleep(0.01)
        assert worker.is_alive()
        other.rollback()
    worker.join(10)
    assert state(db, run)["outcome"] == "changed"


def test_an_unchanged_scan_makes_two_trips_to_redis(net, db, redis):
    added = boards(net, db, 1)
    assert scanning.scan_one(db, added[0].company_id)["outcome"] == "changed"
    (run,) = queued(db, added)
    with commands(redis) as heard:
        assert carry_out(run) == "unchanged"
    assert heard == ["EVALSHA", "EVALSHA"]


def test_an_unchanged_scan_at_a_host_with_robots_txt_makes_no_more(net, db, redis):
    added = boards(net, db, 1, "teamtailor")
    assert scanning.scan_one(db, added[0].company_id)["outcome"] == "changed"
    (run,) = queued(db, added)
    with commands(redis) as heard:
        assert carry_out(run) == "unchanged"
    assert heard == ["EVALSHA", "EVALSHA"]


def test_whoever_watches_a_scan_hears_of_each_run_once(net, db, redis):
    added = boards(net, db, 2)
    # Channels are heard in all databases of a Redis, also in those of tests that run beside this one.
    db.execute(text("SELECT setval('scans_id_seq', :number)"), {"number": random.randrange(10**6, 10**9)})
    scan_id = scanning.start(db, [one.company_id for one in added])
    with redis.pubsub() as radio:
        radio.subscribe(f"rolecall:scan:{scan_id}")
        for run, _ in dispatch.take_waiting(db):
            db.commit()
            assert carry_out(run) == "changed"
        redis.publish(f"rolecall:scan:{scan_id}", "the end")
        heard = [one["data"] for one in takewhile(lambda one: one["data"] != "the end", radio.listen())]
    assert heard[1:] == [str(run["id"]) for run in scans.runs(db, scan_id)]  # the first says that we listen
