"""Statements that connections keep, against a real Postgres: planned once, and never out of date or out of reach."""

from contextlib import closing

import pytest
from sqlalchemy import text

from worker.resources import autocommit_engine, close_all, single
from worker.store import transactions
from worker.store.driver import Statement

ECHO = Statement(
    "echo", "SELECT CAST(:word AS text) AS word, CAST(:word AS text) || '%' AS more, :number::int AS number"
)
PREPARED = "SELECT name FROM pg_prepared_statements ORDER BY name"


@pytest.fixture
def connection(db):
    close_all()
    with closing(autocommit_engine().raw_connection()) as lent:
        yield lent


def rows(connection, sql):
    with closing(connection.cursor()) as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_values_arrive_by_their_names_whatever_they_hold(connection):
    nasty = "'; DROP TABLE boards; -- :number %(word)s \\ ü"
    for word in (nasty, None, ""):
        found = ECHO.row(connection, {"word": word, "number": 7})
        assert found == {"word": word, "more": None if word is None else f"{word}%", "number": 7}


def test_a_statement_is_prepared_once_per_connection(connection):
    for number in range(3):
        assert ECHO.row(connection, {"word": "a", "number": number})
    assert rows(connection, PREPARED) == [("echo",)]


def test_a_statement_without_a_row_returns_none(connection):
    nothing = Statement("nothing", "SELECT 1 AS one WHERE :wanted::bool")
    assert nothing.row(connection, {"wanted": False}) is None
    assert nothing.row(connection, {"wanted": True}) == {"one": 1}


def test_a_statement_in_a_session_is_undone_with_it(db):
    add = Statement("add", "INSERT INTO companies (name) VALUES (:name) RETURNING id")
    assert add.row(db, {"name": "lost"})
    db.rollback()
    assert add.row(db, {"name": "kept"})  # still prepared: a rollback does not take that back
    db.commit()
    assert list(db.execute(text("SELECT name FROM companies")).scalars()) == ["kept"]


def test_a_connection_that_broke_is_replaced_and_the_statement_made_again(db):
    close_all()
    pids = []

    def work(connection):
        pids.append(rows(connection, "SELECT pg_backend_pid()")[0][0])
        if len(pids) == 1:
            db.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pids[0]})
        return ECHO.row(connection, {"word": "again", "number": len(pids)})

    assert single(work) == {"word": "again", "more": "again%", "number": 2}
    assert pids[0] != pids[1]
    assert autocommit_engine().pool.checkedout() == 0


def test_a_planned_statement_follows_when_the_numbers_of_transactions_are_lifted(connection, db):
    number = Statement("number", "SELECT own_tx() AS tx WHERE :any::bool")
    before = [number.row(connection, {"any": True})["tx"] for _ in range(8)][-1]  # by now Postgres keeps the plan
    try:
        transactions.go_on_from(db, before + 1_000_000)
        db.commit()
        assert number.row(connection, {"any": True})["tx"] >= before + 1_000_000
    finally:
        lowest = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        transactions.go_on_from(db, db.execute(lowest).scalar_one())
        db.commit()
