"""What a run's findings mean: its outcome, whether postings may close, and the board's state from now on. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from worker.diff import is_mass_closure
from worker.errors import BoardError, BoardMoved, BoardNotFound
from worker.http import Traffic
from worker.store.runs import BoardState, Claim

BELIEVE_CLOSURE_AFTER = timedelta(hours=1)
BELIEVE_GONE_AFTER = timedelta(hours=12)
BELIEVE_GONE_COUNT = 3
PROBE_GONE_EVERY = timedelta(days=1)
GONE_LATELY = timedelta(days=30)
PROBE_LONG_GONE_EVERY = timedelta(days=7)
BACK_OFF_AFTER = 3
BACK_OFF_MOST = timedelta(days=1)
DETAILS_CONTINUE_AFTER = timedelta(minutes=2)
FULL_READ_EVERY = timedelta(days=1)
"""How long 304s are believed before a board is read in full again, in case its host's ETags lie."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The numbers of a reading that decide about it."""

    open_before: int
    open_after: int
    """Open postings if the missing ones close."""
    missing: int
    changed: bool
    """Whether anything opened, was updated or reopened."""
    incomplete: str | None
    details_pending: int
    unread: int = 0
    """Leads that nobody has read yet; until there are none, the first reading is not done."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome, whether the missing postings close, the board's next state, and the seconds to its next scan."""

    outcome: str
    closes: bool
    board: BoardState
    next_in: float | None = None
    first_complete: bool = False
    """Whether this is the board's first complete reading."""


@dataclass(frozen=True, slots=True)
class ReadAs:
    """How a board was read, details apart, to tell cheaply next time that nothing has changed."""

    etag: str | None
    last_modified: str | None
    digest: bytes
    single_request: bool
    fingerprint: str
    ignored: Mapping[str, Any] = field(default_factory=dict)
    """What the board remembers of leads that are no postings."""


def may_ask_conditionally(claim: Claim, fingerprint: str) -> bool:
    """Whether the last complete reading still stands for the board, so that 'not modified' is an answer."""
    board = claim.board
    read_lately = board.full_read_at is not None and claim.now - board.full_read_at < FULL_READ_EVERY
    return board.digest is not None and board.fingerprint == fingerprint and not board.details_pending and read_lately


def of_unchanged(claim: Claim, traffic: Traffic, *, by_host: bool) -> Verdict:
    """Judge a run whose board is as it was at the last complete reading."""
    board = replace(_healthy(claim.board), last_read_at=claim.now)
    if not by_host:
        board = replace(board, etag=traffic.etag, last_modified=traffic.last_modified, full_read_at=claim.now)
    return Verdict("unchanged", closes=False, board=board)


def of_reading(claim: Claim, tally: Tally, read_as: ReadAs) -> Verdict:
    """Judge a run that has read its board."""
    claim = replace(claim, board=replace(claim.board, ignored=read_as.ignored))
    if tally.incomplete:
        return _partial(claim, tally)
    if is_mass_closure(tally.open_before, tally.missing) and not _believed(claim):
        return _suspect(claim, tally)
    first = claim.board.baseline_at is None
    outcome = "changed" if first or tally.changed or tally.missing else "unchanged"
    # Rows that still wait for details were read by older code: its fingerprint stays until they are done.
    reread = not tally.details_pending
    board = replace(
        _healthy(claim.board),
        etag=read_as.etag,
        last_modified=read_as.last_modified,
        digest=read_as.digest,
        single_request=read_as.single_request,
        fingerprint=read_as.fingerprint if reread or first else claim.board.fingerprint,
        full_read_at=claim.now,
        last_read_at=claim.now,
        baseline_at=claim.board.baseline_at or (None if tally.unread else claim.now),
        open_count=tally.open_after,
        details_pending=tally.details_pending,
    )
    soon = DETAILS_CONTINUE_AFTER.total_seconds() if tally.details_pending else None
    first_complete = claim.board.full_read_at is None
    return Verdict(outcome, closes=True, board=board, next_in=soon, first_complete=first_complete)


def of_failure(claim: Claim, error: BoardError, *, interval: float) -> Verdict:
    """Judge a run that could not read its board."""
    if isinstance(error, BoardNotFound):
        return _not_found(claim, error)
    failures = claim.board.failures + 1
    board = replace(
        claim.board,
        failures=failures,
        error_kind=type(error).__name__,
        error=str(error)[:1000],
        moved_to=error.address if isinstance(error, BoardMoved) else claim.board.moved_to,
    )
    pause = None
    if failures >= BACK_OFF_AFTER:
        doublings = min(failures - BACK_OFF_AFTER + 1, 16)
        pause = min(interval * 2**doublings, max(interval, BACK_OFF_MOST.total_seconds()))
    return Verdict("failed", closes=False, board=board, next_in=pause)


def _partial(claim: Claim, tally: Tally) -> Verdict:
    # A board that only ever gives a part has had its baseline once that part has been read.
    baseline = claim.board.baseline_at or (claim.now if tally.open_before and not tally.unread else None)
    still_suspect = is_mass_closure(tally.open_before, tally.missing)  # if most is there, it was the answer's fault
    board = replace(
        _without_validators(claim.board),
        baseline_at=baseline,
        suspect_since=claim.board.suspect_since if still_suspect else None,
        open_count=tally.open_after + tally.missing,
        details_pending=tally.details_pending,
        failures=0,
        error_kind="Incomplete",
        error=tally.incomplete,
    )
    soon = DETAILS_CONTINUE_AFTER.total_seconds() if tally.unread else None
    return Verdict("partial", closes=False, board=board, next_in=soon)


def _suspect(claim: Claim, tally: Tally) -> Verdict:
    reason = (
        f"{tally.missing} of {tally.open_before} open postings are missing at once, which is more often a fault of the "
        "board's answer than news; they stay open until a second reading, an hour from now or asked for, agrees"
    )
    board = replace(
        _without_validators(claim.board),
        suspect_since=claim.board.suspect_since or claim.now,
        open_count=tally.open_after + tally.missing,
        details_pending=tally.details_pending,
        failures=0,
        error_kind="MassClosure",
        error=reason,
    )
    return Verdict("suspect", closes=False, board=board)


def _believed(claim: Claim) -> bool:
    since = claim.board.suspect_since
    return since is not None and (claim.by_person or claim.now - since >= BELIEVE_CLOSURE_AFTER)


def _not_found(claim: Claim, error: BoardNotFound) -> Verdict:
    since = claim.board.missing_since or claim.now
    count = claim.board.missing_count + 1
    confirmed = count >= BELIEVE_GONE_COUNT and claim.now - since >= BELIEVE_GONE_AFTER
    board = replace(
        # Once its postings are closed, a board that comes back unchanged is news: it must be read, not compared.
        _without_validators(claim.board) if confirmed else claim.board,
        failures=claim.board.failures + 1,
        missing_since=since,
        missing_count=count,
        gone_at=claim.board.gone_at or (claim.now if confirmed else None),
        open_count=0 if confirmed else claim.board.open_count,
        error_kind=type(error).__name__,
        error=str(error)[:1000],
    )
    pause = _probe_in(claim, board).total_seconds() if confirmed else None
    return Verdict("gone", closes=confirmed, board=board, next_in=pause)


def _probe_in(claim: Claim, board: BoardState) -> timedelta:
    """A board that is gone may come back: it is asked every day for a month, then every week."""
    lately = board.gone_at is None or claim.now - board.gone_at < GONE_LATELY
    return PROBE_GONE_EVERY if lately else PROBE_LONG_GONE_EVERY


def _healthy(board: BoardState) -> BoardState:
    return replace(
        board,
        failures=0,
        error_kind=None,
        error=None,
        suspect_since=None,
        missing_since=None,
        missing_count=0,
        gone_at=None,
        moved_to=None,
    )


def _without_validators(board: BoardState) -> BoardState:
    """What an unbelieved reading writes differs from the last complete one, so 'not modified' would mean nothing."""
    return replace(
        board,
        etag=None,
        last_modified=None,
        digest=None,
        missing_since=None,
        missing_count=0,
        gone_at=None,
    )
