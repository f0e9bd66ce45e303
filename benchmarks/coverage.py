"""Coverage of a plan over years of logs: taken in, summed, looked at, on SQLite and on PostgreSQL.

    python -m benchmarks.coverage [--rows 5000000] [--stations 300] [--ingest 20] [--folder DIR]

Generates stations, a schedule and the rows that the logs of most stations would have become, and sums the
rollup. Beside these, the logs that the receivers of the last `--ingest` stations would send are taken in as
the command does. Then computes the coverage of a plan with targets by theme, station and unit, compares it
with a scan, and makes every report of several periods. PostgreSQL is measured when LOA_TEST_POSTGRES names a
server; where both are, their figures must be the same.
"""

import argparse
import os
import random
import resource
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine
from sqlmodel import Session, col, func, select

from assets.models import Asset, AssetKind, Origin, Rendition
from assets.store import Store
from scheduler.asrun import LogResult, import_log
from scheduler.bulk import insert_rows
from scheduler.models import Airing, AiringState, AsRun, AsRunLog, ItemRole, Slot, Station, StationKind
from scheduler.rollup import rebuild_rollup
from scheduler.sums import sum_calendar
from studio.cli.logs import take_files
from studio.database import Database, open_database
from studio.planning.coverage import compute_coverage
from studio.planning.distinct import count_programmes
from studio.planning.document import Heading, PlanDocument, PlanForm, PlanTheme
from studio.planning.models import Every, Measure, Plan, Target, Unit, UnitKind
from studio.planning.periods import Period
from studio.planning.plans import store_plan
from studio.planning.scope import Scope
from studio.planning.targets import set_targets
from studio.planning.units import add_unit, assign_station
from studio.reports.composing import make_report
from studio.reports.models import ReportKind
from studio.reports.report import Report, Table
from studio.settings import read_settings

FIRST = date(2024, 1, 1)
DAYS = 1096
PIECES = 400
SECONDS = 200
NOW = datetime(2026, 12, 20, 3, tzinfo=UTC)
WHOLE = {"percent": 100}
NOTHING: dict[str, int] = {}
NONE: list[object] = []
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
    found: list[dict[str, str]] = []
    for name in ("sqlite", "postgresql"):
        if chosen.only in (None, name) and (name == "sqlite" or url):
            home = Path(tempfile.mkdtemp(prefix="loa-coverage-", dir=chosen.folder))
            try:
                found.append(measure(name, home, url if name == "postgresql" else None, chosen))
            finally:
                shutil.rmtree(home)
    for figures in found[1:]:
        differing = [what for what, digest in figures.items() if digest != found[0][what]]
        assert not differing, differing
        say("both", "figures", f"the same, in coverage and {len(figures) - 1} reports")


def measure(name: str, home: Path, url: str | None, chosen: argparse.Namespace) -> dict[str, str]:
    """Returns a hash of each set of figures."""
    environment = {}
    if url:
        reset_schema(url)
        environment["LOA_DATABASE_URL"] = f"{url}?options=-csearch_path%3Dloa_benchmark"
    database = open_database(read_settings(environment, home=home))
    per_day = max(1, round(chosen.rows / chosen.stations / DAYS))
    taken = range(max(1, chosen.stations - chosen.ingest + 1), chosen.stations + 1)
    with database.writing() as session:
        plan_code = build(session, chosen.stations).code
    grow(name, database, range(1, taken[0]), per_day)
    take_logs(name, database, Store(home / "store"), taken, per_day)
    take_days(name, database, Store(home / "store"), chosen.stations, per_day)
    if url:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
    figures = {"coverage": look(name, database, plan_code), **report_all(name, database, plan_code, taken)}
    database.close()
    if url:
        reset_schema(url, again=False)
    return figures


def grow(name: str, database: Database, stations: range, per_day: int) -> None:
    """The rows that the logs of these stations would become; the rollup is summed anew, for all."""
    if not stations:
        return
    with database.writing() as session:
        log = AsRunLog(sha256="0" * 64, name="before", received_at=NOW, rows=0, matched=0)
        session.add(log)
        session.flush()
        log_id = log.id
    airing_id = 0
    for station_id in stations:
        airings = list(list_airings(station_id, per_day, AiringState.AIRED, "aired", WHOLE))
        rows = [as_run(log_id, number, row) for number, row in enumerate(airings, start=airing_id + 1)]
        airing_id += len(airings)
        with database.writing() as session:
            insert_rows(session, Airing, AIRING, airings)
            insert_rows(session, AsRun, AS_RUN, rows)
    begun, spent = time.perf_counter(), time.process_time()
    with database.writing() as session:
        months = rebuild_rollup(session)
    wall, cpu = time.perf_counter() - begun, time.process_time() - spent
    say(name, "rebuild", f"{months:,} months of stations, {wall:.0f} s ({cpu:.0f} s of CPU)")


AIRING = (
    "station_id", "slot_id", "local_date", "position", "role", "asset_id", "starts_at", "ends_at", "state",
    "reason_code", "reason_data", "state_code", "state_data", "passed_over",
)  # fmt: skip
AS_RUN = (
    "log_id", "line", "station_id", "airing_id", "asset_id", "sha256", "title", "started_at", "stopped_at",
    "aired_ms", "local_date", "state", "reason_code", "reason_data",
)  # fmt: skip


def as_run(log_id: int, airing_id: int, airing: tuple[Any, ...]) -> tuple[Any, ...]:
    station, _, day, _, _, asset, begins, ends, *_ = airing
    return (
        log_id, 1, station, airing_id, asset, f"{asset - 1:064x}", f"Piece {asset - 1}", begins, ends,
        SECONDS * 1000, day, AiringState.AIRED, "aired", WHOLE,
    )  # fmt: skip


def report_all(name: str, database: Database, plan_code: str, taken: range) -> dict[str, str]:
    """The values of every report; the best of three, in CPU seconds and by the clock."""
    figures = {}
    with database.reading() as session:
        query = select(AsRun.id, AsRun.airing_id).where(
            col(AsRun.station_id).in_(taken), AsRun.local_date >= date(2026, 1, 1)
        )
        airings: Any = dict(session.exec(query).all())
    periods = (
        ("a week", date(2026, 11, 2), date(2026, 11, 8)),
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
                    report = make_report(session, kind=kind, first=first, last=last, now=NOW, plan=plan)
                    times.append((time.process_time() - spent, time.perf_counter() - begun))
            cpu, wall = (min(one) for one in zip(*times, strict=True))
            say(name, f"{kind} of {period}", f"{wall:.2f} s ({cpu:.2f} s of CPU), {peak()} MB")
            figures[f"{kind} of {period}"] = sha256(repr(name_rows(report, airings)).encode()).hexdigest()
    return figures


def name_rows(report: Report, airings: Mapping[int, int]) -> Report:
    """The report with rows of logs named by their airings: who of two is taken in first numbers them."""

    def name(ids: Iterable[int]) -> tuple[int, ...]:
        return tuple(sorted(airings.get(one, one) for one in ids))

    def name_cell(column: str, cell: Any) -> Any:
        if column == "asrun_ids" and cell:
            return name(cell)
        return airings.get(cell, cell) if column == "asrun_id" else cell

    def name_table(table: Table) -> Table:
        keys = [column.key for column in table.columns]
        rows = [tuple(map(name_cell, keys, row)) for row in table.rows]
        return replace(table, rows=tuple(sorted(rows) if keys[0] == "asrun_id" else rows))

    return replace(
        report,
        tables=tuple(map(name_table, report.tables)),
        records=tuple(map(name_table, report.records)),
        short=tuple(replace(row, asrun_ids=name(row.asrun_ids)) for row in report.short),
    )


def take_logs(name: str, database: Database, store: Store, stations: range, per_day: int) -> None:
    """One log for each station and year, taken in as the command does."""
    files = []
    folder = store.root.parent / "logs"
    folder.mkdir()
    for station_id in stations:
        with database.writing() as session:
            insert_rows(session, Airing, AIRING, list(list_airings(station_id, per_day)))
        for year, content in write_logs(station_id, per_day):
            files.append(folder / f"{station_id}-{year}.csv")
            files[-1].write_bytes(content)
    begun, spent = time.perf_counter(), time.process_time()
    taken = 0
    for _, told in take_files(database, store, files, None):
        assert isinstance(told, LogResult), told
        assert not told.problems, told.problems[0].wording
        taken += told.rows
    wall, cpu = time.perf_counter() - begun, time.process_time() - spent
    speeds = f"{taken / wall:,.0f} rows/s ({taken / cpu:,.0f} per CPU s)"
    say(name, "ingest", f"{taken:,} rows, {speeds}, {peak()} MB")


def take_days(name: str, database: Database, store: Store, stations: int, per_day: int) -> None:
    """One more day of every station, each log by itself in a transaction, as stations send them."""
    logs = []
    with database.writing() as session:
        for station_id in range(1, stations + 1):
            last = list(list_airings(station_id, per_day, days=range(DAYS, DAYS + 1)))
            insert_rows(session, Airing, AIRING, last)
            logs += [content for _, content in write_logs(station_id, per_day, range(DAYS, DAYS + 1))]
    begun, spent = time.perf_counter(), time.process_time()
    for content in logs:
        with database.writing() as session:
            result = import_log(session, store, None, "day.csv", content, now=NOW)
        assert result.matched == per_day, result
    wall, cpu = (one / len(logs) * 1000 for one in (time.perf_counter() - begun, time.process_time() - spent))
    say(name, "daily logs", f"{len(logs)} of {per_day} rows, each {wall:.1f} ms ({cpu:.1f} ms of CPU)")


def look(name: str, database: Database, plan_code: str) -> str:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    times = []
    spent = time.process_time()
    for _ in range(7):
        with database.reading() as session:
            plan = session.exec(select(Plan).where(Plan.code == plan_code)).one()
            begun = time.perf_counter()
            coverage = compute_coverage(session, plan, first, last, now=NOW, with_rows=False)
            times.append(time.perf_counter() - begun)
    best, middle = min(times) * 1000, sorted(times)[3] * 1000
    cpu = (time.process_time() - spent) / 7 * 1000
    figures = f"{len(coverage.rows)} rows: best {best:.0f} ms, median {middle:.0f} ms ({cpu:.0f} ms of CPU)"
    figures += f", {peak()} MB"
    say(name, "dashboard", figures)
    count_sessions(name, database, Period(first, last))
    begun = time.perf_counter()
    with database.reading() as session:
        rows = session.exec(select(func.count()).select_from(AsRun)).one()
        sums = sum_calendar(session, first, last)
    scanned = time.perf_counter() - begun
    total = sum(one.aired_ms for one in sums.values())
    whole = next(row for row in coverage.rows if not row.theme and not row.station and not row.unit)
    assert whole.aired == total, (whole.aired, total)
    say(name, "scan of a year", f"{rows:,} rows in the table, {scanned:.1f} s, the same sum")
    return sha256(repr(coverage).encode()).hexdigest()


def count_sessions(name: str, database: Database, days: Period) -> None:
    """Programmes of all themes, which stand counted by month, and of one theme: the best of three."""
    for what, scope in (("all themes", Scope()), ("a theme", Scope(theme="3"))):
        times = []
        for _ in range(3):
            with database.reading() as session:
                begun = time.perf_counter()
                planned, *_ = count_programmes(session, scope, days, NOW)
                times.append(time.perf_counter() - begun)
        say(name, "programmes", f"of {what} on all stations: {planned:,}, {min(times) * 1000:.0f} ms")


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


def list_airings(
    station_id: int,
    per_day: int,
    state: AiringState = AiringState.PLANNED,
    code: str = "",
    data: Mapping[str, int] = NOTHING,
    *,
    days: range = range(DAYS),
) -> Iterator[tuple[Any, ...]]:
    """In the order of `AIRING`."""
    for day in days:
        local = FIRST + timedelta(days=day)
        starts = datetime.combine(local, datetime.min.time(), UTC) - timedelta(hours=2)
        for place in range(per_day):
            begins = starts + timedelta(seconds=place * SECONDS)
            asset = piece_of(station_id, day, place) + 1
            yield (
                station_id, station_id, local, place, ItemRole.SEGMENT, asset, begins,
                begins + timedelta(seconds=SECONDS), state, "variety", NOTHING, code, data, NONE,
            )  # fmt: skip


def write_logs(station_id: int, per_day: int, days: range = range(DAYS)) -> Iterator[tuple[str, bytes]]:
    lines: list[str] = []
    month = ""
    head = "station,device,playlist_date,position,sha256,title,started_at,stopped_at,outcome,note"
    for day in days:
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


def peak() -> int:
    """Megabytes that this process held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


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
