"""JSON Lines: an object with every field in each line, UTF-8, numbers exactly as they are stored, moments in UTC."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import orjson

from worker import exact
from worker.export_formats.table import Kind, Row, Table

CHUNK_BYTES = 128 * 1024

_AS_JSON: dict[Kind, Callable[[Any], Any]] = {
    Kind.AMOUNT: lambda value: orjson.Fragment(exact.number(value)),
    Kind.MOMENT: exact.moment,
    Kind.PLACES: orjson.Fragment,
    Kind.JSON: orjson.Fragment,
}
"""What orjson does not write by itself as it should be."""

Field = tuple[str, int, Sequence[str]]
"""A field's name, the place of its first column, and the names of its parts where it is an object."""


def write(table: Table, rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield the file in parts of about `CHUNK_BYTES`."""
    shown = [(place, _AS_JSON[one.kind]) for place, one in enumerate(table.columns) if one.kind in _AS_JSON]
    fields = _fields(table)
    waiting: list[bytes] = []
    size = 0
    for row in rows:
        values = list(row)
        for place, show in shown:
            if values[place] is not None:
                values[place] = show(values[place])
        waiting.append(orjson.dumps(_object(fields, values), option=orjson.OPT_APPEND_NEWLINE))
        size += len(waiting[-1])
        if size >= CHUNK_BYTES:
            yield b"".join(waiting)
            waiting.clear()
            size = 0
    yield b"".join(waiting)


def _object(fields: Sequence[Field], values: Sequence[Any]) -> dict[str, Any]:
    return {
        name: _part(values[place : place + len(parts)], parts) if parts else values[place]
        for name, place, parts in fields
    }


def _part(values: Sequence[Any], names: Sequence[str]) -> dict[str, Any] | None:
    """Return the parts as an object, None where nothing is known of any."""
    if all(value is None for value in values):
        return None
    return dict(zip(names, values, strict=True))


def _fields(table: Table) -> list[Field]:
    places = {name: place for place, name in enumerate(table.header)}
    inner = {f"{name}_{part}" for name, parts in table.objects.items() for part in parts}
    plain: list[Field] = [(name, place, ()) for name, place in places.items() if name not in inner]
    objects = [(name, places[f"{name}_{parts[0]}"], parts) for name, parts in table.objects.items()]
    return sorted([*plain, *objects], key=lambda one: one[1])
