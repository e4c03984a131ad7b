"""The three things that are opened, used and closed: a database session, a Redis client, an HTTP session.

Each is a generator of a few lines. FastAPI's `Depends` takes it raw; workers and commands wrap it in `contextmanager`
(`database`, `redis_client`, `http_session`). What follows `yield` runs on every way out, also when the user raises.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from typing import Any, TypeVar

import psycopg2
import redis
import requests
from sqlalchemy import Engine, PoolProxiedConnection, create_engine, event, text
from sqlalchemy.exc import DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from worker.http import SessionPool
from worker.settings import get_settings

T = TypeVar("T")

_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 16.0
_REST_SECONDS = 2.0
_NO_HASTE = text("SET LOCAL idle_in_transaction_session_timeout = 0")
"""Who reads only holds nobody up, and may take a while between two pages."""
_LOST = (OperationalError, InterfaceError, psycopg2.OperationalError, psycopg2.InterfaceError)
"""What SQLAlchemy and the driver raise when a connection breaks."""


def get_db() -> Iterator[Session]:
    """Yield a session; what the caller did not commit is rolled back."""
    with session_maker()() as session:
        yield session


def get_one_moment() -> Iterator[Session]:
    """Yield a read-only session that sees the database as it is now, however long the reading takes."""
    with session_maker()() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
        session.execute(_NO_HASTE)
        yield session


def get_redis() -> Iterator[redis.Redis]:
    """Yield the process's client; it returns its connection to the pool after each command."""
    yield _redis()


def get_http() -> Iterator[requests.Session]:
    """Yield a session from the process's pool; its cookies do not outlive the use."""
    yield from _lent(http_pool())


def get_webhook_http() -> Iterator[requests.Session]:
    """Yield a session for a person's webhook."""
    yield from _lent(webhook_pool())


def _lent(pool: SessionPool) -> Iterator[requests.Session]:
    session = pool.acquire()
    try:
        yield session
    finally:
        pool.release(session)


database = contextmanager(get_db)
one_moment = contextmanager(get_one_moment)
redis_client = contextmanager(get_redis)
http_session = contextmanager(get_http)
webhook_session = contextmanager(get_webhook_http)


def transaction(work: Callable[[Session], T]) -> T:
    """Do `work` in a session of its own and commit it; try again while the connection is lost. Raises what it raises.

    `work` must be safe to repeat, which claims and commits of runs are by their tokens.
    """

    def committed() -> T:
        with session_maker()() as session:
            result = work(session)
            session.commit()
            return result

    return _while_lost(committed)


def single(work: Callable[[PoolProxiedConnection], T]) -> T:
    """Do `work` over a connection whose statements are transactions by themselves; otherwise like `transaction`.

    That spares two trips to the server, and all that a session does. Such connections have a pool of their own, since
    switching one over costs as much as a trip.
    """

    def done() -> T:
        with closing(autocommit_engine().raw_connection()) as connection:
            try:
                return work(connection)
            except psycopg2.Error:
                connection.invalidate()  # SQLAlchemy would see to that only where it carries out statements itself
                raise

    return _while_lost(done)


def _while_lost(attempt: Callable[[], T]) -> T:
    """Try again for half a minute while the connection is lost: Postgres may be starting anew."""
    pause = _FIRST_PAUSE
    while True:
        try:
            return attempt()
        except _LOST:
            if pause > _LONGEST_PAUSE:
                raise
            time.sleep(pause)
            pause *= 2


@lru_cache
def engine() -> Engine:
    """Return the process's engine. 64 threads share 20 connections: none is held across the network."""
    return _engine(max_overflow=10)


@lru_cache
def autocommit_engine() -> Engine:
    """Return the engine of connections whose statements are transactions by themselves: 10 connections at most."""
    # A claim, or the end of an unchanged run, that a crash of Postgres takes back within the same second is made again.
    return _engine(max_overflow=0, isolation_level="AUTOCOMMIT", set_up=" -c synchronous_commit=off")


def _engine(*, set_up: str = "", **options: Any) -> Engine:
    # Rolecall asks by index for what lies in memory or on a solid-state disk; 4, the default, is a turning disk's cost.
    settings = get_settings()
    # A worker that stops in the midst of a transaction, and never goes on, keeps its locks no longer than its lease.
    idle = round(settings.lease_seconds * 1000)
    set_up = f"-c timezone=UTC -c random_page_cost=1.1 -c idle_in_transaction_session_timeout={idle}{set_up}"
    made = create_engine(
        settings.database_url.get_secret_value(),
        pool_size=10,
        pool_timeout=30,
        connect_args={"connect_timeout": 5, "application_name": "rolecall", "options": set_up},
        **options,
    )
    event.listen(made, "checkin", _note_the_time)
    event.listen(made, "checkout", _ping_after_a_rest)
    return made


def _note_the_time(_: object, record: ConnectionPoolEntry) -> None:
    record.info["returned_at"] = time.monotonic()


def _ping_after_a_rest(connection: Any, record: ConnectionPoolEntry, _: object) -> None:
    """See whether a connection that has rested still lives: SQLAlchemy's own ping would ask every time."""
    if time.monotonic() - record.info.get("returned_at", time.monotonic()) < _REST_SECONDS:
        return
    try:
        connection.cursor().execute("SELECT 1")
        connection.rollback()
    except psycopg2.Error as error:
        raise DisconnectionError from error


@lru_cache
def session_maker() -> sessionmaker[Session]:
    """Return the process's session factory."""
    return sessionmaker(engine(), expire_on_commit=False)


@lru_cache
def redis_pool() -> redis.ConnectionPool:
    """Return the process's Redis connections, in text."""
    return redis.ConnectionPool.from_url(
        get_settings().redis_url.get_secret_value(),
        decode_responses=True,
        socket_timeout=5,
        socket_connect_timeout=5,
        health_check_interval=25,
        max_connections=200,
    )


@lru_cache
def _redis() -> redis.Redis:
    """Return the process's client: to build one takes longer than most commands."""
    return redis.Redis(connection_pool=redis_pool())


@lru_cache
def http_pool() -> SessionPool:
    """Return the process's HTTP sessions."""
    settings = get_settings()
    return SessionPool(user_agent=settings.user_agent, allow_loopback=settings.allow_loopback)


@lru_cache
def webhook_pool() -> SessionPool:
    """Return the process's HTTP sessions for people's webhooks: in one person's installation also to their network."""
    settings = get_settings()
    return SessionPool(
        user_agent=settings.user_agent,
        allow_loopback=settings.allow_loopback,
        allow_private=not settings.has_accounts,
    )


def prepare() -> None:
    """Make the pools of this process, which connect to nothing yet: threads that begin together would make several."""
    for make in (session_maker, autocommit_engine, _redis, http_pool):
        make()


def close_all() -> None:
    """Close every idle connection of this process, and forget the pools: before a fork, and at the end."""
    for made in (engine, autocommit_engine):
        if made.cache_info().currsize:
            made().dispose()
    if redis_pool.cache_info().currsize:
        redis_pool().disconnect()
    if http_pool.cache_info().currsize:
        http_pool().close()
    if webhook_pool.cache_info().currsize:
        webhook_pool().close()
    for cached in (session_maker, engine, autocommit_engine, _redis, redis_pool, http_pool, webhook_pool):
        cached.cache_clear()
