"""Trying boards and filters out: read at once, judged, shown, and nothing written.

What is written neither is the database; the pace of the vendors' hosts is kept and heeded as in any run.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import redis
import structlog
from sqlalchemy.orm import Session

from worker import details, reading
from worker.criteria import Criteria
from worker.detect import Recognised
from worker.errors import BoardUnavailable, InvalidInput, RolecallError
from worker.extractor import Extractor
from worker.extractors import extractor
from worker.http import BoardClient
from worker.leads import is_lead
from worker.normalise import normalise
from worker.posting import BoardKey, Posting
from worker.reading import Inventory
from worker.settings import Settings
from worker.store import companies, wishes
from worker.store.wishes import Wishes
from worker.visit import visit
from worker.watched import board_of
from worker.wish import ANYTHING, Reason, Wish, facts_of, wish_for

log = structlog.get_logger()

BOARDS_MOST = 20
SECONDS = 30.0
THREADS = 5
REJECTED_MOST = 10
MATCHED_MOST = 1_000
_SECONDS_TO_ANSWER = 1.0
"""A board's own time ends so much before everybody's, so that its error arrives."""


@dataclass(frozen=True, slots=True)
class Target:
    """A board to be tried with the filters for it, or the reason why it cannot be."""

    given: str
    wish: Wish = ANYTHING
    board: Recognised | None = None
    company_id: int | None = None
    company: str | None = None
    error: RolecallError | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A posting, and the reasons that let it in, or the one that keeps it out."""

    posting: Posting
    reasons: list[Reason]

    @property
    def filter(self) -> str | None:
        """The line of the title filter that decided; None where no line did."""
        return next((one.line for one in self.reasons if one.criterion == "title"), None)

    @property
    def reason(self) -> str:
        """The reasons in words."""
        return "; ".join(one.detail for one in self.reasons) or "nothing keeps it out"


@dataclass(slots=True)
class Answer:
    """What a board said, or why it could not be read. `number` is the target's place, from 0."""

    number: int
    target: Target
    found: int = 0
    matched: int = 0
    skipped: int = 0
    postings: list[Judged] = field(default_factory=list)
    rejected: list[Judged] = field(default_factory=list)
    incomplete: str | None = None
    notes: list[str] = field(default_factory=list)
    milliseconds: int = 0
    error_kind: str | None = None
    error: str | None = None


def targets(
    db: Session,
    user: int,
    *,
    urls: Sequence[str] = (),
    company_ids: Sequence[int] = (),
    criteria: Criteria | None = None,
) -> list[Target]:
    """Return what is to be tried; without `criteria`, by what the person wishes of each company.

    What is no board or no company becomes a target with an error. Raises InvalidInput for none or too many of them,
    FilterSyntaxError for a filter that cannot be read.
    """
    wish = None if criteria is None else wish_for(criteria)
    found = [_of_url(db, url) for url in urls]
    for company in company_ids:
        found += _of_company(db, company)
    if not 0 < len(found) <= BOARDS_MOST:
        raise InvalidInput(f"name 1 to {BOARDS_MOST} boards to try, not {len(found)}")
    mine = wishes.of_person(db, user)
    return [replace(target, wish=wish or _stored(mine, target)) for target in found]


def dry_run(wanted: Sequence[Target], settings: Settings, *, seconds: float = SECONDS) -> Iterator[Answer]:
    """Try boards, five at a time; yield each answer as it comes, all within `seconds`.

    No database connection is used, and one board's failure costs only its own answer.
    """
    until = time.monotonic() + seconds
    pool = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="dry-run")
    try:
        waiting: dict[Future[Answer], Answer] = {}
        for number, target in enumerate(wanted):
            late = _failed(Answer(number, target), BoardUnavailable(f"not done within {seconds:g} seconds"))
            waiting[pool.submit(_try, number, target, settings, until)] = late
        try:
            for done in as_completed(list(waiting), timeout=seconds):
                del waiting[done]
                yield done.result()
        except TimeoutError:
            yield from waiting.values()
    finally:
        # Threads still reading end by their own limits, a moment from now.
        pool.shutdown(wait=False, cancel_futures=True)


def _of_url(db: Session, url: str) -> Target:
    try:
        board, company = board_of(db, url)
    except RolecallError as error:
        return Target(url, error=error)
    return Target(url, board=board, company_id=company, company=board.name)


def _of_company(db: Session, company: int) -> list[Target]:
    try:
        found = companies.get(db, company)
    except RolecallError as error:
        return [Target(str(company), company_id=company, error=error)]
    boards = [Recognised(row["ats"], row["board"], row["url"], found["name"]) for row in found["boards"]]
    return [Target(board.url, board=board, company_id=company, company=found["name"]) for board in boards]


def _stored(mine: Wishes, target: Target) -> Wish:
    """Return what the person wishes of a target's company. Who does not watch it sees everything."""
    return mine.of(target.company_id) if target.company_id is not None else ANYTHING


def _try(number: int, target: Target, settings: Settings, until: float) -> Answer:
    started = time.monotonic()
    answer = Answer(number, target)
    try:
        if target.error:
            raise target.error
        assert target.board is not None  # noqa: S101 - a target has a board or an error
        _judge(answer, _read(target.board, settings, until - _SECONDS_TO_ANSWER))
    except RolecallError as error:
        _failed(answer, error)
    except redis.RedisError:
        _failed(answer, BoardUnavailable("Redis, which keeps the pace of requests, does not answer right now"))
    # The outermost door of a board's thread: a fault of ours, too, must not take the other boards' answers along.
    except Exception as error:
        log.exception("dry run failed", board=target.given)
        answer.error_kind = "InternalError"
        answer.error = f"Rolecall failed at this board ({type(error).__name__}); its log says more"
    answer.milliseconds = round((time.monotonic() - started) * 1000)
    return answer


def _failed(answer: Answer, error: RolecallError) -> Answer:
    answer.error_kind, answer.error = type(error).__name__, str(error)
    return answer


def _read(board: Recognised, settings: Settings, until: float) -> Inventory:
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise BoardUnavailable("no time was left for this board; try fewer at once")
    vendor = extractor(board.ats)
    key = vendor.key(board.key)
    with visit(vendor, key, settings, seconds) as client:
        pages, missing = reading.fetch(vendor, client, key, keep_what_arrived=True)
        inventory = reading.read(vendor, pages, key, missing)
        _read_leads(vendor, client, key, inventory)
    if vendor.unknown_reads_empty and not inventory.postings:
        inventory.incomplete = inventory.incomplete or f"{board.ats} gives an empty board for unknown names, too"
    return inventory


def _read_leads(vendor: Extractor, client: BoardClient, key: BoardKey, inventory: Inventory) -> None:
    """Put postings in the place of the addresses that turn out to be some, as far as the time allows."""
    waiting = [row for row in inventory.postings.values() if is_lead(row)]
    detailed = details.complete(vendor, client, key, waiting)
    inventory.postings = {name: row for name, row in inventory.postings.items() if not is_lead(row)} | detailed.postings
    if detailed.pending and inventory.incomplete is None:
        inventory.incomplete = f"{len(detailed.pending)} more pages look like postings; there was no time to read them"


def _judge(answer: Answer, inventory: Inventory) -> None:
    wish, now = answer.target.wish, datetime.now(UTC)
    answer.incomplete = inventory.incomplete
    answer.skipped = len(inventory.skipped)
    answer.notes = [f"skipped {one.external_id or one.title}: {one.reason}" for one in inventory.skipped]
    for raw in inventory.postings.values():
        brief = raw if wish.reads_descriptions else replace(raw, description_html=None, description_text=None)
        try:
            posting = normalise(brief)
        except ValueError as error:
            answer.skipped += 1
            answer.notes.append(f"skipped {raw.external_id}: {error}")
            continue
        answer.found += 1
        passed, reasons = wish.judge(facts_of(posting, first_seen_at=now))
        shown, most = (answer.postings, MATCHED_MOST) if passed else (answer.rejected, REJECTED_MOST)
        answer.matched += passed
        if len(shown) < most:
            shown.append(Judged(posting, reasons))
    del answer.notes[reading.NOTES_MOST :]
