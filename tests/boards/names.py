"""Invented company names, each once."""

from functools import cache
from random import Random

from tests.boards.vocabulary import FIRST_NAMES, LAST_NAMES, SECOND_NAMES


def company_name(seed: int, number: int) -> str:
    """Return the name of the company of this number: `Lumen Forge`; they repeat after some fourteen thousand."""
    pairs = _pairs(seed)
    last = LAST_NAMES[number // len(pairs) % len(LAST_NAMES)]
    return f"{pairs[number % len(pairs)]} {last}".strip()


@cache
def _pairs(seed: int) -> list[str]:
    pairs = [f"{first} {second}" for first in FIRST_NAMES for second in SECOND_NAMES]
    Random(seed).shuffle(pairs)
    return pairs
