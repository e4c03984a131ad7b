"""A run's life in the database: claimed, put back, finished; and never by two workers at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from worker.errors import StaleRun
from worker.store.driver import Opened, Statement


@dataclass(frozen=True, slots=True)
class BoardState:
    """What the pipeline knows and decides of a board; `models.Board` says what the columns mean."""

    etag: str | None
    last_modified: str | None
    digest: bytes | None
    single_request: bool
    fingerprint: str | None
    full_read_at: datetime | None
    last_read_at: datetime | None
    baseline_at: datetime | None
    open_count: int
    details_pending: int
    failures: int
    error_kind: str | None
    error: str | None
    suspect_since: datetime | None
    missing_since: datetime | None
    missing_count: int
    gone_at: datetime | None
    moved_to: str | None
    ignored: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Claim:
    """A run that this worker holds until `token` is outdated. `now` is the database's clock at the claim."""

    run_id: int
    scan_id: int
    board_id: int
    company_id: int
    ats: str
    key: str
    token: int
    attempt: int
    by_person: bool
    interval_seconds: int | None
    now: datetime
    board: BoardState


@dataclass(slots=True)
class Result:
    """What a finished run says of itself."""

    outcome: str
    found: int = 0
    opened: int = 0
    updated: int = 0
    closed: int = 0
    reopened: int = 0
    skipped: int = 0
    details_pending: int = 0
    requests: int = 0
    bytes: int = 0
    not_modified: bool = False
    milliseconds: int = 0
    error_kind: str | None = None
    error: str | None = None
    notes: list[str] = field(default_factory=list)


_STATE = tuple(BoardState.__dataclass_fields__)
_RESULT = tuple(Result.__dataclass_fields__)

# What is written under a claim names its token, which is also the board's fence as long as nobody else, by whichever
# run, has claimed the board.
_CLAIM = Statement(
    "claim",
    f"""
WITH run AS (
    SELECT id, board_id FROM scan_runs
    WHERE id = :run AND ((state = 'queued' AND (not_before IS NULL OR not_before <= now()))
                         OR (state = 'running' AND lease_until < now()))
    FOR UPDATE
), board AS (
    UPDATE boards SET fence = fence + 1, lease_until = now() + :lease * interval '1 second'
    FROM run WHERE boards.id = run.board_id AND (boards.lease_until IS NULL OR boards.lease_until < now())
    RETURNING boards.*
)
UPDATE scan_runs SET state = 'running', attempt = attempt + 1, token = board.fence, lease_until = board.lease_until,
    started_at = coalesce(scan_runs.started_at, now()), not_before = NULL
FROM board, scans WHERE scan_runs.id = :run AND scans.id = scan_runs.scan_id
RETURNING scan_runs.id AS run_id, scan_id, board_id, board.company_id, board.ats, board.key, scan_runs.token,
    scan_runs.attempt, scans.trigger <> 'beat' AS by_person, board.interval_seconds, now() AS now,
    {", ".join(f"board.{name}" for name in _STATE)}
""",
)

_BUSY = Statement(
    "busy",
    """
UPDATE scan_runs SET enqueued_at = NULL, not_before = now() + :pause * interval '1 second'
FROM boards WHERE scan_runs.id = :run AND scan_runs.state = 'queued' AND boards.id = scan_runs.board_id
    AND (scan_runs.not_before IS NULL OR scan_runs.not_before <= now()) AND boards.lease_until >= now()
RETURNING scan_runs.id
""",
)

_PUT_BACK = Statement(
    "put_back",
    """
WITH run AS (
    UPDATE scan_runs SET state = 'queued', lease_until = NULL, enqueued_at = NULL, attempt = attempt - :uncounted,
        not_before = now() + :pause * interval '1 second', error_kind = :error_kind, error = :error
    FROM boards WHERE scan_runs.id = :run AND state = 'running' AND token = :token
        AND boards.id = board_id AND fence = :token
    RETURNING board_id
)
UPDATE boards SET lease_until = NULL FROM run WHERE boards.id = run.board_id AND fence = :token RETURNING boards.id
""",
)

_HOLD = Statement(
    "hold",
    """
SELECT 1 FROM scan_runs JOIN boards ON boards.id = board_id
WHERE scan_runs.id = :run AND state = 'running' AND token = :token AND fence = :token FOR UPDATE OF scan_runs
""",
)

_FINISH = Statement(
    "finish",
    f"""
WITH run AS (
    UPDATE scan_runs SET state = 'finished', finished_at = now(), lease_until = NULL,
        finished_tx = own_tx(),
        {", ".join(f"{name} = :run_{name}" for name in _RESULT if name != "notes")},
        notes = CAST(:run_notes AS jsonb)
    FROM boards WHERE scan_runs.id = :run AND state = 'running' AND token = :token
        AND boards.id = board_id AND fence = :token
    RETURNING board_id
)
UPDATE boards SET lease_until = NULL, last_run_at = now(), last_outcome = :run_outcome,
    next_scan_at = coalesce(now() + :next_in * interval '1 second', next_scan_at),
    {", ".join(f"{name} = :{name}" for name in _STATE if name != "ignored")}, ignored = CAST(:ignored AS jsonb)
FROM run WHERE boards.id = run.board_id AND fence = :token RETURNING boards.id
""",
)


def claim(opened: Opened, run_id: int, *, lease_seconds: float) -> Claim | None:
    """Take a run, and its board with it, for `lease_seconds`. None: it is not there to be taken.

    A run whose board another run is reading at the moment is put back for a few seconds.
    """
    values = _CLAIM.row(opened, {"run": run_id, "lease": lease_seconds})
    if values is None:
        _BUSY.row(opened, {"run": run_id, "pause": 5})
        return None
    state = {name: values.pop(name) for name in _STATE}
    if state["digest"] is not None:
        state["digest"] = bytes(state["digest"])  # psycopg2's memoryview equals no bytes
    return Claim(**values, board=BoardState(**state))


def put_back(opened: Opened, held: Claim, *, seconds: float, error: Exception | None = None) -> None:
    """Give a run back to be claimed again after `seconds`; without an error the try does not count.

    Raises StaleRun if another worker has taken over.
    """
    values = {
        "run": held.run_id,
        "token": held.token,
        "pause": seconds,
        "uncounted": int(error is None),
        "error_kind": type(error).__name__ if error else None,
        "error": str(error)[:1000] if error else None,
    }
    if _PUT_BACK.row(opened, values) is None:
        raise _stale(held)


def hold(opened: Opened, held: Claim) -> None:
    """Lock a run for the transaction that writes its results. Raises StaleRun if another worker has taken over."""
    if _HOLD.row(opened, {"run": held.run_id, "token": held.token}) is None:
        raise _stale(held)


def finish(opened: Opened, held: Claim, result: Result, board: BoardState, *, next_in: float | None = None) -> None:
    """Write a run's outcome and its board's new state, and end the lease.

    `next_in` moves the board's next scan to that many seconds from now.
    Raises StaleRun if another worker has taken over.
    """
    values: dict[str, Any] = {f"run_{name}": getattr(result, name) for name in _RESULT}
    values["run_notes"] = orjson.dumps(result.notes).decode()
    values |= {name: getattr(board, name) for name in _STATE}
    values["ignored"] = orjson.dumps(board.ignored).decode()
    values |= {"run": held.run_id, "token": held.token, "next_in": next_in}
    if _FINISH.row(opened, values) is None:
        raise _stale(held)


def _stale(held: Claim) -> StaleRun:
    return StaleRun(f"run {held.run_id} is no longer this worker's (token {held.token})")


def as_dict(result: Result) -> dict[str, Any]:
    """Return a result as a log line has it."""
    return {name: value for name in _RESULT if (value := getattr(result, name)) not in (None, 0, [], False)}
