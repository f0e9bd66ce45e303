"""Fixtures that every room shares: a fresh, migrated database and the settings of a temporary home."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import anyio
import pytest
from sqlalchemy import create_engine

from studio.database import Database, make_engine, open_database
from studio.settings import Settings, read_settings
from studio.voices.registry import look_in

# anyio loads its parts when they are first used, in any thread of a server under test. It brings a plugin of
# pytest, which therefore parses each of them for assertions; two parses at once break Python 3.11.
for name in dir(anyio):
    getattr(anyio, name)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file, made once and copied by each test."""
    home = tmp_path_factory.mktemp("template")
    database = open_database(read_settings({}, home=home))
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return home / "loa.db"


@pytest.fixture(autouse=True)
def own_models() -> Iterator[None]:
    """A command says where models of voices lie, for its process: not for the next test."""
    yield
    look_in(None)


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


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """An empty schema of its own in the server of LOA_TEST_POSTGRES, dropped afterwards."""
    url = os.environ.get("LOA_TEST_POSTGRES")
    if not url:
        pytest.skip("no PostgreSQL: LOA_TEST_POSTGRES is not set")
    schema = f"loa_{uuid4().hex}"
    server = create_engine(url)
    with server.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    yield f"{url}?options=-csearch_path%3D{schema}"
    with server.begin() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
    server.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """The settings of a home whose database is not made yet, on each kind of database."""
    environment = {"LOA_LOG_LEVEL": "error"}
    if request.param == "postgresql":
        environment["LOA_DATABASE_URL"] = request.getfixturevalue("postgres_url")
    return read_settings(environment, home=tmp_path / "home")


@pytest.fixture
def either_database(either_settings: Settings) -> Iterator[Database]:
    """A migrated database of each kind."""
    with closing(open_database(either_settings)) as opened:
        yield opened
