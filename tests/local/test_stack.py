"""`rolecall up` as a person meets it: real servers and processes, small children."""

import os
import signal
import socket
import subprocess
import sys
import time

import psycopg2
import pytest
import redis

from tests.local.conftest import needs_root
from tests.local.watching import processes_of, stack, until
from worker.local.account import credentials, server_account
from worker.local.running import find_running

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")


PID_FILES = ("postgres/postmaster.pid", "valkey/valkey.pid")


def become():
    return credentials(server_account())


def query(url, text):
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(text)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


def mode(path):
    return f"{path.stat().st_mode & 0o777:o}"


def test_it_starts_says_where_and_stops_with_nothing_left_but_the_data(place):
    folder = place / ".rolecall"
    with stack(folder) as first:
        assert f"http://127.0.0.1:{first.port}" in first.until("Rolecall is ready")
        first.until("then http://")
        running = find_running(folder)
        assert running.pid == first.process.pid
        query(running.database_url, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('roll')")
        client = redis.Redis.from_url(running.redis_url)
        client.set("kept", "call")
        client.close()
        began = time.monotonic()
        first.interrupt()
        assert first.ended() == 0
        assert time.monotonic() - began < 15
        assert not processes_of(folder)
        assert find_running(folder) is None
        assert not (folder / "stack.json").exists()
    with stack(folder) as second:
        second.until("Rolecall is ready")
        again = find_running(folder)
        assert (again.database_url, again.redis_url) == (running.database_url, running.redis_url)
        assert query(again.database_url, "SELECT word FROM kept") == [("roll",)]
        client = redis.Redis.from_url(again.redis_url)
        assert client.get("kept") == b"call"
        client.close()
        second.interrupt(signal.SIGTERM)
        assert second.ended() == 0


def test_parts_stop_in_order_what_brings_work_first_and_the_database_last(used):
    children = {"monitor": ["MONITORS", "polite"], "worker1": ["WORKERS", "polite"], "beat": ["TRIGGERS", "polite"]}
    with stack(used, children=children) as running:
        running.until("Rolecall is ready")
        running.interrupt()
        assert running.ended() == 0
        after = running.said[running.said.index("Stopping; a second Ctrl-C hurries.") :]
        ends = [
            line.split()[0] for line in after if "goodbye" in line or "ready to exit" in line or "is shut down" in line
        ]
        assert ends == ["beat", "worker1", "monitor", "valkey", "postgres"]


def test_nothing_survives_the_killing_of_the_supervisor_and_the_next_start_recovers(used):
    with stack(used, children={"worker1": ["WORKERS", "stubborn"]}) as first:
        first.until("Rolecall is ready")
        query(find_running(used).database_url, "CREATE TABLE kept (word text)")
        first.interrupt(signal.SIGKILL)
        first.process.wait(30)
        until(lambda: not processes_of(used), 30, "processes survived")
        assert find_running(used) is None
    with stack(used) as second:
        second.until("Rolecall is ready")
        assert query(find_running(used).database_url, "SELECT * FROM kept") == []


def test_servers_left_behind_by_a_killed_supervisor_are_stopped(used):
    with stack(used) as first:
        first.until("Rolecall is ready")
        postgres, valkey = (
            next(command.split() for command in processes_of(used).values() if program in command)
            for program in (" -D ", "valkey-server")
        )
        first.interrupt()
        assert first.ended() == 0
    left = [
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=used, **become())
        for command in (postgres, valkey)
    ]
    until(lambda: all((used / name).exists() for name in PID_FILES), 30, "the servers left behind did not start")
    with stack(used) as second:
        second.until("Rolecall is ready")
        assert [server.wait(5) for server in left] == [0, 0]


def test_a_pid_file_without_a_server_is_no_obstacle(used):
    with stack(used) as first:
        first.until("Rolecall is ready")
        noted = {name: (used / name).read_text() for name in PID_FILES}
        first.interrupt()
        assert first.ended() == 0
    # The ids now belong to somebody else: to this test.
    for name, text in noted.items():
        (used / name).write_text(text.replace(text.split()[0], str(os.getpid()), 1))
        (used / name).chmod(0o644)
    with stack(used) as second:
        second.until("Rolecall is ready")


def test_a_taken_port_is_refused_before_anything_starts(place):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with stack(place / "data", port=port) as refused:
            assert refused.ended() == 1
    sentence = f"refused: Port {port} on 127.0.0.1 is taken, so the API cannot start; stop what uses it or choose"
    assert refused.said == [f"{sentence} another with --port."]
    assert not (place / "data" / "postgres").exists()


def test_a_servers_port_is_kept_and_given_up_only_when_taken(used):
    with stack(used) as first:
        first.until("Rolecall is ready")
        url = find_running(used).database_url
        first.interrupt()
        assert first.ended() == 0
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", int((used / "postgres.port").read_text())))
        taken.listen()
        with stack(used) as second:
            second.until("Rolecall is ready")
            assert find_running(used).database_url != url


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda data: (data / "PG_VERSION").write_text("15\n"), "was made by PostgreSQL 15, and this Rolecall brings"),
        (lambda data: (data / "PG_VERSION").unlink(), "is not a PostgreSQL data folder"),
        (lambda data: (data / "global" / "pg_control").unlink(), "is not a PostgreSQL data folder"),
        (lambda data: (data.parent / "passwords" / "postgres-postgres").unlink(), "The password of the database in"),
    ],
)
def test_data_that_this_postgres_must_not_touch_are_refused(used, spoil, sentence):
    spoil(used / "postgres")
    with stack(used) as refused:
        assert refused.ended() == 1
    assert refused.said[-1].startswith("refused: ")
    assert sentence in refused.said[-1]


def test_a_folder_that_is_not_ours_to_write_is_refused(place):
    closed = place / "closed"
    closed.mkdir(mode=0o755)
    if os.geteuid() != 0:
        closed.chmod(0o555)
    become = {"become": 65534} if os.geteuid() == 0 else {}
    with stack(closed / ".rolecall", **become) as refused:
        assert refused.ended() == 1
    closed.chmod(0o755)
    folder = closed / ".rolecall"
    [sentence] = refused.said
    assert sentence.startswith(
        f"refused: Rolecall cannot keep its data in {folder} ({folder}: Permission denied); give"
    )


@needs_root
def test_data_of_another_account_are_refused(used):
    used.chmod(0o700)  # as an ordinary user's folder is
    os.chown(used / "postgres", 54321, 54321)
    with stack(used) as refused:
        assert refused.ended() == 1
    assert "belongs to user 54321, but PostgreSQL would run as" in refused.said[-1]


@needs_root
def test_data_that_the_account_cannot_reach_any_more_are_refused(used):
    used.chmod(0o700)
    with stack(used) as refused:
        assert refused.ended() == 1
    assert f"PostgreSQL cannot reach its data in {used / 'postgres'} as " in refused.said[-1]


def test_permissions_of_folders_above_are_left_alone(place):
    above = place / "above"
    above.mkdir()
    above.chmod(0o711)
    with stack(above / ".rolecall") as running:
        running.until("Rolecall is ready")
    assert (mode(place), mode(above)) == ("711", "711")


def test_failing_migrations_end_the_start_and_show_their_last_lines(used):
    program = "import sys\nfor n in range(40): print('line', n)\nsys.exit(3)"
    with stack(used, children={"migrate": program}) as failed:
        assert failed.ended() == 1
    text = "\n".join(failed.said)
    assert "refused: migrate failed (exit code 3). Its last lines:\nline 25\n" in text
    assert text.endswith("line 39")


def test_a_child_that_ends_while_starting_ends_the_start(used):
    with stack(used, children={"worker1": ["WORKERS", "raise SystemExit('no such module')"], "steady": 60}) as failed:
        assert failed.ended() == 1
    assert "refused: worker1 ended while starting (exit code 1). Its last lines:" in failed.said
    assert failed.said[-1] == "no such module"


def test_ctrl_c_at_any_moment_of_the_start_ends_it_cleanly(place):
    for moment in ("Starting the databases", "postgres | ", "Starting the API"):
        with stack(place / "data") as starting:
            starting.until(moment)
            starting.interrupt()
            assert starting.ended() == 0
            after = starting.said[starting.said.index("Stopping; a second Ctrl-C hurries.") :]
            assert not [line for line in after if "Rolecall is ready" in line], "the start went on"
    with stack(place / "data") as again:
        again.until("Rolecall is ready")


def test_a_second_ctrl_c_hurries(used):
    with stack(used, children={"worker1": ["WORKERS", "stubborn"]}) as running:
        running.until("Rolecall is ready")
        began = time.monotonic()
        running.interrupt()
        running.until("Stopping")
        running.interrupt()
        assert running.ended() == 0
        assert time.monotonic() - began < 30
