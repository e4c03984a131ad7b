"""`rolecall backup`, `restore` and `export-list`: files, sentences and exit codes."""

import os
import re
import resource
import signal
import stat
import subprocess
import zipfile

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.backup.databases import digests, fill, living_in, own_databases
from tests.cli.conftest import CHECKOUT, command, program
from worker.secret import secret_key
from worker.settings import get_settings
from worker.store import companies, people, wishes


@pytest.fixture
def new_database(stack):
    with own_databases() as make:
        yield make


@pytest.fixture
def installed(new_database, monkeypatch, tmp_path):
    """This process works with an installation of its own that has something in every table."""
    engine = new_database()
    fill(engine)
    monkeypatch.setenv("ROLECALL_FOLDER", str(tmp_path / "folder"))
    with living_in(engine):
        yield engine


def shown(ran) -> str:
    """What was said, whatever the terminal's width."""
    return " ".join((ran.out + ran.err).split())


def test_a_backup_is_made_checked_and_restored(rolecall, installed, tmp_path):
    file = tmp_path / "b.zip"
    before = digests(installed)
    secret_key(get_settings())
    ran = rolecall("backup", file)
    assert (ran.code, ran.err) == (0, "")
    said = rf"Backed up 5 companies, 5 postings, 5 people and .* \({5 * len(before)} rows\) to \S+ \(\d+\.\d kB\)\."
    assert re.match(said, shown(ran))
    assert "The installation's secret is in it" in shown(ran)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    ran = rolecall("restore", file, "--check")
    assert ran.code == 0
    assert re.search(r"is whole\. It was made on \d{4}-\d\d-\d\d at \d\d:\d\d UTC by Rolecall", shown(ran))

    with installed.begin() as connection:
        connection.execute(text("DELETE FROM companies"))
    ran = rolecall("restore", file)
    assert ran.code == 1
    assert re.search(r"Error: The database is not empty: it has .*\bdrifts \(5\)", shown(ran))
    ran = rolecall("restore", file, "--replace")
    assert ran.code == 0
    assert "Restored 5 companies, 5 postings, 5 people" in shown(ran)
    assert digests(installed) == before


def test_a_configured_secret_is_left_out_and_missed(rolecall, installed, monkeypatch, tmp_path):
    monkeypatch.setenv("ROLECALL_SECRET_KEY", "s" * 40)
    get_settings.cache_clear()
    assert "ROLECALL_SECRET_KEY is not in it" in shown(rolecall("backup", tmp_path / "b.zip"))
    monkeypatch.setenv("ROLECALL_SECRET_KEY", "t" * 40)
    get_settings.cache_clear()
    ran = rolecall("restore", tmp_path / "b.zip", "--replace")
    assert ran.code == 0
    assert "This installation has another secret than the backup's" in shown(ran)
    assert "set ROLECALL_SECRET_KEY to that of the installation the backup is of" in shown(ran)


def test_the_remedy_for_a_secret_that_differs_works_as_printed(rolecall, installed, monkeypatch, tmp_path):
    secret = secret_key(get_settings())
    rolecall("backup", tmp_path / "b.zip")
    monkeypatch.setenv("ROLECALL_SECRET_KEY", "t" * 40)
    get_settings.cache_clear()
    said = shown(rolecall("restore", tmp_path / "b.zip", "--replace"))
    assert f"set ROLECALL_SECRET_KEY to what `unzip -p {tmp_path / 'b.zip'} api-secret` prints" in said
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        monkeypatch.setenv("ROLECALL_SECRET_KEY", archive.read("api-secret").decode().strip())
    get_settings.cache_clear()
    assert secret_key(get_settings()) == secret
    assert "another secret" not in shown(rolecall("restore", tmp_path / "b.zip", "--replace"))


def test_a_secret_that_gives_way_is_mentioned_and_one_that_is_not_there_too(rolecall, installed, monkeypatch, tmp_path):
    assert "No secret was found in" in shown(rolecall("backup", tmp_path / "none.zip"))
    with installed.begin() as connection:
        for table in ("api_keys", "browser_sessions", "channels", "feeds", "login_links"):
            connection.execute(text(f"DELETE FROM {table}"))
    assert "No secret" not in shown(rolecall("backup", tmp_path / "none.zip")), "nothing there needs one"
    secret_key(get_settings())
    rolecall("backup", tmp_path / "b.zip")
    monkeypatch.setenv("ROLECALL_FOLDER", str(tmp_path / "other"))
    get_settings.cache_clear()
    secret_key(get_settings())
    ran = rolecall("restore", tmp_path / "b.zip", "--replace")
    assert f"The secret in {tmp_path / 'other'} was replaced by the backup's." in shown(ran)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("restore", "none.zip"), "Error: The backup none.zip cannot be read (No such file or directory)"),
        (("restore", "notes.txt", "--check"), "Error: notes.txt is no backup of Rolecall's"),
        (("restore", "notes.txt", "--replace"), "Error: notes.txt is no backup of Rolecall's"),
        (("backup", "notes.txt"), "Error: notes.txt is there already and is no backup"),
        (("backup", "nowhere/b.zip"), "Error: There is no folder nowhere"),
        (("export-list", "list.doc"), "Error: list.doc does not end in .txt, .csv or .opml"),
        (("export-list", "nowhere/list.txt"), "Error: The file nowhere/list.txt cannot be written (No such file"),
        (("export-list", "/dev/full", "--format", "csv"), "Error: The file /dev/full cannot be written (No space left"),
        (("export", "postings", "nowhere/p.csv"), "Error: The file nowhere/p.csv cannot be written (No such file"),
        (("export", "postings", "/dev/full", "-f", "csv"), "Error: The file /dev/full cannot be written (No space"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(rolecall, installed, monkeypatch, tmp_path, arguments, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    before = digests(installed)
    ran = rolecall(*arguments)
    assert (ran.code, ran.out) == (1, "")
    assert said in shown(ran)
    assert digests(installed) == before
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_list_takes_the_place_of_an_earlier_one_only_when_it_is_whole(rolecall, installed, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("mine")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
    try:
        ran = rolecall("export-list", file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (ran.code, file.read_text(), list(tmp_path.glob(".list*"))) == (1, "mine", [])
    assert "cannot be written (File too large)" in shown(ran)


def test_a_backup_without_a_database_says_what_to_do(tmp_path):
    ran = program("backup", str(tmp_path / "b.zip"), DATABASE_URL="postgresql://x@127.0.0.1:1/x", REDIS_URL="redis://x")
    assert ran.returncode == 1
    assert b"Error: PostgreSQL at 127.0.0.1:1/x cannot be used" in ran.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_backup_that_is_interrupted_leaves_nothing_behind(new_database, tmp_path):
    """A person who presses Ctrl-C, or a machine that stops the job."""
    engine = new_database()
    with Session(engine) as holder:
        holder.execute(text("LOCK TABLE companies IN ACCESS EXCLUSIVE MODE"))
        with living_in(engine):
            running = subprocess.Popen(command("backup", str(tmp_path / "b.zip")), cwd=CHECKOUT, env=os.environ,
                                       stderr=subprocess.PIPE)  # fmt: skip
            while not list(tmp_path.iterdir()):
                assert running.poll() is None
            running.send_signal(signal.SIGINT)
        holder.rollback()
        assert running.wait(30) != 0
        running.stderr.close()
    assert list(tmp_path.iterdir()) == []


# --- the list ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def listed(db):
    added = companies.add(db, name="Acme", ats="lever", key="acme", url="https://jobs.lever.co/acme")
    person = people.local(db)["id"]
    wishes.put_in_group(db, person, wishes.group_named(db, person, "Europe"), [added.company_id])
    db.commit()
    return db


@pytest.mark.parametrize("form", ["txt", "csv", "opml"])
def test_a_list_is_written_and_read_back(rolecall, listed, redis, tmp_path, form):
    file = tmp_path / f"list.{form}"
    ran = rolecall("export-list", file)
    assert (ran.code, ran.out) == (0, f"Wrote 1 company to {file}.\n")
    assert rolecall("export-list", "-", "--format", form).stdout == file.read_bytes()
    listed.execute(text("TRUNCATE companies, groups CASCADE"))
    listed.commit()
    ran = rolecall("import", file)
    assert (ran.code, ran.out) == (0, "1 line with an address: 1 added, 0 already there, 0 not understood.\n")
    groups = wishes.groups(listed, people.local(listed)["id"])
    assert [(one["name"], len(one["company_ids"])) for one in groups] == ([] if form == "txt" else [("Europe", 1)])


def test_a_list_without_a_person_or_a_company_is_empty(rolecall, db):
    ran = rolecall("export-list", "-", "-f", "csv")
    assert (ran.code, ran.out) == (0, "name,url,ats,board,groups,company_id\r\n")
    assert db.execute(text("SELECT count(*) FROM users")).scalar_one() == 0
    assert rolecall("export-list", "-").code == 1
