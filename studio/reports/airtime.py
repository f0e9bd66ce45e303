"""What was on air as tables: by theme, station, origin, day or month, and what went wrong."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from babel.dates import format_date
from sqlmodel import Session, and_, col, or_, select

from assets.messages import current_language, say
from assets.models import Asset, Origin
from scheduler.expressions import milliseconds_between, not_aired
from scheduler.models import Airing, AiringState, AsRun, Relay, Station
from scheduler.reasons import Reason
from scheduler.sums import CONTENT, OPEN, Sums, month_of, select_columns
from studio.planning.amounts import shorten
from studio.planning.counting import AiredRow
from studio.reports.report import Calendar, CalendarDay, Cell, Chart, Column, Series, Table
from studio.reports.sounding import Airtime, Kind

MAX_SERIES = 6
MOST_INCIDENTS = 2_000
_FAILED = (AiringState.MISSED, AiringState.PREEMPTED)
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


def count_missed(sums: Sums) -> int:
    """Planned airings that are known to have failed."""
    return sums.planned - sums.confirmed - sums.waiting


def _cells(sums: Sums) -> tuple[Cell, ...]:
    counts = (sums.planned, sums.aired, sums.partial, count_missed(sums), sums.over)
    return (*counts, sums.planned_ms, sums.aired_ms)


def _group_ids(airtime: Airtime, key: Callable[[AiredRow], Any]) -> dict[Any, list[int]]:
    found: dict[Any, list[int]] = defaultdict(list)
    for row in airtime.heard:
        if row.counted_ms or row.counts_airing:
            found[key(row)].append(row.asrun_id)
    return found


def tabulate_days(airtime: Airtime) -> Table:
    """One row per day, station and theme: nothing counted twice, every row with its sources."""
    ids = _group_ids(airtime, lambda row: (row.local_date, row.station, row.labels.theme or ""))
    rows = tuple(
        (day, station, theme or None, *_cells(sums), tuple(ids[day, station, theme]))
        for (day, station, theme), sums in sorted((airtime.details or {}).items())
    )
    columns = (Column("day", "day"), Column("station"), Column("theme"), *_FIGURES, _IDS)
    return Table("days", columns, rows, (say("reports.total"), None, None, *_cells(airtime.total), None))


def tabulate_months(airtime: Airtime) -> Table:
    """One row per day of a short period or month of a long one, and origin."""
    sums = airtime.sum_kinds(lambda kind: (kind.bar, kind.origin))
    origins = [origin.value for origin in Origin]
    rows = tuple(
        (bar, say(f"reports.origin.{origin}"), *_cells(one))
        for (bar, origin), one in sorted(
            sums.items(), key=lambda item: (item[0][0], origins.index(item[0][1]))
        )
    )
    columns = (Column("from", "day"), Column("origin"), *_FIGURES)
    return Table("months", columns, rows, (say("reports.total"), None, *_cells(airtime.total)))


def tabulate_origins(airtime: Airtime) -> Table:
    """Own, supplied and relayed content: airings, minutes, share of the minutes."""
    sums = airtime.sum_kinds(lambda kind: kind.origin)
    ids = _group_ids(airtime, lambda row: row.labels.origin)
    total = airtime.total
    rows = tuple(
        (say(f"reports.origin.{origin}"), *_cells(one),
         one.aired_ms / total.aired_ms if total.aired_ms else 0.0, tuple(ids[origin.value]))
        for origin in Origin
        for one in [sums.get(origin.value, Sums())]
    )  # fmt: skip
    columns = (Column("origin"), *_FIGURES, Column("share_of_minutes", "share"), _IDS)
    return Table("origins", columns, rows, (say("reports.total"), *_cells(total), None, None))


def tabulate_stations(airtime: Airtime) -> Table:
    sums = airtime.sum_places(lambda place: place.station)
    by_origin = airtime.sum_places(lambda place: (place.station, place.origin))
    ids = _group_ids(airtime, lambda row: row.station)
    columns = (
        Column("station"), Column("station_name"), Column("days_on_air", "count"), *_FIGURES,
        *(Column(f"{origin.value}_ms", "duration") for origin in Origin),
        Column("other_ms", "duration"), _IDS,
    )  # fmt: skip
    rows = tuple(
        (code, name, airtime.days_on_air.get(code, 0), *_cells(sums.get(code, Sums())),
         *(by_origin.get((code, origin.value), Sums()).aired_ms for origin in Origin),
         airtime.other_ms.get(code, 0), tuple(ids[code]))
        for code, name in airtime.stations.items()
    )  # fmt: skip
    origins = airtime.sum_kinds(lambda kind: kind.origin)
    label = say("reports.total")
    total = (
        label, label, None, *_cells(airtime.total),
        *(origins.get(origin.value, Sums()).aired_ms for origin in Origin),
        sum(airtime.other_ms.values()), None,
    )  # fmt: skip
    return Table("stations", columns, rows, total)


def tabulate_themes(airtime: Airtime, themes: Iterable[tuple[str, str]]) -> Table:
    """One row per theme, its topics included, and one per topic under it; `themes` are codes and titles."""
    titles = dict(themes)
    sums: dict[str | None, Sums] = airtime.sum_kinds(_find_theme)
    ids = _group_ids(airtime, lambda row: row.labels.theme or "")
    others = sorted(code for code in sums if code and code not in titles)
    codes = [*titles, *others]
    rows: list[tuple[Cell, ...]] = []
    depths: list[int] = []
    for code in codes:
        known = sorted(one for one in sums if one and (one + ".").startswith(code + "."))
        if not known and "." in code:
            continue
        total = Sums()
        for one in known:
            total.add(sums[one])
        behind = tuple(number for one in known for number in ids[one or ""])
        rows.append((code, shorten(titles.get(code, code), 90), *_cells(total), behind))
        depths.append(code.count("."))
    if "" in sums:
        rows.append((None, say("reports.no_theme"), *_cells(sums[""]), tuple(ids[""])))
        depths.append(0)
    if None in sums:
        rows.append((None, say("reports.origin.relayed"), *_cells(sums[None]), ()))
        depths.append(0)
    columns = (Column("theme"), Column("theme_title"), *_FIGURES, _IDS)
    label = say("reports.total")
    totals = (label, label, *_cells(airtime.total), None)
    return Table("themes", columns, tuple(rows), totals, tuple(depths))


def _find_theme(kind: Kind) -> str | None:
    """None is a relay, whose themes are another's; empty is a piece that was given none."""
    return None if not kind.theme and kind.origin == Origin.RELAYED.value else kind.theme


def tabulate_relays(airtime: Airtime) -> Table:
    """One row per station and source: what was carried of others' programmes."""
    rows = tuple(
        (code, airtime.stations.get(code, code), source, *_cells(sums))
        for (code, source), sums in sorted(airtime.relays.items())
    )
    columns = (Column("station"), Column("station_name"), Column("source"), *_FIGURES)
    label = say("reports.total")
    return Table("relays", columns, rows, (label, label, None, *_cells(add_relays(airtime))))


def add_relays(airtime: Airtime) -> Sums:
    """All relays together."""
    total = Sums()
    for sums in airtime.relays.values():
        total.add(sums)
    return total


def tabulate_incidents(session: Session, airtime: Airtime) -> Table:
    """What did not go out whole, or was never confirmed, or nobody planned; each with its reason.

    The earliest are listed where there are very many; the table says how many it leaves out.
    """
    planned, more = _read_failed(session, airtime)
    faulty, others = _read_faulty(session, airtime)
    relays = _read_faulty_relays(session, airtime)
    columns = (
        Column("moment", "moment"), Column("station"), Column("station_name"), Column("piece"),
        Column("state"), Column("planned_ms", "duration"), Column("aired_ms", "duration"),
        Column("reason"), _IDS,
    )  # fmt: skip
    rows = sorted([*planned, *faulty, *relays], key=lambda row: (str(row[0]), str(row[1])))
    named = ((moment, code, airtime.stations.get(str(code), code), *rest) for moment, code, *rest in rows)
    return Table("incidents", columns, tuple(named), left_out=more + others)


def _read_failed(session: Session, airtime: Airtime) -> tuple[list[tuple[Cell, ...]], int]:
    waiting = and_(col(Airing.state).in_(OPEN), col(Airing.ends_at) <= airtime.now)
    # Chosen before they are joined: else SQLite begins with the pieces and looks at all of their airings.
    others = select_columns(Asset.id).where(col(Asset.kind).not_in(CONTENT))
    chosen = (
        select_columns(Airing.id)
        .where(
            not_aired(col(Airing.state)),
            or_(col(Airing.state).in_(_FAILED), waiting),
            col(Airing.local_date).between(airtime.first, airtime.last),
            col(Airing.asset_id).not_in(others),
        )
        .order_by(Airing.local_date, Airing.id)
        .limit(MOST_INCIDENTS)
    )
    query = (
        select_columns(
            Airing.starts_at, Station.code, Asset.title, Airing.state,
            milliseconds_between(col(Airing.starts_at), col(Airing.ends_at)),
            Airing.state_code, Airing.state_data,
        )
        .join(Station, col(Station.id) == col(Airing.station_id))
        .join(Asset, col(Asset.id) == col(Airing.asset_id))
        .where(col(Airing.id).in_(chosen))
        .order_by(Airing.local_date, Airing.id)
    )  # fmt: skip
    found: list[tuple[Cell, ...]] = []
    for starts_at, station, title, state, planned_ms, code, data in session.connection().execute(query):
        shown = state if state in _FAILED else AiringState.UNCONFIRMED
        why = Reason(code, data).wording if code else say("reports.reason.no_log")
        found.append((starts_at, station, title, _word(shown), int(planned_ms), 0, why, ()))
    total = airtime.total
    relayed = add_relays(airtime)
    missed = count_missed(total) + total.over - count_missed(relayed) - relayed.over
    return found, max(missed - len(found), 0)


def _read_faulty_relays(session: Session, airtime: Airtime) -> list[tuple[Cell, ...]]:
    """Relays that were not carried whole, or of which nobody has told."""
    query = (
        select(Relay, Station.code)
        .join(Station, col(Station.id) == col(Relay.station_id))
        .where(
            col(Relay.local_date).between(airtime.first, airtime.last),
            or_(
                col(Relay.state).in_((AiringState.MISSED, AiringState.PARTIAL)),
                and_(col(Relay.state).in_(OPEN), col(Relay.ends_at) <= airtime.now),
            ),
        )
        .order_by(col(Relay.local_date), col(Relay.id))
        .limit(MOST_INCIDENTS)
    )
    found: list[tuple[Cell, ...]] = []
    for relay, code in session.exec(query):
        shown = AiringState.UNCONFIRMED if relay.state in OPEN else relay.state
        planned_ms = round((relay.ends_at - relay.starts_at).total_seconds() * 1000)
        name = say("playlists.week.relay", source=relay.source)
        why = relay.state_reason or say("reports.reason.no_log")
        found.append((relay.starts_at, code, name, _word(shown), planned_ms, relay.aired_ms, why, ()))
    return found


def _read_faulty(session: Session, airtime: Airtime) -> tuple[list[tuple[Cell, ...]], int]:
    """Rows of logs that did not count, or not whole."""
    query = (
        select_columns(
            AsRun.started_at, Station.code, AsRun.title, AsRun.state, Airing.starts_at, Airing.ends_at,
            AsRun.aired_ms, AsRun.reason_code, AsRun.reason_data, AsRun.id, Asset.title,
        )
        .join(Station, col(Station.id) == col(AsRun.station_id))
        .join(Airing, col(Airing.id) == col(AsRun.airing_id), isouter=True)
        .join(Asset, col(Asset.id) == col(AsRun.asset_id), isouter=True)
        .where(not_aired(col(AsRun.state)), col(AsRun.local_date).between(airtime.first, airtime.last))
        .order_by(AsRun.local_date, AsRun.id)
        .limit(MOST_INCIDENTS + 1)
    )  # fmt: skip
    found: list[tuple[Cell, ...]] = []
    for (
        began,
        station,
        title,
        state,
        starts,
        ends,
        ms,
        code,
        data,
        number,
        name,
    ) in session.connection().execute(query):
        due = round((ends - starts).total_seconds() * 1000) if starts is not None else None
        why = Reason(code, data).wording if code else say("reports.reason.not_whole")
        counted = ms if state == AiringState.PARTIAL else 0
        found.append((began, station, name or title, _word(state), due, counted, why, (number,)))
    if len(found) <= MOST_INCIDENTS:
        return found, 0
    whole = select(col(AsRun.id)).where(
        not_aired(col(AsRun.state)), col(AsRun.local_date).between(airtime.first, airtime.last)
    )
    return found[:MOST_INCIDENTS], len(session.exec(whole).all()) - MOST_INCIDENTS


def tabulate_records(airtime: Airtime) -> Table:
    """Every as-run row with what of it counts: the rows that all figures are sums of."""
    columns = (
        Column("asrun_id", "count"), Column("airing_id", "count"), Column("day", "day"), Column("station"),
        Column("started_at", "moment"), Column("stopped_at", "moment"), Column("aired_ms", "duration"),
        Column("state"), Column("theme"), Column("audience"), Column("form"), Column("origin"),
        Column("piece"), Column("reason"),
    )  # fmt: skip
    rows = tuple(
        (row.asrun_id, row.airing_id, row.local_date, row.station, row.started_at, row.stopped_at,
         row.counted_ms, _word(row.state), row.labels.theme, row.labels.audience, row.labels.form,
         say(f"reports.origin.{row.labels.origin}") if row.labels.origin else None,
         row.labels.title, row.reason)
        for row in sorted(airtime.rows or (), key=lambda row: row.asrun_id)
    )  # fmt: skip
    return Table("records", columns, rows)


def draw_airtime(airtime: Airtime, wanted: Callable[[date, date], int | None]) -> Chart:
    """Measured content per bar, stacked by station; `wanted` gives what targets ask of some days, in ms."""
    heard = airtime.sum_places(lambda place: (place.station, place.bar))
    due = airtime.sum_kinds(lambda kind: kind.bar)
    whole = airtime.sum_places(lambda place: place.station)
    ranked = sorted(whole, key=lambda code: (-whole[code].aired_ms, code))
    ranked = [code for code in ranked if whole[code].aired_ms]
    bars = airtime.bars

    def amounts(codes: Iterable[str]) -> tuple[int, ...]:
        chosen = list(codes)
        return tuple(sum(heard.get((code, bar), Sums()).aired_ms for code in chosen) for bar in bars)

    shown = [code for code in airtime.stations if code in ranked[:MAX_SERIES]]
    series = [Series(airtime.stations[code], amounts([code])) for code in shown]
    if rest := ranked[MAX_SERIES:]:
        series.append(Series(say("reports.other_stations"), amounts(rest)))
    ends = [*bars[1:], None]
    asked = [
        wanted(max(bar, airtime.first), date.fromordinal(end.toordinal() - 1) if end else airtime.last)
        for bar, end in zip(bars, ends, strict=True)
    ]
    return Chart(
        bars=tuple(_name_day(bar) if airtime.is_daily else f"{bar:%m/%Y}" for bar in bars),
        series=tuple(series),
        planned=tuple(due.get(bar, Sums()).planned_ms for bar in bars),
        wanted=tuple(one or 0 for one in asked) if any(one is not None for one in asked) else (),
    )


def draw_calendar(airtime: Airtime) -> Calendar:
    """Every day of the period: what was planned and what aired whole, with a level of 0 to 4."""
    months: dict[date, list[CalendarDay]] = defaultdict(list)
    for number in range((airtime.last - airtime.first).days + 1):
        day = date.fromordinal(airtime.first.toordinal() + number)
        one = airtime.days.get(day)
        planned, aired, aired_ms = (one.planned, one.aired, one.aired_ms) if one else (0, 0, 0)
        level = None
        if planned or aired:
            level = 4 if aired >= planned else min(aired * 4 // planned, 3)
        months[month_of(day)].append(CalendarDay(day, planned, aired, aired_ms, level))
    return Calendar(tuple((f"{month:%m/%Y}", tuple(days)) for month, days in months.items()))


def _name_day(day: date) -> str:
    return f"{format_date(day, 'EEEEEE', locale=current_language())} {day:%d/%m}"


def _word(state: AiringState) -> str:
    return say(f"reports.state.{state.value.replace('-', '_')}")
