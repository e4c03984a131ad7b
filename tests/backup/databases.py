"""Databases of a test's own, filled to the last column, and what is in them to compare."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import ARRAY, URL, BigInteger, Engine, NullPool, create_engine, make_url, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from tests.api import building
from worker import resources
from worker.migrate import upgrade
from worker.models import Base
from worker.settings import Settings, get_settings

NewDatabase = Callable[..., Engine]
ROWS = 5
ODD = [
    "",
    "plain",
    "tab\tline\nreturn\rback\\slash",
    "\\N",
    "\\.",
    "NULL",
    "ünï ☃ 😀",
    '"quoted", {x}',
    "''",
    "x" * 9000,
]
AT_REST: dict[tuple[str, str], Any] = {
    ("scan_runs", "state"): "finished",
    ("boards", "lease_until"): None,
    ("deliveries", "lease_until"): None,
    ("deliveries", "enqueued_at"): None,
    ("posting_events", "tx"): 7,
    ("scan_runs", "finished_tx"): 7,
    ("feeds", "group_id"): None,
    ("feeds", "title_filters"): None,
}
"""What an installation has where nothing is under way, by transactions that have been; a feed is of one thing."""


@contextmanager
def own_databases() -> Iterator[NewDatabase]:
    """Yield a function that makes a database beside that of `stack`, brought to head unless asked otherwise."""
    server = make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+psycopg2")
    made: list[Engine] = []

    def make(*, migrated: bool = True) -> Engine:
        engine = create_engine(server.set(database=f"{server.database}_{len(made)}"))
        like = f"TEMPLATE {_template(server)}" if migrated else ""
        _on(server, _gone(engine), f"CREATE DATABASE {engine.url.database} {like}")
        made.append(engine)
        return engine

    try:
        yield make
    finally:
        for engine in made:
            engine.dispose()
            _on(server, _gone(engine))


def _template(server: URL) -> str:
    """Return the name of a database at head, made the first time: copying it is faster than migrating each."""
    name = f"{server.database}_template"
    if not _on(server, f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
        _on(server, f"CREATE DATABASE {name}")
        engine = create_engine(server.set(database=name))
        upgrade(engine)
        engine.dispose()
    return name


def _gone(engine: Engine) -> str:
    return f"DROP DATABASE IF EXISTS {engine.url.database} WITH (FORCE)"


def _on(server: URL, *statements: str) -> list[Any]:
    """Run statements that have no place in a transaction; return the rows of the last one."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        results = [connection.execute(text(statement)) for statement in statements]
        return list(results[-1]) if results[-1].returns_rows else []


def settings_in(folder, **values: Any) -> Settings:
    """The settings of an installation with this folder."""
    return Settings(DATABASE_URL="postgresql://x/x", REDIS_URL="redis://x", ROLECALL_FOLDER=folder, **values)


@contextmanager
def living_in(engine: Engine) -> Iterator[None]:
    """Let this process work with a database of the test's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", engine.url.render_as_string(hide_password=False))
        _forget()
        yield
        _forget()
    _forget()


def _forget() -> None:
    get_settings.cache_clear()
    resources.close_all()


def digests(engine: Engine) -> dict[str, str]:
    """Return what is in every table, in a form to compare, told by other means than the backup's own."""
    with Session(engine) as session:
        return building.digest(session)


def fill(engine: Engine, rows: int = ROWS) -> None:
    """Write rows into every table, with every column and every kind of odd value, NULLs among them."""
    with engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            for number in range(rows):
                connection.execute(table.insert(), _row(table, number, rows))


def _row(table: Any, number: int, rows: int) -> dict[str, Any]:
    return {
        column.name: AT_REST[table.name, column.name]
        if (table.name, column.name) in AT_REST
        else _value(column, number, rows)
        for column in table.columns
        if column.identity is None
    }


def _value(column: Any, number: int, rows: int) -> Any:
    if column.foreign_keys and next(iter(column.foreign_keys)).column.table is column.table:
        return None if number == 0 else number
    if column.nullable and number % 3 == 1:
        return None
    if column.foreign_keys or (column.primary_key and column.type.python_type is int):
        return number + 1
    return _of_type(column.type, number)


def _of_type(kind: Any, number: int) -> Any:
    if isinstance(kind, ARRAY):
        return [_of_type(kind.item_type, number + one) for one in range(number)]
    if isinstance(kind, JSONB):
        return {"é\n": [None, 1.5, "\\", {"deep": number}], "n": 10**20 + number}
    values: dict[type, Any] = {
        str: _text(number),
        int: (2**62 if isinstance(kind, BigInteger) else 2**30) - number,
        bool: number % 2 == 0,
        bytes: bytes(range(256)) * (number + 1) + bytes([number]),
        float: 0.1 + number / 3,
        Decimal: Decimal(f"-12345678901234567890.{number}00100"),
        datetime: datetime(2026, 11, 1, 1, 30, 0, 123456 + number, tzinfo=UTC) - timedelta(days=9000 * number),
        date: date(1999, 12, 31) + timedelta(days=number),
        time: time(23, 59, number, 7),
    }
    return values[kind.python_type]


def _text(number: int) -> str:
    return f"{ODD[number % len(ODD)]}{number}"
