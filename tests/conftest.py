"""Real servers for every test that needs them: started once, a database per xdist worker, emptied before each test."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import psycopg2
import pytest
import redis as redis_py
from sqlalchemy import text
from sqlalchemy.orm import Session

_SERVERS = pytest.StashKey["Servers"]()
_HELD = pytest.StashKey[ExitStack]()


@dataclass(frozen=True)
class Servers:
    """Addresses of the throw-away Postgres (its superuser's) and Valkey (without database number)."""

    postgres: str
    valkey: str


def pytest_configure(config: pytest.Config) -> None:
    for name in [name for name in os.environ if name.startswith("ROLECALL_") or name.lower().endswith("_proxy")]:
        del os.environ[name]
    for name in ("DATABASE_URL", "REDIS_URL", "GOOGLE_CLIENT_ID", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        os.environ.pop(name, None)
    # An xdist worker is handed the servers of the process that started it.
    if given := getattr(config, "workerinput", {}).get("servers"):
        config.stash[_SERVERS] = Servers(*given)


def pytest_configure_node(node) -> None:
    """Start the servers when xdist starts its first worker, and hand their addresses to each."""
    servers = _servers(node.config)
    node.workerinput["servers"] = (servers.postgres, servers.valkey)


def pytest_unconfigure(config: pytest.Config) -> None:
    if held := config.stash.get(_HELD, None):
        held.close()


def _servers(config: pytest.Config) -> Servers:
    if _SERVERS not in config.stash:
        from worker.local.temporary import temporary_postgres, temporary_valkey

        held = config.stash[_HELD] = ExitStack()
        postgres = held.enter_context(temporary_postgres())
        valkey = held.enter_context(temporary_valkey())
        config.stash[_SERVERS] = Servers(postgres.url, valkey.url.rsplit("/", 1)[0])
    return config.stash[_SERVERS]


@pytest.fixture(scope="session", autouse=True)
def _no_way_out() -> Iterator[None]:
    """Refuse connections to anything but this machine: no test may depend on, or bother, the internet."""
    connect = socket.socket.connect

    def guarded(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not address[0].startswith(("127.", "::1", "localhost")):
            raise AssertionError(f"a test tried to reach {address}")
        return connect(self, address)

    socket.socket.connect = guarded
    yield
    socket.socket.connect = connect


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> Iterator[None]:
    """Point this process's settings at a migrated database of its own."""
    from worker import resources
    from worker.migrate import upgrade
    from worker.settings import get_settings

    servers = _servers(request.config)
    number = int(getattr(request.config, "workerinput", {}).get("workerid", "gw0")[2:])
    name = f"rolecall_test_{number}"
    connection = psycopg2.connect(servers.postgres)
    connection.autocommit = True
    connection.cursor().execute(f"CREATE DATABASE {name}")
    connection.close()
    os.environ["DATABASE_URL"] = servers.postgres.rsplit("/", 1)[0] + f"/{name}"
    os.environ["REDIS_URL"] = f"{servers.valkey}/{number + 1}"
    get_settings.cache_clear()
    resources.close_all()
    upgrade(resources.engine())
    yield
    resources.close_all()


@pytest.fixture
def db(stack: None) -> Iterator[Session]:
    """A session on an empty database. What a test wants others to see, it commits."""
    from worker.models import Base
    from worker.resources import database

    tables = ", ".join(table.name for table in Base.metadata.sorted_tables)
    with database() as session:
        session.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        session.commit()
        yield session


@pytest.fixture
def redis(stack: None) -> Iterator[redis_py.Redis]:
    """A client of an empty Redis."""
    from worker.resources import redis_client

    with redis_client() as client:
        client.flushdb()
        yield client


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, stack: None) -> Iterator:
    """A function that sets settings by their environment names for one test."""
    from worker import resources
    from worker.settings import Settings, get_settings

    def change(**values: object) -> Settings:
        for name, value in values.items():
            monkeypatch.setenv(name, str(value))
        get_settings.cache_clear()
        resources.http_pool.cache_clear()
        resources.webhook_pool.cache_clear()
        return get_settings()

    yield change
    monkeypatch.undo()
    get_settings.cache_clear()
    for pool in (resources.http_pool, resources.webhook_pool):
        if pool.cache_info().currsize:
            pool().close()
        pool.cache_clear()
