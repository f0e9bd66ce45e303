"""How far the goals are met, beside rotations that do not know them, and what the placement costs.

    .venv/bin/python -m benchmarks.placement

Prints two tables, all of it from this run. Attainment is the mean over the goals of what is placed of them,
weighed; "unused" is the share of the allowed time that nothing airs in. All three ways keep the same rules
(no piece twice in a day, language, validity, caps). Cost is CPU time and peak memory, each case in a process
of its own.
"""

import json
import resource
import subprocess
import sys
import time as clock
from collections.abc import Callable, Sequence
from datetime import date, time, timedelta
from random import Random

from scheduler.board import room_ms
from scheduler.calendar import SlotOccurrence, SlotRule, StationRules, expand_slots
from scheduler.goals import Goal, Tally
from scheduler.items import Item
from scheduler.placement import place

THEMES = ("1", "2", "4", *(f"3.{name}" for name in ("employment", "health", "water", "legal", "housing")))
INSTANCES = 20
CASES = {"one station, a year": (1, 365), "thirty stations, a month": (30, 30)}

Aired = list[tuple[SlotOccurrence, Item]]


def make_instance(
    seed: int, *, stations: int, days: int, items: int, goals: int, minutes: int
) -> tuple[list[Item], list[SlotOccurrence], list[Goal]]:
    """Mornings and evenings, pieces of 1.5 to 7 minutes with unequal themes, goals that compete for room."""
    rng = Random(seed)
    first = date(2026, 1, 1)
    codes = [f"station-{number:03}" for number in range(stations)]
    slots = [
        SlotRule(
            StationRules(code, quiet=(time(21), time(4, 30)), max_session_minutes=45),
            slot_id=2 * place_ + number,
            name=name,
            starts=starts,
            duration_minutes=minutes,
            rrule="FREQ=DAILY",
            valid_from=first,
        )
        for place_, code in enumerate(codes)
        for number, (name, starts) in enumerate((("morning", time(5)), ("evening", time(17))))
    ]
    pieces = [
        Item(
            number,
            f"script/{number:04}",
            "",
            rng.randint(90_000, 420_000),
            theme=rng.choice(THEMES),
            audience="1",
        )
        for number in range(items)
    ]
    wanted = []
    for number in range(goals):
        begins = first + timedelta(days=rng.randrange(max(1, days - 7)))
        measure, quantity = rng.choice((("airings", rng.randint(5, 60)), ("minutes", rng.randint(30, 300))))
        ends = min(begins + timedelta(days=rng.randint(6, 30)), first + timedelta(days=days - 1))
        station = rng.choice(codes)
        theme = rng.choice(("3", *THEMES))
        wanted.append(
            Goal(theme, None, None, station, begins, ends, measure, quantity, rng.randint(1, 4), f"{number}")
        )
    return pieces, expand_slots(slots, first, first + timedelta(days=days - 1)), wanted


def rotate_at_random(items: Sequence[Item], occurrences: Sequence[SlotOccurrence], seed: int) -> Aired:
    """A shuffled list for each session; what fits is taken, nothing twice in a day on a station."""
    rng = Random(seed)
    aired: Aired = []
    today: set[tuple[str, date, str]] = set()
    for occurrence in occurrences:
        left = room_ms(occurrence)
        for item in rng.sample(list(items), len(items)):
            mark = (occurrence.station, occurrence.local_date, item.key)
            if item.duration_ms <= left and mark not in today:
                left -= item.duration_ms
                today.add(mark)
                aired.append((occurrence, item))
    return aired


def attain(goals: Sequence[Goal], aired: Aired) -> float:
    tally = Tally(goals)
    for occurrence, item in aired:
        tally.add(item, occurrence.station, occurrence.local_date)
    met = sum(g.weight * min(1.0, tally.placed[n] / g.needed) for n, g in enumerate(goals))
    return met / sum(goal.weight for goal in goals)


def leave(occurrences: Sequence[SlotOccurrence], aired: Aired) -> float:
    return 1 - sum(item.duration_ms for _, item in aired) / sum(room_ms(one) for one in occurrences)


def attain_alone(
    items: Sequence[Item], occurrences: Sequence[SlotOccurrence], goals: Sequence[Goal]
) -> float:
    """Each goal as if it had all the room for itself: what no schedule for all of them can be far above."""
    met = 0.0
    for goal in goals:
        ours = [one for one in occurrences if goal.counts(one.station, one.local_date)]
        aired = [(one.occurrence, one.item) for one in place(items, ours, [goal]).airings]
        met += goal.weight * attain([goal], aired)
    return met / sum(goal.weight for goal in goals)


def compare() -> None:
    def place_all(goals: Sequence[Goal]) -> Aired:
        return [(one.occurrence, one.item) for one in place(items, occurrences, goals, seed=seed).airings]

    ways: dict[str, Callable[[], Aired]] = {
        "Loa, with goals": lambda: place_all(wanted),
        "least recently heard, without goals": lambda: place_all([]),
        "random rotation": lambda: rotate_at_random(items, occurrences, seed),
    }
    figures: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    alone = []
    for seed in range(INSTANCES):
        items, occurrences, wanted = make_instance(seed, stations=3, days=28, items=40, goals=30, minutes=20)
        alone.append(attain_alone(items, occurrences, wanted))
        for name, way in ways.items():
            aired = way()
            figures[name].append((attain(wanted, aired), leave(occurrences, aired)))
    print(f"{'':38}{'attained':>10}{'worst':>10}{'unused':>10}   ({INSTANCES} instances)")
    print(f"{'each goal with all the room to itself':38}{sum(alone) / len(alone):10.1%}{min(alone):10.1%}")
    for name, pairs in figures.items():
        shares = [share for share, _ in pairs]
        unused = sum(left for _, left in pairs) / len(pairs)
        print(f"{name:38}{sum(shares) / len(shares):10.1%}{min(shares):10.1%}{unused:10.1%}")


def run_case(name: str) -> dict[str, float]:
    stations, days = CASES[name]
    items, occurrences, goals = make_instance(
        1, stations=stations, days=days, items=400, goals=40 * stations, minutes=30
    )
    before = clock.process_time()
    placed = place(items, occurrences, goals)
    return {
        "sessions": len(occurrences),
        "airings": len(placed.airings),
        "seconds": clock.process_time() - before,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(run_case(sys.argv[1])))
        return
    compare()
    print(f"\n{'':38}{'sessions':>10}{'airings':>10}{'CPU s':>10}{'peak MB':>10}")
    for name in CASES:
        command = [sys.executable, "-m", "benchmarks.placement", name]
        cost = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        print(
            f"{name:38}{cost['sessions']:10}{cost['airings']:10}{cost['seconds']:10.1f}{cost['peak_mb']:10.0f}"
        )


if __name__ == "__main__":
    main()
