"""Files that tables are exported to. Each format is a function that turns a table and its rows into bytes, lazily."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from worker.export_formats import csv_file, json_lines, parquet, xlsx
from worker.export_formats.table import Column, Kind, Row, Table

__all__ = ["FORMATS", "Column", "Format", "Kind", "Row", "Table"]


class Format(NamedTuple):
    """A format: its media type, and what writes it."""

    media_type: str
    write: Callable[[Table, Iterable[Row]], Iterator[bytes]]


FORMATS: Mapping[str, Format] = {
    "csv": Format("text/csv; charset=utf-8", csv_file.write),
    "jsonl": Format("application/jsonl", json_lines.write),
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx.write),
    "parquet": Format("application/vnd.apache.parquet", parquet.write),
}
"""The formats by the suffix of their files."""
