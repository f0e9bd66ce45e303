"""What can be placed, as values."""

from dataclasses import dataclass
from datetime import date

from assets.models import Priority
from scheduler.models import ItemRole


@dataclass(frozen=True, slots=True)
class Item:
    """A finished piece that may air: approved, and mastered for the stations it names.

    `duration_ms` is that of the file which will play. `stations` None is any station. `separation_days` is
    the least number of days between two airings on one station; 1 is "not twice in a day". `max_airings` is
    how often one station airs it in all, None as often as it likes. A tune (role `signature`) airs only where
    a slot names it.
    """

    asset_id: int
    key: str
    title: str
    duration_ms: int
    theme: str | None = None
    audience: str | None = None
    form: str | None = None
    language: str = "vi"
    priority: Priority = Priority.NORMAL
    valid_from: date | None = None
    valid_until: date | None = None
    stations: frozenset[str] | None = None
    separation_days: int = 1
    max_airings: int | None = None
    role: ItemRole = ItemRole.SEGMENT

    def __post_init__(self) -> None:
        if self.duration_ms <= 0 or self.separation_days < 1 or (self.max_airings or 1) < 1:
            raise ValueError(self)

    def may_air_on(self, station: str) -> bool:
        return self.stations is None or station in self.stations

    def is_valid(self, day: date) -> bool:
        return (self.valid_from or date.min) <= day <= (self.valid_until or date.max)


@dataclass(frozen=True, slots=True)
class PastAiring:
    """An airing that stands already: it counts for goals and separation, and uses up its session."""

    station: str
    item: Item
    local_date: date
    slot_id: int
    counted: bool = True
    """False for what was missed: it took no one's ear, so goals still want it."""
