"""The simulated world: companies whose boards change round by round, and the exact record of what changed."""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from threading import RLock
from typing import Any, NamedTuple

from tests.boards.names import company_name
from tests.boards.roles import Role, draw, relocated, repaid, retitled, reworded
from tests.boards.vendors import VENDORS
from tests.boards.vendors.vendor import Vendor
from tests.boards.vocabulary import PLACES, TRADES, Place
from tests.boards.wire import View

FEWEST = 3
"""No ordinary round leaves a board with fewer postings."""


class Change(NamedTuple):
    """What happened to one posting: `kind` is opened, updated, closed or reopened; `company` is its slug."""

    round: int
    company: str
    external_id: str
    kind: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A board from one round on, until its next snapshot."""

    round: int
    at: datetime
    roles: Mapping[str, Role]
    noise: int


@dataclass(slots=True)
class Company:
    """A company and its one board."""

    slug: str
    name: str
    vendor: Vendor
    key: Mapping[str, str]
    trade: str
    homes: tuple[Place, ...]
    size: int
    snapshots: list[Snapshot] = field(default_factory=list)
    every: dict[str, Role] = field(default_factory=dict)
    """Each posting that ever was, as it was last."""
    unlisted: tuple[Role, ...] = ()

    @property
    def now(self) -> Snapshot:
        return self.snapshots[-1]

    @property
    def address(self) -> str:
        """The board's page as people paste it."""
        return self.vendor.address(self.key)

    @property
    def site(self) -> str:
        """The company's own careers page, which links to the board."""
        return f"https://www.{self.slug}.example/careers"

    def at(self, round: int) -> Snapshot:
        """Return the snapshot that held in a round; before the company was founded, its first."""
        after = bisect_right(self.snapshots, round, key=lambda snapshot: snapshot.round)
        return self.snapshots[max(after - 1, 0)]


class World:
    """Companies over the eleven vendors in turn. Equal seeds give equal worlds, round for round.

    `start` is the time of round 0, `step` the time a round takes; dates on the boards follow this clock. `sizes` bounds
    the number of postings of ordinary boards; one in thirty has three to six times as many. In each round `pace` of the
    boards change (at least one), and `noise` of them change in ways that no reader would notice.
    """

    def __init__(
        self,
        seed: int = 1,
        companies: int = 30,
        *,
        vendors: Sequence[str] = tuple(VENDORS),
        sizes: tuple[int, int] = (4, 40),
        pace: float = 0.15,
        noise: float = 0.1,
        start: datetime = datetime(2026, 9, 1, 8, tzinfo=UTC),
        step: timedelta = timedelta(hours=1),
    ) -> None:
        self.seed, self.sizes, self.pace, self.noise, self.start, self.step = seed, sizes, pace, noise, start, step
        self.round = 0
        self.history: list[Change] = []
        self.companies: list[Company] = []
        self._by_slug: dict[str, Company] = {}
        self._by_key: dict[tuple[str, ...], Company] = {}
        self._by_address: dict[str, Company] = {}
        self._lock = RLock()
        for number in range(companies):
            self.add_company(vendors[number % len(vendors)])

    # -- reading ----------------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The world's clock."""
        return self.start + self.round * self.step

    def __getitem__(self, company: "str | Company") -> Company:
        """Return a company by slug (`lumenforge`) or name (`Lumen Forge`)."""
        return company if isinstance(company, Company) else self._by_slug[company.replace(" ", "").lower()]

    def __contains__(self, company: str) -> bool:
        return company.replace(" ", "").lower() in self._by_slug

    def of(self, vendor: str) -> list[Company]:
        """Return the companies on one ATS."""
        return [company for company in self.companies if company.vendor.name == vendor]

    def find(self, vendor: str, key: Mapping[str, str | None]) -> Company | None:
        """Return the company that has a board, by the fields of its key; letter case does not matter."""
        return self._by_key.get(_index(vendor, key))

    def lives_at(self, host: str, path: str) -> Company | None:
        """Return the company whose board's page, or own careers page, is at an address."""
        return self._by_address.get(_bare(f"https://{host}{path}"))

    def open_ids(self, company: "str | Company", round: int | None = None) -> set[str]:
        """Return the external ids of the postings open now, or in an earlier round."""
        return set(self._at(company, round).roles)

    def titles(self, company: "str | Company", round: int | None = None) -> dict[str, str]:
        """Return {external id: title} of the postings open now, or in an earlier round."""
        return {id: role.title for id, role in self._at(company, round).roles.items()}

    def role(self, company: "str | Company", external_id: str) -> Role:
        """Return a posting as it is, or was before it closed."""
        return self[company].every[external_id]

    def view(self, company: Company) -> View:
        """Return what the board shows now, rows in the order of this moment."""
        state = company.now
        roles = tuple(reversed(state.roles.values()))
        turn = state.noise * 5 % len(roles) if roles else 0
        roles = roles[turn:] + roles[:turn]
        return View(company, roles, state.noise, state.at, self.now, company.name, len(roles))

    def _at(self, company: "str | Company", round: int | None) -> Snapshot:
        return self[company].now if round is None else self[company].at(round)

    # -- what Rolecall should have seen -----------------------------------------------------------------------------

    def expected_events(self, observed: Mapping[str, Iterable[int]], *, baseline: bool = True) -> list[Change]:
        """Return the events of a reader that saw each company (by slug) at these rounds and no others.

        A change's `round` is the one at which it was seen. What happened and was undone between two rounds leaves no
        event; a posting that comes back is `reopened` alone, even if it was edited meanwhile. Without `baseline` the
        postings of each first sight are left out.
        """
        events: list[Change] = []
        for slug, rounds in observed.items():
            known: dict[str, Role] = {}
            still_open: set[str] = set()
            for number, round in enumerate(sorted(set(rounds))):
                roles = self[slug].at(round).roles
                found = [
                    Change(round, self[slug].slug, id, kind)
                    for id, role in roles.items()
                    if (kind := _kind(role, known.get(id), was_open=id in still_open))
                ]
                gone = [Change(round, self[slug].slug, id, "closed") for id in still_open - set(roles)]
                events += (found + gone) if number or baseline else []
                known |= roles
                still_open = set(roles)
        return sorted(events)

    # -- change -----------------------------------------------------------------------------------------------------

    def advance(self, rounds: int = 1) -> list[Change]:
        """Let time pass; return what changed on the boards. Pages being served meanwhile are whole, old or new."""
        with self._lock:
            before = len(self.history)
            for _ in range(rounds):
                self._next_round()
            return self.history[before:]

    def _next_round(self) -> None:
        self.round += 1
        rng = Random(f"{self.seed}/round/{self.round}")
        count = len(self.companies)
        busy = max(1, round(self.pace * count) + rng.choice((-1, 0, 0, 1))) if self.pace else 0
        for company in rng.sample(self.companies, min(busy, count)):
            self._record(company, _Round(self, company, rng).run())
        for company in rng.sample(self.companies, round(self.noise * count)):
            if company.now.round != self.round:
                company.snapshots.append(
                    replace(company.now, round=self.round, at=self.now, noise=company.now.noise + 1)
                )

    def open(self, company: "str | Company", count: int = 1, *, title: str = "") -> list[Role]:
        """Open postings in a round of their own, under a given title if there is one."""
        with self._lock:
            company = self[company]
            self.round += 1
            rng = Random(f"{self.seed}/{company.slug}/by-hand/{self.round}")
            roles = [self._draw(company, rng, len(company.every) + n, title=title) for n in range(count)]
            self._record(company, {role.id: ("opened", role) for role in roles})
            return roles

    def edit(self, company: "str | Company", external_id: str, **fields: Any) -> Role:
        """Change fields of an open posting in a round of its own: `title`, `places`, `pay`, `duties` …"""
        with self._lock:
            company = self[company]
            if title := fields.pop("title", None):
                fields |= {"craft": title, "rank": "", "focus": "", "suffix": ""}
            role = replace(company.now.roles[external_id], **fields)
            self.round += 1
            self._record(company, {external_id: ("updated", role)})
            return role

    def close(self, company: "str | Company", external_ids: Iterable[str]) -> None:
        """Close postings in a round of their own, however many."""
        with self._lock:
            company = self[company]
            gone = {id: ("closed", company.now.roles[id]) for id in external_ids}
            self.round += 1
            self._record(company, gone)

    def close_most(self, company: "str | Company", share: float = 0.8) -> set[str]:
        """Close a share of a board for good, as a company does that stops hiring; return what closed."""
        ids = sorted(self.open_ids(company))
        gone = set(ids[: round(len(ids) * share)])
        self.close(company, gone)
        return gone

    def reopen(self, company: "str | Company", external_ids: Iterable[str]) -> None:
        """Open closed postings again, as they were, in a round of its own."""
        with self._lock:
            company = self[company]
            back = {id: ("reopened", company.every[id]) for id in external_ids if id not in company.now.roles}
            self.round += 1
            self._record(company, back)

    def add_company(self, vendor: str, *, name: str = "", postings: int | None = None) -> Company:
        """Found a company with a board on an ATS. Workday clamps a board of more than 2,000 postings."""
        with self._lock:
            number = len(self.companies)
            rng = Random(f"{self.seed}/company/{number}")
            name = name or company_name(self.seed, number)
            slug = name.replace(" ", "").lower()
            usual = rng.randint(*self.sizes) * (rng.randint(3, 6) if rng.random() < 1 / 30 else 1)
            company = Company(
                slug=slug,
                name=name,
                vendor=VENDORS[vendor],
                key=VENDORS[vendor].key(slug, name, rng),
                trade=TRADES[rng.randrange(len(TRADES))][1],
                homes=tuple(rng.sample(PLACES, rng.choice((1, 2, 2, 3, 5)))),
                size=usual if postings is None else postings,
            )
            roles = [
                self._draw(company, rng, n, age=timedelta(hours=rng.randrange(1, 1500))) for n in range(company.size)
            ]
            roles.sort(key=lambda role: role.posted)
            company.every.update((role.id, role) for role in roles)
            company.unlisted = (self._draw(company, rng, -1, title="Confidential Search"),)
            company.snapshots.append(Snapshot(self.round, self.now, dict(company.every), noise=0))
            self.history += [Change(self.round, slug, role.id, "opened") for role in roles]
            self._by_slug[slug] = self._by_key[_index(vendor, company.key)] = company
            self._by_address[_bare(company.address)] = self._by_address[_bare(company.site)] = company
            self.companies.append(company)
            return company

    def _draw(
        self, company: Company, rng: Random, number: int, *, age: timedelta = timedelta(), title: str = ""
    ) -> Role:
        seed = hashlib.sha256(f"{self.seed}/{company.slug}".encode()).digest()
        suffixes = company.vendor.title_suffixes
        return draw(
            rng,
            id=company.vendor.posting_id(seed, number),
            number=number + 1,
            homes=company.homes,
            posted=(self.now - age).replace(microsecond=0),
            suffix=rng.choice(suffixes),
            title=title,
        )

    def _record(self, company: Company, touched: Mapping[str, tuple[str, Role]]) -> None:
        """Make a new snapshot of a board and write down what happened to it in this round."""
        roles = dict(company.now.roles)
        for id, (kind, role) in touched.items():
            company.every[id] = role
            if kind == "closed":
                del roles[id]
            else:
                roles[id] = role
            self.history.append(Change(self.round, company.slug, id, kind))
        company.snapshots.append(Snapshot(self.round, self.now, roles, company.now.noise + 1))


class _Round:
    """What one board does in one round: a few postings, each touched once at most."""

    def __init__(self, world: World, company: Company, rng: Random) -> None:
        self.world, self.company, self.rng = world, company, rng
        self.roles = company.now.roles
        self.touched: dict[str, tuple[str, Role]] = {}
        self.closed = 0

    def run(self) -> Mapping[str, tuple[str, Role]]:
        """Return {external id: (kind, role)}."""
        closing = 6 if len(self.roles) > self.company.size else 3
        for kind in self.rng.choices(
            ("open", "edit", "close", "reopen"), (3, 4, closing, 1), k=self.rng.choice((1, 1, 2, 3))
        ):
            if not getattr(self, f"_{kind}")():
                self._open()
        return self.touched

    def _open(self) -> bool:
        number = len(self.company.every) + sum(kind == "opened" for kind, _ in self.touched.values())
        role = self.world._draw(self.company, self.rng, number)
        self.touched[role.id] = ("opened", role)
        return True

    def _edit(self) -> bool:
        role = self._pick(self.roles.values())
        if role is None:
            return False
        edits = [retitled, retitled, relocated]
        edits += [reworded, reworded] if self.company.vendor.shows_text else []
        edits += [repaid] if self.company.vendor.shows_pay and role.pay else []
        self.touched[role.id] = ("updated", self.rng.choice(edits)(role, self.rng))
        return True

    def _close(self) -> bool:
        """Close a posting, at most a tenth of the board and one, so that no ordinary round looks like a mass closure."""
        left = len(self.roles) - self.closed
        role = self._pick(self.roles.values()) if self.closed <= len(self.roles) // 10 and left > FEWEST else None
        if role is None:
            return False
        self.closed += 1
        self.touched[role.id] = ("closed", role)
        return True

    def _reopen(self) -> bool:
        role = self._pick(role for id, role in self.company.every.items() if id not in self.roles)
        if role is None:
            return False
        self.touched[role.id] = ("reopened", role)
        return True

    def _pick(self, roles: Iterable[Role]) -> Role | None:
        free = [role for role in roles if role.id not in self.touched]
        return self.rng.choice(free) if free else None


def _kind(role: Role, known: Role | None, *, was_open: bool) -> str | None:
    if known is None:
        return "opened"
    if not was_open:
        return "reopened"
    return "updated" if role != known else None


def _index(vendor: str, key: Mapping[str, str | None]) -> tuple[str, ...]:
    return (vendor, *((key[name] or "").lower() for name in sorted(key)))


def _bare(address: str) -> str:
    return address.removeprefix("https://").rstrip("/").lower()
