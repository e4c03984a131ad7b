"""Rows per second written: Rolecall's bulk write of postings and their events, against the ORM's `add_all`."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.careers import job
from worker.diff import content_hash, row_hash
from worker.extractors import extractor
from worker.models import PostingEvent, StoredPosting
from worker.normalise import normalise
from worker.posting import Page, Posting
from worker.resources import database
from worker.store import inventory

BOARDS, POSTINGS = 100, 100


Rows = list[inventory.Row]
Write = Callable[[Session, int, Rows], None]


def rows_per_second(size: int) -> tuple[float, float]:
    """Return (ours, the ORM's) over the same postings of `size` bytes, each board in a transaction of its own."""
    vendor = extractor("greenhouse")
    page = Page({"jobs": [job("write", number, 0, size) for number in range(POSTINGS)]})
    postings = [normalise(one) for one in vendor.parse(page, {"board": "write"}) if isinstance(one, Posting)]
    rows = [inventory.Row(one, content_hash(one), row_hash(one), detail_pending=False) for one in postings]
    return _timed(rows, _ours), _timed(rows, _orm)


def _timed(rows: Rows, write: Write) -> float:
    with database() as db:
        boards = _boards(db)
    started = time.perf_counter()
    for board in boards:
        with database() as db:
            write(db, board, rows)
            db.commit()
    seconds = time.perf_counter() - started
    with database() as db:
        written = db.execute(text("SELECT count(*) FROM postings")).scalar_one()
        assert written == len(boards) * len(rows), written
    return written / seconds


def _boards(db: Session) -> list[int]:
    db.execute(text("TRUNCATE companies CASCADE"))
    company = db.execute(text("INSERT INTO companies (name) VALUES ('write') RETURNING id")).scalar_one()
    ids = db.execute(
        text("""INSERT INTO boards (company_id, ats, key, url)
            SELECT :company, 'greenhouse', n, n FROM generate_series(1, :boards) AS n RETURNING id"""),
        {"company": company, "boards": BOARDS},
    )
    found = list(ids.scalars())
    db.commit()
    return found


def _ours(db: Session, board: int, rows: Rows) -> None:
    ids = inventory.insert(db, board, rows, now=datetime.now(UTC))
    events = [inventory.Event(row.posting.external_id, "opened", {}) for row in rows]
    inventory.record(db, board, 1, events, ids, baseline=True)


def _orm(db: Session, board: int, rows: Rows) -> None:
    now = datetime.now(UTC)
    stored = [_stored(board, row, now) for row in rows]
    db.add_all(stored)
    db.flush()
    db.add_all(
        PostingEvent(posting_id=one.id, board_id=board, scan_run_id=1, kind="opened", baseline=True, changes={})
        for one in stored
    )


def _stored(board: int, row: inventory.Row, now: datetime) -> StoredPosting:
    one, pay = row.posting, row.posting.salary
    return StoredPosting(
        board_id=board,
        external_id=one.external_id,
        title=one.title,
        url=one.url,
        apply_url=one.apply_url,
        locations=one.locations,
        workplace=one.workplace,
        country_codes=one.country_codes,
        department=one.department,
        team=one.team,
        employment_type=one.employment_type,
        salary_min=pay.min if pay else None,
        salary_max=pay.max if pay else None,
        salary_currency=pay.currency if pay else None,
        salary_period=pay.period if pay else None,
        posted_at=one.posted_at,
        closes_at=one.closes_at,
        language=one.language,
        requisition_id=one.requisition_id,
        description_html=one.description_html,
        description_text=one.description_text,
        extras=one.extras,
        content_hash=row.content_hash,
        row_hash=row.row_hash,
        detail_pending=row.detail_pending,
        first_seen_at=now,
        last_seen_at=now,
    )
