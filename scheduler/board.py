"""What is placed so far while a schedule is being made: the only mutable state of the placement."""

import hashlib
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from assets.models import Priority
from scheduler.calendar import SlotOccurrence
from scheduler.frames import FRAME_REASONS
from scheduler.goals import MINUTE_MS, Goal, Tally
from scheduler.items import Item, PastAiring
from scheduler.reasons import Reason
from scheduler.shelf import Shelf


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A piece that would have stood here before the chosen one, and what spoke against it."""

    key: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Choice:
    item: Item
    reason: Reason
    passed_over: tuple[PassedOver, ...] = ()

    @property
    def is_free(self) -> bool:
        """Whether the search for goals may put another in its place."""
        return self.item.priority is Priority.NORMAL and self.reason.code not in FRAME_REASONS


@dataclass(slots=True)
class OpenSession:
    """One occurrence that is being filled; `left_ms` is the room that remains between its tunes."""

    occurrence: SlotOccurrence
    signature: Item | None
    closing: Item | None
    left_ms: int
    chosen: list[Choice] = field(default_factory=list)
    barred: frozenset[str] = frozenset()
    """Keys of pieces that a person's ban keeps out."""
    greeting: Item | None = None
    station: str = field(init=False)
    day: date = field(init=False)

    def __post_init__(self) -> None:
        # Asked for hundreds of thousands of times: looked up once.
        self.station, self.day = self.occurrence.station, self.occurrence.local_date

    @property
    def ordinary(self) -> list[Choice]:
        """What goals and variety chose; what is urgent, of priority or for the frame stands before it."""
        return [choice for choice in self.chosen if choice.is_free]

    def find(self, key: str) -> int:
        """The place of the piece among those chosen."""
        return [choice.item.key for choice in self.chosen].index(key)


class Board:
    """Who aired where and when, how far the goals are, and which sessions are used."""

    def __init__(
        self,
        goals: Iterable[Goal],
        past: Iterable[PastAiring],
        *,
        seed: int = 0,
        needs: Sequence[int] | None = None,
        ceilings: Sequence[int | None] | None = None,
    ) -> None:
        """`needs` and `ceilings` are those of each goal here, where that is less than the whole."""
        self.tally = Tally(goals, needs, ceilings)
        self._seed = seed
        self._shelves: dict[str, Shelf] = {}
        self._heard: dict[tuple[str, str], list[int]] = {}
        """The days (ordinals, in order) on which a station aired or is to air a piece."""
        self._sessions: dict[tuple[str, date], set[int]] = defaultdict(set)
        for airing in past:
            self._sessions[airing.station, airing.local_date].add(airing.slot_id)
            if airing.counted:
                self._keep(airing.item, airing.station, airing.local_date)
        self._stood = {pair: list(days) for pair, days in self._heard.items()}

    def add(self, session: OpenSession, choice: Choice, *, at: int | None = None) -> None:
        session.chosen.insert(len(session.chosen) if at is None else at, choice)
        session.left_ms -= choice.item.duration_ms
        self._keep(choice.item, session.station, session.day)

    def use(self, occurrence: SlotOccurrence) -> None:
        """The occurrence will air: it counts for the caps of its station."""
        self._sessions[occurrence.station, occurrence.local_date].add(occurrence.slot_id)

    def adopt(self, session: OpenSession) -> None:
        """A session that was filled elsewhere: what it airs is heard and counts."""
        for choice in session.chosen:
            self._keep(choice.item, session.station, session.day)

    def remove(self, session: OpenSession, at: int) -> Choice:
        choice = session.chosen.pop(at)
        item = choice.item
        session.left_ms += item.duration_ms
        self._heard[session.station, item.key].remove(session.day.toordinal())
        self._mark(item, session.station, session.day, -1)
        self.tally.remove(item, session.station, session.day)
        return choice

    def clear(self, session: OpenSession) -> None:
        """Take all ordinary pieces out again; they stand behind the others."""
        for _ in session.ordinary:
            self.remove(session, len(session.chosen) - 1)

    def _keep(self, item: Item, station: str, day: date) -> None:
        insort(self._heard.setdefault((station, item.key), []), day.toordinal())
        self._mark(item, station, day, 1)
        self.tally.add(item, station, day)

    def _mark(self, item: Item, station: str, day: date, times: int) -> None:
        if station in self._shelves:
            self._shelves[station].mark(item.key, day.toordinal(), times)

    def open_shelf(self, station: str, items: Sequence[Item], days: tuple[date, date]) -> Shelf:
        """The station's pieces as arrays, with all that is heard; kept in step from now on."""
        if station not in self._shelves:
            goals = [(n, goal) for n, goal in enumerate(self.tally.goals) if goal.station in (None, station)]
            lots = [draw(self._seed, station, item.key) for item in items]
            shelf = Shelf(items, goals, days=days, lots=lots)
            for (where, key), heard in self._heard.items():
                if where == station:
                    for day in heard:
                        shelf.mark(key, day, 1)
            self._shelves[station] = shelf
        return self._shelves[station]

    def find_block(self, item: Item, station: str, day: date) -> Reason | None:
        """The rule of repetition that keeps `item` from airing there on that day."""
        heard = self._heard.get((station, item.key), ())
        near = _find_near(heard, day, item.separation_days)
        if near == day.toordinal():
            return Reason("same-day")
        if item.max_airings is not None and len(heard) >= item.max_airings:
            return Reason("max-airings", {"most": item.max_airings})
        return None if near is None else Reason("separation", {"days": item.separation_days})

    def count_stood(self, item: Item, station: str) -> int:
        """How often the station airs the piece in what stood before this placement."""
        return len(self._stood.get((station, item.key), ()))

    def stood_clear(self, item: Item, station: str, day: date) -> bool:
        """Whether what stood before this placement alone would let `item` air there on that day."""
        return _find_near(self._stood.get((station, item.key)), day, item.separation_days) is None

    def find_cap(self, occurrence: SlotOccurrence) -> Reason | None:
        """The cap of the station that leaves no place for one more session."""
        rules, day = occurrence.rules, occurrence.local_date
        if not room_ms(occurrence):
            return Reason("relay-cap", {"most": rules.max_session_minutes})
        used = self._sessions.get((rules.code, day), set())
        if rules.max_sessions_per_day is not None and len(used) >= rules.max_sessions_per_day:
            return Reason("sessions-cap", {"most": rules.max_sessions_per_day})
        if rules.max_days_per_week is not None and not used:
            monday = day - timedelta(days=day.weekday())
            week = sum(bool(self._sessions.get((rules.code, monday + timedelta(days=n)))) for n in range(7))
            if week >= rules.max_days_per_week:
                return Reason("days-cap", {"most": rules.max_days_per_week})
        return None


def _find_near(days: Sequence[int] | None, day: date, separation_days: int) -> int | None:
    """One of `days` that lies less than `separation_days` from `day`; `day` itself if it is there."""
    if not days:
        return None
    centre = day.toordinal()
    first = bisect_left(days, centre - separation_days + 1)
    near = days[first : bisect_left(days, centre + separation_days)]
    return centre if centre in near else next(iter(near), None)


def draw(seed: int, *names: object) -> str:
    """A lot that depends on nothing but the seed and the names: the same on every machine."""
    return hashlib.sha256("\0".join(map(str, (seed, *names))).encode()).hexdigest()[:16]


def room_ms(occurrence: SlotOccurrence) -> int:
    """What may air in the occurrence: its length, or what the station's cap leaves of it; relays count."""
    cap = occurrence.rules.max_session_minutes
    if cap is None:
        return occurrence.duration_ms
    return max(0, min(occurrence.duration_ms, cap * MINUTE_MS - occurrence.relay_ms))
