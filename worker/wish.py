"""Wishes: criteria, ready to judge postings by, and the reasons why one passes or does not.

What a board does not say keeps nothing out, unless the wish is `strict`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from worker import vocabulary
from worker.criteria import PLACES_MOST, Criteria, Layer, LeastPay
from worker.errors import InvalidInput
from worker.filters import compile_filters
from worker.places import places
from worker.posting import Place, Posting, Salary
from worker.text import words

_WORKPLACES = ("onsite", "hybrid", "remote")
CHECKED = ("title", "workplace", "place", "language", "pay", "age", "text")
"""The criteria in the order in which they are looked at: the cheapest first, the description last."""
_A_YEAR = {"HOUR": 2080, "DAY": 260, "WEEK": 52, "MONTH": 12, "YEAR": 1}
"""How often a period's pay comes in a year of full-time work: 52 weeks of 5 days of 8 hours."""

_EU = frozenset((
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
))  # fmt: skip
_AREAS: Mapping[str, frozenset[str]] = {
    "eu": _EU,
    "eea": _EU | {"IS", "LI", "NO"},
    "dach": frozenset(("AT", "CH", "DE")),
    "benelux": frozenset(("BE", "LU", "NL")),
    "nordics": frozenset(("DK", "FI", "IS", "NO", "SE")),
    "baltics": frozenset(("EE", "LT", "LV")),
}
"""Areas that people name as one; the members of the European Union since 2020 (Eurostat)."""


class Facts(NamedTuple):
    """What a posting is judged by; `description` is asked for only where nothing else has decided."""

    title: str
    places: Sequence[Place]
    country_codes: Sequence[str]
    workplace: str | None
    salary: Salary | None
    language: str | None
    posted_at: datetime | None
    first_seen_at: datetime
    description: str | None


def facts_of(posting: Posting, *, first_seen_at: datetime) -> Facts:
    """Return what a normalised posting is judged by."""
    return Facts(
        posting.title,
        posting.places,
        posting.country_codes,
        posting.workplace,
        posting.salary,
        posting.language,
        posting.posted_at,
        first_seen_at,
        posting.description_text,
    )


@dataclass(frozen=True, slots=True)
class Reason:
    """What one criterion says of a posting, in words. `decided` is false where the board does not say enough."""

    criterion: str
    passed: bool
    detail: str
    source: str
    decided: bool = True
    line: str | None = None
    """The line of a filter that decided, as written."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The criteria of all layers together, ready to judge by; `sources` says which layer each comes from."""

    enabled: bool
    criteria: Criteria
    sources: Mapping[str, str]

    def judge(self, facts: Facts, *, without_text: bool = False) -> tuple[bool, list[Reason]]:
        """Return whether a posting passes, with the reasons that let it in, or the one that keeps it out."""
        reasons = []
        for reason in self.reasons(facts, without_text=without_text):
            if not reason.passed:
                return False, [reason]
            reasons.append(reason)
        return True, reasons

    def reasons(self, facts: Facts, *, without_text: bool = False) -> Iterator[Reason]:
        """Yield what each criterion that is set says of a posting, whatever the others say."""
        for name in CHECKED:
            if name not in self.sources or (without_text and name == "text"):
                continue
            found = _CHECKS[name](self.criteria, facts)
            passed = found.passed and (found.decided or not self.criteria.strict)
            yield Reason(name, passed, found.detail, self.sources[name], found.decided, found.line)

    @property
    def reads_descriptions(self) -> bool:
        """Whether the description takes part."""
        return "text" in self.sources


_FIELDS: Mapping[str, str] = {
    "title": "title_filters",
    "workplace": "workplaces",
    "place": "places",
    "language": "languages",
    "pay": "pay",
    "age": "max_age_days",
    "text": "text_filters",
}


def wish_of(layers: Iterable[Layer]) -> Wish:
    """Lay layers over each other, the one that has its say first. Without any, nothing is watched."""
    chosen: dict[str, Any] = {}
    sources: dict[str, str] = {}
    enabled: bool | None = None
    for layer in layers:
        enabled = layer.enabled if enabled is None else enabled
        for one in fields(Criteria):
            if one.name not in chosen and (value := getattr(layer.criteria, one.name)) is not None:
                chosen[one.name] = value
                sources[one.name] = layer.source
    criteria = Criteria(**chosen)
    named = {name: sources[where] for name, where in _FIELDS.items() if _restricts(getattr(criteria, where))}
    return Wish(bool(enabled), criteria, named)


def _restricts(value: Any) -> bool:
    return bool(value.amount) if isinstance(value, LeastPay) else bool(value)


def wish_for(criteria: Criteria) -> Wish:
    """Return criteria as a wish of their own. Raises InvalidInput, or FilterSyntaxError, for what cannot be used."""
    check(criteria)
    return wish_of([Layer("given", criteria, enabled=True)])


ANYTHING = wish_of([Layer("given", Criteria(), enabled=True)])
"""The wish of somebody who says nothing: every posting passes."""


def check(criteria: Criteria) -> None:
    """Raise InvalidInput, or FilterSyntaxError, for criteria that cannot be used."""
    compile_filters(criteria.title_filters or "")
    compile_filters(criteria.text_filters or "")
    if len(criteria.places or ()) > PLACES_MOST:
        raise InvalidInput(f"a wish has at most {PLACES_MOST} places; name their country or region instead")
    for place in criteria.places or ():
        if words(place) in _WORKPLACES:
            raise InvalidInput(f"{place!r} is no place; wish for it under workplaces")
        if not _areas(place):
            raise InvalidInput(
                f"the place {place[:100]!r} is not known; write a city (Berlin, or Portland, Oregon), a region, a "
                "country, or EU, EEA, DACH, Benelux, Nordics or Baltics"
            )
    for language in criteria.languages or ():
        if vocabulary.language_tag(language) is None:
            raise InvalidInput(f"the language {language[:100]!r} is not known; write its code, as in en or de")
    if criteria.pay and vocabulary.currency(criteria.pay.currency) is None:
        raise InvalidInput(f"the currency {criteria.pay.currency} is not known; write its code, as in EUR or USD")


def described(reasons: Iterable[Reason]) -> list[dict[str, str]]:
    """Return reasons as a match keeps them."""
    return [{"criterion": one.criterion, "detail": one.detail, "source": one.source} for one in reasons]


class _Check(NamedTuple):
    """Whether a posting passes, why in words, whether it says enough to decide, and by which line of a filter."""

    passed: bool
    detail: str
    decided: bool = True
    line: str | None = None


def _passes(detail: str) -> _Check:
    return _Check(passed=True, detail=detail)


def _fails(detail: str) -> _Check:
    return _Check(passed=False, detail=detail)


def _unsaid(detail: str) -> _Check:
    return _Check(passed=True, detail=detail, decided=False)


def _title(criteria: Criteria, facts: Facts) -> _Check:
    verdict = compile_filters(criteria.title_filters or "").verdict(facts.title)
    return _Check(verdict.passed, verdict.reason, line=verdict.filter)


def _text(criteria: Criteria, facts: Facts) -> _Check:
    if not facts.description:
        return _unsaid("the board gives no description")
    verdict = compile_filters(criteria.text_filters or "").verdict(facts.description)
    return _Check(verdict.passed, f"description: {verdict.reason}", line=verdict.filter)


def _workplace(criteria: Criteria, facts: Facts) -> _Check:
    wished = criteria.workplaces or ()
    if facts.workplace is None:
        return _unsaid("the board does not say where the work is done")
    if facts.workplace in wished:
        return _passes(facts.workplace)
    return _fails(f"{facts.workplace} is not {_one_of(wished)}")


def _language(criteria: Criteria, facts: Facts) -> _Check:
    wished = criteria.languages or ()
    if facts.language is None:
        return _unsaid("its language is unknown")
    if facts.language.partition("-")[0].lower() in wished:
        return _passes(f"written in {facts.language}")
    return _fails(f"written in {facts.language}, which is not {_one_of(wished)}")


def _pay(criteria: Criteria, facts: Facts) -> _Check:
    least, salary = criteria.pay, facts.salary
    assert least is not None  # noqa: S101 - else nobody asks
    offered = _offered(salary)
    if salary is None or offered is None or salary.period not in _A_YEAR:
        return _unsaid("the board does not say what it pays")
    said = f"up to {offered:,} {salary.currency or ''} a {salary.period.lower()}".replace("  ", " ")
    if salary.currency != least.currency:
        return _unsaid(f"{said} cannot be compared with {least}")
    enough = offered * _A_YEAR[salary.period] >= least.amount * _A_YEAR[least.period]
    return _Check(enough, f"{said} is {'at least' if enough else 'under'} {least}")


def _offered(salary: Salary | None) -> Decimal | None:
    if salary is None:
        return None
    return salary.max if salary.max is not None else salary.min


def _age(criteria: Criteria, facts: Facts) -> _Check:
    if facts.posted_at is None:
        return _unsaid("the board does not say since when")
    days = max(0, (facts.first_seen_at - facts.posted_at).days)
    most = criteria.max_age_days or 0
    passed = facts.first_seen_at - facts.posted_at <= timedelta(days=most)
    limit = "" if passed else f", and not at most {_days(most)}"
    return _Check(passed, f"{_days(days)} old when it was first seen{limit}")


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _place(criteria: Criteria, facts: Facts) -> _Check:
    """A place is as exact as the board is: one that says "Germany" may mean Berlin, which then is not decided.

    Where the work is remote, a place that holds the wished one is enough.
    """
    offered = list(facts.places) or [Place(None, None, code) for code in facts.country_codes]
    wished = criteria.places or ()
    if not offered:
        return _unsaid("the board names no place")
    vague = None
    for name in wished:
        for area in _areas(name):
            for place in offered:
                if _lies_in(place, area):
                    return _passes(f"{_shown(place)} is in {name}" if _shown(place) != name else name)
                if vague is None and isinstance(area, Place) and _may_be(place, area):
                    vague = f"{_shown(place)} may be in {name}"
    if vague:
        return _Check(passed=True, detail=vague, decided=facts.workplace == "remote")
    return _fails(f"{_shown(offered[0])}{' and others' * (len(offered) > 1)} is not in {_one_of(wished)}")


def _lies_in(place: Place, area: Place | frozenset[str]) -> bool:
    if isinstance(area, frozenset):
        return place.country in area
    return all(
        wished is None or wished == said
        for wished, said in ((area.city, place.city), (area.region, place.region), (area.country, place.country))
    )


def _may_be(place: Place, area: Place) -> bool:
    """Whether a place is only a vaguer name of where the area lies."""
    return place.city is None and place.country == area.country and place.region in (None, area.region)


@lru_cache(maxsize=4096)
def _areas(name: str) -> tuple[Place | frozenset[str], ...]:
    """Return what a wished place stands for; nothing for a name that nobody knows."""
    key = words(name)
    return (_AREAS[key],) if key in _AREAS else tuple(places((name,), ()))


def _shown(place: Place) -> str:
    return ", ".join(part for part in (place.city or place.region, place.country) if part)


def _one_of(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else f"any of {', '.join(values)}"


_CHECKS = {
    "title": _title,
    "workplace": _workplace,
    "place": _place,
    "language": _language,
    "pay": _pay,
    "age": _age,
    "text": _text,
}
