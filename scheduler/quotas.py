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
from numpy.typing import NDArray

from assets.models import Priority
from scheduler.board import OpenSession
from scheduler.shelf import MANY, RANKS, Mask, Real, Shelf, Whole, split_runs
from scheduler.solver import Program, solve

LONGEST_STRETCH_DAYS = 7
EVENNESS = 1e-3
"""What it is worth, beside the goals themselves, to spread a goal over its days."""
_MINUTE_MS = 60_000

Brought = tuple[NDArray[np.intp], Real]
"""Columns of a program and what one of each adds."""


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
    sums: dict[int, list[Brought]] = defaultdict(list)
    parts: dict[tuple[int, int], Brought] = {}
    spread: dict[int, dict[int, int]] = defaultdict(dict)
    for at, stretch in enumerate(stretches):
        wanted = np.array([goal for goal in stretch.goals if missing[goal] > 0], dtype=np.intp)
        rows, most = find_candidates(shelf, stretch, wanted)
        columns = program.add_columns(most)
        program.add_row(columns, shelf.duration_ms[rows] / _MINUTE_MS, stretch.room_ms / _MINUTE_MS)
        for place in np.flatnonzero(_is_bound(shelf, rows)).tolist():
            spread[int(rows[place])][at] = int(columns[place])
        for goal in wanted.tolist():
            ours = shelf.wants[goal, rows]
            if ours.any():
                parts[goal, at] = columns[ours], shelf.worth[goal, rows[ours]] / missing[goal]
    length: dict[int, int] = defaultdict(int)
    for goal, at in parts:
        length[goal] += len(stretches[at].days)
    for (goal, at), brought in parts.items():
        sums[goal].append(brought)
        if evenness:
            worth = float(evenness * shelf.share[goal] * missing[goal])
            _reach(program, worth, len(stretches[at].days) / length[goal], [brought])
    for goal, all_brought in sums.items():
        worth = float(shelf.share[goal] * missing[goal]) * (shelf.early[goal] if evenness else 1.0)
        _reach(program, worth, 1.0, all_brought)
    _keep_apart(program, shelf, stretches, spread)
    solution = solve(program)
    brings = np.zeros((len(missing), len(stretches)))
    for (goal, at), (columns, factors) in parts.items():
        brings[goal, at] = float(solution.values[columns] @ factors) * missing[goal]
    return Quotas(brings, solution.bound)


def _reach(program: Program, worth: float, most: float, brought: Sequence[Brought]) -> None:
    """What is reached of something by what is brought: worth so much each share, and no more than `most`."""
    reached = program.add_column(worth, most)
    columns = np.concatenate([[reached], *(columns for columns, _ in brought)])
    program.add_row(columns, np.concatenate([[1.0], *(-factors for _, factors in brought)]), 0.0)


def find_candidates(
    shelf: Shelf, stretch: Stretch, goals: NDArray[np.intp]
) -> tuple[NDArray[np.intp], Whole]:
    """The rows worth weighing, with how often each can air in the stretch.

    Of pieces that the same goals want, a shorter one is never worse: as many of the shortest are taken as
    would fill the room. Pieces with a separation or a limit are taken besides, for they bind elsewhere.
    """
    most_ms = max((session.left_ms for session in stretch.sessions), default=0)
    fit = (shelf.duration_ms <= most_ms) & (shelf.rank == RANKS[Priority.NORMAL])
    most = np.where(fit & shelf.wants[goals].any(axis=0), shelf.most_airings(stretch.days), 0)
    rows = np.flatnonzero(most)
    kinds = shelf.kinds(stretch.days[0])[rows]
    order = np.lexsort((shelf.lot[rows], shelf.duration_ms[rows], kinds))
    rows, kinds = rows[order], kinds[order]
    fills = np.where(_is_bound(shelf, rows), 0, most[rows] * shelf.duration_ms[rows])
    before = np.cumsum(fills) - fills
    first = np.searchsorted(kinds, kinds)  # of each piece's kind
    rows = rows[before - before[first] < stretch.room_ms] if rows.size else rows
    return rows, most[rows]


def _is_bound(shelf: Shelf, rows: NDArray[np.intp]) -> Mask:
    """Whether an airing in one stretch takes another one from elsewhere."""
    bound: Mask = (shelf.separation[rows] > 1) | (shelf.most[rows] < MANY)
    return bound


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
                program.add_row(
                    list(columns), [1.0] * len(columns), int(shelf.most_airings(days, [row])[row])
                )
