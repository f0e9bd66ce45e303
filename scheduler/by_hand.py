"""Pins and bans: what a person decided for a piece, kept until the person takes it back.

Conflict
├── SessionFixed
├── PinBanned
└── BanPinned
Invalid
├── PinImpossible
└── BanPast
Missing
└── HandRuleUnknown

A hand decides before goals do, never before a rule that protects listeners: quiet hours, approval, validity,
language, and what has been handed over.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, or_, select

from assets.catalogue import find_asset, list_versions
from assets.errors import Conflict, Invalid, Missing
from assets.models import Asset
from scheduler.board import room_ms
from scheduler.calendar import SlotOccurrence, expand_slots, find_overlaps, quiet_windows
from scheduler.changes import HandKind, HandRule
from scheduler.keeping import SessionKey, read_freeze
from scheduler.layers import read_slots
from scheduler.models import LOST, Airing, Slot, Station
from scheduler.reasons import URGENT, Reason
from scheduler.slots import OccurrenceUnknown, find_slot
from scheduler.stations import find_station, read_rules


class SessionFixed(Conflict):
    """The session is past or handed over: it stays as it is."""


class PinBanned(Conflict):
    """A ban forbids the piece where it should be kept."""


class BanPinned(Conflict):
    """A pin keeps the piece where it should never air."""


class PinImpossible(Invalid):
    """A rule that no hand overrides keeps the piece out of the session."""


class BanPast(Invalid):
    """The last day of the ban is over, or lies before its first."""


class HandRuleUnknown(Missing):
    """There is no such pin or ban, or it was taken back."""


@dataclass(frozen=True, slots=True)
class Ban:
    """A ban as a value; None is any."""

    asset_id: int
    station_id: int | None
    slot_id: int | None
    first_date: date
    last_date: date

    def holds(self, station_id: int, slot_ids: Container[int], day: date) -> bool:
        return (
            self.station_id in (None, station_id)
            and (self.slot_id is None or self.slot_id in slot_ids)
            and self.first_date <= day <= self.last_date
        )


@dataclass(frozen=True, slots=True)
class Hand:
    """All that stands by hand for some stations and days."""

    pins: dict[SessionKey, frozenset[int]]
    """Ids of the assets to keep there."""
    bans: tuple[Ban, ...]

    def list_barred(self, station_id: int, slot_ids: Container[int], day: date) -> frozenset[int]:
        """Ids of the assets that may not air there; `slot_ids` are the slot and those that it was before."""
        return frozenset(ban.asset_id for ban in self.bans if ban.holds(station_id, slot_ids, day))


def read_hand(session: Session, stations: Iterable[Station], first: date, last: date) -> Hand:
    ids = [station.id for station in stations]
    rules = session.exec(
        select(HandRule)
        .where(
            col(HandRule.removed_at).is_(None),
            or_(col(HandRule.station_id).is_(None), col(HandRule.station_id).in_(ids)),
            or_(col(HandRule.first_date).is_(None), col(HandRule.first_date) <= last),
            or_(col(HandRule.last_date).is_(None), col(HandRule.last_date) >= first),
        )
        .order_by(col(HandRule.id))
    ).all()
    pins: dict[SessionKey, frozenset[int]] = {}
    bans = []
    for rule in rules:
        if rule.kind is HandKind.PIN:
            assert rule.slot_id is not None
            assert rule.first_date is not None
            key = (rule.slot_id, rule.first_date)
            pins[key] = pins.get(key, frozenset()) | {rule.asset_id}
        else:
            bans.append(_as_ban(rule))
    return Hand(pins, tuple(bans))


def pin(
    session: Session,
    *,
    station: str,
    slot: str,
    day: date,
    asset_key: str,
    by: str,
    now: datetime,
    reason: str = "",
) -> HandRule:
    """Keep the piece in the session of `day`; saying it again gives the pin that is there.

    Raises:
        StationUnknown, SlotUnknown, OccurrenceUnknown, AssetMissing.
        SessionFixed: the session is past, or handed over.
        PinImpossible: a rule keeps the piece out; names it.
        PinBanned: a ban stands against it.
    """
    row, where = find_station(session, station), find_slot(session, station, slot)
    asset = find_asset(session, asset_key)
    occurrence = next(
        (one for one in expand_slots(read_slots(session, [row]), day, day) if one.slot_id == where.id), None
    )
    if occurrence is None:
        raise OccurrenceUnknown(slot=slot, day=f"{day:%d/%m/%Y}")
    _refuse_fixed(session, row, occurrence, now)
    why = _find_hindrance(row, occurrence, asset) or _find_limit(session, row, asset, day, now)
    if why is not None:
        raise PinImpossible(piece=asset.title, slot=slot, day=f"{day:%d/%m/%Y}", why=why.wording)
    assert asset.id is not None
    hand = read_hand(session, [row], day, day)
    if asset.id in hand.list_barred(row.id or 0, (where.id or 0,), day):
        raise PinBanned(piece=asset.title, station=row.name, slot=slot, day=f"{day:%d/%m/%Y}")
    known = _find_pins(session, asset.id, row.id, day, day)
    for one in known:
        if one.slot_id == where.id:
            return one
        other = session.get_one(Slot, one.slot_id)
        why = Reason("pinned-elsewhere", {"slot": other.name})
        raise PinImpossible(piece=asset.title, slot=slot, day=f"{day:%d/%m/%Y}", why=why.wording)
    rule = HandRule(
        kind=HandKind.PIN,
        asset_id=asset.id,
        station_id=row.id,
        slot_id=where.id,
        first_date=day,
        last_date=day,
        reason=reason.strip(),
        made_by=by,
        made_at=now,
    )
    session.add(rule)
    session.flush()
    return rule


def find_near(session: Session, rule: HandRule, *, now: datetime) -> Reason | None:
    """What the separation of the pinned piece has against the pin: another airing that stays, or another pin.

    The placement follows such a pin only if the other goes.
    """
    asset, station = session.get_one(Asset, rule.asset_id), session.get_one(Station, rule.station_id)
    assert rule.first_date is not None
    day, apart = rule.first_date, asset.separation_days
    near = [
        one for one in _find_fixed(session, station, asset, day, now) if 0 < abs((one - day).days) < apart
    ]
    if not near:
        return None
    nearest = min(near, key=lambda one: (abs((one - day).days), one))
    return Reason("pin-near", {"day": f"{nearest:%d/%m/%Y}", "days": apart})


def ban(
    session: Session,
    *,
    asset_key: str,
    by: str,
    now: datetime,
    zone: ZoneInfo,
    station: str | None = None,
    slot: str | None = None,
    first: date | None = None,
    last: date | None = None,
    reason: str = "",
) -> HandRule:
    """Never air the piece: everywhere, at one station, in one of its slots; always, or in some days.

    What is past is told by the station's time, or by that of `zone`, the centre's, where none is named.

    Raises:
        StationUnknown, SlotUnknown, AssetMissing.
        BanPast: nothing of it lies ahead.
        BanPinned: a pin keeps the piece there.
    """
    row = find_station(session, station) if station else None
    where = find_slot(session, station, slot) if station and slot else None
    asset = find_asset(session, asset_key)
    today = now.astimezone(ZoneInfo(row.timezone) if row else zone).date()
    if last is not None and last < max(today, first or today):
        raise BanPast(piece=asset.title, last=f"{last:%d/%m/%Y}")
    assert asset.id is not None
    rule = HandRule(
        kind=HandKind.BAN,
        asset_id=asset.id,
        station_id=row.id if row else None,
        slot_id=where.id if where else None,
        first_date=first,
        last_date=last,
        reason=reason.strip(),
        made_by=by,
        made_at=now,
    )
    scope = _as_ban(rule)
    for one in _find_pins(session, asset.id, rule.station_id, max(scope.first_date, today), scope.last_date):
        if rule.slot_id in (None, one.slot_id):
            raise BanPinned(piece=asset.title, number=one.id, day=f"{one.first_date:%d/%m/%Y}")
    ignored = {"id", "made_at", "made_by", "reason"}
    for known in list_hand_rules(session):
        if known.model_dump(exclude=ignored) == rule.model_dump(exclude=ignored):
            return known
    session.add(rule)
    session.flush()
    return rule


def lift(session: Session, number: int, *, by: str, now: datetime) -> HandRule:
    """Take a pin or ban back; it stays on record.

    Raises:
        HandRuleUnknown
    """
    rule = session.get(HandRule, number)
    if rule is None or rule.removed_at is not None:
        raise HandRuleUnknown(number=number)
    rule.removed_at, rule.removed_by = now, by
    session.add(rule)
    session.flush()
    return rule


def list_hand_rules(session: Session, *, since: date | None = None) -> list[HandRule]:
    """What stands, the latest first; with `since` without what ended before."""
    query = select(HandRule).where(col(HandRule.removed_at).is_(None)).order_by(col(HandRule.id).desc())
    if since is not None:
        query = query.where(or_(col(HandRule.last_date).is_(None), col(HandRule.last_date) >= since))
    return list(session.exec(query))


def _as_ban(rule: HandRule) -> Ban:
    return Ban(
        rule.asset_id,
        rule.station_id,
        rule.slot_id,
        rule.first_date or date.min,
        rule.last_date or date.max,
    )


def _find_pins(
    session: Session, asset_id: int, station_id: int | None, first: date, last: date
) -> Sequence[HandRule]:
    query = select(HandRule).where(
        HandRule.kind == HandKind.PIN,
        HandRule.asset_id == asset_id,
        col(HandRule.removed_at).is_(None),
        col(HandRule.first_date).between(first, last),
    )
    if station_id is not None:
        query = query.where(HandRule.station_id == station_id)
    return session.exec(query.order_by(col(HandRule.id))).all()


def _refuse_fixed(session: Session, station: Station, occurrence: SlotOccurrence, now: datetime) -> None:
    airings = session.exec(
        select(Airing).where(Airing.slot_id == occurrence.slot_id, Airing.local_date == occurrence.local_date)
    ).all()
    freeze = read_freeze(session, [station], occurrence.local_date, now=now)
    why = freeze.find_why(station.code, occurrence.local_date, occurrence.starts_at, airings)
    if why is not None:
        raise SessionFixed(
            station=station.name,
            slot=occurrence.slot,
            day=f"{occurrence.local_date:%d/%m/%Y}",
            why=why.wording,
        )


def _find_hindrance(station: Station, occurrence: SlotOccurrence, asset: Asset) -> Reason | None:
    """The rule that keeps the piece out of the session, whoever wants it there."""
    day = occurrence.local_date
    length = next((one.duration_ms for one in asset.renditions if one.preset == station.preset), None)
    quiet = find_overlaps([occurrence], quiet_windows(read_rules(station), day, day))
    why = None
    if occurrence.relay_source:
        why = Reason("relay")
    elif asset.approved_at is None:
        why = Reason("not-approved")
    elif asset.retired_at is not None:
        why = Reason("withdrawn")
    elif not (asset.valid_from or date.min) <= day <= (asset.valid_until or date.max):
        why = Reason("not-valid")
    elif asset.stations and station.code not in asset.stations:
        why = Reason("other-stations")
    elif asset.language not in station.languages:
        why = Reason("no-language", {"language": asset.language})
    elif length is None:
        why = Reason("no-rendition", {"preset": station.preset})
    elif length > room_ms(occurrence):
        why = Reason("too-long", {"seconds": length // 1000, "most": room_ms(occurrence) // 1000})
    elif next(quiet, None) is not None:
        why = Reason("quiet-hours")
    return why


def _find_limit(session: Session, station: Station, asset: Asset, day: date, now: datetime) -> Reason | None:
    """Whether what stays, whoever plans, and pins for other days are all the airings that it may have."""
    if asset.max_airings is None:
        return None
    if len(_find_fixed(session, station, asset, day, now) - {day}) < asset.max_airings:
        return None
    return Reason("max-airings", {"most": asset.max_airings})


def _find_fixed(session: Session, station: Station, asset: Asset, day: date, now: datetime) -> set[date]:
    """The days on which the piece airs whoever plans, with those of its pins."""
    mine = (col(Airing.asset_id).in_(list_versions(session, asset)), Airing.station_id == station.id)
    rows = session.exec(
        select(Airing).where(*mine, col(Airing.state).not_in(LOST), Airing.reason_code != URGENT)
    ).all()
    freeze = read_freeze(session, [station], min([day, *(one.local_date for one in rows)]), now=now)
    fixed: set[date] = {
        one.local_date
        for one in rows
        if freeze.find_why(station.code, one.local_date, one.starts_at, [one]) is not None
    }
    pins = _find_pins(session, asset.id or 0, station.id, date.min, date.max)
    return fixed | {one.first_date for one in pins if one.first_date is not None}
