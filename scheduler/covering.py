"""One station filled: urgent and priority pieces, the goals stretch by stretch, then variety. Pure.

A linear program over the whole time says what each stretch should bring. Each stretch is then filled in the
cheapest way that brings it: fresh pieces while there is room, dense ones when it is short, and the best that
a whole-number program finds when neither is enough. Where a stretch came out short, what is left of the plan
is made anew. At last what was heard lately gives way where that costs nothing (`variety`).
"""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context

import numpy as np

from scheduler.board import Board, OpenSession
from scheduler.choosing import (
    fill_dense,
    fill_fresh,
    fill_promised,
    fill_relaxed,
    fill_rest,
    find_lack,
    find_missing,
    tell_packed,
)
from scheduler.exchanges import exchange
from scheduler.goals import Goal, Tally
from scheduler.items import Item, PastAiring
from scheduler.quotas import Stretch, cut_stretches, plan_quotas
from scheduler.shelf import Shelf, Whole
from scheduler.variety import vary


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
    chosen = [number for number, goal in enumerate(goals) if goal.station in (None, station)]
    stood = Tally(goals[number] for number in chosen)
    for airing in past:
        if airing.counted:
            stood.add(airing.item, station, airing.local_date)
    needs = [placed + shares[number] for placed, number in zip(stood.placed, chosen, strict=True)]
    more = [slack[number] for number in chosen]
    ceilings = [None if one is None else need + one for need, one in zip(needs, more, strict=True)]
    return StationJob(
        sessions=tuple(sessions),
        items=tuple(items),
        goals=tuple(goals[number] for number in chosen),
        needs=tuple(needs),
        ceilings=tuple(ceilings),
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
        fill_promised(board, session, shelf)
    stretches = cut_stretches(shelf, job.sessions)
    return plan_quotas(shelf, stretches, find_missing(board, shelf), evenness=0.0).bound


def open_job(job: StationJob) -> tuple[Board, Shelf]:
    board = Board(job.goals, job.past, seed=job.seed, needs=job.needs, ceilings=job.ceilings)
    return board, board.open_shelf(job.sessions[0].station, job.items, job.days)


def cover_station(board: Board, sessions: Sequence[OpenSession], shelf: Shelf) -> None:
    """Fill the sessions (of one station, in the order of time)."""
    for session in sessions:
        fill_promised(board, session, shelf)
    stretches = cut_stretches(shelf, sessions)
    before = find_lack(board, shelf)
    quotas = plan_quotas(shelf, stretches, np.maximum(before, 0)) if (before > 0).any() else None
    for at, stretch in enumerate(stretches):
        lack = find_lack(board, shelf)
        if quotas is not None and (lack[list(stretch.goals)] > 0).any():
            due = quotas.brings[:, : at + 1].sum(axis=1) - (before - lack)
            targets = np.clip(np.floor(due + 0.5).astype(np.int64), 0, np.maximum(lack, 0))
            _bring(board, stretch, shelf, targets)
        for session in stretch.sessions:
            fill_rest(board, session, shelf)
    exchange(board, sessions, shelf)
    for session in sessions:
        fill_rest(board, session, shelf)
    vary(board, sessions, shelf)
    for session in sessions:
        fill_rest(board, session, shelf)
    for session in sessions:
        fill_relaxed(board, session, shelf)
        tell_packed(board, session, shelf)


def _bring(board: Board, stretch: Stretch, shelf: Shelf, targets: Whole) -> None:
    """Bring the targets in the stretch: with fresh pieces or, where they fall short, with dense ones."""
    wanted = targets.copy()
    for session in stretch.sessions:
        fill_fresh(board, session, shelf, wanted)
    if (wanted <= 0).all():
        return
    short, fresh = _weigh(shelf, wanted), [session.ordinary for session in stretch.sessions]
    for session in stretch.sessions:
        board.clear(session)
    wanted = targets.copy()
    for session in stretch.sessions:
        fill_dense(board, session, shelf, wanted)
    if _weigh(shelf, wanted) > short:
        for session, choices in zip(stretch.sessions, fresh, strict=True):
            board.clear(session)
            for choice in choices:
                board.add(session, choice)


def _weigh(shelf: Shelf, wanted: Whole) -> float:
    return float((shelf.share * np.maximum(wanted, 0)).sum())
