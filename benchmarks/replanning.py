"""What re-planning a week costs after one change, and how little of it changes.

    .venv/bin/python -m benchmarks.replanning

Prints a table, all of it from this run: stations with two sessions a day, 400 pieces of 1.5 to 7 minutes and
five goals a station, a week that is filled; then one change, and a draft. "stood" are the sessions that the
change touches by itself, "changed" those that the draft changes. CPU seconds of the whole draft, with what is
read from a SQLite database and the comparison.
"""

import tempfile
import time as clock
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

from sqlmodel import Session, select

from assets.models import Asset, AssetKind, Priority, Rendition
from benchmarks.placement import THEMES
from scheduler.drafts import Proposal, propose
from scheduler.filling import fill_schedule
from scheduler.goals import Goal
from scheduler.models import Airing, Slot, SlotException, Station, StationKind
from studio.database import open_database
from studio.settings import read_settings

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 8)
NOW = datetime(2026, 2, 28, tzinfo=UTC)
PIECES = 400
GOALS = 5


def furnish(session: Session, stations: int) -> None:
    rng = Random(1)
    for number in range(stations):
        station = Station(
            code=f"station-{number:03}",
            name=f"Station {number}",
            kind=StationKind.COMMUNE,
            preset="loudspeaker",
        )
        session.add(station)
        session.flush()
        for name, hour in (("morning", 5), ("evening", 17)):
            session.add(
                Slot(
                    station_id=station.id or 0,
                    name=name,
                    starts=time(hour),
                    duration_minutes=30,
                    valid_from=date(2026, 1, 1),
                )
            )
    for number in range(PIECES):
        session.add(make_piece(number, rng.randint(90_000, 420_000), rng.choice(THEMES)))
    session.flush()


def make_piece(number: int, duration_ms: int, theme: str, priority: Priority = Priority.NORMAL) -> Asset:
    rendition = Rendition(
        preset="loudspeaker",
        recipe=f"{number}",
        sha256=f"{number:064}",
        size_bytes=1,
        duration_ms=duration_ms,
        integrated_lufs=-16,
        true_peak_dbtp=-2,
        loudness_range_lu=5,
        channels=1,
    )
    return Asset(
        key=f"script/{number:04}",
        kind=AssetKind.SEGMENT,
        title=f"Piece {number}",
        duration_ms=duration_ms,
        theme=theme,
        priority=priority,
        approved_at=NOW,
        created_at=NOW,
        renditions=[rendition],
    )


def make_goals(stations: int) -> list[Goal]:
    rng = Random(2)
    return [
        Goal(
            theme=rng.choice(THEMES),
            audience=None,
            form=None,
            station=f"station-{number:03}",
            first_date=FIRST,
            last_date=LAST,
            measure="airings",
            quantity=rng.randint(4, 12),
            weight=rng.randint(1, 4),
        )
        for number in range(stations)
        for _ in range(GOALS)
    ]


def withdraw(session: Session) -> int:
    """The piece that stands in most sessions; how many those are."""
    rows = [one.asset_id for one in session.exec(select(Airing))]
    most = max(set(rows), key=lambda asset: (rows.count(asset), asset))
    session.get_one(Asset, most).retired_at = NOW
    return rows.count(most)


def cancel(session: Session) -> int:
    session.add(SlotException(slot_id=1, date=FIRST + timedelta(days=2)))
    return 1


def bring_in(session: Session) -> int:
    """A priority piece, for each station and day."""
    session.add(make_piece(9_000, 240_000, "2", Priority.PRIORITY))
    stations = len(session.exec(select(Station.id)).all())
    return stations * 7


def draft(session: Session, stations: int) -> tuple[Proposal, float]:
    before = clock.process_time()
    codes = [f"station-{number:03}" for number in range(stations)]
    done = propose(session, stations=codes, first=FIRST, last=LAST, goals=make_goals(stations), now=NOW)
    return done, clock.process_time() - before


def main() -> None:
    print(f"{'after':28}{'stations':>10}{'sessions':>10}{'stood':>8}{'changed':>9}{'CPU s':>8}")
    for stations in (1, 30):
        for change in (withdraw, cancel, bring_in):
            with tempfile.TemporaryDirectory() as folder:
                database = open_database(read_settings({}, home=Path(folder) / "home"))
                codes = [f"station-{number:03}" for number in range(stations)]
                with database.writing() as session:
                    furnish(session, stations)
                    fill_schedule(
                        session, stations=codes, first=FIRST, last=LAST, goals=make_goals(stations), now=NOW
                    )
                with database.writing() as session:
                    stood = change(session)
                with database.reading() as session:
                    done, seconds = draft(session, stations)
                database.close()
            words = {withdraw: "a piece is withdrawn", cancel: "a session is cancelled"}
            name = words.get(change, "a priority piece comes")
            print(f"{name:28}{stations:10}{stations * 14:10}{stood:8}{len(done.changes):9}{seconds:8.2f}")


if __name__ == "__main__":
    main()
