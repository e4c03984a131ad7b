"""The simulated world: companies whose boards change round by round, and the exact record of what changed."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from threading import RLock
from typing import Any

from tests.boards.company import Change, Company, Snapshot
from tests.boards.names import company_name
from tests.boards.roles import Role, draw
from tests.boards.rounds import BoardRound
from tests.boards.vendors import VENDORS
from tests.boards.vocabulary import PLACES, TRADES
from tests.boards.wire import View


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
        found = company if isinstance(company, Company) else self.get(company)
        if found is None:
            raise KeyError(f"there is no company {company!r}")
        return found

    def get(self, company: str) -> Company | None:
        """Return a company by slug or name, or None."""
        return self._by_slug.get(company.replace(" ", "").lower())

    def __contains__(self, company: str) -> bool:
        return self.get(company) is not None

    def of(self, vendor: str) -> list[Company]:
        """Return the companies on one ATS."""
        return [company for company in self.companies if company.vendor.name == vendor]

    def find(self, vendor: str, key: Mapping[str, str | None]) -> Company | None:
        """Return the company that has a board, by the fields of its key; letter case does not matter."""
        return self._by_key.get(_index(vendor, key))

    def lives_at(self, host: str, path: str) -> Company | None:
        """Return the company whose board's page, or own careers page, is at an address."""
        return self._by_address.get(_bare(f"https://{host}{path}"))

    def open_ids(self, company: "str | Company", at: int | None = None) -> set[str]:
        """Return the external ids of the postings open now, or in an earlier round."""
        return set(self._at(company, at).roles)

    def titles(self, company: "str | Company", at: int | None = None) -> dict[str, str]:
        """Return {external id: title} of the postings open now, or in an earlier round."""
        return {role.id: role.title for role in self._at(company, at).roles.values()}

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

    def _at(self, company: "str | Company", at: int | None) -> Snapshot:
        return self[company].now if at is None else self[company].at(at)

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
            for number, at in enumerate(sorted(set(rounds))):
                roles = self[slug].at(at).roles
                found = [
                    Change(at, self[slug].slug, role.id, kind)
                    for role in roles.values()
                    if (kind := _kind(role, known.get(role.id), was_open=role.id in still_open))
                ]
                left = [Change(at, self[slug].slug, gone, "closed") for gone in still_open - set(roles)]
                events += (found + left) if number or baseline else []
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
            self._record(company, BoardRound(company, rng, self._draw).run())
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
            gone = {one: ("closed", company.now.roles[one]) for one in external_ids}
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
            back = {one: ("reopened", company.every[one]) for one in external_ids if one not in company.now.roles}
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
            external_id=company.vendor.posting_id(seed, number),
            number=number + 1,
            homes=company.homes,
            posted=(self.now - age).replace(microsecond=0),
            suffix=rng.choice(suffixes),
            title=title,
        )

    def _record(self, company: Company, touched: Mapping[str, tuple[str, Role]]) -> None:
        """Make a new snapshot of a board and write down what happened to it in this round."""
        roles = dict(company.now.roles)
        for external_id, (kind, role) in touched.items():
            company.every[external_id] = role
            if kind == "closed":
                del roles[external_id]
            else:
                roles[external_id] = role
            self.history.append(Change(self.round, company.slug, external_id, kind))
        company.snapshots.append(Snapshot(self.round, self.now, roles, company.now.noise + 1))


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
