"""`python -m bench.exports`: what exporting a million rows costs the serving process, in each format."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from zipfile import ZipFile

import requests
from pyarrow import parquet
from sqlalchemy import text

from worker.export_formats import FORMATS
from worker.local.ports import free_port
from worker.local.temporary import temporary_postgres, temporary_valkey
from worker.migrate import upgrade
from worker.resources import close_all, database, engine
from worker.store import people

MOST_MEGABYTES = 300
BOARDS = 100
TABLES = ("postings", "matches", "changes")
START_SECONDS = 300

_FILL = (
    """INSERT INTO companies (name) SELECT 'Company ' || n FROM generate_series(1, :boards) AS n""",
    """INSERT INTO boards (company_id, ats, key, url)
        SELECT id, 'greenhouse', 'company' || id, 'https://boards.greenhouse.io/company' || id FROM companies""",
    """INSERT INTO postings (board_id, external_id, title, url, locations, workplace, country_codes, places, department,
            employment_type, salary_min, salary_max, salary_currency, salary_period, salary_source, posted_at,
            seniority, language, extras, content_hash, row_hash, detail_pending, first_seen_at, last_seen_at)
        SELECT (SELECT min(id) FROM boards) + n % :boards, n, 'Senior Engineer, Platform ' || n,
            'https://boards.greenhouse.io/company/jobs/' || n, ARRAY['Berlin', 'Munich'], 'hybrid', ARRAY['DE'],
            '[{"city": "Berlin", "region": "Berlin", "country": "DE"}]', 'Engineering', 'FULL_TIME', 70000 + n % 1000,
            90000.50, 'EUR', 'YEAR', 'board', now() - n * interval '1 minute', 'senior', 'en', '{"internal": [1, 2]}',
            '', '', false, now() - n * interval '1 second', now()
        FROM generate_series(1, :rows) AS n""",
    """INSERT INTO posting_events (posting_id, board_id, scan_run_id, kind, baseline, changes)
        SELECT id, board_id, 1, 'opened', false, '{}' FROM postings""",
    """INSERT INTO matches (user_id, posting_id, why, found_at)
        SELECT :user, id, '[{"criterion": "title", "detail": "let in by \\"engineer\\"", "source": "company"}]',
            first_seen_at FROM postings""",
)


def fill(rows: int) -> None:
    """Write so many postings, each with an event and a match of the local person's."""
    with database() as db:
        values = {"rows": rows, "boards": BOARDS, "user": people.local(db)["id"]}
        for statement in _FILL:
            db.execute(text(statement), values)
        db.commit()
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


@contextmanager
def server(folder: Path) -> Iterator[tuple[str, int]]:
    """Run the API in a process of its own; yield its address and process id."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "api.app:app", "--port", str(port), "--log-level", "warning"]
    process = subprocess.Popen(command, env=os.environ | {"ROLECALL_FOLDER": str(folder)})
    url = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + START_SECONDS
        while not answers(url):
            assert process.poll() is None, "the server has ended"
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.1)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait()


def answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/healthz", timeout=5).ok
    except requests.ConnectionError:
        return False


def peak_megabytes(process: int) -> float:
    """Return the most memory a process has had (VmHWM, proc_pid_status(5))."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def export(url: str, name: str, file: Path) -> tuple[float, float]:
    """Download an export; return seconds until its first byte, and in all."""
    started = time.perf_counter()
    first = 0.0
    with requests.get(f"{url}/api/v1/exports/{name}", stream=True, timeout=600) as answer, file.open("wb") as out:
        answer.raise_for_status()
        for part in answer.iter_content(1 << 16):
            first = first or time.perf_counter() - started
            out.write(part)
    return first, time.perf_counter() - started


def rows_of(file: Path) -> int:
    """Return how many rows a file has."""
    match file.suffix:
        case ".parquet":
            return int(parquet.ParquetFile(file).metadata.num_rows)
        case ".xlsx":
            with ZipFile(file) as archive:
                sheets = [name for name in archive.namelist() if "/sheet" in name]
                return sum(occurrences(archive, name) - 1 for name in sheets)
        case suffix:
            with file.open("rb") as stream:
                return sum(1 for _ in stream) - (suffix == ".csv")


def occurrences(archive: ZipFile, name: str) -> int:
    with archive.open(name) as stream:
        found, kept = 0, b""
        while part := stream.read(1 << 20):
            found += (kept + part).count(b"<row ")
            kept = part[-4:]
        return found


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("--rows", type=int, default=1_000_000)
    cli.add_argument("--tables", nargs="+", choices=TABLES, default=TABLES)
    cli.add_argument("--formats", nargs="+", choices=FORMATS, default=list(FORMATS))
    options = cli.parse_args()
    too_much = []
    with tempfile.TemporaryDirectory() as name, temporary_postgres() as postgres, temporary_valkey() as valkey:
        os.environ |= {"DATABASE_URL": postgres.url, "REDIS_URL": valkey.url}
        upgrade(engine())
        fill(options.rows)
        close_all()
        print(f"{options.rows:,} rows\n{'':<20}{'s':>8}{'first byte':>12}{'MB':>8}{'peak MB':>10}{'at rest':>10}")
        for table, form in product(options.tables, options.formats):
            file = Path(name) / f"{table}.{form}"
            with server(Path(name)) as (url, process):
                requests.get(f"{url}/api/v1/me", timeout=60).raise_for_status()
                at_rest = peak_megabytes(process)
                first, seconds = export(url, file.name, file)
                peak = peak_megabytes(process)
            assert rows_of(file) == options.rows, (file.name, rows_of(file))
            size = file.stat().st_size / 1e6
            print(f"{file.name:<20}{seconds:>8.1f}{first:>12.2f}{size:>8.0f}{peak:>10.0f}{at_rest:>10.0f}", flush=True)
            too_much += [file.name] if peak >= MOST_MEGABYTES else []
            file.unlink()
    assert not too_much, f"over {MOST_MEGABYTES} MB: {too_much}"


if __name__ == "__main__":
    main()
