"""The demo's second half: the week is placed, handed over as bundles, and aired on a fast clock."""

import hashlib
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from sqlmodel import Session, col, select

from assets.messages import say
from assets.whole import put_whole
from playlists.builder import latest_version, publish_day, read_version
from playlists.bundle import write_bundle
from playlists.day import StationDay
from playlists.formats.registry import FORMATS
from playlists.receipts import record_receipt
from playlists.simulator import Incident as Disturbance
from playlists.simulator import LateStart, PowerCut, play_bundle
from scheduler.asrun import import_log, mark_unconfirmed
from scheduler.filling import fill_schedule
from scheduler.models import Airing, PlacementRun
from scheduler.stations import find_station
from studio.example.district import District
from studio.example.stage import Progress, Row, Stage
from studio.planning.goals import goals_for
from studio.planning.plans import find_plan


def place_week(stage: Stage, progress: Progress) -> list[Row]:
    """The week placed by the plan's goals, once; what aired afterwards does not change it."""
    district = stage.district
    progress(0.0, say("example.placing", first=f"{district.first:%d/%m}", last=f"{district.last:%d/%m/%Y}"))
    with stage.database.writing() as session:
        run = _find_run(session, district)
        if run is None:
            fill_schedule(
                session,
                stations=[station.code for station in district.stations()],
                first=district.first,
                last=district.last,
                goals=goals_for(
                    session, find_plan(session, district.plan_code), district.first, district.last
                ),
                now=district.at(district.first - timedelta(days=1), 16),
                seed=district.seed,
            )
            run = _find_run(session, district)
        assert run is not None
        airings = len(session.exec(select(Airing.id)).all())
    return [
        Row(
            say("example.placement"),
            say("example.placement_figures", airings=airings, refusals=len(run.refusals)),
            f"loa --home {stage.settings.home} schedule show --from {district.first} --to {district.last}",
        )
    ]


def _find_run(session: Session, district: District) -> PlacementRun | None:
    return session.exec(
        select(PlacementRun)
        .where(PlacementRun.first_date == district.first, PlacementRun.last_date == district.last)
        .order_by(col(PlacementRun.id))
    ).first()


def bundle_week(stage: Stage, progress: Progress) -> list[Row]:
    """A published playlist and one zip for each station and day; the station says that it holds it."""
    days = _station_days(stage)
    written = 0
    for done, (station, day) in enumerate(days):
        progress(done / len(days), say("example.bundling", station=station, day=f"{day:%d/%m}"))
        now = stage.district.at(day - timedelta(days=1), 18)
        with stage.database.writing() as session:
            version = read_version(publish_day(session, station, day, now=now))
        for name in ("m3u8", "json"):
            _write_once(stage.folder / "playlists" / f"{version.name}{FORMATS[name].suffix}", version, name)
        written += _bundle_once(stage, version)
        with stage.database.writing() as session:
            record_receipt(
                session,
                station,
                day,
                number=version.number,
                device=f"{station}-1",
                now=now + timedelta(hours=1),
            )
    size = sum(path.stat().st_size for path in (stage.folder / "bundles").glob("*.zip"))
    return [
        Row(
            say("example.bundles"),
            say("example.bundle_figures", bundles=len(days), new=written, megabytes=f"{size / 1e6:.0f}"),
            str(stage.folder / "bundles"),
        )
    ]


def _write_once(target: Path, version: StationDay, name: str) -> None:
    content = FORMATS[name].write(version)
    if target.is_file() and target.read_bytes() == content:
        return
    put_whole(target, content)


def _bundle_once(stage: Stage, version: StationDay) -> int:
    """Write the zip and its sha256 beside it, unless they are there and agree; 1 when it was written."""
    target = _bundle_path(stage, version)
    sums = target.with_name(f"{target.name}.sha256")
    if target.is_file() and sums.is_file():
        with target.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
        if sums.read_text("utf-8").split()[:1] == [digest]:
            return 0
    digest = write_bundle(version, stage.store, target)
    put_whole(sums, f"{digest}  {target.name}\n".encode())
    return 1


def air_week(stage: Stage, progress: Progress) -> list[Row]:
    """Each bundle played by a simulated receiver, its log imported and matched; one log never comes."""
    district = stage.district
    states: Counter[str] = Counter()
    days = _station_days(stage)
    for done, (station, day) in enumerate(days):
        progress(done / len(days), say("example.airing", station=station, day=f"{day:%d/%m}"))
        now = district.at(day + timedelta(days=1), 7)
        log = _play_day(stage, station, day)
        with stage.database.writing() as session:
            if log is None:
                mark_unconfirmed(session, station, day, now=now)
            else:
                import_log(session, stage.store, station, f"{station}-{day}.csv", log, now=now)
    with stage.database.reading() as session:
        states.update(str(state) for state in session.exec(select(Airing.state)))
    figures = ", ".join(
        f"{say(f'scheduler.state.{state}')} {count}" for state, count in sorted(states.items())
    )
    return [Row(say("example.asrun"), figures, str(stage.folder / "logs"))]


def _play_day(stage: Stage, station: str, day: date) -> bytes | None:
    """The log that the station sends back for `day`; None when it never does."""
    target = stage.folder / "logs" / f"{station}-{day}.csv"
    if target.is_file():
        return target.read_bytes()
    today = [one for one in stage.district.incidents if (one.station, one.day) == (station, day)]
    if any(one.kind == "log-lost" for one in today):
        return None
    disturbances: list[Disturbance] = []
    for one in today:
        if one.kind == "power-cut" and one.starts and one.ends:
            disturbances.append(PowerCut(one.starts, one.ends))
        elif one.kind == "late-start" and one.ends:
            disturbances.append(LateStart(one.ends))
    with stage.database.reading() as session:
        held = latest_version(session, find_station(session, station), day)
    assert held is not None
    version = read_version(held)
    log = play_bundle(_bundle_path(stage, version), device=f"{station}-1", incidents=disturbances)
    put_whole(target, log)
    return log


def _station_days(stage: Stage) -> list[tuple[str, date]]:
    return [(station.code, day) for station in stage.district.stations() for day in stage.district.week]


def _bundle_path(stage: Stage, version: StationDay) -> Path:
    return stage.folder / "bundles" / f"{version.name}.zip"
