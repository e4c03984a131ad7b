"""Rows for tests, written as the pipeline writes them."""

import time
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from worker import dispatch
from worker.posting import Posting
from worker.store import companies, inventory


def company(db: Session, name: str = "acme", ats: str = "greenhouse") -> companies.Added:
    url = f"https://boards.{ats}.example/{name}"
    added = companies.add(db, name=name.title(), ats=ats, key=name, url=url)
    db.commit()
    return added


def scan(db: Session, *company_ids: int) -> int:
    started = dispatch.start_scan(db, trigger="api", company_ids=company_ids or None)
    db.commit()
    return started.scan


def finish(db: Session, run: int, outcome: str = "unchanged") -> None:
    """Let a run end; the caller commits."""
    db.execute(
        text("""UPDATE scan_runs SET state = 'finished', outcome = :outcome, finished_at = now(),
            finished_tx = pg_current_xact_id()::text::bigint WHERE id = :run"""),
        {"run": run, "outcome": outcome},
    )


def runs(db: Session, scan: int) -> list[int]:
    return list(
        db.execute(text("SELECT id FROM scan_runs WHERE scan_id = :scan ORDER BY id"), {"scan": scan}).scalars()
    )


def postings(db: Session, board: int, *titles: str, run: int = 1, **fields) -> dict[str, int]:
    """Open postings with these titles, and record that; the caller commits. Ids are the titles."""
    rows = [
        inventory.Row(
            Posting(external_id=title, title=title, url=f"https://acme.example/{number}", **fields), b"c", b"r", False
        )
        for number, title in enumerate(titles)
    ]
    ids = inventory.insert(db, board, rows, now=datetime.now(UTC))
    inventory.record(db, board, run, [inventory.Event(title, "opened", {}) for title in titles], ids, baseline=False)
    return ids


def caught_up(db: Session) -> None:
    """Commit, and wait until no older transaction holds back what was committed.

    Transactions of other databases of the server count, too: those of tests that run beside this one.
    """
    mark = db.execute(text("SELECT pg_current_xact_id()::text::bigint")).scalar_one()
    db.commit()
    until = time.monotonic() + 30
    while db.execute(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")).scalar_one() <= mark:
        db.rollback()
        assert time.monotonic() < until
        time.sleep(0.005)
    db.rollback()


def digest(db: Session) -> dict[str, str]:
    """Return what is in every table, in a form to compare."""
    from worker.models import Base

    db.rollback()
    return {
        table.name: db.execute(
            text(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table.name} t")
        ).scalar_one()
        for table in Base.metadata.sorted_tables
    }
