"""The whole database, out and in: its tables by COPY, its sequences, and what is to be locked meanwhile.

A table's content is what `COPY` writes of its rows in the order of the primary key. It is the same wherever they lie in
the file and whatever the server's settings are, so two databases can be compared by it.
"""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import psycopg2
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from worker.errors import InvalidInput
from worker.models import Base
from worker.store.people import LOCAL_EMAIL

_VERSION_TABLE = "alembic_version"
_TAKEN = {"55P03", "40P01"}
"""SQLSTATE of a lock that is not to be had in time, or not without a deadlock."""
_FENCE_LEAP = 1_000_000
"""Claims left out where work was under way: who claimed after the backup must not be taken for the next one."""

_WRITE_PLAINLY = text("""
SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres';
SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'
""")

_TABLES = text("""
SELECT class.relname AS name,
    array_agg(attname::text ORDER BY attnum) AS columns,
    (SELECT array_agg(quote_ident(keys.attname) || CASE WHEN keys.attcollation <> 0 THEN ' COLLATE "C"' ELSE '' END
                      ORDER BY array_position(index.indkey::int2[], keys.attnum))
     FROM pg_index AS index JOIN pg_attribute AS keys
         ON keys.attrelid = index.indrelid AND keys.attnum = ANY(index.indkey::int2[])
     WHERE index.indrelid = class.oid AND index.indisprimary) AS key
FROM pg_class AS class JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid
WHERE class.relnamespace = current_schema()::regnamespace AND class.relkind = 'r' AND class.relname = ANY(:names)
    AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
GROUP BY class.oid, class.relname
""")

_SEQUENCES = text("""
SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = current_schema()
ORDER BY sequencename
""")

_REVISION_KNOWN = text(f"SELECT to_regclass('{_VERSION_TABLE}') IS NOT NULL")
_REVISION = text(f"SELECT version_num FROM {_VERSION_TABLE}")

_PEOPLE = text("SELECT count(*) FROM users WHERE email <> :local")

_RELEASE_BOARDS = text(f"""
UPDATE boards SET lease_until = NULL, fence = fence + {_FENCE_LEAP}
WHERE lease_until IS NOT NULL
    OR EXISTS (SELECT 1 FROM scan_runs WHERE board_id = boards.id AND state <> 'finished')
""")

_RELEASE_RUNS = text("""
UPDATE scan_runs SET state = 'queued', lease_until = NULL, enqueued_at = NULL, not_before = NULL, token = NULL
WHERE state <> 'finished'
""")

_RELEASE_DELIVERIES = text(f"""
UPDATE deliveries SET lease_until = now(), token = token + {_FENCE_LEAP} WHERE lease_until IS NOT NULL
""")


class Sink(Protocol):
    """What a table's content is written to."""

    def write(self, data: bytes, /) -> Any:
        """Take some bytes."""


class Source(Protocol):
    """What a table's content is read from."""

    def read(self, size: int, /) -> bytes:
        """Give at most so many bytes."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is there: its columns, and what orders its rows, as SQL writes it."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]

    @property
    def quoted(self) -> str:
        """The columns as SQL writes them."""
        return ", ".join(f'"{name}"' for name in self.columns)


def tables(session: Session) -> list[Table]:
    """Return Rolecall's tables as they are in this database, each after those it refers to."""
    names = [table.name for table in Base.metadata.sorted_tables]
    found = {row.name: row for row in session.execute(_TABLES, {"names": names})}
    return [Table(name, tuple(found[name].columns), tuple(found[name].key)) for name in names if name in found]


def revision(session: Session) -> str | None:
    """Return the migration the database is at, None for one without tables."""
    if not session.execute(_REVISION_KNOWN).scalar_one():
        return None
    return session.execute(_REVISION).scalar_one_or_none()


def sequences(session: Session) -> dict[str, int]:
    """Return the last number that each sequence gave, 0 where it gave none."""
    return {row[0]: row[1] for row in session.execute(_SEQUENCES)}


def hold_still(session: Session, held: Sequence[Table]) -> None:
    """Begin a session's transaction by keeping tables from being changed in their shape; rows may change."""
    names = ", ".join([*(table.name for table in held), _VERSION_TABLE])
    # LOCK takes no snapshot. One from before the locks would see a table that has just been rewritten as empty.
    session.execute(text(f"LOCK TABLE {names} IN ACCESS SHARE MODE"))


def hold_alone(session: Session, held: Sequence[Table], *, seconds: float) -> bool:
    """Lock tables for this transaction alone; False if others have not let go of them in time.

    The locks are tried for, and let go of again, so that nobody who waits for us can be waited for by us.
    """
    until = time.monotonic() + seconds
    while not _locked(session, held):
        if time.monotonic() > until:
            return False
        time.sleep(random.uniform(0.05, 0.25))
    return True


def copy_out(session: Session, table: Table, sink: Sink) -> int:
    """Write a table's content to a sink; return how many rows it has."""
    session.execute(_WRITE_PLAINLY)
    rows = f"SELECT {table.quoted} FROM {table.name} ORDER BY {', '.join(table.key)}"
    statement = f"COPY ({rows}) TO STDOUT (ENCODING 'UTF8')"
    with _cursor(session, statement) as cursor:
        cursor.copy_expert(statement, sink)
        return int(cursor.rowcount)


def copy_in(session: Session, table: Table, source: Source) -> None:
    """Add rows to a table as `copy_out` wrote them. Raises InvalidInput for what is no such row, or breaks a rule."""
    statement = f"COPY {table.name} ({table.quoted}) FROM STDIN (ENCODING 'UTF8')"
    with _cursor(session, statement) as cursor:
        try:
            cursor.copy_expert(statement, source)
        except (psycopg2.DataError, psycopg2.IntegrityError) as error:
            raise InvalidInput(f"what the backup has as {table.name} cannot be stored: {error}") from None


def contents(session: Session) -> dict[str, int]:
    """Return how many rows each table has, those without any left out.

    The local person, whom the first request of an installation makes, does not count.
    """
    found = {}
    for table in tables(session):
        if table.name == "users":
            rows = session.execute(_PEOPLE, {"local": LOCAL_EMAIL}).scalar_one()
        else:
            rows = session.execute(text(f"SELECT count(*) FROM {table.name}")).scalar_one()
        if rows:
            found[table.name] = int(rows)
    return found


def empty(session: Session, emptied: Sequence[Table]) -> None:
    """Delete every row of some tables."""
    session.execute(text(f"TRUNCATE {', '.join(table.name for table in emptied)}"))


def drop(session: Session, dropped: Sequence[Table]) -> None:
    """Drop tables with the sequences that are theirs, and what the migrations note."""
    if dropped:
        session.execute(text(f"DROP TABLE {', '.join(table.name for table in dropped)}"))
    session.execute(text(f"DROP TABLE IF EXISTS {_VERSION_TABLE}"))
    session.execute(text("DROP SEQUENCE IF EXISTS role_ids"))


def go_on(session: Session, after: Mapping[str, int]) -> None:
    """Let sequences give numbers above these. One that is further already stays: it never gives a number again."""
    here = sequences(session)
    for name in here.keys() & after.keys():
        if after[name] > here[name]:
            session.execute(text("SELECT setval(to_regclass(:name), :value)"), {"name": name, "value": after[name]})


def release(session: Session) -> None:
    """Let everything that was being worked on when the backup was taken begin anew, and refuse whoever had it.

    Runs are queued again; the lease of a delivery ends now, and the next tick finds that its worker was lost.
    """
    for statement in (_RELEASE_BOARDS, _RELEASE_RUNS, _RELEASE_DELIVERIES):
        session.execute(statement)


def analyse(session: Session) -> None:
    """Let the planner know what the tables hold now."""
    session.execute(text(f"ANALYZE {', '.join(table.name for table in tables(session))}"))


def _locked(session: Session, held: Sequence[Table]) -> bool:
    if not held:
        return True
    try:
        with session.begin_nested():
            session.execute(text("SET LOCAL lock_timeout = '500ms'"))
            session.execute(text(f"LOCK TABLE {', '.join(table.name for table in held)} IN ACCESS EXCLUSIVE MODE"))
            session.execute(text("SET LOCAL lock_timeout = 0"))
    except OperationalError as error:
        if getattr(error.orig, "pgcode", None) not in _TAKEN:
            raise
        return False
    return True


@contextmanager
def _cursor(session: Session, statement: str) -> Iterator[Any]:
    with closing(session.connection().connection.cursor()) as cursor:
        try:
            yield cursor
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            raise OperationalError(statement, None, error) from error
