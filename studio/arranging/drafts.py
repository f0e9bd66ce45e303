"""A week re-planned by a person: the draft, its application, its undoing, each on record.

Invalid
└── PeriodTooLong
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from assets.errors import Invalid
from scheduler import drafts
from scheduler.changes import ChangeState, ScheduleChange
from scheduler.drafts import Proposal
from scheduler.stations import list_stations
from studio.people.audit import record
from studio.people.models import User
from studio.people.permissions import Action, require
from studio.planning.goals import goals_for
from studio.planning.plans import list_plans

MOST_DAYS = 92


class PeriodTooLong(Invalid):
    """More days than anybody compares before a meeting."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a draft is to be about; without stations all that serve on its first day."""

    first: date
    last: date
    stations: Sequence[str] = ()
    cause: str = ""
    afresh: bool = False
    seed: int = 0


def propose_draft(session: Session, wanted: Wanted, *, now: datetime) -> Proposal:
    """The days planned anew by the goals of all plans; nothing is written.

    Raises:
        StationUnknown, PeriodBackwards, PeriodTooLong
    """
    if (wanted.last - wanted.first).days >= MOST_DAYS:
        raise PeriodTooLong(most=MOST_DAYS)
    stations = wanted.stations or [one.code for one in list_stations(session, on=wanted.first)]
    goals = []
    if wanted.last >= wanted.first:
        for plan in list_plans(session):
            goals += goals_for(session, plan, wanted.first, wanted.last)
    return drafts.propose(
        session,
        stations=stations,
        first=wanted.first,
        last=wanted.last,
        goals=goals,
        now=now,
        seed=wanted.seed,
        afresh=wanted.afresh,
        explain=True,
    )


def keep_draft(
    session: Session, proposal: Proposal, wanted: Wanted, *, by: User, now: datetime
) -> ScheduleChange | None:
    """The proposal as a draft; None if nothing would change.

    Raises:
        NotAllowed
    """
    require(by, Action.FILL_SCHEDULE)
    if not proposal.changes:
        return None
    change = drafts.keep_draft(
        session,
        proposal,
        by=by.username,
        now=now,
        cause=wanted.cause,
        seed=wanted.seed,
        afresh=wanted.afresh,
    )
    _record(session, change, "draft", by=by, now=now)
    return change


def make_draft(session: Session, wanted: Wanted, *, by: User, now: datetime) -> ScheduleChange | None:
    """`propose_draft` and `keep_draft` in one."""
    require(by, Action.FILL_SCHEDULE)
    return keep_draft(session, propose_draft(session, wanted, now=now), wanted, by=by, now=now)


def apply_draft(session: Session, number: int, *, by: User, now: datetime) -> ScheduleChange:
    """Raises: NotAllowed, ChangeUnknown, ChangeClosed, DraftStale."""
    require(by, Action.FILL_SCHEDULE)
    change = drafts.apply_draft(session, number, by=by.username, now=now)
    _record(session, change, "apply", by=by, now=now)
    return change


def redraft(session: Session, number: int, *, by: User, now: datetime) -> ScheduleChange | None:
    """A fresh draft of the same days in the place of one that does not fit any more.

    None if nothing would change any more.

    Raises:
        NotAllowed, ChangeUnknown, ChangeClosed
    """
    old = discard_draft(session, number, by=by, now=now)
    wanted = Wanted(old.first_date, old.last_date, old.stations, old.cause, old.afresh, old.seed)
    return make_draft(session, wanted, by=by, now=now)


def discard_draft(session: Session, number: int, *, by: User, now: datetime) -> ScheduleChange:
    """Raises: NotAllowed, ChangeUnknown, ChangeClosed."""
    require(by, Action.FILL_SCHEDULE)
    change = drafts.discard_draft(session, number, by=by.username, now=now)
    _record(session, change, "discard", by=by, now=now)
    return change


def undo_change(session: Session, number: int, *, by: User, now: datetime) -> ScheduleChange:
    """Raises: NotAllowed, ChangeUnknown, ChangeClosed, UndoTooLate, UndoBlocked."""
    require(by, Action.FILL_SCHEDULE)
    change = drafts.undo_change(session, number, by=by.username, now=now)
    _record(session, change, "undo", by=by, now=now)
    return change


def find_last_applied(session: Session) -> ScheduleChange | None:
    """What `undo` without a number means: the last change that a person applied."""
    applied = drafts.list_changes(session, state=ChangeState.APPLIED, limit=100)
    return max(applied, key=lambda one: (one.closed_at or one.made_at, one.id or 0), default=None)


def _record(session: Session, change: ScheduleChange, deed: str, *, by: User, now: datetime) -> None:
    totals = {name: change.counts.get(name) for name in ("added", "removed", "moved", "sessions")}
    days = {"first": change.first_date.isoformat(), "last": change.last_date.isoformat()}
    record(
        session,
        at=now,
        by=by.username,
        action=f"schedule.{deed}",
        subject=f"schedule/{change.id}",
        after={**days, **totals, "cause": change.cause},
    )
