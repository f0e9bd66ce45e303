"""Rows written at once are the rows that the session would have written, on both databases."""

import gc
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from scheduler.bulk import insert_rows, many_objects, read_moment, write_moment
from scheduler.models import AiringState, AsRun, AsRunLog, StationKind
from scheduler.stations import Station, add_station
from studio.database import open_database
from studio.settings import read_settings

COLUMNS = (
    "log_id", "line", "station_id", "airing_id", "asset_id", "sha256", "title", "started_at", "stopped_at",
    "aired_ms", "local_date", "state", "reason_code", "reason_data",
)  # fmt: skip
DAY = date(2026, 3, 2)
BEGIN = datetime(2026, 3, 1, 22, 0, 0, 1, tzinfo=UTC)
SHARED = {"percent": 100}
TITLES = ("Bản tin\tsáng", "a\\b\nc", "", "\\N", "\\.", "'; --", "Ẫ \N{SLIGHTLY SMILING FACE}")


def rows_of(log, station):
    for line, title in enumerate(TITLES):
        begin = BEGIN.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")) + timedelta(minutes=line)
        stop = begin + timedelta(seconds=line)
        data = SHARED if line % 2 else {"note": title}
        yield (
            log, line, station, None, None, f"{line:064x}", title, begin, stop, line * 1000, DAY,
            AiringState.UNCONFIRMED, "aired", data,
        )  # fmt: skip


def write_both_ways(session):
    """The same rows by the session and at once, for two stations."""
    stations = [
        add_station(session, Station(code=code, name=code, kind=StationKind.COMMUNE, preset="loudspeaker"))
        for code in ("a", "b")
    ]
    log = AsRunLog(sha256="0" * 64, name="x", received_at=BEGIN, rows=0, matched=0)
    session.add(log)
    session.flush()
    insert_rows(session, AsRun, COLUMNS, list(rows_of(log.id, stations[0].id)))
    session.add_all(AsRun(**dict(zip(COLUMNS, row, strict=True))) for row in rows_of(log.id, stations[1].id))
    session.flush()
    session.expire_all()
    return [
        [
            row.model_dump(exclude={"id", "station_id"})
            for row in session.exec(select(AsRun).where(AsRun.station_id == one.id).order_by(AsRun.line))
        ]
        for one in stations
    ] + [session.connection().exec_driver_sql("SELECT started_at, state FROM asrun WHERE line = 1").all()]


def judge(answer):
    at_once, by_session, kept = answer
    assert at_once == by_session
    assert [row["title"] for row in at_once] == list(TITLES)
    assert kept[0] == kept[1], "text alike in the file, so that they compare and sort alike"


def test_what_is_written_at_once_is_what_a_session_writes(database):
    with database.writing() as session:
        judge(write_both_ways(session))


@pytest.mark.postgres
def test_so_it_is_by_copy(postgres_url, tmp_path):
    other = open_database(read_settings({"LOA_DATABASE_URL": postgres_url}, home=tmp_path))
    try:
        with other.writing() as session:
            judge(write_both_ways(session))
    finally:
        other.close()


def test_what_the_database_refuses_it_refuses_here_too(database):
    with pytest.raises(IntegrityError), database.writing() as session:
        insert_rows(session, AsRun, COLUMNS, list(rows_of(99, 99)))


@given(
    st.datetimes(min_value=datetime(1000, 1, 2), max_value=datetime(9999, 12, 30)),  # noqa: DTZ001  bounds are naive
    st.integers(-1439, 1439),
)
def test_a_moment_comes_back_as_it_was(moment, minutes):
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert read_moment(write_moment(aware)) == aware == read_moment(aware)
    assert len(write_moment(aware)) == 26


def test_a_moment_without_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        write_moment(datetime(2026, 3, 2))  # noqa: DTZ001  the mistake


def test_the_search_for_cycles_rests_while_rows_are_made_and_comes_back():
    @many_objects()
    def fail():
        with many_objects():
            assert not gc.isenabled()
        assert not gc.isenabled()
        raise ValueError("bad")

    with pytest.raises(ValueError, match="bad"):
        fail()
    assert gc.isenabled()
