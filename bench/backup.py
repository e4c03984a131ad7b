"""`python -m bench.backup --postings 200000`: what a backup and a restore take, in time, size and memory.

Each runs as the command that people type, in a process of its own; its memory is the most it had resident.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import create_engine, text

from worker.local.temporary import temporary_postgres
from worker.migrate import upgrade

_FILL = """
WITH company AS (INSERT INTO companies (name) SELECT 'Company ' || n FROM generate_series(1, 1000) AS n RETURNING id),
board AS (INSERT INTO boards (company_id, ats, key, url)
    SELECT id, 'lever', 'c' || id, 'https://jobs.lever.co/c' || id FROM company RETURNING id)
INSERT INTO postings (board_id, external_id, title, url, locations, country_codes, extras, content_hash, row_hash,
    detail_pending, first_seen_at, last_seen_at, description_html, description_text)
SELECT board.id, n::text, 'Engineer ' || n, 'https://jobs.lever.co/c' || board.id || '/' || n, '{Berlin}', '{DE}', '{}',
    sha256(n::text::bytea), sha256(n::text::bytea), false, now(), now(), words, words
FROM board, generate_series(1, :each) AS n, LATERAL (
    SELECT string_agg(substr(md5((random() * 2000)::int::text), 1, 3 + word % 7), ' ') AS words
    FROM generate_series(1, 450 + n % 100) AS word
) AS prose
"""
_EVENTS = """
INSERT INTO posting_events (posting_id, board_id, scan_run_id, kind, baseline, changes)
SELECT id, board_id, 1, 'opened', true, '{}' FROM postings
"""


def main() -> None:
    """Fill a database with postings of 6 KB, back it up, restore it into another one, and print what each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postings", type=int, default=200_000)
    wanted = parser.parse_args().postings
    with temporary_postgres() as server, tempfile.TemporaryDirectory() as folder:
        source, target = (_database(server.url, name) for name in ("source", "target"))
        _fill(source, wanted)
        file = Path(folder) / "backup.zip"
        made = _measured("backup", str(file), database=source, folder=folder)
        size = file.stat().st_size / 2**20
        checked = _measured("restore", str(file), "--check", database=source, folder=folder)
        restored = _measured("restore", str(file), database=target, folder=folder)
    print(f"{wanted:,} postings, {size:,.0f} MiB")
    for name, (seconds, memory) in {"backup": made, "check": checked, "restore": restored}.items():
        print(f"{name:<8} {seconds:6.1f} s  {memory:5.0f} MiB resident at most")


def _database(server: str, name: str) -> str:
    engine = create_engine(server.replace("postgresql:", "postgresql+psycopg2:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.rsplit("/", 1)[0] + f"/{name}"


def _fill(database: str, postings: int) -> None:
    engine = create_engine(database.replace("postgresql:", "postgresql+psycopg2:"))
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text(_FILL), {"each": max(postings // 1000, 1)})
        connection.execute(text(_EVENTS))
    engine.dispose()


def _measured(*arguments: str, database: str, folder: str) -> tuple[float, float]:
    """Run a command; return its seconds, and the most memory it had resident, in MiB."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "worker.cli", *arguments],
        env=os.environ | {"DATABASE_URL": database, "REDIS_URL": "redis://127.0.0.1:1", "ROLECALL_FOLDER": folder},
        stdout=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, arguments
    unit = 1 if sys.platform == "darwin" else 1024
    return time.perf_counter() - started, used.ru_maxrss * unit / 2**20


if __name__ == "__main__":
    main()
