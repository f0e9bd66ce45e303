"""Campaigns: days on which a grid of its own lies over the standing one.

Conflict
├── CampaignTaken
└── CampaignHasSlots
Invalid
└── CampaignUnusable
Missing
└── CampaignUnknown
"""

from collections.abc import Sequence
from datetime import date, datetime
from difflib import get_close_matches

from sqlmodel import Session, col, delete, select

from assets.errors import Conflict, Invalid, Missing
from assets.messages import say
from scheduler.grid import Campaign, CampaignMode, CampaignStation
from scheduler.models import DayUse, Slot, Station
from scheduler.slots import is_standing, name_field, refuse_clashes
from scheduler.stations import find_station

MOST_DAYS = 366


class CampaignTaken(Conflict):
    """Another campaign has this name."""


class CampaignUnusable(Invalid):
    """A field of the campaign has a value that cannot be used."""

    def __str__(self) -> str:
        return say("error.CampaignUnusable", **{**self.data, "field": name_field(str(self.data["field"]))})


class CampaignUnknown(Missing):
    """No campaign has this name; names the valid ones, the nearest first."""


class CampaignHasSlots(Conflict):
    """A campaign is to go that has slots still."""


def keep_campaign(
    session: Session,
    name: str,
    *,
    first: date,
    last: date,
    stations: Sequence[str],
    mode: CampaignMode = CampaignMode.ADDS,
    use: DayUse = DayUse.ANY,
    by: str,
    now: datetime,
    campaign: Campaign | None = None,
) -> Campaign:
    """A new campaign, or `campaign` changed, free of conflicts at each of its stations.

    Raises:
        CampaignUnusable, CampaignTaken, StationUnknown
        SlotsOverlap, SlotInQuietHours: what its days lay bare or bring is not free; nothing has changed.
    """
    name = " ".join(name.split())
    for field, good, value in (
        ("name", bool(name), name),
        ("last_date", 0 <= (last - first).days < MOST_DAYS, f"{last:%d/%m/%Y}"),
        ("stations", bool(stations), "–"),
    ):
        if not good:
            raise CampaignUnusable(campaign=name or "–", field=field, value=value)
    taken = session.exec(select(Campaign).where(Campaign.name == name)).first()
    if taken is not None and taken is not campaign:
        raise CampaignTaken(campaign=name)
    rows = [find_station(session, code) for code in dict.fromkeys(stations)]
    with session.begin_nested():
        campaign = campaign or Campaign(name=name, first_date=first, last_date=last, made_by=by, made_at=now)
        before = list_stations_of(session, campaign) if campaign.id else []
        campaign.name, campaign.first_date, campaign.last_date = name, first, last
        campaign.mode, campaign.use = mode, use
        session.add(campaign)
        session.flush()
        _bind(session, campaign, rows)
        for station in {one.id: one for one in (*rows, *before)}.values():
            _check(session, station)
    return campaign


def remove_campaign(session: Session, campaign: Campaign) -> None:
    """Take back a campaign without slots; the standing grid holds again.

    Raises:
        CampaignHasSlots: end its slots first.
        SlotsOverlap: what it replaced is not free any more.
    """
    slots = session.exec(select(Slot).where(Slot.campaign_id == campaign.id)).all()
    if slots:
        standing = [one.name for one in slots if is_standing(one)]
        raise CampaignHasSlots(campaign=campaign.name, slots=", ".join(standing) or slots[0].name)
    stations = list_stations_of(session, campaign)
    with session.begin_nested():
        _bind(session, campaign, [])
        session.delete(campaign)
        session.flush()
        for station in stations:
            _check(session, station)


def find_campaign(session: Session, name: str) -> Campaign:
    """By its name or number. Raises: CampaignUnknown."""
    campaigns = list_campaigns(session)
    for one in campaigns:
        if name in (one.name, str(one.id)):
            return one
    names = [one.name for one in campaigns]
    nearest = get_close_matches(name[:60], names, n=5, cutoff=0.4)
    valid = ", ".join([*nearest, *(one for one in names if one not in nearest)][:20])
    raise CampaignUnknown(campaign=name[:60], valid=valid or "-")


def list_campaigns(session: Session, *, since: date | None = None) -> list[Campaign]:
    """Campaigns by their first day; with `since`, those that had not ended by then."""
    query = select(Campaign).order_by(col(Campaign.first_date), col(Campaign.id))
    if since is not None:
        query = query.where(col(Campaign.last_date) >= since)
    return list(session.exec(query))


def list_stations_of(session: Session, campaign: Campaign) -> list[Station]:
    return list(
        session.exec(
            select(Station)
            .join(CampaignStation, col(CampaignStation.station_id) == col(Station.id))
            .where(CampaignStation.campaign_id == campaign.id)
            .order_by(col(Station.code))
        )
    )


def _bind(session: Session, campaign: Campaign, stations: Sequence[Station]) -> None:
    session.exec(delete(CampaignStation).where(col(CampaignStation.campaign_id) == campaign.id))
    for station in stations:
        session.add(CampaignStation(campaign_id=campaign.id or 0, station_id=station.id or 0))
    session.flush()


def _check(session: Session, station: Station) -> None:
    slots = session.exec(select(Slot.id).where(Slot.station_id == station.id)).all()
    refuse_clashes(session, station, [one for one in slots if one is not None])
