"""Stations changed after they were added, and the clusters of horns that belong to them.

Invalid
└── ClusterUnusable
Missing
└── ClusterUnknown
"""

from datetime import date
from typing import Any

from sqlmodel import Session, col, or_, select

from assets.errors import Invalid, Missing
from assets.messages import say
from scheduler.grid import Cluster
from scheduler.models import Slot, Station
from scheduler.slots import is_standing, name_field, refuse_clashes
from scheduler.stations import CODE, check_station, find_station

CHANGEABLE = frozenset(Station.model_fields) - {"id", "code", "is_sample"}
MOST_HORNS = 1000


class ClusterUnusable(Invalid):
    """A field of the cluster has a value that cannot be used."""

    def __str__(self) -> str:
        return say("error.ClusterUnusable", **{**self.data, "field": name_field(str(self.data["field"]))})


class ClusterUnknown(Missing):
    """The station has no cluster of that code."""


def change_station(session: Session, code: str, **fields: Any) -> Station:
    """Give the station other values, if its slots still keep what they promise.

    Raises:
        StationUnknown, StationUnusable
        SlotInQuietHours: a slot would sound in the new quiet hours; change the slot first.
        SlotsOverlap: in the new time zone two slots meet.
    """
    assert fields.keys() <= CHANGEABLE, fields
    station = find_station(session, code)
    check_station(Station(**{**station.model_dump(), **fields}))
    with session.begin_nested():
        for name, value in fields.items():
            setattr(station, name, value)
        session.add(station)
        session.flush()
        slots = session.exec(select(Slot).where(Slot.station_id == station.id))
        refuse_clashes(session, station, [one.id or 0 for one in slots if is_standing(one)])
    return station


def keep_cluster(session: Session, station: Station, cluster: Cluster) -> Cluster:
    """The cluster, new or in the place of the one with its code.

    Raises:
        ClusterUnusable: names the field.
    """
    for field, good in (
        ("code", CODE.fullmatch(cluster.code)),
        ("name", cluster.name.strip()),
        ("horns", 1 <= cluster.horns <= MOST_HORNS),
        ("valid_until", (cluster.valid_from or date.min) <= (cluster.valid_until or date.max)),
    ):
        if not good:
            raise ClusterUnusable(cluster=cluster.code[:60], field=field, value=getattr(cluster, field))
    query = select(Cluster).where(Cluster.station_id == station.id, Cluster.code == cluster.code)
    kept = session.exec(query).one_or_none() or Cluster(
        station_id=station.id or 0, code=cluster.code, name=cluster.name
    )
    for name, value in cluster.model_dump(exclude={"id", "station_id"}).items():
        setattr(kept, name, value)
    session.add(kept)
    session.flush()
    return kept


def list_clusters(session: Session, station: Station, *, on: date | None = None) -> list[Cluster]:
    """The station's clusters by name; with `on`, those that are in service on that day."""
    query = select(Cluster).where(Cluster.station_id == station.id)
    if on is not None:
        query = query.where(
            or_(col(Cluster.valid_from).is_(None), col(Cluster.valid_from) <= on),
            or_(col(Cluster.valid_until).is_(None), col(Cluster.valid_until) >= on),
        )
    return list(session.exec(query.order_by(col(Cluster.name), col(Cluster.code))))


def remove_cluster(session: Session, station: Station, code: str) -> Cluster:
    """Raises: ClusterUnknown."""
    for cluster in list_clusters(session, station):
        if cluster.code == code:
            session.delete(cluster)
            session.flush()
            return cluster
    valid = ", ".join(one.code for one in list_clusters(session, station))
    raise ClusterUnknown(station=station.name, cluster=code[:60], valid=valid or "-")
