"""Scans and the order of their runs: created, sent, lost and found again, cancelled, read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from worker.errors import Conflict, NotFound

INTERACTIVE = "interactive"
SCANS = "scans"

_DUE = text("""
WITH due AS (
    SELECT id FROM boards
    WHERE enabled AND next_scan_at <= now()
        AND NOT EXISTS (SELECT 1 FROM scan_runs WHERE board_id = boards.id AND state <> 'finished')
    ORDER BY next_scan_at LIMIT :most FOR UPDATE SKIP LOCKED
)
UPDATE boards SET next_scan_at =
    now() + coalesce(interval_seconds, :interval) * (0.9 + random() * 0.2) * interval '1 second'
FROM due WHERE boards.id = due.id RETURNING boards.id
""")

_MOVE_ON = text("""
UPDATE boards SET next_scan_at = greatest(next_scan_at,
    now() + coalesce(interval_seconds, :interval) * (0.9 + random() * 0.2) * interval '1 second')
WHERE id = ANY(:boards)
""")

_INSERT_SCAN = text("""
INSERT INTO scans (trigger, user_id, idempotency_key, request_digest)
VALUES (:trigger, :user, :idempotency_key, :request_digest) RETURNING id
""")

_INSERT_RUNS = text("""
INSERT INTO scan_runs (scan_id, board_id, queue)
SELECT :scan, boards.id, :queue FROM boards WHERE boards.id = ANY(:boards) ORDER BY boards.id
""")

_BOARDS_OF = text("""
SELECT id FROM boards WHERE (CAST(:companies AS bigint[]) IS NULL OR company_id = ANY(:companies)) AND enabled
ORDER BY id
""")

_TAKE_WAITING = text("""
WITH waiting AS (
    SELECT id FROM scan_runs
    WHERE state = 'queued' AND enqueued_at IS NULL AND (not_before IS NULL OR not_before <= now())
        AND (CAST(:scan AS bigint) IS NULL OR scan_id = :scan)
    ORDER BY not_before NULLS FIRST, id LIMIT :most FOR UPDATE SKIP LOCKED
)
UPDATE scan_runs SET enqueued_at = now() FROM waiting WHERE scan_runs.id = waiting.id
RETURNING scan_runs.id, scan_runs.queue
""")

# A row that somebody has locked is left for the next sweep: a worker that has stopped in the middle of a transaction
# would otherwise hold up what all others have lost.
_LOST_MESSAGES = text("""
WITH lost AS (
    SELECT id FROM scan_runs
    WHERE state = 'queued' AND enqueued_at < now() - :seconds * interval '1 second' AND queue = ANY(:queues)
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE scan_runs SET enqueued_at = NULL FROM lost WHERE scan_runs.id = lost.id
""")

_EXPIRED_LEASES = text("""
WITH lost AS (
    SELECT id FROM scan_runs WHERE state = 'running' AND lease_until < now() AND attempt < :most
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE scan_runs SET state = 'queued', lease_until = NULL, enqueued_at = NULL, not_before = NULL,
    error_kind = 'WorkerLost', error = 'the worker that held this run is gone'
FROM lost WHERE scan_runs.id = lost.id
""")

_EXHAUSTED = text("""
WITH lost AS (
    SELECT scan_runs.id FROM scan_runs JOIN boards ON boards.id = board_id
    WHERE state = 'running' AND scan_runs.lease_until < now() AND attempt >= :most
    FOR NO KEY UPDATE SKIP LOCKED
), run AS (
    UPDATE scan_runs SET state = 'finished', outcome = 'failed', finished_at = now(), lease_until = NULL,
        finished_tx = own_tx(), error_kind = 'WorkerLost',
        error = coalesce(error, 'the worker that held this run is gone')
    FROM lost WHERE scan_runs.id = lost.id
    RETURNING board_id
)
UPDATE boards SET last_run_at = now(), last_outcome = 'failed', failures = failures + 1, error_kind = 'WorkerLost',
    error = 'workers were lost while they read this board'
FROM run WHERE boards.id = run.board_id
""")

_CANCEL_RUNS = text("""
UPDATE scan_runs SET state = 'finished', outcome = 'failed', finished_at = now(), error_kind = 'Cancelled',
    finished_tx = own_tx(), error = 'the scan was cancelled before this board was read'
WHERE scan_id = :scan AND state = 'queued'
""")

_CANCEL_SCAN = text("""
UPDATE scans SET cancelled_at = CASE
    WHEN EXISTS (SELECT 1 FROM scan_runs WHERE scan_id = scans.id AND state <> 'finished')
    THEN coalesce(cancelled_at, now()) ELSE cancelled_at END
WHERE id = :scan RETURNING id
""")

_PRUNE = text("""
DELETE FROM scans WHERE created_at < now() - :days * interval '1 day'
    AND NOT EXISTS (SELECT 1 FROM scan_runs WHERE scan_id = scans.id AND state <> 'finished')
""")

_SCAN = text("""
SELECT scans.id, trigger, scans.created_at, cancelled_at, user_id,
    count(scan_runs.id) AS runs,
    count(*) FILTER (WHERE state = 'queued') AS queued,
    count(*) FILTER (WHERE state = 'running') AS running,
    count(*) FILTER (WHERE state = 'finished') AS finished,
    count(*) FILTER (WHERE outcome = 'changed') AS changed,
    count(*) FILTER (WHERE outcome = 'unchanged') AS unchanged,
    count(*) FILTER (WHERE outcome = 'partial') AS partial,
    count(*) FILTER (WHERE outcome = 'suspect') AS suspect,
    count(*) FILTER (WHERE outcome = 'gone') AS gone,
    count(*) FILTER (WHERE outcome = 'failed') AS failed,
    coalesce(sum(found), 0)::bigint AS found, coalesce(sum(opened), 0)::bigint AS opened,
    coalesce(sum(updated), 0)::bigint AS updated, coalesce(sum(closed), 0)::bigint AS closed,
    coalesce(sum(reopened), 0)::bigint AS reopened, coalesce(sum(skipped), 0)::bigint AS skipped,
    coalesce(sum(requests), 0)::bigint AS requests, coalesce(sum(bytes), 0)::bigint AS bytes,
    max(finished_at) AS last_finished_at
FROM scans LEFT JOIN scan_runs ON scan_runs.scan_id = scans.id
WHERE scans.id = ANY(:ids) GROUP BY scans.id ORDER BY scans.id DESC
""")

_SCAN_IDS = text("""
SELECT id FROM scans WHERE (CAST(:before AS bigint) IS NULL OR id < :before) ORDER BY id DESC LIMIT :most
""")

_RUN_COLUMNS = """
scan_runs.id, scan_runs.scan_id, scan_runs.board_id, boards.company_id, companies.name AS company, boards.ats,
boards.key AS board, boards.url, scan_runs.state, scan_runs.outcome, scan_runs.attempt, scan_runs.not_before,
scan_runs.started_at, scan_runs.finished_at, scan_runs.found, scan_runs.opened, scan_runs.updated, scan_runs.closed,
scan_runs.reopened, scan_runs.skipped, scan_runs.details_pending, scan_runs.requests, scan_runs.bytes,
scan_runs.not_modified, scan_runs.milliseconds, scan_runs.error_kind, scan_runs.error, scan_runs.notes
"""

_RUNS = text(f"""
SELECT {_RUN_COLUMNS} FROM scan_runs JOIN boards ON boards.id = scan_runs.board_id
    JOIN companies ON companies.id = boards.company_id
WHERE scan_runs.scan_id = :scan AND scan_runs.id > :after ORDER BY scan_runs.id LIMIT :most
""")

_FINISHED_RUNS = text(f"""
SELECT scan_runs.finished_tx, {_RUN_COLUMNS} FROM scan_runs JOIN boards ON boards.id = scan_runs.board_id
    JOIN companies ON companies.id = boards.company_id
WHERE scan_runs.scan_id = :scan AND scan_runs.state = 'finished'
    AND (scan_runs.finished_tx, scan_runs.id) > (:tx, :run)
    AND scan_runs.finished_tx < settled_tx()
ORDER BY scan_runs.finished_tx, scan_runs.id LIMIT :most
""")

_UNSEEN_RUNS = text("""
SELECT EXISTS (
    SELECT 1 FROM scan_runs WHERE scan_id = :scan AND (state <> 'finished' OR (finished_tx, id) > (:tx, :run))
)
""")

_TROUBLED_FIRST = text(f"""
SELECT {_RUN_COLUMNS} FROM scan_runs JOIN boards ON boards.id = scan_runs.board_id
    JOIN companies ON companies.id = boards.company_id
WHERE scan_runs.scan_id = :scan
ORDER BY CASE WHEN scan_runs.state = 'running' THEN 0 WHEN scan_runs.outcome IN ('failed', 'gone') THEN 1
    WHEN scan_runs.outcome IN ('suspect', 'partial') THEN 2 WHEN scan_runs.outcome = 'changed' THEN 3
    WHEN scan_runs.state = 'queued' THEN 4 ELSE 5 END, scan_runs.finished_at DESC NULLS LAST, scan_runs.id
LIMIT :most OFFSET :start
""")

_DURATIONS = text("""
SELECT scan_id, percentile_disc(0.5) WITHIN GROUP (ORDER BY milliseconds) AS p50,
    percentile_disc(0.95) WITHIN GROUP (ORDER BY milliseconds) AS p95
FROM scan_runs WHERE scan_id = ANY(:scans) AND state = 'finished' AND requests > 0 GROUP BY scan_id
""")

_UNFINISHED = text("""
SELECT ats, CASE WHEN ats = ANY(:apart) THEN key END AS key,
    count(*) FILTER (WHERE state = 'running') AS running, count(*) FILTER (WHERE state = 'queued') AS queued
FROM scan_runs JOIN boards ON boards.id = board_id WHERE scan_id = :scan AND state <> 'finished' GROUP BY 1, 2
""")

_BY_IDEMPOTENCY_KEY = text("""
SELECT id, request_digest FROM scans
WHERE coalesce(user_id, 0) = coalesce(CAST(:user AS bigint), 0) AND idempotency_key = :key
""")


@dataclass(frozen=True, slots=True)
class Idempotency:
    """A client's promise that two requests with this key are one; the digest tells when they are not."""

    key: str
    request_digest: bytes


def take_due(session: Session, *, interval: int, most: int) -> list[int]:
    """Return boards whose time has come, and move their next scan on. Each is returned to one caller only."""
    return list(session.execute(_DUE, {"interval": interval, "most": most}).scalars())


def move_on(session: Session, boards: Sequence[int], *, interval: int) -> None:
    """Let boards that are read now be due an interval from now, not sooner."""
    session.execute(_MOVE_ON, {"boards": list(boards), "interval": interval})


def boards_of(session: Session, companies: Sequence[int] | None) -> list[int]:
    """Return the enabled boards of some companies, or of all."""
    return list(session.execute(_BOARDS_OF, {"companies": None if companies is None else list(companies)}).scalars())


def create(
    session: Session,
    *,
    trigger: str,
    queue: str,
    boards: Sequence[int],
    user: int | None = None,
    idempotency: Idempotency | None = None,
) -> int:
    """Write a scan and a queued run per board; return the scan's id."""
    values = {
        "trigger": trigger,
        "user": user,
        "idempotency_key": idempotency.key if idempotency else None,
        "request_digest": idempotency.request_digest if idempotency else None,
    }
    scan = int(session.execute(_INSERT_SCAN, values).scalar_one())
    session.execute(_INSERT_RUNS, {"scan": scan, "queue": queue, "boards": list(boards)})
    return scan


def same_request(session: Session, user: int | None, idempotency: Idempotency) -> int | None:
    """Return the scan an earlier request with this key started. Raises Conflict if that request was another one."""
    row = session.execute(_BY_IDEMPOTENCY_KEY, {"user": user, "key": idempotency.key}).one_or_none()
    if row is None:
        return None
    if bytes(row[1]) != idempotency.request_digest:
        raise Conflict("this Idempotency-Key was used for another request; send a new key with a new request")
    return int(row[0])


def take_waiting(session: Session, *, most: int, scan: int | None = None) -> list[tuple[int, str]]:
    """Mark runs that may go as sent; return (run, queue) of each for the caller to put on Redis after its commit."""
    return [(row[0], row[1]) for row in session.execute(_TAKE_WAITING, {"most": most, "scan": scan})]


def resend_lost(session: Session, *, seconds: float, queues: Sequence[str]) -> int:
    """Let runs be sent again that were sent over `seconds` ago to these queues and never claimed; return how many."""
    values = {"seconds": seconds, "queues": list(queues)}
    return _count(session.execute(_LOST_MESSAGES, values))


def recover_expired(session: Session, *, max_attempts: int) -> tuple[int, int]:
    """Queue runs again whose worker is gone, and fail those out of tries; return both counts."""
    failed = _count(session.execute(_EXHAUSTED, {"most": max_attempts}))
    return _count(session.execute(_EXPIRED_LEASES, {"most": max_attempts})), failed


def cancel(session: Session, scan: int) -> int:
    """Fail the runs of a scan that no worker has begun; return how many. Raises NotFound."""
    if session.execute(_CANCEL_SCAN, {"scan": scan}).one_or_none() is None:
        raise NotFound(f"there is no scan {scan}")
    return _count(session.execute(_CANCEL_RUNS, {"scan": scan}))


def prune(session: Session, *, days: int) -> int:
    """Delete finished scans older than `days` with their runs; return how many. Postings and events stay."""
    return _count(session.execute(_PRUNE, {"days": days}))


def get(session: Session, scan: int) -> dict[str, Any]:
    """Return a scan with its totals. Raises NotFound."""
    found = session.execute(_SCAN, {"ids": [scan]}).mappings().one_or_none()
    if found is None:
        raise NotFound(f"there is no scan {scan}")
    return _with_state(dict(found))


def page(session: Session, *, before: int | None, most: int) -> list[dict[str, Any]]:
    """Return scans with their totals, newest first, older than the id `before`."""
    ids = list(session.execute(_SCAN_IDS, {"before": before, "most": most}).scalars())
    return [_with_state(dict(row)) for row in session.execute(_SCAN, {"ids": ids}).mappings()]


def runs(session: Session, scan: int, *, after: int = 0, most: int = 1000) -> list[dict[str, Any]]:
    """Return a scan's runs with an id over `after`, in the order of their ids."""
    return [dict(row) for row in session.execute(_RUNS, {"scan": scan, "after": after, "most": most}).mappings()]


def troubled_first(session: Session, scan: int, *, start: int, most: int) -> list[dict[str, Any]]:
    """Return a part of a scan's runs as somebody wants to see them: under way, in trouble, changed, and the rest."""
    values = {"scan": scan, "start": start, "most": most}
    return [dict(row) for row in session.execute(_TROUBLED_FIRST, values).mappings()]


def durations(session: Session, scan_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Return, by scan, the milliseconds that 50 and 95 of 100 of its finished runs took at most that asked a host."""
    rows = session.execute(_DURATIONS, {"scans": list(scan_ids)})
    return {row.scan_id: (row.p50, row.p95) for row in rows}


def unfinished(session: Session, scan: int, *, apart: Sequence[str]) -> list[tuple[str, str | None, int, int]]:
    """Return how many of a scan's boards are being read, and wait, by vendor; by board for those that are told apart.

    Each is vendor, the board's key or None, boards being read, boards that wait.
    """
    rows = session.execute(_UNFINISHED, {"scan": scan, "apart": list(apart)})
    return [(row.ats, row.key, row.running, row.queued) for row in rows]


def finished_after(
    session: Session, scan: int, cursor: tuple[int, int], *, most: int = 500
) -> list[tuple[tuple[int, int], dict[str, Any]]]:
    """Return (cursor, run) of runs that finished after a cursor, in an order that never skips or repeats one.

    The order is that of the transactions that finished them; rows of transactions that an older one could still
    precede are held back until it has ended.
    """
    values = {"scan": scan, "tx": cursor[0], "run": cursor[1], "most": most}
    found = []
    for row in session.execute(_FINISHED_RUNS, values).mappings():
        run = dict(row)
        found.append(((run.pop("finished_tx"), run["id"]), run))
    return found


def all_seen(session: Session, scan: int, cursor: tuple[int, int]) -> bool:
    """Whether every run of a scan has finished and stands at or before a cursor of `finished_after`."""
    return not session.execute(_UNSEEN_RUNS, {"scan": scan, "tx": cursor[0], "run": cursor[1]}).scalar_one()


def _with_state(scan: dict[str, Any]) -> dict[str, Any]:
    last: datetime | None = scan.pop("last_finished_at")
    done = scan["finished"] == scan["runs"]
    scan["state"] = "cancelled" if done and scan["cancelled_at"] else "finished" if done else "running"
    scan["finished_at"] = (last or scan["created_at"]) if done else None
    return scan


def _count(result: Any) -> int:
    return int(result.rowcount)
