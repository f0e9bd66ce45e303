"""The pieces that one station may air, as columns of numbers: what is free on a day, heard lately, wanted.

A year of sessions asks hundreds of thousands of times whether a piece may air; asked of arrays, all pieces
answer at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from assets.models import Priority
from scheduler.frames import FramePart
from scheduler.goals import Goal
from scheduler.items import Item

Mask = NDArray[np.bool_]
Whole = NDArray[np.int64]
Real = NDArray[np.float64]

MEMORY_DAYS = 60
"""What was heard longer ago is as good as new."""
SOONER = 5e-3
"""How much more the goal that ends first weighs, at most: less than any difference of weights."""
MANY = 1_000_000
"""More airings of one piece than any station has room for."""
RANKS = {Priority.URGENT: 0, Priority.PRIORITY: 1, Priority.NORMAL: 2}


class Shelf:
    """Arrays by row (piece) and by column (local day); goals are known by their number in the tally."""

    def __init__(
        self,
        items: Sequence[Item],
        goals: Sequence[tuple[int, Goal]],
        *,
        days: tuple[date, date],
        lots: Sequence[str],
    ) -> None:
        """`goals` are those that count this station; `lots` draws an order between equal pieces."""
        self.items = tuple(items)
        self.row = {item.key: row for row, item in enumerate(self.items)}
        self.origin = days[0].toordinal() - MEMORY_DAYS
        width = days[1].toordinal() - self.origin + 1
        size = len(self.items)
        self.duration_ms: Whole = np.array([item.duration_ms for item in self.items], dtype=np.int64)
        self.shortest_ms = int(self.duration_ms.min(initial=MANY * 1000))
        self.rank: Whole = np.array([RANKS[item.priority] for item in self.items], dtype=np.int64)
        self.separation: Whole = np.array([item.separation_days for item in self.items], dtype=np.int64)
        limits = [item.max_airings or MANY for item in self.items]
        self.most: Whole = np.array(limits, dtype=np.int64)
        """How often the station may air it in all."""
        self.lot: Whole = np.empty(size, dtype=np.int64)
        self.lot[np.argsort(np.array(lots, dtype=str), kind="stable")] = np.arange(size)
        self.valid = self._find_valid(width)
        self.near = np.zeros((size, width), dtype=np.int16)
        """How many airings stand too near for one more on that day."""
        self.heard = np.zeros((size, width), dtype=np.int16)
        self.times: Whole = np.zeros(size, dtype=np.int64)
        self.goals = [number for number, _ in goals]
        self.wants: Mask = np.zeros((len(goals), size), dtype=bool)
        self.worth: Whole = np.zeros((len(goals), size), dtype=np.int64)
        self.active: Mask = np.zeros((len(goals), width), dtype=bool)
        self.share: Real = np.zeros(len(goals))
        """What share of a goal, times its weight, one millisecond or one airing is."""
        self.early: Real = np.array([_weigh_end(goal, goals) for _, goal in goals])
        """Decides between goals of one weight: a hair more for the one that ends sooner."""
        self.in_minutes: Mask = np.array([goal.measure == "minutes" for _, goal in goals], dtype=bool)
        labels: dict[tuple[str | None, ...], list[int]] = defaultdict(list)
        for row, item in enumerate(self.items):
            labels[item.theme, item.audience, item.form, item.language].append(row)
        for at, (_, goal) in enumerate(goals):
            self._keep_goal(at, goal, labels.values())
        self.value: Real = self.share[:, None] * self.worth * self.wants
        """What one airing adds to each goal, by share and weight."""
        self._kinds: dict[bytes, Whole] = {}
        self._parts: dict[FramePart, Mask] = {}
        self._serving: dict[bytes, NDArray[np.intp]] = {}

    def _find_valid(self, width: int) -> Mask:
        days = np.arange(self.origin, self.origin + width)
        least = np.array([(item.valid_from or date.min).toordinal() for item in self.items], dtype=np.int64)
        most = np.array([(item.valid_until or date.max).toordinal() for item in self.items], dtype=np.int64)
        valid: Mask = np.zeros((len(self.items), width), dtype=np.bool_)
        np.logical_and(least[:, None] <= days, days <= most[:, None], out=valid)
        return valid

    def _keep_goal(self, at: int, goal: Goal, alike: Iterable[Sequence[int]]) -> None:
        """`alike` are rows of equal labels: one of them tells for all."""
        for rows in alike:
            self.wants[at, rows] = goal.wants(self.items[rows[0]])
        self.worth[at] = self.duration_ms if goal.measure == "minutes" else 1
        first, last = self.column(goal.first_date), self.column(goal.last_date)
        self.active[at, max(0, first) : max(0, last + 1)] = True
        self.share[at] = goal.weight / goal.needed if goal.needed else 0.0

    def column(self, day: date) -> int:
        return day.toordinal() - self.origin

    def mark(self, key: str, day: int, times: int) -> None:
        """The piece airs on that day (ordinal), or, with -1, does not any more."""
        row = self.row.get(key)
        if row is None:
            return
        at, apart = day - self.origin, int(self.separation[row])
        self.times[row] += times
        self.near[row, max(0, at - apart + 1) : max(0, at + apart)] += times
        if 0 <= at < self.heard.shape[1]:
            self.heard[row, at] += times

    def free(self, day: date, barred: Iterable[str] = ()) -> Mask:
        """Which pieces the rules of validity and repetition let air on that day, without those `barred`."""
        at = self.column(day)
        free: Mask = self.valid[:, at] & (self.near[:, at] == 0) & (self.times < self.most)
        free[[self.row[key] for key in barred if key in self.row]] = False
        return free

    def freshness(self, day: date, gain: Real | None = None) -> Whole:
        """A place for each piece: not heard for longest, then useful to goals, heard least, drawn by lot."""
        at = self.column(day)
        lately = self.heard[:, max(0, at - MEMORY_DAYS) : at + 1][:, ::-1] > 0
        ago = np.where(lately.any(axis=1), lately.argmax(axis=1), MEMORY_DAYS + 1)
        useless = np.zeros(len(self.items), dtype=bool) if gain is None else gain <= 0
        place = np.empty(len(self.items), dtype=np.int64)
        place[np.lexsort((self.lot, self.times, useless, -ago))] = np.arange(len(self.items))
        return place

    def gain(self, wanted: Whole, day: date) -> Real:
        """What one airing on that day adds to goals that still want so much, by share and weight."""
        open_goals = (wanted > 0) & self.active[:, self.column(day)]
        left = (self.share * wanted)[open_goals]
        total: Real = np.minimum(self.value[open_goals], left[:, None]).sum(axis=0)
        return total

    def kinds(self, day: date) -> Whole:
        """A number for each piece: equal for those that the same goals of that day want."""
        active = self.active[:, self.column(day)]
        key = active.tobytes()
        if key not in self._kinds:
            signs = np.packbits(self.wants[active], axis=0)
            _, self._kinds[key] = np.unique(signs, axis=1, return_inverse=True)
        return self._kinds[key]

    def list_serving(self, goals: Mask) -> NDArray[np.intp]:
        """The ordinary pieces that any of these goals wants, those first that bring most in their time."""
        key = goals.tobytes()
        if key not in self._serving:
            density = self.value[goals].sum(axis=0) / self.duration_ms
            rows = np.flatnonzero((density > 0) & (self.rank == RANKS[Priority.NORMAL]))
            self._serving[key] = rows[np.lexsort((self.lot[rows], -density[rows]))]
        return self._serving[key]

    def bring(self, rows: Sequence[int], day: date) -> Whole:
        """What one airing of each of these pieces on that day adds to each goal, as the goal counts."""
        places = list(rows)
        added: Whole = (self.worth[:, places] * self.wants[:, places]).sum(axis=1)
        return added * self.active[:, self.column(day)]

    def most_airings(self, days: Sequence[date], rows: Sequence[int] | None = None) -> Whole:
        """How often each piece (or each of `rows`) can air on these days (in order), one day each time."""
        columns = [self.column(day) for day in days]
        free = self.valid[:, columns] & (self.near[:, columns] == 0)
        most: Whole = free.sum(axis=1)
        apart = np.flatnonzero(self.separation > 1).tolist() if rows is None else rows
        for row in apart:
            count, until = 0, 0
            for day in np.array(columns)[free[row]].tolist():
                if day >= until:
                    count, until = count + 1, day + int(self.separation[row])
            most[row] = count
        left: Whole = np.maximum(self.most - self.times, 0)
        np.minimum(most, left, out=most)
        return most

    def airings_left(self, row: int) -> int:
        """How often the station may still air it."""
        return max(0, int(self.most[row] - self.times[row]))

    def is_limited(self, row: int) -> bool:
        return bool(self.most[row] < MANY)

    def find_part(self, part: FramePart) -> Mask:
        """The pieces that a part of a frame takes."""
        if part not in self._parts:
            self._parts[part] = np.array([part.takes(item) for item in self.items], dtype=bool)
        return self._parts[part]

    def find_full(self, day: date, room: Real) -> Mask:
        """The pieces that add more to some goal on that day than the `room` under its maximum."""
        capped = np.isfinite(room) & self.active[:, self.column(day)]
        over: Mask = self.wants[capped] & (self.worth[capped] > room[capped][:, None])
        full: Mask = np.logical_or.reduce(over, axis=0)
        return full


def _weigh_end(goal: Goal, goals: Sequence[tuple[int, Goal]]) -> float:
    later = sum(other.last_date > goal.last_date for _, other in goals)
    return 1.0 + SOONER * later / len(goals)


def split_runs(days: Sequence[date], cuts: set[date]) -> list[list[date]]:
    """Days in order, parted before each of `cuts`."""
    runs: list[list[date]] = []
    for before, day in pairwise([None, *days]):
        assert day is not None
        if before is None or any(before < cut <= day for cut in cuts):
            runs.append([])
        runs[-1].append(day)
    return runs
