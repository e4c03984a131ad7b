"""Hosts for tests, in every state, as runs leave them in Redis."""

from datetime import UTC, datetime, timedelta

from redis import Redis

from worker.pace import FAILURES, HOST_PREFIX, Pace
from worker.robots import COPY_PREFIX


def well(redis: Redis, host: str = "api.well.example") -> Pace:
    """A host that one run is reading right now."""
    pace = Pace(redis, host, 0.5, places=2)
    assert pace.admit() == 0
    return pace


def blocked(redis: Redis, host: str = "api.busy.example", seconds: float = 300) -> Pace:
    """A host that asked to be left alone."""
    pace = Pace(redis, host, 6.0, places=2)
    pace.block(datetime.now(UTC) + timedelta(seconds=seconds))
    assert pace.admit() > 0
    return pace


def broken(redis: Redis, host: str = "api.broken.example") -> Pace:
    """A host whose circuit is open."""
    for _ in range(FAILURES):
        pace = Pace(redis, host, 4.0, places=2)
        assert pace.admit() == 0
        pace.leave(answered=False, failure="it refuses connections")
    return pace


def half_open(redis: Redis, host: str = "api.broken.example") -> Pace:
    """A host that has been left alone for long enough."""
    pace = broken(redis, host)
    redis.hset(HOST_PREFIX + host, "open", str(redis.time()[0] - 1))
    return pace


def robots(redis: Redis, origin: str, **copy: str | float) -> None:
    """What is kept of a robots.txt that was read an hour ago."""
    redis.hset(COPY_PREFIX + origin, mapping={"text": "", "checked_at": redis.time()[0] - 3600, **copy})
