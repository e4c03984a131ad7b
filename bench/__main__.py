"""`make bench`: scans per second, their CPU, rows per second, what reading costs; both sides in one run."""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
import requests
from celery import Task
from sqlalchemy import text

from bench import bare, parsing, writing
from bench.careers import HOST
from worker import dispatch, tasks
from worker.local.temporary import temporary_postgres, temporary_valkey
from worker.migrate import upgrade
from worker.resources import database, engine, transaction
from worker.settings import get_settings
from worker.store import companies

TICK = os.sysconf("SC_CLK_TCK")
ROW_BYTES = (2_000, 5_000)
PROCESSES = 2
THREADS = 64


Figures = dict[str, list[tuple[float, float]]]
"""(scans per second, worker CPU milliseconds per scan) of each repetition, by what was measured."""


class Workers:
    """Celery worker processes of one application, and the CPU they have used."""

    def __init__(self, app: str) -> None:
        command = [sys.executable, "-m", "celery", "-A", app, "worker", "-c", str(THREADS), "--without-mingle"]
        command += ["--without-gossip", "--loglevel", "WARNING"]
        self._processes = [
            subprocess.Popen([*command, "--hostname", f"{app}{number}@%h"], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
            for number in range(PROCESSES)
        ]  # fmt: skip

    def cpu(self) -> float:
        """Seconds of CPU, user and system, since they were started."""
        total = 0
        for process in self._processes:
            fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICK

    def stop(self) -> None:
        """End them."""
        for process in self._processes:
            process.send_signal(signal.SIGTERM)
        for process in self._processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def careers(folder: Path, latency: float) -> Iterator[str]:
    """Run the careers host; yield its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.careers", "--folder", str(folder), "--latency", str(latency)]
    )
    try:
        while not (folder / "port").exists():
            assert process.poll() is None
            time.sleep(0.05)
        yield f"http://127.0.0.1:{(folder / 'port').read_text()}"
    finally:
        process.terminate()
        process.wait()


def show(proxy: str, boards: int, *, etags: bool, version: int) -> None:
    """Let the careers host answer with or without ETags, and its boards be of a version."""
    query = f"etags={int(etags)}&version={version}&boards={boards}"
    requests.get(f"http://control/?{query}", proxies={"http": proxy}, timeout=120).raise_for_status()


def measured(workers: Workers, send: Callable[[], None], done: Callable[[], bool], jobs: int) -> tuple[float, float]:
    """Return (jobs per second, worker CPU milliseconds per job)."""
    cpu, started = workers.cpu(), time.perf_counter()
    send()
    while not done():
        time.sleep(0.05)
    seconds = time.perf_counter() - started
    time.sleep(0.3)  # acknowledgements are part of the cost
    return jobs / seconds, (workers.cpu() - cpu) * 1000 / jobs


def scan_all() -> None:
    """Start a scan of every board, as a person would."""
    started = transaction(lambda db: dispatch.start_scan(db, trigger="api", company_ids=None))
    tasks.enqueue_scan(started)


def nothing_left() -> bool:
    """Whether every run has ended."""
    return not transaction(
        lambda db: db.execute(text("SELECT 1 FROM scan_runs WHERE state <> 'finished' LIMIT 1")).all()
    )


def expect(outcome: str) -> None:
    """Stop the benchmark when it did not measure what it says."""
    statement = text("SELECT DISTINCT outcome FROM scan_runs WHERE scan_id = (SELECT max(id) FROM scans)")
    found = transaction(lambda db: db.execute(statement).scalars().all())
    assert found == [outcome], (found, outcome)


def scans(proxy: str, boards: int, repeats: int) -> Figures:
    """Measure Rolecall's scans of each kind."""
    with database() as db:
        for number in range(boards):
            key = f"board{number}"
            companies.add(db, name=key, ats="greenhouse", key=key, url=f"https://boards.greenhouse.io/{key}")
        db.execute(text("UPDATE boards SET next_scan_at = now() + interval '1 day'"))
        db.commit()
    show(proxy, boards, etags=True, version=0)
    workers = Workers("worker")
    found: Figures = {}

    def measure(name: str, outcome: str) -> None:
        found.setdefault(name, []).append(measured(workers, scan_all, nothing_left, boards))
        expect(outcome)

    try:
        warm_up(workers)
        measure("first scan", "changed")
        for _ in range(repeats):
            measure("304", "unchanged")
        show(proxy, boards, etags=False, version=0)
        for _ in range(repeats):
            measure("same digest", "unchanged")
        for version in range(1, repeats + 1):
            show(proxy, boards, etags=False, version=version)
            measure("5 % changed", "changed")
    finally:
        workers.stop()
    return found


def bare_tasks(proxy: str, boards: int, repeats: int) -> Figures:
    """Measure Celery tasks that only GET the same boards, and tasks that do nothing."""
    show(proxy, boards, etags=False, version=0)
    queue = redis.Redis.from_url(get_settings().redis_url.get_secret_value())
    workers = Workers("bench.bare")
    found: Figures = {}

    def done() -> bool:
        return not queue.llen("scans") and not queue.hlen("unacked")

    def send(task: Task, arguments: list[tuple]) -> Callable[[], None]:
        def sending() -> None:
            with bare.app.producer_or_acquire() as producer:
                for each in arguments:
                    task.apply_async(each, queue="scans", producer=producer)

        return sending

    try:
        warm_up(workers)
        urls = [(address(f"board{number}"),) for number in range(boards)]
        for _ in range(repeats):
            found.setdefault("bare task, GET", []).append(measured(workers, send(bare.get, urls), done, boards))
            found.setdefault("bare task, nothing", []).append(
                measured(workers, send(bare.nothing, [()] * boards), done, boards)
            )
    finally:
        workers.stop()
    return found


def warm_up(workers: Workers) -> None:
    """Wait until the processes have started and come to rest."""
    last = -1.0
    while (now := workers.cpu()) != last or now < 0.5:
        last = now
        time.sleep(0.5)


def address(board: str) -> str:
    """Return what Rolecall asks for a board."""
    return f"https://{HOST}/v1/boards/{board}/jobs?content=true"


def seed_of_the_idea(boards: int) -> tuple[float, float]:
    """Measure `ThreadPoolExecutor(5)` with `requests.get`."""
    urls = "\n".join(address(f"board{number}") for number in range(boards))
    started = time.perf_counter()
    ended = subprocess.run([sys.executable, "-m", "bench.bare"], input=urls, capture_output=True, text=True, check=True)
    return boards / (time.perf_counter() - started), float(ended.stdout.split()[1]) * 1000 / boards


def main() -> None:
    """Print every figure, from one run."""
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("--boards", type=int, default=500)
    cli.add_argument("--latency", type=float, default=0.05, help="seconds of a round trip")
    cli.add_argument("--repeats", type=int, default=3)
    options = cli.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        temporary_postgres(fast=False) as postgres,
        temporary_valkey() as valkey,
    ):
        folder = Path(name)
        with careers(folder, options.latency) as proxy:
            os.environ |= {
                "DATABASE_URL": postgres.url,
                "REDIS_URL": valkey.url,
                "HTTPS_PROXY": proxy,
                "NO_PROXY": "127.0.0.1",
                "REQUESTS_CA_BUNDLE": str(folder / "ca.pem"),
                "ROLECALL_PACE_SCALE": "10000",
            }
            upgrade(engine())
            figures = scans(proxy, options.boards, options.repeats)
            figures |= bare_tasks(proxy, options.boards, options.repeats)
            figures["ThreadPoolExecutor(5)"] = [seed_of_the_idea(options.boards) for _ in range(options.repeats)]
            rows = {size: [writing.rows_per_second(size) for _ in range(options.repeats)] for size in ROW_BYTES}
    report(figures, rows, options)
    sys.stdout.write(parsing.report(parsing.costs()))


def report(figures: Figures, rows: dict[int, list[tuple[float, float]]], options: argparse.Namespace) -> None:
    """Print the medians, and the ratios that Rolecall is held to."""
    sys.stdout.write(
        f"{options.boards} boards of 200 KB, {options.latency * 1000:.0f} ms a round trip, {os.cpu_count()} cores, "
        f"{PROCESSES} processes of {THREADS} threads, median of {options.repeats}\n\n"
        f"{'':<24}{'scans/s':>10}{'CPU ms/scan':>14}\n"
    )
    median = {
        name: (statistics.median(speed for speed, _ in runs), statistics.median(cost for _, cost in runs))
        for name, runs in figures.items()
    }
    for name, (speed, cost) in median.items():
        sys.stdout.write(f"{name:<24}{speed:>10.0f}{cost:>14.2f}\n")
    sys.stdout.write(f"\n{'rows written':<24}{'rows/s':>10}{'ORM add_all':>14}{'ratio':>8}\n")
    for size, runs in rows.items():
        ours, orm = (statistics.median(each) for each in zip(*runs, strict=True))
        sys.stdout.write(f"{f'postings of {size} bytes':<24}{ours:>10.0f}{orm:>14.0f}{ours / orm:>8.1f}\n")
    digest, bare_get = median["same digest"], median["bare task, GET"]
    sys.stdout.write(
        f"\nunchanged (digest) against the bare task's CPU: {digest[1] / bare_get[1]:.2f} times (at most 2)\n"
        f"unchanged (digest) against ThreadPoolExecutor(5): "
        f"{digest[0] / median['ThreadPoolExecutor(5)'][0]:.1f} times the speed (at least 6)\n\n"
    )


if __name__ == "__main__":
    main()
