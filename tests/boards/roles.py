"""One open role of the simulated world: how it is made up, and how it is edited so that a reader notices."""

from dataclasses import dataclass, replace
from datetime import datetime
from random import Random

from tests.boards.vocabulary import DEPARTMENTS, HABITS, INTROS, PERKS, PLACES, Department, Place

DEPARTMENT = {department.name: department for department in DEPARTMENTS}


@dataclass(frozen=True, slots=True)
class Pay:
    """Pay in whole currency units per `period`: `year`, `month` or `hour`."""

    low: int
    high: int
    currency: str
    period: str


@dataclass(frozen=True, slots=True)
class Role:
    """An open role. The texts are indices into the department's sentences, so that a role costs little memory."""

    id: str
    number: int
    """Counts the roles of one company; vendors derive requisition ids and slugs from it."""
    rank: str
    craft: str
    focus: str
    suffix: str
    department: str
    places: tuple[Place, ...]
    workplace: str
    """`onsite`, `hybrid` or `remote`."""
    employment: str
    """`full_time`, `part_time`, `contract`, `intern` or `temporary`."""
    pay: Pay | None
    posted: datetime
    intro: int
    habit: int
    duties: tuple[int, ...]
    skills: tuple[int, ...]
    perks: tuple[int, ...]
    path: str
    """The readable part of its address, given once and kept through edits, as vendors do."""

    @property
    def title(self) -> str:
        focus = f", {self.focus}" if self.focus else ""
        return f"{self.rank} {self.craft}".strip() + focus + self.suffix


def slug(text: str) -> str:
    """Write a text as vendors write it into addresses: `staff-engineer-payments`."""
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in text.lower())
    return "-".join(part for part in kept.split("-") if part)


def draw(
    rng: Random,
    *,
    external_id: str,
    number: int,
    homes: tuple[Place, ...],
    posted: datetime,
    suffix: str = "",
    title: str = "",
) -> Role:
    """Make up a role of a company that hires in `homes`."""
    department = rng.choice(DEPARTMENTS)
    employment = rng.choices(("full_time", "part_time", "contract", "intern", "temporary"), (84, 6, 4, 4, 2))[0]
    places = tuple(rng.sample(homes, 2 if len(homes) > 1 and rng.random() < 0.15 else 1))
    role = Role(
        id=external_id,
        number=number,
        rank="" if title or employment == "intern" else rng.choice(department.ranks),
        craft=title or rng.choice(department.crafts) + (" Intern" if employment == "intern" else ""),
        focus="" if title else rng.choice(("", *department.focuses)),
        suffix="" if title else suffix,
        department=department.name,
        places=places,
        workplace=rng.choices(("hybrid", "onsite", "remote"), (5, 3, 2))[0],
        employment=employment,
        pay=_draw_pay(rng, department, employment, places[0].currency) if rng.random() < 0.45 else None,
        posted=posted,
        intro=rng.randrange(len(INTROS)),
        habit=rng.randrange(len(HABITS)),
        duties=tuple(sorted(rng.sample(range(len(department.duties)), rng.randint(5, 6)))),
        skills=tuple(sorted(rng.sample(range(len(department.skills)), rng.randint(5, 7)))),
        perks=tuple(sorted(rng.sample(range(len(PERKS)), rng.randint(5, 9)))),
        path="",
    )
    return replace(role, path=slug(role.title))


def _draw_pay(rng: Random, department: Department, employment: str, currency: str) -> Pay:
    worth = {"SEK": 9, "DKK": 7, "PLN": 3}.get(currency, 1)
    if employment in {"part_time", "contract", "temporary"}:
        low = rng.randint(16, 60)
        return Pay(low * worth, (low + rng.randint(3, 15)) * worth, currency, "hour")
    low = rng.randint(int(department.pay * 0.7), int(department.pay * 1.4))
    high = low + rng.randint(8, 30)
    if currency == "EUR" and rng.random() < 0.2:
        return Pay(low * 80, high * 80, currency, "month")
    return Pay(low * worth * 1000, high * worth * 1000, currency, "year")


def retitled(role: Role, rng: Random) -> Role:
    """Give the role another rank or focus."""
    department = DEPARTMENT[role.department]
    ranks = [rank for rank in department.ranks if rank not in (role.rank, "")]
    focuses = [focus for focus in department.focuses if focus != role.focus]
    if role.employment != "intern" and rng.random() < 0.5:
        return replace(role, rank=rng.choice(ranks))
    return replace(role, focus=rng.choice(focuses))


def relocated(role: Role, rng: Random) -> Role:
    """Move the role to one city where it was not offered before, so that `2 Locations` changes as well."""
    return replace(role, places=(rng.choice([place for place in PLACES if place not in role.places]),))


def reworded(role: Role, rng: Random) -> Role:
    """Add one duty to the description, or take one away when all are there."""
    missing = [n for n in range(len(DEPARTMENT[role.department].duties)) if n not in role.duties]
    if missing and rng.random() < 0.7:
        return replace(role, duties=tuple(sorted((*role.duties, rng.choice(missing)))))
    gone = rng.choice(role.duties)
    kept = tuple(n for n in role.duties if n != gone)
    return replace(role, duties=tuple(sorted((*kept, *missing[:1]))))


def repaid(role: Role, rng: Random) -> Role:
    """Raise the pay by 3 to 12 percent. The role must have some."""
    if role.pay is None:
        raise ValueError(f"{role.title} states no pay")
    step = {"hour": 1, "month": 100, "year": 1000}[role.pay.period]
    rise = max(1, round(role.pay.low * rng.uniform(0.03, 0.12) / step)) * step
    return replace(role, pay=replace(role.pay, low=role.pay.low + rise, high=role.pay.high + rise))
