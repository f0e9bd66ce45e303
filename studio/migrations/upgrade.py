"""Bring a database to the present schema, with a copy of it kept before anything changes."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

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
    config = make_config()
    with engine.execution_options(loa_writing=True).begin() as connection:
        # Another process may have migrated while this one waited for the write lock: alembic looks again.
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return present is not None


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
