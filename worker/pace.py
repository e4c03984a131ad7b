"""How gently each API host is asked, shared by every worker through Redis.

Three things per host, kept by one script on Redis' own clock, so that workers need not agree on the time: a bucket of
tokens (how many requests a second), places (how many runs read there at the same time), and a circuit that opens when
the host fails time after time. What is lost with Redis (a flush) is a little memory: buckets start full, places free,
circuits closed, and a host that is throttling or broken says so again.
"""

import hashlib
import random
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from redis import Redis
from redis.exceptions import NoScriptError

from worker.errors import BoardUnavailable
from worker.extractor import Extractor
from worker.posting import BoardKey
from worker.settings import Settings

BURST_SECONDS = 5
"""How many seconds of rate a bucket holds: as long as the pause between two releases of runs that waited."""
PATIENCE_SECONDS = 5
"""How long a run waits on the spot for a place: as long as it would wait when put back until the next release."""
LONGEST_BLOCK = 3600
"""Seconds a host is left alone at most. What lies further ahead was written by a clock that has since been set back."""
FAILURES = 5
"""So many failures in a row open a host's circuit."""
FIRST_OPEN, LONGEST_OPEN = 60, 1800
"""Seconds for which it opens: each time that a probe fails it is twice as long."""
WORTH_WAITING = 120
"""A run waits for a circuit that is open for so many seconds more at most; otherwise it fails at once."""

HOST_PREFIX, PLACES_PREFIX, WAITING_PREFIX = "rolecall:pace:", "rolecall:places:", "rolecall:waiting:"
"""With a host's name, the Redis keys of what is known of it; `pace.lua` says what is in them."""

_CONSTANTS = {
    "HOST_PREFIX": f"'{HOST_PREFIX}'",
    "PLACES_PREFIX": f"'{PLACES_PREFIX}'",
    "WAITING_PREFIX": f"'{WAITING_PREFIX}'",
    "PATIENCE_SECONDS": PATIENCE_SECONDS,
    "LONGEST_BLOCK": LONGEST_BLOCK,
    "FAILURES": FAILURES,
    "FIRST_OPEN": FIRST_OPEN,
    "LONGEST_OPEN": LONGEST_OPEN,
    "HOST_SECONDS": 3600,  # how long a host that nobody asks is remembered
    "FAILING_SECONDS": 86_400,  # and one that failed the last time
    "HEARD_SECONDS": 3,  # whoever waits on the spot asks more often than that
    "FIRST_HELD": 0.5,  # seconds a place is thought to be held before anybody has held one
}
_SCRIPT = "".join(f"local {name} = {value}\n" for name, value in _CONSTANTS.items()) + (
    Path(__file__).with_suffix(".lua").read_text()
)
_SHA = hashlib.sha1(_SCRIPT.encode(), usedforsecurity=False).hexdigest()
_LEASE_AFTER_REQUEST = 30.0
_SHORTEST_POLL, _POLL_SECONDS = 0.1, 0.5
_PROBED_SECONDS = (5.0, 30.0)
_FULL_SECONDS = (5.0, 60.0)
_ERROR_LONGEST = 300


@dataclass(slots=True)
class Pace:
    """One run's dealings with one API host: `rate` requests per second, in bursts of `burst` of them.

    At most `places` runs read the host at the same time (0: any number). A place is held from the first request to
    `leave`, and is free `lease` seconds after the last one if its worker died. `holder` is the run's name among all.
    """

    redis: Redis
    host: str
    rate: float
    places: int = 0
    burst: float = 0.0
    lease: float = 90.0
    holder: str = field(default_factory=lambda: secrets.token_hex(8))
    _wish: str = ""
    _since: float | None = None

    def __post_init__(self) -> None:
        self.burst = self.burst or max(1.0, self.rate * BURST_SECONDS)
        self._wish = f"{self.rate} {self.burst} {self.places} {self.lease} {self.holder}"

    @classmethod
    def of(cls, vendor: Extractor, key: BoardKey, client: Redis, settings: Settings, **more: str) -> Self:
        """Return the pace at which a board of a vendor is read."""
        return cls(
            client,
            vendor.pace_host(key),
            vendor.rate * settings.pace_scale,
            places=max(1, int(vendor.in_flight * settings.pace_scale)),
            lease=settings.request_seconds + _LEASE_AFTER_REQUEST,
            **more,  # type: ignore[arg-type]  # the holder
        )

    @classmethod
    def spaced(cls, client: Redis, host: str, seconds: float) -> Self:
        """Return a pace of one request every so many seconds, never two at once."""
        return cls(client, host, 1 / seconds, burst=1.0)

    def admit(self) -> float:
        """Take a place for a run's first request: 0 to go now, else the seconds after which to come back.

        Each run that has to wait for its turn is given a moment of its own, so that they do not all come back at once;
        one that only waits for another to leave, and soon, waits here. Raises BoardUnavailable when the host's circuit
        stays open for long: a run that ends is better than one that waits for half an hour.
        """
        why, seconds = self._take("first")
        if why == "here":
            why, seconds = self._take_soon(seconds)
        if why == "open" and seconds > WORTH_WAITING:
            raise self._in_the_way(why, seconds)
        if why in ("full", "here"):
            shortest, longest = _FULL_SECONDS
            return random.uniform(1.0, 2.0) * min(max(seconds, shortest), longest)
        if why == "probed":
            return random.uniform(*_PROBED_SECONDS)
        return seconds

    def wait(self, most: float) -> None:
        """Wait until a further request of a run may go. Raises BoardUnavailable when that takes over `most` seconds."""
        until = time.monotonic() + most
        while (taken := self._take("further"))[0] != "go":
            why, seconds = taken
            # When a run leaves, or a probe has found out, nobody knows: it is looked for again and again.
            pause = seconds if why in ("open", "paced") else random.uniform(0.1, 1.0) * _POLL_SECONDS
            if time.monotonic() + pause > until:
                raise self._in_the_way(why, seconds)
            time.sleep(pause)

    def leave(
        self, *, answered: bool | None = None, failure: str = "", publish: tuple[str, str | int] | None = None
    ) -> None:
        """Give the place back, and tell whether the host answered (None: it was not asked) or how it failed.

        What has been told once, and the place that has been given back, are not told and given again. `publish` is a
        channel and a message that go along: one trip to Redis instead of two.
        """
        if self._since is None and publish is None:
            return
        since, self._since = self._since, None
        held = 0.0 if since is None else time.monotonic() - since
        word = "unasked" if answered is None or since is None else "yes" if answered else "no"
        self._call(f"leave {self.holder} {word} {held:.6f}", *(publish or ("", "")), failure[:_ERROR_LONGEST])

    def block(self, until: datetime) -> None:
        """Leave the host alone until then: it said so, and every worker heeds it. Never shortens an earlier word."""
        seconds = (until - datetime.now(UTC)).total_seconds()
        if seconds > 0:
            self._call(f"block {seconds}")

    def close_circuit(self) -> bool:
        """Forget that the host has failed; return whether it had."""
        return bool(self._call("close"))

    def _take_soon(self, seconds: float) -> tuple[str, float]:
        """Wait on the spot for a place that should be free soon."""
        until = time.monotonic() + PATIENCE_SECONDS
        why = "here"
        while why in ("here", "full", "paced") and time.monotonic() < until:
            time.sleep(random.uniform(0.1, 1.0) * min(max(seconds, _SHORTEST_POLL), _POLL_SECONDS))
            why, seconds = self._take("again")
        return why, seconds

    def _take(self, command: str) -> tuple[str, float]:
        """Ask for a token and a place; return what is in the way ("go": nothing) and for how many seconds."""
        said = self._call(f"{command} {self._wish}")
        if said:
            return said[0], float(said[1])
        if self._since is None:
            self._since = time.monotonic()
        return "go", 0.0

    def _call(self, *arguments: str | int) -> Any:
        try:
            return self.redis.evalsha(_SHA, 1, HOST_PREFIX + self.host, *arguments)
        except NoScriptError:  # Redis was flushed or started anew
            return self.redis.eval(_SCRIPT, 1, HOST_PREFIX + self.host, *arguments)

    def _in_the_way(self, why: str, seconds: float) -> BoardUnavailable:
        if why == "paced":
            return BoardUnavailable(
                f"{self.host} has to be left alone for another {seconds:.3g} s, longer than this run has"
            )
        if why == "full":
            return BoardUnavailable(
                f"as many runs read {self.host} as may at the same time, and none of them left in time"
            )
        known: Any = self.redis.hmget(HOST_PREFIX + self.host, "failures", "error")
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        left = f"left alone until {until:%H:%M} UTC" if why == "open" else "being tried by another run right now"
        return BoardUnavailable(
            f"{self.host} has failed {known[0]} times in a row, the last: {known[1]}; it is {left} "
            f"(`rolecall hosts --reset {self.host}` ends that)"
        )
