"""How gently a host is asked, by Redis' own clock: its pace, its places, its circuit."""

import math
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from pathlib import Path
from threading import Lock

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.listening import commands
from worker.errors import BoardUnavailable
from worker.pace import BURST_SECONDS, FAILURES, LONGEST_BLOCK, LONGEST_OPEN, Pace

_numbers = count()


def fresh(redis, rate: float, **more) -> Pace:
    """A host that nobody has asked yet."""
    return Pace(redis, f"host-{next(_numbers)}.example.com", rate, **more)


def another(pace: Pace) -> Pace:
    """Another run at the same host."""
    return Pace(pace.redis, pace.host, pace.rate, places=pace.places, lease=pace.lease)


def key(pace: Pace) -> str:
    return f"rolecall:pace:{pace.host}"


def clock(redis) -> float:
    seconds, microseconds = redis.time()
    return seconds + microseconds / 1e6


def in_seconds(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def asks_at_once(pace: Pace, times: int) -> tuple[list[float], float]:
    """Ask so many times in a row; return the waits, and the seconds it took by Redis' clock."""
    began = clock(pace.redis)
    waits = [pace.admit() for _ in range(times)]
    return waits, clock(pace.redis) - began


@pytest.mark.parametrize("rate", [0.2, 1.0, 2.5, 6.0, 50.0])
def test_a_burst_goes_at_once_and_the_rest_waits(rate, redis):
    burst = max(1, math.floor(rate * BURST_SECONDS))
    waits, took = asks_at_once(fresh(redis, rate), burst + 10)
    granted = waits.count(0)
    # Room that comes up while this process asks may go to any of those who ask after the burst.
    assert waits[:burst].count(0) == burst
    assert granted <= burst + math.ceil(rate * took)


def test_those_who_wait_are_given_moments_of_their_own(redis):
    pace = fresh(redis, 2.0)
    waits, took = asks_at_once(pace, 30)
    waiting = [wait for wait in waits if wait > 0]
    assert len(waiting) >= 18
    assert 0 < waiting[0] <= 0.5 + 1e-6  # the first as soon as there is room
    gaps = [later - earlier for earlier, later in pairwise(waiting)]
    assert all(0.5 - took - 0.001 <= gap <= 0.5 + 0.001 for gap in gaps)


def test_a_rate_below_one_a_second_is_kept(redis):
    pace = fresh(redis, 0.2)
    assert pace.admit() == 0
    assert pace.admit() == pytest.approx(5, abs=1)
    assert pace.admit() == pytest.approx(10, abs=1)


def test_all_who_ask_one_host_share_its_pace(redis):
    one = fresh(redis, 0.2)
    other = Pace(redis, one.host, 0.2)
    assert one.admit() == 0
    assert other.admit() > 0
    assert fresh(redis, 0.2).admit() == 0  # another host is another matter


def test_two_processes_cannot_take_the_same_place(redis):
    pace = fresh(redis, 4.0)
    began = clock(redis)
    with ThreadPoolExecutor(16) as threads:
        waits = list(threads.map(lambda _: Pace(redis, pace.host, 4.0).admit(), range(200)))
    took = clock(redis) - began
    assert 20 <= waits.count(0) <= 20 + math.ceil(4 * took)


def test_a_blocked_host_admits_nobody(redis):
    pace = fresh(redis, 10.0)
    pace.block(in_seconds(60))
    assert pace.admit() == pytest.approx(60, abs=2)
    with pytest.raises(BoardUnavailable, match=pace.host):
        Pace(redis, pace.host, 10.0).wait(30)


def test_those_who_come_back_after_a_block_do_not_come_all_at_once(redis):
    pace = fresh(redis, 1.0)
    pace.block(in_seconds(60))
    waits, _ = asks_at_once(pace, 5)
    assert waits == pytest.approx([60, 61, 62, 63, 64], abs=2)
    assert len({round(wait, 1) for wait in waits}) == 5


def test_a_block_is_never_shortened(redis):
    pace = fresh(redis, 10.0)
    pace.block(in_seconds(60))
    pace.block(in_seconds(5))
    pace.block(in_seconds(-5))
    assert pace.admit() > 50
    pace.block(in_seconds(120))
    assert pace.admit() > 110


def test_a_block_ends_by_itself(redis):
    pace = fresh(redis, 1000.0)
    pace.block(in_seconds(0.05))
    assert pace.admit() > 0
    pace.wait(5)  # does not raise
    assert pace.admit() == 0


def test_a_block_survives_those_who_ask_meanwhile(redis):
    pace = fresh(redis, 10.0)
    pace.block(in_seconds(60))
    asks_at_once(pace, 20)
    assert redis.hget(key(pace), "blocked")
    with pytest.raises(BoardUnavailable):
        pace.wait(10)


def test_a_block_that_is_already_over_changes_nothing(redis):
    pace = fresh(redis, 1.0)
    pace.block(in_seconds(-10))
    assert not redis.exists(key(pace))
    assert pace.admit() == 0


def test_a_wait_ends_when_there_is_room(redis):
    pace = fresh(redis, 40.0)
    began = clock(redis)
    for _ in range(210):
        pace.wait(5)
    # The burst is 200: ten more had to be waited for, by Redis' clock and not by ours.
    assert clock(redis) - began >= 10 / 40 - 0.001


def test_a_wait_that_is_longer_than_the_run_has_is_not_begun(redis):
    pace = fresh(redis, 0.01)
    pace.wait(1)
    began = time.monotonic()
    with pytest.raises(BoardUnavailable, match="longer than this run has"):
        pace.wait(10)
    assert time.monotonic() - began < 9


def test_waiting_does_not_put_anybody_in_the_queue(redis):
    pace = fresh(redis, 0.01)
    pace.wait(1)
    for _ in range(50):
        with pytest.raises(BoardUnavailable):
            pace.wait(1)
    assert pace.admit() == pytest.approx(100, abs=2)


def test_after_a_flush_the_buckets_are_full(redis):
    pace = fresh(redis, 1.0)
    asks_at_once(pace, 10)
    assert pace.admit() > 0
    redis.flushdb()
    redis.script_flush()
    assert pace.admit() == 0
    redis.script_flush()
    pace.block(in_seconds(60))
    assert pace.admit() > 50


def test_what_is_remembered_of_a_host_is_forgotten_in_time(redis):
    idle, queued, blocked = fresh(redis, 1.0), fresh(redis, 0.001), fresh(redis, 1.0)
    idle.admit()
    asks_at_once(queued, 8)
    blocked.block(in_seconds(LONGEST_BLOCK))
    assert 3500 < redis.ttl(key(idle)) <= 3600
    assert 6500 < redis.ttl(key(queued)) <= 7300  # as long as somebody has been told to come back
    assert 3500 < redis.ttl(key(blocked)) <= 3601


def test_blocking_does_not_forget_who_was_told_to_come_back(redis):
    queued = fresh(redis, 0.001)
    asks_at_once(queued, 8)
    queued.block(in_seconds(30))
    assert redis.ttl(key(queued)) > 6500


@pytest.mark.parametrize("ahead", [10, 3600, 10 * 365 * 86_400])
def test_a_clock_that_is_set_back_holds_nobody_for_long(ahead, redis):
    """What was written before lies in the future then."""
    pace = fresh(redis, 1.0)
    now = clock(redis)
    redis.hset(key(pace), mapping={"tokens": "3", "at": str(now + ahead), "tail": "0"})
    waits, _ = asks_at_once(pace, 3)
    assert waits == [0, 0, 0]
    assert 0 < pace.admit() <= 1.001


def test_a_block_or_a_queue_of_another_age_is_bounded(redis):
    pace = fresh(redis, 1.0)
    later = clock(redis) + 10 * 365 * 86_400
    redis.hset(key(pace), mapping={"tokens": "3", "at": str(later), "tail": str(later), "blocked": str(later)})
    assert pace.admit() <= LONGEST_BLOCK + 1
    other = fresh(redis, 1.0)
    redis.hset(key(other), mapping={"tokens": "0", "at": str(later), "tail": str(later)})
    assert other.admit() <= 2


def test_a_clock_that_leaps_ahead_fills_the_bucket_and_no_more(redis):
    pace = fresh(redis, 1.0)
    redis.hset(key(pace), mapping={"tokens": "0", "at": "1", "tail": "5", "blocked": "5"})
    waits, took = asks_at_once(pace, 10)
    assert 5 <= waits.count(0) <= 5 + math.ceil(took)


def patience(pace: Pace) -> float:
    """Ask for a further request without waiting for it: 0 if it may go."""
    try:
        pace.wait(0)
    except BoardUnavailable:
        return 1
    return 0


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rate=st.floats(0.2, 300),
    pauses=st.lists(st.sampled_from([0, 0, 0, 0.001, 0.01]), min_size=20, max_size=60),
    queue=st.booleans(),
)
def test_in_no_window_more_is_granted_than_burst_and_rate_allow(redis, rate, pauses, queue):
    pace = fresh(redis, rate)
    asked: list[tuple[float, float, bool]] = []
    for pause in pauses:
        if pause:
            time.sleep(pause)
        before = clock(redis)
        granted = (pace.admit() if queue else patience(pace)) == 0
        asked.append((before, clock(redis), granted))
    granted = [(before, after) for before, after, yes in asked if yes]
    burst = max(1.0, rate * BURST_SECONDS)
    for first in range(len(granted)):
        for last in range(first, len(granted)):
            window = granted[last][1] - granted[first][0]
            assert last - first + 1 <= burst + rate * window + 1e-3


# -- places: how many runs read a host at the same time ---------------------------------------------------------------


def test_threads_never_read_a_host_more_than_two_at_once(redis):
    host = fresh(redis, 10_000.0, places=2)
    lock, now, most = Lock(), 0, 0

    def run(_: int) -> bool:
        nonlocal now, most
        pace = another(host)
        if pace.admit() > 0:
            return False
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.01)
        with lock:
            now -= 1
        pace.leave(answered=True)
        return True

    with ThreadPoolExecutor(12) as threads:
        done = list(threads.map(run, range(60)))
    assert most == 2
    assert sum(done) >= 12  # who waited on the spot got a place


READER = """
import sys, time, redis
from concurrent.futures import ThreadPoolExecutor
from worker.pace import Pace

client = redis.Redis.from_url(sys.argv[1], decode_responses=True)

def run(_):
    pace = Pace(client, "shared.example.com", 10_000.0, places=2)
    while pace.admit() > 0:
        pass
    client.lpush("seen", client.incr("reading"))
    time.sleep(0.01)
    client.decr("reading")
    pace.leave(answered=True)

with ThreadPoolExecutor(4) as threads:
    list(threads.map(run, range(20)))
"""


def test_processes_share_the_places_of_a_host(redis):
    command = [sys.executable, "-c", READER, os.environ["REDIS_URL"]]
    checkout = Path(__file__).parents[1]
    running = [subprocess.Popen(command, cwd=checkout) for _ in range(2)]
    assert [one.wait(60) for one in running] == [0, 0]
    seen = [int(one) for one in redis.lrange("seen", 0, -1)]
    assert len(seen) == 40
    assert set(seen) == {1, 2}


def test_a_place_is_waited_for_on_the_spot_when_it_is_free_soon(redis):
    first = fresh(redis, 1000.0, places=1)
    assert first.admit() == 0
    with ThreadPoolExecutor(1) as threads:
        second = threads.submit(another(first).admit)
        time.sleep(0.3)
        assert not second.done()
        first.leave(answered=True)
        assert second.result(timeout=5) == 0
    assert redis.zcard(f"rolecall:waiting:{first.host}") == 0


def test_a_place_that_is_long_held_is_not_waited_for(redis):
    first = fresh(redis, 1000.0, places=1)
    assert first.admit() == 0
    redis.hset(key(first), "held", "40")  # as runs that fetch details have taught
    began = time.monotonic()
    assert 40 <= another(first).admit() <= 120
    assert time.monotonic() - began < 2


def test_who_waits_in_vain_comes_back_later(redis):
    first = fresh(redis, 1000.0, places=1)
    assert first.admit() == 0
    began = time.monotonic()
    assert another(first).admit() >= 5
    assert time.monotonic() - began > 4
    assert redis.zcard(f"rolecall:places:{first.host}") == 1


def test_few_wait_on_the_spot_the_rest_is_sent_away(redis):
    """Otherwise all threads of a worker would wait for one slow host."""
    first = fresh(redis, 1000.0, places=1)
    assert first.admit() == 0
    redis.hset(key(first), "held", "1")

    def run(_: int) -> float:
        return another(first).admit()

    with ThreadPoolExecutor(30) as threads:
        until = time.monotonic() + 4
        waits = [threads.submit(run, number) for number in range(30)]
        while sum(one.done() for one in waits) < 25 and time.monotonic() < until:
            time.sleep(0.01)
        assert sum(one.done() for one in waits) == 25  # five could be served within five seconds
    assert all(one.result() >= 5 for one in waits)


def test_the_place_of_a_worker_that_died_is_free_when_its_lease_ends(redis):
    dead = fresh(redis, 1000.0, places=1, lease=0.5)
    assert dead.admit() == 0
    began = clock(redis)
    assert another(dead).admit() == 0
    assert clock(redis) - began >= 0.4


def test_each_further_request_renews_the_lease(redis):
    held = fresh(redis, 1000.0, places=1, lease=60)
    assert held.admit() == 0
    places = f"rolecall:places:{held.host}"
    for _ in range(3):
        asked = clock(redis)
        redis.zadd(places, {held.holder: asked + 30})  # as if half of it had passed, however long this process takes
        held.wait(1)
        assert redis.zscore(places, held.holder) >= asked + 60
        with pytest.raises(BoardUnavailable, match="as many runs read"):
            another(held).wait(0)


def test_a_lease_is_not_lost_while_its_run_waits_for_its_turn(redis):
    held = fresh(redis, 2.0, burst=1.0, places=1, lease=0.2)
    assert held.admit() == 0
    with ThreadPoolExecutor(1) as threads:
        waits = threads.submit(held.wait, 5)
        time.sleep(0.3)
        assert redis.zscore(f"rolecall:places:{held.host}", held.holder) > clock(redis)
        waits.result(timeout=5)


def test_a_run_that_lost_its_place_takes_another_before_it_goes_on(redis):
    slow = fresh(redis, 1000.0, places=1, lease=0.1)
    assert slow.admit() == 0
    time.sleep(0.15)
    quick = Pace(redis, slow.host, 1000.0, places=1, lease=60)
    assert quick.admit() == 0
    with pytest.raises(BoardUnavailable, match="as many runs read"):
        slow.wait(0.2)
    quick.leave(answered=True)
    slow.wait(5)


def test_leaving_frees_only_the_own_place(redis):
    one = fresh(redis, 1000.0, places=2)
    other, third = another(one), another(one)
    assert one.admit() == other.admit() == 0
    third.leave(answered=True)
    assert redis.zcard(f"rolecall:places:{one.host}") == 2
    other.leave()
    assert redis.zrange(f"rolecall:places:{one.host}", 0, -1) == [one.holder]


def test_no_place_is_taken_by_who_has_no_token(redis):
    pace = fresh(redis, 0.1, places=5)
    assert pace.admit() == 0
    assert another(pace).admit() > 0
    assert redis.zcard(f"rolecall:places:{pace.host}") == 1


def test_leaving_tells_the_news_in_the_same_trip(redis):
    pace = fresh(redis, 10.0, places=1)
    with redis.pubsub() as radio:
        radio.subscribe(pace.host)
        radio.get_message(timeout=5)
        assert pace.admit() == 0
        with commands(redis) as heard:
            pace.leave(answered=True, publish=(pace.host, 7))
        assert heard == ["EVALSHA"]
        assert radio.get_message(timeout=5)["data"] == "7"
        pace.leave(answered=True, publish=(pace.host, 8))
        assert radio.get_message(timeout=5)["data"] == "8"
    assert redis.zcard(f"rolecall:places:{pace.host}") == 0


def test_places_of_another_age_are_free(redis):
    """The clock was set back: those leases would last for years."""
    pace = fresh(redis, 1000.0, places=2)
    later = clock(redis) + 10 * 365 * 86_400
    redis.zadd(f"rolecall:places:{pace.host}", {"a": later, "b": later})
    redis.zadd(f"rolecall:waiting:{pace.host}", {str(number): later for number in range(100)})
    assert pace.admit() == 0


def test_a_flush_takes_nothing_but_memory(redis):
    held = fresh(redis, 10.0, places=1)
    failed(held)
    assert held.admit() == 0
    redis.flushdb()
    redis.script_flush()
    held.wait(5)
    held.leave(answered=False, failure="again", publish=("news", 1))
    assert redis.hget(key(held), "failures") == "1"
    assert redis.ttl(key(held)) > 0
    assert another(held).admit() == 0


# -- the circuit: a host that fails time after time is left alone -----------------------------------------------------


def failed(pace: Pace, times: int = 1, failure: str = "it did not answer in time") -> None:
    """Let runs fail, one after the other."""
    for _ in range(times):
        run = another(pace)
        assert run.admit() == 0
        run.leave(answered=False, failure=failure)


def opened(redis, **more) -> Pace:
    """A host whose circuit has just opened."""
    pace = fresh(redis, 1000.0, **more)
    failed(pace, FAILURES)
    return pace


def let_pass(pace: Pace) -> None:
    """Let the time pass for which the circuit is open."""
    pace.redis.hset(key(pace), "open", str(clock(pace.redis) - 0.001))


def open_for(pace: Pace) -> float:
    return float(pace.redis.hget(key(pace), "open")) - clock(pace.redis)


def test_a_circuit_opens_after_five_failures_in_a_row_and_not_before(redis):
    pace = fresh(redis, 1000.0)
    failed(pace, FAILURES - 1)
    run = another(pace)
    assert run.admit() == 0
    run.leave(answered=False, failure="it broke the connection off")
    assert 55 <= another(pace).admit() <= 60


def test_any_answer_begins_the_count_anew(redis):
    pace = fresh(redis, 1000.0)
    for _ in range(3):
        failed(pace, FAILURES - 1)
        run = another(pace)
        assert run.admit() == 0
        run.leave(answered=True)
    assert redis.hget(key(pace), "failures") is None
    assert another(pace).admit() == 0


def test_a_run_that_never_asked_proves_nothing(redis):
    pace = fresh(redis, 1000.0)
    failed(pace, FAILURES - 1)
    run = another(pace)
    assert run.admit() == 0
    run.leave(answered=None)
    assert redis.hget(key(pace), "failures") == str(FAILURES - 1)


def test_a_failure_is_told_once(redis):
    pace = fresh(redis, 1000.0)
    assert pace.admit() == 0
    pace.leave(answered=False, failure="x")
    pace.leave(answered=False, failure="x", publish=("news", 1))
    assert redis.hget(key(pace), "failures") == "1"


def test_of_fifty_that_come_at_once_exactly_one_tries_a_half_open_circuit(redis):
    pace = opened(redis, places=2)
    let_pass(pace)
    runs = [another(pace) for _ in range(50)]
    with ThreadPoolExecutor(50) as threads:
        waits = list(threads.map(Pace.admit, runs))
    assert waits.count(0) == 1
    assert all(5 <= wait <= 30 for wait in waits if wait)


def test_a_probe_that_is_answered_closes_the_circuit(redis):
    pace = opened(redis)
    let_pass(pace)
    assert pace.admit() == 0
    pace.wait(1)  # it may go on asking
    pace.leave(answered=True)
    assert [another(pace).admit() for _ in range(5)] == [0] * 5
    failed(pace, FAILURES)
    assert 55 <= open_for(pace) <= 60  # and the next time begins with a minute


def test_each_probe_that_fails_doubles_the_time_up_to_half_an_hour(redis):
    pace = opened(redis)
    seconds = []
    for _ in range(8):
        let_pass(pace)
        probe = another(pace)
        assert probe.admit() == 0
        probe.leave(answered=False, failure="still broken")
        seconds.append(open_for(pace))
    assert seconds == pytest.approx([120, 240, 480, 960, *[LONGEST_OPEN] * 4], abs=3)


def test_a_probe_that_was_kept_from_asking_lets_the_next_one_try(redis):
    pace = opened(redis)
    let_pass(pace)
    assert pace.admit() == 0
    assert another(pace).admit() > 0
    pace.leave(answered=None)
    assert another(pace).admit() == 0


def test_a_probe_whose_worker_died_is_replaced(redis):
    pace = opened(redis, lease=0.3)
    let_pass(pace)
    assert pace.admit() == 0
    assert another(pace).admit() > 0
    time.sleep(0.35)
    assert another(pace).admit() == 0


def test_a_run_that_began_before_neither_prolongs_nor_reopens(redis):
    pace = fresh(redis, 1000.0)
    late = [another(pace) for _ in range(3)]
    assert [run.admit() for run in late] == [0, 0, 0]
    failed(pace, FAILURES)
    before = open_for(pace)
    late[0].leave(answered=False, failure="x")
    assert open_for(pace) <= before
    let_pass(pace)
    late[1].leave(answered=False, failure="x")
    assert open_for(pace) < 0
    late[2].leave(answered=True)
    assert another(pace).admit() == 0
    assert redis.hget(key(pace), "open") is None


def test_who_meets_a_circuit_that_is_open_for_long_is_told_why(redis):
    pace = opened(redis)
    for _ in range(2):
        let_pass(pace)
        probe = another(pace)
        probe.admit()
        probe.leave(answered=False, failure="it refuses connections")
    with pytest.raises(BoardUnavailable) as told:
        another(pace).admit()
    until = datetime.now(UTC) + timedelta(seconds=open_for(pace))
    assert str(told.value) == (
        f"{pace.host} has failed 7 times in a row, the last: it refuses connections; it is left alone until "
        f"{until:%H:%M} UTC (`rolecall hosts --reset {pace.host}` ends that)"
    )
    assert told.value.retry_at is None


def test_a_further_request_does_not_go_through_an_open_circuit(redis):
    pace = fresh(redis, 1000.0)
    assert pace.admit() == 0
    failed(pace, FAILURES)
    with pytest.raises(BoardUnavailable, match="left alone until"):
        pace.wait(30)


def test_waiting_for_a_probe_ends_when_it_has_found_out(redis):
    pace = opened(redis)
    let_pass(pace)
    probe = another(pace)
    assert probe.admit() == 0
    with pytest.raises(BoardUnavailable, match="being tried by another run"):
        pace.wait(0)
    with ThreadPoolExecutor(1) as threads:
        waits = threads.submit(pace.wait, 10)
        time.sleep(0.2)
        assert not waits.done()
        probe.leave(answered=True)
        waits.result(timeout=5)


def test_a_person_can_close_a_circuit(redis):
    pace = opened(redis)
    assert another(pace).admit() > 0
    assert pace.close_circuit() is True
    assert another(pace).admit() == 0
    assert pace.close_circuit() is False


def test_a_circuit_of_another_age_is_open_for_half_an_hour_at_most(redis):
    pace = opened(redis)
    later = str(clock(redis) + 10 * 365 * 86_400)
    redis.hset(key(pace), mapping={"open": later, "probe": later, "prober": "somebody"})
    with pytest.raises(BoardUnavailable):
        pace.admit()
    assert open_for(pace) <= LONGEST_OPEN + 1
    let_pass(pace)
    assert pace.admit() == 0


def test_a_failing_host_is_remembered_for_a_day(redis):
    pace = opened(redis)
    assert 86_000 < redis.ttl(key(pace)) <= 86_400
    another(pace).admit()
    assert 86_000 < redis.ttl(key(pace)) <= 86_400


def test_what_a_host_said_is_kept_short(redis):
    pace = fresh(redis, 10.0)
    failed(pace, failure="x" * 10_000)
    assert len(redis.hget(key(pace), "error")) == 300


def test_a_host_that_is_to_be_spaced_out_never_gets_two_at_once(redis):
    pace = Pace.spaced(redis, "https://slow.example.com", 0.2)
    began = clock(redis)
    for _ in range(6):
        pace.wait(5)
    assert clock(redis) - began >= 5 * 0.2 - 0.001
