"""Goals that several stations share, parted among them: equally, as far as each can. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

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
    shares = {station: [0] * len(goals) for station in sessions}
    for number, goal in enumerate(goals):
        if not missing[number]:
            continue
        if goal.station is not None:
            if goal.station in shares:
                shares[goal.station][number] = missing[number]
            continue
        reach = {station: _find_reach(goal, ours, items[station]) for station, ours in sessions.items()}
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


def _find_reach(goal: Goal, sessions: Sequence[OpenSession], items: Sequence[Item]) -> int:
    """The most that a station could bring if it aired nothing else; never too little."""
    rooms: dict[date, int] = defaultdict(int)
    for session in sessions:
        if goal.counts(session.station, session.day):
            rooms[session.day] += session.left_ms
    if not rooms:
        return 0
    total, shortest_ms = 0, 0
    for item in items:
        if goal.wants(item):
            days = sum(item.is_valid(day) for day in rooms)
            times = min(-(-days // item.separation_days), item.max_airings or days)
            total += times * goal.worth(item.duration_ms)
            if times:
                shortest_ms = min(shortest_ms or item.duration_ms, item.duration_ms)
    room_ms = sum(rooms.values())
    most = room_ms if goal.measure == "minutes" else room_ms // (shortest_ms or 1)
    return min(total, most)


def _part(amount: int, reach: Mapping[str, int]) -> dict[str, int]:
    """`amount` in equal parts, none above its reach; what one cannot take goes to the others."""
    shares: dict[str, int] = {}
    stations = sorted(reach, key=lambda station: (reach[station], station))
    for at, station in enumerate(stations):
        shares[station] = min(reach[station], -(-amount // (len(stations) - at)))
        amount -= shares[station]
    return shares
