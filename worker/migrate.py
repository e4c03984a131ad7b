"""Bringing the database to this code's shape; any number of processes may start it at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text

from worker.store import transactions

_LOCK = 0x726F6C65  # "role": any number will do, as long as every migration takes the same


def upgrade(engine: Engine) -> None:
    """Run every migration that is missing, one process at a time; the others wait and find nothing left to do."""
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        connection.commit()
        try:
            command.upgrade(_config(connection), "head")
            transactions.catch_up(connection)
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
            connection.commit()


def lock(connection: Connection) -> None:
    """Let no migration begin until the connection's transaction ends; wait for one that is under way."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def upgrade_within(connection: Connection, revision: str = "head") -> None:
    """Run the migrations up to a revision in the connection's transaction, which the caller began and commits."""
    command.upgrade(_config(connection), revision)


def head() -> str:
    """Return the revision that this code needs."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None  # noqa: S101 - the package has migrations
    return revision


def is_known(revision: str) -> bool:
    """Whether this code has a migration of that name; one of a newer Rolecall it has not."""
    try:
        return ScriptDirectory.from_config(_config()).get_revision(revision).revision == revision
    except CommandError:
        return False


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
