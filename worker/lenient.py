"""Readers for optional values of a payload: what cannot be read is None, never an error."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_SECONDS = 253_402_300_799  # 9999-12-31: what lies beyond is no date


def text(value: Any) -> str | None:
    """Return a non-blank string or a number as text, stripped; None for everything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip() or None


def items(value: Any) -> list[Any]:
    """Return a list as it is, and an empty one for everything else."""
    return value if isinstance(value, list) else []


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a JSON object as it is, and an empty one for everything else."""
    return value if isinstance(value, Mapping) else {}


def moment(value: Any) -> datetime | None:
    """Read ISO 8601 or `2026-09-01 12:00:00 UTC` as an aware time; without a zone it is UTC, a date is its midnight."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip().removesuffix(" UTC").replace(" +", "+"))
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def epoch_milliseconds(value: Any) -> datetime | None:
    """Read milliseconds since 1970-01-01 UTC as an aware time."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LATEST_SECONDS * 1000:
        return None
    return _EPOCH + timedelta(milliseconds=value)


def amount(value: Any) -> Decimal | None:
    """Read a finite, positive sum of money in whole currency units from a number or plain digits."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and found > 0 else None
