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

LONGEST_BLOCK = 3600
"""Seconds a host is left alone at most. What lies further ahead was written by a clock that has since been set back."""

_TAKE = """
local now = redis.call('TIME')
now = now[1] + now[2] / 1000000
local rate, burst, queue, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == '1', tonumber(ARGV[4])
local saved = redis.call('HMGET', KEYS[1], 'tokens', 'at', 'blocked', 'tail')
local passed = math.max(0, now - (tonumber(saved[2]) or now))
local tokens = math.min(burst, (tonumber(saved[1]) or burst) + passed * rate)
local blocked = math.min(tonumber(saved[3]) or 0, now + longest)
local tail = tonumber(saved[4]) or 0
if tail > now + 86400 then tail = 0 end
local wait = 0
if blocked > now then
  wait = blocked - now
elseif tokens >= 1 then
  tokens = tokens - 1
else
  wait = (1 - tokens) / rate
end
if wait > 0 and queue then
  tail = math.max(tail + 1 / rate, now + wait)
  wait = tail - now
end
local function exact(number) return string.format('%.6f', number) end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.9f', tokens), 'at', exact(now),
  'blocked', exact(blocked), 'tail', exact(tail))
redis.call('EXPIRE', KEYS[1], math.ceil(math.max(3600, burst / rate, blocked - now, tail - now)))
return exact(wait)
"""

_BLOCK = """
local now = redis.call('TIME')
now = now[1] + now[2] / 1000000
local seconds = math.min(tonumber(ARGV[1]), tonumber(ARGV[2]))
if now + seconds > (tonumber(redis.call('HGET', KEYS[1], 'blocked')) or 0) then
  redis.call('HSET', KEYS[1], 'blocked', string.format('%.6f', now + seconds))
  redis.call('EXPIRE', KEYS[1], math.ceil(math.max(3600, seconds, redis.call('TTL', KEYS[1]))))
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
                raise BoardUnavailable(
                    f"{self.host} has to be left alone for another {pause:.3g} s, longer than this run has"
                )
            time.sleep(pause)

    def block(self, until: datetime) -> None:
        """Leave the host alone until then: it said so, and every worker heeds it. Never shortens an earlier word."""
        seconds = (until - datetime.now(UTC)).total_seconds()
        if seconds > 0:
            self.redis.eval(_BLOCK, 1, self._key, str(seconds), str(LONGEST_BLOCK))

    @property
    def _key(self) -> str:
        return f"rolecall:pace:{self.host}"

    def _take(self, *, queue: bool) -> float:
        burst = max(1.0, self.rate * BURST_SECONDS)
        script = self.redis.register_script(_TAKE)
        return float(script(keys=[self._key], args=[self.rate, burst, int(queue), LONGEST_BLOCK]))
