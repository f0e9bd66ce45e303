"""What must be covered, as values, and how far a schedule comes with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from scheduler.items import Item
from scheduler.reasons import Reason

MINUTE_MS = 60_000
MEASURES = ("airings", "minutes")


@dataclass(frozen=True, slots=True)
class Goal:
    """So many airings or minutes of what carries these labels, within these local days (both included).

    None of a label counts everything; a code counts its topics and products too: `3` counts `3.health`.
    Without a station all stations count together. `measure` is `airings` or `minutes`; among goals that
    compete for room the heavier `weight` comes first. `most` is a quantity that nothing passes which is not
    placed for a goal. `key` is what the caller knows the goal by.
    """

    theme: str | None
    audience: str | None
    form: str | None
    station: str | None
    first_date: date
    last_date: date
    measure: str
    quantity: int
    weight: int = 1
    key: str = ""
    language: str | None = None
    most: int | None = None
    title: str = field(default="", compare=False)
    place: str = field(default="", compare=False)
    """What the labels and the place are called."""

    def __post_init__(self) -> None:
        if self.measure not in MEASURES or self.quantity < 0 or self.weight < 0:
            raise ValueError(self)

    @property
    def label(self) -> str:
        """The goal in its codes: `3.health · 1 · ia-dom`."""
        named = (self.theme, self.audience, self.form, self.language, self.station)
        return self.key or " · ".join(part for part in named if part) or "*"

    @property
    def name(self) -> str:
        """The goal as people know it: `Y tế · Đài xã Ia Đal`; in its codes where nobody has named it."""
        return " · ".join(part for part in (self.title, self.place) if part) or self.label

    @property
    def about(self) -> str:
        """Its labels without its place, in codes."""
        return " · ".join(code for code in (self.theme, self.audience, self.form) if code) or "*"

    @property
    def needed(self) -> int:
        """The quantity in what is counted inside: airings, or milliseconds."""
        return self.quantity * (MINUTE_MS if self.measure == "minutes" else 1)

    @property
    def ceiling(self) -> int | None:
        """`most` as `needed` is counted."""
        return None if self.most is None else self.most * (MINUTE_MS if self.measure == "minutes" else 1)

    def worth(self, duration_ms: int) -> int:
        """What one airing of this length adds, counted as `needed` is."""
        return duration_ms if self.measure == "minutes" else 1

    def wants(self, item: Item) -> bool:
        """Whether the labels of `item` are the goal's, whenever and wherever it airs."""
        return (
            covers(self.theme, item.theme)
            and covers(self.audience, item.audience)
            and covers(self.form, item.form)
            and self.language in (None, item.language)
        )

    def counts(self, station: str, day: date) -> bool:
        """Whether an airing there and then counts, if the labels are right."""
        return self.station in (None, station) and self.first_date <= day <= self.last_date


def covers(code: str | None, label: str | None) -> bool:
    """Whether `label` is `code` or lies under it: `3` covers `3.health`, not `30`."""
    return code is None or (label is not None and (label == code or label.startswith(f"{code}.")))


@dataclass(frozen=True, slots=True)
class GoalResult:
    """How far a goal is met by the schedule, in its own measure; whole minutes are rounded down.

    `placed` counts what was there before as well. `why` says what a missing rest fails on.
    """

    goal: Goal
    wanted: int
    placed: int
    missing: int
    why: Reason | None


class Tally:
    """How much of each goal is placed so far; a goal is known by its number in `goals`.

    `needs` are how much of each is asked for, `ceilings` what nothing else may pass, where that is less than
    the whole goal.
    """

    def __init__(
        self,
        goals: Iterable[Goal],
        needs: Sequence[int] | None = None,
        ceilings: Sequence[int | None] | None = None,
    ) -> None:
        self.goals = tuple(goals)
        self.ceilings = tuple(goal.ceiling for goal in self.goals) if ceilings is None else tuple(ceilings)
        self.needs = tuple(goal.needed for goal in self.goals) if needs is None else tuple(needs)
        self.placed = [0] * len(self.goals)
        self._wanting: dict[tuple[str | None, ...], tuple[int, ...]] = {}

    def wanting(self, item: Item, station: str) -> tuple[int, ...]:
        """The goals with the labels of `item` that count this station, on whatever day."""
        labels = (station, item.theme, item.audience, item.form, item.language)
        if labels not in self._wanting:
            self._wanting[labels] = tuple(
                number
                for number, goal in enumerate(self.goals)
                if goal.station in (None, station) and goal.wants(item)
            )
        return self._wanting[labels]

    def serving(self, item: Item, station: str, day: date) -> list[int]:
        """The goals that an airing of `item` counts for."""
        goals = self.goals
        return [
            number
            for number in self.wanting(item, station)
            if goals[number].first_date <= day <= goals[number].last_date
        ]

    def missing(self, number: int) -> int:
        return max(0, self.needs[number] - self.placed[number])

    def add(self, item: Item, station: str, day: date) -> None:
        for number in self.serving(item, station, day):
            self.placed[number] += self.goals[number].worth(item.duration_ms)

    def remove(self, item: Item, station: str, day: date) -> None:
        for number in self.serving(item, station, day):
            self.placed[number] -= self.goals[number].worth(item.duration_ms)

    def gain(self, number: int, item: Item) -> float:
        """What share of the goal, times its weight, one more airing of `item` would add."""
        goal = self.goals[number]
        if not self.missing(number):
            return 0.0
        return goal.weight * min(goal.worth(item.duration_ms), self.missing(number)) / goal.needed

    def loss(self, number: int, item: Item) -> float:
        """What share of the goal, times its weight, one airing of `item` less would take away."""
        goal = self.goals[number]
        if not goal.needed:
            return 0.0
        without = self.placed[number] - goal.worth(item.duration_ms)
        return goal.weight * max(0, min(self.placed[number], goal.needed) - without) / goal.needed
