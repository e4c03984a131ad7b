"""Exported files hold what was stored: each is read back by a reader that is not ours."""

import csv
import io
import json
import re
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from openpyxl.utils.escape import unescape
from pyarrow import parquet as arrow

from worker.errors import InvalidInput
from worker.export_formats import FORMATS, Column, Kind, Table, csv_file, json_lines, parquet, xlsx

TABLE = Table(
    "roles",
    (
        Column("id", Kind.INTEGER),
        Column("title"),
        Column("open", Kind.BOOLEAN),
        Column("salary_min", Kind.AMOUNT),
        Column("salary_currency"),
        Column("seen", Kind.MOMENT),
        Column("applied_on", Kind.DAY),
        Column("locations", Kind.TEXTS),
        Column("places", Kind.PLACES),
        Column("extras", Kind.JSON),
    ),
    {"salary": ("min", "currency")},
)
KINDS = [column.kind for column in TABLE.columns]
ROW = (
    7, "Engineer", True, Decimal("70000.50"), "EUR", datetime(2026, 11, 1, 9, 30, 0, 123456, tzinfo=UTC),
    date(2026, 11, 2), ["Berlin", "Köln"], '[{"city": "Berlin", "region": null, "country": "DE"}]', '{"a": [1, 0.10]}',
)  # fmt: skip
EMPTY = (None,) * len(ROW)


def file(form: str, rows: Sequence[Any], table: Table = TABLE) -> bytes:
    return b"".join(FORMATS[form].write(table, rows))


def of_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def of_json_lines(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line, parse_float=Decimal) for line in data.split(b"\n") if line]


def of_xlsx(data: bytes) -> list[list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]


def of_parquet(data: bytes) -> list[dict[str, Any]]:
    return arrow.read_table(io.BytesIO(data)).to_pylist()


def cell(text: str, kind: Kind = Kind.TEXT) -> tuple[str, Any]:
    """Return what CSV and XLSX make of a text."""
    table = Table("one", (Column("text", kind),))
    return of_csv(file("csv", [(text,)], table))[1][0], of_xlsx(file("xlsx", [(text,)], table))[0][1][0]


def test_csv_is_what_a_person_expects():
    assert file("csv", [ROW, EMPTY]).decode() == (
        "id,title,open,salary_min,salary_currency,seen,applied_on,locations,places,extras\r\n"
        "7,Engineer,true,70000.5,EUR,2026-11-01T09:30:00.123456Z,2026-11-02,"
        '"[""Berlin"",""Köln""]","[{""city"": ""Berlin"", ""region"": null, ""country"": ""DE""}]",'
        '"{""a"": [1, 0.10]}"\r\n'
        ",,,,,,,,,\r\n"
    )


def test_csv_begins_with_a_byte_order_mark_where_it_is_wanted():
    marked = b"".join(csv_file.write(TABLE, [ROW], byte_order_mark=True))
    assert marked == b"\xef\xbb\xbf" + file("csv", [ROW])


def test_json_lines_are_exact():
    (line, empty) = file("jsonl", [ROW, EMPTY]).decode().splitlines()
    assert line == (
        '{"id":7,"title":"Engineer","open":true,"salary":{"min":70000.5,"currency":"EUR"},'
        '"seen":"2026-11-01T09:30:00.123456Z","applied_on":"2026-11-02","locations":["Berlin","Köln"],'
        '"places":[{"city": "Berlin", "region": null, "country": "DE"}],"extras":{"a": [1, 0.10]}}'
    )
    assert set(json.loads(empty).values()) == {None}
    assert list(json.loads(empty)) == list(json.loads(line))


def test_parquet_has_types():
    schema = arrow.read_schema(io.BytesIO(file("parquet", [])))
    assert [str(field.type) for field in schema] == [
        "int64", "string", "bool", "decimal128(38, 10)", "string", "timestamp[us, tz=UTC]", "date32[day]",
        "list<element: string>", "list<element: struct<city: string, region: string, country: string>>", "string",
    ]  # fmt: skip


def test_a_workbook_has_a_header_that_stays_and_cells_of_their_kind():
    book = openpyxl.load_workbook(io.BytesIO(file("xlsx", [ROW])))
    (sheet,) = book.worksheets
    assert (sheet.title, sheet.freeze_panes) == ("roles", "A2")
    assert [one.font.b for one in sheet[1]] == [True] * len(ROW)
    assert [one.value for one in sheet[1]] == TABLE.header
    kinds = [one.data_type for one in sheet[2]]
    assert kinds == ["n", "s", "b", "n", "s", "d", "d", "s", "s", "s"]
    assert sheet["F2"].number_format == "yyyy\\-mm\\-dd\\ hh:mm:ss"
    assert sheet["G2"].number_format == "yyyy\\-mm\\-dd"


def test_every_part_of_a_workbook_is_xml_and_is_listed():
    with ZipFile(io.BytesIO(file("xlsx", [ROW]))) as archive:
        assert archive.testzip() is None
        parts = {name: etree.fromstring(archive.read(name)) for name in archive.namelist()}
    listed = {part.get("PartName") for part in parts["[Content_Types].xml"] if part.get("PartName")}
    assert listed == {f"/{name}" for name in parts if not name.endswith((".rels", "[Content_Types].xml"))}
    targets = {part.get("Target") for part in parts["xl/_rels/workbook.xml.rels"]}
    assert targets == {"worksheets/sheet1.xml", "styles.xml"}


@pytest.mark.parametrize("form", FORMATS)
def test_without_rows_there_is_still_a_file(form):
    data = file(form, [])
    match form:
        case "csv":
            assert of_csv(data) == [TABLE.header]
        case "jsonl":
            assert data == b""
        case "xlsx":
            assert of_xlsx(data) == [[tuple(TABLE.header)]]
        case "parquet":
            assert of_parquet(data) == []


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_rows_make_the_same_file_in_several_parts(form):
    rows = [(number, f"Role {number} " + "x" * number * 7, *ROW[2:]) for number in range(3000)]
    parts = list(FORMATS[form].write(TABLE, rows))
    assert b"".join(parts) == file(form, rows)
    assert len(parts) > 1


@pytest.mark.parametrize("form", FORMATS)
def test_rows_are_taken_as_the_file_is_written(form, monkeypatch):
    """What was never asked for is never read: a reader that leaves ends the reading."""
    monkeypatch.setattr(csv_file, "CHUNK_CHARACTERS", 1000)
    monkeypatch.setattr(json_lines, "CHUNK_BYTES", 1000)
    monkeypatch.setattr(xlsx, "CHUNK_BYTES", 1000)
    monkeypatch.setattr(parquet, "GROUP_ROWS", 200)
    taken = 0

    def rows():
        nonlocal taken
        for number in range(100_000):
            taken += 1
            yield (number, f"{number:x}" * 9, *ROW[2:])

    parts = FORMATS[form].write(TABLE, rows())
    assert next(parts)
    parts.close()
    assert taken < 10_000


# --- Texts that others would execute, or cannot hold -----------------------------------------------------------------


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "'="])
def test_a_text_is_never_a_formula(begins):
    text = f"{begins}cmd|' /C calc'!A0"
    in_csv, in_xlsx = cell(text)
    assert in_csv == f"'{text}"
    assert in_xlsx == text.replace("\r", "\n")
    book = openpyxl.load_workbook(io.BytesIO(file("xlsx", [(text,)], Table("t", (Column("text"),)))))
    assert book.worksheets[0]["A2"].data_type == "s"


@pytest.mark.parametrize("text", ["", " ", "Engineer", "a=b", "'quoted'", " =1", "1+1"])
def test_other_texts_stay_as_they_are(text):
    in_csv, in_xlsx = cell(text)
    assert (in_csv, in_xlsx or "") == (text, text)


def test_numbers_below_zero_stay_numbers():
    table = Table("one", (Column("number", Kind.INTEGER), Column("amount", Kind.AMOUNT)))
    assert of_csv(file("csv", [(-5, Decimal("-0.5"))], table))[1] == ["-5", "-0.5"]
    assert of_xlsx(file("xlsx", [(-5, Decimal("-0.5"))], table))[0][1] == (-5, -0.5)


def test_what_no_spreadsheet_can_hold_is_left_out_or_cut():
    assert cell("a\x00b\x0bc\x1f\ufffe\uffffd")[1] == "abcd"
    assert unescape(cell("_x0041_ _xzz_")[1]) == "_x0041_ _xzz_"
    long = cell("\U0001f600" * 20_000)[1]
    assert long == "\U0001f600" * 16_383
    assert len(cell("x" * 40_000)[1]) == 32_767


def test_numbers_that_excel_would_round_are_texts():
    table = Table("one", (Column("number", Kind.INTEGER), Column("amount", Kind.AMOUNT)))
    rows = [(2**53 + 1, Decimal("1234567890.1234567")), (10**14, Decimal("0.1"))]
    assert of_xlsx(file("xlsx", rows, table))[0][1:] == [("9007199254740993", "1234567890.1234567"), (10**14, 0.1)]


def test_moments_before_excels_calendar_are_texts_and_all_are_utc():
    table = Table("one", (Column("moment", Kind.MOMENT), Column("day", Kind.DAY)))
    early = (datetime(1899, 1, 1, tzinfo=UTC), date(1900, 2, 28))
    elsewhere = (datetime(2026, 11, 1, 1, 30, tzinfo=timezone(timedelta(hours=2))), date(1900, 3, 1))
    assert of_xlsx(file("xlsx", [early, elsewhere], table))[0][1:] == [
        ("1899-01-01T00:00:00Z", "1900-02-28"),
        (datetime.fromisoformat("2026-10-31T23:30"), datetime.fromisoformat("1900-03-01")),
    ]


@pytest.mark.parametrize(("limit", "value"), [("ROWS_MOST", 3), ("SHEET_BYTES_MOST", 1500)])
def test_what_is_too_much_for_a_sheet_goes_on_in_the_next(limit, value, monkeypatch):
    monkeypatch.setattr(xlsx, limit, value)
    rows = [(number, *ROW[1:]) for number in range(9)]
    sheets = of_xlsx(file("xlsx", rows))
    assert all(sheet[0] == tuple(TABLE.header) for sheet in sheets)
    assert [len(sheet) - 1 for sheet in sheets] == [3, 3, 3]
    assert [row[0] for sheet in sheets for row in sheet[1:]] == list(range(9))
    names = openpyxl.load_workbook(io.BytesIO(file("xlsx", rows))).sheetnames
    assert names == ["roles", "roles 2", "roles 3"]


def test_a_sheet_is_filled_to_what_excel_can_hold():
    assert xlsx.ROWS_MOST + 1 == 1_048_576


def test_groups_of_rows_end_where_their_texts_are_long(monkeypatch):
    monkeypatch.setattr(parquet, "_ROWS_AT_ONCE", 1)
    monkeypatch.setattr(parquet, "GROUP_BYTES", 5_000)
    monkeypatch.setattr(parquet, "GROUP_ROWS", 4)
    rows = [(number, "x" * 2_000 * (number < 6), *ROW[2:]) for number in range(12)]
    metadata = arrow.ParquetFile(io.BytesIO(file("parquet", rows))).metadata
    assert [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)] == [3, 3, 4, 2]


def test_an_amount_of_more_digits_than_parquet_has_is_rounded_or_unknown():
    table = Table("one", (Column("amount", Kind.AMOUNT),))
    rows = [(Decimal("0.12345678905"),), (Decimal(10) ** 27,), (Decimal(10) ** 28,)]
    assert [row["amount"] for row in of_parquet(file("parquet", rows, table))] == [
        Decimal("0.1234567890"), Decimal(10) ** 27, None,
    ]  # fmt: skip


def test_parquet_without_pyarrow_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InvalidInput, match=r"`pip install pyarrow`\), or ask for csv, jsonl or xlsx"):
        file("parquet", [ROW])


# --- Whatever is stored ----------------------------------------------------------------------------------------------

_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=6,
)
_place = st.fixed_dictionaries(dict.fromkeys(["city", "region", "country"], st.none() | _texts))
_VALUES = {
    Kind.INTEGER: st.integers(-(2**63), 2**63 - 1),
    Kind.TEXT: _texts,
    Kind.BOOLEAN: st.booleans(),
    Kind.AMOUNT: st.decimals(-(10**12), 10**12, places=4),
    Kind.MOMENT: st.datetimes(datetime.fromisoformat("1901-01-01"), timezones=st.just(UTC)),
    Kind.DAY: st.dates(date(1901, 1, 1)),
    Kind.TEXTS: st.lists(_texts, max_size=3),
    Kind.PLACES: st.lists(_place, max_size=2).map(lambda value: json.dumps(value, ensure_ascii=False)),
    Kind.JSON: _json.map(lambda value: json.dumps(value, ensure_ascii=False)),
}
_rows = st.lists(st.tuples(*(st.none() | _VALUES[kind] for kind in KINDS)), max_size=4)
_checked = settings(max_examples=60, deadline=None)


@_checked
@given(rows=_rows)
def test_csv_gives_back_what_was_stored(rows):
    header, *lines = of_csv(file("csv", rows))
    assert header == TABLE.header
    for line, row in zip(lines, rows, strict=True):
        for written, kind, value in zip(line, KINDS, row, strict=True):
            assert _from_csv(written, kind) == (value if value not in (None, "") else None)


_FROM_CSV = {
    Kind.INTEGER: int,
    Kind.BOOLEAN: {"true": True, "false": False}.__getitem__,
    Kind.AMOUNT: Decimal,
    Kind.MOMENT: datetime.fromisoformat,
    Kind.DAY: date.fromisoformat,
    Kind.TEXTS: json.loads,
}


def _from_csv(written: str, kind: Kind) -> Any:
    if written == "":
        return None
    if kind in _FROM_CSV:
        return _FROM_CSV[kind](written)
    assert not re.match(r"[=+\-@\t\r\n]", written)
    return re.sub("^'(?='*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20])", "", written)


@_checked
@given(rows=_rows)
def test_json_lines_give_back_what_was_stored(rows):
    for found, row in zip(of_json_lines(file("jsonl", rows)), rows, strict=True):
        stored = dict(zip(TABLE.header, row, strict=True))
        pay = {"min": stored.pop("salary_min"), "currency": stored.pop("salary_currency")}
        assert found.pop("salary") == (pay if any(value is not None for value in pay.values()) else None)
        for name in ("seen", "applied_on"):
            text = found.pop(name)
            kind = datetime if name == "seen" else date
            assert (text and kind.fromisoformat(text)) == stored.pop(name)
        for name in ("places", "extras"):
            stored[name] = stored[name] and json.loads(stored[name])
        assert found == stored


@_checked
@given(rows=_rows)
def test_parquet_gives_back_what_was_stored(rows):
    for found, row in zip(of_parquet(file("parquet", rows)), rows, strict=True):
        stored = dict(zip(TABLE.header, row, strict=True))
        stored["places"] = stored["places"] and json.loads(stored["places"])
        assert found == stored


@_checked
@given(rows=_rows)
def test_xlsx_gives_back_what_was_stored(rows):
    ((header, *lines),) = of_xlsx(file("xlsx", rows))
    assert list(header) == TABLE.header
    for line, row in zip(lines, rows, strict=False):
        for found, kind, value in zip(line, KINDS, row, strict=True):
            if value is None:
                assert found is None
            elif kind in (Kind.MOMENT, Kind.DAY):
                moment = datetime.combine(value, time()) if kind is Kind.DAY else value.replace(tzinfo=None)
                assert abs(found - moment) <= timedelta(milliseconds=1)
            elif kind in (Kind.INTEGER, Kind.AMOUNT):
                assert Decimal(str(found)) == value
            elif kind is Kind.BOOLEAN:
                assert found is value
            elif kind is Kind.TEXTS:
                assert json.loads(unescape(found)) == [re.sub("[\ufffe\uffff]", "", one) for one in value]
            else:
                plain = value.replace("\r\n", "\n").replace("\r", "\n")
                assert unescape(found or "") == re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", plain)
