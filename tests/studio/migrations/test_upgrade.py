"""The migrated schema is that of the models, on both databases; data is copied before it is changed."""

import sqlite3

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, select

from scheduler.models import Airing, AsRun, DayUse, Slot, Station
from studio.database import make_engine, open_database
from studio.migrations.upgrade import run_migrations, upgrade
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


BEFORE_LAYERS = """
INSERT INTO station (id, code, name, kind, preset, timezone, languages, is_sample)
VALUES (1, 'ia-dom', 'Ia Dom', 'COMMUNE', 'loudspeaker', 'Asia/Ho_Chi_Minh', '[]', false);
INSERT INTO slot (id, station_id, name, starts, duration_minutes, rrule, valid_from)
VALUES (1, 1, 'sáng', '05:00:00', 30, 'FREQ=DAILY', '2026-01-01');
INSERT INTO slotexception (slot_id, date, reason) VALUES (1, '2026-03-01', '');
INSERT INTO asset (id, key, kind, title, duration_ms, language, priority, origin, made_from, summary,
    is_sample, search_text, created_at)
VALUES (1, 'k', 'SEGMENT', 't', 1, 'vi', 'NORMAL', 'OWN', '[]', '', false, '', '2026-01-01 00:00:00');
INSERT INTO airing (station_id, slot_id, local_date, position, role, asset_id, starts_at, ends_at, state,
    reason_code, reason_data, state_code, state_data, passed_over)
VALUES (1, 1, '2026-03-02', 1, 'SEGMENT', 1, '2026-03-01 22:00:00', '2026-03-01 22:05:00', 'PLANNED', '',
    '{}', '', '{}', '[]');
INSERT INTO asrunlog (id, sha256, name, received_at, rows, matched, problems, held)
VALUES (1, 'h', 'log.csv', '2026-03-02 00:00:00', 2, 1, '[]', 0);
INSERT INTO asrun (log_id, line, station_id, airing_id, sha256, title, started_at, stopped_at, aired_ms,
    local_date, state, reason_code, reason_data)
VALUES
    (1, 2, 1, 1, 'f', 't', '2026-03-01 22:00:00', '2026-03-01 22:05:00', 300000, '2026-03-02',
        'AIRED', '', '{}'),
    (1, 3, 1, 1, 'f', 't', '2026-03-01 22:09:00', '2026-03-01 22:14:00', 300000, '2026-03-02',
        'UNCONFIRMED', '', '{}')
"""


def fill(engine: Engine) -> None:
    """A station with a slot that an airing refers to, and two rows of a log that name this."""
    with engine.begin() as connection:
        for statement in BEFORE_LAYERS.split(";"):
            connection.exec_driver_sql(statement)


def check_kept(engine: Engine) -> None:
    with Session(engine) as session:
        (slot,) = session.exec(select(Slot)).all()
        assert (slot.name, slot.relay_source, slot.use) == ("sáng", "", DayUse.ANY)
        assert session.exec(select(Airing.slot_id)).all() == [1]
        assert session.exec(select(Station.area)).all() == [""]
        # Only what counts names the airing.
        assert session.exec(select(AsRun.airing_id).order_by(AsRun.line)).all() == [1, None]
    assert differences(engine) == []


def test_a_table_that_others_refer_to_is_changed_with_what_is_in_it(settings):
    settings.home.mkdir()
    engine = make_engine(settings.database_url)
    run_migrations(engine, "0022")
    fill(engine)
    upgrade(engine, backups=settings.backups)
    check_kept(engine)
    with pytest.raises(IntegrityError), engine.begin() as connection:  # foreign keys hold again
        connection.exec_driver_sql("DELETE FROM slot")
    engine.dispose()


@pytest.mark.postgres
def test_postgresql_keeps_what_is_in_a_changed_table(tmp_path, postgres_url):
    engine = make_engine(postgres_url)
    run_migrations(engine, "0022")
    fill(engine)
    upgrade(engine, backups=tmp_path)
    check_kept(engine)
    engine.dispose()


@pytest.mark.postgres
def test_postgresql_is_migrated_to_the_models(tmp_path, postgres_url):
    database = open_database(read_settings({"LOA_DATABASE_URL": postgres_url}, home=tmp_path))
    try:
        assert differences(database.engine) == []
    finally:
        database.close()
