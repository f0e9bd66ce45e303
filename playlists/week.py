"""A station's week as plain values: every session of its grid, also the empty ones, with what airs in it."""

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from assets.messages import say
from assets.models import Asset
from scheduler.calendar import expand_slots
from scheduler.layers import read_holidays, read_slots
from scheduler.models import Airing, AiringState, ItemRole, Slot, Station
from scheduler.reasons import URGENT

DAYS = 7
MOST_DAYS = 400
"""More than a year at once is no view but an export."""


@dataclass(frozen=True, slots=True)
class WeekPiece:
    """A planned piece; `starts_at` has the station's offset."""

    title: str
    role: str
    starts_at: datetime
    duration_ms: int
    state: str
    is_urgent: bool

    @property
    def is_tune(self) -> bool:
        return self.role != ItemRole.SEGMENT


@dataclass(frozen=True, slots=True)
class WeekSession:
    """A slot on one day; without pieces it is still to be filled."""

    slot: str
    starts_at: datetime
    ends_at: datetime
    pieces: tuple[WeekPiece, ...]
    relay_source: str = ""
    """Whose programme is relayed; such a session holds nothing of ours."""

    @property
    def segments(self) -> tuple[WeekPiece, ...]:
        return tuple(piece for piece in self.pieces if not piece.is_tune)

    @property
    def note(self) -> str:
        """What is said of a session without pieces."""
        if self.relay_source:
            return say("playlists.week.relay", source=self.relay_source)
        return say("playlists.week.empty")

    @property
    def is_urgent(self) -> bool:
        return any(piece.is_urgent for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class WeekDay:
    day: date
    sessions: tuple[WeekSession, ...]
    holiday: str = ""
    """What public holiday it is."""


@dataclass(frozen=True, slots=True)
class Week:
    """Days of a station in order, usually from a Monday to a Sunday."""

    station: str
    station_name: str
    timezone: str
    days: tuple[WeekDay, ...]

    @property
    def first(self) -> date:
        return self.days[0].day

    @property
    def last(self) -> date:
        return self.days[-1].day

    @property
    def sessions(self) -> tuple[WeekSession, ...]:
        return tuple(session for day in self.days for session in day.sessions)


def monday_of(day: date) -> date:
    """The Monday of its week, or the first day there is."""
    return date.fromordinal(max(1, day.toordinal() - day.weekday()))


def read_week(session: Session, station: Station, first: date, *, days: int = DAYS) -> Week:
    """The `days` days of the station from `first` on; what was pre-empted is left out."""
    last = date.fromordinal(min(first.toordinal() + min(days, MOST_DAYS) - 1, date.max.toordinal()))
    zone = ZoneInfo(station.timezone)
    pieces: dict[tuple[int, date], list[WeekPiece]] = defaultdict(list)
    names: dict[int, str] = {}
    rows = session.exec(
        select(Airing, Asset, Slot)
        .join(Asset, col(Asset.id) == col(Airing.asset_id))
        .join(Slot, col(Slot.id) == col(Airing.slot_id))
        .where(
            Airing.station_id == station.id,
            col(Airing.local_date).between(first, last),
            Airing.state != AiringState.PREEMPTED,
        )
        .order_by(col(Airing.starts_at), col(Airing.position))
    )
    for airing, asset, slot in rows:
        names[airing.slot_id] = slot.name
        pieces[airing.slot_id, airing.local_date].append(_make_piece(airing, asset, zone))
    found: dict[date, list[WeekSession]] = defaultdict(list)
    for one in expand_slots(read_slots(session, [station]), first, last):
        aired = tuple(pieces.pop((one.slot_id, one.local_date), ()))
        begins, ends = one.starts_at.astimezone(zone), one.ends_at.astimezone(zone)
        found[one.local_date].append(WeekSession(one.slot, begins, ends, aired, one.relay_source))
    for (slot_id, day), left in pieces.items():  # outside the grid: urgent bulletins, and slots changed since
        ends = left[-1].starts_at + timedelta(milliseconds=left[-1].duration_ms)
        found[day].append(WeekSession(names[slot_id], left[0].starts_at, ends, tuple(left)))
    holidays = read_holidays(session)
    shown = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return Week(
        station=station.code,
        station_name=station.name,
        timezone=station.timezone,
        days=tuple(
            WeekDay(day, tuple(sorted(found[day], key=lambda one: one.starts_at)), holidays.name(day))
            for day in shown
        ),
    )


def describe_week(week: Week) -> dict[str, Any]:
    """The week as plain JSON values: days and moments in ISO 8601, moments with offset."""
    content = asdict(week)
    for day in content["days"]:
        day["day"] = day["day"].isoformat()
        for one in day["sessions"]:
            for moments in (one, *one["pieces"]):
                for name in ("starts_at", "ends_at"):
                    if name in moments:
                        moments[name] = moments[name].isoformat()
            one["pieces"] = list(one["pieces"])
        day["sessions"] = list(day["sessions"])
    content["days"] = list(content["days"])
    return {"format": "loa-week/1", **content}


def _make_piece(airing: Airing, asset: Asset, zone: ZoneInfo) -> WeekPiece:
    return WeekPiece(
        title=asset.title,
        role=airing.role.value,
        starts_at=airing.starts_at.astimezone(zone),
        duration_ms=(airing.ends_at - airing.starts_at) // timedelta(milliseconds=1),
        state=airing.state.value,
        is_urgent=airing.reason_code == URGENT,
    )
