"""What is to be scanned, when, and what became of it. Decides and writes; `tasks` puts the messages on Redis."""

from collections.abc import Sequence
from dataclasses import dataclass

import redis
import structlog
from sqlalchemy.orm import Session

from worker.errors import InvalidInput, NotFound
from worker.settings import Settings, get_settings
from worker.store import companies, drift, scans
from worker.store.scans import INTERACTIVE, SCANS, Idempotency

log = structlog.get_logger()

BATCH = 500
"""Runs that are marked and sent together; what a crash in between loses is found by the sweep."""
RESEND_AT_THE_LATEST = 900.0
"""Seconds after which a run is sent again even while its queue is not empty; a doubled message changes nothing."""


@dataclass(frozen=True, slots=True)
class Started:
    """A scan that has been accepted: its id, and how many boards it will read."""

    scan: int
    runs: int
    repeated: bool = False


def start_scan(
    db: Session,
    *,
    trigger: str,
    company_ids: Sequence[int] | None,
    user: int | None = None,
    idempotency: Idempotency | None = None,
) -> Started:
    """Write a scan of some companies, or of all, with a queued run per board. The caller commits, then enqueues.

    Raises NotFound for an unknown company, InvalidInput when there is nothing to scan, Conflict for an idempotency key
    that was used for another request.
    """
    if idempotency and (earlier := scans.same_request(db, user, idempotency)) is not None:
        return Started(earlier, scans.get(db, earlier)["runs"], repeated=True)
    if company_ids is not None and (unknown := companies.unknown(db, company_ids)):
        raise NotFound(f"there is no company {', '.join(map(str, unknown))}")
    boards = scans.boards_of(db, company_ids)
    if not boards:
        raise InvalidInput("there is no board to scan: add a company first, or resume the boards that are paused")
    queue = INTERACTIVE if len(boards) <= BATCH else SCANS
    scan = scans.create(db, trigger=trigger, queue=queue, boards=boards, user=user, idempotency=idempotency)
    scans.move_on(db, boards, interval=get_settings().scan_interval)
    return Started(scan, len(boards))


def start_due(db: Session, settings: Settings) -> Started | None:
    """Write a scan of up to some thousand boards whose time has come; None when there is none. The caller commits."""
    boards = scans.take_due(db, interval=settings.scan_interval, most=BATCH * 4)
    if not boards:
        return None
    return Started(scans.create(db, trigger="beat", queue=SCANS, boards=boards), len(boards))


def take_waiting(db: Session, *, scan: int | None = None) -> list[tuple[int, str]]:
    """Mark the next batch of runs that may go as sent; return (run, queue) of each. Commit, then enqueue them."""
    return scans.take_waiting(db, most=BATCH, scan=scan)


def sweep(db: Session, queues: redis.Redis, settings: Settings) -> None:
    """Find what got lost: runs whose worker is gone, and runs whose message Redis lost. The caller commits.

    A message counts as lost when its queue has been empty for all that Redis knows and the run still waits; on a queue
    that is never empty, after a quarter of an hour.
    """
    requeued, failed = scans.recover_expired(db, max_attempts=settings.max_attempts)
    empty = [name for name in (INTERACTIVE, SCANS) if not queues.llen(name)]
    resent = scans.resend_lost(db, seconds=settings.lost_seconds, queues=empty)
    resent += scans.resend_lost(db, seconds=RESEND_AT_THE_LATEST, queues=[INTERACTIVE, SCANS])
    if requeued or failed or resent:
        log.warning("lost runs found", worker_lost=requeued, out_of_tries=failed, message_lost=resent)


def measure_vendors(db: Session) -> None:
    """Count what vendors' answers held today, and note where they have drifted. The caller commits."""
    for one in drift.measure(db):
        log.warning("drift", ats=one.ats, what=one.what, level=round(one.level, 3), share=round(one.share, 3))
