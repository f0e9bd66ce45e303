"""What one session airs: urgent and priority pieces first, then what goals are to get, then variety.

Each way of filling is one order among the pieces that may air and fit; the foremost is taken until none is
left. What stands ahead in that order and cannot be taken is remembered as passed over.
"""

from collections.abc import Callable

import numpy as np

from assets.models import Priority
from scheduler.board import Board, Choice, OpenSession, PassedOver
from scheduler.frames import find_short
from scheduler.items import Item
from scheduler.packing import choose_rows
from scheduler.reasons import Reason
from scheduler.shelf import RANKS, Mask, Real, Shelf, Whole

MAX_PASSED_OVER = 3
"""How many of those passed over are kept with an airing."""
PAIR_CHOICE = 60
"""Among so many of the freshest pieces the last two of a session are chosen to fit together."""
_NORMAL = RANKS[Priority.NORMAL]
PACKED = Reason("packed")
"""Of a choice that is part of a sum of choices: what speaks for it is said when all of them are made."""

VARIED = Reason("varied")
"""Of a choice that came for one that was heard lately: whether a goal needs it is said when all are made."""

Order = Callable[[Real], Real]
"""From what each piece adds to the goals to its place in line: less comes first."""


def fill_promised(board: Board, session: OpenSession, shelf: Shelf) -> None:
    """Add what comes before all goals: urgent and priority pieces, then the minutes of the frame."""
    fill_urgent(board, session, shelf)
    fill_frame(board, session, shelf)


def fill_urgent(board: Board, session: OpenSession, shelf: Shelf) -> None:
    """Add the urgent, then the priority pieces that may air; among equals what goals want most."""
    if (shelf.rank == _NORMAL).all():
        return
    fresh = shelf.freshness(session.day) / max(1, len(shelf.items))
    wanted = find_missing(board, shelf)

    def order(gain: Real) -> Real:
        density = gain / shelf.duration_ms
        line: Real = shelf.rank * 4.0 - density / max(density.max(initial=0.0), 1e-12) + fresh * 1e-3
        return line

    _fill(board, session, shelf, shelf.rank < _NORMAL, order=order, wanted=wanted)


def fill_frame(board: Board, session: OpenSession, shelf: Shelf) -> None:
    """Give each part of the session's frame its minutes: the longest unheard of the pieces that it takes."""
    for part in session.occurrence.frame:
        if not part.minutes:
            continue
        pool = shelf.find_part(part) & (shelf.rank == _NORMAL)
        while pool.any() and find_short((part,), [choice.item for choice in session.chosen]):
            fresh = shelf.freshness(session.day, shelf.gain(find_missing(board, shelf), session.day))
            able = pool & shelf.free(session.day, session.barred) & (shelf.duration_ms <= session.left_ms)
            able &= ~find_full(board, session, shelf)
            if not able.any():
                break
            item = shelf.items[int(np.where(able, fresh, len(shelf.items)).argmin())]
            why = Reason(f"frame-{part.kind}", {"code": part.code, "minutes": part.minutes})
            board.add(session, Choice(item, why))


def fill_fresh(board: Board, session: OpenSession, shelf: Shelf, wanted: Whole) -> None:
    """Add ordinary pieces that bring what is `wanted` (it is counted down), the longest unheard first.

    What would pass the maximum of a goal comes last.
    """
    fresh = shelf.freshness(session.day) / max(1, len(shelf.items))

    def order(gain: Real) -> Real:
        return np.where(gain > 0, fresh + 2.0 * find_full(board, session, shelf), np.inf)

    _fill(board, session, shelf, shelf.rank == _NORMAL, order=order, wanted=wanted)


def fill_dense(board: Board, session: OpenSession, shelf: Shelf, wanted: Whole) -> None:
    """Add the ordinary pieces that bring most of what is `wanted` (it is counted down) in the room left.

    What would pass the maximum of a goal comes last.
    """
    for full_too in (False, True):
        while True:
            able = (shelf.rank == _NORMAL) & shelf.free(session.day, session.barred)
            if not full_too:
                able &= ~find_full(board, session, shelf)
            rows = choose_rows(shelf, session.day, able, session.left_ms, wanted)
            if not rows:
                break
            for at, row in enumerate(rows):
                if at and not full_too and find_full(board, session, shelf)[row]:
                    break  # those before it took what was left under the maximum: choose again
                board.add(session, Choice(shelf.items[row], PACKED))
                wanted -= shelf.bring([row], session.day)


def fill_rest(board: Board, session: OpenSession, shelf: Shelf) -> None:
    """Add ordinary pieces, the longest unheard first, the last two so that little time is left over.

    None passes the maximum of a goal.
    """
    if session.left_ms < shelf.shortest_ms:
        return
    wanted = find_missing(board, shelf)
    fresh = shelf.freshness(session.day, shelf.gain(wanted, session.day)).astype(float)
    pool = shelf.rank == _NORMAL
    typical_ms = float(np.median(shelf.duration_ms[pool])) if pool.any() else 0.0

    def order(_: Real) -> Real:
        return np.where(find_full(board, session, shelf), np.inf, fresh)

    _fill(board, session, shelf, pool, order=order, wanted=wanted, until_ms=int(2.6 * typical_ms))
    for row in _fit_two(shelf, session, pool & ~find_full(board, session, shelf), fresh):
        if not find_full(board, session, shelf)[row]:
            take(board, session, shelf, row, fresh, wanted=wanted)
    _fill(board, session, shelf, pool, order=order, wanted=wanted)


def fill_relaxed(board: Board, session: OpenSession, shelf: Shelf) -> None:
    """Where the separation of pieces leaves a session empty, it gives way: longest unheard, once a day.

    That is the only rule that ever gives way. Validity, approval, language, length, caps, quiet hours,
    maxima and "not twice in a day" do not.
    """
    if session.chosen:
        return
    today = shelf.column(session.day)
    fresh = shelf.freshness(session.day)
    able = shelf.valid[:, today] & (shelf.heard[:, today] == 0) & (shelf.times < shelf.most)
    able[[shelf.row[key] for key in session.barred if key in shelf.row]] = False
    for row in np.argsort(np.where(able, fresh, len(shelf.items)), kind="stable"):
        item = shelf.items[int(row)]
        full = find_full(board, session, shelf)[row]
        if able[row] and item.duration_ms <= session.left_ms and not full:
            board.add(session, Choice(item, Reason("relaxed", {"days": item.separation_days})))


def take(board: Board, session: OpenSession, shelf: Shelf, row: int, line: Real, *, wanted: Whole) -> None:
    """Put the piece into the session, with why, and with those that stood before it in line."""
    gain = shelf.gain(wanted, session.day)
    _take(board, session, shelf, row, line, gain=gain)
    wanted -= np.where(
        shelf.wants[:, row] & shelf.active[:, shelf.column(session.day)], shelf.worth[:, row], 0
    )


def tell_packed(board: Board, session: OpenSession, shelf: Shelf) -> None:
    """Say of each packed choice which goal it is for, and which pieces of the same goals stand elsewhere.

    Of each that came for variety it is said which goal would miss it, if one would.
    """
    free = shelf.free(session.day, session.barred)
    for at, choice in enumerate(session.chosen):
        item, passed = choice.item, choice.passed_over
        # It is placed already: the goal that would lose most without it.
        if choice.reason is PACKED:
            reason = _name_goal(board, session, item, board.tally.loss)
            session.chosen[at] = Choice(item, reason, _pass_over(board, session, shelf, item, free=free))
        elif choice.reason is VARIED and _is_missed(board, session, item):
            session.chosen[at] = Choice(item, _name_goal(board, session, item, board.tally.loss), passed)


def _is_missed(board: Board, session: OpenSession, item: Item) -> bool:
    serving = board.tally.serving(item, session.station, session.day)
    return any(board.tally.loss(number, item) > 0 for number in serving)


def _pass_over(
    board: Board, session: OpenSession, shelf: Shelf, item: Item, *, free: Mask
) -> tuple[PassedOver, ...]:
    """The pieces of the goals of `item` that stand elsewhere, densest first, to one that could stand here."""
    column = shelf.column(session.day)
    rivals = shelf.list_serving(shelf.wants[:, shelf.row[item.key]] & shelf.active[:, column])
    here = {shelf.row[choice.item.key] for choice in session.chosen}
    room_ms = session.left_ms + item.duration_ms
    passed: list[PassedOver] = []
    for row in rivals[shelf.valid[rivals, column]].tolist():
        if row in here:
            continue
        able = bool(free[row]) and int(shelf.duration_ms[row]) <= room_ms
        if able or len(passed) < MAX_PASSED_OVER - 1:
            why = _find_hindrance(board, session, shelf, row, room_ms=room_ms)
            passed.append(PassedOver(shelf.items[row].key, why or Reason("ranked-lower")))
        if able:
            break
    return tuple(passed)


def find_missing(board: Board, shelf: Shelf) -> Whole:
    """What is missing of the shelf's goals, as they count inside."""
    return np.maximum(find_lack(board, shelf), 0)


def find_full(board: Board, session: OpenSession, shelf: Shelf) -> Mask:
    """The pieces of which one more airing would pass the maximum of a goal."""
    return shelf.find_full(session.day, find_room(board, shelf))


def find_room(board: Board, shelf: Shelf) -> Real:
    """What each goal may still get before its maximum is passed; infinite where it has none."""
    ceilings, placed = board.tally.ceilings, board.tally.placed
    return np.array(
        [np.inf if (most := ceilings[number]) is None else most - placed[number] for number in shelf.goals]
    )


def find_lack(board: Board, shelf: Shelf) -> Whole:
    """What is missing of the shelf's goals, less than nothing where more is placed than was asked for."""
    needs, placed = board.tally.needs, board.tally.placed
    return np.array([needs[number] - placed[number] for number in shelf.goals], dtype=np.int64)


def _fill(
    board: Board,
    session: OpenSession,
    shelf: Shelf,
    pool: Mask,
    *,
    order: Order,
    wanted: Whole,
    until_ms: int = 0,
) -> None:
    while session.left_ms > until_ms:
        able = pool & shelf.free(session.day, session.barred) & (shelf.duration_ms <= session.left_ms)
        if not able.any():
            return
        line = order(shelf.gain(wanted, session.day))
        row = int(np.where(able, line, np.inf).argmin())
        if not able[row] or line[row] == np.inf:
            return
        take(board, session, shelf, row, line, wanted=wanted)


def _take(board: Board, session: OpenSession, shelf: Shelf, row: int, line: Real, *, gain: Real) -> None:
    at = shelf.column(session.day)
    here = [shelf.row[choice.item.key] for choice in session.chosen]
    before = shelf.valid[:, at] & (line < line[row])
    before[here] = False
    ahead = np.flatnonzero(before)
    passed = [
        PassedOver(shelf.items[other].key, why)
        for other in ahead[np.argsort(line[ahead], kind="stable")][: 2 * MAX_PASSED_OVER]
        if (why := _find_hindrance(board, session, shelf, int(other), room_ms=session.left_ms)) is not None
    ]
    able = shelf.free(session.day, session.barred) & (shelf.duration_ms <= session.left_ms) & (line < np.inf)
    able[row] = False
    able[ahead] = False
    if able.any():
        follower = int(np.where(able, line, np.inf).argmin())
        passed.append(PassedOver(shelf.items[follower].key, Reason("ranked-lower")))
    item = shelf.items[row]
    if item.priority is not Priority.NORMAL:
        reason = Reason(item.priority.value)
    elif gain[row] > 0:
        reason = _name_goal(board, session, item, board.tally.gain)
    else:
        reason = Reason("variety")
    board.add(session, Choice(item, reason, tuple(passed[:MAX_PASSED_OVER])))


def _find_hindrance(
    board: Board, session: OpenSession, shelf: Shelf, row: int, *, room_ms: int
) -> Reason | None:
    item = shelf.items[row]
    if item.key in session.barred:
        return Reason("banned")
    why = board.find_block(item, session.station, session.day)
    if why is None and item.duration_ms > room_ms:
        why = Reason("no-room", {"missing_seconds": -(-(item.duration_ms - room_ms) // 1000)})
    return why


def _name_goal(board: Board, session: OpenSession, item: Item, weigh: Callable[[int, Item], float]) -> Reason:
    """Of the goals that the piece serves the one to which `weigh` (of goal and piece) gives most."""
    serving = board.tally.serving(item, session.station, session.day)
    goal = board.tally.goals[min((-weigh(number, item), number) for number in serving)[1]]
    return Reason("goal", {"goal": goal.label}).named(goal=goal.name)


def _fit_two(shelf: Shelf, session: OpenSession, pool: Mask, line: Real) -> list[int]:
    """One or two of the freshest pieces that together leave the least of the session's time."""
    able = np.flatnonzero(
        pool & shelf.free(session.day, session.barred) & (shelf.duration_ms <= session.left_ms)
    )
    rows = able[np.argsort(line[able], kind="stable")][:PAIR_CHOICE]
    if not rows.size:
        return []
    lengths = shelf.duration_ms[rows]
    together = lengths[:, None] + lengths[None, :]
    np.fill_diagonal(together, lengths)
    together[together > session.left_ms] = -1
    one, other = np.unravel_index(together.argmax(), together.shape)
    return [int(rows[at]) for at in sorted({int(one), int(other)})]
