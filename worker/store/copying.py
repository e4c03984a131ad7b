r"""COPY, for many new rows at once: the server neither parses nor plans statements full of text.

Its text format: columns are separated by tabs, rows by line feeds, NULL is `\N`, and a backslash escapes all of these.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from io import StringIO
from types import NoneType
from typing import Any

from psycopg2.extras import Json
from sqlalchemy.orm import Session


def copy_into(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows into a table in the session's transaction. Any conflict with rows that exist is an error."""
    written = "".join(["\t".join([_WRITERS[type(value)](value) for value in row]) + "\n" for row in rows])
    with closing(session.connection().connection.cursor()) as cursor:
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", StringIO(written))


def _text(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def _array(values: list[str]) -> str:
    elements = [value.replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return _text("{" + ",".join([f'"{element}"' for element in elements]) + "}")


_WRITERS: dict[type, Callable[[Any], str]] = {
    NoneType: lambda _: r"\N",
    str: _text,
    bytes: lambda value: rf"\\x{value.hex()}",
    bool: lambda value: "t" if value else "f",
    int: str,
    Decimal: str,
    datetime: datetime.isoformat,
    list: _array,
    Json: lambda value: _text(value.dumps(value.adapted)),
}
