"""One station's day as ordered, timed entries, and its publication as a numbered version."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from assets.catalogue import rendition_for
from assets.errors import Missing
from assets.models import Asset
from playlists.checking import check_day
from playlists.day import Entry, Relay, StationDay, describe_day, read_day
from playlists.models import Playlist
from scheduler.calendar import SlotOccurrence
from scheduler.keeping import mark_published
from scheduler.models import Airing, AiringState, Slot, Station
from scheduler.relays import find_blocks, keep_relays
from scheduler.stations import find_station

Row = tuple[Airing, Asset, Slot]


class NothingPlanned(Missing):
    """The station has neither an airing nor a relay on that day."""


def build_day(session: Session, station_code: str, day: date, *, number: int | None = None) -> StationDay:
    """The station's `day` as it is planned now, numbered like its last published version.

    Raises:
        StationUnknown: no such station.
        RenditionMissing: a piece was never mastered for the station's preset.
    """
    station = find_station(session, station_code)
    if number is None:
        latest = latest_version(session, station, day)
        number = latest.number if latest else 0
    blocks = find_blocks(session, [station], day, day)
    return _make_day(station, day, _list_standing(session, station, day), blocks, number=number)


def _list_standing(session: Session, station: Station, day: date) -> list[Row]:
    rows = list_days(session, [station], day)[station.id or 0]
    return [row for row in rows if row[0].state is not AiringState.PREEMPTED]


def _make_day(
    station: Station, day: date, rows: Sequence[Row], blocks: Sequence[SlotOccurrence], *, number: int
) -> StationDay:
    zone = ZoneInfo(station.timezone)
    return StationDay(
        station=station.code,
        station_name=station.name,
        timezone=station.timezone,
        day=day,
        number=number,
        preset=station.preset,
        is_sample=station.is_sample,
        entries=tuple(
            _make_entry(position, airing, asset, slot, preset=station.preset, zone=zone)
            for position, (airing, asset, slot) in enumerate(rows, start=1)
        ),
        relays=tuple(
            Relay(one.slot, one.relay_source, one.starts_at.astimezone(zone), one.ends_at.astimezone(zone))
            for one in blocks
        ),
    )


def list_days(session: Session, stations: Iterable[Station], day: date) -> dict[int, list[Row]]:
    """What is planned on `day` at each station, by its id, in order of time."""
    found: dict[int, list[Row]] = {station.id or 0: [] for station in stations}
    rows = session.exec(
        select(Airing, Asset, Slot)
        .join(Asset, col(Asset.id) == col(Airing.asset_id))
        .join(Slot, col(Slot.id) == col(Airing.slot_id))
        .where(col(Airing.station_id).in_(found), Airing.local_date == day)
        .order_by(col(Airing.starts_at), col(Airing.position))
    )
    for airing, asset, slot in rows:
        found[airing.station_id].append((airing, asset, slot))
    return found


def latest_version(session: Session, station: Station, day: date) -> Playlist | None:
    return latest_versions(session, [station], day).get(station.id or 0)


def latest_versions(session: Session, stations: Iterable[Station], day: date) -> dict[int, Playlist]:
    """The version that holds for `day` at each station that has one, by the station's id."""
    ids = [station.id for station in stations]
    query = select(Playlist).where(col(Playlist.station_id).in_(ids), Playlist.local_date == day)
    return {one.station_id: one for one in session.exec(query.order_by(col(Playlist.number)))}


def publish_day(session: Session, station_code: str, day: date, *, now: datetime) -> Playlist:
    """The station's day as an immutable version; the last one is returned while nothing has changed.

    Raises:
        NothingPlanned: there is nothing to publish.
        DayClashes, DayInQuietHours: rules or slots have changed since it was planned.
    """
    station = find_station(session, station_code)
    # A relay of the day before or after may reach into the day.
    around = find_blocks(session, [station], day - timedelta(days=1), day + timedelta(days=1))
    blocks = [one for one in around if one.local_date == day]
    rows = _list_standing(session, station, day)
    draft = _make_day(station, day, rows, blocks, number=0)
    if not draft.entries and not draft.relays:
        raise NothingPlanned(station=station.name, day=f"{day:%d/%m/%Y}")
    content = describe_day(draft)
    check_day(station, day, [(airing, asset) for airing, asset, _ in rows], around)
    fingerprint = _hash_content(draft)
    latest = latest_version(session, station, day)
    if latest is not None and latest.content_sha256 == fingerprint:
        return latest
    assert station.id is not None
    version = Playlist(
        station_id=station.id,
        local_date=day,
        number=latest.number + 1 if latest else 1,
        content=content,
        content_sha256=fingerprint,
        published_at=now,
    )
    session.add(version)
    session.flush()
    mark_published(session, station, day, now=now)
    keep_relays(session, station, day, blocks)
    return version


def read_version(version: Playlist) -> StationDay:
    """The day as it was published, whatever has been planned since."""
    return replace(read_day(version.content), number=version.number)


def _hash_content(day: StationDay) -> str:
    """What makes a version: what airs when, not the words in which it is explained."""
    bare = replace(day, entries=tuple(replace(entry, reason="") for entry in day.entries))
    content = describe_day(bare)
    if not day.relays:  # as it was before relays were named: the same day stays the same version
        del content["relays"]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _make_entry(
    position: int, airing: Airing, asset: Asset, slot: Slot, *, preset: str, zone: ZoneInfo
) -> Entry:
    rendition = rendition_for(asset, preset)
    return Entry(
        position=position,
        slot=slot.name,
        role=airing.role.value,
        asset_key=asset.key,
        title=asset.title,
        theme=asset.theme,
        audience=asset.audience,
        form=asset.form,
        language=asset.language,
        priority=asset.priority.value,
        sha256=rendition.sha256,
        size_bytes=rendition.size_bytes,
        duration_ms=rendition.duration_ms,
        integrated_lufs=rendition.integrated_lufs,
        true_peak_dbtp=rendition.true_peak_dbtp,
        starts_at=airing.starts_at.astimezone(zone),
        ends_at=airing.ends_at.astimezone(zone),
        reason=airing.reason,
    )
