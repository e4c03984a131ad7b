"""One run of one board, from claim to commit.

No database connection is held while the network is waited for: the run is claimed in one short transaction, what is
known is read in a second, and everything found is written in a third, which is only believed while the claim's fencing
token is current. A stale or doubled worker therefore changes nothing.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from redis import RedisError
from sqlalchemy.orm import Session

from worker import detect, reading, recording, verdict
from worker.errors import BoardError, BoardUnavailable, StaleRun
from worker.extractor import Extractor
from worker.extractors import extractor
from worker.findings import NOT_READ, Findings, find
from worker.http import BoardClient, Limits, NotModified, Traffic, Validators
from worker.pace import Pace
from worker.posting import BoardKey
from worker.resources import database, http_session, redis_client, single, transaction
from worker.robots import permit_of
from worker.settings import Settings, get_settings
from worker.store import companies, runs, suggestions
from worker.store import inventory as store
from worker.store.driver import Opened
from worker.store.runs import Claim, Result
from worker.verdict import Tally, Verdict

log = structlog.get_logger()

PROGRESS_CHANNEL = "rolecall:scan:{}"
"""Redis channel of a scan's progress: a message says that something has happened, Postgres says what."""


@dataclass(frozen=True, slots=True)
class Read:
    """What came of reading a board: the verdict, what is to be written, what it cost, and how the host behaved."""

    judged: Verdict
    findings: Findings
    traffic: Traffic
    answered: bool | None = None
    failure: str = ""
    renamed: str | None = None
    """The board's key from now on, where its vendor sends readers on to another one for good."""

    @property
    def writes(self) -> bool:
        """Whether more than the run's end is to be written."""
        missing = self.findings.missing and self.judged.closes
        return bool(self.renamed or self.findings.rows or missing or self.judged.first_complete)


def scan(run_id: int) -> str | None:
    """Carry out a run; return its outcome, or None when it was not this worker's to do or has been put back.

    Whatever goes wrong in Rolecall itself, the run ends in an outcome: it is tried again, and failed when its tries are
    used up. Such errors go on to Celery, where the operator sees them.
    """
    settings = get_settings()
    claim = single(lambda db: runs.claim(db, run_id, lease_seconds=settings.lease_seconds))
    if claim is None:
        return None
    try:
        return _scan(claim, settings)
    except StaleRun as error:
        log.warning("run taken over", run=run_id, reason=str(error))
        return None
    except Exception as error:
        _give_back(claim, error, settings)
        raise


def _scan(claim: Claim, settings: Settings) -> str | None:
    started = time.monotonic()
    vendor = extractor(claim.ats)
    key = vendor.key(claim.key)
    with redis_client() as redis_:
        pace = Pace.of(vendor, key, redis_, settings, holder=f"{claim.run_id}:{claim.token}")
        try:
            pause = pace.admit()
        except BoardUnavailable as error:
            read = Read(_failure(claim, error, settings), _nothing_found(claim), Traffic())
            return _end(claim, read, pace, started)
        if pause > 0:
            single(lambda db: runs.put_back(db, claim, seconds=pause))
            return None
        with http_session() as session:
            client = BoardClient(
                session,
                _limits(settings),
                _pace_further_requests(pace),
                _validators(claim),
                statuses=vendor.statuses,
                permit=permit_of(vendor, redis_, settings),
            )
            try:
                if (found := _read(claim, vendor, key, client, pace, settings)) is None:
                    return None
                return _end(claim, found, pace, started)
            finally:
                with suppress(RedisError):  # a place that is not given back is free when its lease ends
                    pace.leave(answered=client.answered, failure=client.failure)


def _read(
    claim: Claim, vendor: Extractor, key: BoardKey, client: BoardClient, pace: Pace, settings: Settings
) -> Read | None:
    """Read a board and judge what was found; None when the run has been put back."""
    findings = _nothing_found(claim)
    try:
        last_try = claim.attempt >= settings.max_attempts
        findings = find(claim, vendor, key, client, last_try=last_try)
        judged = verdict.of_reading(claim, _tally(findings), findings.read_as)
    except NotModified as same:
        judged = verdict.of_unchanged(claim, client.traffic, by_host=same.by_host)
    except BoardError as error:
        if isinstance(error, BoardUnavailable) and _tried_again(claim, error, pace, settings):
            return None
        judged = _failure(claim, error, settings)
        findings = _what_goes(claim) if judged.closes else findings
    renamed = _renamed(claim, vendor, client.traffic) if judged.outcome in ("changed", "unchanged") else None
    return Read(judged, findings, client.traffic, client.answered, client.failure, renamed)


def _renamed(claim: Claim, vendor: Extractor, traffic: Traffic) -> str | None:
    key = vendor.recognise(traffic.moved_to) if traffic.moved_to else None
    name = vendor.key_text(key) if key else claim.key
    return None if name.lower() == claim.key.lower() else name


def _end(claim: Claim, read: Read, pace: Pace, started: float) -> str:
    """Write what a run found, and tell whoever watches. Others may read the host while much is written."""
    result = _result(read, milliseconds=round((time.monotonic() - started) * 1000))
    if read.writes:
        pace.leave(answered=read.answered, failure=read.failure)
        transaction(lambda db: _commit(db, claim, read.findings, read.judged, result, renamed=read.renamed))
    else:
        single(lambda db: runs.finish(db, claim, result, read.judged.board, next_in=read.judged.next_in))
    told = (PROGRESS_CHANNEL.format(claim.scan_id), claim.run_id)
    pace.leave(answered=read.answered, failure=read.failure, publish=told)
    _say(claim, result)
    return result.outcome


def _nothing_found(claim: Claim) -> Findings:
    return Findings(NOT_READ, found=claim.board.open_count)


def _failure(claim: Claim, error: BoardError, settings: Settings) -> Verdict:
    return verdict.of_failure(claim, error, interval=claim.interval_seconds or settings.scan_interval)


def _say(claim: Claim, result: Result) -> None:
    """Log what a run found; that nothing has changed, the commonest news, only to those who debug."""
    tell = log.debug if result.outcome == "unchanged" else log.info
    tell("board scanned", run=claim.run_id, ats=claim.ats, board=claim.key, **runs.as_dict(result))


def _give_back(claim: Claim, error: Exception, settings: Settings) -> None:
    if claim.attempt < settings.max_attempts:
        _put_back(claim, error, settings)
        return
    failure = BoardError(f"{type(error).__name__}: {error}"[:1000])
    judged = _failure(claim, failure, settings)
    result = Result(judged.outcome, error_kind="InternalError", error=str(failure))
    _unless_taken_over(lambda db: runs.finish(db, claim, result, judged.board, next_in=judged.next_in))


def _unless_taken_over(work: Callable[[Opened], None]) -> None:
    with suppress(StaleRun):
        single(work)


def _put_back(claim: Claim, error: Exception, settings: Settings, *, earliest: float = 0) -> None:
    pause = max(earliest, settings.retry_seconds * 2 ** (claim.attempt - 1))
    _unless_taken_over(lambda db: runs.put_back(db, claim, seconds=pause, error=error))


def _tried_again(claim: Claim, error: BoardUnavailable, pace: Pace, settings: Settings) -> bool:
    """Heed what the host said to everyone, and put the run back if it has tries left."""
    earliest = 0.0
    if error.retry_at:
        pace.block(error.retry_at)
        earliest = (error.retry_at - datetime.now(UTC)).total_seconds()
    if claim.attempt >= settings.max_attempts:
        return False
    _put_back(claim, error, settings, earliest=earliest)
    return True


def _limits(settings: Settings) -> Limits:
    return Limits(
        body_bytes=settings.max_body_bytes,
        request_seconds=settings.request_seconds,
        run_seconds=settings.run_seconds,
        allow_loopback=settings.allow_loopback,
    )


def _pace_further_requests(pace: Pace) -> Callable[[float], None]:
    """The first request of a run has its place from `admit`; every further one waits for one."""
    admitted = True

    def wait(most: float) -> None:
        nonlocal admitted
        if not admitted:
            pace.wait(most)
        admitted = False

    return wait


def _validators(claim: Claim) -> Validators | None:
    if not verdict.may_ask_conditionally(claim, reading.fingerprint(claim.ats)):
        return None
    board = claim.board
    if not board.single_request:  # one page's ETag says nothing of the others; the digest is over all of them
        return Validators(digest=board.digest)
    return Validators(board.etag, board.last_modified, board.digest, single_request=True)


def _tally(findings: Findings) -> Tally:
    return Tally(
        open_before=findings.open_before,
        open_after=findings.open_after,
        missing=len(findings.missing),
        changed=bool(findings.events),
        incomplete=findings.incomplete,
        details_pending=findings.details_pending,
        unread=findings.unread,
    )


def _what_goes(claim: Claim) -> Findings:
    """A board that is believed gone closes with all that is open on it."""
    with database() as db:
        known = store.known(db, claim.board_id, ())
    return Findings(NOT_READ, known=known, missing=list(known))


def _result(read: Read, *, milliseconds: int) -> Result:
    judged, findings, traffic = read.judged, read.findings, read.traffic
    kinds = [event.kind for event in findings.events]
    troubled = judged.outcome not in ("changed", "unchanged")
    notes = [*findings.notes, *(f"skipped {one.external_id or one.title}: {one.reason}" for one in findings.skipped)]
    return Result(
        judged.outcome,
        found=findings.found,
        opened=kinds.count("opened"),
        updated=kinds.count("updated"),
        closed=len(findings.missing) if judged.closes else 0,
        reopened=kinds.count("reopened"),
        skipped=len(findings.skipped),
        details_pending=findings.details_pending,
        requests=traffic.requests + traffic.robots,
        bytes=traffic.bytes,
        not_modified=traffic.not_modified,
        milliseconds=milliseconds,
        error_kind=judged.board.error_kind if troubled else None,
        error=judged.board.error if troubled else None,
        notes=notes[: reading.NOTES_MOST],
    )


def _commit(
    db: Session, claim: Claim, findings: Findings, judged: Verdict, result: Result, *, renamed: str | None = None
) -> None:
    """Write everything a run found, in the caller's transaction. Raises StaleRun if the run is not ours any more."""
    if findings.rows or (findings.missing and judged.closes):
        runs.hold(db, claim)
        recording.write(db, claim, findings, closes=judged.closes)
    if judged.first_complete:
        suggestions.close_replaced(db, claim)
    runs.finish(db, claim, result, judged.board, next_in=judged.next_in)
    if renamed:
        board = detect.from_name(claim.ats, renamed)
        companies.move_board(db, claim.board_id, ats=board.ats, key=board.key, url=board.url)
