"""What goes wrong becomes a sentence with cause, effect and remedy, and exit code 1; never a traceback."""

import json
import re
import socket

import pytest

from tests.cli.conftest import company, program
from worker import resources
from worker.cli import companies
from worker.explaining import explain
from worker.private_files import make_folder


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def own_folder(monkeypatch, tmp_path, stack):
    """A directory without a running stack."""
    monkeypatch.chdir(tmp_path)
    return make_folder(tmp_path / ".rolecall", 0o700)


@pytest.fixture
def servers(stack):
    from worker.settings import get_settings

    settings = get_settings()
    url = settings.database_url.get_secret_value().replace("postgresql+psycopg2", "postgresql")
    return {"database_url": url, "redis_url": settings.redis_url.get_secret_value()}


def test_without_any_configuration_both_ways_are_named(rolecall, elsewhere, own_folder):
    elsewhere(DATABASE_URL=None, REDIS_URL=None)
    for arguments in (["companies"], ["companies", "--format", "json"], ["scan"], ["migrate"]):
        ran = rolecall(*arguments)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith("Error: Rolecall is not configured: DATABASE_URL: field required; REDIS_URL:")
        assert "Start `rolecall up` in this folder, or set the variables" in ran.err


def test_a_running_stack_of_this_folder_is_found(rolecall, db, elsewhere, own_folder, servers):
    company(db, "Acme")
    (own_folder / "stack.json").write_text(json.dumps(servers))
    elsewhere(DATABASE_URL=None, REDIS_URL=None)
    assert "Acme" in rolecall("companies").out


def test_a_stack_that_has_been_killed_is_told_from_a_server_that_is_down(rolecall, elsewhere, own_folder, servers):
    dead = f"postgresql://me:geheim@127.0.0.1:{closed_port()}/rolecall"
    (own_folder / "stack.json").write_text(json.dumps(servers | {"database_url": dead}))
    elsewhere(DATABASE_URL=None, REDIS_URL=None)
    assert "the `rolecall up` of this folder does not run any more: start it again." in rolecall("companies").err
    elsewhere(DATABASE_URL=dead, REDIS_URL=servers["redis_url"])
    ran = rolecall("companies", "--format", "csv")
    assert (ran.code, ran.out) == (1, "")
    assert re.fullmatch(
        r"Error: PostgreSQL at 127\.0\.0\.1:\d+/rolecall cannot be used \(connection refused\), so nothing can be read "
        r"or written; check that the server runs and that DATABASE_URL is right\.\n",
        ran.err,
    )


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda url: re.sub(":[^:@]+@", ":wrong@", url), "it does not accept the password"),
        (lambda url: url.rsplit("/", 1)[0] + "/nothing", 'database "nothing" does not exist'),
    ],
)
def test_a_server_that_refuses_is_quoted_without_the_password(rolecall, elsewhere, servers, broken, said):
    elsewhere(DATABASE_URL=broken(servers["database_url"]))
    ran = rolecall("companies")
    assert ran.code == 1
    assert said in ran.err
    assert "wrong" not in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_database_without_tables_asks_for_migrate(rolecall, elsewhere, servers):
    elsewhere(DATABASE_URL=servers["database_url"].rsplit("/", 1)[0] + "/postgres")
    ran = rolecall("postings", "--format", "json")
    assert (ran.code, ran.out) == (1, "")
    assert "has not been brought to this version" in ran.err
    assert "`rolecall migrate`" in ran.err
    assert len(ran.err.splitlines()) == 1


def test_migrate_may_be_repeated(rolecall, db):
    ran = rolecall("migrate")
    assert (ran.code, ran.err) == (0, "")
    assert re.fullmatch(r"The database is at revision \w+\.\n", ran.out)


def test_without_redis_no_scan_is_left_behind(rolecall, db, elsewhere):
    company(db, "Acme")
    elsewhere(REDIS_URL=f"redis://:geheim@127.0.0.1:{closed_port()}/0")
    ran = rolecall("scan", "--wait")
    assert (ran.code, ran.out) == (1, "")
    assert re.fullmatch(
        r"Error: Redis at 127\.0\.0\.1:\d+/0 cannot be used \(connection refused\), so no scan can begin; check that "
        r"the server runs and that REDIS_URL is right\.\n",
        ran.err,
    )
    assert rolecall("scans", "--format", "json").rows == []


@pytest.mark.parametrize(
    ("variable", "value", "arguments", "said"),
    [
        ("DATABASE_URL", "nonsense", ["boards"], "DATABASE_URL: cannot be read; write it as postgresql://user"),
        ("DATABASE_URL", "mysql://x/y", ["boards"], "DATABASE_URL: cannot be read"),
        ("REDIS_URL", "localhost:6379", ["scan"], "REDIS_URL: cannot be read; write it as redis://"),
    ],
)
def test_an_address_that_is_none_is_refused(rolecall, db, elsewhere, variable, value, arguments, said):
    elsewhere(**{variable: value})
    ran = rolecall(*arguments)
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_fault_of_our_own_is_a_sentence_and_a_traceback_only_when_asked_for(rolecall, db, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("oh no")

    monkeypatch.setattr(companies.store, "boards", broken)
    ran = rolecall("boards")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("Error: Rolecall did not expect this: ZeroDivisionError: oh no.")
    assert len(ran.err.splitlines()) == 1
    assert "Traceback" in rolecall("--debug", "boards").err


def test_what_the_file_system_refuses_is_named():
    assert explain(FileNotFoundError(2, "No such file or directory", "x")) == "No such file or directory: x."
    assert explain(OSError("odd")) == "Odd."
    assert explain(ValueError()) is None


def test_an_argument_that_is_no_text_is_refused(rolecall, db):
    assert "is not UTF-8 text" in rolecall("scan", "\udcff").err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["scann"], "Did you mean 'scan'"),
        (["postings", "--format", "xml"], "--format"),
        (["postings", "--limit", "0"], "--limit"),
        (["companies", "--limit", "9" * 20], "--limit"),
        (["add"], "Missing argument"),
        (["up", "--port", "99999"], "--port"),
    ],
)
def test_a_command_that_cannot_be_understood_exits_2(rolecall, arguments, said):
    ran = rolecall(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_as_a_program_it_fails_in_one_sentence_without_colours(tmp_path):
    database = f"postgresql://me@127.0.0.1:{closed_port()}/x"
    ran = program("boards", "--format", "json", DATABASE_URL=database, REDIS_URL="redis://127.0.0.1/0")
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert ran.stderr.startswith(b"Error: PostgreSQL at 127.0.0.1:")
    assert ran.stderr.count(b"\n") == 1
    assert b"\x1b" not in ran.stderr


def test_every_connection_of_a_command_goes_back(rolecall, db):
    company(db, "Acme")
    for _ in range(30):
        rolecall("boards")
        rolecall("settings", "Nobody")
    assert resources.engine().pool.checkedout() == 0
