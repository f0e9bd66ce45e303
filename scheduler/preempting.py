"""Urgent bulletins in the schedule: they go over everything, and what they push aside is resumed or moved.

A piece is never entered in its middle: what a bulletin breaks into is played again from its start after it,
if its session still has room, and else in the next session that has. Closing tunes stay at the end. What is
past is never touched; what was pushed aside is written down, so that a bulletin called off gives it back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from assets.catalogue import rendition_for
from assets.messages import say
from assets.models import Asset
from scheduler.board import room_ms
from scheduler.by_hand import read_hand
from scheduler.calendar import Interval, SlotOccurrence, expand_slots, find_overlaps, quiet_windows
from scheduler.layers import read_slots
from scheduler.making_room import Piece, make_room
from scheduler.models import Airing, AiringState, ItemRole, Slot, Station
from scheduler.reasons import URGENT
from scheduler.stations import read_rules

MOVE_WITHIN = timedelta(days=7)
OPEN = (AiringState.PLANNED, AiringState.DOWNLOADED)
COPIES = ("resumed", "moved")
"""The reasons of airings that stand for what a bulletin pushed aside."""
_NEVER = date(2000, 1, 1)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(slots=True)
class Preemption:
    """What a bulletin changed at one station: new airings, and how those stood that it pushed aside."""

    station: str
    plays: list[int] = field(default_factory=list)
    added: list[int] = field(default_factory=list)
    """Resumptions and moves."""
    before: dict[int, dict[str, Any]] = field(default_factory=dict)
    days: set[date] = field(default_factory=set)

    def to_row(self) -> dict[str, object]:
        return {
            "station": self.station,
            "plays": self.plays,
            "added": self.added,
            "before": {str(key): value for key, value in self.before.items()},
        }


def list_moments(first: datetime, *, times: int, every: timedelta, until: datetime) -> list[datetime]:
    """When a bulletin begins: `times` times from `first` on, not at or after `until`."""
    moments = (first + number * every for number in range(times))
    return [moment for moment in moments if moment < until]


def find_quiet(station: Station, moments: Sequence[datetime], length: timedelta) -> datetime | None:
    """The first moment at which a bulletin would sound in the station's quiet hours."""
    if not moments:
        return None
    zone = ZoneInfo(station.timezone)
    days = [moment.astimezone(zone).date() for moment in moments]
    windows = quiet_windows(read_rules(station), min(days), max(days) + timedelta(days=1))
    plays = [Interval(moment, moment + length) for moment in moments]
    return next((max(play.starts_at, quiet.starts_at) for play, quiet in find_overlaps(plays, windows)), None)


def preempt(
    session: Session,
    station: Station,
    asset: Asset,
    moments: Sequence[datetime],
    *,
    now: datetime,
    data: dict[str, object],
) -> Preemption:
    """Air `asset` at `moments`, over everything that is planned there; `data` says why.

    Raises:
        RenditionMissing: it was never mastered for the station's preset.
    """
    length = rendition_for(asset, station.preset).duration_ms * _MILLISECOND
    done = Preemption(station.code)
    for moment in moments:
        play = _behind_other_bulletins(session, station, Interval(moment, moment + length))
        own = _break_in(session, station, play, done, data)
        slot_id, day = own or (_find_own_slot(session, station, play), _local_day(station, play.starts_at))
        airing = Airing(
            station_id=station.id or 0,
            slot_id=slot_id,
            local_date=day,
            position=0,
            role=ItemRole.SEGMENT,
            asset_id=asset.id or 0,
            starts_at=play.starts_at,
            ends_at=play.ends_at,
            reason_code=URGENT,
            reason_data=data,
        )
        session.add(airing)
        session.flush()
        done.plays.append(airing.id or 0)
        done.days.add(day)
    _move_left_out(session, station, done, now=now, data=data)
    for airing in find_airings(session, list(done.before)):
        done.before[airing.id or 0]["left_at"] = airing.starts_at.isoformat()
    return done


def find_airings(session: Session, ids: Sequence[int]) -> list[Airing]:
    return list(session.exec(select(Airing).where(col(Airing.id).in_(ids)).order_by(col(Airing.id))))


def _local_day(station: Station, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(station.timezone)).date()


def _behind_other_bulletins(session: Session, station: Station, play: Interval) -> Interval:
    """Bulletins do not break into each other: the later one begins when the earlier has ended."""
    others = session.exec(
        select(Airing)
        .where(
            Airing.station_id == station.id,
            Airing.reason_code == URGENT,
            col(Airing.ends_at) > play.starts_at,
            col(Airing.state).in_(OPEN),
        )
        .order_by(col(Airing.starts_at))
    )
    length = play.ends_at - play.starts_at
    for other in others:
        if play.overlaps(Interval(other.starts_at, other.ends_at)):
            play = Interval(other.ends_at, other.ends_at + length)
    return play


def _break_in(
    session: Session, station: Station, play: Interval, done: Preemption, data: dict[str, object]
) -> tuple[int, date] | None:
    """Make room in every session that shares time with `play`; returns the one in which it begins."""
    own = None
    for occurrence, airings in _list_sessions(session, station, play):
        if occurrence.starts_at <= play.starts_at < occurrence.ends_at:
            own = (occurrence.slot_id, occurrence.local_date)
        pieces = [
            Piece(one.id or 0, one.starts_at, one.ends_at, one.role is ItemRole.CLOSING)
            for one in airings
            if one.reason_code != URGENT
        ]
        by_id = {one.id: one for one in airings}
        room = make_room(pieces, play, occurrence.ends_at)
        if room.interrupted is not None:
            cut = by_id[room.interrupted.id]
            _push_aside(cut, done, "interrupted", data)
            if room.resumed_at is not None:
                _add_copy(
                    session, cut, (cut.slot_id, cut.local_date), room.resumed_at, code="resumed", done=done
                )
        for piece, begins in room.shifted:
            _shift(by_id[piece.id], begins, done)
        for piece in room.left_out:
            _push_aside(by_id[piece.id], done, "left-out", data)
        session.flush()
    return own


def _list_sessions(
    session: Session, station: Station, play: Interval
) -> Iterator[tuple[SlotOccurrence, list[Airing]]]:
    """The occurrences that share time with `play`, each with its open pieces in order."""
    day = _local_day(station, play.starts_at)
    around = (day - timedelta(days=1), _local_day(station, play.ends_at) + timedelta(days=1))
    for occurrence in expand_slots(read_slots(session, [station]), *around):
        if occurrence.interval.overlaps(play):
            yield occurrence, _list_open(session, occurrence)


def _list_open(session: Session, occurrence: SlotOccurrence) -> list[Airing]:
    found = select(Airing).where(
        Airing.slot_id == occurrence.slot_id,
        Airing.local_date == occurrence.local_date,
        col(Airing.state).in_(OPEN),
    )
    return list(session.exec(found.order_by(col(Airing.starts_at), col(Airing.position))))


def _note(airing: Airing, done: Preemption) -> None:
    done.days.add(airing.local_date)
    if airing.id is not None and airing.id not in done.added:
        done.before.setdefault(
            airing.id,
            {"starts_at": airing.starts_at.isoformat(), "ends_at": airing.ends_at.isoformat()},
        )


def _push_aside(airing: Airing, done: Preemption, code: str, data: dict[str, object]) -> None:
    _note(airing, done)
    airing.state, airing.state_code, airing.state_data = AiringState.PREEMPTED, code, data


def _shift(airing: Airing, begins: datetime, done: Preemption) -> None:
    """What stands elsewhere than the station was told is not downloaded any more."""
    _note(airing, done)
    length = airing.ends_at - airing.starts_at
    airing.starts_at, airing.ends_at, airing.state = begins, begins + length, AiringState.PLANNED


def _add_copy(
    session: Session, of: Airing, where: tuple[int, date], begins: datetime, *, code: str, done: Preemption
) -> None:
    copy = Airing(
        station_id=of.station_id,
        slot_id=where[0],
        local_date=where[1],
        position=of.position,
        role=of.role,
        asset_id=of.asset_id,
        starts_at=begins,
        ends_at=begins + (of.ends_at - of.starts_at),
        reason_code=code,
        reason_data=dict(of.state_data),
    )
    session.add(copy)
    session.flush()
    done.added.append(copy.id or 0)
    done.days.add(copy.local_date)


def _move_left_out(
    session: Session, station: Station, done: Preemption, *, now: datetime, data: dict[str, object]
) -> None:
    """Give each segment that found no room a place in the next session that has one for it."""
    copied = {
        (one.asset_id, one.local_date) for one in find_airings(session, done.added) if one.state in OPEN
    }
    lost = [
        one
        for one in find_airings(session, [*done.before, *done.added])
        if one.state is AiringState.PREEMPTED
        and one.role is ItemRole.SEGMENT
        and (one.asset_id, one.local_date) not in copied
    ]
    if not lost:
        return
    first = _local_day(station, now)
    occurrences = [
        one
        for one in expand_slots(read_slots(session, [station]), first, first + MOVE_WITHIN)
        if one.starts_at > now
    ]
    for airing in sorted(lost, key=lambda one: (one.starts_at, one.id)):
        for occurrence in occurrences:
            begins = _find_gap(session, occurrence, airing, done)
            if begins is not None:
                airing.state_data = {**data, "moved": begins.isoformat()}
                _add_copy(
                    session,
                    airing,
                    (occurrence.slot_id, occurrence.local_date),
                    begins,
                    code="moved",
                    done=done,
                )
                break


def _find_gap(
    session: Session, occurrence: SlotOccurrence, airing: Airing, done: Preemption
) -> datetime | None:
    """Where at the end of a session `airing` would still fit, its closing tune moved; None if nowhere."""
    pieces = _list_open(session, occurrence)
    if not pieces or (occurrence.local_date == airing.local_date and occurrence.slot_id == airing.slot_id):
        return None
    if not _may_move(session, occurrence, airing):
        return None
    closing = pieces[-1] if pieces[-1].role is ItemRole.CLOSING else None
    begins = closing.starts_at if closing else pieces[-1].ends_at
    length = airing.ends_at - airing.starts_at
    ends_at = occurrence.starts_at + timedelta(milliseconds=room_ms(occurrence))
    tail = closing.ends_at - closing.starts_at if closing else timedelta(0)
    if begins + length + tail > ends_at:
        return None
    if closing is not None:
        _shift(closing, begins + length, done)
    return begins


def _may_move(session: Session, occurrence: SlotOccurrence, airing: Airing) -> bool:
    """Whether the rules let the piece air on that day: valid, not banned, and not on that day already."""
    day = occurrence.local_date
    asset = session.get_one(Asset, airing.asset_id)
    if asset.retired_at is not None or not (asset.valid_from or _NEVER) <= day <= (asset.valid_until or day):
        return False
    station = session.get_one(Station, airing.station_id)
    if asset.id in read_hand(session, [station], day, day).list_barred(
        airing.station_id, (occurrence.slot_id,), day
    ):
        return False
    lost = (AiringState.PREEMPTED, AiringState.MISSED)
    again = select(Airing.id).where(
        Airing.station_id == airing.station_id,
        Airing.local_date == day,
        Airing.asset_id == airing.asset_id,
        col(Airing.state).not_in(lost),
    )
    return session.exec(again).first() is None


def _find_own_slot(session: Session, station: Station, play: Interval) -> int:
    """The slot of bulletins outside the grid: it bears their hour, and by its validity never recurs."""
    at = play.starts_at.astimezone(ZoneInfo(station.timezone))
    name = say("scheduler.urgent_slot", time=f"{at:%H:%M}")
    known = session.exec(
        select(Slot).where(Slot.station_id == station.id, Slot.name == name, Slot.valid_from == _NEVER)
    ).first()
    if known is not None:
        return known.id or 0
    slot = Slot(
        station_id=station.id or 0,
        name=name,
        starts=time(at.hour, at.minute),
        duration_minutes=1,
        valid_from=_NEVER,
        valid_until=_NEVER - timedelta(days=1),
    )
    session.add(slot)
    session.flush()
    return slot.id or 0
