"""How far one goal can be met at all, whatever the placement chose. Pure.

Urgent and priority pieces stand first, for no goal passes them. What is left of the sessions is a
whole-number program: every piece in every session that may take it, with the rules of validity, repetition
and length.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from assets.models import Priority
from scheduler.board import Board, OpenSession
from scheduler.calendar import SlotOccurrence
from scheduler.choosing import fill_promised
from scheduler.covering import open_job
from scheduler.goals import Goal
from scheduler.items import Item, PastAiring
from scheduler.placement import Barred, open_jobs
from scheduler.quotas import Stretch, cut_stretches, find_candidates
from scheduler.shelf import RANKS, Shelf
from scheduler.shortage import count_placed
from scheduler.solver import Program, Unsolved, solve

EXACT_COLUMNS = 4_000
"""Up to so many choices the program is solved with whole pieces; above, pieces may be cut: a bound."""
NODES = 300
LOSS = 100.0
"""What one share of another goal lost weighs beside this goal: more than all of it."""
SLACK = 1e-7
_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Case:
    """What a placement was given: the question that a proof varies."""

    items: tuple[Item, ...]
    occurrences: tuple[SlotOccurrence, ...]
    past: tuple[PastAiring, ...] = ()
    barred: Barred = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reach:
    """What a goal can come to, as it counts inside: `least` was found, more than `most` is impossible."""

    least: int
    most: int

    def meets(self, needed: int) -> bool | None:
        """None if the search could not tell."""
        if self.least >= needed:
            return True
        return False if self.most < needed else None


@dataclass(frozen=True, slots=True)
class _Place:
    """Room for one piece or more: a session, or, where pieces may be cut, the sessions of some days."""

    sessions: tuple[OpenSession, ...]
    days: tuple[date, ...]


def find_reach(
    case: Case,
    goal: Goal,
    *,
    floors: Mapping[Goal, int] | None = None,
    boundless: bool = False,
    exact: bool = True,
) -> Reach:
    """How far `goal` can be met if the sessions that count for it are filled for it alone.

    `floors` are what other goals are to keep of these sessions, counted as they count inside. With
    `boundless` there is room for every piece. Without `exact` pieces may be cut: a bound, found quickly.
    """
    floors = floors or {}
    goals = [goal, *(one for one in floors if one != goal)]
    program = Program()
    brought: dict[Goal, list[tuple[int, int]]] = defaultdict(list)
    stood = sum(
        goal.worth(one.item.duration_ms)
        for one in case.past
        if one.counted and goal.wants(one.item) and goal.counts(one.station, one.local_date)
    )
    for board, shelf, sessions in _open(case, goals):
        held = [one for one in sessions if goal.counts(one.station, one.day)]
        stood += count_placed(goal, held)
        ours = [(board.tally.goals[number], at) for at, number in enumerate(shelf.goals)]
        for column, row, place in _add_columns(
            program, shelf, held, [at for _, at in ours], boundless=boundless
        ):
            for one, at in ours:
                if shelf.wants[at, row] and one.counts(held[0].station, place.days[0]):
                    brought[one].append((column, one.worth(int(shelf.duration_ms[row]))))
    return _solve(program, goal, brought, floors, stood=stood, exact=exact)


def _open(case: Case, goals: Sequence[Goal]) -> Iterator[tuple[Board, Shelf, tuple[OpenSession, ...]]]:
    """Every station with its urgent and priority pieces in their places."""
    wanted = goals[0]
    occurrences = [one for one in case.occurrences if wanted.station in (None, one.station)]
    for job in open_jobs(case.items, occurrences, goals, past=case.past, barred=case.barred):
        board, shelf = open_job(job)
        for session in job.sessions:
            fill_promised(board, session, shelf)
        if any(wanted.counts(one.station, one.day) for one in job.sessions):
            yield board, shelf, job.sessions


def _add_columns(
    program: Program,
    shelf: Shelf,
    sessions: Sequence[OpenSession],
    goals: Sequence[int],
    *,
    boundless: bool,
) -> list[tuple[int, int, _Place]]:
    """The pieces that these goals want in the places that may take them, and the rules between them."""
    wanted = shelf.wants[list(goals)].any(axis=0) & (shelf.rank == RANKS[Priority.NORMAL])
    rows = [int(row) for row in wanted.nonzero()[0]]
    whole = len(rows) * len(sessions) <= EXACT_COLUMNS
    found: list[tuple[int, int, _Place]] = []
    for place in _list_places(shelf, sessions, whole=whole):
        most_ms = max(one.left_ms for one in place.sessions)
        ours: list[tuple[int, float]] = []
        keys = frozenset.intersection(*(one.barred for one in place.sessions))
        barred = {shelf.row[key] for key in keys if key in shelf.row}
        often = shelf.most_airings(place.days)
        for row in rows if whole or boundless or barred else _find_shortest(shelf, place, goals):
            if row in barred:
                continue
            most = int(often[row])
            if most and (boundless or shelf.duration_ms[row] <= most_ms):
                column = program.add_column(0.0, most, whole=whole)
                ours.append((column, shelf.duration_ms[row] / _MINUTE_MS))
                found.append((column, row, place))
        if not boundless:
            room_ms = sum(max(0, one.left_ms) for one in place.sessions)
            program.add_row([c for c, _ in ours], [f for _, f in ours], room_ms / _MINUTE_MS)
    _keep_apart(program, shelf, found)
    return found


def _find_shortest(shelf: Shelf, place: _Place, goals: Sequence[int]) -> list[int]:
    """Of pieces that the same goals want, and that may be cut, the shortest that fill the place."""
    stretch = Stretch(place.days, place.sessions, tuple(goals))
    return [int(row) for row in find_candidates(shelf, stretch, np.array(goals, dtype=np.intp))[0]]


def _list_places(shelf: Shelf, sessions: Sequence[OpenSession], *, whole: bool) -> list[_Place]:
    if whole:
        return [_Place((session,), (session.day,)) for session in sessions]
    return [_Place(stretch.sessions, stretch.days) for stretch in cut_stretches(shelf, sessions)]


def _keep_apart(program: Program, shelf: Shelf, found: Sequence[tuple[int, int, _Place]]) -> None:
    """On a day, and within its separation, a piece airs once, and in all as often as its limit lets it.

    Where places are longer, as often as it can.
    """
    by_row: dict[int, list[tuple[date, date, int]]] = defaultdict(list)
    for column, row, place in found:
        by_row[row].append((place.days[0], place.days[-1], column))
    for row, ours in by_row.items():
        if shelf.is_limited(row):
            program.add_row([column for *_, column in ours], [1.0] * len(ours), shelf.airings_left(row))
        apart = int(shelf.separation[row])
        seen: set[tuple[int, ...]] = set()
        for first, _, _ in ours:
            near = [one for one in ours if one[0] >= first and (one[0] - first).days < apart]
            if all(begins == ends for begins, ends, _ in near):
                columns = tuple(column for _, _, column in near)
                if len(columns) > 1 and columns not in seen:
                    program.add_row(list(columns), [1.0] * len(columns), 1.0)
                seen.add(columns)


def _solve(
    program: Program,
    goal: Goal,
    brought: Mapping[Goal, Sequence[tuple[int, int]]],
    floors: Mapping[Goal, int],
    *,
    stood: int,
    exact: bool,
) -> Reach:
    missing = goal.needed - stood
    if missing <= 0 or not brought[goal]:
        return Reach(stood, stood)
    reached = program.add_column(1.0, 1.0)
    ours = [(column, worth / missing) for column, worth in brought[goal]]
    program.add_row([reached, *(c for c, _ in ours)], [1.0, *(-f for _, f in ours)], 0.0)
    losses = []
    for other, floor in floors.items():
        if other != goal and floor > 0:
            loss = program.add_column(-LOSS, 1.0)
            losses.append(loss)
            ours = [(column, worth / floor) for column, worth in brought[other]]
            program.add_row([loss, *(c for c, _ in ours)], [-1.0, *(-f for _, f in ours)], -1.0)
    whole, program.whole = program.whole, program.whole if exact else []
    try:
        solution = solve(program, nodes=NODES, gap=0.0)
    except Unsolved:
        # The nodes were used up before one answer was found: what a cut answer bounds is all we know.
        program.whole = []
        solution, exact = solve(program), False
    found = 0
    if exact and whole and sum(solution.values[one] for one in losses) < SLACK:
        found = sum(round(solution.values[column]) * worth for column, worth in brought[goal])
    least = stood + min(found, missing)
    # A hair more than the solver says, for its numbers are floating: never too little.
    return Reach(least, max(least, stood + int(min(1.0, solution.bound + SLACK) * missing)))
