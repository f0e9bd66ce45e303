"""From items, slots and goals to a schedule, with a reason for every choice and every refusal. Pure.

What is kept always: quiet hours, no overlap, the caps of the station, no overrun, validity, language, no
piece twice in a day on a station. The separation of pieces is kept too, and gives way only where it would
leave a session empty; that is reported. Then, in this order: urgent and priority pieces, the goals by weight
and deadline, variety and fairness between stations, as little time left over as the pieces allow.

The way there: goals of several stations are parted among them (`sharing`), each station is filled by itself
(`covering`), then a bounded exchange serves goals that are still short (`repair`). The same input and seed
give the same schedule, in whatever order the input comes and in however many processes.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from scheduler.board import Board, OpenSession, room_ms
from scheduler.calendar import Interval, SlotOccurrence, find_overlaps, quiet_windows
from scheduler.choosing import fill_rest
from scheduler.covering import StationJob, cover_stations, find_bound, make_job
from scheduler.frames import find_greeting, is_greeting
from scheduler.goals import Goal, GoalResult
from scheduler.items import Item, PastAiring
from scheduler.models import ItemRole
from scheduler.reasons import Reason
from scheduler.repair import repair_goals
from scheduler.sessions import PlannedAiring, Refusal, Session, open_session, refuse, settle, tell_room
from scheduler.sharing import share_goals, share_slack
from scheduler.shortage import explain_goals, explain_items

__all__ = ["Goal", "GoalResult", "Item", "PastAiring", "Placement", "Refusal", "place"]

Barred = Mapping[tuple[int, date], frozenset[str]]
"""Keys of the pieces that may not air in the session of a slot and local day."""
NO_BANS: Barred = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Placement:
    """A whole schedule; sessions in the order of time, refusals by subject."""

    sessions: tuple[Session, ...]
    goals: tuple[GoalResult, ...]
    refusals: tuple[Refusal, ...]

    @property
    def airings(self) -> list[PlannedAiring]:
        return [airing for session in self.sessions for airing in session.airings]


def place(
    items: Sequence[Item],
    occurrences: Sequence[SlotOccurrence],
    goals: Sequence[Goal],
    *,
    seed: int = 0,
    past: Sequence[PastAiring] = (),
    barred: Barred = NO_BANS,
    workers: int = 1,
) -> Placement:
    """Fill every occurrence so that the goals are met as far as they can be.

    `items` are approved pieces and tunes; `past` are airings that stand and are not to be touched; `barred`
    are the keys that may not air in a session. What is taken up between equals is drawn by `seed`. More than
    one worker is worth its start for many stations.
    """
    task = _prepare(items, occurrences, goals, past=past, barred=barred, seed=seed)
    board, by_station = task.board, task.by_station
    sessions = sorted(
        (session for done in cover_stations(task.jobs, workers=workers) for session in done),
        key=sort_session,
    )
    for session in sessions:
        board.adopt(session)
    for session in repair_goals(board, sessions, by_station):
        shelf = board.open_shelf(session.station, by_station[session.station], task.days)
        fill_rest(board, session, shelf)
    told = [*task.refusals, *(refusal for session in sessions for refusal in tell_room(session))]
    return conclude(
        board,
        sessions,
        told,
        pieces=task.pieces,
        by_station=by_station,
        allowed=task.allowed,
        last=task.days[1] if occurrences else None,
    )


def conclude(
    board: Board,
    sessions: Sequence[OpenSession],
    told: Sequence[Refusal],
    *,
    pieces: Sequence[Item],
    by_station: Mapping[str, Sequence[Item]],
    allowed: Sequence[SlotOccurrence],
    last: date | None,
) -> Placement:
    """The sessions to the millisecond, how far the goals are, and what is told of goals and pieces."""
    results = explain_goals(board, sessions, pieces, by_station, last=last)
    goals = (
        Refusal("goal", one.goal.label, one.why, one.goal.name) for one in results if one.why is not None
    )
    items = (
        Refusal("item", item.key, why, item.title)
        for item, why in explain_items(board, sessions, allowed, pieces)
    )
    return Placement(
        sessions=tuple(settle(session) for session in sessions if session.chosen),
        goals=tuple(sorted(results, key=lambda one: sort_goal(one.goal))),
        refusals=(*told, *goals, *items),
    )


def bound_goals(
    items: Sequence[Item],
    occurrences: Sequence[SlotOccurrence],
    goals: Sequence[Goal],
    *,
    past: Sequence[PastAiring] = (),
) -> float:
    """What no schedule can pass: the mean share of the goals that is met, by weight (1 is all).

    Proven station by station; with goals that several stations share it may be generous.
    """
    task = _prepare(items, occurrences, goals, past=past, seed=0)
    total = sum(goal.weight for goal in task.board.tally.goals if goal.needed)
    met = sum(
        goal.weight * (1 - task.board.tally.missing(number) / goal.needed)
        for number, goal in enumerate(task.board.tally.goals)
        if goal.needed
    )
    return min(1.0, (met + sum(find_bound(job) for job in task.jobs)) / total) if total else 1.0


def open_jobs(
    items: Sequence[Item],
    occurrences: Sequence[SlotOccurrence],
    goals: Sequence[Goal],
    *,
    past: Sequence[PastAiring] = (),
    barred: Barred = NO_BANS,
) -> Sequence[StationJob]:
    """The sessions that the rules leave at each station, before anything is chosen."""
    return _prepare(items, occurrences, goals, past=past, barred=barred, seed=0).jobs


@dataclass(frozen=True, slots=True)
class _Task:
    """Everything in order and parted by station, before anything is chosen."""

    board: Board
    pieces: Sequence[Item]
    allowed: Sequence[SlotOccurrence]
    by_station: Mapping[str, Sequence[Item]]
    jobs: Sequence[StationJob]
    refusals: Sequence[Refusal]
    days: tuple[date, date]


def _prepare(
    items: Sequence[Item],
    occurrences: Sequence[SlotOccurrence],
    goals: Sequence[Goal],
    *,
    past: Sequence[PastAiring],
    seed: int,
    barred: Barred = NO_BANS,
) -> _Task:
    pieces = sorted(set(items), key=lambda item: (item.key, item.asset_id, item.duration_ms))
    in_order = sorted(set(occurrences), key=sort_occurrence)
    days = [one.local_date for one in in_order] or [date.min]
    allowed, refusals = sift(in_order)
    by_station = list_items(pieces, allowed)
    board = Board(sorted(set(goals), key=sort_goal), past, seed=seed)
    sessions, refused = _open_all(board, allowed, pieces, by_station, barred)
    refusals += [refuse(occurrence, reason) for occurrence, reason in refused]
    span = (min(days), max(days))
    jobs = _part_jobs(board, sessions, by_station, past=past, days=span, seed=seed)
    return _Task(board, pieces, allowed, by_station, jobs, refusals, span)


def sort_goal(goal: Goal) -> tuple[object, ...]:
    labels = (goal.theme, goal.audience, goal.form, goal.language, goal.station)
    return (
        *(label or "" for label in labels),
        goal.first_date,
        goal.last_date,
        goal.measure,
        goal.quantity,
        goal.weight,
        goal.key,
        -1 if goal.most is None else goal.most,
    )


def sort_occurrence(one: SlotOccurrence) -> tuple[object, ...]:
    return one.starts_at, one.station, one.slot_id, one.ends_at


def sort_session(session: OpenSession) -> tuple[object, ...]:
    return session.occurrence.starts_at, session.station, session.occurrence.slot_id


def sift(occurrences: Sequence[SlotOccurrence]) -> tuple[list[SlotOccurrence], list[Refusal]]:
    """Without those in quiet hours and those that overlap an earlier one of their station."""
    allowed: list[SlotOccurrence] = []
    refusals: list[Refusal] = []
    last: dict[str, SlotOccurrence] = {}
    quiet = _find_quiet(occurrences)
    for occurrence in occurrences:
        before = last.get(occurrence.station)
        if occurrence in quiet:
            refusals.append(refuse(occurrence, Reason("quiet-hours")))
        elif before is not None and before.interval.overlaps(occurrence.interval):
            refusals.append(refuse(occurrence, Reason("overlap", {"slot": before.slot})))
        else:
            if not occurrence.relay_source:  # a relay is not ours to fill, and nothing goes over it
                allowed.append(occurrence)
            last[occurrence.station] = occurrence
    return allowed, refusals


def _find_quiet(occurrences: Sequence[SlotOccurrence]) -> set[SlotOccurrence]:
    by_station = defaultdict(list)
    for occurrence in occurrences:
        by_station[occurrence.rules].append(occurrence)
    quiet: set[SlotOccurrence] = set()
    for rules, ours in by_station.items():
        days = [one.local_date for one in ours]
        # A day more: an occurrence that passes midnight reaches into it.
        windows: list[Interval] = quiet_windows(rules, min(days), max(days) + timedelta(days=1))
        quiet.update(one for one, _ in find_overlaps(ours, windows))
    return quiet


def list_items(pieces: Sequence[Item], allowed: Sequence[SlotOccurrence]) -> dict[str, list[Item]]:
    """For each station the pieces that some session of it could take."""
    rooms: dict[str, int] = defaultdict(int)
    languages: dict[str, tuple[str, ...]] = {}
    framing = {item.key for item in list_tunes(pieces, allowed)}
    for occurrence in allowed:
        rooms[occurrence.station] = max(rooms[occurrence.station], room_ms(occurrence))
        languages[occurrence.station] = occurrence.rules.languages
    limited = [item for item in pieces if item.stations is not None]
    lists: dict[tuple[object, ...], list[Item]] = {}
    by_station = {}
    for station, room in rooms.items():
        # Most stations can take the same: one list for all of them.
        alike = (room, languages[station], *(item.may_air_on(station) for item in limited))
        if alike not in lists:
            lists[alike] = [
                item
                for item in pieces
                if item.key not in framing
                and item.may_air_on(station)
                and item.language in languages[station]
                and item.duration_ms <= room
            ]
        by_station[station] = lists[alike]
    return by_station


def list_tunes(pieces: Sequence[Item], allowed: Sequence[SlotOccurrence]) -> list[Item]:
    """What frames a programme: tunes, and the greetings that some session names."""
    greetings = {find_greeting(one.frame) for one in allowed} - {None}
    return [
        item
        for item in pieces
        if item.role is not ItemRole.SEGMENT or any(is_greeting(item, code) for code in greetings)
    ]


def _open_all(
    board: Board,
    allowed: Sequence[SlotOccurrence],
    pieces: Sequence[Item],
    by_station: Mapping[str, Sequence[Item]],
    barred: Barred,
) -> tuple[list[OpenSession], list[tuple[SlotOccurrence, Reason]]]:
    """The sessions that the caps leave, and what was refused; one with nothing to air takes no place."""
    tunes = list_tunes(pieces, allowed)
    sessions: list[OpenSession] = []
    refused: list[tuple[SlotOccurrence, Reason]] = []
    for occurrence in allowed:
        cap = board.find_cap(occurrence)
        if cap is not None:
            refused.append((occurrence, cap))
            continue
        day = occurrence.local_date
        session, missing = open_session(occurrence, tunes, barred.get((occurrence.slot_id, day), frozenset()))
        refused += [(occurrence, reason) for reason in missing]
        sessions.append(session)
        if any(
            item.duration_ms <= session.left_ms
            and item.is_valid(day)
            and item.key not in session.barred
            and board.find_block(item, session.station, day) is None
            for item in by_station[occurrence.station]
        ):
            board.use(occurrence)
    return sessions, refused


def _part_jobs(
    board: Board,
    sessions: Sequence[OpenSession],
    by_station: Mapping[str, Sequence[Item]],
    *,
    past: Sequence[PastAiring],
    days: tuple[date, date],
    seed: int,
) -> list[StationJob]:
    """One job for each station, with its shares of the goals."""
    ours: dict[str, list[OpenSession]] = defaultdict(list)
    for session in sessions:
        ours[session.station].append(session)
    stood: dict[str, list[PastAiring]] = defaultdict(list)
    for airing in past:
        stood[airing.station].append(airing)
    goals = board.tally.goals
    missing = [board.tally.missing(number) for number in range(len(goals))]
    shares = share_goals(goals, missing, ours, by_station)
    slack = share_slack(board.tally, max(1, len(ours)))
    return [
        make_job(
            goals,
            shares[station],
            slack,
            held,
            by_station[station],
            past=stood[station],
            days=days,
            seed=seed,
        )
        for station, held in sorted(ours.items())
    ]
