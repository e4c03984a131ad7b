"""Values as extractors give them, which nobody has cleaned yet, written for people and for programs."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from rich.text import Text

from worker.posting import Place, Salary
from worker.text import one_line

LONGEST = 100
"""Characters of a value in a table; the rest is counted."""
_LARGEST = 2**63


def cell(value: Any) -> Text:
    """Return a value as a table shows it: one line, its end cut off where it is long."""
    words = one_line(_words(value))
    if len(words) <= LONGEST:
        return Text(words)
    return Text.assemble(words[:LONGEST], (f" … ({len(words):,} characters)", "dim"))


def plain(value: Any) -> Any:
    """Return a value as orjson can write it, numbers exactly."""
    found = value
    match value:
        case str():
            found = value.encode(errors="replace").decode()
        case Mapping():
            found = {str(name): plain(one) for name, one in value.items()}
        case list() | tuple():
            found = [plain(one) for one in value]
        case Decimal() if value.is_finite():
            found = orjson.Fragment(format(value, "f"))
        case int() if not -_LARGEST <= value < _LARGEST:
            found = orjson.Fragment(str(value))
        case None | bool() | int() | float() | datetime():
            pass
        case _:
            found = str(value)
    return found


def _words(value: Any) -> str:
    words = str(value)
    match value:
        case None:
            words = ""
        case list():
            words = "; ".join(map(_words, value))
        case Mapping():
            words = orjson.dumps(plain(value)).decode()
        case datetime():
            words = value.isoformat()
        case Place():
            words = ", ".join(filter(None, (value.city, value.region, value.country)))
        case Salary():
            words = _pay(value)
    return words


def _pay(salary: Salary) -> str:
    """Return `50000 to 70000 EUR per YEAR (board)`."""
    bounds = " to ".join(str(bound) for bound in (salary.min, salary.max) if bound is not None)
    period = f"per {salary.period}" if salary.period else None
    return " ".join(filter(None, (bounds, salary.currency, period, f"({salary.source})")))
