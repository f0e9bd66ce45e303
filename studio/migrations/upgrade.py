"""Bring a database to the present schema, with a copy of it kept before anything changes."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

MIGRATIONS = Path(__file__).parent


def upgrade(engine: Engine, *, backups: Path) -> bool:
    """Run the migrations that `engine` lacks; a SQLite file with data is copied to `backups` first.

    Returns whether a database that was in use came to a new schema.
    """
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    if present == ScriptDirectory(str(MIGRATIONS)).get_current_head():
        return False
    if present is not None and engine.dialect.name == "sqlite" and engine.url.database:
        _copy_sqlite(Path(engine.url.database), backups, present)
    run_migrations(engine, "head")
    return present is not None


def run_migrations(engine: Engine, revision: str) -> None:
    """Bring the database to `revision` in one transaction.

    SQLite changes a table by making it anew, and would not drop one that others refer to: foreign keys rest
    meanwhile (they cannot within a transaction) and are all checked before it ends.
    """
    config = make_config()
    with engine.execution_options(loa_writing=True).connect() as connection:
        is_sqlite = engine.dialect.name == "sqlite"
        if is_sqlite:
            _switch_foreign_keys(connection, "OFF")
        try:
            with connection.begin():
                # Another process may have migrated while this one waited: alembic looks again.
                config.attributes["connection"] = connection
                command.upgrade(config, revision)
                if is_sqlite:
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                    if broken is not None:
                        raise IntegrityError("PRAGMA foreign_key_check", {}, ValueError(tuple(broken)))
        finally:
            if is_sqlite:
                _switch_foreign_keys(connection, "ON")


def _switch_foreign_keys(connection: Connection, to: str) -> None:
    """By the driver: within SQLAlchemy a transaction would have begun."""
    driver = connection.connection.dbapi_connection
    assert driver is not None
    driver.cursor().execute(f"PRAGMA foreign_keys = {to}")


def make_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _copy_sqlite(file: Path, backups: Path, revision: str) -> None:
    backups.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    source = sqlite3.connect(file)
    target = sqlite3.connect(backups / f"before-migration-from-{revision}-{stamp}.db")
    try:
        source.backup(target)
    finally:
        target.close()
        source.close()
