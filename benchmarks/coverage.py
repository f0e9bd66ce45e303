"""Coverage of a plan over years of logs: taken in, summed, looked at, on SQLite and on PostgreSQL.

    python -m benchmarks.coverage [--rows 5000000] [--stations 300] [--ingest 20] [--folder DIR]

Generates stations, a schedule and the logs that the receivers of the first `--ingest` stations would send;
takes these in as the command does. The others get the rows that their logs would have become, and the rollup
is rebuilt. Then computes the coverage of a plan with targets by theme, station and unit, compares it with a
scan, and makes every report of several periods. PostgreSQL is measured when LOA_TEST_POSTGRES names a server.
"""

import argparse
import os
import random
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, insert
from sqlmodel import Session, func, select

from assets.models import Asset, AssetKind, Origin, Rendition
from assets.store import Store
from scheduler.asrun import import_log
from scheduler.bulk import insert_rows
from scheduler.models import Airing, AiringState, AsRun, AsRunLog, ItemRole, Slot, Station, StationKind
from scheduler.rollup import rebuild_rollup
from scheduler.sums import sum_days
from studio.database import Database, open_database
from studio.planning.coverage import compute_coverage
from studio.planning.document import Heading, PlanDocument, PlanForm, PlanTheme
from studio.planning.models import Every, Measure, Plan, Target, Unit, UnitKind
from studio.planning.plans import store_plan
from studio.planning.targets import set_targets
from studio.planning.units import add_unit, assign_station
from studio.reports.composing import make_report
from studio.reports.models import ReportKind
from studio.settings import read_settings

FIRST = date(2024, 1, 1)
DAYS = 1096
PIECES = 400
SECONDS = 200
NOW = datetime(2026, 12, 20, 3, tzinfo=UTC)
WHOLE = {"percent": 100}
UNSAID = ("number", "issuer", "place", "date", "programme", "project", "sub_project")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--stations", type=int, default=300)
    parser.add_argument("--ingest", type=int, default=20)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--only", choices=("sqlite", "postgresql"), default=None)
    chosen = parser.parse_args()
    url = os.environ.get("LOA_TEST_POSTGRES")
    for name in ("sqlite", "postgresql"):
        if chosen.only in (None, name) and (name == "sqlite" or url):
            home = Path(tempfile.mkdtemp(prefix="loa-coverage-", dir=chosen.folder))
            try:
                measure(name, home, url if name == "postgresql" else None, chosen)
            finally:
                shutil.rmtree(home)


def measure(name: str, home: Path, url: str | None, chosen: argparse.Namespace) -> None:
    environment = {}
    if url:
        reset_schema(url)
        environment["LOA_DATABASE_URL"] = f"{url}?options=-csearch_path%3Dloa_benchmark"
    database = open_database(read_settings(environment, home=home))
    stations, taken = chosen.stations, min(chosen.ingest, chosen.stations)
    per_day = max(1, round(chosen.rows / stations / DAYS))
    with database.writing() as session:
        plan_code = build(session, stations).code
    for station_id in range(1, taken + 1):
        with database.writing() as session:
            session.execute(insert(Airing), list(list_airings(station_id, per_day)))
    take_logs(name, database, Store(home / "store"), taken, per_day)
    grow(name, database, range(taken + 1, stations + 1), per_day)
    if url:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
    look(name, database, plan_code)
    report_all(name, database, plan_code)
    database.close()
    if url:
        reset_schema(url, again=False)


def grow(name: str, database: Database, stations: range, per_day: int) -> None:
    """The rows that the logs of these stations would become; the rollup is summed anew, for all."""
    if not stations:
        return
    with database.writing() as session:
        airing_id = session.exec(select(func.max(Airing.id))).one()
        log_id = session.exec(select(func.max(AsRunLog.id))).one()
    for station_id in stations:
        airings = [
            row
            | {
                "id": airing_id + number,
                "state": AiringState.AIRED,
                "state_code": "aired",
                "state_data": WHOLE,
            }
            for number, row in enumerate(list_airings(station_id, per_day), start=1)
        ]
        airing_id += len(airings)
        with database.writing() as session:
            insert_rows(session, Airing, list(airings[0]), [tuple(row.values()) for row in airings])
            insert_rows(session, AsRun, AS_RUN, [as_run(log_id, row) for row in airings])
    begun, spent = time.perf_counter(), time.process_time()
    with database.writing() as session:
        months = rebuild_rollup(session)
    wall, cpu = time.perf_counter() - begun, time.process_time() - spent
    say(name, "rebuild", f"{months:,} months of stations, {wall:.0f} s ({cpu:.0f} s of CPU)")


AS_RUN = (
    "log_id", "line", "station_id", "airing_id", "asset_id", "sha256", "title", "started_at", "stopped_at",
    "aired_ms", "local_date", "state", "reason_code", "reason_data",
)  # fmt: skip


def as_run(log_id: int, airing: dict[str, Any]) -> tuple[Any, ...]:
    number = airing["asset_id"] - 1
    return (
        log_id, 1, airing["station_id"], airing["id"], airing["asset_id"], f"{number:064x}",
        f"Piece {number}", airing["starts_at"], airing["ends_at"], SECONDS * 1000, airing["local_date"],
        AiringState.AIRED, "aired", WHOLE,
    )  # fmt: skip


def report_all(name: str, database: Database, plan_code: str) -> None:
    """The values of every report; the best of three, in CPU seconds and by the clock."""
    periods = (
        ("a month", date(2026, 11, 1), date(2026, 11, 30)),
        ("half a year, cut", date(2026, 4, 16), date(2026, 10, 15)),
        ("a year", date(2026, 1, 1), date(2026, 12, 31)),
        ("three years", FIRST, date(2026, 12, 31)),
    )
    for kind in ReportKind:
        for period, first, last in periods:
            times = []
            for _ in range(3):
                with database.reading() as session:
                    plan = session.exec(select(Plan).where(Plan.code == plan_code)).one()
                    begun, spent = time.perf_counter(), time.process_time()
                    make_report(session, kind=kind, first=first, last=last, now=NOW, plan=plan)
                    times.append((time.process_time() - spent, time.perf_counter() - begun))
            cpu, wall = (min(one) for one in zip(*times, strict=True))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            say(name, f"{kind} of {period}", f"{wall:.2f} s ({cpu:.2f} s of CPU), {peak} MB")


def take_logs(name: str, database: Database, store: Store, stations: int, per_day: int) -> None:
    """One log for each station and year; a station's in one transaction, as the command takes many files."""
    wall = cpu = 0.0
    taken = 0
    for station_id in range(1, stations + 1):
        logs = list(write_logs(station_id, per_day))
        begun, spent = time.perf_counter(), time.process_time()
        with database.writing() as session:
            for month, content in logs:
                result = import_log(session, store, None, f"{month}.csv", content, now=NOW)
                assert not result.problems, result.problems[0].wording
                taken += result.rows
        wall += time.perf_counter() - begun
        cpu += time.process_time() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    say(
        name,
        "ingest",
        f"{taken:,} rows, {taken / wall:,.0f} rows/s ({taken / cpu:,.0f} per CPU s), {peak} MB",
    )


def look(name: str, database: Database, plan_code: str) -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    times = []
    spent = time.process_time()
    for _ in range(7):
        with database.reading() as session:
            plan = session.exec(select(Plan).where(Plan.code == plan_code)).one()
            begun = time.perf_counter()
            coverage = compute_coverage(session, plan, first, last, now=NOW, with_rows=False)
            times.append(time.perf_counter() - begun)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    best, middle = min(times) * 1000, sorted(times)[3] * 1000
    cpu = (time.process_time() - spent) / 7 * 1000
    figures = f"{len(coverage.rows)} rows: best {best:.0f} ms, median {middle:.0f} ms ({cpu:.0f} ms of CPU)"
    figures += f", {peak} MB"
    say(name, "dashboard", figures)
    begun = time.perf_counter()
    with database.reading() as session:
        rows = session.exec(select(func.count()).select_from(AsRun)).one()
        sums = sum_days(session, first, last)
    scanned = time.perf_counter() - begun
    total = sum(one.aired_ms for one in sums.values())
    whole = next(row for row in coverage.rows if not row.theme and not row.station and not row.unit)
    assert whole.aired == total, (whole.aired, total)
    say(name, "scan of a year", f"{rows:,} rows in the table, {scanned:.1f} s, the same sum")


def build(session: Session, stations: int) -> Plan:
    themes = tuple(
        PlanTheme(str(n), f"Theme {n}", (Heading(f"{n}.a", "A"), Heading(f"{n}.b", "B")))
        for n in range(1, 11)
    )
    blank = dict.fromkeys(PlanDocument.__dataclass_fields__, ())
    document = PlanDocument(**(blank | {
        "title": "Benchmark", "year": 2026, **dict.fromkeys(UNSAID),
        "themes": themes, "audiences": (Heading("1", "A"), Heading("2", "B")),
        "forms": (PlanForm("2", "Products", (Heading("2.radio", "Radio"),)),),
    }))  # fmt: skip
    plan = store_plan(session, document, code="bench", source_sha256="0" * 64, is_sample=True, now=NOW)
    chance = random.Random(7)
    for number in range(PIECES):
        asset = Asset(
            key=f"script/{number}@1", kind=AssetKind.SEGMENT, title=f"Piece {number}",
            duration_ms=SECONDS * 1000,
            theme=f"{number % 10 + 1}.{'ab'[number // 10 % 2]}", audience=chance.choice("12"),
            form="2.radio", language="vi" if number % 3 else "jra", origin=Origin.OWN, created_at=NOW,
            approved_at=NOW,
        )  # fmt: skip
        asset.renditions = [Rendition(
            preset="loudspeaker", recipe=str(number), sha256=f"{number:064x}", size_bytes=1,
            duration_ms=SECONDS * 1000, integrated_lufs=-16, true_peak_dbtp=-2, loudness_range_lu=4,
            channels=1,
        )]  # fmt: skip
        session.add(asset)
        session.flush()
    units = [
        add_unit(session, Unit(code=f"u{n}", name=f"U {n}", kind=UnitKind.COMMUNE), by="b", now=NOW)
        for n in range(stations)
    ]
    for number in range(stations):
        station = Station(
            code=f"s{number}", name=f"S {number}", kind=StationKind.COMMUNE, preset="loudspeaker"
        )
        session.add(station)
        session.flush()
        slot = Slot(
            station_id=station.id,
            name="Day",
            starts=datetime.min.time(),
            duration_minutes=90,
            valid_from=FIRST,
        )
        session.add(slot)
        session.flush()
        assign_station(session, station.id, units[number], on=FIRST)
    set_targets(session, plan, list(wish(plan, stations)))
    return plan


def wish(plan: Plan, stations: int) -> Iterator[Target]:
    """100 targets: by theme over all stations, each month of each theme, and of single stations and units."""
    year = {"plan_id": plan.id, "first_date": date(2026, 1, 1), "last_date": date(2026, 12, 31)}
    yield Target(**year, measure=Measure.MINUTES, quantity=100_000)
    for number in range(1, 11):
        yield Target(**year, theme=str(number), measure=Measure.MINUTES, quantity=90_000)
        yield Target(**year, theme=f"{number}.a", audience="1", measure=Measure.AIRINGS, quantity=9_000)
        yield Target(**year, theme=str(number), measure=Measure.AIRINGS, quantity=9_000, every=Every.MONTH)
    for number in range(min(35, stations)):
        yield Target(**year, theme="3", station=f"s{number}", measure=Measure.MINUTES, quantity=600 + number)
    for number in range(min(34, stations)):
        yield Target(**year, theme="5", unit=f"u{number}", measure=Measure.AIRINGS, quantity=60 + number)


def list_airings(station_id: int, per_day: int) -> Iterator[dict[str, Any]]:
    for day in range(DAYS):
        local = FIRST + timedelta(days=day)
        starts = datetime.combine(local, datetime.min.time(), UTC) - timedelta(hours=2)
        for place in range(per_day):
            begins = starts + timedelta(seconds=place * SECONDS)
            yield {
                "station_id": station_id, "slot_id": station_id, "local_date": local, "position": place,
                "role": ItemRole.SEGMENT, "asset_id": piece_of(station_id, day, place) + 1,
                "starts_at": begins,
                "ends_at": begins + timedelta(seconds=SECONDS), "state": AiringState.PLANNED,
                "reason_code": "variety",
                "reason_data": {}, "state_code": "", "state_data": {}, "passed_over": [],
            }  # fmt: skip


def write_logs(station_id: int, per_day: int) -> Iterator[tuple[str, bytes]]:
    lines: list[str] = []
    month = ""
    head = "station,device,playlist_date,position,sha256,title,started_at,stopped_at,outcome,note"
    for day in range(DAYS):
        local = FIRST + timedelta(days=day)
        if f"{local:%Y}" != month:
            if lines:
                yield month, "\n".join([head, *lines]).encode()
            month, lines = f"{local:%Y}", []
        starts = datetime.combine(local, datetime.min.time(), UTC) - timedelta(hours=2)
        for place in range(per_day):
            begins = starts + timedelta(seconds=place * SECONDS)
            number = piece_of(station_id, day, place)
            ends = begins + timedelta(seconds=SECONDS)
            lines.append(
                f"s{station_id - 1},d1,{local},{place + 1},{number:064x},Piece {number},"
                f"{begins.isoformat()},{ends.isoformat()},aired,"
            )
    yield month, "\n".join([head, *lines]).encode()


def piece_of(station_id: int, day: int, place: int) -> int:
    return (station_id * 31 + day * 17 + place * 7) % PIECES


def reset_schema(url: str, *, again: bool = True) -> None:
    server = create_engine(url)
    with server.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA IF EXISTS loa_benchmark CASCADE")
        if again:
            connection.exec_driver_sql("CREATE SCHEMA loa_benchmark")
    server.dispose()


def say(database: str, what: str, figures: str) -> None:
    print(f"{database:<11} {what:<15} {figures}", flush=True)


if __name__ == "__main__":
    main()
