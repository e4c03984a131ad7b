"""Starting scans from a request: written, committed, and only then sent."""

import hashlib
from collections.abc import Sequence

import kombu.exceptions
import redis
import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.schemas.scans import NewScan
from worker import dispatch, tasks
from worker.dispatch import Started
from worker.store.scans import Idempotency

log = structlog.get_logger()


def idempotency(key: str | None, wish: NewScan) -> Idempotency | None:
    """Return a client's promise that two requests with this key are one."""
    if key is None:
        return None
    return Idempotency(key, hashlib.sha256(wish.model_dump_json().encode()).digest())


def start(db: Session, user: int, company_ids: Sequence[int] | None, promise: Idempotency | None = None) -> Started:
    """Start a scan of some companies, or of all; commit it with all that the request wrote before, and send it."""

    def write() -> Started:
        started = dispatch.start_scan(db, trigger="api", company_ids=company_ids, user=user, idempotency=promise)
        db.commit()
        return started

    try:
        started = write()
    except IntegrityError:
        if promise is None:
            raise
        db.rollback()
        started = write()  # the same request was under way at the same time: its scan is there now
    _send(started)
    return started


def _send(started: Started) -> None:
    try:
        tasks.enqueue_scan(started)
    except (kombu.exceptions.OperationalError, redis.RedisError) as error:
        # The runs are in Postgres: beat and the sweep send them as soon as Redis is back.
        log.warning("scan accepted while Redis is away", scan=started.scan, error=str(error))
