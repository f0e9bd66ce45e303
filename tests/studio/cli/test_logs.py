"""Files of logs are taken in together, each as if it came alone."""

import threading
import time
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import select

from assets.store import Store
from scheduler.filling import fill_schedule, list_airings
from scheduler.logs import LogUnreadable
from scheduler.models import AiringState, AsRun, Station
from scheduler.rollup import check_rollup, lock_stations
from scheduler.slots import add_slot
from scheduler.stations import add_station
from studio.cli.logs import take_files
from tests.scheduler.fixtures import NOW, add_piece, find_sha, make_station

FIRST = date(2026, 3, 30)
DAYS = [FIRST + timedelta(days=number) for number in range(4)]
STATIONS = ("ia-dal", "ia-dom")


@pytest.fixture
def files(either_database, tmp_path):
    """A log of each station and day, the stations by turns, over the end of a month."""
    with either_database.writing() as session:
        pieces = [add_piece(session, f"script/{number}@1", theme=f"{number}") for number in range(3)]
        for code in STATIONS:
            add_station(session, make_station(code))
            slot = {"name": "sáng", "starts": datetime.min.time().replace(hour=5), "duration_minutes": 30}
            add_slot(session, code, **slot, valid_from=FIRST)
        fill_schedule(session, stations=list(STATIONS), first=FIRST, last=DAYS[-1], goals=[], now=NOW)
        hashes = {piece.id: find_sha(piece.key) for piece in pieces}
        found = []
        for day in DAYS:
            for code in STATIONS:
                lines = ["station,playlist_date,sha256,started_at,stopped_at"]
                for airing in list_airings(session, station=code, first=day):
                    begin, end = airing.starts_at.isoformat(), airing.ends_at.isoformat()
                    lines.append(f"{code},{day},{hashes[airing.asset_id]},{begin},{end}")
                found.append(tmp_path / f"{day}-{code}.csv")
                found[-1].write_text("\n".join(lines), encoding="utf-8")
    return found


def test_each_file_is_answered_in_its_place(either_database, files, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("no log", encoding="utf-8")
    stranger = tmp_path / "stranger.csv"
    stranger.write_text(files[0].read_text(encoding="utf-8").replace(STATIONS[0], "dao"), encoding="utf-8")
    given = [files[0], bad, *files[1:], stranger, files[2]]
    taken = take_files(either_database, Store(tmp_path / "store"), given, None)
    assert [path for path, _ in taken] == given
    told = [answer for _, answer in taken]
    assert isinstance(told.pop(1), LogUnreadable)
    assert told[-2].station is None
    assert [answer.station for answer in told[:-2]] == [*STATIONS] * len(DAYS)
    assert [answer.is_repeated for answer in told] == [False] * (len(told) - 1) + [True]
    assert all(answer.matched == answer.rows > 0 for answer in told[:-2])
    with either_database.reading() as session:
        aired = [
            airing.state
            for code in STATIONS
            for airing in list_airings(session, station=code, first=FIRST, last=DAYS[-1])
        ]
        assert set(aired) == {AiringState.AIRED}
        assert len(session.exec(select(AsRun)).all()) == len(aired)
        assert check_rollup(session) == []


@pytest.mark.postgres
@pytest.mark.parametrize("either_settings", ["postgresql"], indirect=True)
def test_a_station_does_not_wait_for_another(either_database, files, tmp_path):
    answers = []
    store = Store(tmp_path / "store")
    with either_database.writing() as holder:
        first, second = (
            holder.exec(select(Station.id).where(Station.code == code)).one() for code in STATIONS
        )
        lock_stations(holder, [first])
        taking = threading.Thread(
            target=lambda: answers.extend(take_files(either_database, store, files, None))
        )
        taking.start()
        until = time.monotonic() + 60
        stations = set()
        while second not in stations and time.monotonic() < until:
            time.sleep(0.05)
            with either_database.reading() as session:
                stations = set(session.exec(select(AsRun.station_id)))
        assert stations == {second}
        assert taking.is_alive()
    taking.join()
    assert len(answers) == len(files)
    assert all(answer.matched == answer.rows for _, answer in answers)
