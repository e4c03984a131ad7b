"""What is exported, whatever the format: a table of typed columns, and its rows.

A row is a sequence of values in the order of the columns; any value may be None, which means that nothing is known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

Row = Sequence[Any]


class Kind(Enum):
    """What the values of a column are, in Python."""

    TEXT = auto()
    INTEGER = auto()
    """An int of 64 bits."""
    BOOLEAN = auto()
    AMOUNT = auto()
    """A Decimal."""
    MOMENT = auto()
    """An aware datetime."""
    DAY = auto()
    """A date."""
    TEXTS = auto()
    """A list of texts."""
    PLACES = auto()
    """JSON as text: an array of objects with `city`, `region` and `country`."""
    JSON = auto()
    """JSON as text."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name and what its values are."""

    name: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """What the rows are, in the plural, and their columns.

    `objects` names columns that JSON shows as the parts of one object: `{"salary": ("min", "max")}` puts the columns
    `salary_min` and `salary_max`, which follow one another, into `salary`.
    """

    name: str
    columns: tuple[Column, ...]
    objects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def header(self) -> list[str]:
        """The names of the columns."""
        return [one.name for one in self.columns]
