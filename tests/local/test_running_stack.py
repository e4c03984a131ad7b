"""What the others meet while a stack runs: its files, its servers, a second `rolecall up`."""

import os
import signal
import sys

import psycopg2
import pytest
import redis

from tests.local.watching import processes_of, stack
from worker.local.running import find_running
from worker.local.temporary import temporary_postgres

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")


def query(url, text):
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(text)
            return cursor.fetchone()[0]
    finally:
        connection.close()


def modes(paths):
    return {path.name: f"{path.stat().st_mode & 0o777:o}" for path in paths}


def test_passwords_are_for_their_owner_only_and_on_no_command_line(running):
    files = list((running.folder / "passwords").iterdir())
    assert modes(files) == dict.fromkeys(("flower", "postgres-postgres", "postgres-rolecall", "valkey"), "600")
    commands = " ".join(processes_of(running.folder).values())
    assert "valkey-server" in commands
    assert not [file for file in files if file.read_text().strip() in commands]


def test_files_are_closed_to_others(running):
    folders = [running.folder / name for name in ("passwords", "postgres", "valkey", "log")]
    assert set(modes(folders).values()) == {"700"}
    files = [running.folder / name for name in ("lock", "stack.json", "valkey/valkey.conf", "log/api.log")]
    assert set(modes(files).values()) == {"600"}


def test_wrong_passwords_are_refused(running):
    found = find_running(running.folder)
    for wrong in ("postgresql://rolecall:wrong@", "postgresql://postgres:@", "postgresql://postgres:wrong@"):
        with pytest.raises(psycopg2.OperationalError, match="password"):
            psycopg2.connect(wrong + found.database_url.partition("@")[2])
    for wrong in ("redis://", "redis://:wrong@"):
        client = redis.Redis.from_url(wrong + found.redis_url.partition("@")[2])
        with pytest.raises(redis.AuthenticationError):
            client.ping()
        client.close()


def test_rolecalls_own_role_is_no_superuser_but_owns_its_database(running):
    url = find_running(running.folder).database_url
    assert query(url, "SELECT usesuper FROM pg_user WHERE usename = current_user") is False
    assert (
        query(url, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()") == "rolecall"
    )


def test_servers_listen_on_this_machine_only_and_keep_what_they_confirmed(running):
    found = find_running(running.folder)
    assert query(found.database_url, "SHOW listen_addresses") == "127.0.0.1"
    assert query(found.database_url, "SHOW fsync") == "on"
    assert [command for command in processes_of(running.folder).values() if " unix_socket_directories= " in command]
    client = redis.Redis.from_url(found.redis_url)
    settings = {"bind": "127.0.0.1", "maxmemory-policy": "noeviction", "appendonly": "yes"}
    assert client.config_get(*settings) == settings
    client.close()


def test_a_database_speaks_utf_8_and_sorts_the_same_everywhere(running):
    url = find_running(running.folder).database_url
    assert query(url, "SHOW server_encoding") == "UTF8"
    assert (
        query(url, "SELECT upper('société') || datlocale FROM pg_database WHERE datname = 'rolecall'")
        == "SOCIÉTÉC.UTF-8"
    )


def test_a_second_start_in_the_same_folder_is_refused(running):
    with stack(running.folder, alone=False) as second:
        assert second.ended() == 1
    [sentence] = second.said
    assert sentence.startswith(
        f"refused: Rolecall already runs with the data in {running.folder}; stop it there (Ctrl-C)"
    )
    assert find_running(running.folder).pid == running.process.pid


def test_given_servers_are_used_instead_of_own_ones(running, place):
    given = find_running(running.folder)
    with stack(place / "data", database_url=given.database_url, redis_url=given.redis_url) as borrower:
        borrower.until("Rolecall is ready")
        found = find_running(place / "data")
        assert (found.database_url, found.redis_url) == (given.database_url, given.redis_url)
        assert not (place / "data" / "postgres").exists()


def test_a_given_server_that_refuses_is_named_without_its_password(running, place):
    given = find_running(running.folder)
    wrong = "redis://:not-the-password@" + given.redis_url.partition("@")[2]
    with stack(place / "data", database_url=given.database_url, redis_url=wrong, given_seconds=0.3) as refused:
        assert refused.ended() == 1
    assert refused.said[-1].startswith("refused: REDIS_URL is set, but the server at 127.0.0.1:")
    assert "invalid username-password pair" in refused.said[-1]
    assert "not-the-password" not in refused.said[-1]


def test_throw_away_servers_start_beside_it(running):
    with temporary_postgres() as postgres:
        assert query(postgres.url, "SELECT 1") == 1
    assert query(find_running(running.folder).database_url, "SELECT 1") == 1


def test_a_dead_server_is_started_again(running):
    found = find_running(running.folder)
    [server] = [pid for pid, command in processes_of(running.folder).items() if "valkey-server" in command]
    os.kill(server, signal.SIGKILL)
    running.until("valkey ended (SIGKILL); it is started again in 1 s")
    running.until("valkey answers again")
    client = redis.Redis.from_url(found.redis_url)
    assert client.ping()
    client.close()
