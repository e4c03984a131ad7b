"""Rows for the tests of alerts: people with channels, postings that match, and what was noted of them."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.api import building
from worker import alerts as alerting
from worker.secret import seal
from worker.settings import Settings
from worker.store import alerts

SIGNED_WITH = "whsec_a-secret-of-tests"


def person(db: Session, email: str = "ada@example.org") -> int:
    """Add a person."""
    return db.execute(text("INSERT INTO users (email) VALUES (:email) RETURNING id"), {"email": email}).scalar_one()


def channel(db: Session, user: int, **columns: Any) -> int:
    """Add a channel whose address nobody reads."""
    values = {"user_id": user, "name": "mine", "kind": "webhook", "address": b"sealed", "shown": "a…z", **columns}
    names = ", ".join(values)
    return db.execute(
        text(f"INSERT INTO channels ({names}) VALUES ({', '.join(f':{name}' for name in values)}) RETURNING id"), values
    ).scalar_one()


def group(db: Session, user: int, *companies: int, name: str = "dream", all_companies: bool = False) -> int:
    """Add a group of companies."""
    made = db.execute(
        text("INSERT INTO groups (user_id, name, all_companies) VALUES (:user, :name, :all) RETURNING id"),
        {"user": user, "name": name, "all": all_companies},
    ).scalar_one()
    db.execute(
        text("INSERT INTO group_companies (group_id, company_id) SELECT :group, unnest(CAST(:companies AS bigint[]))"),
        {"group": made, "companies": list(companies)},
    )
    return made


def matches(db: Session, user: int, board: int, *titles: str, run: int = 1, **fields: Any) -> list[tuple[int, int]]:
    """Open postings with these titles that match; return (user, match) of each."""
    ids = building.postings(db, board, *titles, run=run, **fields)
    return match_all(db, user, [ids[title] for title in titles])


def match_all(db: Session, user: int, postings: list[int]) -> list[tuple[int, int]]:
    """Let postings match, in their order; return (user, match) of each."""
    why = '[{"criterion": "title", "detail": "engineer", "source": "company"}]'
    rows = db.execute(
        text("""INSERT INTO matches (user_id, posting_id, why) SELECT :user, id, CAST(:why AS jsonb)
            FROM unnest(CAST(:postings AS bigint[])) WITH ORDINALITY AS p (id, n) ORDER BY n RETURNING id"""),
        {"user": user, "postings": postings, "why": why},
    )
    return [(user, row[0]) for row in rows]


def noted(db: Session) -> list[tuple[int, int, int]]:
    """Return (channel, match, run) of each alert."""
    rows = db.execute(text("SELECT channel_id, match_id, scan_run_id FROM alerts ORDER BY id"))
    return [tuple(row) for row in rows]


def raise_alerts(db: Session, user: int, board: int, *titles: str, run: int = 1, **fields: Any) -> list[int]:
    """Let postings with these titles be news to a person, as a scan would; return their matches. Commits."""
    found = matches(db, user, board, *titles, run=run, **fields)
    alerts.note(db, run, found)
    db.commit()
    return [match for _, match in found]


def webhook(db: Session, settings: Settings, user: int, url: str, **columns: Any) -> int:
    """Add a webhook that is signed with `SIGNED_WITH`."""
    sealed = {"address": seal(settings, url), "secret": seal(settings, SIGNED_WITH)}
    return channel(db, user, kind="webhook", shown="http://…", **sealed, **columns)


def service(db: Session, settings: Settings, user: int, address: str, **columns: Any) -> int:
    """Add a channel that Apprise sends to."""
    return channel(db, user, kind="apprise", shown="…", address=seal(settings, address), **columns)


def release(db: Session, now: datetime | None = None) -> None:
    """Make deliveries of all that is due; without `now` as a beat would."""
    for make in (alerting.release, alerting.follow):
        while make(db, now or datetime.now(UTC)):
            db.commit()
    db.commit()


def deliveries(db: Session, channel: int | None = None) -> list[dict[str, Any]]:
    """Return what deliveries there are, the oldest first."""
    rows = db.execute(
        text("SELECT * FROM deliveries WHERE CAST(:channel AS bigint) IS NULL OR channel_id = :channel ORDER BY id"),
        {"channel": channel},
    )
    found = [dict(row) for row in rows.mappings()]
    db.rollback()
    return found


def told(db: Session, channel: int | None = None) -> list[list[str]]:
    """Return the titles of the matches in each delivery that was not skipped."""
    rows = [row for row in deliveries(db, channel) if row["state"] != "skipped"]
    return [[one["title"] for one in row["body"]["matches"]] for row in rows]


def tries(db: Session, delivery: int) -> list[tuple[bool, str]]:
    """Return (ok, answer) of each try of a delivery."""
    rows = db.execute(
        text("SELECT ok, answer FROM delivery_tries WHERE delivery_id = :id ORDER BY id"), {"id": delivery}
    )
    found = [(row[0], row[1]) for row in rows]
    db.rollback()
    return found
