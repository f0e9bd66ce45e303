"""How much of each goal each stretch of days should bring, and which pieces bring it where room is scarce.

A stretch is some days on which the same goals count. `plan_quotas` looks over all stretches at once with
pieces that may be cut (a linear program): its objective is the bound that no schedule can pass.
`pack_stretch` looks at one stretch with whole pieces in real sessions (a whole-number program).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from assets.models import Priority
from scheduler.board import OpenSession
from scheduler.shelf import RANKS, Real, Shelf, Whole, group_equal, split_runs
from scheduler.solver import Program, solve

LONGEST_STRETCH_DAYS = 7
EVENNESS = 1e-3
"""What it is worth, beside the goals themselves, to spread a goal over its days."""
PATIENCE = 0.3
"""What one share more than a stretch was to bring is worth beside one that it was to bring."""
NODES = 40
"""Nodes of the search for one stretch: a limit that, unlike seconds, is the same on every machine."""
CHOICE = 2.0
"""A stretch chooses among pieces that would fill its room so many times."""
_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sessions of days on which the same goals count; `goals` are places in the shelf's arrays."""

    days: tuple[date, ...]
    sessions: tuple[OpenSession, ...]
    goals: tuple[int, ...]

    @property
    def room_ms(self) -> int:
        return sum(max(0, session.left_ms) for session in self.sessions)


@dataclass(frozen=True, slots=True)
class Quotas:
    """`brings[goal, stretch]` as the goal counts inside; `bound` is the most that all goals can come to."""

    brings: Real
    bound: float


def cut_stretches(shelf: Shelf, sessions: Sequence[OpenSession]) -> list[Stretch]:
    """The days of these sessions, parted wherever a goal begins or ends, and at least every week."""
    by_day: dict[date, list[OpenSession]] = defaultdict(list)
    for session in sessions:
        by_day[session.day].append(session)
    days = sorted(by_day)
    if not days:
        return []
    cuts = {
        days[at]
        for at in range(1, len(days))
        if (shelf.active[:, shelf.column(days[at])] != shelf.active[:, shelf.column(days[at - 1])]).any()
        or days[at].toordinal() // LONGEST_STRETCH_DAYS != days[at - 1].toordinal() // LONGEST_STRETCH_DAYS
    }
    return [
        Stretch(
            tuple(run),
            tuple(session for day in run for session in by_day[day]),
            tuple(int(at) for at in np.flatnonzero(shelf.active[:, shelf.column(run[0])])),
        )
        for run in split_runs(days, cuts)
    ]


def plan_quotas(
    shelf: Shelf, stretches: Sequence[Stretch], missing: Whole, *, evenness: float = EVENNESS
) -> Quotas:
    """What each stretch should bring of what is `missing` of the goals (by the shelf's order).

    With `evenness` 0 the bound is exact; otherwise it is too high by that share at most.
    """
    program = Program()
    sums: dict[int, list[tuple[int, float]]] = defaultdict(list)
    parts: dict[tuple[int, int], list[tuple[int, float]]] = defaultdict(list)
    spread: dict[int, dict[int, int]] = defaultdict(dict)
    for at, stretch in enumerate(stretches):
        wanted = [goal for goal in stretch.goals if missing[goal] > 0]
        columns: list[int] = []
        minutes: list[float] = []
        for row, most in _find_candidates(shelf, stretch, wanted, choice=1.0):
            column = program.add_column(0.0, most)
            columns.append(column)
            minutes.append(shelf.duration_ms[row] / _MINUTE_MS)
            spread[row][at] = column
            for goal in wanted:
                if shelf.wants[goal, row]:
                    parts[goal, at].append((column, shelf.worth[goal, row] / missing[goal]))
        program.add_row(columns, minutes, stretch.room_ms / _MINUTE_MS)
    length: dict[int, int] = defaultdict(int)
    for goal, at in parts:
        length[goal] += len(stretches[at].days)
    for (goal, at), brought in parts.items():
        sums[goal] += brought
        if evenness:
            worth = evenness * shelf.share[goal] * missing[goal]
            even = program.add_column(worth, len(stretches[at].days) / length[goal])
            program.add_row([even, *(c for c, _ in brought)], [1.0, *(-f for _, f in brought)], 0.0)
    for goal, brought in sums.items():
        worth = float(shelf.share[goal] * missing[goal]) * (shelf.early[goal] if evenness else 1.0)
        reached = program.add_column(worth, 1.0)
        program.add_row([reached, *(c for c, _ in brought)], [1.0, *(-f for _, f in brought)], 0.0)
    _keep_apart(program, shelf, stretches, spread)
    solution = solve(program)
    brings = np.zeros((len(missing), len(stretches)))
    for (goal, at), brought in parts.items():
        share = sum(solution.values[column] * factor for column, factor in brought)
        brings[goal, at] = share * missing[goal]
    return Quotas(brings, solution.bound)


def pack_stretch(
    shelf: Shelf, stretch: Stretch, targets: Whole, missing: Whole
) -> list[tuple[OpenSession, int]]:
    """Whole pieces (rows) in sessions that bring the `targets` as far as the search finds."""
    program = Program()
    wanted = [goal for goal in stretch.goals if missing[goal] > 0]
    places: list[tuple[int, int, int]] = []
    by_day: dict[tuple[int, date], list[int]] = defaultdict(list)
    for row, _ in _find_candidates(shelf, stretch, wanted, choice=CHOICE):
        for number, session in enumerate(stretch.sessions):
            if (
                shelf.duration_ms[row] <= session.left_ms
                and shelf.free_on(row, session.day)
                and shelf.items[row].key not in session.barred
            ):
                column = program.add_column(0.0, 1.0, whole=True)
                places.append((column, row, number))
                by_day[row, session.day].append(column)
    for number, session in enumerate(stretch.sessions):
        ours = [(column, shelf.duration_ms[row] / _MINUTE_MS) for column, row, at in places if at == number]
        program.add_row([c for c, _ in ours], [f for _, f in ours], session.left_ms / _MINUTE_MS)
    for row in {row for row, _ in by_day}:
        if shelf.is_limited(row):
            theirs = [column for column, at, _ in places if at == row]
            program.add_row(theirs, [1.0] * len(theirs), shelf.airings_left(row))
        apart = int(shelf.separation[row])
        for day in stretch.days:
            window = [
                column
                for other in stretch.days
                if 0 <= (other - day).days < apart
                for column in by_day.get((row, other), ())
            ]
            if len(window) > 1:
                program.add_row(window, [1.0] * len(window), 1.0)
    for goal in wanted:
        brought = [
            (column, shelf.worth[goal, row] / missing[goal])
            for column, row, _ in places
            if shelf.wants[goal, row]
        ]
        worth = float(shelf.share[goal] * missing[goal]) * shelf.early[goal]
        due = targets[goal] / missing[goal]
        reached = [program.add_column(worth, due), program.add_column(PATIENCE * worth, 1.0 - due)]
        program.add_row([*reached, *(c for c, _ in brought)], [1.0, 1.0, *(-f for _, f in brought)], 0.0)
    values = solve(program, nodes=NODES).values
    return [(stretch.sessions[number], row) for column, row, number in places if values[column] > 0.5]


def _find_candidates(
    shelf: Shelf, stretch: Stretch, goals: Sequence[int], *, choice: float
) -> list[tuple[int, int]]:
    """The rows worth weighing, with how often each can air in the stretch.

    Of pieces that the same goals want, a shorter one is never worse: as many of the shortest are taken as
    would fill the room `choice` times. Pieces with a separation or a limit are taken besides, for they bind
    elsewhere.
    """
    if not goals or not stretch.sessions:
        return []
    most_ms = max(session.left_ms for session in stretch.sessions)
    free = np.zeros(len(shelf.items), dtype=bool)
    for day in stretch.days:
        free |= shelf.free(day)
    rows = np.flatnonzero(free & (shelf.duration_ms <= most_ms) & (shelf.rank == RANKS[Priority.NORMAL]))
    found: list[tuple[int, int]] = []
    for group in group_equal(shelf, goals, rows).values():
        filled = 0.0
        for row in group:
            if filled >= choice * stretch.room_ms:
                break
            most = shelf.most_airings(row, stretch.days)
            found.append((row, most))
            if shelf.separation[row] == 1 and not shelf.is_limited(row):
                filled += most * int(shelf.duration_ms[row])
    return found


def _keep_apart(
    program: Program, shelf: Shelf, stretches: Sequence[Stretch], spread: dict[int, dict[int, int]]
) -> None:
    """Over neighbouring stretches a piece airs no more often than its separation and its limit let it."""
    for row, where in spread.items():
        if shelf.is_limited(row):
            program.add_row(list(where.values()), [1.0] * len(where), shelf.airings_left(row))
        apart = int(shelf.separation[row])
        if apart == 1:
            continue
        for first in where:
            days, columns = list(stretches[first].days), [where[first]]
            for at in range(first + 1, len(stretches)):
                if (stretches[at].days[0] - stretches[first].days[-1]).days >= apart:
                    break
                days += stretches[at].days
                columns += [where[at]] if at in where else []
                program.add_row(list(columns), [1.0] * len(columns), shelf.most_airings(row, days))
