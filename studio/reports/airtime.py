"""What was on air: sums by theme, station and day, and what went wrong."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from babel.dates import format_date
from sqlmodel import Session, select

from assets.messages import current_language, say
from scheduler.models import AiringState, Station
from studio.planning.amounts import shorten
from studio.planning.counting import AiredRow, PlannedRow, count_aired, count_planned
from studio.reports.report import Cell, Chart, Column, Series, Table

MAX_DAY_BARS = 35
MAX_SERIES = 6
_FAILED = frozenset({AiringState.MISSED, AiringState.PREEMPTED})
_FIGURES = (
    Column("planned", "count"),
    Column("aired", "count"),
    Column("partial", "count"),
    Column("missed", "count"),
    Column("unconfirmed", "count"),
    Column("planned_ms", "duration"),
    Column("aired_ms", "duration"),
)
_IDS = Column("asrun_ids", "ids")
_Key = TypeVar("_Key", bound=Hashable)


@dataclass(slots=True)
class Tally:
    """Sums of some rows; `asrun_ids` are the rows behind `aired`, `partial` and `aired_ms`."""

    planned: int = 0
    aired: int = 0
    partial: int = 0
    missed: int = 0
    unconfirmed: int = 0
    planned_ms: int = 0
    aired_ms: int = 0
    asrun_ids: list[int] = field(default_factory=list)

    @property
    def cells(self) -> tuple[Cell, ...]:
        counts = (self.planned, self.aired, self.partial, self.missed, self.unconfirmed)
        return (*counts, self.planned_ms, self.aired_ms)

    def hear(self, row: AiredRow) -> None:
        self.aired += row.counts_airing
        self.partial += row.state == AiringState.PARTIAL
        self.aired_ms += row.counted_ms
        self.asrun_ids.append(row.asrun_id)

    def plan(self, row: PlannedRow, now: datetime) -> None:
        self.planned += 1
        self.planned_ms += row.duration_ms
        self.missed += row.state in _FAILED
        self.unconfirmed += row.is_unconfirmed(now)


@dataclass(frozen=True, slots=True)
class Airtime:
    """All rows of a period; `heard` is content only, `other` tunes and files that nobody knows."""

    first: date
    last: date
    now: datetime
    heard: tuple[AiredRow, ...]
    other: tuple[AiredRow, ...]
    planned: tuple[PlannedRow, ...]
    stations: Mapping[str, str]
    """Code to name, in the order of the stations."""
    is_sample: bool

    @property
    def total(self) -> Tally:
        return self.sum_by(lambda _: "")[""]

    def sum_by(self, key: Callable[[AiredRow | PlannedRow], _Key]) -> dict[_Key, Tally]:
        sums: dict[_Key, Tally] = defaultdict(Tally)
        for row in self.heard:
            sums[key(row)].hear(row)
        for planned in self.planned:
            sums[key(planned)].plan(planned, self.now)
        return sums


def gather_airtime(session: Session, first: date, last: date, *, now: datetime) -> Airtime:
    """The as-run rows and planned airings of the broadcast days from `first` to `last`."""
    aired = count_aired(session, first, last)
    stations = session.exec(select(Station).order_by(Station.kind, Station.code)).all()
    return Airtime(
        first=first,
        last=last,
        now=now,
        heard=tuple(row for row in aired if row.labels.is_content),
        other=tuple(row for row in aired if not row.labels.is_content),
        planned=tuple(count_planned(session, first, last)),
        stations={station.code: station.name for station in stations},
        is_sample=any(station.is_sample for station in stations),
    )


def tabulate_days(airtime: Airtime) -> Table:
    """One row per day, station and theme: nothing counted twice, every row with its sources."""
    sums = airtime.sum_by(lambda row: (row.local_date, row.station, row.labels.theme or ""))
    rows = tuple(
        (day, station, theme or None, *tally.cells, tuple(tally.asrun_ids))
        for (day, station, theme), tally in sorted(sums.items())
    )
    total = airtime.total
    columns = (Column("day", "day"), Column("station"), Column("theme"), *_FIGURES, _IDS)
    return Table("days", columns, rows, (say("reports.total"), None, None, *total.cells, None))


def tabulate_stations(airtime: Airtime) -> Table:
    sums = airtime.sum_by(lambda row: row.station)
    other: dict[str, int] = defaultdict(int)
    days: dict[str, set[date]] = defaultdict(set)
    for row in (*airtime.heard, *airtime.other):
        if row.counted_ms:
            days[row.station].add(row.local_date)
    for row in airtime.other:
        other[row.station] += row.counted_ms
    columns = (
        Column("station"), Column("station_name"), Column("days_on_air", "count"), *_FIGURES,
        Column("other_ms", "duration"), _IDS,
    )  # fmt: skip
    rows = tuple(
        (code, name, len(days[code]), *sums[code].cells, other[code], tuple(sums[code].asrun_ids))
        for code, name in airtime.stations.items()
    )
    label = say("reports.total")
    total = (label, label, None, *airtime.total.cells, sum(other.values()), None)
    return Table("stations", columns, rows, total)


def tabulate_themes(airtime: Airtime, themes: Iterable[tuple[str, str]]) -> Table:
    """One row per theme, its topics included, and one per topic under it; `themes` are codes and titles."""
    titles = dict(themes)
    sums = airtime.sum_by(lambda row: row.labels.theme)
    codes = [*titles, *sorted(code for code in sums if code is not None and code not in titles)]
    rows: list[tuple[Cell, ...]] = []
    depths: list[int] = []
    for code in codes:
        parts = [tally for known, tally in sums.items() if known and (known + ".").startswith(code + ".")]
        if not parts and "." in code:
            continue
        tally = _add(parts)
        rows.append((code, shorten(titles.get(code, code), 90), *tally.cells, tuple(tally.asrun_ids)))
        depths.append(code.count("."))
    if None in sums:
        rows.append((None, say("reports.no_theme"), *sums[None].cells, tuple(sums[None].asrun_ids)))
        depths.append(0)
    columns = (Column("theme"), Column("theme_title"), *_FIGURES, _IDS)
    total = (say("reports.total"), None, *airtime.total.cells, None)
    return Table("themes", columns, tuple(rows), total, tuple(depths))


def tabulate_incidents(airtime: Airtime) -> Table:
    """What did not go out whole, or was never confirmed, or nobody planned; each with its reason."""
    found: list[tuple[Cell, ...]] = []
    for planned in airtime.planned:
        if planned.state in _FAILED or planned.is_unconfirmed(airtime.now):
            state = planned.state if planned.state in _FAILED else AiringState.UNCONFIRMED
            why = planned.reason or say("reports.reason.no_log")
            found.append((planned.starts_at, planned.station, planned.labels.title, _word(state),
                          planned.duration_ms, 0, why, ()))  # fmt: skip
    lengths = {planned.airing_id: planned.duration_ms for planned in airtime.planned}
    for row in (*airtime.heard, *airtime.other):
        reason = _find_fault(row)
        if reason:
            due = lengths.get(row.airing_id or 0)
            found.append((row.started_at, row.station, row.labels.title, _word(row.state),
                          due, row.counted_ms, reason, (row.asrun_id,)))  # fmt: skip
    columns = (
        Column("moment", "moment"), Column("station"), Column("piece"), Column("state"),
        Column("planned_ms", "duration"), Column("aired_ms", "duration"), Column("reason"), _IDS,
    )  # fmt: skip
    return Table("incidents", columns, tuple(sorted(found, key=lambda row: (str(row[0]), str(row[1])))))


def tabulate_records(airtime: Airtime) -> Table:
    """Every as-run row with what of it counts: the rows that all figures are sums of."""
    columns = (
        Column("asrun_id", "count"), Column("airing_id", "count"), Column("day", "day"), Column("station"),
        Column("started_at", "moment"), Column("stopped_at", "moment"), Column("aired_ms", "duration"),
        Column("state"), Column("theme"), Column("audience"), Column("form"), Column("piece"),
        Column("reason"),
    )  # fmt: skip
    rows = tuple(
        (row.asrun_id, row.airing_id, row.local_date, row.station, row.started_at, row.stopped_at,
         row.counted_ms, _word(row.state), row.labels.theme, row.labels.audience, row.labels.form,
         row.labels.title, row.reason)
        for row in sorted((*airtime.heard, *airtime.other), key=lambda row: row.asrun_id)
    )  # fmt: skip
    return Table("records", columns, rows)


def draw_airtime(airtime: Airtime) -> Chart:
    """Measured content per day, or per month of a long period, stacked by station."""
    length = (airtime.last - airtime.first).days + 1
    days = [date.fromordinal(airtime.first.toordinal() + number) for number in range(length)]
    name = _name_day if length <= MAX_DAY_BARS else _name_month
    bars = tuple(dict.fromkeys(name(day) for day in days))
    heard: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in airtime.heard:
        heard[row.station][name(row.local_date)] += row.counted_ms
    due: dict[str, int] = defaultdict(int)
    for planned in airtime.planned:
        due[name(planned.local_date)] += planned.duration_ms
    ranked = sorted(heard, key=lambda code: -sum(heard[code].values()))
    shown = [code for code in airtime.stations if code in ranked[:MAX_SERIES]]
    series = [Series(airtime.stations[code], tuple(heard[code][bar] for bar in bars)) for code in shown]
    if rest := ranked[MAX_SERIES:]:
        amounts = tuple(sum(heard[code][bar] for code in rest) for bar in bars)
        series.append(Series(say("reports.other_stations"), amounts))
    return Chart(bars, tuple(series), tuple(due[bar] for bar in bars))


def _name_day(day: date) -> str:
    return f"{format_date(day, 'EEEEEE', locale=current_language())} {day:%d/%m}"


def _name_month(day: date) -> str:
    return f"{day:%m/%Y}"


def _find_fault(row: AiredRow) -> str | None:
    if row.state != AiringState.AIRED:
        return row.reason or say("reports.reason.not_whole")
    if row.labels.asset_key is None:
        return say("reports.reason.unknown_file")
    measured = row.stopped_at - row.started_at
    if row.counted_ms + 1000 < measured.total_seconds() * 1000:
        return say("reports.reason.overlapping")
    return None


def _add(parts: Iterable[Tally]) -> Tally:
    total = Tally()
    for part in parts:
        total.planned += part.planned
        total.aired += part.aired
        total.partial += part.partial
        total.missed += part.missed
        total.unconfirmed += part.unconfirmed
        total.planned_ms += part.planned_ms
        total.aired_ms += part.aired_ms
        total.asrun_ids += part.asrun_ids
    return total


def _word(state: AiringState) -> str:
    return say(f"reports.state.{state.value.replace('-', '_')}")
