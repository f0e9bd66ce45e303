"""What is to be reminded of: each finder reads the present and says what is the case now."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from scheduler.calendar import expand_slots
from scheduler.expressions import not_aired
from scheduler.layers import read_slots
from scheduler.models import Airing, AiringState, Station
from scheduler.stations import list_stations
from studio.planning.models import Plan, Task, TaskState
from studio.planning.units import list_units
from studio.reminders.models import ReminderKind
from studio.reports.models import ReportPeriod
from studio.scripts.models import Script, ScriptState

SCRIPT_NOTICE = timedelta(days=2)
"""A script is asked for so long before it is due: it must be read, approved and voiced."""
TASK_NOTICE = timedelta(days=7)
LOG_MEMORY = timedelta(days=7)
"""A log that has not come for a week is asked for on the telephone, not on a page."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that is the case. `data` fills the sentence of its kind."""

    kind: ReminderKind
    key: str
    address: str
    station_id: int | None = None
    data: Mapping[str, object] = field(default_factory=dict)


def find_due_scripts(session: Session, now: datetime, zone: ZoneInfo) -> list[Cause]:
    """Scripts that are due in two days at the latest and not approved."""
    until = now.astimezone(zone).date() + SCRIPT_NOTICE
    late = session.exec(
        select(Script)
        .where(col(Script.due_on) <= until, Script.state != ScriptState.APPROVED)
        .order_by(col(Script.due_on), col(Script.code))
    )
    return [
        Cause(
            ReminderKind.SCRIPT_DUE,
            f"script-due/{script.code}/{script.due_on}",
            f"/scripts/{script.code}",
            data={"title": script.title, "day": _tell_day(script.due_on), "state": script.state.value},
        )
        for script in late
    ]


def find_empty_slots(session: Session, now: datetime, _zone: ZoneInfo) -> list[Cause]:
    """Stations that have, in their tomorrow, a slot in which nothing is planned."""
    stations = {one.code: one for one in list_stations(session)}
    days = {
        code: now.astimezone(ZoneInfo(one.timezone)).date() + timedelta(days=1)
        for code, one in stations.items()
    }
    if not days:
        return []
    around = min(days.values()), max(days.values())
    day = col(Airing.local_date)
    filled = set(session.exec(select(col(Airing.slot_id), day).where(day.between(*around))))
    empty = defaultdict(list)
    for one in expand_slots(read_slots(session, stations.values()), *around):
        due = one.local_date == days[one.station] and not one.relay_source
        if due and (one.slot_id, one.local_date) not in filled:
            empty[one.station].append(one.slot)
    return [
        _at_station(
            ReminderKind.SLOT_EMPTY, station, days[code], slots=", ".join(empty[code]), count=len(empty[code])
        )
        for code, station in stations.items()
        if code in empty
    ]


def find_missing_logs(session: Session, now: datetime, zone: ZoneInfo) -> list[Cause]:
    """Days of which a station has sent no log, and nobody has said how they went."""
    since = now.astimezone(zone).date() - LOG_MEMORY
    silent = session.exec(
        select(col(Airing.station_id), col(Airing.local_date))
        .where(
            not_aired(col(Airing.state)),
            Airing.state == AiringState.UNCONFIRMED,
            Airing.state_code == "no-log",
            col(Airing.local_date) >= since,
        )
        .distinct()
    ).all()
    stations = {station.id: station for station in list_stations(session)}
    return [
        _at_station(ReminderKind.LOG_MISSING, stations[station_id], day)
        for station_id, day in sorted(silent, key=lambda one: (stations[one[0]].code, one[1]))
    ]


def find_due_tasks(session: Session, now: datetime, zone: ZoneInfo) -> list[Cause]:
    """Reports and other duties of units that are due within a week and not done."""
    until = now.astimezone(zone).date() + TASK_NOTICE
    names = {unit.code: unit.name for unit in list_units(session)}
    due = session.exec(
        select(Task)
        .where(col(Task.due_on) <= until, col(Task.state).in_((TaskState.OPEN, TaskState.DOING)))
        .order_by(col(Task.due_on), col(Task.id))
    )
    return [
        Cause(
            ReminderKind.REPORT_DUE,
            f"report-due/{task.id}/{task.due_on}",
            "/targets",
            data={
                "title": task.title,
                "unit": names.get(task.unit, task.unit),
                "day": _tell_day(task.due_on),
            },
        )
        for task in due
    ]


def find_open_reports(session: Session, now: datetime, zone: ZoneInfo) -> list[Cause]:
    """Reports whose period is over, and which nobody has closed."""
    today = now.astimezone(zone).date()
    over = session.exec(
        select(ReportPeriod, Plan.title)
        .join(Plan, col(Plan.id) == col(ReportPeriod.plan_id))
        .where(col(ReportPeriod.closed_at).is_(None), col(ReportPeriod.last_date) < today)
        .order_by(col(ReportPeriod.last_date), col(ReportPeriod.id))
    )
    return [
        Cause(
            ReminderKind.REPORT_DUE,
            f"report-open/{period.id}/{period.last_date}",
            f"/reports/{period.id}",
            data={"title": period.name, "unit": plan, "day": _tell_day(period.last_date)},
        )
        for period, plan in over
    ]


def find_due_work(session: Session, now: datetime, zone: ZoneInfo) -> list[Cause]:
    """Duties of units, and reports of the centre."""
    return [*find_due_tasks(session, now, zone), *find_open_reports(session, now, zone)]


FINDERS: Mapping[ReminderKind, Callable[[Session, datetime, ZoneInfo], list[Cause]]] = {
    ReminderKind.SCRIPT_DUE: find_due_scripts,
    ReminderKind.SLOT_EMPTY: find_empty_slots,
    ReminderKind.LOG_MISSING: find_missing_logs,
    ReminderKind.REPORT_DUE: find_due_work,
}


def _at_station(kind: ReminderKind, station: Station, day: date, **data: object) -> Cause:
    return Cause(
        kind,
        f"{kind}/{station.code}/{day.isoformat()}",
        f"/stations/{station.code}?day={day.isoformat()}",
        station.id,
        {"station": station.name, "day": _tell_day(day), **data},
    )


def _tell_day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "-"
