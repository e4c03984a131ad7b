"""What Rolecall knows of the hosts it asks: their pace, places and circuits, and what their robots.txt say."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from redis import Redis
from sqlalchemy.orm import Session

from worker import pace, robots
from worker.errors import NotFound
from worker.extractor import Extractor
from worker.extractors import extractors
from worker.pace import BURST_SECONDS, Pace
from worker.store import scans

TROUBLED_MOST = 10
"""How many hosts of one vendor are named whose robots.txt refuses something or cannot be read."""
_BATCH = 500


@dataclass(slots=True)
class Refusal:
    """A host whose robots.txt does not let Rolecall ask for a path, or could not be read for a reason."""

    origin: str
    path: str | None = None
    reason: str | None = None


@dataclass(slots=True)
class RobotsSeen:
    """What is known of the robots.txt of a host, or of all hosts whose boards share its pace."""

    read: int = 0
    refusing: int = 0
    unreachable: int = 0
    crawl_delay: float | None = None
    """The longest, in seconds."""
    checked_at: datetime | None = None
    """When the oldest copy was read."""
    troubled: list[Refusal] = field(default_factory=list)


@dataclass(slots=True)
class Host:
    """A host under the name by which its requests are paced. Rates are per second; None: nothing is remembered."""

    host: str
    rate: float | None = None
    tokens: float | None = None
    places: int | None = None
    in_flight: int = 0
    waiting: int = 0
    blocked_until: datetime | None = None
    circuit: str = "closed"
    failures: int = 0
    failed_at: datetime | None = None
    error: str | None = None
    open_until: datetime | None = None
    robots: RobotsSeen | None = None
    """None: it was not asked for."""


def hosts(client: Redis) -> list[Host]:
    """Return the hosts that were asked lately, those in trouble within a day, by name."""
    now = _now(client)
    # Names with a scheme are those of Crawl-delay, which is told with the robots.txt it stands in.
    names = [name for name in _names(client, pace.HOST_PREFIX) if "://" not in name]
    found = {
        name: host for batch in _batches(names) for name, host in zip(batch, _paced(client, batch, now), strict=True)
    }
    families = found.keys() | {one.host for one in extractors().values()}
    seen: defaultdict[str, RobotsSeen] = defaultdict(RobotsSeen)
    for batch in _batches(_names(client, robots.COPY_PREFIX)):
        for origin, copy in zip(batch, _copies(client, batch), strict=True):
            _add(seen[_family(origin, families)], origin, copy)
    for name, summary in seen.items():
        found.setdefault(name, Host(name)).robots = summary
    return [found[name] for name in sorted(found)]


@dataclass(frozen=True, slots=True)
class Asked:
    """A host that a scan has to ask: what is known of it, and how many of the scan's boards are read and wait there."""

    host: Host
    running: int
    queued: int

    @property
    def seconds(self) -> float | None:
        """The shortest time in which the boards that wait can have their first request; None: the pace is not known."""
        if self.host.rate is None or self.host.tokens is None:
            return None
        return max(0.0, self.queued - self.host.tokens) / self.host.rate


def of_scan(db: Session, client: Redis, scan: int, *, most: int) -> tuple[list[Asked], int]:
    """Return the hosts that a scan has yet to ask, those first that are being asked; and how many there are besides."""
    vendors = extractors()
    left: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for ats, key, running, queued in scans.unfinished(db, scan, apart=_apart(vendors)):
        if vendor := vendors.get(ats):
            counts = left[vendor.pace_host(vendor.key(key) if key else {})]
            counts[0] += running
            counts[1] += queued
    names = sorted(left, key=lambda name: (-left[name][0], -left[name][1], name))
    known = _paced(client, names[:most], _now(client)) if names else ()
    return [Asked(host, *left[host.host]) for host in known], max(0, len(names) - most)


def reset(client: Redis, host: str) -> bool:
    """Close a host's circuit and let its robots.txt be asked anew; return whether its circuit had counted failures.

    Raises NotFound for a host of which nothing is remembered.
    """
    known = client.exists(pace.HOST_PREFIX + host)
    failed = Pace(client, host, 1.0).close_circuit()
    if not robots.forget(client, host) and not known:
        raise NotFound(f"nothing is remembered of {host}; `rolecall hosts` lists the hosts of which something is")
    return failed


def _apart(vendors: Mapping[str, Extractor]) -> list[str]:
    """Return the vendors of which each board has a host of its own."""
    return [ats for ats, one in vendors.items() if "{" in one.host]


def _names(client: Redis, prefix: str) -> list[str]:
    return sorted({str(key).removeprefix(prefix) for key in client.scan_iter(f"{prefix}*", count=1000)})


def _batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), _BATCH):
        yield names[start : start + _BATCH]


def _now(client: Redis) -> float:
    seconds, microseconds = client.time()
    return float(seconds) + float(microseconds) / 1e6


def _paced(client: Redis, names: Iterable[str], now: float) -> Iterator[Host]:
    with client.pipeline(transaction=False) as asked:
        for name in names:
            asked.hgetall(pace.HOST_PREFIX + name)
            asked.zcount(pace.PLACES_PREFIX + name, now, "+inf")
            asked.zcount(pace.WAITING_PREFIX + name, now, "+inf")
        said = iter(asked.execute())
    for name, known, in_flight, waiting in zip(names, said, said, said, strict=False):
        yield _host(name, known, in_flight, waiting, now)


def _host(name: str, known: Mapping[str, str], in_flight: int, waiting: int, now: float) -> Host:
    until = float(known.get("open", 0))
    return Host(
        name,
        rate=float(known["rate"]) if "rate" in known else None,
        tokens=_tokens(known, now),
        places=int(known["places"]) if "places" in known else None,
        in_flight=in_flight,
        waiting=waiting,
        blocked_until=_ahead(known.get("blocked"), now),
        circuit="open" if until > now else "half-open" if until else "closed",
        failures=int(known.get("failures", 0)),
        failed_at=_moment(known.get("failed_at")),
        error=known.get("error"),
        open_until=_ahead(known.get("open"), now),
    )


def _tokens(known: Mapping[str, str], now: float) -> float | None:
    if "rate" not in known:
        return None
    rate = float(known["rate"])
    passed = max(0.0, now - float(known["at"]))
    return round(min(max(1.0, rate * BURST_SECONDS), float(known["tokens"]) + passed * rate), 2)


def _moment(seconds: str | None) -> datetime | None:
    return datetime.fromtimestamp(float(seconds), UTC) if seconds else None


def _ahead(seconds: str | None, now: float) -> datetime | None:
    return _moment(seconds) if seconds and float(seconds) > now else None


def _copies(client: Redis, origins: Iterable[str]) -> list[Any]:
    with client.pipeline(transaction=False) as asked:
        for origin in origins:
            asked.hmget(robots.COPY_PREFIX + origin, "checked_at", "crawl_delay", "refused", "unreachable")
        return list(asked.execute())


def _family(origin: str, families: Iterable[str]) -> str:
    """Return the host whose pace an origin shares: itself, or the vendor's domain that it lies in."""
    host = urlsplit(origin).netloc
    labels = host.split(".")
    return next((name for start in range(len(labels)) if (name := ".".join(labels[start:])) in families), host)


def _add(seen: RobotsSeen, origin: str, copy: Sequence[str | None]) -> None:
    checked, delay, refused, unreachable = copy
    checked_at = _moment(checked)
    seen.read += checked_at is not None
    seen.refusing += refused is not None
    seen.unreachable += unreachable is not None
    if delay and float(delay) > (seen.crawl_delay or 0.0):
        seen.crawl_delay = float(delay)
    if checked_at and (seen.checked_at is None or checked_at < seen.checked_at):
        seen.checked_at = checked_at
    if (refused or unreachable) and len(seen.troubled) < TROUBLED_MOST:
        seen.troubled.append(Refusal(origin, refused, unreachable))
