"""Parquet: typed columns in groups of rows, compressed with Snappy, which every reader knows.

pyarrow writes it: 165 MB on disk and 30 MB of memory, so it is imported only when Parquet is asked for.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation, localcontext
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from typing import Any

import orjson

from worker.errors import InvalidInput
from worker.export_formats.outgoing import Outgoing
from worker.export_formats.table import Kind, Row, Table

GROUP_ROWS = 10_000
GROUP_BYTES = 8_000_000
"""A group ends here, too: descriptions can be long, and a group is in memory as a whole."""
_ROWS_AT_ONCE = 200
"""Rows that are Python's values at a time: as Arrow's they take a tenth."""
PRECISION, SCALE = 38, 10
"""Of amounts: 28 digits before the point and 10 behind it, in the 128 bits that every reader can take."""


def write(table: Table, rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield the file group by group. Raises InvalidInput where pyarrow is not installed."""
    arrow, parquet = _pyarrow()
    schema = arrow.schema([(column.name, _type(arrow, column.kind)) for column in table.columns])
    out = Outgoing()
    with parquet.ParquetWriter(arrow.PythonFile(out, mode="w"), schema, compression="snappy") as writer:
        for group in _groups(_batch(arrow, schema, table, part) for part in _parts(rows)):
            writer.write_table(arrow.Table.from_batches(group), row_group_size=GROUP_ROWS)
            yield out.taken()
    yield out.taken()


def can_be_written() -> bool:
    """Say whether pyarrow is installed."""
    return find_spec("pyarrow") is not None


def _pyarrow() -> tuple[Any, Any]:
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError:
        raise InvalidInput(
            "Parquet cannot be written, because the package pyarrow is not installed here; install it beside Rolecall "
            "(`pip install pyarrow`), or ask for csv, jsonl or xlsx"
        ) from None


def _type(arrow: Any, kind: Kind) -> Any:
    text = arrow.string()
    types = {
        Kind.INTEGER: arrow.int64(),
        Kind.BOOLEAN: arrow.bool_(),
        Kind.AMOUNT: arrow.decimal128(PRECISION, SCALE),
        Kind.MOMENT: arrow.timestamp("us", tz="UTC"),
        Kind.DAY: arrow.date32(),
        Kind.TEXTS: arrow.list_(text),
        Kind.PLACES: arrow.list_(arrow.struct([(name, text) for name in ("city", "region", "country")])),
    }
    return types.get(kind, text)


def _parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    waiting = iter(rows)
    while part := list(islice(waiting, _ROWS_AT_ONCE)):
        yield part


def _batch(arrow: Any, schema: Any, table: Table, rows: Sequence[Row]) -> Any:
    """Return rows as Arrow has them, column by column."""
    columns = zip(table.columns, schema, zip(*rows, strict=True), strict=True)
    arrays = [arrow.array(_fitting(column.kind, values), field.type) for column, field, values in columns]
    return arrow.RecordBatch.from_arrays(arrays, schema=schema)


def _groups(batches: Iterable[Any]) -> Iterator[list[Any]]:
    group: list[Any] = []
    for batch in batches:
        group.append(batch)
        if sum(one.num_rows for one in group) >= GROUP_ROWS or sum(one.nbytes for one in group) >= GROUP_BYTES:
            yield group
            group = []
    if group:
        yield group


def _fitting(kind: Kind, values: Sequence[Any]) -> Sequence[Any]:
    if kind is Kind.AMOUNT:
        return [None if value is None else _amount(value) for value in values]
    if kind is Kind.PLACES:
        return [None if value is None else orjson.loads(value) for value in values]
    return values


def _amount(value: Decimal) -> Decimal | None:
    """Return an amount with `SCALE` digits behind the point, None where it is too large for the type."""
    with localcontext(prec=PRECISION):
        try:
            return value.quantize(Decimal(1).scaleb(-SCALE))
        except InvalidOperation:
            return None
