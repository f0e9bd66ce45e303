"""One station filled: urgent and priority pieces, the goals stretch by stretch, then variety. Pure.

A linear program over the whole time says what each stretch should bring. Each stretch is then filled in the
cheapest way that brings it: fresh pieces while there is room, dense ones when it is short, and the best that
a whole-number program finds when neither is enough. Where a stretch came out short, what is left of the plan
is made anew.
"""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context

import numpy as np

from assets.models import Priority
from scheduler.board import Board, Choice, OpenSession
from scheduler.choosing import Haste, fill_goals, fill_relaxed, fill_rest, fill_urgent, find_missing, take
from scheduler.goals import Goal, Tally
from scheduler.items import Item, PastAiring
from scheduler.quotas import Quotas, Stretch, cut_stretches, pack_stretch, plan_quotas
from scheduler.shelf import Shelf, Whole

CLOSE_ENOUGH = 1e-6
WORTH_SEARCHING = 3e-2
"""A shortage of a stretch, in shares of goals times weights, that is worth a search for the best."""
WORTH_REPLANNING = 2e-3
"""A stretch that came out short by less than this share of a goal changes no plan."""

Kept = list[tuple[OpenSession, list[Choice]]]


@dataclass(frozen=True, slots=True)
class StationJob:
    """All that is needed to fill one station.

    `needs` are its shares of the goals that count it, `ceilings` of their maxima.
    """

    sessions: tuple[OpenSession, ...]
    items: tuple[Item, ...]
    goals: tuple[Goal, ...]
    needs: tuple[int, ...]
    ceilings: tuple[int | None, ...]
    past: tuple[PastAiring, ...]
    days: tuple[date, date]
    seed: int


def make_job(
    goals: Sequence[Goal],
    shares: Sequence[int],
    slack: Sequence[int | None],
    sessions: Sequence[OpenSession],
    items: Sequence[Item],
    *,
    past: Sequence[PastAiring],
    days: tuple[date, date],
    seed: int,
) -> StationJob:
    """The job of the station of these sessions.

    `shares` are what it is to bring of each goal, `slack` what it may bring beyond that.
    """
    station = sessions[0].station
    stood = Tally(goals)
    for airing in past:
        if airing.counted:
            stood.add(airing.item, station, airing.local_date)
    chosen = [number for number, goal in enumerate(goals) if goal.station in (None, station)]
    needs = [stood.placed[number] + shares[number] for number in range(len(goals))]
    ceilings = [None if more is None else need + more for need, more in zip(needs, slack, strict=True)]
    return StationJob(
        sessions=tuple(sessions),
        items=tuple(items),
        goals=tuple(goals[number] for number in chosen),
        needs=tuple(needs[number] for number in chosen),
        ceilings=tuple(ceilings[number] for number in chosen),
        past=tuple(past),
        days=days,
        seed=seed,
    )


def cover_stations(jobs: Sequence[StationJob], *, workers: int = 1) -> list[tuple[OpenSession, ...]]:
    """The sessions of each job, filled; the same whatever the number of processes."""
    if workers < 2 or len(jobs) < 2:
        return [run_job(job) for job in jobs]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(run_job, jobs, chunksize=max(1, len(jobs) // (8 * workers))))


def run_job(job: StationJob) -> tuple[OpenSession, ...]:
    board, shelf = open_job(job)
    cover_station(board, job.sessions, shelf)
    return job.sessions


def find_bound(job: StationJob) -> float:
    """What no filling of these sessions can pass: the shares of the goals, times their weights."""
    board, shelf = open_job(job)
    for session in job.sessions:
        fill_urgent(board, session, shelf)
    stretches = cut_stretches(shelf, job.sessions)
    return plan_quotas(shelf, stretches, find_missing(board, shelf), evenness=0.0).bound


def open_job(job: StationJob) -> tuple[Board, Shelf]:
    board = Board(job.goals, job.past, seed=job.seed, needs=job.needs, ceilings=job.ceilings)
    return board, board.open_shelf(job.sessions[0].station, job.items, job.days)


def cover_station(board: Board, sessions: Sequence[OpenSession], shelf: Shelf) -> None:
    """Fill the sessions (of one station, in the order of time)."""
    for session in sessions:
        fill_urgent(board, session, shelf)
    stretches = cut_stretches(shelf, sessions)
    quotas: Quotas | None = None
    for at, stretch in enumerate(stretches):
        missing = find_missing(board, shelf)
        if missing[list(stretch.goals)].any():
            if quotas is None:
                quotas, since, before = plan_quotas(shelf, stretches[at:], missing), at, missing
            due = quotas.brings[:, : at - since + 1].sum(axis=1) - (before - missing)
            targets = np.clip(np.floor(due + 0.5).astype(np.int64), 0, missing)
            if _bring(board, stretch, shelf, targets=targets, missing=missing) > WORTH_REPLANNING:
                quotas = None
        for session in stretch.sessions:
            fill_rest(board, session, shelf)
    for session in sessions:
        fill_relaxed(board, session, shelf)


def _bring(board: Board, stretch: Stretch, shelf: Shelf, *, targets: Whole, missing: Whole) -> float:
    """Fill the stretch so that it brings its targets; returns what is short of them, by share and weight."""
    best: Kept = []
    least = float("inf")
    for haste in Haste:
        wanted = targets.copy()
        for session in stretch.sessions:
            fill_goals(board, session, shelf, wanted, haste)
        short = _weigh(shelf, wanted)
        if short < least:
            least, best = short, _keep(stretch)
        if short <= CLOSE_ENOUGH or (haste is Haste.DENSE and short <= WORTH_SEARCHING):
            return short
        _empty(board, stretch)
    wanted = targets.copy()
    for session, row in pack_stretch(shelf, stretch, targets, missing):
        take(board, session, shelf, row, np.zeros(len(shelf.items)), wanted=wanted)
    for session in stretch.sessions:
        fill_goals(board, session, shelf, np.maximum(wanted, 0), Haste.DENSE)
    short = _weigh(shelf, wanted)
    if short > least:
        _empty(board, stretch)
        for session, choices in best:
            for choice in choices:
                board.add(session, choice)
    return min(short, least)


def _weigh(shelf: Shelf, wanted: Whole) -> float:
    return float((shelf.share * np.maximum(wanted, 0)).sum())


def _keep(stretch: Stretch) -> Kept:
    return [(session, session.chosen[_ordinary_from(session) :]) for session in stretch.sessions]


def _empty(board: Board, stretch: Stretch) -> None:
    """Take all ordinary pieces out again."""
    for session in stretch.sessions:
        while len(session.chosen) > _ordinary_from(session):
            board.remove(session, len(session.chosen) - 1)


def _ordinary_from(session: OpenSession) -> int:
    return sum(choice.item.priority is not Priority.NORMAL for choice in session.chosen)
