"""`make bench-api`: what asking costs with a million postings, 5,000 companies and 50 people.

Prints the milliseconds of each request on a real server, and names every sequential scan of a large table in the plans
of its queries.
"""

import argparse
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import event, text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from bench.serving import served
from worker.local.temporary import temporary_postgres, temporary_valkey
from worker.resources import autocommit_engine
from worker.store import people

LARGE = ("postings", "posting_events", "matches", "scan_runs", "alerts", "deliveries")
LIMIT_MS = 100
HERE = {"base_url": "http://127.0.0.1:8000", "client": ("127.0.0.1", 50000)}

TITLES = [
    f"{level} {kind} {what}"
    for level in ("Junior", "Senior", "Staff", "Lead", "Principal")
    for kind in ("Python", "Platform", "Data", "Product", "Sales", "Support", "Security", "Field", "Legal", "Growth")
    for what in ("Engineer", "Manager", "Analyst", "Specialist", "Consultant", "Designer")
]

_COMPANIES = text("""
INSERT INTO companies (name) SELECT 'Company ' || n FROM generate_series(1, :companies) AS n
""")
_BOARDS = text("""
INSERT INTO boards (company_id, ats, key, url, open_count, baseline_at, last_read_at)
SELECT id, 'greenhouse', 'c' || id, 'https://boards.greenhouse.io/c' || id, :each, now(), now() FROM companies
""")
_POSTINGS = text("""
INSERT INTO postings (board_id, external_id, title, url, locations, country_codes, places, department, extras,
    description_text, content_hash, row_hash, detail_pending, role_id, first_seen_at, last_seen_at, closed_at)
SELECT 1 + n % :companies, n::text, (CAST(:titles AS text[]))[1 + n % :titles_number],
    'https://boards.greenhouse.io/c/jobs/' || n, ARRAY['Berlin'], ARRAY['DE'],
    '[{"city": "Berlin", "region": "Berlin", "country": "DE"}]', 'Department ' || n % 9, '{}',
    repeat('We ship small changes, many times a day. ', 25), 'c', 'r', false, n,
    now() - (:postings - n) * interval '5 seconds', now(),
    CASE WHEN n % 4 = 0 THEN now() END
FROM generate_series(CAST(:first AS bigint), :last) AS n
""")
_EVENTS = text("""
INSERT INTO posting_events (posting_id, board_id, scan_run_id, kind, baseline, changes, at)
SELECT id, board_id, 1, 'opened', false, '{}', first_seen_at FROM postings ORDER BY id
""")
_PEOPLE = text("""
INSERT INTO users (email, role) SELECT 'person' || n || '@example.org', 'member' FROM generate_series(1, :people) AS n
""")
_GROUPS = text("""
INSERT INTO groups (user_id, name, all_companies, title_filters)
SELECT id, 'Everything', true, 'senior python' FROM users
""")
_MATCHES = text("""
INSERT INTO matches (user_id, posting_id, why, state, found_at)
SELECT users.id, postings.id, '[{"criterion": "title", "detail": "let in by senior python", "source": "group All"}]',
    (ARRAY['new', 'seen', 'seen', 'saved', 'applied', 'hidden'])[1 + postings.id / 500 % 6], postings.first_seen_at
FROM users JOIN postings ON postings.id % 500 = users.id % 500
""")


def fill(db: Session, *, postings: int, companies: int, others: int) -> None:
    """Write the world that is asked about."""
    numbers = {"postings": postings, "companies": companies, "people": others, "each": postings * 3 // 4 // companies}
    titles = {"titles": TITLES, "titles_number": len(TITLES)}
    people.local(db)  # who asks
    for statement in (_COMPANIES, _BOARDS):
        db.execute(statement, numbers)
    for first in range(1, postings + 1, 100_000):
        db.execute(_POSTINGS, {**numbers, **titles, "first": first, "last": min(postings, first + 99_999)})
        db.commit()
    for statement in (_EVENTS, _PEOPLE, _GROUPS, _MATCHES):
        db.execute(statement, numbers)
    db.commit()
    with autocommit_engine().connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))


def questions(postings: int, companies: int) -> dict[str, Callable[[int], str]]:
    """Return the paths that are asked for, by what they are; each call asks for something else."""
    return {
        "inbox": lambda _: "/matches?limit=50",
        "inbox, new only": lambda _: "/matches?state=new&open=true&limit=50",
        "inbox of a company": lambda n: f"/matches?company={1 + (1 + n * 500) % companies}&limit=50",
        "inbox, text": lambda _: "/matches?text=python&limit=50",
        "inbox, counts": lambda _: "/matches/counts",
        "companies": lambda n: f"/companies?limit=100&name=Company%20{n % 10}",
        "company": lambda n: f"/companies/{1 + n * 37 % companies}",
        "boards": lambda _: "/boards?limit=100",
        "posting": lambda n: f"/postings/{1 + n * 7919 % postings}",
        "posting, verdict": lambda n: f"/postings/{1 + n * 7919 % postings}/verdict",
        "postings": lambda _: "/postings?limit=100",
        "postings of a company": lambda n: f"/postings?company={1 + n * 37 % companies}&limit=100",
        "postings, open": lambda _: "/postings?state=open&limit=100",
        "postings, title filter": lambda _: "/postings?filter=senior%20python&limit=100",
        "postings, rare filter": lambda _: "/postings?filter=astronaut&limit=100",
        "postings, text": lambda _: "/postings?text=astronaut&limit=100",
        "postings since": lambda _: "/postings?since=2020-01-01T00:00:00Z&limit=100",
        "changes": lambda _: "/changes?limit=100",
        "groups": lambda _: "/groups",
        "setting": lambda n: f"/settings/{1 + n * 37 % companies}",
    }


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    """Collect what is sent to the database within the block."""
    from worker.resources import engine

    sent: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        sent.append((statement, parameters))

    event.listen(engine(), "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine(), "before_cursor_execute", note)


def scanned(client: TestClient, path: str) -> list[str]:
    """Return the large tables that the queries of a request read from end to end."""
    from worker.resources import engine

    with statements() as sent:
        client.get(f"/api/v1{path}").raise_for_status()
    found = []
    with engine().connect() as connection:
        for statement, parameters in sent:
            if statement.lstrip().upper().startswith(("SELECT", "WITH")):
                plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters or {}))
                found += [table for table in re.findall(r"Seq Scan on (\w+)", plan) if table in LARGE]
            connection.rollback()
    return found


def main() -> None:
    """Fill a database, ask, and print what it took."""
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("--postings", type=int, default=1_000_000)
    cli.add_argument("--companies", type=int, default=5_000)
    cli.add_argument("--people", type=int, default=50)
    cli.add_argument("--requests", type=int, default=60)
    options = cli.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        temporary_postgres(fast=True) as postgres,
        temporary_valkey() as valkey,
    ):
        os.environ |= {
            "DATABASE_URL": postgres.url,
            "REDIS_URL": valkey.url,
            "ROLECALL_FOLDER": str(Path(folder) / "folder"),
        }
        from worker.migrate import upgrade
        from worker.resources import database, engine

        upgrade(engine())
        started = time.perf_counter()
        with database() as db:
            fill(db, postings=options.postings, companies=options.companies, others=options.people - 1)
        print(f"{options.postings:,} postings, {options.companies:,} companies, {options.people} people, "
              f"written in {time.perf_counter() - started:.0f} s; {os.cpu_count()} cores")  # fmt: skip
        ask(options)


def ask(options: argparse.Namespace) -> None:
    """Print the milliseconds of each kind of request, and the sequential scans of its queries."""
    from api.app import create_app

    print(f"\n{'request':<26}{'p50 ms':>9}{'p95 ms':>9}{'kB':>8}  sequential scans")
    asked = questions(options.postings, options.companies)
    late = []
    with served() as address, TestClient(create_app(), **HERE) as client:
        session = requests.Session()
        for name, path in asked.items():
            took, size = [], 0
            for number in range(options.requests):
                begun = time.perf_counter()
                answer = session.get(f"{address}/api/v1{path(number)}", timeout=60)
                took.append((time.perf_counter() - begun) * 1000)
                answer.raise_for_status()
                size = max(size, len(answer.content))
            p95 = statistics.quantiles(took, n=20)[-1]
            scans = scanned(client, path(1))
            late += [name] if p95 > LIMIT_MS or scans else []
            print(f"{name:<26}{statistics.median(took):>9.1f}{p95:>9.1f}{size / 1000:>8.0f}  {', '.join(scans) or '-'}")
    print(f"\n{len(asked) - len(late)} of {len(asked)} under {LIMIT_MS} ms at p95 without a sequential scan"
          + (f"; not: {', '.join(late)}" if late else ""))  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
