"""One run of one board, from claim to commit.

No database connection is held while the network is waited for: the run is claimed in one short transaction, what is
known is read in a second, and everything found is written in a third, which is only believed while the claim's fencing
token is current. A stale or doubled worker therefore changes nothing.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import structlog
from sqlalchemy.orm import Session

from worker import reading, verdict
from worker.errors import BoardError, BoardUnavailable, StaleRun
from worker.extractors import extractor
from worker.filters import compile_filters
from worker.findings import NOT_READ, Findings, find
from worker.http import BoardClient, Limits, NotModified, Validators
from worker.pace import Pace
from worker.resources import database, http_session, redis_client, transaction
from worker.settings import Settings, get_settings
from worker.store import inventory as store
from worker.store import runs
from worker.store.runs import Claim, Result
from worker.verdict import Tally, Verdict

log = structlog.get_logger()

PROGRESS_CHANNEL = "rolecall:scan:{}"
"""Redis channel of a scan's progress: a message says that something has happened, Postgres says what."""


def scan(run_id: int) -> str | None:
    """Carry out a run; return its outcome, or None when it was not this worker's to do or has been put back.

    Whatever goes wrong in Rolecall itself, the run ends in an outcome: it is tried again, and failed when its tries are
    used up. Such errors go on to Celery, where the operator sees them.
    """
    settings = get_settings()
    claim = transaction(lambda db: runs.claim(db, run_id, lease_seconds=settings.lease_seconds), single_statement=True)
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
    with redis_client() as redis_, http_session() as session:
        pace = Pace(redis_, vendor.pace_host(key), vendor.rate * settings.pace_scale)
        if (pause := pace.admit()) > 0:
            transaction(lambda db: runs.put_back(db, claim, seconds=pause))
            return None
        client = BoardClient(
            session,
            _limits(settings),
            _pace_further_requests(pace),
            _validators(claim),
            statuses=vendor.statuses,
        )
        findings = Findings(NOT_READ, found=claim.board.open_count)
        try:
            last_try = claim.attempt >= settings.max_attempts
            findings = find(claim, vendor, key, client, last_try=last_try)
            judged = verdict.of_reading(claim, _tally(findings), findings.read_as)
        except NotModified as same:
            judged = verdict.of_unchanged(claim, client.traffic, by_host=same.by_host)
        except BoardError as error:
            if isinstance(error, BoardUnavailable) and _tried_again(claim, error, pace, settings):
                return None
            judged = verdict.of_failure(claim, error, interval=claim.interval_seconds or settings.scan_interval)
            findings = _what_goes(claim) if judged.closes else findings
        result = _result(judged, findings, client, milliseconds=round((time.monotonic() - started) * 1000))
        writes = bool(findings.rows or (findings.missing and judged.closes))
        transaction(lambda db: _commit(db, claim, findings, judged, result), single_statement=not writes)
        redis_.publish(PROGRESS_CHANNEL.format(claim.scan_id), claim.run_id)
    _say(claim, result)
    return result.outcome


def _say(claim: Claim, result: Result) -> None:
    """Log what a run found; that nothing has changed, the commonest news, only to those who debug."""
    tell = log.debug if result.outcome == "unchanged" else log.info
    tell("board scanned", run=claim.run_id, ats=claim.ats, board=claim.key, **runs.as_dict(result))


def _give_back(claim: Claim, error: Exception, settings: Settings) -> None:
    if claim.attempt < settings.max_attempts:
        _put_back(claim, error, settings)
        return
    failure = BoardError(f"{type(error).__name__}: {error}"[:1000])
    judged = verdict.of_failure(claim, failure, interval=claim.interval_seconds or settings.scan_interval)
    result = Result(judged.outcome, error_kind="InternalError", error=str(failure))
    _unless_taken_over(lambda db: runs.finish(db, claim, result, judged.board, next_in=judged.next_in))


def _unless_taken_over(work: Callable[[Session], None]) -> None:
    with suppress(StaleRun):
        transaction(work)


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
    )


def _what_goes(claim: Claim) -> Findings:
    """A board that is believed gone closes with all that is open on it."""
    with database() as db:
        known = store.known(db, claim.board_id, ())
    return Findings(NOT_READ, known=known, missing=list(known))


def _result(judged: Verdict, findings: Findings, client: BoardClient, *, milliseconds: int) -> Result:
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
        requests=client.traffic.requests,
        bytes=client.traffic.bytes,
        not_modified=client.traffic.not_modified,
        milliseconds=milliseconds,
        error_kind=judged.board.error_kind if troubled else None,
        error=judged.board.error if troubled else None,
        notes=notes[: reading.NOTES_MOST],
    )


def _commit(db: Session, claim: Claim, findings: Findings, judged: Verdict, result: Result) -> None:
    """Write everything a run found, in the caller's transaction. Raises StaleRun if the run is not ours any more."""
    if findings.rows or (findings.missing and judged.closes):
        runs.hold(db, claim)
        _write(db, claim, findings, closes=judged.closes)
    runs.finish(db, claim, result, judged.board, next_in=judged.next_in)


def _write(db: Session, claim: Claim, findings: Findings, *, closes: bool) -> None:
    ids = {name: known.id for name, known in findings.known.items()}
    ids |= store.insert(db, claim.board_id, [row for row in findings.rows if row.name not in ids], now=claim.now)
    store.overwrite(db, claim.board_id, [row for row in findings.rows if row.name in findings.known], now=claim.now)
    events = list(findings.events)
    if closes:
        gone = findings.missing
        store.close(db, claim.board_id, [ids[name] for name in gone], last_read_at=claim.board.last_read_at)
        events += [store.Event(name, "closed", {}) for name in gone]
    store.record(db, claim.board_id, claim.run_id, events, ids, baseline=claim.board.baseline_at is None)
    _match(db, claim, findings, ids)


def _match(db: Session, claim: Claim, findings: Findings, ids: dict[str, int]) -> None:
    """Note for whom the news is: whoever watches the company and whose title filters let the posting in."""
    news = {event.external_id for event in findings.events}
    titles = [(row.posting.external_id, row.posting.title) for row in findings.rows if row.posting.external_id in news]
    if not titles:
        return
    matches = []
    for user_id, lines in store.settings_of(db, claim.company_id):
        filters = compile_filters(lines)
        for name, title in titles:
            judged = filters.verdict(title)
            if judged.passed:
                matches.append((user_id, ids[name], judged.filter))
    store.match(db, matches)
