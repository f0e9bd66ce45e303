"""Goals that several stations share, parted among them: equally, as far as each can. Pure."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import accumulate

from scheduler.board import OpenSession
from scheduler.goals import Goal, Tally
from scheduler.items import Item


def share_goals(
    goals: Sequence[Goal],
    missing: Sequence[int],
    sessions: Mapping[str, Sequence[OpenSession]],
    items: Mapping[str, Sequence[Item]],
) -> dict[str, list[int]]:
    """For each station how much of each goal it is to bring, as the goal counts inside.

    A goal of one station stays there whole. What no station can bring is nobody's share.
    """
    most = _Reach(sessions, items)
    shares = {station: [0] * len(goals) for station in sessions}
    for number, goal in enumerate(goals):
        if not missing[number]:
            continue
        if goal.station is not None:
            if goal.station in shares:
                shares[goal.station][number] = missing[number]
            continue
        reach = {station: most.find(goal, station) for station in sessions}
        for station, share in _part(missing[number], reach).items():
            shares[station][number] = share
    return shares


def share_slack(tally: Tally, stations: int) -> list[int | None]:
    """What each station may bring of each goal beyond its share, so that together they pass no maximum."""
    return [
        None
        if most is None
        else max(0, most - max(tally.placed[number], tally.needs[number]))
        // (stations if goal.station is None else 1)
        for number, (goal, most) in enumerate(zip(tally.goals, tally.ceilings, strict=True))
    ]


class _Reach:
    """The most that a station could bring a goal if it aired nothing else; never too little."""

    def __init__(
        self, sessions: Mapping[str, Sequence[OpenSession]], items: Mapping[str, Sequence[Item]]
    ) -> None:
        self._items = items
        self._days: dict[str, list[date]] = {}
        self._room_ms: dict[str, list[int]] = {}
        """Of each station the room before each of its days, and that of all."""
        self._found: dict[tuple[object, ...], tuple[int, int]] = {}
        for station, ours in sessions.items():
            rooms: dict[date, int] = defaultdict(int)
            for session in ours:
                rooms[session.day] += session.left_ms
            self._days[station] = sorted(rooms)
            self._room_ms[station] = list(accumulate((rooms[day] for day in sorted(rooms)), initial=0))

    def find(self, goal: Goal, station: str) -> int:
        days, sums = self._days[station], self._room_ms[station]
        first, end = bisect_left(days, goal.first_date), bisect_right(days, goal.last_date)
        if first >= end:
            return 0
        items = self._items[station]
        key = (goal, id(items), tuple(days[first:end]))
        if key not in self._found:
            self._found[key] = _find_most(goal, days[first:end], items)
        total, shortest_ms = self._found[key]
        room_ms = sums[end] - sums[first]
        most = room_ms if goal.measure == "minutes" else room_ms // (shortest_ms or 1)
        return min(total, most)


def _find_most(goal: Goal, days: Sequence[date], items: Sequence[Item]) -> tuple[int, int]:
    """What the pieces could bring on these days if there were room, and the length of the shortest."""
    total, shortest_ms = 0, 0
    for item in items:
        if goal.wants(item):
            valid = sum(item.is_valid(day) for day in days)
            times = min(-(-valid // item.separation_days), item.max_airings or valid)
            total += times * goal.worth(item.duration_ms)
            if times:
                shortest_ms = min(shortest_ms or item.duration_ms, item.duration_ms)
    return total, shortest_ms


def _part(amount: int, reach: Mapping[str, int]) -> dict[str, int]:
    """`amount` in equal parts, none above its reach; what one cannot take goes to the others."""
    shares: dict[str, int] = {}
    stations = sorted(reach, key=lambda station: (reach[station], station))
    for at, station in enumerate(stations):
        shares[station] = min(reach[station], -(-amount // (len(stations) - at)))
        amount -= shares[station]
    return shares
