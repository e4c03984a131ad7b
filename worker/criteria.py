"""Criteria: what a person wishes of a posting.

Each criterion may be left open. A company's setting, the groups it is in and the group of all companies are layers: a
criterion is as the first layer has it that says anything of it. `None` says nothing, an empty value says "any".
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

PLACES_MOST = 50


@dataclass(frozen=True, slots=True)
class LeastPay:
    """Pay of which a posting must offer at least so much, in whole units of `currency` (ISO 4217) per `period`."""

    amount: Decimal
    currency: str
    period: str = "YEAR"

    def __str__(self) -> str:
        return f"{self.amount:,} {self.currency} a {self.period.lower()}"


@dataclass(frozen=True, slots=True)
class Criteria:
    """What one layer says. `max_age_days` is how old a posting may have been when it was first seen here."""

    title_filters: str | None = None
    places: tuple[str, ...] | None = None
    workplaces: tuple[str, ...] | None = None
    pay: LeastPay | None = None
    max_age_days: int | None = None
    languages: tuple[str, ...] | None = None
    text_filters: str | None = None
    strict: bool | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """Criteria with where they come from, in words, and whether the company is watched, if the layer says."""

    source: str
    criteria: Criteria
    enabled: bool | None = None


def as_json(criteria: Criteria) -> dict[str, Any]:
    """Return what is stored beside `title_filters`: only what the layer says."""
    found: dict[str, Any] = {}
    for one in fields(Criteria):
        value = getattr(criteria, one.name)
        if one.name == "title_filters" or value is None:
            continue
        if isinstance(value, LeastPay):
            value = {"amount": str(value.amount), "currency": value.currency, "period": value.period}
        found[one.name] = list(value) if isinstance(value, tuple) else value
    return found


def from_json(title_filters: str | None, stored: Mapping[str, Any]) -> Criteria:
    """Return the criteria that were stored."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()
    }
    if pay := values.get("pay"):
        values["pay"] = LeastPay(Decimal(pay["amount"]), pay["currency"], pay["period"])
    return Criteria(title_filters=title_filters, **values)
