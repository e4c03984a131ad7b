"""Readers for optional values of a payload: what cannot be read is None, never an error."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MILLISECONDS = 253_402_300_799_999  # the end of 9999: what lies beyond is no date
_ZONE_APART = re.compile(r" (?=[+-]\d{2}:?\d{2}$)")
_PLAIN_NUMBER = re.compile(r"\+?(?:\d{1,18}(?:\.\d{0,18})?|\.\d{1,18})", re.ASCII)
_LONGEST_NUMBER = 10**300
_MOST = Decimal(10) ** 15  # more than any sum of money; a number of a million digits would cost a minute


def text(value: Any) -> str | None:
    """Return a non-blank string or a finite number as text, stripped; None for everything else."""
    if isinstance(value, str):
        return value.strip() or None
    return str(value) if value is not None and _is_number(value) else None


def items(value: Any) -> list[Any]:
    """Return a list as it is, and an empty one for everything else."""
    return value if isinstance(value, list) else []


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a JSON object as it is, and an empty one for everything else."""
    return value if isinstance(value, dict) else {}


def whole_number(value: Any) -> int | None:
    """Return a whole number as it is, and None for everything else, truth values among it."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def moment(value: Any) -> datetime | None:
    """Read ISO 8601 or `2026-09-01 12:00:00 UTC` as an aware time; without a zone it is UTC, a date is its midnight."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(_ZONE_APART.sub("", value.strip().removesuffix(" UTC")))
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def epoch_milliseconds(value: Any) -> datetime | None:
    """Read milliseconds since 1970-01-01 UTC as an aware time."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LATEST_MILLISECONDS:
        return None
    return _EPOCH + timedelta(milliseconds=value)


def amount(value: Any) -> Decimal | None:
    """Read a finite, positive sum of money in whole currency units from a number or plain digits."""
    if isinstance(value, str):
        plain = value.strip()
        found = Decimal(plain) if _PLAIN_NUMBER.fullmatch(plain) else None
    else:
        found = Decimal(str(value)) if _is_number(value) else None
    return found if found is not None and 0 < found < _MOST else None


def _is_number(value: Any) -> bool:
    """Whether it is a finite number of a length that can be written out; a truth value is none."""
    if isinstance(value, bool):
        return False
    return math.isfinite(value) if isinstance(value, float) else isinstance(value, int) and abs(value) < _LONGEST_NUMBER
