"""What a request costs on a real server, and which large tables its queries read from end to end."""

import re
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests
from sqlalchemy import event
from starlette.testclient import TestClient

from worker.resources import engine

LARGE = ("postings", "posting_events", "matches", "scan_runs", "alerts", "deliveries", "delivery_tries")
HERE = {"base_url": "http://127.0.0.1:8000", "client": ("127.0.0.1", 50000)}

Questions = Mapping[str, Callable[[int], str]]
"""The paths that are asked for, by what they are; each call asks for something else."""


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    """Collect what is sent to the database within the block."""
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
    with statements() as sent:
        client.get(path).raise_for_status()
    found = []
    with engine().connect() as connection:
        for statement, parameters in sent:
            if statement.lstrip().upper().startswith(("SELECT", "WITH")):
                plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters or {}))
                found += [table for table in re.findall(r"Seq Scan on (\w+)", plan) if table in LARGE]
            connection.rollback()
    return found


def ask(address: str, client: TestClient, asked: Questions, *, times: int, limit: float) -> None:
    """Ask a server for each path; print milliseconds, the largest answer on the wire and sequential scans.

    The plans are those of an application in this process (`client`), which asks the same database.
    """
    print(f"\n{'request':<26}{'p50 ms':>9}{'p95 ms':>9}{'kB':>8}  sequential scans")
    late = []
    session = requests.Session()
    for name, path in asked.items():
        took, size = [], 0
        for number in range(times):
            begun = time.perf_counter()
            with session.get(f"{address}{path(number)}", timeout=60, stream=True) as answer:
                size = max(size, len(answer.raw.read(decode_content=False)))
            took.append((time.perf_counter() - begun) * 1000)
            answer.raise_for_status()
        p95 = statistics.quantiles(took, n=20)[-1]
        scans = scanned(client, path(1))
        late += [name] if p95 > limit or scans else []
        print(f"{name:<26}{statistics.median(took):>9.1f}{p95:>9.1f}{size / 1000:>8.0f}  {', '.join(scans) or '-'}")
    print(f"\n{len(asked) - len(late)} of {len(asked)} under {limit:.0f} ms at p95 without a sequential scan"
          + (f"; not: {', '.join(late)}" if late else ""))  # fmt: skip
