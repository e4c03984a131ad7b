"""What went wrong, in a sentence with cause, effect and remedy: the one place where errors of servers get words."""

import os
from urllib.parse import urlsplit

import kombu.exceptions
import redis
from sqlalchemy import exc

from worker.errors import RolecallError
from worker.local.running import find_running
from worker.settings import Settings, get_settings
from worker.wording import sentence

_NOT_MIGRATED = {"42P01", "42703", "3F000"}
"""SQLSTATE of a table, column or schema that is not there."""


def explain(error: BaseException) -> str | None:
    """Return the sentence for an error that can happen to anybody; None for one that Rolecall does not expect."""
    match error:
        case RolecallError():
            return sentence(str(error))
        case exc.SQLAlchemyError():
            return _explain_database(error)
        case redis.RedisError() | kombu.exceptions.OperationalError():
            return redis_trouble(str(error))
        case OSError():
            what = error.strerror or str(error)
            return sentence(f"{what}: {error.filename}" if error.filename else what)
        case _:
            return None


def _explain_database(error: exc.SQLAlchemyError) -> str | None:
    match error:
        case exc.OperationalError() | exc.InterfaceError():
            return database_trouble(str(error.orig))
        case exc.TimeoutError():
            return database_trouble("all of its connections are in use")
        case exc.DBAPIError() if getattr(error.orig, "pgcode", None) in _NOT_MIGRATED:
            return (
                "The database has not been brought to this version of Rolecall, so it cannot be read; run "
                "`rolecall migrate` (`rolecall up` does it by itself)."
            )
        case _:
            return None


def database_trouble(said: str) -> str:
    """Return the sentence for a Postgres that does not serve, given what its driver said."""
    settings = get_settings()
    where = _place(settings.database_url.get_secret_value())
    return (
        f"PostgreSQL at {where} cannot be used ({_cause(said)}), so nothing can be read or written; "
        f"{_remedy(settings, 'DATABASE_URL')}."
    )


def redis_trouble(said: str) -> str:
    """Return the sentence for a Redis that does not serve, given what its driver said."""
    settings = get_settings()
    where = _place(settings.redis_url.get_secret_value())
    return f"Redis at {where} cannot be used ({_cause(said)}), so no scan can begin; {_remedy(settings, 'REDIS_URL')}."


def _remedy(settings: Settings, variable: str) -> str:
    if variable in os.environ:
        return f"check that the server runs and that {variable} is right"
    if _runs(settings):
        return "`rolecall up` runs in this folder: see what it says there"
    return "the `rolecall up` of this folder does not run any more: start it again"


def _runs(settings: Settings) -> bool:
    try:
        return find_running(settings.folder) is not None
    except RolecallError:
        return True


def _place(url: str) -> str:
    """Return host, port and database of an address, never its password."""
    try:
        parts = urlsplit(url)
        host = f"{parts.hostname or 'this machine'}{f':{parts.port}' if parts.port else ''}"
    except ValueError:
        return "an address that cannot be read"
    return f"{host}{parts.path}"


def _cause(said: str) -> str:
    """Return the driver's reason in a few words: its first line, without the address it repeats."""
    line = next((part.strip() for part in said.splitlines() if part.strip()), "no reason given")
    for words, short in (
        ("Connection refused", "connection refused"),
        ("timeout expired", "no answer in time"),
        ("Timeout", "no answer in time"),
        ("Name or service not known", "no machine has this name"),
        ("could not translate host name", "no machine has this name"),
        ("password authentication failed", "it does not accept the password"),
        ("invalid username-password pair", "it does not accept the password"),
        ("Authentication required", "it wants a password"),
    ):
        if words in said:
            return short
    return line.removeprefix("FATAL:").strip().rstrip(".")
