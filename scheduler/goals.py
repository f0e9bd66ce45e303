"""What must be covered, as values, and how far a schedule comes with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from scheduler.items import Item
from scheduler.reasons import Reason

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Goal:
    """So many airings or minutes of what carries these labels, within these local days (both included).

    None of a label counts everything; a code counts its topics and products too: `3` counts `3.health`.
    Without a station all stations count together. `measure` is `airings` or `minutes`; among goals that
    compete for room the heavier `weight` comes first. `key` is what the caller knows the goal by.
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

    @property
    def label(self) -> str:
        """The goal in its codes: `3.health · 1 · ia-dom`."""
        named = (self.theme, self.audience, self.form, self.station)
        return self.key or " · ".join(part for part in named if part) or "*"

    @property
    def needed(self) -> int:
        """The quantity in what is counted inside: airings, or milliseconds."""
        return self.quantity * (MINUTE_MS if self.measure == "minutes" else 1)

    def worth(self, duration_ms: int) -> int:
        """What one airing of this length adds, counted as `needed` is."""
        return duration_ms if self.measure == "minutes" else 1

    def wants(self, item: Item) -> bool:
        """Whether the labels of `item` are the goal's, whenever and wherever it airs."""
        return (
            covers(self.theme, item.theme)
            and covers(self.audience, item.audience)
            and covers(self.form, item.form)
        )

    def counts(self, station: str, day: date) -> bool:
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
    """How much of each goal is placed so far; goals are known by their place in the sequence."""

    def __init__(self, goals: Iterable[Goal]) -> None:
        self.goals = tuple(goals)
        self.placed = [0] * len(self.goals)
        self._wanted: dict[tuple[str | None, str | None, str | None], tuple[int, ...]] = {}

    def wanting(self, item: Item) -> tuple[int, ...]:
        """The goals with the labels of `item`."""
        labels = (item.theme, item.audience, item.form)
        if labels not in self._wanted:
            self._wanted[labels] = tuple(n for n, goal in enumerate(self.goals) if goal.wants(item))
        return self._wanted[labels]

    def missing(self, number: int) -> int:
        return max(0, self.goals[number].needed - self.placed[number])

    def count(self, item: Item, station: str, day: date, *, times: int = 1) -> None:
        for number in self.wanting(item):
            goal = self.goals[number]
            if goal.counts(station, day):
                self.placed[number] += times * goal.worth(item.duration_ms)
