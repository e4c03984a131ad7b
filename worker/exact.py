"""Numbers and moments as text from which nothing is lost."""

from datetime import UTC, datetime
from decimal import Decimal


def number(value: Decimal) -> str:
    """Return an amount without an exponent and without zeros that say nothing: `70000`, `12.5`."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def moment(value: datetime) -> str:
    """Return a moment in ISO 8601, UTC: `2026-11-01T09:30:00Z`."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
