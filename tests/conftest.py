"""Fixtures that every room shares: a fresh, migrated database and the settings of a temporary home."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.database import Database, make_engine, open_database
from studio.settings import Settings, read_settings


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file, made once and copied by each test."""
    home = tmp_path_factory.mktemp("template")
    database = open_database(read_settings({}, home=home))
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return home / "loa.db"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({}, home=tmp_path / "home")


@pytest.fixture
def database(settings: Settings, migrated_file: Path) -> Iterator[Database]:
    settings.home.mkdir()
    shutil.copy(migrated_file, settings.home / "loa.db")
    opened = Database(make_engine(settings.database_url))
    yield opened
    opened.close()
