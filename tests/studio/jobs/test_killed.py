"""A month of two real processes, killed as by `kill -9` at bad moments: every playlist once, or an alarm."""

import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from playlists.models import Playlist
from scheduler.models import Airing, Station
from studio.database import open_database
from studio.jobs.models import ClockFiring, Job, JobState
from studio.reminders.models import Reminder, ReminderKind
from studio.settings import read_settings
from tests.studio.jobs.month import HANOI, STATIONS, at, moments, set_up

ROOT = Path(__file__).parents[3]
HOURS = (0, 1, 2, 7, 8, 14, 16, 17, 19, 20)
"""Local hours in which something is due, and what follows them; in the others nothing happens."""
ALARMS = (ReminderKind.PUBLISH_FAILED, ReminderKind.PUBLISHED_LATE, ReminderKind.NEVER_PUBLISHED)


class Process:
    """One of the centre's processes, told the time over a pipe."""

    def __init__(self, home: Path, environment: dict[str, str], holder: str) -> None:
        self.holder = holder
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.studio.jobs.centre", str(home), holder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **environment},
        )
        assert self._read() == "ready"

    def look(self, now) -> bool:
        """Whether it lived through it."""
        self._write(now.isoformat())
        return self._read() == "done"

    def die_at(self, place: str, count: int) -> None:
        self._write(f"die {place} {count}")

    def kill(self) -> None:
        self._child.kill()
        assert self.ended() == -signal.SIGKILL

    def ended(self) -> int:
        code = self._child.wait(20)
        self._child.stdin.close()
        self._child.stdout.close()
        return code

    def end(self) -> None:
        if self._child.poll() is None:
            self._child.stdin.close()
            assert self._child.wait(20) == 0
        self._child.stdout.close()

    def _write(self, line: str) -> None:
        self._child.stdin.write(f"{line}\n")
        self._child.stdin.flush()

    def _read(self) -> str:
        """Its next answer; the empty string when it is no more. What it logs goes by."""
        answers = (line.strip() for line in self._child.stdout)
        return next((line for line in answers if line in ("ready", "done")), "")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def centre(request, tmp_path):
    """(database, start): an empty centre on either database, and how a process of it is started."""
    environment = {"LOA_LOG_LEVEL": "error"}
    if request.param == "postgresql":
        environment["LOA_DATABASE_URL"] = request.getfixturevalue("postgres_url")
    home = tmp_path / "home"
    alive: list[Process] = []

    def start(holder: str) -> Process:
        alive.append(Process(home, environment, holder))
        return alive[-1]

    with closing(open_database(read_settings(environment, home=home))) as database:
        set_up(database)
        yield database, start
        for process in alive:
            process.end()


class Month:
    """The month as it is lived by two processes; `killed` are those that died by a place of their own."""

    def __init__(self, start) -> None:
        self.start, self.killed = start, []
        self.pair = [start("one"), start("two")]

    def live(self) -> None:
        deeds = {
            # The leader dies while it asks for the turns of this hour; the other one is there.
            at(5, 16): lambda: self.pair[0].die_at("asking", 1),
            # The leader dies with a station's playlist written and not committed.
            at(9, 16): lambda: (self.pair.append(self.start("three")), self.pair[0].die_at("publishing", 1)),
            # Between two stations; in the same hour the power is gone for all, until eight in the evening.
            at(12, 16): lambda: self.pair[0].die_at("published", 2),
            at(12, 17): self.cut_power,
            at(12, 20): self.come_back,
            # Three days without anybody.
            at(20, 19): self.cut_power,
            at(23, 8): self.come_back,
        }
        for now in moments(at(1), at(31, 23)):
            if now.astimezone(HANOI).hour not in HOURS:
                continue
            deeds.get(now, lambda: None)()
            if now == at(12, 16):
                self.look(self.pair[:1], now)  # the other has no time to take over
            else:
                self.look(list(self.pair), now)

    def look(self, processes, now) -> None:
        for process in processes:
            if not process.look(now):
                assert process.ended() == -signal.SIGKILL
                self.killed.append(process.holder)
                self.pair.remove(process)

    def cut_power(self) -> None:
        while self.pair:
            self.pair.pop().kill()

    def come_back(self) -> None:
        self.pair = [self.start("four"), self.start("five")]


def test_a_month_of_two_processes_killed_at_bad_moments(centre):
    database, start = centre
    month = Month(start)
    month.live()
    assert month.killed == ["one", "two", "three"]

    with database.reading() as session:
        codes = {station.id: station.code for station in session.exec(select(Station))}
        versions = session.exec(select(Playlist)).all()
        alarms = {row.key for row in session.exec(select(Reminder)) if row.kind in ALARMS}
        fired = Counter(session.exec(select(ClockFiring.key)))
        states = set(session.exec(select(Job.state)))
        airings = session.exec(select(Airing)).all()
    planned = Counter((row.station_id, row.local_date, row.slot_id, row.asset_id) for row in airings)
    published = {(codes[row.station_id], row.local_date): row for row in versions}
    assert len(published) == len(versions), "no day was published twice"
    assert set(fired.values()) == {1}, "no turn was taken twice"
    assert set(planned.values()) == {1}, "nothing was planned twice"
    assert states == {JobState.DONE}
    never = {(code, date(2026, 3, day)) for code in STATIONS for day in (22, 23)}
    assert set(published) >= {(code, date(2026, 3, day)) for code in STATIONS for day in range(3, 32)} - never
    late = {(code, day) for (code, day), row in published.items() if is_late(row)}
    assert all(row.content["entries"] for row in versions), "a playlist is whole"
    assert {key for key in alarms if key.startswith("never")} == {
        f"never-published/{code}/{day}" for code, day in never
    }
    told = {key for key in alarms if key.startswith("published-late")}
    assert told == {f"published-late/{code}/{day}" for code, day in late}
    assert late == {("ia-dom", date(2026, 3, 13))}


def is_late(playlist) -> bool:
    """Of the first days nobody could be in time: the centre begins on the first."""
    eve = playlist.local_date - timedelta(days=1)
    return playlist.local_date > date(2026, 3, 2) and playlist.published_at > at(eve.day, 18)
