"""Backup and restore: the same in every table, whatever runs meanwhile; all of it or nothing."""

import json
import resource
import stat
import threading
import tracemalloc
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from tests import alerting
from tests.api import building
from tests.backup.databases import digests, fill, living_in, settings_in
from tests.boards import Internet
from tests.scanning import inside, start, watch, work
from worker import backup as backups
from worker import dispatch, migrate
from worker.errors import Conflict, InvalidInput, StaleRun
from worker.migrate import upgrade
from worker.models import Base
from worker.resources import database, redis_client
from worker.secret import secret_file, secret_key
from worker.settings import get_settings
from worker.store import backup as store
from worker.store import companies, deliveries, people, runs, scans


def restore(engine, settings, file, **options):
    with backups.opened(file) as opened:
        return backups.restore(engine, settings, opened, **options)


# --- into an empty installation ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("migrated", [False, True])
def test_a_restored_installation_is_the_same_in_every_table(
    filled, file, folder_settings, new_database, tmp_path, migrated
):
    elsewhere = new_database(migrated=migrated)
    restored = restore(elsewhere, folder_settings, file)
    assert digests(elsewhere) == digests(filled)
    again = backups.make(elsewhere, folder_settings, tmp_path / "again.zip")
    assert again.tables == restored.manifest.tables
    assert {name: content.rows for name, content in again.tables.items()} == {
        table.name: 5 for table in Base.metadata.sorted_tables
    }


def test_the_person_whom_an_installations_first_request_makes_is_in_nobodys_way(
    filled, file, folder_settings, new_database
):
    elsewhere = new_database()
    with living_in(elsewhere), database() as db:
        people.local(db)
        db.commit()
    restore(elsewhere, folder_settings, file)
    assert digests(elsewhere) == digests(filled)


def test_an_owner_who_is_no_superuser_can_back_up_and_restore(filled, file, folder_settings, new_database, tmp_path):
    elsewhere = new_database(migrated=False)
    role = f"owner_of_{elsewhere.url.database}"
    owner = create_engine(elsewhere.url, connect_args={"options": f"-c role={role}"})
    with elsewhere.begin() as connection:
        connection.execute(text(f"CREATE ROLE {role}"))
        connection.execute(text(f"ALTER DATABASE {elsewhere.url.database} OWNER TO {role}"))
    try:
        upgrade(owner)
        restore(owner, folder_settings, file)
        assert digests(owner) == digests(filled)
        backups.make(owner, folder_settings, tmp_path / "plain.zip")
    finally:
        owner.dispose()
        with elsewhere.begin() as connection:
            connection.execute(text(f"REASSIGN OWNED BY {role} TO CURRENT_USER"))
            connection.execute(text(f"DROP ROLE {role}"))


def test_what_is_added_after_a_restore_has_numbers_that_were_never_given(file, folder_settings, new_database):
    elsewhere = new_database()
    restore(elsewhere, folder_settings, file)
    with Session(elsewhere) as db:
        # The installation that was backed up went on, and gave out ids which others remember: 6, 7, 8 …
        assert db.execute(text("INSERT INTO companies (name) VALUES ('New') RETURNING id")).scalar_one() > 1000
        assert db.execute(text("SELECT nextval('role_ids')")).scalar_one() >= 1000


# --- into one that is not empty ---------------------------------------------------------------------------------------


def test_what_is_there_is_named_and_not_replaced_unasked(filled, file, folder_settings, new_database):
    elsewhere = new_database()
    with Session(elsewhere) as db:
        building.postings(db, building.company(db).board_id, "Baker", "Cook")
        db.commit()
    before = digests(elsewhere)
    with pytest.raises(Conflict) as refused:
        restore(elsewhere, folder_settings, file)
    assert "it has companies (1), boards (1), postings (2), posting events (2)" in str(refused.value)
    assert "--replace" in str(refused.value)
    assert digests(elsewhere) == before


def test_the_same_installation_is_what_it_was(filled, file, folder_settings):
    before = digests(filled)
    with Session(filled) as db:
        db.execute(text("DELETE FROM companies WHERE id < 3"))
        db.execute(text("UPDATE users SET name = 'somebody else'"))
        later = building.company(db, "later")
        db.commit()
    assert digests(filled) != before
    with pytest.raises(Conflict):
        restore(filled, folder_settings, file)
    restore(filled, folder_settings, file, replace=True)
    assert digests(filled) == before
    with Session(filled) as db:
        assert building.company(db, "another").company_id > later.company_id


def test_of_two_restores_at_once_one_waits_and_finds_the_other_ones_work(file, folder_settings, new_database):
    elsewhere = new_database()

    def one(_: int) -> str:
        try:
            restore(elsewhere, folder_settings, file)
        except Conflict as error:
            return str(error)
        return "restored"

    with ThreadPoolExecutor(2) as both:
        first, second = sorted(both.map(one, range(2)), key=len)
    assert first == "restored"
    assert "the database is not empty" in second


# --- while everything runs --------------------------------------------------------------------------------------------


def test_a_backup_is_of_one_moment_while_scans_write(new_database, redis, folder_settings, tmp_path):
    source, elsewhere = new_database(), new_database()
    with Internet(seed=3, companies=16) as net, inside(net), living_in(source):
        with database() as db:
            for company in net.world.companies:
                watch(db, company)
            start(db)
        scanning = threading.Thread(target=_scan_all)
        scanning.start()
        files = []
        while scanning.is_alive() and len(files) < 12:
            files.append(tmp_path / f"{len(files)}.zip")
            backups.make(source, folder_settings, files[-1])
        scanning.join()
    seen = set()
    for file in files:
        restore(elsewhere, folder_settings, file, replace=True)
        with Session(elsewhere) as db:
            boards = db.execute(
                text("""
                SELECT count(*) FILTER (WHERE baseline_at IS NOT NULL), bool_and(open_count = (
                    SELECT count(*) FROM postings WHERE board_id = boards.id AND closed_at IS NULL
                )), sum(open_count) = (SELECT count(*) FROM posting_events) FROM boards
            """)
            ).one()
        assert boards[1:] == (True, True)
        seen.add(boards[0])
    assert len(seen) > 2, "no backup was made between two commits"


def _scan_all() -> None:
    with database() as db:
        work(db)


def test_what_was_under_way_begins_anew_and_the_worker_that_had_it_writes_nothing(
    new_database, redis, folder_settings, tmp_path
):
    source, elsewhere = new_database(), new_database()
    file = tmp_path / "busy.zip"
    with Internet(seed=3, companies=4) as net, inside(net):
        with living_in(source), database() as db:
            for company in net.world.companies:
                watch(db, company)
            scan = start(db)
            first, second, *_ = [run for run, _ in dispatch.take_waiting(db)]
            claim = runs.claim(db, first, lease_seconds=300)
            db.commit()
            backups.make(source, folder_settings, file)
            # After the backup the source goes on: another worker claims what was still queued in it.
            later = runs.claim(db, second, lease_seconds=300)
            db.commit()
        restore(elsewhere, folder_settings, file)
        with living_in(elsewhere), database() as db:
            assert {run["state"] for run in scans.runs(db, scan)} == {"queued"}
            for held in (claim, later):
                with pytest.raises(StaleRun):
                    runs.hold(db, held)
            with redis_client() as queues:
                dispatch.sweep(db, queues, get_settings())
            work(db)
            assert {run["outcome"] for run in scans.runs(db, scan)} == {"changed"}
            (again,) = db.execute(text("SELECT token FROM scan_runs WHERE id = :run"), {"run": second}).scalars()
            assert again != later.token
            with pytest.raises(StaleRun):
                runs.hold(db, later)


def test_a_message_that_was_being_sent_is_sent_again_and_who_had_it_says_nothing_of_it(
    new_database, folder_settings, tmp_path
):
    source, elsewhere = new_database(), new_database()
    with Session(source) as db:
        channel = alerting.channel(db, alerting.person(db))
        now = db.execute(text("SELECT now()")).scalar_one()
        (delivery,) = deliveries.add(db, [deliveries.New(channel, "instant", {"matches": []})], now=now)
        assert deliveries.take_due(db) == [delivery]
        held = deliveries.claim(db, delivery, lease_seconds=300)
        db.commit()
    backups.make(source, folder_settings, tmp_path / "b.zip")
    restore(elsewhere, folder_settings, tmp_path / "b.zip")
    with Session(elsewhere) as db:
        assert not deliveries.finish(db, delivery, held.token, deliveries.Tried(ok=True, answer="", milliseconds=1))
        deliveries.recover(db, lost_seconds=60)
        db.commit()
        assert deliveries.take_due(db) == [delivery]
        assert deliveries.claim(db, delivery, lease_seconds=300).token != held.token


def test_a_restore_waits_for_who_is_writing_and_they_for_it(filled, file, folder_settings):
    with Session(filled) as writer, ThreadPoolExecutor(1) as aside:
        writer.execute(text("UPDATE scan_runs SET notes = '[1]' WHERE id = 1"))
        running = aside.submit(restore, filled, folder_settings, file, replace=True)
        _wait_for_a_lock(filled)
        # In the order of a scan: the run first, postings and events after it. Each would wait for the other.
        writer.execute(text("UPDATE postings SET title = 'meanwhile' WHERE id = 1"))
        writer.commit()
        running.result(timeout=60)
    with Session(filled) as db:
        assert db.execute(text("SELECT title FROM postings WHERE id = 1")).scalar_one() != "meanwhile"


def _wait_for_a_lock(engine) -> None:
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database "
                   "WHERE datname = current_database())")  # fmt: skip
    with engine.connect() as connection:
        while not connection.execute(waiting).scalar_one():
            connection.rollback()


def test_a_restore_that_others_keep_waiting_gives_up_and_changes_nothing(filled, file, folder_settings):
    before = digests(filled)
    with Session(filled) as reader:
        reader.execute(text("SELECT 1 FROM postings"))
        with pytest.raises(Conflict, match="others have been using the tables"):
            restore(filled, folder_settings, file, replace=True, patience=0)
    assert digests(filled) == before


def test_a_backup_keeps_nobody_from_writing(filled, folder_settings):
    with Session(filled) as reader, Session(filled) as writer:
        held = store.tables(reader)
        reader.rollback()
        reader.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
        store.hold_still(reader, held)
        writer.execute(text("SET LOCAL lock_timeout = '5s'"))
        writer.execute(text("UPDATE companies SET name = 'new'"))
        writer.commit()
        reader.rollback()


# --- older and newer versions -----------------------------------------------------------------------------------------


def _older(new_database, revision: str):
    engine = new_database(migrated=False)
    with engine.begin() as connection:
        migrate.upgrade_within(connection, revision)
        connection.execute(text("INSERT INTO users (email) VALUES ('first@acme.example'), ('second@acme.example')"))
        connection.execute(text("INSERT INTO companies (name) VALUES ('Acme')"))
        connection.execute(
            text("INSERT INTO boards (company_id, ats, key, url) VALUES (1, 'lever', 'acme', 'https://x')")
        )
        connection.execute(
            text("""
            INSERT INTO postings (board_id, external_id, title, url, locations, country_codes, extras, content_hash,
                row_hash, detail_pending, first_seen_at, last_seen_at)
            VALUES (1, '1', 'Baker', 'https://x/1', '{}', '{}', '{}', 'c', 'r', false, now(), now())
        """)
        )
        connection.execute(text("INSERT INTO matches (user_id, posting_id, why) VALUES (1, 1, 'baker')"))
    return engine


@pytest.mark.parametrize("into", ["no tables", "an empty installation", "another one"])
def test_a_backup_of_an_older_version_is_brought_to_this_one(new_database, folder_settings, tmp_path, into):
    old = _older(new_database, "0004")
    file = tmp_path / "old.zip"
    assert backups.make(old, folder_settings, file).revision == "0004"
    target = new_database(migrated=into != "no tables")
    if into == "another one":
        fill(target)
    restore(target, folder_settings, file, replace=into == "another one")
    upgrade(old)
    with Session(old) as db:
        assert db.execute(text("SELECT why FROM matches")).scalar_one() == [{"criterion": "title", "detail": "baker"}]
    assert digests(target) == digests(old)
    with Session(target) as db:
        assert store.revision(db) == migrate.head()
        highest = db.execute(text("INSERT INTO groups (user_id, name) VALUES (1, 'x') RETURNING id")).scalar_one()
        assert highest > (5 if into == "another one" else 0)


def _rewritten(file, target, **changes):
    """Write a backup anew with another manifest."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "manifest.json":
                content = json.dumps(json.loads(content) | changes).encode()
            new.writestr(name, content)
    return target


@pytest.mark.parametrize("changes", [{"revision": "9999", "rolecall": "7.1"}, {"format": 2, "rolecall": "7.1"}])
def test_a_backup_of_a_newer_version_is_refused_with_the_remedy(file, folder_settings, new_database, tmp_path, changes):
    elsewhere = new_database()
    newer = _rewritten(file, tmp_path / "newer.zip", **changes)
    with pytest.raises(InvalidInput, match=r"was made by a newer Rolecall \(7\.1, .*Install that version"):
        restore(elsewhere, folder_settings, newer)
    assert not any(_rows(elsewhere))


def test_a_database_of_a_newer_version_is_left_alone(filled, file, folder_settings, tmp_path):
    with filled.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = digests(filled)
    with pytest.raises(Conflict, match="migration 9999, which this Rolecall does not know"):
        restore(filled, folder_settings, file, replace=True)
    with pytest.raises(InvalidInput, match="migration 9999, which this Rolecall does not know"):
        backups.make(filled, folder_settings, tmp_path / "new.zip")
    assert digests(filled) == before


def _rows(engine) -> list[int]:
    with Session(engine) as db:
        return [db.execute(text(f"SELECT count(*) FROM {table.name}")).scalar_one()
                for table in Base.metadata.sorted_tables]  # fmt: skip


# --- the file ---------------------------------------------------------------------------------------------------------


def test_the_file_is_its_owners_and_appears_whole_or_not_at_all(filled, folder_settings, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir(mode=0o755)
    file = folder / "rolecall.zip"
    backups.make(filled, folder_settings, file)
    first = file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    backups.make(filled, folder_settings, file)
    assert file.read_bytes() != first
    second = file.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(second) // 2, limits[1]))  # the disk is full half-way
    try:
        with pytest.raises(OSError, match="too large"):
            backups.make(filled, folder_settings, file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert file.read_bytes() == second
    assert list(folder.iterdir()) == [file]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.write_text("my notes"), "is there already and is no backup"),
        (lambda path: path.mkdir(), "is a folder; name a file in it"),
        (lambda path: path.parent.rmdir(), "there is no folder"),
    ],
)
def test_nothing_but_a_backup_is_overwritten(filled, folder_settings, tmp_path, make, said):
    file = tmp_path / "folder" / "notes"
    file.parent.mkdir()
    make(file)
    with pytest.raises(InvalidInput, match=said):
        backups.make(filled, folder_settings, file)
    assert not file.is_file() or file.read_text() == "my notes"


def test_a_database_without_tables_is_no_installation(new_database, folder_settings, tmp_path):
    with pytest.raises(InvalidInput, match="there is nothing to back up"):
        backups.make(new_database(migrated=False), folder_settings, tmp_path / "x.zip")
    assert not list(tmp_path.glob("*.zip"))


def test_memory_stays_flat_whatever_the_size(new_database, folder_settings, tmp_path):
    source, elsewhere = new_database(), new_database()
    with source.begin() as connection:
        connection.execute(text("INSERT INTO companies (name) VALUES ('Acme')"))
        connection.execute(text("INSERT INTO boards (company_id, ats, key, url) VALUES (1, 'lever', 'a', 'https://x')"))
        connection.execute(
            text("""
            INSERT INTO postings (board_id, external_id, title, url, locations, country_codes, extras, content_hash,
                row_hash, detail_pending, first_seen_at, last_seen_at, description_text)
            SELECT 1, n::text, 'Baker', 'https://x', '{}', '{}', '{}', 'c', 'r', false, now(), now(),
                repeat(md5(n::text), 300)
            FROM generate_series(1, 2500) AS n
        """)
        )
    file = tmp_path / "large.zip"
    tracemalloc.start()
    try:
        backups.make(source, folder_settings, file)
        made = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        restored = restore(elsewhere, folder_settings, file)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert restored.manifest.tables["postings"].bytes > 24_000_000
    assert made < 6_000_000
    assert peak < 6_000_000


# --- the secret -------------------------------------------------------------------------------------------------------


def test_a_generated_secret_moves_with_the_backup(filled, new_database, tmp_path):
    here, there = settings_in(tmp_path / "here"), settings_in(tmp_path / "there")
    file = tmp_path / "b.zip"
    assert backups.make(filled, here, file).secret_check is None
    secret = secret_key(here)
    assert backups.make(filled, here, file).secret
    elsewhere = new_database()
    restored = restore(elsewhere, there, file)
    assert (restored.secret_fits, restored.secret_replaced) == (True, False)
    assert secret_key(there) == secret
    assert stat.S_IMODE(secret_file(there).stat().st_mode) == 0o600
    other = settings_in(tmp_path / "other")
    assert secret_key(other) != secret
    restored = restore(elsewhere, other, file, replace=True)
    assert (restored.secret_fits, restored.secret_replaced, secret_key(other)) == (True, True, secret)


def test_a_configured_secret_is_not_in_the_file_and_another_one_is_noticed(filled, new_database, tmp_path):
    secret, elsewhere = "s" * 40, new_database()
    file = tmp_path / "b.zip"
    manifest = backups.make(filled, settings_in(tmp_path / "a", ROLECALL_SECRET_KEY=secret), file)
    assert not manifest.secret
    with zipfile.ZipFile(file) as archive:
        assert "api-secret" not in archive.namelist()
        assert not any(secret.encode() in archive.read(name) for name in archive.namelist())
    same = settings_in(tmp_path / "b", ROLECALL_SECRET_KEY=secret)
    assert restore(elsewhere, same, file).secret_fits
    for other in (settings_in(tmp_path / "c", ROLECALL_SECRET_KEY="t" * 40), settings_in(tmp_path / "d")):
        assert not restore(elsewhere, other, file, replace=True).secret_fits


def test_a_secret_that_is_configured_is_never_replaced(filled, new_database, tmp_path):
    here = settings_in(tmp_path / "here")
    generated = secret_key(here)
    backups.make(filled, here, tmp_path / "b.zip")
    there = settings_in(tmp_path / "there", ROLECALL_SECRET_KEY="t" * 40)
    assert not restore(new_database(), there, tmp_path / "b.zip").secret_fits
    assert not secret_file(there).exists()
    moved = settings_in(tmp_path / "moved", ROLECALL_SECRET_KEY=generated.decode())
    assert restore(new_database(), moved, tmp_path / "b.zip").secret_fits


def test_what_is_restored_can_be_added_to(filled, file, folder_settings, new_database):
    elsewhere = new_database()
    restore(elsewhere, folder_settings, file)
    with Session(elsewhere) as db:
        added = companies.add(db, name="New", ats="lever", key="new", url="https://jobs.lever.co/new")
        building.postings(db, added.board_id, "Baker", run=99)
        db.commit()
