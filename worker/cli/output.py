"""Rows on their way out: a table for people, JSON and CSV for programs.

JSON is an array of objects, written row by row. CSV is RFC 4180 with a header always: what is not said is empty, lists
and objects are JSON within their field, a field with `parts` becomes a column for each. Both are UTF-8, have every
field in the same order each time, give times in ISO 8601 UTC and numbers exactly as they are stored.
"""

import csv
import io
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import chain, islice
from typing import Annotated, Any, BinaryIO

import orjson
import typer
from rich.table import Table
from rich.text import Text

from worker import exact
from worker.cli.terminal import answers, reader_left, say
from worker.text import one_line

Row = Mapping[str, Any]

TABLE_ROWS = 100
"""How many rows a table has when nobody says how many."""
_LARGEST = 2**63
_MOST_ROWS = 1_000_000_000


class Format(StrEnum):
    """How a list is written."""

    table = "table"
    json = "json"
    csv = "csv"


FormatOption = Annotated[
    Format, typer.Option("--format", "-f", help="A table to read, or every field as JSON or CSV.", show_default=True)
]
LimitOption = Annotated[
    int | None,
    typer.Option(
        "--limit",
        "-n",
        min=1,
        max=_MOST_ROWS,
        help="At most so many rows.",
        show_default=f"{TABLE_ROWS} in a table, else all",
    ),
]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. A `wide` one gives way where the terminal is narrow: its text ends in an ellipsis."""

    heading: str
    text: Callable[[Row], Any]
    wide: bool = False
    right: bool = False
    style: Callable[[Row], str] = lambda _: ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A kind of row: its name in the plural, the fields programs get, and the columns people see."""

    what: str
    fields: tuple[str, ...]
    columns: tuple[Column, ...]
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def header(self) -> list[str]:
        """The columns of CSV."""
        return [
            name for one in self.fields for name in ([f"{one}_{part}" for part in self.parts.get(one, ())] or [one])
        ]


def show(listing: Listing, rows: Iterable[Row], form: Format, limit: int | None = None) -> None:
    """Write rows to standard output; a reader that leaves early (`| head`) is no error."""
    with readers_may_leave():
        if form is Format.table:
            _write_table(listing, rows, limit or TABLE_ROWS)
            return
        write = _write_json if form is Format.json else _write_csv
        # The first row is fetched before anything is written: where the database is away, nothing goes out.
        rows = iter(rows if limit is None else islice(rows, limit))
        first = next(rows, None)
        write(sys.stdout.buffer, listing, rows if first is None else chain([first], rows))
        sys.stdout.buffer.flush()


def _write_json(out: BinaryIO, listing: Listing, rows: Iterable[Row]) -> None:
    out.write(b"[")
    for number, row in enumerate(rows):
        out.write(b",\n" if number else b"\n")
        out.write(orjson.dumps({name: _exact(row[name]) for name in listing.fields}, option=orjson.OPT_NON_STR_KEYS))
    out.write(b"\n]\n")


def _write_csv(out: BinaryIO, listing: Listing, rows: Iterable[Row]) -> None:
    line = io.StringIO(newline="")
    writer = csv.writer(line, lineterminator="\r\n")
    for values in chain([listing.header], (_csv_values(listing, row) for row in rows)):
        writer.writerow(values)
        out.write(line.getvalue().encode())
        line.seek(0)
        line.truncate()


def _csv_values(listing: Listing, row: Row) -> Iterator[str]:
    for name in listing.fields:
        value = row[name]
        if parts := listing.parts.get(name):
            yield from (_csv_text(None if value is None else value[part]) for part in parts)
        else:
            yield _csv_text(value)


def _csv_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return exact.number(value)
    if isinstance(value, datetime):
        return exact.moment(value)
    if isinstance(value, list | dict):
        return orjson.dumps(_exact(value), option=orjson.OPT_NON_STR_KEYS).decode()
    return str(value)


def _exact(value: Any) -> Any:
    """Return a value as orjson writes it without losing anything: it knows no Decimal and no integer over 64 bits."""
    if isinstance(value, Mapping):
        return {name: _exact(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(one) for one in value]
    if isinstance(value, datetime):
        return exact.moment(value)
    if isinstance(value, Decimal):
        return orjson.Fragment(exact.number(value))
    if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
        return orjson.Fragment(str(value))
    return value


def _write_table(listing: Listing, rows: Iterable[Row], most: int) -> None:
    found = list(islice(rows, most + 1))
    if not found:
        say(f"No {listing.what}.")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in listing.columns:
        table.add_column(column.heading, no_wrap=not column.wide, justify="right" if column.right else "left")
    for row in found[:most]:
        table.add_row(*(_cell(column, row) for column in listing.columns))
    answers().print(table)
    if len(found) > most:
        say(f"These are {most:,}; there are more {listing.what}: see them with --limit, or all with --format json.")


def _cell(column: Column, row: Row) -> Text:
    value = column.text(row)
    text = f"{value:,}" if isinstance(value, int) and column.right else one_line("" if value is None else str(value))
    return Text(text, style=column.style(row), no_wrap=True, overflow="ellipsis")


@contextmanager
def readers_may_leave() -> Iterator[None]:
    """Take a reader of standard output that leaves early for one that has seen enough."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        reader_left()
