"""Recorded boards of real companies, served under their real addresses, from the address to the rows in Postgres."""

import csv
import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import text

from tests.scanning import FAST, _forget, scan
from worker import detect
from worker.store import companies

SHARED = Path(__file__).parents[2] / "shared"
PAYLOADS = SHARED / "payloads"
REPLAY = SHARED / "tools" / "replay.py"

pytestmark = pytest.mark.skipif(not REPLAY.exists(), reason="the recordings are not beside this checkout")

Rows = dict[str, tuple[str, str]]
"""What a recording holds, read here by hand: (title, address) by external id."""


def _ids(rows: list[dict[str, Any]], external_id: Callable, title: Callable, url: Callable) -> Rows:
    return {str(external_id(row)): (" ".join(title(row).split()), url(row)) for row in rows}


def _personio(raw: str) -> Rows:
    found = ET.fromstring(raw.encode())
    return {
        row.findtext("id"): (row.findtext("name"), f"https://{{board}}.jobs.personio.de/job/{row.findtext('id')}")
        for row in found.iter("position")
    }


READ: dict[str, tuple[str, Callable[[str], Rows]]] = {
    "ashby": (
        "https://jobs.ashbyhq.com/{}",
        lambda raw: _ids(
            [row for row in json.loads(raw)["jobs"] if row["isListed"]],
            lambda r: r["id"], lambda r: r["title"], lambda r: r["jobUrl"],
        ),
    ),
    "greenhouse": (
        "https://boards.greenhouse.io/{}",
        lambda raw: _ids(
            json.loads(raw)["jobs"], lambda r: r["id"], lambda r: r["title"], lambda r: r["absolute_url"]
        ),
    ),
    "lever": (
        "https://jobs.lever.co/{}",
        lambda raw: _ids(json.loads(raw), lambda r: r["id"], lambda r: r["text"], lambda r: r["hostedUrl"]),
    ),
    "recruitee": (
        "https://{}.recruitee.com/",
        lambda raw: _ids(
            json.loads(raw)["offers"], lambda r: r["id"], lambda r: r["title"], lambda r: r["careers_url"]
        ),
    ),
    "workable": (
        "https://apply.workable.com/{}/",
        lambda raw: _ids(
            json.loads(raw)["jobs"], lambda r: r["shortcode"], lambda r: r["title"], lambda r: r["url"]
        ),
    ),
    "workday": (
        "https://{}.wd5.myworkdayjobs.com/en-US/Careers",
        lambda raw: _ids(
            json.loads(raw)["jobPostings"], lambda r: r["bulletFields"][0], lambda r: r["title"],
            lambda r: f"https://{{board}}.wd5.myworkdayjobs.com/Careers{r['externalPath']}",
        ),
    ),
    "smartrecruiters": (
        "https://careers.smartrecruiters.com/{}",
        lambda raw: _ids(
            json.loads(raw)["content"], lambda r: r["id"], lambda r: r["name"],
            lambda r: f"https://jobs.smartrecruiters.com/{r['company']['identifier']}/{r['id']}",
        ),
    ),
    "teamtailor": (
        "https://{}.teamtailor.com/jobs",
        lambda raw: _ids(
            json.loads(raw)["items"], lambda r: r["_jobposting"]["identifier"]["value"], lambda r: r["title"],
            lambda r: r["url"],
        ),
    ),
    "pinpoint": (
        "https://{}.pinpointhq.com/",
        lambda raw: _ids(
            json.loads(raw)["data"], lambda r: r["id"], lambda r: r["title"],
            lambda r: r.get("url") or f"https://{{board}}.pinpointhq.com{r['path']}",
        ),
    ),
    "personio": ("https://{}.jobs.personio.de/", _personio),
}  # fmt: skip


@dataclass(frozen=True)
class Recording:
    """One recorded list of postings, as INDEX.tsv describes it."""

    ats: str
    board: str
    path: Path
    whole: bool
    advertises_more: bool

    @property
    def address(self) -> str:
        return READ[self.ats][0].format(self.board)

    def rows(self) -> Rows:
        found = READ[self.ats][1](self.path.read_text())
        return {name: (title, url.replace("{board}", self.board)) for name, (title, url) in found.items()}


def recordings() -> list[Recording]:
    if not REPLAY.exists():
        return []
    found = []
    for row in csv.DictReader((PAYLOADS / "INDEX.tsv").read_text().splitlines(), delimiter="\t"):
        path = PAYLOADS / row["path"]
        single = re.search(r"-(job|job-questions|departments|offices)$", path.stem)
        if row["ats"] in READ and not single:
            total = re.search(r'"(?:total|totalFound)": ?(\d+)', path.read_text())
            more = bool(total and int(total[1]) > int(row["postings"]))
            board = re.sub(r"-20\d\d-\d\d$", "", path.stem)
            found.append(Recording(row["ats"], board, path, row["whole_or_excerpt"] == "whole", more))
    return found


@pytest.fixture(scope="module")
def replay(tmp_path_factory):
    """Serve the recordings as the internet; yield the environment that leads there, and the log of requests."""
    folder = tmp_path_factory.mktemp("replay")
    from worker.local.ports import free_port

    port = free_port()
    command = [
        sys.executable,
        REPLAY,
        "--port",
        str(port),
        "--ca",
        folder / "ca.pem",
        "--log",
        folder / "log",
        PAYLOADS,
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert "replaying" in process.stderr.readline()
    yield {"HTTPS_PROXY": f"http://127.0.0.1:{port}", "REQUESTS_CA_BUNDLE": str(folder / "ca.pem")}, folder / "log"
    process.terminate()
    process.wait()
    process.stderr.close()


def test_recorded_boards_end_in_postgres_exactly_as_they_were_recorded(replay, db, redis, monkeypatch):
    surroundings, log = replay
    for name, value in (surroundings | FAST).items():
        monkeypatch.setenv(name, value)
    _forget()
    boards = {}
    for one in recordings():
        found = detect.from_address(one.address)
        assert found.ats == one.ats
        boards[companies.add(db, name=found.name, ats=found.ats, key=found.key, url=found.url).board_id] = one
    db.commit()
    assert len(boards) >= 30

    for run in scan(db):
        one = boards[run["board_id"]]
        assert run["outcome"] == ("partial" if one.advertises_more else "changed"), (one, run)
        assert run["closed"] == 0
        assert stored(db, run["board_id"]) == one.rows(), one

    written = db.execute(text("SELECT max(id), count(*), max(xmin::text::bigint) FROM postings")).one()
    before = len(log.read_text().splitlines())
    for run in scan(db):
        one = boards[run["board_id"]]
        assert run["outcome"] == ("partial" if one.advertises_more else "unchanged"), (one, run)
        if one.ats not in ("workday", "smartrecruiters"):
            assert run["not_modified"] or one.advertises_more, (one, run)
    assert db.execute(text("SELECT max(id), count(*), max(xmin::text::bigint) FROM postings")).one() == written
    again = log.read_text().splitlines()[before:]
    assert sum(line.startswith("304") for line in again) >= 25
    monkeypatch.undo()
    _forget()


def stored(db, board: int) -> Rows:
    rows = db.execute(
        text("SELECT external_id, title, url FROM postings WHERE board_id = :board AND closed_at IS NULL"),
        {"board": board},
    )
    return {row[0]: (row[1], row[2]) for row in rows}
