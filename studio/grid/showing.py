"""A station's grid as a page shows it: a week of sessions with why each is as it is."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from scheduler.calendar import DayChange, Layer, SlotOccurrence, SlotRule, expand_slots, list_days
from scheduler.grid import Campaign
from scheduler.layers import read_campaigns, read_holidays, read_slots
from scheduler.models import Slot, SlotException, Station
from scheduler.rule_words import describe_rule, describe_span
from scheduler.slots import is_standing, list_slots
from studio.grid.clearing import list_published


@dataclass(frozen=True, slots=True)
class GridSession:
    """A slot on a day; `begins` and `ends` have the station's offset."""

    slot: Slot
    day: date
    begins: datetime
    ends: datetime
    campaign: str
    is_changed: bool
    is_cancelled: bool
    reason: str

    @property
    def minutes(self) -> int:
        return (self.ends - self.begins) // timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class GridDay:
    day: date
    holiday: str
    campaigns: tuple[str, ...]
    is_published: bool
    sessions: tuple[GridSession, ...]


@dataclass(frozen=True, slots=True)
class SlotLine:
    """A slot in the list below the week."""

    slot: Slot
    rule: str
    span: str
    campaign: str
    replaces: str


def read_grid(session: Session, station: Station, first: date) -> list[GridDay]:
    """The seven days from `first` on."""
    last = first + timedelta(days=6)
    rules = read_slots(session, [station])
    slots = {one.id: one for one in list_slots(session, station.code)}
    campaigns = read_campaigns(session, [station.id or 0])[station.id or 0]
    notes = _read_notes(session, [one.slot_id for one in rules], first, last)
    found: dict[date, list[GridSession]] = defaultdict(list)
    zone = ZoneInfo(station.timezone)
    names = {one.id: one.name for one in campaigns}
    for one in expand_slots(rules, first, last):
        slot = slots[one.slot_id]
        found[one.local_date].append(_make(one, slot, zone, names, notes))
    for rule in rules:
        for one in _list_cancelled(rule, first, last):
            found[one.local_date].append(
                _make(one, slots[one.slot_id], zone, names, notes, is_cancelled=True)
            )
    holidays, published = read_holidays(session), list_published(session, station)
    return [
        GridDay(
            day=day,
            holiday=holidays.name(day),
            campaigns=tuple(one.name for one in campaigns if _make_layer(one).covers(day, holidays)),
            is_published=day in published,
            sessions=tuple(sorted(found[day], key=lambda one: one.begins)),
        )
        for day in (first + timedelta(days=number) for number in range(7))
    ]


def list_lines(session: Session, station: Station, today: date) -> list[SlotLine]:
    """The slots that hold today or later, standing ones first, in the order of the day."""
    slots = [one for one in list_slots(session, station.code) if is_standing(one)]
    names = {one.id: one.name for one in slots}
    campaigns = {one.id: one for one in read_campaigns(session, [station.id or 0])[station.id or 0]}
    lines = []
    for slot in sorted(slots, key=lambda one: (one.campaign_id is not None, one.starts, one.valid_from)):
        campaign = campaigns.get(slot.campaign_id)
        ends = min(slot.valid_until or date.max, campaign.last_date if campaign else date.max)
        if ends >= today:
            lines.append(
                SlotLine(
                    slot=slot,
                    rule=describe_rule(slot.rrule),
                    span=describe_span(slot.valid_from, slot.valid_until),
                    campaign=campaign.name if campaign else "",
                    replaces=names.get(slot.replaces_id, ""),
                )
            )
    return lines


def _make(
    one: SlotOccurrence, slot: Slot, zone: ZoneInfo, names: Mapping[int | None, str],
    notes: Mapping[tuple[int, date], str], *, is_cancelled: bool = False,
) -> GridSession:  # fmt: skip
    key = (one.slot_id, one.local_date)
    return GridSession(
        slot=slot,
        day=one.local_date,
        begins=one.starts_at.astimezone(zone),
        ends=one.ends_at.astimezone(zone),
        campaign=names.get(slot.campaign_id, ""),
        is_changed=key in notes and not is_cancelled,
        is_cancelled=is_cancelled,
        reason=notes.get(key, ""),
    )


def _list_cancelled(rule: SlotRule, first: date, last: date) -> list[SlotOccurrence]:
    """The sessions that would be, had nobody cancelled them."""
    cancelled: list[DayChange] = [
        one for one in rule.exceptions if one.is_cancelled and first <= one.day <= last
    ]
    bare = replace(rule, exceptions=())
    return [
        found
        for one in cancelled
        if one.day in list_days(rule, one.day, one.day)
        for found in expand_slots([bare], one.day, one.day)
    ]


def _read_notes(
    session: Session, slot_ids: list[int], first: date, last: date
) -> dict[tuple[int, date], str]:
    rows = session.exec(
        select(SlotException).where(
            col(SlotException.slot_id).in_(slot_ids), col(SlotException.date).between(first, last)
        )
    )
    return {(one.slot_id, one.date): one.reason for one in rows}


def _make_layer(campaign: Campaign) -> Layer:
    return Layer(campaign.first_date, campaign.last_date, campaign.use)
