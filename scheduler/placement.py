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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from assets.messages import say
from assets.models import Priority
from scheduler.board import Board, OpenSession, PassedOver, room_ms
from scheduler.calendar import Interval, SlotOccurrence, find_overlaps, quiet_windows
from scheduler.choosing import fill_rest
from scheduler.covering import StationJob, cover_stations, find_bound, make_job
from scheduler.goals import Goal, GoalResult
from scheduler.items import Item, PastAiring
from scheduler.models import ItemRole
from scheduler.reasons import Reason
from scheduler.repair import repair_goals
from scheduler.sharing import share_goals
from scheduler.shortage import explain_goals, explain_items

__all__ = ["Goal", "GoalResult", "Item", "PastAiring", "Placement", "Refusal", "place"]

WORTH_TELLING_MS = 60_000
"""Less time left over than this is not reported as a refusal; it stands with its session."""


@dataclass(frozen=True, slots=True)
class PlannedAiring:
    """One piece at its moment, gapless after the one before it; aware UTC, half open."""

    occurrence: SlotOccurrence
    position: int
    role: ItemRole
    item: Item
    starts_at: datetime
    ends_at: datetime
    reason: Reason
    passed_over: tuple[PassedOver, ...]


@dataclass(frozen=True, slots=True)
class Session:
    """One occurrence as it is filled; `left_ms` is what remains of its length, or of the cap, at its end."""

    occurrence: SlotOccurrence
    airings: tuple[PlannedAiring, ...]
    left_ms: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """What could not be done. `subject` is `item`, `goal` or `occurrence`; `name` says which one."""

    subject: str
    name: str
    reason: Reason

    @property
    def wording(self) -> str:
        subject = say(f"scheduler.subject.{self.subject}")
        return say("scheduler.refusal.line", subject=subject, name=self.name, reason=self.reason.wording)

    def as_row(self) -> dict[str, object]:
        """The refusal as it is kept in a JSON column."""
        return {"subject": self.subject, "name": self.name, **self.reason.as_row()}


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
    workers: int = 1,
) -> Placement:
    """Fill every occurrence so that the goals are met as far as they can be.

    `items` are approved pieces and tunes; `past` are airings that stand and are not to be touched. What is
    taken up between equals is drawn by `seed`. More than one worker is worth its start for many stations.
    """
    task = _prepare(items, occurrences, goals, past=past, seed=seed)
    board, by_station = task.board, task.by_station
    sessions = sorted(
        (session for done in cover_stations(task.jobs, workers=workers) for session in done),
        key=_sort_session,
    )
    for session in sessions:
        board.adopt(session)
    for session in repair_goals(board, sessions, by_station):
        shelf = board.open_shelf(session.station, by_station[session.station], task.days)
        fill_rest(board, session, shelf)
    refusals = [*task.refusals, *(refusal for session in sessions for refusal in _tell_room(session))]
    results = explain_goals(
        board, sessions, task.pieces, by_station, last=task.days[1] if occurrences else None
    )
    refusals += [Refusal("goal", one.goal.label, one.why) for one in results if one.why is not None]
    refusals += [
        Refusal("item", item.key, why) for item, why in explain_items(sessions, task.allowed, task.pieces)
    ]
    return Placement(
        sessions=tuple(_settle(session) for session in sessions if session.chosen),
        goals=tuple(sorted(results, key=lambda one: _sort_goal(one.goal))),
        refusals=tuple(refusals),
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
) -> _Task:
    pieces = sorted(set(items), key=lambda item: (item.key, item.asset_id, item.duration_ms))
    in_order = sorted(set(occurrences), key=_sort_occurrence)
    days = [one.local_date for one in in_order] or [date.min]
    allowed, refusals = _sift(in_order)
    by_station = _list_items(pieces, allowed)
    board = Board(sorted(set(goals), key=_sort_goal), past, seed=seed)
    sessions, refused = _open_all(board, allowed, pieces, by_station)
    refusals += [_refuse(occurrence, reason) for occurrence, reason in refused]
    span = (min(days), max(days))
    jobs = _part_jobs(board, sessions, by_station, past=past, days=span, seed=seed)
    return _Task(board, pieces, allowed, by_station, jobs, refusals, span)


def _sort_goal(goal: Goal) -> tuple[object, ...]:
    labels = (goal.theme, goal.audience, goal.form, goal.language, goal.station)
    return (
        *(label or "" for label in labels),
        goal.first_date,
        goal.last_date,
        goal.measure,
        goal.quantity,
        goal.weight,
        goal.key,
    )


def _sort_occurrence(one: SlotOccurrence) -> tuple[object, ...]:
    return one.starts_at, one.station, one.slot_id, one.ends_at


def _sort_session(session: OpenSession) -> tuple[object, ...]:
    return session.occurrence.starts_at, session.station, session.occurrence.slot_id


def _refuse(occurrence: SlotOccurrence, reason: Reason) -> Refusal:
    name = f"{occurrence.station} {occurrence.local_date:%d/%m/%Y} {occurrence.slot}"
    return Refusal("occurrence", name, reason)


def _sift(occurrences: Sequence[SlotOccurrence]) -> tuple[list[SlotOccurrence], list[Refusal]]:
    """Without those in quiet hours and those that overlap an earlier one of their station."""
    allowed: list[SlotOccurrence] = []
    refusals: list[Refusal] = []
    last: dict[str, SlotOccurrence] = {}
    quiet = _find_quiet(occurrences)
    for occurrence in occurrences:
        before = last.get(occurrence.station)
        if occurrence in quiet:
            refusals.append(_refuse(occurrence, Reason("quiet-hours")))
        elif before is not None and before.interval.overlaps(occurrence.interval):
            refusals.append(_refuse(occurrence, Reason("overlap", {"slot": before.slot})))
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


def _list_items(pieces: Sequence[Item], allowed: Sequence[SlotOccurrence]) -> dict[str, list[Item]]:
    """For each station the pieces that some session of it could take."""
    rooms: dict[str, int] = defaultdict(int)
    languages: dict[str, tuple[str, ...]] = {}
    for occurrence in allowed:
        rooms[occurrence.station] = max(rooms[occurrence.station], room_ms(occurrence))
        languages[occurrence.station] = occurrence.rules.languages
    return {
        station: [
            item
            for item in pieces
            if item.role is ItemRole.SEGMENT
            and item.may_air_on(station)
            and item.language in languages[station]
            and item.duration_ms <= room
        ]
        for station, room in rooms.items()
    }


def _open_all(
    board: Board,
    allowed: Sequence[SlotOccurrence],
    pieces: Sequence[Item],
    by_station: Mapping[str, Sequence[Item]],
) -> tuple[list[OpenSession], list[tuple[SlotOccurrence, Reason]]]:
    """The sessions that the caps leave, and what was refused; one with nothing to air takes no place."""
    tunes = [item for item in pieces if item.role is not ItemRole.SEGMENT]
    sessions: list[OpenSession] = []
    refused: list[tuple[SlotOccurrence, Reason]] = []
    for occurrence in allowed:
        cap = board.find_cap(occurrence)
        if cap is not None:
            refused.append((occurrence, cap))
            continue
        session, missing = _open(occurrence, tunes)
        refused += [(occurrence, reason) for reason in missing]
        sessions.append(session)
        day = occurrence.local_date
        if any(
            item.duration_ms <= session.left_ms
            and item.is_valid(day)
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
    return [
        make_job(goals, shares[station], held, by_station[station], past=stood[station], days=days, seed=seed)
        for station, held in sorted(ours.items())
    ]


def _open(occurrence: SlotOccurrence, candidates: Sequence[Item]) -> tuple[OpenSession, list[Reason]]:
    """The session with its tunes, and which of them is missing and why."""
    left_ms = room_ms(occurrence)
    tunes: list[Item | None] = []
    missing: list[Reason] = []
    for key in (occurrence.signature_key, occurrence.closing_key):
        tune = next((item for item in candidates if _is_tune(item, key, occurrence)), None)
        if key is not None and tune is None:
            missing.append(Reason("tune-missing", {"key": key}))
        elif tune is not None and tune.duration_ms > left_ms:
            missing.append(Reason("tune-too-long", {"key": key}))
            tune = None
        left_ms -= tune.duration_ms if tune else 0
        tunes.append(tune)
    return OpenSession(occurrence, tunes[0], tunes[1], left_ms), missing


def _is_tune(item: Item, key: str | None, occurrence: SlotOccurrence) -> bool:
    return item.key == key and item.may_air_on(occurrence.station) and item.is_valid(occurrence.local_date)


def _tell_room(session: OpenSession) -> Iterator[Refusal]:
    if any(choice.reason.code == "relaxed" for choice in session.chosen):
        yield _refuse(session.occurrence, Reason("separation-relaxed"))
    if not session.chosen:
        yield _refuse(session.occurrence, Reason("nothing-fits"))
    elif session.left_ms >= WORTH_TELLING_MS:
        yield _refuse(session.occurrence, Reason("time-left", {"seconds": session.left_ms // 1000}))


def _settle(session: OpenSession) -> Session:
    """The pieces in their order, each at its exact millisecond."""
    ranks: Mapping[Priority, int] = {Priority.URGENT: 0, Priority.PRIORITY: 1, Priority.NORMAL: 2}
    entries: list[tuple[ItemRole, Item, Reason, tuple[PassedOver, ...]]] = []
    if session.signature is not None:
        entries.append((ItemRole.SIGNATURE, session.signature, Reason("signature"), ()))
    entries += [
        (ItemRole.SEGMENT, choice.item, choice.reason, choice.passed_over)
        for choice in sorted(session.chosen, key=lambda choice: ranks[choice.item.priority])
    ]
    if session.closing is not None:
        entries.append((ItemRole.CLOSING, session.closing, Reason("closing"), ()))
    clock = session.occurrence.starts_at
    airings = []
    for position, (role, item, reason, passed_over) in enumerate(entries, start=1):
        ends_at = clock + timedelta(milliseconds=item.duration_ms)
        airings.append(
            PlannedAiring(session.occurrence, position, role, item, clock, ends_at, reason, passed_over)
        )
        clock = ends_at
    return Session(session.occurrence, tuple(airings), session.left_ms)
