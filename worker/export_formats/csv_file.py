"""CSV (RFC 4180): UTF-8, a header, CRLF. What is not known is empty, lists and objects are JSON within their cell."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson

from worker import exact
from worker.export_formats.table import Kind, Row, Table

CHUNK_CHARACTERS = 128 * 1024
BYTE_ORDER_MARK = "\ufeff".encode()
"""What some versions of Excel need in order to read UTF-8."""
_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""How a cell begins that spreadsheets take for a formula, full-width signs among them; apostrophes may precede it."""


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: with an apostrophe before it if need be.

    A text that has such apostrophes already gets one more, so taking one away always gives the text back.
    """
    return f"'{text}" if _FORMULA.match(text) else text


_AS_TEXT: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: harmless,
    Kind.INTEGER: str,
    Kind.BOOLEAN: lambda value: "true" if value else "false",
    Kind.AMOUNT: exact.number,
    Kind.MOMENT: exact.moment,
    Kind.DAY: lambda value: str(value.isoformat()),
    Kind.TEXTS: lambda value: orjson.dumps(value).decode(),
    Kind.PLACES: harmless,
    Kind.JSON: harmless,
}


def write(table: Table, rows: Iterable[Row], *, byte_order_mark: bool = False) -> Iterator[bytes]:
    """Yield the file in parts of about `CHUNK_CHARACTERS`."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    shown = [_AS_TEXT[column.kind] for column in table.columns]
    if byte_order_mark:
        yield BYTE_ORDER_MARK
    writer.writerow(table.header)
    for row in rows:
        writer.writerow(["" if value is None else show(value) for show, value in zip(shown, row, strict=True)])
        if text.tell() >= CHUNK_CHARACTERS:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()
