"""A company of the simulated world, its board through time, and what is said of a change."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from tests.boards.roles import Role
from tests.boards.vendors.vendor import Vendor
from tests.boards.vocabulary import Place


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

    def at(self, number: int) -> Snapshot:
        """Return the snapshot that held in a round; before the company was founded, its first."""
        after = bisect_right(self.snapshots, number, key=lambda snapshot: snapshot.round)
        return self.snapshots[max(after - 1, 0)]
