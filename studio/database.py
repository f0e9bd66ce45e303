"""The database and its two doors.

`reading()` gives a session that never writes; `writing()` gives one transaction that commits when the
block ends well and rolls back when it does not. Use cases take a session and never commit.

On SQLite `writing()` begins IMMEDIATE: a read-then-write under a deferred BEGIN fails with "database is
locked" as soon as two writers meet, and no timeout helps.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlmodel import Session

import assets.models
import playlists.models
import scheduler.changes
import scheduler.grid
import scheduler.models
import studio.activities.models
import studio.corrections.models
import studio.jobs.models
import studio.money.models
import studio.people.models
import studio.planning.models
import studio.planning.review.models
import studio.production.models
import studio.recordings.models
import studio.reminders.models
import studio.reports.models
import studio.scripts.models
import studio.takes.models
import studio.urgent.models
from scheduler.rollup import rebuild_rollup
from studio.migrations.upgrade import upgrade
from studio.settings import Settings

BUSY_TIMEOUT_MS = 15_000
MOST_NUMBER = 2**31 - 1
"""No row has a higher one."""


class _Session(Session):
    """A session that answers a number which no row can have with nothing, where databases would break."""

    def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        if isinstance(ident, int) and not 0 < ident <= MOST_NUMBER:
            return None
        return super().get(entity, ident, **options)


class Database:
    """An engine with two doors."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = engine.execution_options(loa_writing=True)

    @property
    def writers(self) -> int:
        """How many may write at once with gain: SQLite lets one, a server works while the program does."""
        return 1 if self.engine.dialect.name == "sqlite" else 2

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for looking: closing it rolls back, and what was read stays readable."""
        with _Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: all of the block, or nothing."""
        with _Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        self.engine.dispose()


def open_database(settings: Settings) -> Database:
    """The database of `settings`, created and migrated to the present schema (with a backup before)."""
    settings.home.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.database_url)
    database = Database(engine)
    if upgrade(engine, backups=settings.backups):
        with database.writing() as session:
            rebuild_rollup(session)
    return database


def make_engine(url: str) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver must not open transactions by itself: _begin_sqlite does, in the right mode.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("loa_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
