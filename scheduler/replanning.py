"""A schedule planned anew around what stands: what may stay stays, and what must change changes there. Pure.

In this order: pins; what stands and still may; urgent and priority pieces, for which ordinary ones make room;
sessions that hold nothing yet, placed as if nothing else were to be done (`placement`); the holes; then goals
that are still short, for which a piece that stands gives way only to one that brings them twice as much.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from assets.models import Priority
from scheduler.board import Board, Choice, OpenSession, PassedOver
from scheduler.calendar import SlotOccurrence
from scheduler.choosing import fill_dense, fill_frame, fill_relaxed, fill_rest, find_missing, tell_packed
from scheduler.goals import Goal
from scheduler.items import Item, PastAiring
from scheduler.models import ItemRole
from scheduler.placement import (
    Barred,
    Placement,
    conclude,
    list_items,
    list_tunes,
    place,
    sift,
    sort_goal,
    sort_occurrence,
    sort_session,
)
from scheduler.reasons import Reason
from scheduler.repair import repair_goals
from scheduler.sessions import WORTH_TELLING_MS, Refusal, open_session, refuse, tell_room
from scheduler.shelf import RANKS

MARGIN = 0.5
"""What stands gives way only where at least this share of what the new piece brings is gained."""

Key = tuple[int, date]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a schedule holds already, by session (slot and local day).

    `choices` are its ordinary pieces in order; `pins` are keys to be kept or brought there; `barred` are keys
    that a ban keeps out. In a session that is `held` nothing gives way but to a pin.
    """

    choices: Mapping[Key, Sequence[Choice]]
    pins: Mapping[Key, frozenset[str]] = field(default_factory=dict)
    barred: Barred = field(default_factory=dict)
    held: Container[Key] = frozenset()


def replan(
    items: Sequence[Item],
    occurrences: Sequence[SlotOccurrence],
    goals: Sequence[Goal],
    standing: Standing,
    *,
    seed: int = 0,
    past: Sequence[PastAiring] = (),
    mend_only: bool = False,
) -> Placement:
    """Fill every occurrence, changing as little as can be of what stands.

    With `mend_only` nothing that may stay makes room: only empty sessions and holes are filled.
    """
    in_order = sorted(set(occurrences), key=sort_occurrence)
    stood = {key for key, choices in standing.choices.items() if choices} | set(standing.pins)
    if not any((one.slot_id, one.local_date) in stood for one in in_order):
        return place(items, in_order, goals, seed=seed, past=past, barred=standing.barred)
    work = _Work(items, in_order, goals, standing, past=past, seed=seed, mend_only=mend_only)
    work.keep_pins()
    work.keep_standing()
    if not mend_only:
        work.let_priority_in()
    refusals = work.place_empty()
    work.fill_holes()
    if not mend_only:
        work.serve_goals()
    return work.settle(refusals)


class _Work:
    """A re-planning in the making."""

    def __init__(
        self,
        items: Sequence[Item],
        occurrences: Sequence[SlotOccurrence],
        goals: Sequence[Goal],
        standing: Standing,
        *,
        past: Sequence[PastAiring],
        seed: int,
        mend_only: bool,
    ) -> None:
        self.standing, self.past, self.seed, self.mend_only = standing, past, seed, mend_only
        self.goals = sorted(set(goals), key=sort_goal)
        self.pieces = sorted(set(items), key=lambda item: (item.key, item.asset_id, item.duration_ms))
        self.allowed, self.refusals = sift(occurrences)
        self.by_station = list_items(self.pieces, self.allowed)
        self.usable = {
            station: {item.key: item for item in ours} for station, ours in self.by_station.items()
        }
        days = [one.local_date for one in self.allowed] or [date.min]
        self.days = (min(days), max(days))
        self.board = Board(self.goals, past, seed=seed)
        self.sessions: list[OpenSession] = []
        """Those in which something stands."""
        self.empty: list[SlotOccurrence] = []
        self.placed: list[OpenSession] = []
        self.touched: set[Key] = set()
        self._open()

    def _open(self) -> None:
        tunes = list_tunes(self.pieces, self.allowed)
        for occurrence in self.allowed:
            key = (occurrence.slot_id, occurrence.local_date)
            if not self.standing.choices.get(key) and not self.standing.pins.get(key):
                self.empty.append(occurrence)
                continue
            cap = self.board.find_cap(occurrence)
            if cap is not None:
                self.refusals.append(refuse(occurrence, cap))
                continue
            barred = self.standing.barred.get(key, frozenset())
            session, missing = open_session(occurrence, tunes, barred)
            self.refusals += [refuse(occurrence, reason) for reason in missing]
            self.board.use(occurrence)
            self.sessions.append(session)

    def keep_pins(self) -> None:
        """Pins first: what stands elsewhere on that day gives way to them."""
        for session in self.sessions:
            stood = {one.item.key: one for one in self.standing.choices.get(_key(session), ())}
            for key in sorted(self.standing.pins.get(_key(session), ())):
                item = self.usable.get(session.station, {}).get(key)
                why = self._find_hindrance(session, item)
                if item is None or why is not None:
                    title = next((one.title for one in self.pieces if one.key == key), key)
                    self.refusals.append(Refusal("pin", key, why or Reason("not-usable"), title))
                    continue
                if key not in stood:
                    self.touched.add(_key(session))
                choice = replace(stood[key], item=item) if key in stood else Choice(item, Reason("pinned"))
                self.board.add(session, choice)

    def keep_standing(self) -> None:
        """Everything that may stay, in its place; the weightiest first where not all fits any more."""
        for session in self.sessions:
            choices = self.standing.choices.get(_key(session), ())
            places = {choice.item.key: at for at, choice in enumerate(choices)}
            for choice in sorted(choices, key=lambda one: RANKS[one.item.priority]):
                item = self.usable.get(session.station, {}).get(choice.item.key)
                if item is not None and any(item.key == one.item.key for one in session.chosen):
                    continue
                relaxed = choice.reason.code == "relaxed"
                if item is None or self._find_hindrance(session, item, relaxed=relaxed) is not None:
                    self.touched.add(_key(session))
                    continue
                if item.duration_ms != choice.item.duration_ms:
                    self.touched.add(_key(session))
                self.board.add(session, replace(choice, item=item))
            session.chosen.sort(key=lambda one: places.get(one.item.key, len(places)))

    def let_priority_in(self) -> None:
        """Urgent and priority pieces get their place; ordinary ones that nothing holds make room."""
        loose = [session for session in self.sessions if _key(session) not in self.standing.held]
        for session in loose:
            wanted = [
                item
                for item in self.by_station[session.station]
                if item.priority is not Priority.NORMAL and self._find_rule(session, item) is None
            ]
            for item in sorted(wanted, key=lambda one: (RANKS[one.priority], one.key)):
                if self._find_rule(session, item) is None and self._make_room(session, item):
                    self.touched.add(_key(session))

    def _make_room(self, session: OpenSession, item: Item) -> bool:
        """Put `item` in, in the place of the fewest ordinary pieces that goals miss least."""
        spare = [one for one in session.chosen if self._is_spare(session, one)]
        lacking = item.duration_ms - session.left_ms
        if sum(one.item.duration_ms for one in spare) < lacking:
            return False
        out: list[Choice] = []
        while lacking > 0:
            enough = [one for one in spare if one.item.duration_ms >= lacking]
            # One that suffices, else the longest: the fewest go.
            best = (
                min(enough, key=lambda one: (self._weigh(session, one), one.item.duration_ms, one.item.key))
                if enough
                else max(spare, key=lambda one: (one.item.duration_ms, one.item.key))
            )
            spare.remove(best)
            out.append(best)
            lacking -= best.item.duration_ms
        for one in out:
            self.board.remove(session, session.chosen.index(one))
        passed = tuple(PassedOver(one.item.key, Reason("ranked-lower")) for one in out)
        self.board.add(session, Choice(item, Reason(item.priority.value), passed))
        return True

    def _is_spare(self, session: OpenSession, choice: Choice) -> bool:
        key = _key(session)
        pinned = choice.item.key in self.standing.pins.get(key, ())
        return choice.item.priority is Priority.NORMAL and not pinned and key not in self.standing.held

    def _weigh(self, session: OpenSession, choice: Choice) -> float:
        tally = self.board.tally
        serving = tally.serving(choice.item, session.station, session.day)
        return sum(tally.loss(number, choice.item) for number in serving)

    def place_empty(self) -> list[Refusal]:
        """What holds nothing yet is placed by the solver, around all that is kept."""
        if not self.empty:
            return []
        kept = [
            PastAiring(session.station, choice.item, session.day, session.occurrence.slot_id)
            for session in self.sessions
            for choice in session.chosen
        ]
        done = place(
            self.pieces,
            self.empty,
            self.goals,
            seed=self.seed,
            past=[*self.past, *kept],
            barred=self.standing.barred,
        )
        for one in done.sessions:
            session = OpenSession(one.occurrence, None, None, one.left_ms)
            for airing in one.airings:
                if airing.role is ItemRole.SEGMENT:
                    session.chosen.append(Choice(airing.item, airing.reason, airing.passed_over))
                elif airing.reason.code == "greeting":
                    session.greeting = airing.item
                elif airing.role is ItemRole.SIGNATURE:
                    session.signature = airing.item
                else:
                    session.closing = airing.item
            self.board.use(one.occurrence)
            self.board.adopt(session)
            self.placed.append(session)
        return [one for one in done.refusals if one.subject == "occurrence"]

    def fill_holes(self) -> None:
        """Sessions that lost something, or have room for more than a breath, are filled up."""
        for session in self.sessions:
            room = session.left_ms >= WORTH_TELLING_MS and _key(session) not in self.standing.held
            if room or _key(session) in self.touched:
                self._fill(session)
        for session in self.sessions:
            if not session.chosen:
                shelf = self.board.open_shelf(session.station, self.by_station[session.station], self.days)
                fill_relaxed(self.board, session, shelf)

    def _fill(self, session: OpenSession) -> None:
        stood = [one.item.key for one in self.standing.choices.get(_key(session), ())]
        kept = {one.item.key for one in session.chosen}
        shelf = self.board.open_shelf(session.station, self.by_station[session.station], self.days)
        fill_frame(self.board, session, shelf)
        fill_dense(self.board, session, shelf, find_missing(self.board, shelf))
        fill_rest(self.board, session, shelf)
        tell_packed(self.board, session, shelf)
        # What is new stands where the first one stood that is gone: what follows moves least.
        hole = next((at for at, key in enumerate(stood) if key not in kept), len(session.chosen))
        ahead = sum(one.item.key in kept for one in session.chosen[:hole])
        fresh = [one for one in session.chosen if one.item.key not in kept]
        rest = [one for one in session.chosen if one.item.key in kept]
        session.chosen[:] = [*rest[:ahead], *fresh, *rest[ahead:]]

    def serve_goals(self) -> None:
        """Goals that are short still get what stands without need of it, if that brings much."""
        loose = [session for session in self.sessions if _key(session) not in self.standing.held]
        held = {(*key, one) for key, keys in self.standing.pins.items() for one in keys}
        for session in repair_goals(self.board, loose, self.by_station, held=held, margin=MARGIN):
            self._fill(session)

    def settle(self, refusals: Sequence[Refusal]) -> Placement:
        sessions = sorted([*self.sessions, *self.placed], key=sort_session)
        return conclude(
            self.board,
            sessions,
            [*self.refusals, *refusals, *(one for ours in self.sessions for one in tell_room(ours))],
            pieces=self.pieces,
            by_station=self.by_station,
            allowed=self.allowed,
            last=self.days[1],
        )

    def _find_hindrance(
        self, session: OpenSession, item: Item | None, *, relaxed: bool = False
    ) -> Reason | None:
        """Why `item` cannot be added to the session as it is."""
        if item is None:
            return Reason("not-usable")
        why = self._find_rule(session, item, relaxed=relaxed)
        if why is None and item.duration_ms > session.left_ms:
            missing = -(-(item.duration_ms - session.left_ms) // 1000)
            why = Reason("no-room", {"missing_seconds": missing})
        return why

    def _find_rule(self, session: OpenSession, item: Item, *, relaxed: bool = False) -> Reason | None:
        if item.key in session.barred:
            return Reason("banned")
        if not item.is_valid(session.day):
            return Reason("not-valid")
        why = self.board.find_block(item, session.station, session.day)
        if why is not None and relaxed and why.code == "separation":
            return None
        return why


def _key(session: OpenSession) -> Key:
    return session.occurrence.slot_id, session.day
