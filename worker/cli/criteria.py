"""Criteria as options of commands, and in the cell of a table."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import typer

from worker.cli.filtering import title_filter
from worker.cli.output import Row
from worker.criteria import Criteria, LeastPay
from worker.errors import InvalidInput
from worker.wish import check

_PAY = re.compile(r"(?P<amount>\d{1,9}(?:\.\d{1,2})?)\s*(?P<currency>[A-Za-z]{3})(?:\s*/\s*(?P<period>[A-Za-z]+))?")
_PERIODS = {"hour": "HOUR", "day": "DAY", "week": "WEEK", "month": "MONTH", "year": "YEAR"}
_WORKPLACES = ("onsite", "hybrid", "remote")
_OLDEST = 3650

FilterOption = Annotated[
    list[str] | None, typer.Option("--filter", help="A line of the title filter; repeat it for several.")
]
PlaceOption = Annotated[
    list[str] | None, typer.Option("--place", help="A city, region or country, or EU, DACH …; repeat it for several.")
]
WorkplaceOption = Annotated[
    list[str] | None, typer.Option("--workplace", help="onsite, hybrid or remote; repeat it for several.")
]
PayOption = Annotated[
    str | None, typer.Option("--pay", metavar='"80000 EUR"', help='At least so much a year, or "40 USD/hour".')
]
AgeOption = Annotated[
    int | None,
    typer.Option("--max-age", metavar="DAYS", min=0, max=_OLDEST, help="Not older when it was first seen; 0: any."),
]
LanguageOption = Annotated[
    list[str] | None, typer.Option("--language", help="Of the description: en, de …; repeat it for several.")
]
TextOption = Annotated[
    list[str] | None, typer.Option("--text", help="A line of a filter over the description; repeat it for several.")
]
StrictOption = Annotated[
    bool | None, typer.Option("--strict/--lenient", help="Whether what a board does not say keeps a posting out.")
]


def read(
    filters: Sequence[str] | None,
    places: Sequence[str] | None,
    workplaces: Sequence[str] | None,
    pay: str | None,
    age: int | None,
    languages: Sequence[str] | None,
    texts: Sequence[str] | None,
    strict: bool | None,
) -> Criteria:
    """Return the criteria that options say. Raises InvalidInput; the place of a mistake in a filter is pointed at."""
    for lines in (filters, texts):
        title_filter(lines or ())
    if unknown := [one for one in workplaces or () if one.lower() not in _WORKPLACES]:
        raise InvalidInput(f"{unknown[0]!r} is no workplace; write onsite, hybrid or remote")
    found = Criteria(
        title_filters=None if filters is None else "\n".join(filters),
        places=None if places is None else tuple(one for one in places if one),
        workplaces=None if workplaces is None else tuple(one.lower() for one in workplaces),
        pay=None if pay is None else _pay(pay),
        max_age_days=age,
        languages=None if languages is None else tuple(one.lower() for one in languages if one),
        text_filters=None if texts is None else "\n".join(texts),
        strict=strict,
    )
    check(found)
    return found


def shown(row: Row) -> str:
    """Return the criteria of a row as one line."""
    parts = [
        " | ".join((row["title_filters"] or "").splitlines()),
        ", ".join(row["places"] or ()),
        ", ".join(row["workplaces"] or ()),
        f"at least {_least(row['pay'])}" if row["pay"] else "",
        f"at most {row['max_age_days']} days old" if row["max_age_days"] else "",
        ", ".join(row["languages"] or ()),
        f"text: {' | '.join((row['text_filters'] or '').splitlines())}" if row["text_filters"] else "",
        "strict" if row["strict"] else "",
    ]
    return "; ".join(part for part in parts if part) or "(all)"


def _least(pay: Row) -> str:
    return f"{pay['amount']:,} {pay['currency']} a {pay['period'].lower()}"


def _pay(written: str) -> LeastPay:
    found = _PAY.fullmatch(written.strip().replace(",", ""))
    period = _PERIODS.get((found["period"] or "year").lower()) if found else None
    if found is None or period is None:
        raise InvalidInput(f"{written!r} is no pay; write it as 80000 EUR or 40 USD/hour")
    return LeastPay(Decimal(found["amount"]), found["currency"].upper(), period)
