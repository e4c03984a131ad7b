"""What the robots.txt of each host lets Rolecall ask (RFC 9309): read once a day, and shared by every worker.

Redis keeps a copy for as long as it may be needed, and beside it a mark for as long as it need not be asked again. A
process remembers what was allowed, so that an ordinary scan costs no trip to Redis; it looks there before it refuses.
"""

import re
import threading
import time
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from protego import Protego
from redis import Redis

from worker.errors import BoardRefused, BoardUnavailable
from worker.extractor import Extractor
from worker.http import BoardClient, Permit, fetch_robots
from worker.pace import Pace
from worker.settings import Settings

AGENT = "rolecall"
"""The product token that a group of rules may name (RFC 9309 §2.2.1), in lower case."""
FRESH_SECONDS = 86_400
"""How long a copy is used without asking again (§2.4)."""
KEPT_SECONDS = 7 * 86_400
"""How long it is used when the host, asked again, does not answer: longer than a day only then (§2.4)."""
FIRST_PAUSE, LONGEST_PAUSE = 20, 600
"""Seconds until a host that did not answer is asked again; each time in a row doubles them."""
LONGEST_DELAY = 30.0
"""Crawl-delay is heeded up to so many seconds: a run that pauses longer would never end."""

COPY_PREFIX, MARK_PREFIX = "rolecall:robots:", "rolecall:robots-fresh:"
_REMEMBERED_MOST = 20_000
_LARGE = 65_536
_AGENT_LINE = re.compile(r"user(?:-|\s*)agent(?:\s*:|\s|$)\s*(.*)", re.IGNORECASE)
_SITEMAP_LINE = re.compile(r"site-?maps?\b", re.IGNORECASE)
_TOKEN = re.compile(r"[a-z_-]+", re.IGNORECASE)
_NOT_US = "somebody-else"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a robots.txt says to Rolecall: what it may ask (no parser: everything), and the seconds between requests."""

    parser: Protego | None
    delay: float

    def allow(self, url: str) -> bool:
        """Whether an address may be asked."""
        return self.parser is None or bool(self.parser.can_fetch(url, AGENT))


def read_rules(text: str) -> Rules:
    """Read a robots.txt. Whatever is in it, something comes out: what is no rule is passed over."""
    lines = _for_us(text)
    return _read_large(lines) if len(lines) > _LARGE else _read(lines)


def _for_us(text: str) -> str:
    """Return the lines that matter, with all other agents under one name.

    Protego takes time and memory for each agent times each of its rules: minutes, for a small file made to harm. It
    also takes the beginning of our name for our name and our name with a version for another; the RFC does not.
    """
    lines = []
    for line in text.removeprefix("\ufeff").splitlines():
        said = line.partition("#")[0].strip()
        if found := _AGENT_LINE.fullmatch(said):
            name = found[1].strip()
            token = _TOKEN.match(name)
            us = token is not None and token[0].lower() == AGENT
            said = f"User-agent: {AGENT if us else '*' if name == '*' else _NOT_US}"
        if said and not _SITEMAP_LINE.match(said):
            lines.append(said)
    return "\n".join(lines)


def _parsed(lines: str) -> Rules:
    parser = Protego.parse(lines)
    delay = min(parser.crawl_delay(AGENT) or 0.0, LONGEST_DELAY)
    restricts = re.search(r"^di", lines, re.IGNORECASE | re.MULTILINE)  # disallow, as Protego lets people spell it
    return Rules(parser if restricts else None, delay)


_read = lru_cache(maxsize=1024)(_parsed)  # the boards of one vendor have hosts of their own, and the same file on each
_read_large = lru_cache(maxsize=4)(_parsed)


class Memory:
    """The rules a process remembers, each for as long as its copy in Redis is fresh."""

    def __init__(self) -> None:
        self._rules: dict[str, tuple[float, Rules]] = {}
        self._lock = threading.Lock()

    def get(self, origin: str) -> Rules | None:
        """Return the rules of a host, if they are remembered."""
        until, rules = self._rules.get(origin, (0.0, None))
        return rules if time.monotonic() < until else None

    def put(self, origin: str, rules: Rules, seconds: float) -> None:
        """Remember rules for so many seconds; of too many the oldest are forgotten."""
        with self._lock:
            self._rules.pop(origin, None)
            while len(self._rules) >= _REMEMBERED_MOST:
                del self._rules[next(iter(self._rules))]
            self._rules[origin] = (time.monotonic() + seconds, rules)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._rules.clear()


MEMORY = Memory()


def permit_of(vendor: Extractor, client: Redis, settings: Settings) -> Permit | None:
    """Return what permits the requests of a run: robots.txt, unless the vendor offers its endpoint to the public."""
    if vendor.about and vendor.about.public_api:
        return None
    return Robots(client, settings.pace_scale).permit


class Robots:
    """Asks robots.txt before each request of a run, and keeps the distance it wants."""

    def __init__(self, client: Redis, pace_scale: float = 1.0) -> None:
        self._redis = client
        self._scale = pace_scale

    def permit(self, http: BoardClient, url: str) -> None:
        """Return when an address may be asked.

        Raises BoardRefused if the host's robots.txt forbids it, BoardUnavailable if nobody can tell right now or its
        Crawl-delay takes longer than the run has.
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}".lower()
        rules = MEMORY.get(origin)
        if rules is None or not rules.allow(url):
            rules = self._stored(origin) or self._asked(http, origin)
            if not rules.allow(url):
                raise self._refusal(origin, (parts.path or "/")[:200])
        if rules.delay:
            Pace.spaced(self._redis, origin, rules.delay / self._scale).wait(http.seconds_left)

    def _refusal(self, origin: str, path: str) -> BoardRefused:
        with self._redis.pipeline() as both:
            both.hset(COPY_PREFIX + origin, "refused", path)
            both.expire(COPY_PREFIX + origin, KEPT_SECONDS, nx=True)
            both.execute()
        return BoardRefused(
            f"{origin}/robots.txt does not let Rolecall ask for {path}, so it does not. Ask the company for another "
            "way to its postings, or add another address where it shows them"
        )

    def _stored(self, origin: str) -> Rules | None:
        """Return the rules that Redis has; None when the host has to be asked. Raises BoardUnavailable."""
        with self._redis.pipeline(transaction=False) as both:
            both.hgetall(COPY_PREFIX + origin)
            both.pttl(MARK_PREFIX + origin)
            copy, fresh = both.execute()
        if fresh <= 0 or not copy:
            return None
        return self._from_copy(origin, copy, fresh / 1000)

    def _from_copy(self, origin: str, copy: dict[str, str], seconds: float) -> Rules:
        if "text" not in copy:
            raise BoardUnavailable(
                f"{origin}/robots.txt could not be read ({copy.get('unreachable')}), and without it nothing on that "
                f"host is asked for (RFC 9309). It is asked again in {seconds:.0f} s"
            )
        rules = read_rules(copy["text"])
        MEMORY.put(origin, rules, seconds)
        return rules

    def _asked(self, http: BoardClient, origin: str) -> Rules:
        found = fetch_robots(http, origin)
        if found.unreachable is not None:
            return self._unreachable(origin, found.unreachable)
        text = _for_us(found.content.decode("utf-8", "replace"))
        with self._redis.pipeline() as all_of_it:
            all_of_it.delete(COPY_PREFIX + origin)
            all_of_it.hset(COPY_PREFIX + origin, "text", text)
            all_of_it.hset(COPY_PREFIX + origin, "crawl_delay", read_rules(text).delay)
            all_of_it.hset(COPY_PREFIX + origin, "checked_at", self._redis.time()[0])
            all_of_it.expire(COPY_PREFIX + origin, KEPT_SECONDS)
            all_of_it.set(MARK_PREFIX + origin, "", ex=FRESH_SECONDS)
            all_of_it.execute()
        return self._from_copy(origin, {"text": text}, FRESH_SECONDS)

    def _unreachable(self, origin: str, reason: str) -> Rules:
        """Note that a host did not answer; return the rules of an older copy. Raises BoardUnavailable without one."""
        times = int(self._redis.hincrby(COPY_PREFIX + origin, "failures", 1))
        pause = min(FIRST_PAUSE * 2 ** min(times - 1, 10), LONGEST_PAUSE)
        with self._redis.pipeline() as all_of_it:
            all_of_it.hset(COPY_PREFIX + origin, "unreachable", reason)
            all_of_it.hgetall(COPY_PREFIX + origin)
            all_of_it.expire(COPY_PREFIX + origin, KEPT_SECONDS, nx=True)
            all_of_it.set(MARK_PREFIX + origin, "", ex=pause)
            copy = all_of_it.execute()[1]
        return self._from_copy(origin, copy, pause)


def forget(client: Redis, host: str) -> int:
    """Let the robots.txt of a host be asked anew; return how many copies there were."""
    origins = [f"{scheme}://{host}" for scheme in ("https", "http")]
    for origin in origins:
        client.delete(MARK_PREFIX + origin)
    return int(client.delete(*(COPY_PREFIX + origin for origin in origins)))
