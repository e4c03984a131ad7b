"""What `/readyz` asks of the parts Rolecall stands on."""

from functools import cache
from typing import Any

import redis
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from worker import heartbeat, migrate
from worker.errors import ServiceUnavailable
from worker.store import health


def check(db: Session, client: redis.Redis) -> dict[str, Any]:
    """Return that all is there. Raises ServiceUnavailable, which names every part that is missing."""
    missing = _database(db)
    workers: list[str] = []
    try:
        workers = heartbeat.seen(client)
        if not workers:
            missing.append("no worker was seen within the last minute")
    except redis.RedisError:
        missing.append("Redis does not answer")
    if missing:
        raise ServiceUnavailable("; ".join(missing))
    return {"status": "ok", "workers": workers}


def _database(db: Session) -> list[str]:
    try:
        revision = health.revision(db)
    except SQLAlchemyError:
        return ["the database does not answer, or has not been migrated"]
    if revision != _head():
        return [f"the database is at migration {revision}, this code needs {_head()}: run `rolecall migrate`"]
    return []


@cache
def _head() -> str:
    return migrate.head()
