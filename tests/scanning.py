"""Helpers of the tests that scan: a simulated internet around this process, boards to watch, runs carried out here."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.boards import Company, Internet
from worker import detect, dispatch, resources
from worker.scan import scan as carry_out
from worker.settings import get_settings
from worker.store import companies, scans

FAST = {
    "ROLECALL_PACE_SCALE": "1000",
    "ROLECALL_RETRY_SECONDS": "0.001",
    "ROLECALL_MAX_ATTEMPTS": "2",
    "ROLECALL_REQUEST_SECONDS": "5",
    "ROLECALL_MAX_BODY_BYTES": str(4 * 1024 * 1024),
}


@contextmanager
def inside(net: Internet, **settings: str) -> Iterator[None]:
    """Let this process live in a simulated internet."""
    surroundings = {name: net.env[name] for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE")}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (surroundings | FAST | settings).items():
            patch.setenv(name, value)
        _forget()
        yield
    _forget()


def _forget() -> None:
    get_settings.cache_clear()
    if resources.http_pool.cache_info().currsize:
        resources.http_pool().close()
    resources.http_pool.cache_clear()


def watch(db: Session, company: Company) -> companies.Added:
    """Watch a simulated company's board."""
    board = detect.from_address(company.address)
    added = companies.add(db, name=company.name, ats=board.ats, key=board.key, url=board.url)
    db.commit()
    return added


def start(db: Session, company_ids: Iterable[int] | None = None, *, trigger: str = "beat") -> int:
    """Write a scan without carrying it out; return its id."""
    wanted = None if company_ids is None else list(company_ids)
    started = dispatch.start_scan(db, trigger=trigger, company_ids=wanted)
    db.commit()
    return started.scan


def work(db: Session) -> None:
    """Carry out every run that waits, in this process, until none is left; pauses between tries are passed over."""
    while True:
        db.execute(text("UPDATE scan_runs SET not_before = NULL WHERE state = 'queued'"))
        with resources.redis_client() as redis:
            redis.flushdb()
        batch = dispatch.take_waiting(db)
        db.commit()
        if not batch:
            return
        for run, _ in batch:
            carry_out(run)


def scan(db: Session, company_ids: Iterable[int] | None = None, *, trigger: str = "beat") -> list[dict[str, Any]]:
    """Scan companies from trigger to commit; return their runs."""
    scan_id = start(db, company_ids, trigger=trigger)
    work(db)
    found = scans.runs(db, scan_id)
    db.commit()
    return found


def scan_one(db: Session, company_id: int, *, trigger: str = "beat") -> dict[str, Any]:
    """Scan one company; return its run."""
    (run,) = scan(db, [company_id], trigger=trigger)
    return run


def open_postings(db: Session, board: int) -> dict[str, str]:
    """Return the titles of a board's open postings by external id."""
    rows = db.execute(
        text("SELECT external_id, title FROM postings WHERE board_id = :board AND closed_at IS NULL"), {"board": board}
    )
    return {row[0]: row[1] for row in rows}


def events(db: Session, board: int) -> list[tuple[str, str]]:
    """Return (kind, external id) of a board's events in the order of their writing."""
    rows = db.execute(
        text("""SELECT kind, external_id FROM posting_events JOIN postings ON postings.id = posting_id
            WHERE postings.board_id = :board ORDER BY posting_events.id"""),
        {"board": board},
    )
    return [(row[0], row[1]) for row in rows]


def let_pass(db: Session, interval: str) -> None:
    """Let time pass for everything that boards remember moments of."""
    for column in ("suspect_since", "missing_since", "full_read_at", "last_read_at"):
        db.execute(text(f"UPDATE boards SET {column} = {column} - CAST(:gone AS interval)"), {"gone": interval})
    db.commit()
