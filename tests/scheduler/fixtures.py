"""Stations, slots, pieces and goals as the tests want them, short to write."""

from datetime import UTC, date, datetime, time

from sqlmodel import Session

from assets.models import Asset, AssetKind, Rendition
from scheduler.calendar import SlotOccurrence, SlotRule, StationRules, expand_slots
from scheduler.goals import Goal
from scheduler.items import Item
from scheduler.models import Station, StationKind

NOW = datetime(2026, 3, 1, tzinfo=UTC)
MARCH = (date(2026, 3, 1), date(2026, 3, 31))


def make_station(code: str = "ia-dom", **fields: object) -> Station:
    values = {"name": f"Đài {code}", "kind": StationKind.COMMUNE, "preset": "loudspeaker", **fields}
    return Station(code=code, **values)


def make_rule(rule: str = "FREQ=DAILY", **fields: object) -> SlotRule:
    values = {
        "station": StationRules("ia-dom"),
        "slot_id": 1,
        "name": "sáng",
        "starts": time(5),
        "duration_minutes": 30,
        "valid_from": date(2026, 1, 1),
        **fields,
    }
    return SlotRule(rrule=rule, **values)


def make_occurrences(
    days: int = 7, stations: tuple[str, ...] = ("ia-dom",), **fields
) -> list[SlotOccurrence]:
    """Mornings and evenings of March."""
    rules = fields.pop("rules", {})
    slots = [
        make_rule(
            station=StationRules(code, **rules),
            slot_id=10 * place + number,
            name=name,
            starts=starts,
            **fields,
        )
        for place, code in enumerate(stations, start=1)
        for number, (name, starts) in enumerate((("sáng", time(5)), ("chiều", time(17))))
    ]
    return expand_slots(slots, MARCH[0], date(2026, 3, days))


def make_item(number: int, minutes: float = 5, **fields) -> Item:
    values = {"theme": "1", "audience": "1", "form": "2.radio", **fields}
    return Item(
        asset_id=number,
        key=f"script/{number:03}@1",
        title=f"Tiết mục {number}",
        duration_ms=int(minutes * 60_000),
        **values,
    )


def make_goal(theme: str | None = "1", quantity: int = 5, **fields) -> Goal:
    values = {
        "audience": None,
        "form": None,
        "station": None,
        "first_date": MARCH[0],
        "last_date": MARCH[1],
        "measure": "airings",
        **fields,
    }
    return Goal(theme=theme, quantity=quantity, **values)


def add_piece(
    session: Session,
    key: str,
    *,
    minutes: float = 5,
    kind: AssetKind = AssetKind.SEGMENT,
    approved: bool = True,
    presets: tuple[str, ...] = ("loudspeaker", "radio"),
    **fields: object,
) -> Asset:
    values = {"theme": "1", "audience": "1", "form": "2.radio", **fields}
    asset = Asset(
        key=key,
        kind=kind,
        title=f"Bài {key}",
        duration_ms=int(minutes * 60_000),
        approved_at=NOW if approved else None,
        created_at=NOW,
        **values,
    )
    asset.renditions = [
        Rendition(
            preset=preset,
            recipe=f"{key}-{preset}",
            sha256=find_sha(key, preset),
            size_bytes=1,
            duration_ms=int(minutes * 60_000),
            integrated_lufs=-16,
            true_peak_dbtp=-2,
            loudness_range_lu=5,
            channels=1,
        )
        for preset in presets
    ]
    session.add(asset)
    session.flush()
    return asset


def find_sha(key: str, preset: str = "loudspeaker") -> str:
    from hashlib import sha256

    return sha256(f"{key}-{preset}".encode()).hexdigest()
