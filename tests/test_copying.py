"""What COPY writes in its binary format comes back as it was."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from psycopg2.extras import Json
from sqlalchemy import text

from worker.store.copying import copy_into

COLUMNS = {
    "number": "bigint",
    "word": "text",
    "digest": "bytea",
    "yes": "boolean",
    "amount": "numeric",
    "at": "timestamptz",
    "words": "text[]",
    "document": "jsonb",
}


@pytest.fixture
def table(db):
    db.execute(text(f"CREATE TEMPORARY TABLE copied ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})"))
    yield "copied"
    db.rollback()


def written(db, table, column, values):
    copy_into(db, table, ("number", column), list(enumerate(values)))
    return list(db.execute(text(f"SELECT {column} FROM {table} ORDER BY number")).scalars())


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("word", ["", "tab\tline\nslash\\ return\r", r"\N", r"\.", "Übung 🙂 \u2028", "x" * 3_000_000, None]),
        ("yes", [True, False, None]),
        ("words", [[], [""], ["a", 'quote " \\ , {}', "NULL", "ü"], None]),
        ("document", [Json({}), Json({"a": [1, None, "ü\n\\"]}), Json([]), None]),
        ("at", [datetime(2026, 11, 22, 9, 0, 0, 123456, UTC), datetime(1999, 12, 31, 23, 59, 59, 999999, UTC), None]),
    ],
)
def test_a_value_comes_back_as_it_was(column, values, db, table):
    assert written(db, table, column, values) == [one.adapted if isinstance(one, Json) else one for one in values]


def test_whole_numbers_of_any_size_come_back(db, table):
    numbers = [-(2**63), -1, 0, 1, 2**63 - 1]
    copy_into(db, table, ("number",), [(one,) for one in numbers])
    assert list(db.execute(text("SELECT number FROM copied ORDER BY number")).scalars()) == numbers


def test_bytes_come_back(db, table):
    values = [b"", bytes(range(256))]
    assert [bytes(one) for one in written(db, table, "digest", values)] == values


AMOUNTS = """
0 0.00 1 9999 10000 100000000 123456789012345.67 0.5 0.05 0.00001 10.10 1E+5 1E-9 -80000 -0.01 95000.00
"""


@pytest.mark.parametrize("amount", AMOUNTS.split())
def test_an_amount_comes_back_with_its_decimals(amount, db, table):
    (found,) = written(db, table, "amount", [Decimal(amount)])
    assert f"{found:f}" == f"{Decimal(amount):f}"


def test_a_moment_of_another_zone_is_the_same_moment(db, table):
    moment = datetime(2026, 10, 1, 9, 0, tzinfo=timezone(timedelta(hours=-4)))
    assert written(db, table, "at", [moment]) == [moment]


def test_no_rows_are_no_error(db, table):
    copy_into(db, table, ("number", "word"), [])
    assert db.execute(text("SELECT count(*) FROM copied")).scalar_one() == 0


def test_a_type_that_no_column_takes_is_refused_before_anything_is_written(db, table):
    with pytest.raises(KeyError):
        copy_into(db, table, ("number", "word"), [(1, "a"), (2, {"a": 1})])
    assert db.execute(text("SELECT count(*) FROM copied")).scalar_one() == 0
