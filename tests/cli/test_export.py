"""`rolecall export`: whole files or none, and the same ones that the API gives."""

import csv
import io
import json
import os
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime
from decimal import Decimal

import openpyxl
import pytest
from pyarrow import parquet
from sqlalchemy import text

from tests.api import building
from tests.cli.conftest import CHECKOUT, command, company, event, posting
from worker.cli.exporting import EventKind, FileFormat, MatchState
from worker.cli.postings import CHANGES, POSTINGS
from worker.export_formats import FORMATS
from worker.export_formats import csv_file as csv_format
from worker.store import exports, inbox, people


@pytest.fixture
def acme(db):
    return company(db, "Acme")


@pytest.fixture
def boards(db, acme):
    umbrella = company(db, "Umbrella")
    posting(db, acme.board_id, "1", title="Data Engineer", salary_min=Decimal("70000.50"), locations=["Berlin"])
    posting(db, acme.board_id, "2", title="=Sales Manager", closed_at=datetime.now(UTC))
    one = posting(db, umbrella.board_id, "3", title="Data Engineer (intern)")
    event(db, one.id, umbrella.board_id, "opened", baseline=True)
    event(db, one.id, umbrella.board_id, "closed", run=2)
    building.caught_up(db)
    return acme, umbrella


def lines(ran) -> list[dict]:
    assert ran.code == 0, ran.err
    return [json.loads(line) for line in ran.out.splitlines()]


def test_the_columns_are_those_of_the_lists():
    assert exports.POSTINGS.header == POSTINGS.header
    assert exports.CHANGES.header == CHANGES.header
    assert exports.MATCHES.header[-len(POSTINGS.header) :] == POSTINGS.header


def test_what_can_be_chosen_is_what_there_is():
    assert list(FileFormat) == list(FORMATS)
    assert list(MatchState) == list(inbox.STATES)
    assert list(EventKind) == ["opened", "updated", "closed", "reopened"]


def test_a_file_is_written_in_the_format_its_name_ends_in(rolecall, boards, tmp_path):
    for form in FORMATS:
        file = tmp_path / f"postings.{form.upper()}"
        ran = rolecall("export", "postings", file)
        assert (ran.code, ran.err) == (0, "")
        assert " ".join(ran.out.split()) == f"Wrote 3 rows to {file}."
    titles = ["Data Engineer (intern)", "=Sales Manager", "Data Engineer"]
    assert [row["title"] for row in parquet.read_table(tmp_path / "postings.PARQUET").to_pylist()] == titles
    assert [json.loads(line)["title"] for line in (tmp_path / "postings.JSONL").read_text().splitlines()] == titles
    sheet = openpyxl.load_workbook(io.BytesIO((tmp_path / "postings.XLSX").read_bytes())).active
    place = exports.POSTINGS.header.index("title")
    assert [row[place] for row in sheet.iter_rows(min_row=2, values_only=True)] == titles
    with (tmp_path / "postings.CSV").open(newline="") as stream:
        assert [row["title"] for row in csv.DictReader(stream)] == [titles[0], "'=Sales Manager", titles[2]]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["3", "2", "1"]),
        (["--state", "open"], ["3", "1"]),
        (["--company", "umbrella"], ["3"]),
        (["--ats", "lever"], []),
        (["--filter", "data engineer", "--filter", "-intern"], ["1"]),
        (["--text", "sales"], ["2"]),
        (["--since", "2026-10-02"], []),
    ],
)
def test_postings_are_chosen(rolecall, boards, arguments, expected):
    ran = rolecall("export", "postings", "-", "--format", "jsonl", *arguments)
    assert [row["external_id"] for row in lines(ran)] == expected


def test_matches_are_those_of_whoever_uses_this_machine(rolecall, db, boards):
    mine, theirs = people.local(db)["id"], people.add(db, email="bob@example.org")["id"]
    for user, number, state in ((mine, 1, "applied"), (mine, 2, "hidden"), (theirs, 3, "new")):
        db.execute(
            text("INSERT INTO matches (user_id, posting_id, state) VALUES (:user, :posting, :state)"),
            {"user": user, "posting": number, "state": state},
        )
    db.commit()

    def found(*arguments: str) -> list[str]:
        return [row["external_id"] for row in lines(rolecall("export", "matches", "-", "-f", "jsonl", *arguments))]

    assert found() == ["1"]
    assert found("--state", "hidden", "--state", "applied") == ["2", "1"]
    assert found("--company", "Umbrella") == []
    assert found("--filter", "sales", "--state", "hidden") == ["2"]


def test_the_first_export_of_matches_needs_no_person(rolecall, db):
    assert lines(rolecall("export", "matches", "-", "--format", "jsonl")) == []


def test_changes_are_chosen(rolecall, boards):
    def found(*arguments: str) -> list[str]:
        return [row["kind"] for row in lines(rolecall("export", "changes", "-", "-f", "jsonl", *arguments))]

    assert found() == ["opened", "closed"]
    assert found("--news") == ["closed"]
    assert found("--kind", "opened", "--kind", "updated") == ["opened"]
    assert found("--company", "Acme") == []
    assert found("--since", "2099-01-01") == []
    assert found("--filter", "intern") == ["opened", "closed"]


def test_csv_on_standard_output_is_the_file(rolecall, boards, tmp_path):
    rolecall("export", "postings", tmp_path / "a.csv", "--bom")
    assert rolecall("export", "postings", "-", "-f", "csv", "--bom").stdout == (tmp_path / "a.csv").read_bytes()
    assert (tmp_path / "a.csv").read_bytes().startswith(csv_format.BYTE_ORDER_MARK)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["postings", "postings.doc"], "postings.doc does not say its format; let it end in .csv, .jsonl"),
        (["postings", "-"], "- does not say its format"),
        (["postings", "a.csv", "--filter", "(a"], "the parenthesis is never closed"),
        (["postings", "a.csv", "--ats", "greenhous"], "did you mean greenhouse?"),
        (["postings", "a.csv", "--company", "nobody"], "There is no company 'nobody'"),
        (["changes", "a.csv", "--since", "yesterday"], "is no time"),
        (["matches", "no/such/folder/a.csv"], "No such file or directory"),
    ],
)
def test_what_cannot_be_exported_is_said_and_leaves_no_file(rolecall, db, tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    ran = rolecall("export", *arguments)
    assert ran.code == 1
    assert says in " ".join(ran.err.split())
    assert list(tmp_path.iterdir()) == []


def test_without_pyarrow_the_remedy_is_named_and_the_earlier_file_stays(rolecall, db, tmp_path, monkeypatch):
    (tmp_path / "a.parquet").write_text("earlier")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    ran = rolecall("export", "postings", tmp_path / "a.parquet")
    assert (ran.code, "`pip install pyarrow`" in ran.err.replace("\n", " ")) == (1, True)
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("a.parquet", "earlier")]


def test_a_file_takes_the_place_of_the_earlier_one_with_the_usual_rights(rolecall, boards, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("earlier")
    before = os.umask(0o027)
    try:
        assert rolecall("export", "postings", file).code == 0
    finally:
        os.umask(before)
    assert file.read_text().startswith("id,company")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [file]


def test_a_pipe_is_written_to_and_stays_a_pipe(rolecall, boards, tmp_path):
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    found: list[bytes] = []
    reader = threading.Thread(target=lambda: found.append(pipe.read_bytes()))
    reader.start()
    assert rolecall("export", "postings", pipe).code == 0
    reader.join(30)
    assert found[0].startswith(b"id,company")
    assert pipe.is_fifo()


def test_a_reader_that_has_seen_enough_is_no_error(db, acme):
    db.execute(
        text("""
        INSERT INTO postings (board_id, external_id, title, url, locations, country_codes, extras, content_hash,
            row_hash, detail_pending, first_seen_at, last_seen_at)
        SELECT :board, n, repeat('long ', 200), 'https://x.example/', '{}', '{}', '{}', '', '', false, now(), now()
        FROM generate_series(1, 2000) AS n
    """),
        {"board": acme.board_id},
    )
    db.commit()
    with subprocess.Popen(
        command("export", "postings", "-", "--format", "csv"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=CHECKOUT,
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline().startswith(b"id,company")
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 0)
