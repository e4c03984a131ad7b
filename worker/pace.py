"""How fast each API host is asked, shared by every worker through Redis.

A token bucket per host, kept by one Lua script on Redis' own clock, so that workers need not agree on the time. What is
lost with Redis (a flush) is a few seconds of memory: buckets start full, and a host that is throttling says so again.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

import redis

from worker.errors import BoardUnavailable

BURST_SECONDS = 5
"""How many seconds of rate a bucket holds: as long as the pause between two releases of runs that waited."""

_TAKE = """
local now = redis.call('TIME')
now = now[1] + now[2] / 1000000
local rate, burst, queue = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == '1'
local saved = redis.call('HMGET', KEYS[1], 'tokens', 'at', 'blocked', 'tail')
local tokens = math.min(burst, (tonumber(saved[1]) or burst) + (now - (tonumber(saved[2]) or now)) * rate)
local blocked, tail = tonumber(saved[3]) or 0, tonumber(saved[4]) or 0
local wait = 0
if blocked > now then
  wait = blocked - now
elseif tokens >= 1 then
  tokens = tokens - 1
else
  wait = (1 - tokens) / rate
end
if wait > 0 and queue then
  tail = math.max(tail, now + wait) + 1 / rate
  wait = tail - now
end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(now), 'tail', tostring(tail))
redis.call('EXPIRE', KEYS[1], math.ceil(math.max(3600, blocked - now, tail - now)))
return tostring(wait)
"""

_BLOCK = """
local now = redis.call('TIME')
local until_ = now[1] + now[2] / 1000000 + tonumber(ARGV[1])
if until_ > (tonumber(redis.call('HGET', KEYS[1], 'blocked')) or 0) then
  redis.call('HSET', KEYS[1], 'blocked', tostring(until_))
  redis.call('EXPIRE', KEYS[1], math.ceil(math.max(3600, tonumber(ARGV[1]))))
end
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """The bucket of one API host: `rate` requests per second, in bursts of `BURST_SECONDS` of it."""

    redis: redis.Redis
    host: str
    rate: float

    def admit(self) -> float:
        """Take a place for a run's first request: 0 to go now, else the seconds after which to come back.

        Each run that has to wait is given a moment of its own, so that they do not all come back at once.
        """
        return self._take(queue=True)

    def wait(self, most: float) -> None:
        """Wait until a further request of a run may go. Raises BoardUnavailable when that takes over `most` seconds."""
        until = time.monotonic() + most
        while (pause := self._take(queue=False)) > 0:
            if time.monotonic() + pause > until:
                raise BoardUnavailable(f"{self.host} is asked by many runs at the moment; the time for this one is up")
            time.sleep(pause)

    def block(self, until: datetime) -> None:
        """Leave the host alone until then: it said so, and every worker heeds it."""
        seconds = (until - datetime.now(UTC)).total_seconds()
        if seconds > 0:
            self.redis.eval(_BLOCK, 1, self._key, str(seconds))

    @property
    def _key(self) -> str:
        return f"rolecall:pace:{self.host}"

    def _take(self, *, queue: bool) -> float:
        burst = max(1.0, self.rate * BURST_SECONDS)
        script = self.redis.register_script(_TAKE)
        return float(script(keys=[self._key], args=[self.rate, burst, int(queue)]))
