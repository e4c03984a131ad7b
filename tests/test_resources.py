"""What is opened is closed: in order, on every way out, however often. Observed on the real pools and connections."""

import gc
import select
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from fastapi import FastAPI
from sqlalchemy import event, text
from starlette.responses import StreamingResponse

from api.app import create_app
from api.dependencies import DbSession, HttpSession, RedisClient
from tests.api import building
from tests.api.conftest import plain_logs, serve
from worker import tasks
from worker.resources import (
    autocommit_engine,
    close_all,
    database,
    engine,
    get_db,
    get_http,
    get_redis,
    http_pool,
    http_session,
    one_moment,
    prepare,
    redis_client,
    redis_pool,
    session_maker,
)


def lent() -> tuple[int, int, int]:
    """Return how many connections of each kind are lent right now: database, Redis, HTTP."""
    of_database = engine().pool.checkedout() + autocommit_engine().pool.checkedout()
    return of_database, _redis_lent(), http_pool().checked_out


def _redis_lent() -> int:
    return len(redis_pool()._in_use_connections)


NOTHING = (0, 0, 0)


def settle() -> None:
    """Wait until everything is returned: a server ends a request a moment after its client has hung up."""
    until = time.monotonic() + 20
    while (found := lent()) != NOTHING:  # asked again, a stream that looks every now and then could be looking
        assert time.monotonic() < until, found
        select.select([], [], [], 0.01)


@contextmanager
def journal() -> Iterator[list[str]]:
    """Note when the pool lends a database connection and takes it back, and how each transaction ends."""
    notes: list[str] = []
    names = {"checkout": "open", "checkin": "close"}
    listeners = [(engine().pool, name, lambda *_, what=what: notes.append(what)) for name, what in names.items()]
    listeners += [(engine(), name, lambda *_, what=name: notes.append(what)) for name in ("commit", "rollback")]
    for target, name, listener in listeners:
        event.listen(target, name, listener)
    try:
        yield notes
    finally:
        for target, name, listener in listeners:
            event.remove(target, name, listener)


def use_db(session, notes) -> None:
    session.execute(text("SELECT 1"))
    notes.append("use")


@pytest.fixture(autouse=True)
def _clean(db, redis, settings):
    plain_logs()
    settings()
    db.rollback()
    assert lent() == NOTHING


# --- the generators themselves -------------------------------------------------------------------------------------


def test_a_session_is_opened_used_and_closed():
    with journal() as notes:
        generator = get_db()
        use_db(next(generator), notes)
        assert lent() == (1, 0, 0)
        assert next(generator, "over") == "over"
    assert notes == ["open", "use", "rollback", "close"]


def test_a_session_is_closed_when_its_user_raises():
    def fail() -> None:
        with database() as session:
            use_db(session, notes)
            raise ZeroDivisionError

    with journal() as notes, pytest.raises(ZeroDivisionError):
        fail()
    assert notes == ["open", "use", "rollback", "close"]


def test_a_session_is_closed_when_an_error_is_thrown_in():
    with journal() as notes:
        generator = get_db()
        use_db(next(generator), notes)
        with pytest.raises(ZeroDivisionError):
            generator.throw(ZeroDivisionError())
    assert notes == ["open", "use", "rollback", "close"]


@pytest.mark.parametrize("leave", ["close", "garbage"])
def test_a_session_is_closed_when_its_generator_is_abandoned(leave):
    with journal() as notes:
        generator = get_db()
        use_db(next(generator), notes)
        generator.close() if leave == "close" else None
        del generator
        gc.collect()
    assert notes == ["open", "use", "rollback", "close"]


def test_what_was_not_committed_is_rolled_back_and_what_was_is_kept():
    with database() as session:
        session.execute(text("INSERT INTO companies (name) VALUES ('kept')"))
        session.commit()
        session.execute(text("INSERT INTO companies (name) VALUES ('lost')"))
    with journal() as notes, database() as session:
        assert list(session.execute(text("SELECT name FROM companies")).scalars()) == ["kept"]
        session.commit()
    assert notes == ["open", "commit", "close"]


def test_a_transaction_that_idles_ends_with_a_lease_unless_it_only_reads():
    def longest(session) -> str:
        return session.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one()

    with database() as writing, one_moment() as reading:
        assert (longest(writing), longest(reading)) == ("5min", "0")


def test_a_session_that_was_never_used_takes_no_connection():
    with journal() as notes, database():
        assert lent() == NOTHING
    assert notes == []


class Failing(Exception):
    pass


def ways(generator_function):
    """Run a resource through every way out; yield what it gave, once per way, while it is open."""
    with contextmanager(generator_function)() as given:
        yield given
    with suppress(Failing), contextmanager(generator_function)() as given:
        yield given
        raise Failing
    generator = generator_function()
    yield next(generator)
    with pytest.raises(Failing):
        generator.throw(Failing())
    generator = generator_function()
    yield next(generator)
    generator.close()
    generator = generator_function()
    yield next(generator)
    del generator
    gc.collect()


def test_an_http_session_is_lent_and_returned_on_every_way_out():
    notes = []
    for session in ways(get_http):
        assert lent() == (0, 0, 1)
        session.cookies.set("who", "me")
        notes.append(session)
        after = session
    assert lent() == NOTHING
    assert len({id(session) for session in notes}) == 1, "a returned session is lent again"
    assert not after.cookies


def test_a_redis_client_gives_its_connection_back_after_each_command_on_every_way_out():
    for client in ways(get_redis):
        assert client.ping()
        assert lent() == NOTHING
        with client.pubsub() as held:
            held.subscribe("x")
            assert lent() == (0, 1, 0)
    assert lent() == NOTHING


def test_resources_close_in_the_reverse_of_their_order():
    order = []
    with journal() as notes:
        with http_session(), redis_client() as client, database() as session:
            client.ping()
            use_db(session, notes)
            order.append(lent())
        order.append(lent())
    assert order == [(1, 0, 1), NOTHING]
    assert notes == ["open", "use", "rollback", "close"]


# --- behind the API ------------------------------------------------------------------------------------------------


@pytest.fixture
def app(settings, tmp_path) -> FastAPI:
    from limits import parse

    from api import limiting

    settings(ROLECALL_FOLDER=tmp_path / "folder")
    app = create_app()
    app.dependency_overrides[limiting.request_limit] = lambda: parse("1000000/minute")

    @app.get("/fails", include_in_schema=False)
    def fails(db: DbSession, client: RedisClient, http: HttpSession):
        db.execute(text("SELECT 1"))
        client.ping()
        raise ZeroDivisionError

    @app.get("/large", include_in_schema=False)
    def large(db: DbSession, http: HttpSession):
        db.execute(text("SELECT 1"))
        return StreamingResponse(b"x" * 65536 for _ in range(10_000))

    return app


@contextmanager
def hung_up(url: str, path: str, *, read: int) -> Iterator[None]:
    """Ask, read a little, and cut the connection without a goodbye."""
    with socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1])), timeout=20) as raw:
        raw.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        received = b""
        while len(received) < read:
            received += raw.recv(4096)
        yield
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def subscribers(client) -> int:
    return len(client.pubsub_channels("rolecall:scan:*"))


def test_a_client_that_hangs_up_in_the_middle_of_an_answer_leaves_nothing_open(app):
    with serve(app) as url:
        for _ in range(5):
            with hung_up(url, "/large", read=100_000):
                assert lent() == NOTHING, "a slow reader must not hold what the answer was made with"
        settle()


def test_a_client_that_hangs_up_in_the_middle_of_a_stream_leaves_nothing_open(app, db, redis):
    building.company(db)
    scan = building.scan(db)
    with serve(app) as url:
        for _ in range(5):
            with hung_up(url, f"/api/v1/scans/{scan}/events", read=200):
                assert subscribers(redis) == 1
                settle()
            until = time.monotonic() + 20
            while subscribers(redis):
                assert time.monotonic() < until
                select.select([], [], [], 0.01)
        settle()


def test_many_streams_hold_neither_connections_nor_threads(app, db, redis):
    building.company(db)
    scan = building.scan(db)
    with serve(app) as url:
        watchers = [hung_up(url, f"/api/v1/scans/{scan}/events", read=200) for _ in range(60)]
        for watcher in watchers:
            watcher.__enter__()
        settle()
        with hung_up(url, "/api/v1/me", read=50):
            pass
        for watcher in watchers:
            watcher.__exit__(None, None, None)
    settle()


def test_a_thousand_failing_requests_leave_nothing_lent(app, capsys):
    statuses = []

    def ask(url, count):
        with socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1])), timeout=60) as raw:
            reader = raw.makefile("rb")
            for number in range(count):
                path = ("/fails", "/api/v1/companies/999", "/api/v1/companies?cursor=x", "/api/v1/nothing")[number % 4]
                raw.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                statuses.append(int(reader.readline().split()[1]))
                length = 0
                while (line := reader.readline().strip().lower()) != b"":
                    length = int(line.split()[1]) if line.startswith(b"content-length") else length
                reader.read(length)

    with serve(app) as url:
        threads = [threading.Thread(target=ask, args=(url, 100)) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        settle()
    assert sorted(set(statuses)) == [404, 422, 500]
    assert len(statuses) == 1000
    capsys.readouterr()


# --- behind the workers --------------------------------------------------------------------------------------------


def test_a_thousand_failing_tasks_leave_nothing_lent(db, monkeypatch):
    building.company(db, ats="nothing")
    scan = building.scan(db)
    (run,) = building.runs(db, scan)

    def again() -> None:
        db.execute(text("UPDATE scan_runs SET state = 'queued', not_before = NULL, attempt = 0"))
        db.execute(text("UPDATE boards SET lease_until = NULL"))
        db.commit()

    failures = 0
    for number in range(1000):
        if number % 4:
            assert tasks.scan_board(10**9 + number) is None
            continue
        again()
        with pytest.raises(Exception, match="nothing"):
            tasks.scan_board(run)
        failures += 1
    assert failures == 250
    assert lent() == NOTHING


def test_tasks_that_fail_with_everything_open_leave_nothing_lent():
    def body():
        with database() as session, redis_client() as client, http_session():
            session.execute(text("SELECT 1"))
            client.ping()
            raise Failing

    threads = [threading.Thread(target=lambda: [_fails(body) for _ in range(100)]) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lent() == NOTHING
    assert session_maker()().get_bind() is engine()


def _fails(body) -> None:
    with pytest.raises(Failing):
        body()


def test_a_worker_that_prepares_has_made_every_pool_and_connected_to_nothing():
    close_all()
    prepare()
    made = (session_maker, autocommit_engine, engine, autocommit_engine, redis_pool, http_pool)
    assert [one.cache_info().currsize for one in made] == [1] * len(made)
    assert engine().pool.checkedin() == autocommit_engine().pool.checkedin() == 0
    assert lent() == NOTHING
