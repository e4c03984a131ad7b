"""Companies in every state, with runs and weeks of postings behind them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.api.building import company
from tests.web.seed import Seeded

NOW_DAYS = 45

_RUN = text("""
INSERT INTO scan_runs (scan_id, board_id, queue, state, outcome, attempt, created_at, started_at, finished_at,
    finished_tx, found, opened, closed, requests, bytes, not_modified, milliseconds, error_kind, error)
VALUES (:scan, :board, 'scans', 'finished', :outcome, 1, :at, :at, :at, 1, :found, :opened, :closed, 2, 34567,
    :outcome = 'unchanged', 412, :error_kind, :error) RETURNING id
""")

_POSTINGS = text("""
INSERT INTO postings (board_id, external_id, title, url, locations, country_codes, extras, content_hash, row_hash,
    detail_pending, first_seen_at, last_seen_at, closed_at)
SELECT :board, 'x' || n, 'Clerk number ' || n, 'https://acme.example/' || n, '{Berlin}', '{DE}', '{}', 'c', 'r', false,
    now() - (:days - least(n / 2, :days - 1)) * interval '1 day', now(),
    CASE WHEN n % 5 = 0 THEN now() - (:days - least(n / 2 + 9, :days - 1)) * interval '1 day' END
FROM generate_series(0, :count - 1) AS n
""")

_BOARD = text("""
UPDATE boards SET last_run_at = now() - interval '9 minutes', last_read_at = :read, baseline_at = :began,
    last_outcome = :outcome, open_count = :open, failures = :failures, error_kind = :error_kind, error = :error,
    gone_at = :gone, enabled = :enabled, next_scan_at = now() + interval '51 minutes'
WHERE id = :board
""")

BROKEN = "boards-api.greenhouse.io answered 503 Service Unavailable"
_STATES = {
    "fabrikam": {"outcome": "failed", "open": 42, "failures": 4, "error_kind": "BoardUnavailable", "error": BROKEN},
    "tailspin": {"outcome": "gone", "open": 0, "failures": 6, "error_kind": "BoardNotFound", "error": "404 Not Found"},
    "litware": {"outcome": "partial", "open": 17, "error_kind": "Incomplete", "error": "page 3 of 4 did not come"},
    "adatum": {"outcome": None, "open": 0},
    "proseware": {"outcome": "changed", "open": 96},
    "woodgrove": {"outcome": "unchanged", "open": 8, "enabled": False},
}


@dataclass
class Watched:
    """The companies by name, with their boards."""

    user: int
    companies: dict[str, int] = field(default_factory=dict)
    boards: dict[str, int] = field(default_factory=dict)


def watch(db: Session, seeded: Seeded) -> Watched:
    """Add a company in each state; Proseware has 45 days of postings behind it."""
    made = Watched(seeded.user, dict(seeded.companies), dict(seeded.boards))
    now = datetime.now(UTC)
    for name, state in _STATES.items():
        added = company(db, name, ats="lever" if name in ("litware", "woodgrove") else "greenhouse")
        made.companies[name], made.boards[name] = added.company_id, added.board_id
        put(db, added.board_id, now, **state)
    postings(db, made.boards["proseware"], 120, days=NOW_DAYS)
    postings(db, made.boards["fabrikam"], 52, days=NOW_DAYS)
    db.execute(
        text("""UPDATE boards SET open_count = (SELECT count(*) FROM postings WHERE board_id = :board
            AND closed_at IS NULL) WHERE id = :board"""),
        {"board": made.boards["proseware"]},
    )
    for hours in range(12, 0, -1):
        changed = hours % 5 == 0
        run(db, made.boards["proseware"], now - timedelta(hours=hours), "changed" if changed else "unchanged",
            found=96, opened=2 * changed, closed=changed)  # fmt: skip
    run(db, made.boards["fabrikam"], now - timedelta(hours=5), "changed", found=42)
    for hours in (4, 3, 2):
        failure = {"error_kind": "BoardUnavailable", "error": BROKEN}
        run(db, made.boards["fabrikam"], now - timedelta(hours=hours), "failed", found=42, **failure)
    db.execute(text("UPDATE boards SET failures = 3 WHERE id = :board"), {"board": made.boards["fabrikam"]})
    db.commit()
    return made


def put(db: Session, board: int, now: datetime, *, outcome: str | None, open: int, **more) -> None:  # noqa: A002
    """Let reading a board go so; the caller commits."""
    read = None if outcome is None else now - timedelta(hours=5 if outcome in ("failed", "gone") else 0.2)
    values = {
        "board": board, "outcome": outcome, "open": open, "read": read, "enabled": True, "failures": 0,
        "began": None if outcome is None else now - timedelta(days=NOW_DAYS),
        "gone": now - timedelta(days=2) if outcome == "gone" else None, "error_kind": None, "error": None,
    }  # fmt: skip
    db.execute(_BOARD, values | more)
    if outcome is None:
        db.execute(text("UPDATE boards SET last_run_at = NULL WHERE id = :board"), {"board": board})


def run(db: Session, board: int, at: datetime, outcome: str, **more) -> int:
    """Add a finished run with a scan of its own; the caller commits."""
    scan = db.execute(text("INSERT INTO scans (trigger) VALUES ('beat') RETURNING id")).scalar_one()
    values = {"found": 0, "opened": 0, "closed": 0, "error_kind": None, "error": None}
    values |= {name: int(value) if isinstance(value, bool) else value for name, value in more.items()}
    return db.execute(_RUN, {"scan": scan, "board": board, "at": at, "outcome": outcome, **values}).scalar_one()


def postings(db: Session, board: int, count: int, *, days: int) -> None:
    """Let a board have postings that opened, two a day, over the last days; every fifth closed nine days later."""
    db.execute(_POSTINGS, {"board": board, "count": count, "days": days})
