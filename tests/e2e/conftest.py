"""Servers for tests that ill-treat them."""

import pytest

from worker.local.temporary import temporary_postgres, temporary_valkey
from worker.migrate import upgrade
from worker.resources import close_all, engine
from worker.settings import get_settings


@pytest.fixture
def servers(tmp_path_factory, monkeypatch):
    """Servers that this test alone may ill-treat."""
    with temporary_postgres() as postgres, temporary_valkey() as valkey:
        monkeypatch.setenv("DATABASE_URL", postgres.url)
        monkeypatch.setenv("REDIS_URL", valkey.url)
        get_settings.cache_clear()
        close_all()
        upgrade(engine())
        yield postgres, valkey
        close_all()
        monkeypatch.undo()
        get_settings.cache_clear()
