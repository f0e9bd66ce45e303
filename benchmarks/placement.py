"""How far the goals are met, beside rotations that do not know them, and what the placement costs.

    .venv/bin/python -m benchmarks.placement

Prints three tables, all of it from this run. Attainment is the mean over the goals of what is placed of them,
weighed, and "of bound" its share of what is proven to be the most; "dead air" is the share of the allowed
time that nothing airs in, "repeats" the airings of a piece that the station aired within three days, "apart"
the mean of days between two airings of a piece on a station, "of even" how near each airing comes to the
distance at which all pieces would come round evenly (a first airing does, and none comes nearer). "Spread" is
the standard deviation over stations of the minutes that each airs of a theme, over their mean. Random
rotation is in the manner of AzuraCast, subset-sum fill in the manner of LibreTime; all ways keep the same
rules (no piece twice in a day, language, validity, caps). Cost is CPU time, time by the clock and peak
memory, all processes together, each case started anew.
"""

import json
import resource
import subprocess
import sys
import time as clock
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date, time, timedelta
from random import Random
from statistics import mean, pstdev

from scheduler.board import room_ms
from scheduler.calendar import SlotOccurrence, SlotRule, StationRules, expand_slots
from scheduler.goals import Goal, Tally
from scheduler.items import Item
from scheduler.placement import bound_goals, place

THEMES = ("1", "2", "4", *(f"3.{name}" for name in ("employment", "health", "water", "legal", "housing")))
INSTANCES = 50
WORKERS = 2
SHARING = 20

WHOSE = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)

Aired = list[tuple[SlotOccurrence, Item]]
Instance = tuple[list[Item], list[SlotOccurrence], list[Goal]]


def make_instance(seed: int, *, stations: int, days: int, items: int, goals: int, minutes: int) -> Instance:
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


def fill_by_sums(items: Sequence[Item], occurrences: Sequence[SlotOccurrence], seed: int) -> Aired:
    """Pieces in random order, at each step the sum that comes nearest to the room (in whole seconds)."""
    rng = Random(seed)
    aired: Aired = []
    today: set[tuple[str, date, str]] = set()
    for occurrence in occurrences:
        room_s = room_ms(occurrence) // 1000
        free = [
            item
            for item in rng.sample(list(items), len(items))
            if (occurrence.station, occurrence.local_date, item.key) not in today
        ]
        reached: dict[int, tuple[Item, ...]] = {0: ()}
        for item in free:
            length_s = -(-item.duration_ms // 1000)
            for total, chosen in list(reached.items()):
                if total + length_s <= room_s:
                    reached.setdefault(total + length_s, (*chosen, item))
            if room_s in reached:
                break
        for item in reached[max(reached)]:
            today.add((occurrence.station, occurrence.local_date, item.key))
            aired.append((occurrence, item))
    return aired


def list_gaps(aired: Aired) -> list[int]:
    """The days between two airings of a piece on a station, of each pair that follow each other."""
    heard: dict[tuple[str, str], date] = {}
    gaps = []
    for occurrence, item in aired:
        before = heard.get((occurrence.station, item.key))
        if before is not None:
            gaps.append((occurrence.local_date - before).days)
        heard[occurrence.station, item.key] = occurrence.local_date
    return gaps


def repeat(aired: Aired) -> float:
    """The share of airings of a piece that the station aired within the three days before."""
    return sum(gap <= 3 for gap in list_gaps(aired)) / len(aired)


def come_even(items: Sequence[Item], occurrences: Sequence[SlotOccurrence], aired: Aired) -> float:
    """How near the airings come, on average, to the distance of an even rotation; of one station."""
    even = len(items) * len({one.local_date for one in occurrences}) / len(aired)
    gaps = list_gaps(aired)
    return (len(aired) - len(gaps) + sum(min(1.0, gap / even) for gap in gaps)) / len(aired)


def spread(aired: Aired) -> dict[str, float]:
    """By theme how much the minutes of the stations differ: their deviation over their mean."""
    minutes: dict[str, Counter[str]] = defaultdict(Counter)
    for occurrence, item in aired:
        minutes[item.theme or ""][occurrence.station] += item.duration_ms
    stations = {occurrence.station for occurrence, _ in aired}
    return {
        theme: pstdev(ours[station] for station in stations) / mean(ours[station] for station in stations)
        for theme, ours in minutes.items()
    }


def compare() -> None:
    def place_all(goals: Sequence[Goal]) -> Aired:
        return [(one.occurrence, one.item) for one in place(items, occurrences, goals, seed=seed).airings]

    ways: dict[str, Callable[[], Aired]] = {
        "Loa, with goals": lambda: place_all(wanted),
        "least recently heard, without goals": lambda: place_all([]),
        "subset-sum fill": lambda: fill_by_sums(items, occurrences, seed),
        "random rotation": lambda: rotate_at_random(items, occurrences, seed),
    }
    figures: dict[str, list[tuple[float, ...]]] = {name: [] for name in ways}
    bounds = []
    for seed in range(INSTANCES):
        items, occurrences, wanted = make_instance(seed, stations=1, days=28, items=40, goals=10, minutes=20)
        bounds.append(bound_goals(items, occurrences, wanted))
        for name, way in ways.items():
            aired = way()
            met = attain(wanted, aired)
            apart = mean(list_gaps(aired)), come_even(items, occurrences, aired)
            figures[name].append((met, met / bounds[-1], leave(occurrences, aired), repeat(aired), *apart))
    print(f"{INSTANCES} instances; no schedule can attain more than {mean(bounds):.1%} on average")
    print_head("", "attained", "of bound", "worst", "dead air", "repeats", "apart", "of even")
    for name, rows in figures.items():
        met, share, unused, again, apart, even = (list(column) for column in zip(*rows, strict=True))
        figure = "".join(
            f"{one:10.1%}" for one in (mean(met), mean(share), min(share), mean(unused), mean(again))
        )
        print(f"{name:38}{figure}{mean(apart):10.1f}{mean(even):10.1%}")


def compare_stations() -> None:
    """How evenly goals that all stations share fall on them."""
    items, occurrences, goals = make_net(SHARING, 30)
    shared = [goal for goal in goals if goal.station is None]
    ways = {
        "Loa, with shared goals": [
            (one.occurrence, one.item) for one in place(items, occurrences, shared).airings
        ],
        "random rotation": rotate_at_random(items, occurrences, 1),
    }
    print()
    print_head(f"{SHARING} stations, a month", "attained", "spread", "worst")
    for name, aired in ways.items():
        themes = spread(aired).values()
        print(f"{name:38}{attain(shared, aired):10.1%}{mean(themes):10.1%}{max(themes):10.1%}")


def make_net(stations: int, days: int) -> Instance:
    """400 pieces, 40 goals that all stations share and two of each station's own; some stations have no room
    for all of it."""
    pieces, occurrences, _ = make_instance(1, stations=stations, days=days, items=400, goals=0, minutes=30)
    rng = Random(7)
    first, last = occurrences[0].local_date, occurrences[-1].local_date

    def want(station: str | None, name: str) -> Goal:
        begins = first + timedelta(days=rng.randrange(max(1, days - 7)))
        ends = min(begins + timedelta(days=rng.randint(6, 30)), last)
        measure, least, most = rng.choice((("airings", 6, 40), ("minutes", 30, 180)))
        quantity = rng.randint(least, most) * (stations if station is None else 2)
        theme = rng.choice(("3", *THEMES))
        return Goal(theme, None, None, station, begins, ends, measure, quantity, rng.randint(1, 4), name)

    shared = [want(None, f"shared-{number}") for number in range(40)]
    codes = sorted({one.station for one in occurrences})
    return (
        pieces,
        occurrences,
        shared + [want(code, f"{code}-{number}") for code in codes for number in (1, 2)],
    )


def make_contested(days: int) -> Instance:
    """One station whose 40 goals want two to three times the room of a month."""
    return make_instance(1, stations=1, days=days, items=400, goals=40, minutes=30)


CASES: dict[str, tuple[int, Callable[[], Instance]]] = {
    "one station, a year": (1, lambda: make_contested(365)),
    "one station, a contested month": (1, lambda: make_contested(30)),
    "300 stations, a month": (WORKERS, lambda: make_net(300, 30)),
}


def run_case(name: str) -> dict[str, float]:
    workers, make = CASES[name]
    items, occurrences, goals = make()
    busy, since = measure_cpu(), clock.perf_counter()
    placed = place(items, occurrences, goals, workers=workers)
    cost = {"cpu": measure_cpu() - busy, "wall": clock.perf_counter() - since}
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in WHOSE]
    aired = [(one.occurrence, one.item) for one in placed.airings]
    return {
        **cost,
        "sessions": len(occurrences),
        "airings": len(aired),
        "attained": attain(goals, aired),
        "repeats": repeat(aired),
        "peak_mb": peaks[0] + (peaks[1] * workers if workers > 1 else 0),
    }


def measure_cpu() -> float:
    used = [resource.getrusage(who) for who in WHOSE]
    return sum(one.ru_utime + one.ru_stime for one in used)


def print_head(first: str, *others: str) -> None:
    print(f"{first:38}" + "".join(f"{one:>10}" for one in others))


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(run_case(sys.argv[1])))
        return
    compare()
    compare_stations()
    print()
    print_head("", "sessions", "airings", "attained", "repeats", "CPU s", "wall s", "peak MB")
    for name in CASES:
        command = [sys.executable, "-m", "benchmarks.placement", name]
        cost = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        shares = f"{cost['attained']:10.1%}{cost['repeats']:10.1%}"
        print(
            f"{name:38}{cost['sessions']:10}{cost['airings']:10}{shares}{cost['cpu']:10.1f}"
            f"{cost['wall']:10.1f}{cost['peak_mb']:10.0f}"
        )


if __name__ == "__main__":
    main()
