"""Rows written at once are the rows that the session would have written, on both databases."""

import gc
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import func, select

from scheduler.bulk import insert_rows, many_objects, read_moment, update_rows, upsert_rows, write_moment
from scheduler.models import AiringState, AsRun, AsRunLog, DistrictMonth, StationCalendar, StationKind
from scheduler.stations import Station, add_station
from scheduler.sums import FIGURES
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


def months(*counts):
    """Rows of the district whose planned airings and milliseconds are these."""
    rest = (0,) * (len(FIGURES) - 2)
    return [
        (date(2026, 1 + at, 1), f"{at}", "", "", "vi", "own", n % 1000, n, *rest)
        for at, n in enumerate(counts)
    ]


def test_sums_of_a_key_that_is_there_are_added_or_taken_as_they_come(either_database):
    names = ("month", "theme", "audience", "form", "language", "origin", *FIGURES)
    with either_database.writing() as session:
        upsert_rows(session, DistrictMonth, names, months(1, 5_000_000_000), adding=("planned_ms",))
        upsert_rows(session, DistrictMonth, names, [])
        upsert_rows(session, DistrictMonth, names, months(2, 3, 4), adding=("planned_ms",))
    with either_database.reading() as session:
        rows = session.exec(select(DistrictMonth).order_by(DistrictMonth.month)).all()
    assert [(row.planned, row.planned_ms, row.aired) for row in rows] == [
        (2, 3, 0), (3, 5_000_000_003, 0), (4, 4, 0),
    ]  # fmt: skip


def test_a_value_that_is_a_list_is_taken_as_it_is(either_database):
    with either_database.writing() as session:
        station = add_station(
            session, Station(code="a", name="A", kind=StationKind.COMMUNE, preset="loudspeaker")
        )
        names = ("station_id", "month", "days", "themes", "programmes", "programmes_planned")
        for theme in ("1", TITLES[-1]):
            row = (station.id, DAY.replace(day=1), [[1, 2, 3, 4]], {theme: 7}, 1, 2)
            upsert_rows(session, StationCalendar, names, [row])
    with either_database.reading() as session:
        (kept,) = session.exec(select(StationCalendar)).all()
    assert (kept.days, kept.themes) == ([[1, 2, 3, 4]], {TITLES[-1]: 7})


def test_many_rows_get_the_same_values_and_no_other_row_does(either_database):
    with either_database.writing() as session:
        station = add_station(
            session, Station(code="a", name="A", kind=StationKind.COMMUNE, preset="loudspeaker")
        )
        log = AsRunLog(sha256="0" * 64, name="x", received_at=BEGIN, rows=0, matched=0)
        session.add(log)
        session.flush()
        first = next(rows_of(log.id, station.id))
        began = COLUMNS.index("started_at")
        many = [
            (*first[:began], BEGIN + timedelta(minutes=line), *first[began + 1 :]) for line in range(40_000)
        ]
        insert_rows(session, AsRun, COLUMNS, many)
        held, other = session.exec(select(AsRun).order_by(AsRun.id).limit(2)).all()
        ids = [number for number in session.exec(select(AsRun.id)) if number != other.id]
        update_rows(session, AsRun, ids, {"state": AiringState.MISSED, "reason_data": {"note": "Ẫ"}})
        assert (held.state, held.reason_data) == (AiringState.MISSED, {"note": "Ẫ"})
        assert other.state is AiringState.UNCONFIRMED
        counted = session.exec(select(func.count()).where(AsRun.state == AiringState.MISSED)).one()
    assert counted == len(ids) == 39_999


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
