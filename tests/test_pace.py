"""How fast a host is asked, by Redis' own clock."""

import math
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from worker.errors import BoardUnavailable
from worker.pace import BURST_SECONDS, LONGEST_BLOCK, Pace

_numbers = count()


def fresh(redis, rate: float) -> Pace:
    """A host that nobody has asked yet."""
    return Pace(redis, f"host-{next(_numbers)}.example.com", rate)


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
        granted = pace._take(queue=queue) == 0
        asked.append((before, clock(redis), granted))
    granted = [(before, after) for before, after, yes in asked if yes]
    burst = max(1.0, rate * BURST_SECONDS)
    for first in range(len(granted)):
        for last in range(first, len(granted)):
            window = granted[last][1] - granted[first][0]
            assert last - first + 1 <= burst + rate * window + 1e-3
