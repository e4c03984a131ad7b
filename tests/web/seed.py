"""A small world for the screens, written as the pipeline writes it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.api.building import company, finish, runs, scan
from worker import matching
from worker.criteria import Criteria
from worker.posting import Place, Posting, Salary
from worker.store import inbox, inventory, people, wishes

BERLIN = {"locations": ["Berlin, Germany"], "places": [Place("Berlin", "Berlin", "DE")], "country_codes": ["DE"]}
LISBON = {"locations": ["Lisbon, Portugal"], "places": [Place("Lisbon", "Lisbon", "PT")], "country_codes": ["PT"]}
PAID = {"salary": Salary(Decimal(72000), Decimal(95000), "EUR", "YEAR")}

DESCRIPTION = """<h2>About the role</h2><p>You will write <strong>Python</strong> services that thousands of people rely
on every day, and look after them together with four colleagues.</p><ul><li>Design and run services in Python</li>
<li>Postgres, queues, and plain HTML</li><li>Four days a week are possible</li></ul>
<p>Read <a href="https://acme.example/life">how we work</a>.</p>"""

_OFFERS = (
    ("acme", "Senior Python Engineer", {**BERLIN, **PAID, "workplace": "hybrid", "department": "Platform"}),
    ("acme", "Python Engineer, Data Platform", {**LISBON, "workplace": "remote"}),
    ("acme", "Engineering Manager", {**BERLIN, **PAID, "workplace": "onsite"}),
    ("northwind", "Backend Engineer (Python)", {**LISBON, "workplace": "remote", "employment_type": "FULL_TIME"}),
    ("northwind", "Site Reliability Engineer", {**BERLIN, "workplace": "hybrid"}),
    ("northwind", "Software Engineer, Billing and Invoicing for Customers in the Public Sector", {**BERLIN, **PAID}),
    ("contoso", "Machine Learning Engineer", {**BERLIN, **PAID, "workplace": "remote"}),
    ("contoso", "Baker", {**LISBON}),
)


@dataclass
class Seeded:
    """Who and what is in the database."""

    user: int
    companies: dict[str, int] = field(default_factory=dict)
    boards: dict[str, int] = field(default_factory=dict)
    postings: dict[str, int] = field(default_factory=dict)
    matches: dict[str, int] = field(default_factory=dict)
    group: int = 0
    scan: int = 0


def offer(db: Session, board: int, title: str, *, seen: datetime | None = None, run: int = 1, **fields) -> int:
    """Open a posting and record that; the caller commits. Return its id."""
    fields = {"description_html": DESCRIPTION, "description_text": "You will write Python services.", **fields}
    posting = Posting(external_id=title, title=title, url=f"https://acme.example/jobs/{len(title)}", **fields)
    ids = inventory.insert(db, board, [inventory.Row(posting, b"c", b"r", False)], now=seen or datetime.now(UTC))
    inventory.record(db, board, run, [inventory.Event(title, "opened", {})], ids, baseline=False)
    return ids[title]


def seed(db: Session) -> Seeded:
    """Fill an empty database: three companies, eight postings, seven matches over five days, one in each state."""
    made = Seeded(people.local(db)["id"])
    db.commit()
    for name in ("acme", "northwind", "contoso"):
        added = company(db, name)
        made.companies[name], made.boards[name] = added.company_id, added.board_id
    for number, (name, title, fields) in enumerate(_OFFERS):
        seen = datetime.now(UTC) - timedelta(days=number * 0.7)
        made.postings[title] = offer(db, made.boards[name], title, seen=seen, **fields)
    everything = Criteria(title_filters="engineer*")
    made.group = wishes.add_group(db, made.user, name="Everywhere", criteria=everything, all_companies=True)
    apply(db, made)
    for title, state in (
        ("Site Reliability Engineer", "saved"),
        ("Machine Learning Engineer", "applied"),
        ("Engineering Manager", "hidden"),
    ):
        inbox.mark(db, made.user, [made.matches[title]], state)
    made.scan = _scanned(db)
    db.commit()
    return made


def _scanned(db: Session) -> int:
    """Carry out a scan on paper: one board changed, one failed, one still waiting; return its id."""
    number = scan(db)
    first, second, _ = runs(db, number)
    finish(db, first, "changed")
    finish(db, second, "failed")
    for run, what in (
        (first, "found = 42, opened = 3, requests = 1, milliseconds = 310"),
        (second, "error = 'the host answered 503', error_kind = 'BoardUnavailable'"),
    ):
        db.execute(text(f"UPDATE scan_runs SET {what} WHERE id = :id"), {"id": run})
    return number


def apply(db: Session, made: Seeded) -> None:
    """Let the stored postings follow the person's wishes."""
    wishes.changed(db, made.user)
    db.commit()
    matching.apply(made.user)
    rows = db.execute(
        text("SELECT title, matches.id FROM matches JOIN postings ON postings.id = posting_id WHERE user_id = :user"),
        {"user": made.user},
    )
    made.matches = {row[0]: row[1] for row in rows}
    db.commit()
