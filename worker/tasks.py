"""The tasks: ids in, resources opened, one call, and what follows put on Redis. The only place that sends messages."""

from collections.abc import Iterable

from worker import dispatch, relocation
from worker import scan as pipeline
from worker.celery import app
from worker.resources import database, redis_client, transaction
from worker.settings import get_settings
from worker.store import scans

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


@app.task(name="boards.relocate")
def relocate() -> None:
    """Look for where companies hire now whose boards are gone, a few at a time."""
    settings = get_settings()
    for _ in range(RELOCATIONS):
        if not relocation.suggest_next(settings):
            return


@app.task(name="scan.prune")
def prune() -> None:
    """Delete scans that are older than they are kept."""
    transaction(lambda db: scans.prune(db, days=get_settings().keep_days))


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


def _send(batch: Iterable[tuple[int, str]]) -> None:
    with app.producer_or_acquire() as producer:
        for run, queue in batch:
            scan_board.apply_async((run,), queue=queue, producer=producer)
