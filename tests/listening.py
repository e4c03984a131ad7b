"""Hearing what a test's own database of Redis is asked over the wire, whatever other tests do beside it."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from redis import Redis

GREETINGS = {"AUTH", "CLIENT", "HELLO", "PING", "SELECT"}
"""What a new connection says first."""


@contextmanager
def commands(redis: Redis) -> Iterator[list[str]]:
    """Yield a list that holds, after the block, the name of each command that was sent within it, scripts' own not."""
    heard: list[str] = []
    end, number = uuid.uuid4().hex, redis.connection_pool.connection_kwargs["db"]
    with Redis(connection_pool=redis.connection_pool) as listener, listener.monitor() as monitor:
        yield heard
        redis.echo(end)
        for one in monitor.listen():
            if end in one["command"]:
                return
            name = one["command"].split()[0]
            if one["db"] == number and one["client_type"] != "lua" and name not in GREETINGS:
                heard.append(name)
