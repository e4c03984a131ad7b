"""Is everything there that a scan needs? Each check says what it saw and what to do about it."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import redis
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from worker import heartbeat, migrate
from worker.celery import app as celery
from worker.errors import RolecallError
from worker.explaining import explain
from worker.resources import database, redis_client
from worker.settings import Settings, get_settings
from worker.store import drift, health
from worker.wording import count

State = Literal["ok", "warning", "problem"]

_LATE_SWEEPS = 6
"""A board that is overdue by so many of beat's rounds shows that beat does not tick, or that nobody obeys it."""
_OLD_SECONDS = 1800.0
_LITTLE_BYTES = 2 * 1024**3
_HARDLY_ANY_BYTES = 512 * 1024**2
_DRIFTS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check saw; a remedy unless all is well."""

    check: str
    state: State
    found: str
    remedy: str | None = None


def examine() -> Iterator[Finding]:
    """Yield the findings; what depends on something that is not there is left out."""
    try:
        settings = get_settings()
    except RolecallError as error:
        yield Finding("Settings", "problem", str(error), "start `rolecall up`, or set DATABASE_URL and REDIS_URL")
        return
    source = "the environment" if "DATABASE_URL" in os.environ else f"the `rolecall up` of {settings.folder}"
    yield Finding("Settings", "ok", f"read from {source}")
    yield from _database()
    yield from _redis()
    yield _disk(settings)


def _database() -> Iterator[Finding]:
    try:
        with database() as db:
            yield Finding("Database", "ok", f"PostgreSQL {health.server_version(db)} answers")
            migrations = _migrations(db)
            yield migrations
            if migrations.state == "ok":
                yield from _boards(db)
    except SQLAlchemyError as error:
        yield Finding("Database", "problem", explain(error) or str(error))


def _migrations(db: Session) -> Finding:
    needed = migrate.head()
    try:
        found = health.revision(db)
    except DBAPIError:
        db.rollback()
        found = None
    if found == needed:
        return Finding("Migrations", "ok", f"the database is at {needed}")
    return Finding(
        "Migrations",
        "problem",
        f"the database is at {found or 'no revision'}, this version of Rolecall needs {needed}",
        "run `rolecall migrate`; if the database is the newer one, update Rolecall",
    )


def _boards(db: Session) -> Iterator[Finding]:
    backlog, boards = health.backlog(db), health.boards(db)
    waiting, reading = backlog["queued"], backlog["running"]
    if waiting and (backlog["oldest_seconds"] or 0) > _OLD_SECONDS:
        yield Finding(
            "Runs",
            "warning",
            f"{count(waiting, 'board')} waiting to be read, the oldest for {backlog['oldest_seconds'] / 60:.0f} min",
            "more workers read more boards at once; a host that asked for patience is waited for",
        )
    else:
        yield Finding("Runs", "ok", f"{count(waiting, 'board')} waiting to be read, {reading:,} being read")
    yield _schedule(db)
    yield _health_of(boards)
    yield _drift(db)


def _schedule(db: Session) -> Finding:
    """Judge beat and the workers by what they leave undone: due boards are sent within half a minute."""
    boards, since = health.overdue(db, seconds=_LATE_SWEEPS * get_settings().sweep_seconds)
    if since is None:
        return Finding("Schedule", "ok", "no board has been left waiting for its time")
    return Finding(
        "Schedule",
        "problem",
        f"{count(boards, 'board')} should have been scanned by now, the first {_minutes(since)} ago",
        "beat or the workers do not run: start `rolecall up`, or `celery -A worker beat` and `celery -A worker worker`",
    )


def _health_of(boards: dict[str, int]) -> Finding:
    watched = f"{count(boards['enabled'], 'board')} watched, {count(boards['open_postings'], 'posting')} open"
    if not boards["boards"]:
        return Finding("Boards", "warning", "no company is watched yet", "add one with `rolecall add ADDRESS`")
    if not boards["failing"] and not boards["incomplete"]:
        return Finding("Boards", "ok", f"{watched}, none in trouble")
    said = f"{watched}; {boards['failing']:,} failing, {boards['incomplete']:,} read in part"
    return Finding("Boards", "warning", said, "`rolecall boards --failing` shows each with its cause")


def _drift(db: Session) -> Finding:
    found = drift.lately(db)
    if not found:
        return Finding("Vendors", "ok", "their answers hold what they held in the month before")
    said = [f"{one.ats}: {one.what} {one.share:.0%}, usually {one.level:.0%}" for one in found[:_DRIFTS_SHOWN]]
    more = f", and {len(found) - len(said)} more" if len(found) > len(said) else ""
    return Finding(
        "Vendors",
        "warning",
        f"answers have changed: {'; '.join(said)}{more}",
        "nothing is lost: look at one such posting on its board, then at what `rolecall dry-run` reads of it; a newer "
        "Rolecall may know the change",
    )


def _redis() -> Iterator[Finding]:
    try:
        with redis_client() as client:
            yield _server(client)
            yield _workers(client)
            yield _beat(client)
            lengths = {queue.name: client.llen(queue.name) for queue in celery.conf.task_queues}
            yield Finding("Queues", "ok", ", ".join(f"{name} {length:,}" for name, length in lengths.items()))
    except redis.RedisError as error:
        yield Finding("Redis", "problem", explain(error) or str(error))


def _server(client: redis.Redis) -> Finding:
    info: dict[str, str] = client.info()
    name, version = ("Valkey", info["valkey_version"]) if "valkey_version" in info else ("Redis", info["redis_version"])
    policy = info.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        return Finding(
            "Redis",
            "warning",
            f"{name} {version} answers, but may throw messages away when memory is short ({policy})",
            "set maxmemory-policy noeviction; lost runs are found again, only later",
        )
    return Finding("Redis", "ok", f"{name} {version} answers")


def _workers(client: redis.Redis) -> Finding:
    seen = heartbeat.seen(client)
    if seen:
        return Finding("Workers", "ok", f"{count(len(seen), 'worker')} seen lately: {', '.join(seen[:8])}")
    return Finding(
        "Workers",
        "problem",
        "none was seen lately, so no board is read",
        "start `rolecall up`, or `celery -A worker worker` where DATABASE_URL and REDIS_URL are set",
    )


def _beat(client: redis.Redis) -> Finding:
    ago = heartbeat.last_tick(client)
    if ago is not None and ago <= heartbeat.GONE_AFTER_SECONDS:
        return Finding("Beat", "ok", f"it ticked {count(round(ago), 'second')} ago")
    return Finding(
        "Beat",
        "problem",
        "it has not ticked lately, so no board is scanned by itself",
        "start `rolecall up`, or `celery -A worker beat`, once",
    )


def _minutes(since: datetime) -> str:
    return count(round((datetime.now(UTC) - since).total_seconds() / 60), "minute")


def _disk(settings: Settings) -> Finding:
    folder = settings.folder if settings.folder.exists() else Path()
    free = shutil.disk_usage(folder).free
    said = f"{free / 1024**3:,.1f} GB free where {folder.absolute()} is"
    if free >= _LITTLE_BYTES:
        return Finding("Disk", "ok", said)
    state: State = "problem" if free < _HARDLY_ANY_BYTES else "warning"
    return Finding("Disk", state, said, "make room: a database without any stops")
