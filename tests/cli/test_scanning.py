"""Scans: started, waited for, listed, cancelled; and tried out without a trace."""

import os
import signal
import subprocess
import threading
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from tests.boards import Internet
from tests.cli.conftest import CHECKOUT, command, company, run_of, scan_row
from tests.scanning import inside, watch
from worker.cli import following
from worker.resources import database
from worker.store import scans


@pytest.fixture
def two(db, redis):
    return company(db, "Acme"), company(db, "Umbrella")


@contextmanager
def a_worker(**outcomes: str):
    """Finish runs as they come, a board by its key with its outcome."""
    stop = threading.Event()

    def work():
        while not stop.wait(0.02):
            with database() as db:
                for key, outcome in outcomes.items():
                    db.execute(
                        text("""
                        UPDATE scan_runs SET state = 'finished', outcome = :outcome, found = 3, opened = 2, attempt = 1,
                            finished_at = now(), finished_tx = 1,
                            error_kind = CASE WHEN :bad THEN 'UnexpectedPayload' END,
                            error = CASE WHEN :bad THEN 'jobs is missing' END
                        FROM boards WHERE boards.id = board_id AND key = :key AND state = 'queued'
                            AND enqueued_at IS NOT NULL
                    """),
                        {"key": key, "outcome": outcome, "bad": outcome == "failed"},
                    )
                db.commit()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_a_scan_of_all_is_written_and_put_on_redis(rolecall, db, redis, two):
    ran = rolecall("scan")
    assert (ran.code, ran.out) == (0, "Scan 1 of 2 boards has started.\n")
    assert "rolecall runs 1" in ran.err
    assert scans.get(db, 1)["trigger"] == "cli"
    assert redis.llen("interactive") == 2


def test_a_scan_of_some_reads_each_once(rolecall, db, redis, two):
    assert rolecall("scan", "umbrella", "2").code == 0
    assert [run["company"] for run in scans.runs(db, 1)] == ["Umbrella"]


def test_an_unknown_company_starts_nothing(rolecall, db, redis, two):
    assert rolecall("scan", "Acme", "Nobody").code == 1
    assert scans.page(db, before=None, most=10) == []


def test_waiting_tells_how_it_went_and_what_failed_and_exits_1(rolecall, db, two):
    with a_worker(acme="changed", umbrella="failed"):
        ran = rolecall("scan", "--wait")
    assert ran.code == 1
    first, second, *rest = ran.out.splitlines()
    assert first == "Scan 1 of 2 boards has started."
    assert second.startswith("Scan 1: 2 boards in ")
    assert second.endswith("s: 1 changed, 1 failed. 6 postings: 4 opened.")
    assert rest[0] == "Umbrella  https://boards.greenhouse.io/umbrella"
    assert rest[1] == "  failed: Jobs is missing."
    assert "A newer Rolecall may" in rest[2]


@pytest.mark.parametrize(("outcome", "code"), [("changed", 0), ("partial", 0), ("suspect", 0), ("gone", 1)])
def test_only_failed_and_gone_boards_make_the_exit_code_1(rolecall, two, outcome, code):
    with a_worker(acme=outcome, umbrella="unchanged"):
        ran = rolecall("scan", "--wait")
    assert ran.code == code
    assert ("Acme  https" in ran.out) == (outcome != "changed")


def test_without_a_terminal_progress_comes_in_lines(rolecall, db, two, monkeypatch):
    monkeypatch.setattr(following, "LINE_SECONDS", 0.0)
    monkeypatch.setattr(following, "POLL_SECONDS", 0.02)
    with a_worker(acme="changed"):
        later = threading.Timer(0.5, _finish_all)
        later.start()
        ran = rolecall("scan", "--wait")
    later.join()
    assert "1 of 2 boards read" in ran.err


def _finish_all():
    with database() as db:
        db.execute(text("UPDATE scan_runs SET state = 'finished', outcome = 'changed', finished_at = now()"))
        db.commit()


def test_that_nobody_works_is_said_once(rolecall, redis, two, monkeypatch):
    monkeypatch.setattr(following, "PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(following, "POLL_SECONDS", 0.02)
    timer = threading.Timer(0.6, _finish_all)
    timer.start()
    ran = rolecall("scan", "--wait")
    timer.join()
    assert ran.err.count("No worker is seen") == 1
    assert "rolecall up" in ran.err


def test_where_workers_are_seen_their_patience_is_trusted(rolecall, redis, two, monkeypatch):
    monkeypatch.setattr(following, "PATIENCE_SECONDS", 0.1)
    redis.zadd("rolecall:workers", {"worker1@here": redis.time()[0]})
    timer = threading.Timer(0.6, _finish_all)
    timer.start()
    assert "No worker" not in rolecall("scan", "--wait").err
    timer.join()


def test_ctrl_c_leaves_the_scan_and_says_how_to_go_on(db, redis, two):
    with subprocess.Popen(
        command("scan", "--wait"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=CHECKOUT
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"Scan 1 of 2 boards has started.\n"
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert said == (
        b"The scan goes on without this command. See it with `rolecall runs 1`, stop what has not begun with "
        b"`rolecall cancel 1`.\n"
    )
    assert scans.get(db, 1)["state"] == "running"


def test_a_scan_is_cancelled_as_far_as_nobody_has_begun(rolecall, db, two):
    scan = scan_row(db)
    run_of(db, scan, two[0].board_id, None, state="running")
    run_of(db, scan, two[1].board_id, None)
    ran = rolecall("cancel", scan)
    assert ran.out == "Scan 1: 1 board will not be read. 1 board being read at the moment will be finished.\n"
    assert rolecall("runs", scan, "--format", "json").rows[1]["error_kind"] == "Cancelled"


@pytest.mark.parametrize("name", ["runs", "cancel"])
def test_an_unknown_scan_is_said_to_be_unknown(rolecall, db, name):
    ran = rolecall(name, 7)
    assert (ran.code, ran.out, ran.err) == (1, "", "Error: There is no scan 7.\n")
    assert rolecall(name, "x").code == rolecall(name, 2**70).code == 2


def test_a_bar_is_shown_on_a_terminal(db, redis, two):
    master, slave = os.openpty()
    with a_worker(acme="changed", umbrella="unchanged"):
        ran = subprocess.run(
            command("scan", "--wait"), stdout=subprocess.PIPE, stderr=slave, cwd=CHECKOUT, check=False,
            env={**os.environ, "TERM": "xterm-256color"},
        )  # fmt: skip
    os.close(slave)
    shown = os.read(master, 65536).decode()
    os.close(master)
    assert ran.returncode == 0
    assert "Scanning" in shown
    assert "\x1b[" in shown
    assert b"1 changed, 1 unchanged. 6 postings: 4 opened." in ran.stdout


@pytest.fixture(scope="module")
def internet():
    with Internet(companies=12) as net:
        yield net


@pytest.fixture
def net(internet, stack):
    with inside(internet):
        yield internet


def test_a_dry_run_shows_what_matches_and_writes_nothing(rolecall, db, redis, net):
    there = net.world.of("greenhouse")[0]
    added = watch(db, there)
    before = _everything(db)
    ran = rolecall("dry-run", there.address, "--filter", "engineer*")
    assert ran.code == 0, ran.err
    assert "matched, in" in ran.out
    as_json = rolecall("dry-run", added.company_id, "--filter", "engineer*", "--format", "json").rows
    assert {row["matched"] for row in as_json} <= {True, False}
    assert all(("engineer" in row["title"].lower()) for row in as_json if row["matched"])
    assert rolecall("dry-run", added.company_id, "--format", "csv").out.startswith("company,ats,board,matched,")
    assert _everything(db) == before


def test_a_board_that_cannot_be_read_hides_no_other(rolecall, db, redis, net):
    there = net.world.of("greenhouse")[0]
    ran = rolecall("dry-run", "https://boards.greenhouse.io/nobody-has-this-name", there.address)
    assert ran.code == 1
    assert "matched, in" in ran.out
    assert "nobody-has-this-name" in ran.err


def _everything(db):
    counts = {}
    for table in ("users", "companies", "boards", "postings", "scans", "scan_runs", "company_settings"):
        counts[table] = db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    db.commit()
    return counts
