"""XLSX (ECMA-376), written from its first byte to its last, so that it can be sent meanwhile.

Sheets are XML within a ZIP archive. Texts stand in their cells, so none is ever taken for a formula or a link. What
Excel cannot hold is made to fit: a text is cut at 32,767 characters, a number of more than 15 digits is written as
text, a moment is UTC without saying so. A sheet has 1,048,576 rows at most; what is more goes on in the next one.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import IO, Any, cast
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import orjson

from worker import exact
from worker.export_formats import workbook
from worker.export_formats.outgoing import Outgoing
from worker.export_formats.table import Kind, Row, Table

ROWS_MOST = 1_048_575
"""Rows of a sheet below its header (Excel's specifications and limits)."""
SHEET_BYTES_MOST = 1 << 30
"""The size of a sheet's XML after which the next one begins: an archive's entry of over 2 GB needs another form."""
TEXT_MOST = 32_767
"""UTF-16 units of a cell's text (Excel's specifications and limits)."""
CHUNK_BYTES = 64 * 1024
_DIGITS_MOST = 15
_FIRST_DAY = date(1899, 12, 30)
_SURE_FROM = date(1900, 3, 1)
"""Before it Excel counts a 29th of February that never was."""
_UNREADABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write."""
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""What Excel reads as the code of a character (ECMA-376, 22.9.2.19)."""
_SHEET_BEGINS = (
    f'{workbook.DECLARATION}<worksheet xmlns="{workbook.MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)
_SHEET_ENDS = "</sheetData></worksheet>"

Cell = Callable[[str, Any], str]
"""Writes the cell at a reference (`C7`) that holds a value."""


def write(table: Table, rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield the file in parts of about `CHUNK_BYTES`."""
    out = Outgoing()
    waiting = iter(rows)
    row = next(waiting, None)
    sheets = 0
    with ZipFile(cast("IO[bytes]", out), "w", ZIP_DEFLATED) as archive:
        while row is not None or not sheets:
            sheets += 1
            rest = waiting if row is None else chain([row], waiting)
            with archive.open(workbook.sheet_file(sheets), "w") as sheet:
                yield from _sheet(sheet, out, table, rest)
            row = next(waiting, None)
        for name, text in workbook.parts(table.name, sheets):
            with archive.open(name, "w") as part:
                part.write(text.encode())
    yield out.taken()


def _sheet(sheet: IO[bytes], out: Outgoing, table: Table, rows: Iterator[Row]) -> Iterator[bytes]:
    """Write rows until the sheet is full, and yield what has come out of the archive."""
    columns = [(_letters(place), _CELLS[column.kind]) for place, column in enumerate(table.columns)]
    sheet.write(f"{_SHEET_BEGINS}{_header([letters for letters, _ in columns], table.header)}".encode())
    written = 0
    for number, row in enumerate(rows, start=2):
        cells = [
            cell(f"{letters}{number}", value)
            for (letters, cell), value in zip(columns, row, strict=True)
            if value is not None
        ]
        written += sheet.write(f'<row r="{number}">{"".join(cells)}</row>'.encode())
        if out.size >= CHUNK_BYTES:
            yield out.taken()
        if number > ROWS_MOST or written >= SHEET_BYTES_MOST:
            break
    sheet.write(_SHEET_ENDS.encode())


def _header(letters: Iterable[str], names: Iterable[str]) -> str:
    cells = [_text(f"{one}1", name, workbook.HEADER_STYLE) for one, name in zip(letters, names, strict=True)]
    return f'<row r="1">{"".join(cells)}</row>'


def _text(place: str, value: str, style: int = 0) -> str:
    styled = f' s="{style}"' if style else ""
    return f'<c r="{place}"{styled} t="inlineStr"><is><t xml:space="preserve">{escape(readable(value))}</t></is></c>'


def readable(text: str) -> str:
    """Return a text as Excel can hold it: lines end in LF, cut, and without characters that XML cannot write."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) * 2 > TEXT_MOST:
        text = text.encode("utf-16-le")[: TEXT_MOST * 2].decode("utf-16-le", "ignore")
    return _ESCAPED.sub("_x005F_", _UNREADABLE.sub("", text))


def _number(place: str, value: int | Decimal) -> str:
    written = exact.number(value) if isinstance(value, Decimal) else str(value)
    if sum(map(str.isdigit, written)) > _DIGITS_MOST:
        return _text(place, written)
    return f'<c r="{place}"><v>{written}</v></c>'


def _moment(place: str, value: datetime) -> str:
    moment = value.astimezone(UTC).replace(tzinfo=None)
    if moment.date() < _SURE_FROM:
        return _text(place, exact.moment(value))
    days = (moment - datetime.combine(_FIRST_DAY, datetime.min.time())) / timedelta(days=1)
    return f'<c r="{place}" s="{workbook.MOMENT_STYLE}"><v>{days!r}</v></c>'


def _day(place: str, value: date) -> str:
    if value < _SURE_FROM:
        return _text(place, value.isoformat())
    return f'<c r="{place}" s="{workbook.DAY_STYLE}"><v>{(value - _FIRST_DAY).days}</v></c>'


_CELLS: dict[Kind, Cell] = {
    Kind.TEXT: _text,
    Kind.INTEGER: _number,
    Kind.BOOLEAN: lambda place, value: f'<c r="{place}" t="b"><v>{int(value)}</v></c>',
    Kind.AMOUNT: _number,
    Kind.MOMENT: _moment,
    Kind.DAY: _day,
    Kind.TEXTS: lambda place, value: _text(place, orjson.dumps(value).decode()),
    Kind.PLACES: _text,
    Kind.JSON: _text,
}


def _letters(place: int) -> str:
    """Return the name of a column: A, …, Z, AA, and so on."""
    found = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, 26)
        found = chr(ord("A") + letter) + found
    return found
