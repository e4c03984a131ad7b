"""Charts: numbers to the coordinates that the macros in templates/macros/draw.html draw as SVG."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

_NICE = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: where it stands and how large it is, in the chart's units."""

    x: float
    y: float
    width: float
    height: float


def ceiling(largest: float) -> float:
    """Return the round number at which an axis ends: the first of 1, 2 or 5 times a power of ten that is enough."""
    if largest <= 0:
        return 1
    power = 1.0
    while power * 10 < largest:
        power *= 10
    while power > largest:
        power /= 10
    return next(power * step for step in _NICE if power * step >= largest)


def line(values: Sequence[float | None], width: float, height: float, top: float | None = None) -> list[str]:
    """Return the points of a line as SVG's `points`, one text per stretch without gaps (None: nothing is known)."""
    top = top if top is not None else ceiling(max((value for value in values if value is not None), default=0))
    step = width / max(1, len(values) - 1)
    stretches: list[list[str]] = [[]]
    for number, value in enumerate(values):
        if value is None:
            stretches.append([])
        else:
            stretches[-1].append(f"{number * step:.1f},{height - value / top * height:.1f}")
    return [" ".join(points) for points in stretches if points]


def bars(
    values: Sequence[float], width: float, height: float, top: float | None = None, *, place: int = 0, among: int = 1
) -> list[Bar]:
    """Return upright bars with a fifth of each slot left free; a slot may have several, these at one `place`."""
    top = top if top is not None else ceiling(max(values, default=0))
    slot = width / max(1, len(values))
    wide = slot * 0.8 / among
    tall = [value / top * height for value in values]
    return [
        Bar(
            round(number * slot + slot * 0.1 + place * wide, 2), round(height - high, 2), round(wide, 2), round(high, 2)
        )
        for number, high in enumerate(tall)
    ]


def top(rows: Iterable[Sequence[Any]], columns: int) -> float:
    """Return where the axis of rows of (label, value …) ends of which so many columns are drawn."""
    return ceiling(max((value for row in rows for value in row[1 : columns + 1] if value is not None), default=0))


def mark(value: float) -> str:
    """Return a number as it stands at an axis."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,g}"


def share(value: float, whole: float) -> float:
    """Return how many hundredths of the whole a value is, from 0 to 100."""
    return round(max(0.0, min(100.0, value / whole * 100)), 1) if whole else 0.0
