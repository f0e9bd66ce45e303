"""The grid of a station as values: its slots with their exceptions, and the campaigns that lie over them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlmodel import Session, col, select

from scheduler.calendar import DayChange, Layer, SlotRule
from scheduler.frames import find_frame
from scheduler.grid import Campaign, CampaignMode, CampaignStation, HolidayChange, SlotOverride
from scheduler.holidays import HolidayCalendar
from scheduler.models import Slot, SlotException, Station
from scheduler.stations import read_rules


def read_slots(session: Session, stations: Iterable[Station]) -> list[SlotRule]:
    """The slots of these stations with all that bears on them, as values for the calendar."""
    by_id = {station.id: station for station in stations}
    slots = session.exec(select(Slot).where(col(Slot.station_id).in_(by_id)).order_by(col(Slot.id))).all()
    holidays = read_holidays(session)
    changes = _read_changes(session, slots)
    campaigns = read_campaigns(session, [one for one in by_id if one is not None])
    families = Families(slots)
    over = _read_overrides(session, slots, families)
    rules = {
        slot.id or 0: replace(
            _read_slot(by_id[slot.station_id], slot, campaigns[slot.station_id]),
            exceptions=changes[slot.id or 0],
            holidays=holidays,
            goes_over=over[families.root(slot.id)],
        )
        for slot in slots
    }
    instead = defaultdict(list)
    for slot in slots:
        if slot.replaces_id is not None:
            instead[families.root(slot.replaces_id)].append(rules[slot.id or 0])
    return [
        replace(rules[slot.id or 0], yields_to=tuple(instead[families.root(slot.id)]))
        if slot.campaign_id is None
        else rules[slot.id or 0]
        for slot in slots
    ]


def read_holidays(session: Session) -> HolidayCalendar:
    """The public holidays of the law with those that were moved."""
    rows = session.exec(select(HolidayChange).order_by(col(HolidayChange.day)))
    return HolidayCalendar(tuple((one.day, one.name) for one in rows))


def read_campaigns(session: Session, station_ids: Sequence[int]) -> dict[int, list[Campaign]]:
    """The campaigns of each station, that which lies uppermost first."""
    found: dict[int, list[Campaign]] = defaultdict(list)
    rows = session.exec(
        select(CampaignStation.station_id, Campaign)
        .join(Campaign, col(Campaign.id) == col(CampaignStation.campaign_id))
        .where(col(CampaignStation.station_id).in_(station_ids))
    ).all()
    for station_id, campaign in sorted(rows, key=lambda row: _sort_campaign(row[1])):
        found[station_id].append(campaign)
    return found


def _sort_campaign(campaign: Campaign) -> tuple[int, int]:
    return (campaign.last_date - campaign.first_date).days, -(campaign.id or 0)


def _make_layer(campaign: Campaign) -> Layer:
    return Layer(campaign.first_date, campaign.last_date, campaign.use)


def _read_slot(station: Station, slot: Slot, campaigns: Sequence[Campaign]) -> SlotRule:
    ids = [one.id for one in campaigns]
    at = ids.index(slot.campaign_id) if slot.campaign_id in ids else len(campaigns)
    # A slot whose campaign its station has left happens on no day.
    gone = slot.campaign_id is not None and at == len(campaigns)
    return SlotRule(
        station=read_rules(station),
        slot_id=slot.id or 0,
        name=slot.name,
        starts=slot.starts,
        duration_minutes=slot.duration_minutes,
        rrule=slot.rrule,
        valid_from=slot.valid_from,
        valid_until=date.min if gone else slot.valid_until,
        signature_key=slot.signature_key,
        closing_key=slot.closing_key,
        relay_source=slot.relay_source,
        frame=find_frame(slot.frame),
        use=slot.use,
        within=_make_layer(campaigns[at]) if at < len(campaigns) else None,
        silenced_by=tuple(_make_layer(one) for one in campaigns[:at] if one.mode is CampaignMode.REPLACES),
    )


class Families:
    """Slots that a change for "this and all following" parted are one to those who name them."""

    def __init__(self, slots: Sequence[Slot]) -> None:
        self._before = {slot.id: slot.continues_id for slot in slots}

    def root(self, slot_id: int | None) -> int:
        seen: set[int | None] = set()
        while slot_id not in seen and self._before.get(slot_id) is not None:
            seen.add(slot_id)
            slot_id = self._before[slot_id]
        return slot_id or 0

    def line(self, slot_id: int) -> frozenset[int]:
        """The slot and those that it was before."""
        found: set[int] = set()
        at: int | None = slot_id
        while at is not None and at not in found:
            found.add(at)
            at = self._before.get(at)
        return frozenset(found)

    def members(self, root: int) -> frozenset[int]:
        return frozenset(one for one in self._before if one is not None and self.root(one) == root)


def _read_changes(session: Session, slots: Sequence[Slot]) -> dict[int, tuple[DayChange, ...]]:
    found: dict[int, list[DayChange]] = defaultdict(list)
    for one in session.exec(
        select(SlotException)
        .where(col(SlotException.slot_id).in_([slot.id for slot in slots]))
        .order_by(col(SlotException.date))
    ):
        cancelled = one.moved_to is None and one.minutes is None
        found[one.slot_id].append(DayChange(one.date, one.moved_to, one.minutes, is_cancelled=cancelled))
    return defaultdict(tuple, {slot_id: tuple(changes) for slot_id, changes in found.items()})


def _read_overrides(session: Session, slots: Sequence[Slot], families: Families) -> dict[int, frozenset[int]]:
    """What each family goes over."""
    found: dict[int, frozenset[int]] = defaultdict(frozenset)
    ids = [slot.id for slot in slots]
    for one in session.exec(select(SlotOverride).where(col(SlotOverride.slot_id).in_(ids))):
        found[families.root(one.slot_id)] |= families.members(families.root(one.over_id))
    return found
