"""What people do to the grid of a station: each deed keeps what was published, and is on record.

Conflict
├── DayPublished
└── DayOver
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from assets.errors import Conflict
from scheduler.campaigns import CampaignUnknown, keep_campaign, list_stations_of, remove_campaign
from scheduler.grid import Campaign, Cluster, HolidayChange
from scheduler.layers import read_campaigns
from scheduler.models import DayUse, Slot, SlotException, Station
from scheduler.slot_changes import change_following, end_slot, except_occurrence, restore_occurrence
from scheduler.slots import Override, SlotUnknown, add_slot, is_standing, list_slots, refuse_clashes
from scheduler.station_changes import change_station, keep_cluster, list_clusters, remove_cluster
from scheduler.stations import StationTaken, add_station, find_station, list_stations
from studio.grid.clearing import list_published
from studio.grid.deeds import doing
from studio.people.audit import record


class DayPublished(Conflict):
    """The station has the list of that day already."""


class DayOver(Conflict):
    """The day is past: what has been stays as it is."""


def set_station(
    session: Session, code: str, *, by: str, now: datetime, is_new: bool = False, **fields: Any
) -> Station:
    """A new station, or the values of one that is there.

    Raises: StationUnknown, StationTaken, StationUnusable, SlotInQuietHours, SlotsOverlap
    """
    if is_new:
        _refuse_known(session, code)
        station = add_station(session, Station(code=code, **fields))
        # Others soon refer to a station: it is not taken back but let end its service.
        record(
            session,
            at=now,
            by=by,
            action="grid.station-add",
            subject=f"grid/{code}",
            after={"stations": [code], "told": {"station": station.name}},
        )
        return station
    station = find_station(session, code)
    with doing(session, [station], "station-change", by=by, now=now, station=station.name):
        return change_station(session, code, **fields)


def _refuse_known(session: Session, code: str) -> None:
    known = session.exec(select(Station).where(Station.code == code)).first()
    if known is not None:
        raise StationTaken(code=code, name=known.name)


def set_cluster(session: Session, station: Station, cluster: Cluster, *, by: str, now: datetime) -> None:
    """Raises: ClusterUnusable."""
    with doing(session, [station], "cluster-set", by=by, now=now, cluster=cluster.name):
        keep_cluster(session, station, cluster)


def drop_cluster(session: Session, station: Station, code: str, *, by: str, now: datetime) -> None:
    """Raises: ClusterUnknown."""
    names = {one.code: one.name for one in list_clusters(session, station)}
    with doing(session, [station], "cluster-drop", by=by, now=now, cluster=names.get(code, code)):
        remove_cluster(session, station, code)


def set_slot(
    session: Session,
    station: Station,
    *,
    override: Override | None = None,
    by: str,
    now: datetime,
    **fields: Any,
) -> Slot:
    """Raises: as `scheduler.slots.add_slot`; CampaignUnknown, SlotUnknown: of what it names."""
    _demand_named(session, station, fields.get("campaign_id"), fields.get("replaces_id"))
    told = {"slot": fields["name"], "first": f"{fields['valid_from']:%d/%m/%Y}", **_tell(override)}
    with doing(session, [station], _name("slot-add", override), by=by, now=now, **told):
        return add_slot(session, station.code, override=override, **fields)


def _demand_named(
    session: Session, station: Station, campaign_id: int | None, replaces_id: int | None
) -> None:
    ours = read_campaigns(session, [station.id or 0])[station.id or 0]
    if campaign_id is not None and campaign_id not in {one.id for one in ours}:
        raise CampaignUnknown(campaign=campaign_id, valid=", ".join(one.name for one in ours) or "-")
    if replaces_id is not None:
        demand_slot(session, station, replaces_id)


def demand_slot(session: Session, station: Station, number: int) -> Slot:
    """The standing slot of that number, if it is the station's. Raises: SlotUnknown."""
    slot = session.get(Slot, number)
    if slot is None or slot.station_id != station.id or not is_standing(slot):
        valid = [str(one.id) for one in list_slots(session, station.code) if is_standing(one)]
        raise SlotUnknown(station=station.code, slot=number, valid=", ".join(valid[:20]) or "-")
    return slot


def change_slot(
    session: Session,
    slot: Slot,
    day: date,
    *,
    override: Override | None = None,
    by: str,
    now: datetime,
    **fields: Any,
) -> tuple[Slot, date]:
    """Change the slot from `day` on, or from the first day after it that is neither past nor published.

    Returns the slot that holds from then on, and that day.

    Raises: as `scheduler.slot_changes.change_following`.
    """
    station = session.get_one(Station, slot.station_id)
    since = find_open_day(session, station, day, now)
    told = {"slot": slot.name, "first": f"{since:%d/%m/%Y}", **_tell(override)}
    with doing(session, [station], _name("slot-change", override), by=by, now=now, **told):
        return change_following(session, slot, since, override=override, **fields), since


def stop_slot(session: Session, slot: Slot, day: date, *, by: str, now: datetime) -> date:
    """Let the slot happen no more from `day` on, or from the first open day after it; returns that day."""
    station = session.get_one(Station, slot.station_id)
    since = find_open_day(session, station, day, now)
    with doing(session, [station], "slot-end", by=by, now=now, slot=slot.name, first=f"{since:%d/%m/%Y}"):
        end_slot(session, slot, since)
    return since


def change_day(
    session: Session,
    slot: Slot,
    day: date,
    *,
    moved_to: time | None = None,
    minutes: int | None = None,
    reason: str,
    override: Override | None = None,
    by: str,
    now: datetime,
) -> SlotException:
    """Cancel, move or resize the one occurrence of `day`.

    Raises:
        DayOver, DayPublished
        OccurrenceUnknown, SlotUnusable, SlotsOverlap, SlotInQuietHours
    """
    station = session.get_one(Station, slot.station_id)
    _demand_open(session, station, day, now)
    deed = "day-cancel" if moved_to is None and minutes is None else "day-change"
    told = {"slot": slot.name, "day": f"{day:%d/%m/%Y}", "why": reason.strip() or "–"}
    with doing(session, [station], deed, by=by, now=now, **told):
        return except_occurrence(
            session, slot, day, moved_to=moved_to, minutes=minutes, reason=reason, override=override
        )


def restore_day(session: Session, slot: Slot, day: date, *, by: str, now: datetime) -> None:
    """Let the day be again as the slot says. Raises: as `change_day`."""
    station = session.get_one(Station, slot.station_id)
    _demand_open(session, station, day, now)
    with doing(session, [station], "day-restore", by=by, now=now, slot=slot.name, day=f"{day:%d/%m/%Y}"):
        restore_occurrence(session, slot, day)


def set_campaign(
    session: Session, name: str, *, campaign: Campaign | None = None, by: str, now: datetime, **fields: Any
) -> Campaign:
    """Raises: as `scheduler.campaigns.keep_campaign`."""
    touched = [find_station(session, code) for code in fields["stations"]]
    touched += list_stations_of(session, campaign) if campaign else []
    stations = list({one.id: one for one in touched}.values())
    span = f"{fields['first']:%d/%m/%Y} – {fields['last']:%d/%m/%Y}"
    with doing(session, stations, "campaign-set", by=by, now=now, campaign=name, span=span):
        return keep_campaign(session, name, campaign=campaign, by=by, now=now, **fields)


def drop_campaign(session: Session, campaign: Campaign, *, by: str, now: datetime) -> None:
    """Raises: CampaignHasSlots, SlotsOverlap."""
    stations = list_stations_of(session, campaign)
    with doing(session, stations, "campaign-drop", by=by, now=now, campaign=campaign.name):
        remove_campaign(session, campaign)


def move_holiday(session: Session, day: date, name: str, *, by: str, now: datetime) -> None:
    """Say that `day` is off under a name, or worked without one.

    Raises:
        SlotsOverlap: on that day two slots would meet.
    """
    told = {"day": f"{day:%d/%m/%Y}", "name": name.strip() or "–"}
    stations = list_stations(session)
    with session.begin_nested(), doing(session, stations, "holiday-move", by=by, now=now, **told):
        kept = session.get(HolidayChange, day) or HolidayChange(day=day, changed_by=by, changed_at=now)
        kept.name, kept.changed_by, kept.changed_at = " ".join(name.split()), by, now
        session.add(kept)
        session.flush()
        for station in stations:
            slots = session.exec(select(Slot.id).where(Slot.station_id == station.id, Slot.use != DayUse.ANY))
            refuse_clashes(session, station, [one for one in slots if one is not None])


def find_open_day(session: Session, station: Station, day: date, now: datetime) -> date:
    """The first day from `day` on that is neither past nor, like any after it, published."""
    today = now.astimezone(ZoneInfo(station.timezone)).date()
    published = [one for one in list_published(session, station) if one >= max(day, today)]
    return max(published) + timedelta(days=1) if published else max(day, today)


def _demand_open(session: Session, station: Station, day: date, now: datetime) -> None:
    if day < now.astimezone(ZoneInfo(station.timezone)).date():
        raise DayOver(day=f"{day:%d/%m/%Y}")
    if day in list_published(session, station):
        raise DayPublished(station=station.name, day=f"{day:%d/%m/%Y}")


def _name(deed: str, override: Override | None) -> str:
    return f"{deed}-over" if override else deed


def _tell(override: Override | None) -> dict[str, str]:
    return {"over": override.reason} if override else {}
