"""What happens on one board in one ordinary round."""

from collections.abc import Callable, Iterable, Mapping
from random import Random

from tests.boards.company import Company
from tests.boards.roles import Role, relocated, repaid, retitled, reworded

FEWEST = 3
"""No ordinary round leaves a board with fewer postings."""


class BoardRound:
    """What one board does in one round: a few postings, each touched once at most."""

    def __init__(self, company: Company, rng: Random, draw: Callable[[Company, Random, int], Role]) -> None:
        self.company, self.rng, self.draw = company, rng, draw
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
        role = self.draw(self.company, self.rng, number)
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
        """Close at most a tenth of the board and one more, so that no ordinary round looks like a mass closure."""
        left = len(self.roles) - self.closed
        role = self._pick(self.roles.values()) if self.closed <= len(self.roles) // 10 and left > FEWEST else None
        if role is None:
            return False
        self.closed += 1
        self.touched[role.id] = ("closed", role)
        return True

    def _reopen(self) -> bool:
        role = self._pick(role for role in self.company.every.values() if role.id not in self.roles)
        if role is None:
            return False
        self.touched[role.id] = ("reopened", role)
        return True

    def _pick(self, roles: Iterable[Role]) -> Role | None:
        free = [role for role in roles if role.id not in self.touched]
        return self.rng.choice(free) if free else None
