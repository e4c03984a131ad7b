"""The tasks: ids in, resources opened, one call, and what follows put on Redis. The only place that sends messages."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from worker import accounts, alerts, dispatch, mail, matching, relocation
from worker import scan as pipeline
from worker.celery import app
from worker.resources import database, redis_client, transaction
from worker.settings import get_settings
from worker.store import deliveries, inbox, insights, matches, scans, sessions, wishes

INLINE_MOST = 25_000
"""Open postings up to which a change of wishes is applied while the person waits for it."""
RELOCATIONS = 8
"""How many boards' new places are looked for in one tick; each takes up to 15 seconds."""


@app.task(name="board.scan")
def scan_board(run_id: int) -> None:
    """Carry out one run of one board."""
    pipeline.scan(run_id)


@app.task(name="scan.due")
def start_due() -> None:
    """Start a scan of the boards whose time has come."""
    settings = get_settings()
    while (started := transaction(lambda db: dispatch.start_due(db, settings))) is not None:
        enqueue(started.scan)


@app.task(name="scan.release")
def release(scan: int | None = None) -> None:
    """Send the runs that may go now, of one scan or of all: new ones, and those that had to wait."""
    enqueue(scan)


@app.task(name="scan.sweep")
def sweep() -> None:
    """Find lost runs; the next release sends them."""
    with database() as db, redis_client() as queues:
        dispatch.sweep(db, queues, get_settings())
        db.commit()


@app.task(name="vendors.measure")
def measure_vendors() -> None:
    """Count what vendors' answers held today, and note where they have drifted."""
    transaction(dispatch.measure_vendors)


@app.task(name="insights.count")
def count_insights() -> None:
    """Count what charts are drawn from."""
    transaction(insights.count)


@app.task(name="boards.relocate")
def relocate() -> None:
    """Look for where companies hire now whose boards are gone, a few at a time."""
    settings = get_settings()
    for _ in range(RELOCATIONS):
        if not relocation.suggest_next(settings):
            return


@app.task(name="wishes.apply")
def apply_wishes(user: int, companies: list[int] | None = None) -> None:
    """Judge the stored postings by a person's wishes, where that is still to be done."""
    matching.apply(user, companies=companies)


@app.task(name="wishes.sweep")
def sweep_wishes() -> None:
    """Apply the wishes that somebody changed and nobody has applied."""
    with database() as db:
        waiting = wishes.pending(db)
    for user in waiting:
        apply_wishes.apply_async((user,))


@app.task(name="people.mail_link")
def mail_link(email: str) -> None:
    """Send somebody a link to sign in with, if they may come in."""
    settings = get_settings()
    link = transaction(lambda db: accounts.requested_link(db, settings, email))
    if link is not None:
        mail.send(settings, email, *accounts.letter(settings, link))


@app.task(name="people.forget")
def forget_sessions() -> None:
    """Delete sessions and links that have ended."""
    transaction(sessions.forget_expired)


@app.task(name="alerts.release")
def release_alerts() -> None:
    """Make deliveries of what waits to be told, find those that got lost, and send all that are due."""
    settings = get_settings()
    for make in (alerts.release, alerts.follow):
        _repeat(make)
    transaction(lambda db: deliveries.recover(db, lost_seconds=settings.lost_seconds))
    enqueue_deliveries()


@app.task(name="alert.deliver")
def deliver(delivery: int) -> None:
    """Try to send one delivery; then its channel's next ones may go."""
    channel = alerts.deliver(delivery, get_settings())
    if channel is not None:
        enqueue_deliveries(channel)


@app.task(name="alerts.prune")
def prune_deliveries() -> None:
    """Delete deliveries that ended longer ago than they are kept."""
    while transaction(lambda db: deliveries.prune(db, days=get_settings().keep_days)):
        pass


@app.task(name="actions.prune")
def prune_actions() -> None:
    """Delete what people did to matches longer ago than it can be undone."""
    transaction(lambda db: inbox.forget_actions(db, days=get_settings().keep_days))


@app.task(name="scan.prune")
def prune() -> None:
    """Delete scans that are older than they are kept."""
    transaction(lambda db: scans.prune(db, days=get_settings().keep_days))


def follow_wishes(user: int, companies: Sequence[int] | None = None) -> None:
    """Let the stored postings follow a person's wishes, which have been committed: at once if they are not too many.

    `companies` are those whose wish has changed, None: any.
    """
    with database() as db:
        few = matches.count_open(db, companies) <= INLINE_MOST
    if few:
        matching.apply(user, companies=companies)
    else:
        apply_wishes.apply_async((user, None if companies is None else list(companies)))


def promise_link(email: str) -> None:
    """Put the wish for a link on Redis; one that nobody took within its own lifetime is not worth sending."""
    mail_link.apply_async((email,), expires=accounts.LINK_LIFETIME.total_seconds())


def enqueue_scan(started: dispatch.Started) -> None:
    """Put a scan that has been committed on Redis: a small one at once, a large one by a task, so nobody waits."""
    if started.repeated:
        return
    if started.runs <= dispatch.BATCH:
        enqueue(started.scan)
    else:
        release.apply_async((started.scan,))


def enqueue(scan: int | None = None) -> None:
    """Put every run that may go on Redis, batch by batch; each batch is marked as sent before it is."""
    while batch := transaction(lambda db: dispatch.take_waiting(db, scan=scan)):
        _send(batch)


def _repeat(make: Callable[[Session, datetime], bool]) -> None:
    """Do work in transactions of its own until there is none, by the clock that deliveries are due by."""
    while transaction(lambda db: make(db, deliveries.now(db))):
        pass


def enqueue_deliveries(channel: int | None = None) -> None:
    """Put the deliveries that may go on Redis, of one channel or of all; each is marked as sent before it is."""
    while due := transaction(lambda db: deliveries.take_due(db, channel=channel)):
        with app.producer_or_acquire() as producer:
            for delivery in due:
                deliver.apply_async((delivery,), producer=producer)


def _send(batch: Iterable[tuple[int, str]]) -> None:
    with app.producer_or_acquire() as producer:
        for run, queue in batch:
            scan_board.apply_async((run,), queue=queue, producer=producer)
