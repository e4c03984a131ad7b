"""Lists of companies as files: an address on each line, a CSV table, or OPML; read, and written so that they can be.

Of the three, plain lines say least: companies with several boards fall apart, and groups are left out.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from worker import detect, opml
from worker.errors import InvalidInput, RolecallError
from worker.export_formats.csv_file import harmless
from worker.store.lists import Listed
from worker.text import one_line

T = TypeVar("T")

LINES_MOST = 10_000
NAME_MOST = 200
_PAIR = 2
_WEB = ("http://", "https://")
_TITLES: Mapping[str, Sequence[str]] = {
    "address": ("url", "address", "careers url", "careers page", "careers", "website", "link", "board"),
    "name": ("name", "company", "company name", "employer", "organization", "organisation"),
    "groups": ("groups", "group", "tags", "tag"),
    "ats": ("ats",),
    "board": ("board",),
    "owner": ("company id",),
}
"""What the columns of a table may be called, with spaces where titles have underscores."""
_HEADER = ("name", "url", "ats", "board", "groups", "company_id")
_REMARK = re.compile(r'((?:"[^"]*"|[^"])*?)\s#.*')
_MARK = re.compile(r"(?:[-*\u2022\u2013]|\d{1,4}[.)])\s+(?=.*https?://)", re.IGNORECASE)
"""What stands in front of each line of a list."""
_BEHIND_A_NAME = re.compile(
    r"\[?([^\W_].*?)\]?\s*(?:\s|:|[-\u2013\u2014|]\s|(?=\())\s*([(<]*https?://\S+)", re.IGNORECASE
)
"""`Acme: https://…`, `Acme - https://…`, `Acme (https://…)` or `[Acme](https://…)`."""
_SIMPLE_NAME = re.compile(r"(?!https?:)[^\W_][\w .&'()/+-]*")
"""A name that needs no quotes on a plain line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One board to be added: its line number from 1, its address, and what else the line says.

    `others` are further addresses of it, `board` is (ATS, board) where that is said outright. Lines with the same
    `owner` are boards of one company.
    """

    number: int
    address: str
    name: str | None = None
    groups: Sequence[str] = ()
    others: Sequence[str] = ()
    board: tuple[str, str] | None = None
    owner: str | None = None


def decode(content: bytes) -> str:
    """Return a file's text: UTF-8, UTF-16 with its mark, or else what spreadsheets on Windows write."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def parse_lines(text: str) -> list[Line]:
    """Read `URL`, `Name, URL` or `URL, Name` per line, CSV under a header that names `url`, or OPML.

    Empty lines and remarks (`#`) are left out. Raises InvalidInput for over 10,000 lines, and for XML that is no OPML.
    """
    if opml.is_opml(text):
        return _bounded([_of_place(place) for place in opml.places(text)])
    rows = _bounded(re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")), spare=1)
    lines: list[Line] = []
    columns: _Columns | None = None
    first = True
    for number, row in enumerate(rows, start=1):
        written = _without_remark(row)
        if not written:
            continue
        if first and (columns := _Columns.of(written)):
            first = False
            continue
        first = False
        lines.append(columns.line(number, written) if columns else _plain(number, written))
    return lines


def written(form: str, companies: Iterable[Listed]) -> bytes:
    """Return companies as a file; `form` is one of `FORMS`."""
    return FORMS[form].write(companies)


def _bounded(rows: list[T], *, spare: int = 0) -> list[T]:
    if len(rows) > LINES_MOST + spare:
        raise InvalidInput(f"there are {len(rows):,} lines; import at most {LINES_MOST:,} at a time")
    return rows


def _of_place(place: opml.Place) -> Line:
    return Line(
        place.line,
        place.addresses[0],
        _name(place.name),
        groups=_names(place.groups),
        others=place.addresses[1:],
        board=place.board,
        owner=str(place.owner),
    )


def _without_remark(row: str) -> str:
    """Return a line without what follows a `#` that stands outside of quotes, at its beginning or after a space."""
    if row.lstrip().startswith("#"):
        return ""
    remark = _REMARK.fullmatch(row)
    return (remark[1] if remark else row).strip()


def _plain(number: int, row: str) -> Line:
    mark = _MARK.match(row)
    written = row[mark.end() :] if mark else row
    cells = _cells(written, next((mark for mark in "\t,;" if mark in written), ","))
    if len(cells) == _PAIR and cells[0].lower().startswith(_WEB) and _cannot_go_on(cells[1]):
        # Taken for a part of the address, the name would make a board that is nowhere.
        return Line(number, cells[0], _name(cells[1]))
    if written.lower().startswith(_WEB):
        return Line(number, written)
    if len(cells) == 1:
        named = _BEHIND_A_NAME.fullmatch(cells[0])
        return Line(number, named[2], _name(named[1])) if named else Line(number, cells[0])
    if len(cells) == _PAIR:
        return Line(number, cells[1], _name(cells[0]))
    return Line(number, written)


def _cannot_go_on(behind: str) -> bool:
    """Whether what stands behind an address and a comma is a name, and no more of the address."""
    return not set("/=#") & set(behind) and not behind.isdecimal()


@dataclass(frozen=True, slots=True)
class _Columns:
    """What the columns of a CSV table hold."""

    delimiter: str
    places: Mapping[str, int]

    @classmethod
    def of(cls, header: str) -> "_Columns | None":
        """Read a header; None when the line is none: no title of a column is an address."""
        for delimiter in (",", ";", "\t"):
            titles = [cell.lower().replace("_", " ") for cell in _cells(header, delimiter)]
            found = {
                field: titles.index(title)
                for field, known in _TITLES.items()
                if (title := next((one for one in known if one in titles), None))
            }
            if "address" in found and not any(set("/.") & set(title) for title in titles):
                return cls(delimiter, found)
        return None

    def line(self, number: int, written: str) -> Line:
        """Read a row of the table."""
        cells = _cells(written, self.delimiter)
        values = {field: _as_meant(cells[place]) for field, place in self.places.items() if place < len(cells)}
        ats, board = values.get("ats"), values.get("board")
        return Line(
            number,
            values.get("address", ""),
            _name(values.get("name", "")),
            groups=_names(_cells(values.get("groups", ""), ";")),
            board=(ats, board) if ats and board else None,
            owner=values.get("owner") or None,
        )


def _cells(written: str, delimiter: str) -> list[str]:
    try:
        row = next(csv.reader([written], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        row = written.split(delimiter)
    return [cell.strip() for cell in row]


def _as_meant(cell: str) -> str:
    """Return a cell without the apostrophe that keeps spreadsheets from taking it for a formula."""
    return cell[1:] if cell.startswith("'") and harmless(cell[1:]) == cell else cell


def _name(written: str) -> str | None:
    return one_line(written)[:NAME_MOST].strip() or None


def _names(written: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in written if (name := _name(one))))


def _as_lines(companies: Iterable[Listed]) -> bytes:
    lines = ["# The companies that Rolecall watches: `rolecall import` reads this file. Groups are in CSV and OPML."]
    for company in companies:
        name = one_line(company.name)
        quoted = name if _SIMPLE_NAME.fullmatch(name) else '"{}"'.format(name.replace('"', '""'))
        lines += [f"{quoted}, {_address(*board)}" for board in company.boards]
    return "\n".join([*lines, ""]).encode()


def _address(ats: str, key: str, url: str) -> str:
    """Return the address of a board where it tells the board, else `ats/board`, which an import reads as well."""
    try:
        found = detect.from_address(url)
    except RolecallError:
        return f"{ats}/{key}"
    return url if (found.ats, found.key) == (ats, key) else f"{ats}/{key}"


def _as_table(companies: Iterable[Listed]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    file.write(",".join(_HEADER) + "\r\n")
    for company in companies:
        name, groups = harmless(one_line(company.name)), harmless(_in_one_cell(company.groups))
        writer.writerows([name, url, ats, key, groups, company.id] for ats, key, url in company.boards)
    return file.getvalue().encode()


def _in_one_cell(names: Sequence[str]) -> str:
    cell = io.StringIO()
    csv.writer(cell, delimiter=";", lineterminator="").writerow(one_line(name) for name in names)
    return cell.getvalue()


def _as_opml(companies: Iterable[Listed]) -> bytes:
    owners = (opml.Owner(company.name, company.boards, company.groups) for company in companies)
    return opml.written(owners, title="Companies watched by Rolecall")


class Form(NamedTuple):
    """A kind of file: its media type, and what writes it."""

    media_type: str
    write: Callable[[Iterable[Listed]], bytes]


FORMS: Mapping[str, Form] = {
    "txt": Form("text/plain; charset=utf-8", _as_lines),
    "csv": Form("text/csv; charset=utf-8", _as_table),
    "opml": Form(f"{opml.MEDIA_TYPE}; charset=utf-8", _as_opml),
}
"""The kinds of files by their suffix."""
