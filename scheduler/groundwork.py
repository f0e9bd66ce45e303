"""What a placement needs to know, read from the database: what may be filled, with what, and what stands.

Invalid
└── PeriodBackwards
"""

import hashlib
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlmodel import Session, col, or_, select

from assets.catalogue import name_piece
from assets.errors import Invalid
from assets.models import Asset, AssetKind
from scheduler.board import Choice, PassedOver
from scheduler.by_hand import Hand, read_hand
from scheduler.calendar import SlotOccurrence, expand_slots
from scheduler.goals import Goal
from scheduler.items import Item, PastAiring
from scheduler.keeping import Freeze, SessionKey, read_freeze
from scheduler.layers import Families, read_slots
from scheduler.models import LOST, Airing, ItemRole, Slot, Station
from scheduler.reasons import URGENT, Reason
from scheduler.replanning import Standing
from scheduler.sessions import Refusal
from scheduler.stations import find_station

MEMORY = timedelta(days=60)
"""How far back the placement looks for what was heard lately."""
PIECES = (AssetKind.SEGMENT, AssetKind.RECORDING)
_MILLISECOND = timedelta(milliseconds=1)


Held = TypeVar("Held")


class PeriodBackwards(Invalid):
    """The last day lies before the first."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Some stations and days at one moment. `within` are all their airings, by session."""

    stations: Mapping[str, int]
    first: date
    last: date
    occurrences: Sequence[SlotOccurrence]
    within: Mapping[SessionKey, list[Airing]]
    assets: Mapping[int, Asset]
    """Those of `within` and around, by id."""
    freeze: Freeze
    kept: Mapping[SessionKey, Reason]
    """The sessions that stay, and why."""
    items: Sequence[Item]
    refusals: Sequence[Refusal]
    goals: Sequence[Goal]
    past: Sequence[PastAiring]
    """What stands: before, in and after the period, wherever goals look."""
    hand: Hand
    standing: Standing

    @property
    def open_occurrences(self) -> list[SlotOccurrence]:
        return [one for one in self.occurrences if (one.slot_id, one.local_date) not in self.kept]

    @property
    def open_sessions(self) -> dict[SessionKey, list[Airing]]:
        """What may be replaced; also sessions whose slot does not happen any more."""
        return {key: rows for key, rows in self.within.items() if key not in self.kept}

    def seal(self, asset_ids: Iterable[int]) -> str:
        """A sha256 of what a draft rests on: airings, times of slots, pins, bans, and the pieces it uses."""
        ids = set(asset_ids)
        parts: list[object] = [
            *sorted(
                (one.slot_id, str(one.local_date), one.starts_at.isoformat(), one.role.value, one.asset_id)
                for rows in self.within.values()
                for one in rows
            ),
            *sorted(
                (one.slot_id, str(one.local_date), one.starts_at.isoformat(), one.ends_at.isoformat())
                for one in self.occurrences
            ),
            *sorted((key[0], str(key[1]), sorted(ids)) for key, ids in self.hand.pins.items()),
            *sorted(map(str, self.hand.bans)),
            *sorted(
                (
                    *(one.asset_id, one.duration_ms, str(one.valid_from), str(one.valid_until)),
                    *(sorted(one.stations or ()), one.separation_days, one.max_airings or 0),
                )
                for one in self.items
                if one.asset_id in ids
            ),
        ]
        return hashlib.sha256(repr(parts).encode()).hexdigest()


def read_ground(
    session: Session,
    *,
    stations: Sequence[str],
    first: date,
    last: date,
    goals: Sequence[Goal],
    now: datetime,
    afresh: bool = False,
) -> Ground:
    """The days `first`..`last` of these stations; goals of other stations and days are left out.

    With `afresh` nothing is to stay but what must: the past, what was handed over, what is near, and pins.

    Raises:
        StationUnknown, PeriodBackwards
    """
    if last < first:
        raise PeriodBackwards(first=f"{first:%d/%m/%Y}", last=f"{last:%d/%m/%Y}")
    rows = [find_station(session, code) for code in sorted(set(stations))]
    codes = {station.id or 0: station.code for station in rows}
    goals = [
        goal
        for goal in goals
        if goal.station in {None, *codes.values()} and goal.first_date <= last and goal.last_date >= first
    ]
    occurrences = expand_slots(read_slots(session, rows), first, last)
    around = _read_around(session, (first, last), goals)
    ours = (one for one, _, _ in around if one.station_id in codes and first <= one.local_date <= last)
    within = _group_sessions(ours)
    freeze = read_freeze(session, rows, first, now=now)
    kept = _find_kept(occurrences, within, freeze, codes)
    near = frozenset(key for key, rows in within.items() if freeze.is_near(rows[0].starts_at))
    items, refusals = _read_items(session, rows)
    refusals += _list_idle(rows, occurrences, items, first, last)
    hand = read_hand(session, rows, first, last)
    assets = {asset.id or 0: asset for _, asset, _ in around}
    families = Families(session.exec(select(Slot).where(col(Slot.station_id).in_(codes))).all())
    choices = _list_choices(within, {*kept, *(set(within) - near if afresh else ())}, assets)
    return Ground(
        stations={code: number for number, code in codes.items()},
        first=first,
        last=last,
        occurrences=occurrences,
        within=within,
        assets=assets,
        freeze=freeze,
        kept=kept,
        items=items,
        refusals=refusals,
        goals=goals,
        past=_list_past(around, within, kept, items),
        hand=hand,
        standing=Standing(
            choices=_hand_on(choices, occurrences, families),
            held=near,
            pins=_hand_on(_name_pins(session, hand, kept), occurrences, families),
            barred=_name_barred(session, hand, occurrences, codes, families),
        ),
    )


def _group_sessions(airings: Iterable[Airing]) -> dict[SessionKey, list[Airing]]:
    within: dict[SessionKey, list[Airing]] = defaultdict(list)
    for airing in airings:
        within[airing.slot_id, airing.local_date].append(airing)
    return within


def _read_around(
    session: Session, period: tuple[date, date], goals: Sequence[Goal]
) -> Sequence[tuple[Airing, Asset, str]]:
    first, last = period
    begins = min([first - MEMORY, *(goal.first_date for goal in goals)])
    ends = max([last + MEMORY, *(goal.last_date for goal in goals)])
    # What airs a limited number of times is counted from its first airing to its last.
    return session.exec(
        select(Airing, Asset, Station.code)
        .join(Asset, col(Asset.id) == col(Airing.asset_id))
        .join(Station, col(Station.id) == col(Airing.station_id))
        .where(or_(col(Airing.local_date).between(begins, ends), col(Asset.max_airings).is_not(None)))
        .order_by(col(Airing.starts_at), col(Airing.id))
    ).all()


def _find_kept(
    occurrences: Sequence[SlotOccurrence],
    within: Mapping[SessionKey, Sequence[Airing]],
    freeze: Freeze,
    codes: Mapping[int, str],
) -> dict[SessionKey, Reason]:
    """The sessions that stay, those among them whose slot does not happen any more."""
    sessions = {(one.slot_id, one.local_date): (one.station, one.starts_at) for one in occurrences}
    for key, airings in within.items():
        sessions.setdefault(key, (codes[airings[0].station_id], airings[0].starts_at))
    kept = {}
    for key, (station, starts_at) in sessions.items():
        why = freeze.find_why(station, key[1], starts_at, within.get(key, ()))
        if why is not None:
            kept[key] = why
    return kept


def _list_past(
    around: Sequence[tuple[Airing, Asset, str]],
    within: Mapping[SessionKey, Sequence[Airing]],
    kept: Mapping[SessionKey, Reason],
    items: Sequence[Item],
) -> list[PastAiring]:
    """What an earlier version of a piece aired counts for the one that airs now: people heard the same."""
    present = {name_piece(item.key): item for item in items}
    replaced = {one.id for key, airings in within.items() if key not in kept for one in airings}
    return [
        PastAiring(
            station=code,
            item=_stand_for(make_item(asset, length_ms(airing)), present),
            local_date=airing.local_date,
            slot_id=airing.slot_id,
            counted=airing.state not in LOST,
        )
        for airing, asset, code in around
        if airing.id not in replaced and airing.role is ItemRole.SEGMENT and airing.reason_code != URGENT
    ]


def _stand_for(item: Item, present: Mapping[str, Item]) -> Item:
    now = present.get(name_piece(item.key), item)
    return item if now.key == item.key else replace(item, key=now.key, asset_id=now.asset_id)


def _list_choices(
    within: Mapping[SessionKey, Sequence[Airing]],
    without: Container[SessionKey],
    assets: Mapping[int, Asset],
) -> dict[SessionKey, list[Choice]]:
    return {
        key: [
            Choice(
                make_item(assets[one.asset_id], length_ms(one)),
                Reason(one.reason_code, one.reason_data),
                tuple(_read_passed(row) for row in one.passed_over),
            )
            for one in sorted(airings, key=lambda one: one.position)
            if one.role is ItemRole.SEGMENT
        ]
        for key, airings in within.items()
        if key not in without
    }


def _read_passed(row: Mapping[str, Any]) -> PassedOver:
    return PassedOver(row["key"], Reason(row["code"], row["data"]))


def _name_pins(
    session: Session, hand: Hand, kept: Mapping[SessionKey, Reason]
) -> dict[SessionKey, frozenset[str]]:
    ids = {one for pinned in hand.pins.values() for one in pinned}
    keys = _read_keys(session, ids)
    return {
        key: frozenset(keys[one] for one in pinned) for key, pinned in hand.pins.items() if key not in kept
    }


def _hand_on(
    held: Mapping[SessionKey, Held], occurrences: Sequence[SlotOccurrence], families: Families
) -> dict[SessionKey, Held]:
    """What a session held goes to the slot that its slot became, if that happens on the same day instead."""
    happening = {(one.slot_id, one.local_date) for one in occurrences}
    heirs = {(families.root(slot_id), day): (slot_id, day) for slot_id, day in happening - set(held)}
    return {
        key if key in happening else heirs.get((families.root(key[0]), key[1]), key): value
        for key, value in held.items()
    }


def _name_barred(
    session: Session,
    hand: Hand,
    occurrences: Sequence[SlotOccurrence],
    codes: Mapping[int, str],
    families: Families,
) -> dict[SessionKey, frozenset[str]]:
    """The keys of pieces banned in each session that has some."""
    if not hand.bans:
        return {}
    keys = _read_keys(session, {ban.asset_id for ban in hand.bans})
    stations = {code: number for number, code in codes.items()}
    barred = {}
    for one in occurrences:
        ids = hand.list_barred(stations[one.station], families.line(one.slot_id), one.local_date)
        if ids:
            barred[one.slot_id, one.local_date] = frozenset(keys[number] for number in ids)
    return barred


def _read_keys(session: Session, ids: Iterable[int]) -> dict[int, str]:
    return {
        number or 0: key
        for number, key in session.exec(select(Asset.id, Asset.key).where(col(Asset.id).in_(list(ids))))
    }


def length_ms(airing: Airing) -> int:
    return (airing.ends_at - airing.starts_at) // _MILLISECOND


def _read_items(session: Session, stations: Sequence[Station]) -> tuple[list[Item], list[Refusal]]:
    """One item for each asset and preset, with the length of that rendition."""
    by_preset: dict[str, set[str]] = {}
    for station in stations:
        by_preset.setdefault(station.preset, set()).add(station.code)
    items: list[Item] = []
    refusals: list[Refusal] = []
    for asset in session.exec(select(Asset).where(col(Asset.retired_at).is_(None)).order_by(col(Asset.key))):
        if asset.approved_at is None:
            if asset.kind in PIECES:
                refusals.append(Refusal("item", asset.key, Reason("not-approved"), asset.title))
            continue
        lengths = {rendition.preset: rendition.duration_ms for rendition in asset.renditions}
        for preset, codes in sorted(by_preset.items()):
            if preset in lengths:
                items.append(make_item(asset, lengths[preset], stations=frozenset(codes)))
            elif asset.kind in PIECES:
                why = Reason("no-rendition", {"preset": preset})
                refusals.append(Refusal("item", asset.key, why, asset.title))
    return items, refusals


def _list_idle(
    stations: Sequence[Station],
    occurrences: Sequence[SlotOccurrence],
    items: Sequence[Item],
    first: date,
    last: date,
) -> Iterator[Refusal]:
    """Stations on which nothing can be placed, whatever goals want."""
    busy = {one.station for one in occurrences}
    for station in stations:
        days = {"first": f"{first:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}"}
        pieces = any(one.role is ItemRole.SEGMENT and one.may_air_on(station.code) for one in items)
        why = None
        if not (station.valid_from or date.min) <= last or not first <= (station.valid_until or date.max):
            why = Reason("station-closed", days)
        elif station.code not in busy:
            why = Reason("no-slots", days)
        elif not pieces:
            why = Reason("no-pieces", {"preset": station.preset})
        if why is not None:
            yield Refusal("station", station.code, why, station.name)


def make_item(asset: Asset, duration_ms: int, *, stations: frozenset[str] | None = None) -> Item:
    """The piece as a value; `stations` are those that play its file, of which its own rules leave some."""
    if stations is not None and asset.stations:
        stations &= frozenset(asset.stations)
    assert asset.id is not None
    return Item(
        asset_id=asset.id,
        key=asset.key,
        title=asset.title,
        duration_ms=duration_ms,
        theme=asset.theme,
        audience=asset.audience,
        form=asset.form,
        language=asset.language,
        priority=asset.priority,
        valid_from=asset.valid_from,
        valid_until=asset.valid_until,
        stations=stations,
        separation_days=asset.separation_days,
        max_airings=asset.max_airings,
        role=ItemRole.SEGMENT if asset.kind in PIECES else ItemRole.SIGNATURE,
    )
