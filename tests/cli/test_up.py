"""`rolecall up`: what it adds to the stack, which has tests of its own."""

import os
import threading
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from tests.cli.conftest import company
from tests.cli.test_errors import closed_port
from tests.scanning import work
from worker.cli import following
from worker.cli import up as module
from worker.errors import StartRefused
from worker.local.running import RunningStack
from worker.resources import database
from worker.store import people, scans, wishes

_FINISH = text("UPDATE scan_runs SET state = 'finished', outcome = :outcome, finished_at = now(), found = 7")
BOARDS = "https://boards.greenhouse.io/acme\nhttps://example.com/jobs\nhttps://jobs.lever.co/umbrella\n"


@pytest.fixture
def stack_run(monkeypatch, stack, tmp_path):
    """Stand in for the stack: note the options, and become ready at once with this test's servers."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(following, "POLL_SECONDS", 0.02)
    noted = []
    running = RunningStack(1, os.environ["DATABASE_URL"], os.environ["REDIS_URL"], "http://127.0.0.1:8000", None)

    def run(options, *, announce, on_ready):
        noted.append(options)
        on_ready(running)
        announce("stopped")
        return 0

    monkeypatch.setattr(module, "run", run)
    return noted


@contextmanager
def finishing(outcome="changed"):
    """Finish the runs of the first scan as soon as there are any."""
    ended = threading.Event()

    def finish():
        with database() as db:
            while not ended.wait(0.02) and not db.execute(_FINISH, {"outcome": outcome}).rowcount:
                db.commit()
            db.commit()

    thread = threading.Thread(target=finish)
    thread.start()
    yield
    ended.set()
    thread.join()


def test_an_empty_database_gets_the_companies_and_their_first_scan(rolecall, db, redis, stack_run, tmp_path):
    (tmp_path / "companies.txt").write_text(BOARDS)
    with finishing():
        ran = rolecall("up", "--port", "9001", "--no-flower", "--workers", "3")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0] == "Companies from companies.txt:"
    assert lines[1] == "3 lines with an address: 2 added, 0 already there, 1 not understood."
    assert lines[2] == "The first scan, of 2 boards, has started."
    assert lines[3].startswith("The first scan has ended. Scan 1: 2 boards in ")
    assert lines[3].endswith("2 changed. 14 postings, nothing new.")
    assert ran.err.startswith("Error: line 2: https://example.com/jobs is not the address")
    assert scans.get(db, 1)["trigger"] == "cli"
    (options,) = stack_run
    assert (options.port, options.with_flower, options.workers, options.flower_port) == (9001, False, 3, 5555)
    assert options.database_url == os.environ["DATABASE_URL"]


def test_failed_boards_of_the_first_scan_are_pointed_to(rolecall, db, redis, stack_run, tmp_path):
    (tmp_path / "companies.txt").write_text(BOARDS)
    with finishing("gone"):
        assert "`rolecall boards --failing` shows what could not be read" in rolecall("up").out


def test_a_file_that_names_groups_puts_the_companies_into_them(rolecall, db, redis, stack_run, tmp_path):
    (tmp_path / "mine.csv").write_text("url,groups\nhttps://boards.greenhouse.io/acme,Data; Near home\n")
    with finishing():
        rolecall("up", "--companies", "mine.csv")
    groups = wishes.groups(db, people.local(db)["id"])
    assert [(one["name"], len(one["company_ids"])) for one in groups] == [("Data", 1), ("Near home", 1)]


def test_companies_that_are_there_are_left_alone(rolecall, db, redis, stack_run, tmp_path):
    company(db, "Acme")
    (tmp_path / "companies.txt").write_text(BOARDS)
    assert rolecall("up").out == "stopped\n"
    assert scans.page(db, before=None, most=9) == []


def test_without_companies_the_way_to_add_one_is_named(rolecall, db, redis, stack_run):
    assert "add one with `rolecall add ADDRESS`" in rolecall("up").out


def test_a_named_file_must_be_there_before_anything_starts(rolecall, db, stack_run):
    ran = rolecall("up", "--companies", "mine.txt")
    assert (ran.code, stack_run) == (1, [])
    assert "mine.txt cannot be read (No such file or directory)" in ran.err


def test_a_refused_start_is_one_sentence_on_standard_error(rolecall, monkeypatch, stack_run):
    def refuse(*_, **__):
        raise StartRefused("Port 8000 on 127.0.0.1 is taken, so the API cannot start; choose another with --port.")

    monkeypatch.setattr(module, "run", refuse)
    ran = rolecall("up")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == ("Error: Port 8000 on 127.0.0.1 is taken, so the API cannot start; choose another with --port.\n")


@pytest.fixture
def offline(settings):
    settings(
        HTTPS_PROXY=f"http://127.0.0.1:{closed_port()}",
        ROLECALL_RETRY_SECONDS="0.001",
        ROLECALL_MAX_ATTEMPTS="3",
        ROLECALL_PACE_SCALE="1000",
    )


def test_a_machine_without_a_way_out_is_told_so_and_sent_to_the_demo(rolecall, db, redis, stack_run, offline, tmp_path):
    (tmp_path / "companies.txt").write_text(BOARDS)

    def worker():
        with database() as mine:
            while not stop.wait(0.05):
                mine.execute(text("UPDATE scan_runs SET enqueued_at = NULL WHERE state = 'queued'"))
                work(mine)

    stop = threading.Event()
    thread = threading.Thread(target=worker)
    thread.start()
    ran = rolecall("up")
    stop.set()
    thread.join()
    (said,) = [line for line in ran.out.splitlines() if line.startswith("No board")]
    assert said.startswith("No board could be reached (")
    assert "it refuses connections" in said
    assert said.endswith(
        "). This machine has no way out to the internet, or a proxy is needed (HTTPS_PROXY). `make demo` shows "
        "Rolecall on simulated boards."
    )
    assert "has ended" not in ran.out


@pytest.mark.parametrize(
    "rows",
    [
        [("BoardUnavailable", "x.io could not be reached: refused", 1)],
        [("BoardUnavailable", "x.io could not be reached: refused", 2), ("BoardNotFound", "no such board", 2)],
        [("BoardUnavailable", "x.io is busy or broken right now (503)", 2)],
    ],
)
def test_one_answer_or_one_bad_try_is_no_sign_of_a_missing_network(db, redis, rows):
    scan = db.execute(text("INSERT INTO scans (trigger) VALUES ('cli') RETURNING id")).scalar_one()
    for number, (kind, error, attempt) in enumerate(rows):
        db.execute(
            text("""INSERT INTO scan_runs (scan_id, board_id, queue, attempt, error_kind, error)
                    VALUES (:scan, :board, 'interactive', :attempt, :kind, :error)"""),
            {"scan": scan, "board": company(db, f"c{number}").board_id, "attempt": attempt, "kind": kind,
             "error": error},
        )  # fmt: skip
    db.commit()
    assert module.no_network(scan) is None
