"""The command line, called in this process or as a program of its own, over a small installation made by hand."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import structlog
from click import Command
from sqlalchemy import text
from sqlalchemy.orm import Session
from typer.main import get_command

from worker import cli as package
from worker import resources
from worker.cli import main
from worker.cli.app import app
from worker.models import StoredPosting
from worker.settings import get_settings
from worker.store import companies

CHECKOUT = Path(package.__file__).parents[2]


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit code, and what it wrote where."""

    code: int
    stdout: bytes
    stderr: bytes

    @property
    def out(self) -> str:
        return self.stdout.decode()

    @property
    def err(self) -> str:
        return self.stderr.decode()

    @property
    def rows(self) -> Any:
        return json.loads(self.stdout, parse_float=Decimal)


@pytest.fixture
def rolecall(
    stack: None, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Ran]]:
    """Run a command through the door in this process, in a terminal-less room of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: object, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsysbinary.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(one) for one in arguments])
        captured = capsysbinary.readouterr()
        return Ran(int(left.value.code or 0), captured.out, captured.err)

    yield run
    structlog.reset_defaults()


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, stack: None) -> Iterator[Callable[..., None]]:
    """Point this process's settings at other servers for one test; None takes a variable away."""

    def forget() -> None:
        get_settings.cache_clear()
        resources.close_all()

    def change(**values: str | None) -> None:
        for name, value in values.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        forget()

    yield change
    monkeypatch.undo()
    forget()


def program(*arguments: str, stdin: bytes = b"", **env: str) -> subprocess.CompletedProcess[bytes]:
    """Run `python -m worker.cli` as people run `rolecall`."""
    return subprocess.run(
        command(*arguments), input=stdin, capture_output=True, cwd=CHECKOUT, env=os.environ | env, check=False
    )


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "worker.cli", *arguments]


def commands() -> dict[str, Command]:
    """Every command by what is typed for it: `scan`, `catalogue search`."""
    found: dict[str, Command] = {}
    for name, one in get_command(app).commands.items():
        inner = getattr(one, "commands", None)
        found |= {f"{name} {under}": each for under, each in inner.items()} if inner else {name: one}
    return found


def company(db: Session, name: str, board: str | None = None) -> companies.Added:
    key = board or name.lower()
    url = f"https://boards.greenhouse.io/{key}"
    added = companies.add(db, name=name, ats="greenhouse", key=key, url=url)
    db.commit()
    return added


def posting(db: Session, board: int, external_id: str, **values: Any) -> StoredPosting:
    seen = datetime(2026, 10, 1, 8, 30, 0, 123456, tzinfo=UTC)
    made = StoredPosting(
        **{
            "board_id": board,
            "external_id": external_id,
            "title": f"Role {external_id}",
            "url": f"https://boards.greenhouse.io/acme/jobs/{external_id}",
            "locations": [],
            "country_codes": [],
            "extras": {},
            "content_hash": b"c",
            "row_hash": b"r",
            "detail_pending": False,
            "first_seen_at": seen,
            "last_seen_at": seen,
            **values,
        }
    )
    db.add(made)
    db.commit()
    return made


def run_of(db: Session, scan: int, board: int, outcome: str | None, **values: Any) -> None:
    """Write a run of a scan as if a worker had been there."""
    row = {"scan_id": scan, "board_id": board, "queue": "interactive", "outcome": outcome} | values
    row["state"] = "finished" if outcome else values.get("state", "queued")
    if outcome:
        row |= {"finished_at": datetime.now(UTC), "finished_tx": 1}
    names = ", ".join(row)
    db.execute(text(f"INSERT INTO scan_runs ({names}) VALUES ({', '.join(f':{name}' for name in row)})"), row)
    db.commit()


def scan_row(db: Session, trigger: str = "cli") -> int:
    found = db.execute(text("INSERT INTO scans (trigger) VALUES (:trigger) RETURNING id"), {"trigger": trigger})
    scan = int(found.scalar_one())
    db.commit()
    return scan


def event(db: Session, posting_id: int, board: int, kind: str, *, run: int = 1, **values: Any) -> None:
    row = {"posting_id": posting_id, "board_id": board, "scan_run_id": run, "kind": kind, "baseline": False}
    row |= {"changes": "{}", **values}
    names = ", ".join(row)
    db.execute(text(f"INSERT INTO posting_events ({names}) VALUES ({', '.join(f':{name}' for name in row)})"), row)
    db.commit()
