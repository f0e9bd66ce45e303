"""The two doors, on SQLite and, where there is one, on PostgreSQL."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import Session, select

from studio.database import Database, open_database
from studio.people.models import Access, AuditEntry
from studio.settings import read_settings

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def entry(action: str) -> AuditEntry:
    return AuditEntry(at=NOW, by="system", action=action, subject="test")


def count(session: Session) -> int:
    return len(session.exec(select(AuditEntry)).all())


def test_writing_keeps_all_of_the_block(database):
    with database.writing() as session:
        session.add(entry("one"))
    with database.reading() as session:
        kept = session.exec(select(AuditEntry)).one()
        assert (kept.action, kept.at) == ("one", NOW)


def write_and_fail(database: Database) -> None:
    with database.writing() as session:
        session.add(entry("one"))
        session.flush()
        raise ZeroDivisionError


def test_writing_keeps_nothing_of_a_block_that_fails(database):
    with pytest.raises(ZeroDivisionError):
        write_and_fail(database)
    with database.reading() as session:
        assert count(session) == 0


def test_reading_keeps_nothing(database):
    with database.reading() as session:
        session.add(entry("one"))
        session.flush()
    with database.reading() as session:
        assert count(session) == 0


def test_a_naive_moment_is_refused(database):
    naive = AuditEntry(at=datetime(2026, 12, 1), by="", action="", subject="")  # noqa: DTZ001
    with pytest.raises(StatementError, match="timezone"), database.writing() as session:
        session.add(naive)


def test_foreign_keys_hold(database):
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(Access(token_sha256="0", user_id=99, purpose="web", created_at=NOW, expires_at=NOW))


def read_then_write(database: Database, times: int) -> None:
    for _ in range(times):
        with database.writing() as session:
            session.add(entry(str(count(session))))


def check_writers_queue(database: Database) -> None:
    """Read-then-write from several threads: no lock error, and no two saw the same count."""
    threads = [threading.Thread(target=read_then_write, args=(database, 25)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert sorted(int(kept.action) for kept in session.exec(select(AuditEntry))) == list(range(100))


def test_writers_queue(database):
    check_writers_queue(database)


def test_a_home_is_made_where_there_is_none(tmp_path):
    database = open_database(read_settings({}, home=tmp_path / "a" / "b"))
    with database.reading() as session:
        assert count(session) == 0
    database.close()


@pytest.mark.postgres
def test_writers_on_postgresql_lose_nothing(tmp_path, postgres_url):
    """There writers do not queue: each keeps what it wrote, and a reader sees all of it."""
    database = open_database(read_settings({"LOA_DATABASE_URL": postgres_url}, home=tmp_path))
    threads = [threading.Thread(target=read_then_write, args=(database, 25)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert count(session) == 100
    database.close()
