"""Adding many companies from a text: one per line, or a CSV table of names and addresses."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from worker import detect
from worker.detect import Recognised
from worker.errors import InvalidInput, RolecallError
from worker.store import companies
from worker.text import one_line

LINES_MOST = 10_000
NAME_MOST = 200
_BATCH = 500
_ADDRESS_COLUMNS = ("url", "address", "careers_url", "board")
_NAME_COLUMNS = ("name", "company")
_REMARK = re.compile(r"\s#.*$")


@dataclass(frozen=True, slots=True)
class Line:
    """One company to be added: its line number from 1, the address, and a name if one was given."""

    number: int
    address: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class LineResult:
    """What became of a line: added, known (there already, or on an earlier line), or an error with its reason."""

    line: int
    address: str
    status: Literal["added", "known", "error"]
    company_id: int | None = None
    reason: str | None = None


def decode(content: bytes) -> str:
    """Return a file's text: UTF-8, UTF-16 with its mark, or else what spreadsheets on Windows write."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def parse_lines(text: str) -> list[Line]:
    """Read `URL` or `Name, URL` per line, or CSV under a header that names `url` (and `name`).

    Empty lines and remarks (`#`) are left out. Raises InvalidInput for over 10,000 lines.
    """
    rows = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    if len(rows) > LINES_MOST + 1:
        raise InvalidInput(f"there are {len(rows):,} lines; import at most {LINES_MOST:,} at a time")
    lines: list[Line] = []
    columns: _Columns | None = None
    first = True
    for number, row in enumerate(rows, start=1):
        written = "" if row.lstrip().startswith("#") else _REMARK.sub("", row).strip()
        if not written:
            continue
        if first and (columns := _Columns.of(written)):
            first = False
            continue
        first = False
        lines.append(columns.line(number, written) if columns else _plain(number, written))
    return lines


def import_lines(session: Session, text: str) -> list[LineResult]:
    """Add every company of a text; return what became of each line. The caller commits.

    Raises InvalidInput when the text as a whole cannot be read; a line that cannot costs only itself.
    """
    lines = parse_lines(text)
    return [result for batch in batched_lines(lines) for result in _add(session, batch)]


def batched_lines(lines: list[Line]) -> Iterator[list[Line]]:
    """Yield the lines some hundred at a time."""
    for start in range(0, len(lines), _BATCH):
        yield lines[start : start + _BATCH]


def _add(session: Session, lines: list[Line]) -> list[LineResult]:
    recognised: dict[int, Recognised] = {}
    results: dict[int, LineResult] = {}
    for line in lines:
        try:
            recognised[line.number] = detect.from_address(line.address)
        except RolecallError as error:
            results[line.number] = LineResult(line.number, line.address, "error", reason=_in_brief(error))
    names = {line.number: line.name for line in lines}
    wanted = [
        companies.NewBoard(names[number] or board.name, board.ats, board.key, board.url)
        for number, board in recognised.items()
    ]
    addresses = {line.number: line.address for line in lines}
    for number, added in zip(recognised, companies.add_many(session, wanted), strict=True):
        status: Literal["added", "known"] = "added" if added.new else "known"
        results[number] = LineResult(number, addresses[number], status, added.company_id)
    return [results[line.number] for line in lines]


def _in_brief(error: RolecallError) -> str:
    """Return why a line is refused, without the list of all that was tried: it would stand on every such line."""
    return str(error).partition(" Tried: ")[0]


def _plain(number: int, written: str) -> Line:
    if written.lower().startswith(("http://", "https://")):
        return Line(number, written)
    cells = _cells(written, "\t" if "\t" in written else ",")
    if len(cells) == 1:
        return Line(number, cells[0])
    if len(cells) == 2:  # noqa: PLR2004 - a name and an address
        return Line(number, cells[1], _name(cells[0]))
    return Line(number, written)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where a CSV table has its addresses and names."""

    delimiter: str
    address: int
    name: int | None

    @classmethod
    def of(cls, header: str) -> "_Columns | None":
        """Read a header; None when the line is none."""
        for delimiter in (",", ";", "\t"):
            titles = [cell.lower() for cell in _cells(header, delimiter)]
            address = next((titles.index(title) for title in _ADDRESS_COLUMNS if title in titles), None)
            if address is not None:
                name = next((titles.index(title) for title in _NAME_COLUMNS if title in titles), None)
                return cls(delimiter, address, name)
        return None

    def line(self, number: int, written: str) -> Line:
        """Read a row of the table."""
        cells = _cells(written, self.delimiter)
        address = cells[self.address] if self.address < len(cells) else ""
        name = cells[self.name] if self.name is not None and self.name < len(cells) else ""
        return Line(number, address, _name(name))


def _cells(written: str, delimiter: str) -> list[str]:
    try:
        row = next(csv.reader([written], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        row = written.split(delimiter)
    return [cell.strip() for cell in row]


def _name(written: str) -> str | None:
    return one_line(written)[:NAME_MOST].strip() or None
