"""What happened on boards long ago: events and runs as the pipeline would have written them then."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.api.building import company
from tests.web.seed import Seeded
from tests.web.watched import run
from worker.store import insights

_POSTING = text("""
INSERT INTO postings (board_id, external_id, title, url, locations, country_codes, extras, content_hash, row_hash,
    detail_pending, first_seen_at, last_seen_at)
VALUES (:board, gen_random_uuid()::text, 'Clerk', 'https://acme.example/1', '{}', '{}', '{}', 'c', 'r', false, :at, :at)
RETURNING id
""")
_EVENT = text("""
INSERT INTO posting_events (posting_id, board_id, scan_run_id, kind, baseline, changes, at)
SELECT id, board_id, (SELECT count(*) FROM posting_events), :kind, :baseline, '{}', :at
FROM postings WHERE id = :posting
""")
_READ = text("UPDATE boards SET baseline_at = :at WHERE id = :board")
_COST = text("UPDATE scan_runs SET milliseconds = :milliseconds, requests = :requests WHERE id = :run")


def read_first(db: Session, board: int, at: datetime, *, found: int = 0) -> list[int]:
    """Let a board have been read for the first time; return what was there."""
    db.execute(_READ, {"board": board, "at": at})
    return [opened(db, board, at, baseline=True) for _ in range(found)]


def opened(db: Session, board: int, at: datetime, *, baseline: bool = False) -> int:
    """Let a posting have opened; return it."""
    posting = db.execute(_POSTING, {"board": board, "at": at}).scalar_one()
    happened(db, posting, "opened", at, baseline=baseline)
    return posting


def happened(db: Session, posting: int, kind: str, at: datetime, *, baseline: bool = False) -> None:
    """Let something have happened to a posting."""
    db.execute(_EVENT, {"posting": posting, "kind": kind, "at": at, "baseline": baseline})


def took(db: Session, board: int, at: datetime, milliseconds: int, outcome: str = "unchanged", **more) -> None:
    """Let a board have been read in so many milliseconds."""
    made = run(db, board, at, outcome, **more)
    db.execute(_COST, {"run": made, "milliseconds": milliseconds, "requests": 1 if milliseconds else 0})


def half_a_year(db: Session, seeded: Seeded) -> None:
    """Give the seeded companies half a year of postings and a month of readings, and count them."""
    now = datetime.now(UTC)
    lever = company(db, "fabrikam", ats="lever").board_id
    boards = [*seeded.boards.values(), lever]
    for number, board in enumerate(boards):
        there = read_first(db, board, now - timedelta(weeks=23 - number, days=2), found=6)
        for gone in there[:2]:
            happened(db, gone, "closed", now - timedelta(weeks=9 + number))
        for week in range(22 - number):
            for nth in range(2 + (week * 7 + number * 3) % 6):
                at = now - timedelta(weeks=week, days=nth % 5, hours=number)
                posting = opened(db, board, at)
                ends = at + timedelta(days=(nth * 11 + week * 5 + number) % 90, hours=3)
                if ends < now:
                    happened(db, posting, "closed", ends)
        for day in range(28):
            for nth in range(4):
                outcome = (
                    "failed" if board == lever and nth == 3 else "changed" if (day + nth) % 5 == 0 else "unchanged"
                )
                at = now - timedelta(days=day, hours=nth * 3)
                took(db, board, at, 180 + (day * 7919 + nth * 104_729 + number * 1_299_709) % 700, outcome)
    insights.count(db)
    db.commit()
