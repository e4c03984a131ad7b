"""What a person wishes of postings, as fields of a form: read from it, and filled in with what is stored."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.web import words
from api.web.forms import Form
from worker.criteria import Criteria, LeastPay
from worker.posting import SalaryPeriod
from worker.wish import Wish, check

_Text = Annotated[str, Field(max_length=20_000)]


class WishForm(BaseModel):
    """The fields of a wish; one left empty says nothing, and what other layers say of it holds."""

    title_filters: _Text | None = None
    text_filters: _Text | None = None
    places: _Text | None = None
    workplaces: list[Literal["onsite", "hybrid", "remote"]] = []
    languages: _Text | None = None
    pay: Annotated[Decimal, Field(ge=0, le=10**9)] | None = None
    currency: Annotated[str, Field(pattern="^[A-Za-z]{3}$")] = "EUR"
    period: SalaryPeriod = "YEAR"
    max_age_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    strict: Literal["yes", "no"] | None = None

    def criteria(self) -> Criteria:
        """Return what is wished. Raises InvalidInput, FilterSyntaxError."""
        found = Criteria(
            title_filters=self.title_filters,
            places=_listed(self.places),
            workplaces=tuple(self.workplaces) or None,
            pay=None if self.pay is None else LeastPay(self.pay, self.currency.upper(), self.period),
            max_age_days=self.max_age_days,
            languages=None if self.languages is None else _lowered(self.languages),
            text_filters=self.text_filters,
            strict=None if self.strict is None else self.strict == "yes",
        )
        check(found)
        return found


def sent(form: Form) -> dict[str, Any]:
    """Return the fields as they were sent, to fill the form again."""
    return {**form.values, "workplaces": form.all("workplaces")}


def filled(of: Criteria) -> dict[str, Any]:
    """Return the values of the fields for what is stored."""
    return {
        "title_filters": of.title_filters,
        "text_filters": of.text_filters,
        "places": "\n".join(of.places or ()),
        "workplaces": list(of.workplaces or ()),
        "languages": ", ".join(of.languages or ()),
        "pay": of.pay.amount if of.pay else None,
        "currency": of.pay.currency if of.pay else "EUR",
        "period": of.pay.period if of.pay else "YEAR",
        "max_age_days": of.max_age_days,
        "strict": {None: "", True: "yes", False: "no"}[of.strict],
    }


def said(wish: Wish) -> list[tuple[str, str, str]]:
    """Return (criterion, what holds of it, which layer says so) for all that a wish comes to."""
    criteria = wish.criteria
    found = {
        "title": ("Title", criteria.title_filters),
        "place": ("Places", ", ".join(criteria.places or ())),
        "workplace": ("Workplace", ", ".join(words.WORKPLACE[one] for one in criteria.workplaces or ())),
        "pay": ("Pay", f"at least {criteria.pay}"),
        "age": ("Age", f"at most {criteria.max_age_days} days old when first seen"),
        "language": ("Language", ", ".join(criteria.languages or ())),
        "text": ("Description", criteria.text_filters),
    }
    return [(found[name][0], found[name][1] or "", _source(source)) for name, source in _ordered(wish.sources, found)]


def _ordered(sources: Mapping[str, str], names: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name, sources[name]) for name in names if name in sources]


def _source(layer: str) -> str:
    return "said here" if layer == "company" else f"from your {layer}"


def _listed(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    return tuple(part.strip() for line in text.splitlines() for part in line.split(";") if part.strip())


def _lowered(text: str) -> tuple[str, ...]:
    return tuple(part.strip().lower() for part in text.replace("\n", ",").split(",") if part.strip())
