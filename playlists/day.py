"""What a station airs on one day, as plain values."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

_MOMENTS = ("starts_at", "ends_at")


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece at its moment. `starts_at` and `ends_at` are instants with the station's UTC offset."""

    position: int
    slot: str
    role: str
    asset_key: str
    title: str
    theme: str | None
    audience: str | None
    form: str | None
    language: str
    priority: str
    sha256: str
    size_bytes: int
    duration_ms: int
    integrated_lufs: float
    true_peak_dbtp: float
    starts_at: datetime
    ends_at: datetime
    reason: str

    @property
    def file(self) -> str:
        """Where the piece lies beside the playlist; the same bytes are kept once, however often they air."""
        return f"media/{self.sha256}.mp3"


@dataclass(frozen=True, slots=True)
class Relay:
    """A block of another's programme: the operator, or the receiver, switches over; nothing of ours plays."""

    slot: str
    source: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class StationDay:
    """What a station airs on one local day; `number` 0 is a draft that was not published."""

    station: str
    station_name: str
    timezone: str
    day: date
    number: int
    preset: str
    is_sample: bool
    entries: tuple[Entry, ...]
    relays: tuple[Relay, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.station}-{self.day.isoformat()}-v{self.number}"

    @property
    def parts(self) -> list[Entry | Relay]:
        """Entries and relays in order of time."""
        both: list[Entry | Relay] = [*self.entries, *self.relays]
        return sorted(both, key=lambda one: one.starts_at)

    def slots(self) -> dict[str, tuple[Entry, ...]]:
        """Entries by slot, in the order of the day."""
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(entry.slot, []).append(entry)
        return {slot: tuple(entries) for slot, entries in found.items()}


def describe_day(day: StationDay) -> dict[str, Any]:
    """The day as plain JSON values: moments as ISO 8601 with offset."""
    content = asdict(day)
    content["day"] = day.day.isoformat()
    for name in ("entries", "relays"):
        content[name] = [{**one, **{key: one[key].isoformat() for key in _MOMENTS}} for one in content[name]]
    return content


def read_day(content: dict[str, Any]) -> StationDay:
    """The day that `describe_day` described."""
    return StationDay(
        **{
            **content,
            "day": date.fromisoformat(content["day"]),
            "entries": tuple(Entry(**_read_moments(entry)) for entry in content["entries"]),
            # Versions from before there were relays have none.
            "relays": tuple(Relay(**_read_moments(relay)) for relay in content.get("relays", ())),
        }
    )


def _read_moments(content: dict[str, Any]) -> dict[str, Any]:
    return {**content, **{key: datetime.fromisoformat(content[key]) for key in _MOMENTS}}
