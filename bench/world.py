"""The world that is asked about: so many postings, companies and people, with scans behind them."""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from worker.local.temporary import temporary_postgres, temporary_valkey
from worker.migrate import upgrade
from worker.resources import autocommit_engine, database, engine
from worker.store import insights, people

TITLES = [
    f"{level} {kind} {what}"
    for level in ("Junior", "Senior", "Staff", "Lead", "Principal")
    for kind in ("Python", "Platform", "Data", "Product", "Sales", "Support", "Security", "Field", "Legal", "Growth")
    for what in ("Engineer", "Manager", "Analyst", "Specialist", "Consultant", "Designer")
]
SCANS = 100
_AT_ONCE = 100_000

_COMPANIES = text("""
INSERT INTO companies (name) SELECT 'Company ' || n FROM generate_series(1, :companies) AS n
""")
_BOARDS = text("""
INSERT INTO boards (company_id, ats, key, url, open_count, baseline_at, last_read_at, last_run_at, last_outcome)
SELECT id, (ARRAY['greenhouse', 'lever', 'ashby', 'workday', 'personio'])[1 + id % 5], 'c' || id,
    'https://boards.example/c' || id, :each, now() - interval '70 days', now(), now(), 'unchanged'
FROM companies
""")
_POSTINGS = text("""
INSERT INTO postings (board_id, external_id, title, url, locations, country_codes, places, department, extras,
    description_text, content_hash, row_hash, detail_pending, role_id, first_seen_at, last_seen_at, closed_at)
SELECT 1 + n % :companies, n::text, (CAST(:titles AS text[]))[1 + n % :titles_number],
    'https://boards.example/c/jobs/' || n, ARRAY['Berlin'], ARRAY['DE'],
    '[{"city": "Berlin", "region": "Berlin", "country": "DE"}]', 'Department ' || n % 9, '{}',
    repeat('We ship small changes, many times a day. ', 25), 'c', 'r', false, n,
    now() - (:postings - n) * interval '5 seconds', now(),
    CASE WHEN n % 4 = 0 THEN now() - (:postings - n) * interval '3 seconds' END
FROM generate_series(CAST(:first AS bigint), :last) AS n
""")
_EVENTS = text("""
INSERT INTO posting_events (posting_id, board_id, scan_run_id, kind, baseline, changes, at)
SELECT id, board_id, 1, 'opened', false, '{}', first_seen_at FROM postings ORDER BY id
""")
_CLOSINGS = text("""
INSERT INTO posting_events (posting_id, board_id, scan_run_id, kind, baseline, changes, at)
SELECT id, board_id, 1, 'closed', false, '{}', closed_at FROM postings WHERE closed_at IS NOT NULL ORDER BY closed_at
""")
_SCANS = text("""
INSERT INTO scans (trigger, created_at)
SELECT 'beat', now() - (:scans - n) * interval '1 hour' FROM generate_series(1, :scans) AS n
""")
_RUNS = text("""
INSERT INTO scan_runs (scan_id, board_id, queue, state, outcome, created_at, started_at, finished_at, finished_tx,
    found, opened, closed, requests, bytes, not_modified, milliseconds, error_kind, error)
SELECT scans.id, boards.id, 'scans', 'finished', said.outcome, scans.created_at, scans.created_at,
    scans.created_at + interval '1 second', 1, boards.open_count,
    CASE WHEN said.outcome = 'changed' THEN 2 ELSE 0 END, CASE WHEN said.outcome = 'changed' THEN 1 ELSE 0 END,
    1, 34567, said.outcome = 'unchanged', 50 + boards.id * 7 % 900,
    CASE WHEN said.outcome = 'failed' THEN 'BoardUnavailable' END,
    CASE WHEN said.outcome = 'failed' THEN 'boards.example answered 503 Service Unavailable' END
FROM scans CROSS JOIN boards CROSS JOIN LATERAL (
    SELECT CASE WHEN (boards.id + scans.id) % 50 = 0 THEN 'failed' WHEN (boards.id + scans.id) % 9 = 0 THEN 'changed'
        ELSE 'unchanged' END AS outcome
) AS said
ORDER BY scans.id, boards.id
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
_CHANNELS = text("""
INSERT INTO channels (user_id, name, kind, address, shown) SELECT id, 'My script', 'webhook', '', 'https://…' FROM users
""")
_DELIVERIES = text("""
INSERT INTO deliveries (channel_id, kind, body, state, attempts, created_at, finished_at)
SELECT channels.id, 'matches', '{"title": "A new match"}', 'sent', 1, matches.found_at, matches.found_at
FROM matches JOIN channels USING (user_id) ORDER BY matches.found_at
""")
_TRIES = text("""
INSERT INTO delivery_tries (delivery_id, at, ok, answer, milliseconds)
SELECT id, created_at, true, '200 OK', 80 FROM deliveries ORDER BY id
""")
_ALERTS = text("""
INSERT INTO alerts (channel_id, match_id, scan_run_id, delivery_id)
SELECT channels.id, matches.id, 1, (SELECT min(id) FROM deliveries WHERE channel_id = channels.id)
FROM matches JOIN channels USING (user_id)
""")
_OF_PEOPLE = (_PEOPLE, _GROUPS, _MATCHES, _CHANNELS, _DELIVERIES, _TRIES, _ALERTS)


def fill(db: Session, *, postings: int, companies: int, others: int) -> None:
    """Write the world: a quarter of the postings closed, one in 500 a match of each person's, a scan every hour."""
    numbers = {"postings": postings, "companies": companies, "people": others, "each": postings * 3 // 4 // companies}
    titles = {"titles": TITLES, "titles_number": len(TITLES)}
    people.local(db)  # who asks
    for statement in (_COMPANIES, _BOARDS):
        db.execute(statement, numbers)
    for first in range(1, postings + 1, _AT_ONCE):
        db.execute(_POSTINGS, {**numbers, **titles, "first": first, "last": min(postings, first + _AT_ONCE - 1)})
        db.commit()
    for statement in (_EVENTS, _CLOSINGS, _SCANS, _RUNS, *_OF_PEOPLE):
        db.execute(statement, {**numbers, "scans": SCANS})
    insights.count(db)
    db.commit()
    with autocommit_engine().connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))


def options(about: str | None) -> argparse.ArgumentParser:
    """Return a command line that takes the size of the world, and how often each thing is asked for."""
    cli = argparse.ArgumentParser(description=about)
    cli.add_argument("--postings", type=int, default=1_000_000)
    cli.add_argument("--companies", type=int, default=5_000)
    cli.add_argument("--people", type=int, default=50)
    cli.add_argument("--requests", type=int, default=60)
    return cli


@contextmanager
def world(wanted: argparse.Namespace) -> Iterator[None]:
    """Run servers that hold the world, for this process and its children; print what was written."""
    with (
        tempfile.TemporaryDirectory() as folder,
        temporary_postgres(fast=True) as postgres,
        temporary_valkey() as valkey,
    ):
        servers = {"DATABASE_URL": postgres.url, "REDIS_URL": valkey.url}
        os.environ |= {**servers, "ROLECALL_FOLDER": str(Path(folder) / "folder")}
        upgrade(engine())
        started = time.perf_counter()
        with database() as db:
            fill(db, postings=wanted.postings, companies=wanted.companies, others=wanted.people - 1)
        print(f"{wanted.postings:,} postings, {wanted.companies:,} companies, {wanted.people} people, "
              f"{SCANS * wanted.companies:,} runs; written in {time.perf_counter() - started:.0f} s; "
              f"{os.cpu_count()} cores")  # fmt: skip
        yield
