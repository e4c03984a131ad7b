"""Who is there: workers say so in Redis while they take messages, beat when it ticks. `/readyz` and `doctor` ask."""

import time

import redis
import structlog

from worker.resources import redis_client

log = structlog.get_logger()

KEY = "rolecall:workers"
"""A sorted set of worker names, by when they were last seen on Redis' own clock."""
BEAT = "rolecall:beat"
"""When beat last sent a task, on Redis' own clock."""
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


def leave(worker: str) -> None:
    """Say that a worker is not there any more; one that cannot say so is forgotten after a minute."""
    _said_at.pop(worker, None)
    try:
        with redis_client() as client:
            client.zrem(KEY, worker)
    except redis.RedisError as error:
        log.warning("nobody can be told that this worker has stopped", error=str(error))


def tick() -> None:
    """Say that beat has sent a task, at most every ten seconds."""
    if time.monotonic() - _said_at.get(BEAT, -EVERY_SECONDS) < EVERY_SECONDS:
        return
    _said_at[BEAT] = time.monotonic()
    try:
        with redis_client() as client:
            client.set(BEAT, client.time()[0])
    except redis.RedisError as error:
        log.warning("nobody can be told that beat ticks", error=str(error))


def last_tick(client: redis.Redis) -> float | None:
    """Return the seconds since beat last ticked, None where that is not known."""
    at = client.get(BEAT)
    return None if at is None else max(0.0, client.time()[0] - float(at))


def seen(client: redis.Redis) -> list[str]:
    """Return the workers seen within the last minute, by name."""
    return sorted(str(name) for name in client.zrangebyscore(KEY, client.time()[0] - GONE_AFTER_SECONDS, "+inf"))
