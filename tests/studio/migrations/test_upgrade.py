"""The migrated schema is that of the models, on both databases; data is copied before it is changed."""

import sqlite3

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine
from sqlmodel import SQLModel

from studio.database import make_engine, open_database
from studio.migrations.upgrade import upgrade
from studio.settings import read_settings


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, SQLModel.metadata))


def test_sqlite_is_migrated_to_the_models(database):
    assert differences(database.engine) == []


def test_upgrading_twice_changes_nothing(settings):
    open_database(settings).close()
    open_database(settings).close()
    assert not settings.backups.exists()


def test_an_older_file_is_copied_first(settings):
    database = open_database(settings)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = 'base0'")
    database.close()
    engine = make_engine(settings.database_url)
    with pytest.raises(Exception, match="base0"):
        upgrade(engine, backups=settings.backups)
    engine.dispose()
    (copy,) = settings.backups.iterdir()
    kept = sqlite3.connect(copy)
    assert kept.execute("select version_num from alembic_version").fetchone() == ("base0",)
    kept.close()


@pytest.mark.postgres
def test_postgresql_is_migrated_to_the_models(tmp_path, postgres_url):
    database = open_database(read_settings({"LOA_DATABASE_URL": postgres_url}, home=tmp_path))
    try:
        assert differences(database.engine) == []
    finally:
        database.close()
