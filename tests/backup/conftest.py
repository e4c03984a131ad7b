"""Installations to back up and to restore into."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.backup.databases import NewDatabase, fill, own_databases, settings_in
from worker import backup as backups
from worker.settings import Settings


@pytest.fixture
def new_database(stack: None) -> Iterator[NewDatabase]:
    """A function that makes a database of this test's own, brought to head unless asked otherwise."""
    with own_databases() as make:
        yield make


@pytest.fixture
def folder_settings(tmp_path: Path) -> Settings:
    """The settings of an installation that keeps its secret in a folder."""
    return settings_in(tmp_path / "folder")


@pytest.fixture
def filled(new_database: NewDatabase) -> Engine:
    """An installation with something in every column of every table."""
    engine = new_database()
    fill(engine)
    return engine


@pytest.fixture
def file(filled: Engine, folder_settings: Settings, tmp_path: Path) -> Path:
    """Its backup."""
    file = tmp_path / "rolecall.zip"
    backups.make(filled, folder_settings, file)
    return file
