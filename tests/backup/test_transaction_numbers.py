"""Who reads changes goes on with an old cursor after a restore, whatever cluster the database has come to."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from tests.api import building
from worker import backup as backups
from worker.local.temporary import temporary_postgres
from worker.migrate import upgrade
from worker.posting import Posting
from worker.store import inventory, postings, scans, transactions

Cursor = tuple[int, int]
FROM_THE_START: Cursor = (0, 0)


@pytest.fixture(scope="module")
def clusters() -> Iterator[tuple[Engine, Engine]]:
    """Two clusters: a young one, and one that has seen 30,000 transactions more."""
    with temporary_postgres() as young, temporary_postgres() as old:
        engines = [create_engine(server.url.replace("postgresql:", "postgresql+psycopg2:")) for server in (young, old)]
        with engines[1].connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(
                text("""DO $$ BEGIN FOR i IN 1..30000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$""")
            )
        yield engines[0], engines[1]
        for engine in engines:
            engine.dispose()


@pytest.fixture(params=["to lower numbers", "to higher numbers", "to the same cluster"])
def move(request, clusters, stack) -> Iterator[tuple[Engine, Engine]]:
    """Where an installation is, and the empty database it moves to."""
    young, old = clusters
    here, there = {
        "to lower numbers": (old, young),
        "to higher numbers": (young, old),
        "to the same cluster": (old, old),
    }[request.param]
    names = ("from_here", "to_there")
    for cluster, name in zip((here, there), names, strict=True):
        with cluster.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {name}"))
    engines = [
        create_engine(cluster.url.set(database=name)) for cluster, name in zip((here, there), names, strict=True)
    ]
    upgrade(engines[0])
    yield engines[0], engines[1]
    for engine in engines:
        engine.dispose()


def happen(engine: Engine, *titles: str) -> None:
    """Let postings open, each in a transaction of its own."""
    for title in titles:
        with Session(engine) as db:
            board = building.company(db).board_id
            row = inventory.Row(Posting(external_id=title, title=title, url="https://acme.example"), b"c", b"r", False)
            ids = inventory.insert(db, board, [row], now=db.execute(text("SELECT now()")).scalar_one())
            inventory.record(db, board, 1, [inventory.Event(title, "opened", {})], ids, baseline=False)
            db.commit()


def read(engine: Engine, cursor: Cursor, most: int = 1000) -> tuple[list[str], Cursor]:
    """Return the titles of what happened after a cursor, in parts, and the cursor after it."""
    titles: list[str] = []
    with Session(engine) as db:
        while part := postings.changes(db, cursor, most=min(most - len(titles), 2)):
            titles += [event["title"] for _, event in part]
            cursor = part[-1][0]
            if len(titles) == most:
                break
    return titles, cursor


def latest(engine: Engine) -> Cursor:
    with Session(engine) as db:
        return postings.latest(db)


def restore(engine: Engine, settings, file, **options) -> None:
    with backups.opened(file) as opened:
        backups.restore(engine, settings, opened, **options)


def test_nothing_is_skipped_and_nothing_comes_twice_for_whoever_goes_on(move, folder_settings, tmp_path):
    here, there = move
    file = tmp_path / "b.zip"
    happen(here, "a", "b", "c", "d")
    _, behind = read(here, FROM_THE_START, most=2)
    _, up_to_date = read(here, FROM_THE_START)
    only_new = latest(here)
    backups.make(here, folder_settings, file)
    happen(here, "lost", "lost too")
    _, ahead = read(here, up_to_date)
    ahead_of_all = latest(here)

    restore(there, folder_settings, file)
    assert read(there, FROM_THE_START)[0] == ["a", "b", "c", "d"]
    assert read(there, behind)[0] == ["c", "d"]
    for cursor in (up_to_date, only_new, ahead, ahead_of_all):
        assert read(there, cursor) == ([], cursor)

    happen(there, "e", "f")
    assert read(there, FROM_THE_START)[0] == ["a", "b", "c", "d", "e", "f"]
    assert read(there, behind)[0] == ["c", "d", "e", "f"]
    for cursor in (up_to_date, only_new, ahead, ahead_of_all):
        titles, after = read(there, cursor)
        assert titles == ["e", "f"]
        assert read(there, after)[0] == []

    # And once more, in the place of what is there now.
    _, before = read(there, FROM_THE_START)
    restore(there, folder_settings, file, replace=True)
    assert read(there, before)[0] == []
    happen(there, "g")
    assert read(there, before)[0] == read(there, ahead)[0] == ["g"]
    assert read(there, FROM_THE_START)[0] == ["a", "b", "c", "d", "g"]


def test_who_follows_a_scan_goes_on(move, folder_settings, tmp_path):
    here, there = move
    file = tmp_path / "b.zip"
    with Session(here) as db:
        scan = building.scan(db, *(building.company(db, f"c{number}").company_id for number in range(4)))
        ids = building.runs(db, scan)
        for run in ids[:2]:
            finish(db, run)
        (first, _), (second, _) = scans.finished_after(db, scan, FROM_THE_START)
    backups.make(here, folder_settings, file)
    restore(there, folder_settings, file)
    with Session(there) as db:
        assert [run["id"] for _, run in scans.finished_after(db, scan, FROM_THE_START)] == ids[:2]
        assert [run["id"] for _, run in scans.finished_after(db, scan, first)] == ids[1:2]
        for run in ids[2:]:
            finish(db, run)
        assert [run["id"] for _, run in scans.finished_after(db, scan, second)] == ids[2:]
        assert scans.all_seen(db, scan, scans.finished_after(db, scan, second)[-1][0])


def finish(db: Session, run: int) -> None:
    db.execute(
        text("UPDATE scan_runs SET state = 'finished', finished_at = now(), finished_tx = own_tx() WHERE id = :run"),
        {"run": run},
    )
    db.commit()


def test_an_event_of_a_transaction_that_is_still_open_holds_back_what_is_newer(move, folder_settings, tmp_path):
    here, there = move
    happen(here, "a")
    backups.make(here, folder_settings, tmp_path / "b.zip")
    restore(there, folder_settings, tmp_path / "b.zip")
    _, cursor = read(there, FROM_THE_START)
    with Session(there) as open_one:
        ids = building.postings(open_one, 1, "early")
        assert ids
        happen(there, "late")
        assert read(there, cursor)[0] == []
        open_one.commit()
    assert read(there, cursor)[0] == ["early", "late"]


def test_a_database_brought_here_by_other_means_catches_up_when_it_is_migrated(clusters, stack):
    """As `pg_restore` leaves it: the events with the numbers of another cluster, and an offset of nothing."""
    young, _ = clusters
    with young.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("DROP DATABASE IF EXISTS dumped WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE dumped"))
    engine = create_engine(young.url.set(database="dumped"))
    upgrade(engine)
    happen(engine, "a", "b")
    with engine.begin() as connection:
        connection.execute(text("UPDATE posting_events SET tx = tx + 5000000"))
    assert read(engine, FROM_THE_START)[0] == []
    upgrade(engine)
    titles, cursor = read(engine, FROM_THE_START)
    assert titles == ["a", "b"]
    happen(engine, "c")
    assert read(engine, cursor)[0] == ["c"]
    with Session(engine) as db:
        before = transactions.mark(db)
    upgrade(engine)
    with Session(engine) as db:
        assert transactions.mark(db) - before < transactions.LEAP
    engine.dispose()
