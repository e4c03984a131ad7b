"""Which workers are there: each says so in Redis while it takes messages, and `/readyz` and `doctor` read it."""

import time

import redis
import structlog

from worker.resources import redis_client

log = structlog.get_logger()

KEY = "rolecall:workers"
"""A sorted set of worker names, by when they were last seen on Redis' own clock."""
EVERY_SECONDS = 10.0
GONE_AFTER_SECONDS = 60.0

_said_at: dict[str, float] = {}


def beat(worker: str) -> None:
    """Say that a worker is there, at most every ten seconds. While Redis is away, nobody is told."""
    if time.monotonic() - _said_at.get(worker, -EVERY_SECONDS) < EVERY_SECONDS:
        return
    _said_at[worker] = time.monotonic()
    try:
        with redis_client() as client:
            now = client.time()[0]
            client.zadd(KEY, {worker: now})
            client.zremrangebyscore(KEY, "-inf", now - GONE_AFTER_SECONDS)
    except redis.RedisError as error:
        log.warning("nobody can be told that this worker is there", error=str(error))


def seen(client: redis.Redis) -> list[str]:
    """Return the workers seen within the last minute, by name."""
    return sorted(str(name) for name in client.zrangebyscore(KEY, client.time()[0] - GONE_AFTER_SECONDS, "+inf"))
