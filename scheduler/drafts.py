"""Drafts and versions of the schedule: proposed, compared, applied in one piece, undone.

Conflict
├── DraftStale
├── ChangeClosed
├── UndoTooLate
└── UndoBlocked
Missing
└── ChangeUnknown

A draft is a row beside the schedule. Applying writes its sessions and nothing else; undoing writes them as
they were. Neither touches what is past or handed over.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session, col, select

from assets.errors import Conflict, Missing
from assets.messages import say
from assets.models import Asset
from scheduler.changes import ALLOWED, ChangeState, ScheduleChange
from scheduler.comparing import count_changes, weigh_goals
from scheduler.goals import Goal
from scheduler.groundwork import Ground, read_ground
from scheduler.keeping import SessionKey
from scheduler.models import Airing, ItemRole
from scheduler.placement import Placement
from scheduler.proof import Proof, prove_goals
from scheduler.reach import Case
from scheduler.reasons import Reason
from scheduler.replanning import replan
from scheduler.sessions import keep_refusals
from scheduler.writing import (
    SessionChange,
    compare_sessions,
    describe_airings,
    read_changes,
    same_place,
    write_sessions,
)

Report = Callable[[float, str], None]
"""Called with the share done (0-1) and what is being done."""
PLACED = 0.4
"""The share of the work that is done when all is placed and nothing is proven yet."""


class ChangeUnknown(Missing):
    """There is no draft or version of that number."""


class ChangeClosed(Conflict):
    """The change is in another state than the deed needs: applied, discarded or undone already."""


class DraftStale(Conflict):
    """What the draft was made from is another by now: it fits no more."""


class UndoTooLate(Conflict):
    """Something of the change was handed over or aired: it cannot be taken back."""


class UndoBlocked(Conflict):
    """The sessions cannot be put back as they were; says why."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A re-planning that is nowhere written yet."""

    ground: Ground
    placement: Placement
    changes: Sequence[SessionChange]
    proofs: Mapping[Goal, Proof] = field(default_factory=dict)
    """Why goals stay short; only if it was asked for."""


def propose(
    session: Session,
    *,
    stations: Sequence[str],
    first: date,
    last: date,
    goals: Sequence[Goal],
    now: datetime,
    seed: int = 0,
    afresh: bool = False,
    mend_only: bool = False,
    explain: bool = False,
    report: Report = lambda _share, _words: None,
) -> Proposal:
    """The days planned anew around what stands; with `explain` it is proven why goals stay short.

    Raises:
        StationUnknown, PeriodBackwards
    """
    report(0.0, say("scheduler.step.reading"))
    ground = read_ground(
        session,
        stations=stations,
        first=first,
        last=last,
        goals=goals,
        now=now,
        afresh=afresh,
    )
    occurrences = tuple(ground.open_occurrences)
    report(0.1, say("scheduler.step.placing", sessions=len(occurrences), stations=len(ground.stations)))
    placement = replan(
        ground.items,
        occurrences,
        ground.goals,
        ground.standing,
        seed=seed,
        past=ground.past,
        mend_only=mend_only,
    )
    codes = {number: code for code, number in ground.stations.items()}
    changes = compare_sessions(placement.airings, ground.open_sessions, codes)
    proofs = {}
    if explain:
        case = Case(tuple(ground.items), occurrences, tuple(ground.past), ground.standing.barred)

        def tell(done: int, of: int) -> None:
            report(PLACED + (1 - PLACED) * done / of, say("scheduler.step.proving", count=of))

        proofs = prove_goals(case, placement.goals, placement.sessions, report=tell)
    return Proposal(ground, placement, changes, proofs)


def keep_draft(
    session: Session,
    proposal: Proposal,
    *,
    by: str,
    now: datetime,
    cause: str = "",
    seed: int = 0,
    afresh: bool = False,
) -> ScheduleChange:
    """The proposal as a draft, to be looked at and applied or discarded."""
    change = describe_change(proposal, by=by, now=now, cause=cause, seed=seed, afresh=afresh)
    session.add(change)
    session.flush()
    return change


def describe_change(
    proposal: Proposal, *, by: str, now: datetime, cause: str, seed: int, afresh: bool
) -> ScheduleChange:
    ground, changes = proposal.ground, proposal.changes
    refusals = [*proposal.placement.refusals, *ground.refusals]
    return ScheduleChange(
        state=ChangeState.DRAFT,
        made_at=now,
        made_by=by,
        cause=cause.strip(),
        first_date=ground.first,
        last_date=ground.last,
        stations=sorted(ground.stations),
        seed=seed,
        afresh=afresh,
        base_sha256=ground.seal(_list_assets(changes)),
        before=[one.describe(one.before) for one in changes],
        after=[one.describe(one.after) for one in changes],
        counts=count_changes(ground, changes),
        goals=weigh_goals(ground, proposal.placement.goals, proposal.proofs),
        refusals=keep_refusals(refusals),
    )


def find_change(session: Session, number: int) -> ScheduleChange:
    """Raises: ChangeUnknown."""
    change = session.get(ScheduleChange, number)
    if change is None:
        raise ChangeUnknown(number=number)
    return change


def list_changes(
    session: Session, *, state: ChangeState | None = None, limit: int = 30
) -> list[ScheduleChange]:
    """The latest first."""
    query = select(ScheduleChange).order_by(col(ScheduleChange.id).desc()).limit(limit)
    if state is not None:
        query = query.where(ScheduleChange.state == state)
    return list(session.exec(query))


def apply_draft(session: Session, number: int, *, by: str, now: datetime) -> ScheduleChange:
    """Make the schedule what the draft says, whole or not at all.

    Raises:
        ChangeUnknown, ChangeClosed.
        DraftStale: airings, slots, pins, bans or pieces changed since, or a session of it stays by now.
    """
    change = find_change(session, number)
    _demand(change, ChangeState.APPLIED)
    ground = _read_present(session, change, now)
    changes = read_changes(change.before, change.after)
    fixed = next((one for one in changes if one.key in ground.kept), None)
    if fixed is not None:
        raise DraftStale(number=number, why=_tell_fixed(fixed, ground).wording)
    if ground.seal(_list_assets(changes)) != change.base_sha256:
        raise DraftStale(number=number, why=Reason("base-changed").wording)
    write_changes(session, ground, changes)
    return _close(session, change, ChangeState.APPLIED, by=by, now=now)


def discard_draft(session: Session, number: int, *, by: str, now: datetime) -> ScheduleChange:
    """Raises: ChangeUnknown, ChangeClosed."""
    change = find_change(session, number)
    _demand(change, ChangeState.DISCARDED)
    return _close(session, change, ChangeState.DISCARDED, by=by, now=now)


def undo_change(session: Session, number: int, *, by: str, now: datetime) -> ScheduleChange:
    """Put the sessions of an applied change back as they were.

    Raises:
        ChangeUnknown, ChangeClosed.
        UndoTooLate: one of them has begun, or was handed over; names it.
        UndoBlocked: one of them was changed since, or what stood may not air any more; names it.
    """
    change = find_change(session, number)
    _demand(change, ChangeState.UNDONE)
    if not change.has_details:
        raise UndoTooLate(number=number, why=Reason("kept-past").wording)
    ground = _read_present(session, change, now)
    changes = read_changes(change.before, change.after)
    for one in changes:
        if one.key in ground.kept:
            raise UndoTooLate(number=number, why=_tell_fixed(one, ground).wording)
    often = _count_airings(ground, changes)
    for one in changes:
        why = _find_hindrance(session, ground, one, changes) or _find_excess(ground, one, often)
        if why is not None:
            where = Reason("where", _where(one)).wording
            raise UndoBlocked(number=number, where=where, why=why.wording)
    write_changes(session, ground, [_turn(one) for one in changes])
    change.state = ChangeState.UNDONE
    change.undone_at, change.undone_by = now, by
    session.add(change)
    session.flush()
    return change


def write_changes(session: Session, ground: Ground, changes: Iterable[SessionChange]) -> tuple[int, int]:
    """Returns how many airings came and went."""
    rows = [(one.key, ground.stations[one.station], one.after) for one in changes]
    return write_sessions(session, rows, ground.within)


def _read_present(session: Session, change: ScheduleChange, now: datetime) -> Ground:
    """What stands now where the change is; goals have no part in it."""
    return read_ground(
        session,
        stations=change.stations,
        first=change.first_date,
        last=change.last_date,
        goals=(),
        now=now,
    )


def _close(
    session: Session, change: ScheduleChange, state: ChangeState, *, by: str, now: datetime
) -> ScheduleChange:
    change.state, change.closed_at, change.closed_by = state, now, by
    session.add(change)
    session.flush()
    return change


def _turn(one: SessionChange) -> SessionChange:
    return SessionChange(one.station, one.slot_id, one.day, before=one.after, after=one.before)


def _demand(change: ScheduleChange, to: ChangeState) -> None:
    if to not in ALLOWED[change.state]:
        raise ChangeClosed(number=change.id, state=Reason(f"change-{change.state.value}").wording)


def _list_assets(changes: Iterable[SessionChange]) -> set[int]:
    return {row["asset_id"] for one in changes for row in one.after}


def _where(one: SessionChange) -> dict[str, object]:
    return {"station": one.station, "day": f"{one.day:%d/%m/%Y}"}


def _tell_fixed(one: SessionChange, ground: Ground) -> Reason:
    why = ground.kept[one.key].wording
    return Reason("session-fixed", {**_where(one), "why": why})


def _find_hindrance(
    session: Session, ground: Ground, one: SessionChange, changes: Sequence[SessionChange]
) -> Reason | None:
    """Why a session cannot be what it was before."""
    if not same_place(describe_airings(ground.within.get(one.key, ())), one.after):
        return Reason("changed-since")
    occurrence = next((o for o in ground.occurrences if (o.slot_id, o.local_date) == one.key), None)
    if not one.before:
        return None
    begins, ends = one.before[0]["starts_at"], one.before[-1]["ends_at"]
    if (
        occurrence is None
        or datetime.fromisoformat(begins) < occurrence.starts_at
        or datetime.fromisoformat(ends) > occurrence.ends_at
    ):
        return Reason("slot-changed")
    usable = {item.asset_id: item for item in ground.items if item.may_air_on(one.station)}
    barred = ground.standing.barred.get(one.key, frozenset())
    elsewhere = _list_elsewhere(ground, one, {other.key for other in changes})
    for row in one.before:
        item = usable.get(row["asset_id"])
        if item is None or not item.is_valid(one.day) or item.key in barred:
            return Reason("piece-gone", {"title": session.get_one(Asset, row["asset_id"]).title})
        if row["role"] == ItemRole.SEGMENT and row["asset_id"] in elsewhere:
            return Reason("same-day-now", {"title": item.title})
    return None


def _count_airings(ground: Ground, changes: Sequence[SessionChange]) -> Counter[tuple[int, int]]:
    """How often each station (its id) would air each asset once all the changes are taken back."""
    ours = {one.key for one in changes}
    stood = ((ground.stations.get(one.station, 0), one.item.asset_id) for one in ground.past if one.counted)
    beside = (
        (airing.station_id, airing.asset_id)
        for key, airings in ground.open_sessions.items()
        if key not in ours
        for airing in airings
    )
    back = ((ground.stations[one.station], row["asset_id"]) for one in changes for row in one.before)
    return Counter([*stood, *beside, *back])


def _find_excess(ground: Ground, one: SessionChange, often: Counter[tuple[int, int]]) -> Reason | None:
    """The limit of a piece that would air too often if the session were as it was."""
    limits = {item.asset_id: item.max_airings for item in ground.items if item.max_airings is not None}
    for row in one.before:
        most = limits.get(row["asset_id"])
        if most is not None and often[ground.stations[one.station], row["asset_id"]] > most:
            return Reason("max-airings", {"most": most})
    return None


def _list_elsewhere(ground: Ground, one: SessionChange, ours: set[SessionKey]) -> set[int]:
    """Assets that the station airs on that day in sessions that the change does not touch."""
    station = ground.stations[one.station]

    def counts(key: SessionKey, airing: Airing) -> bool:
        return key not in ours and airing.station_id == station and airing.role is ItemRole.SEGMENT

    rows: Mapping[SessionKey, Sequence[Airing]] = ground.within
    return {
        airing.asset_id
        for key, airings in rows.items()
        if key[1] == one.day
        for airing in airings
        if counts(key, airing)
    }
