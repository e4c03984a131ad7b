"""COPY in its binary format, for many new rows at once: the server neither parses nor unescapes what it is given.

A row is the number of its values, then the length and the bytes of each, in the order of the network; -1 is NULL.
Values are written as the column's type receives them (https://www.postgresql.org/docs/current/sql-copy.html), so the
type of a Python value has to be the column's: `int` bigint, `str` text, `list` text[], `Json` jsonb.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from struct import Struct, pack
from types import NoneType
from typing import Any

from psycopg2.extras import Json
from sqlalchemy.orm import Session

_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_CHUNK = 1_048_576
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TEXT_OID = 25

_length = Struct("!i").pack
_bigint = Struct("!iq").pack


def copy_into(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows into a table in the session's transaction. Any conflict with rows that exist is an error."""
    width = pack("!h", len(columns))
    written = [width + b"".join([_WRITERS[type(value)](value) for value in row]) for row in rows]
    with closing(session.connection().connection.cursor()) as cursor:
        statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT binary)"
        cursor.copy_expert(statement, BytesIO(b"".join([_HEADER, *written, _TRAILER])), _CHUNK)


def _sized(content: bytes) -> bytes:
    return _length(len(content)) + content


def _text(value: str) -> bytes:
    content = value.encode()
    return _length(len(content)) + content


def _array(values: list[str]) -> bytes:
    """Write how many dimensions, whether there are NULLs, of what type; then the only dimension, and the elements."""
    if not values:
        return _sized(pack("!iii", 0, 0, _TEXT_OID))
    return _sized(pack("!iiiii", 1, 0, _TEXT_OID, len(values), 1) + b"".join(map(_text, values)))


def _numeric(value: Decimal) -> bytes:
    """Write how many digits to the base of 10,000, the power of the first, the sign, the decimals shown; the digits."""
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise TypeError(f"{value} is no amount")
    rest = int("".join(map(str, digits))) * 10 ** (exponent % 4)
    groups: list[int] = []
    while rest:
        rest, group = divmod(rest, 10_000)
        groups.append(group)
    first = len(groups) + exponent // 4 - 1
    head = pack("!hhHH", len(groups), first, 0x4000 if sign else 0, max(0, -exponent))
    return _sized(head + pack(f"!{len(groups)}h", *reversed(groups)))


_WRITERS: dict[type, Callable[[Any], bytes]] = {
    NoneType: lambda _: b"\xff\xff\xff\xff",
    str: _text,
    bytes: _sized,
    bool: lambda value: b"\0\0\0\1\1" if value else b"\0\0\0\1\0",
    int: lambda value: _bigint(8, value),
    Decimal: _numeric,
    datetime: lambda value: _bigint(8, (value - _EPOCH) // _MICROSECOND),
    list: _array,
    Json: lambda value: _sized(b"\1" + value.dumps(value.adapted).encode()),
}
