"""A week re-planned by a person: the draft, its application, its undoing, each on record.

Invalid
└── PeriodTooLong
Conflict
└── NothingCanAir
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from assets.errors import Conflict, Invalid
from scheduler import drafts
from scheduler.changes import ChangeState, ScheduleChange
from scheduler.drafts import Proposal, Report
from scheduler.groundwork import PeriodBackwards
from scheduler.stations import find_station, list_stations
from studio.people.audit import record
from studio.people.models import User
from studio.people.permissions import Action, require
from studio.planning.goals import goals_for
from studio.planning.plans import list_plans

MOST_DAYS = 92
MOST_TOLD = 3
"""Of so many stations it is said why nothing can air."""
AT_ONCE = 60
"""So many days of stations (eight stations for a week) are planned while a person waits, a second or two;
more are a job."""


class NothingCanAir(Conflict):
    """None of the stations has slots in these days and pieces to air in them."""


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


def measure_draft(session: Session, wanted: Wanted) -> int:
    """How many days of stations it is about.

    Raises:
        StationUnknown, PeriodBackwards, PeriodTooLong
    """
    days = (wanted.last - wanted.first).days + 1
    if days > MOST_DAYS:
        raise PeriodTooLong(most=MOST_DAYS)
    if days < 1:
        raise PeriodBackwards(first=f"{wanted.first:%d/%m/%Y}", last=f"{wanted.last:%d/%m/%Y}")
    return days * len(_list_codes(session, wanted))


def propose_draft(
    session: Session, wanted: Wanted, *, now: datetime, report: Report = lambda _share, _words: None
) -> Proposal:
    """The days planned anew by the goals of all plans; nothing is written.

    Raises:
        StationUnknown, PeriodBackwards, PeriodTooLong
    """
    measure_draft(session, wanted)
    goals = []
    for plan in list_plans(session):
        goals += goals_for(session, plan, wanted.first, wanted.last)
    return drafts.propose(
        session,
        stations=_list_codes(session, wanted),
        first=wanted.first,
        last=wanted.last,
        goals=goals,
        now=now,
        seed=wanted.seed,
        afresh=wanted.afresh,
        explain=True,
        report=report,
    )


def keep_draft(
    session: Session, proposal: Proposal, wanted: Wanted, *, by: User, now: datetime
) -> ScheduleChange | None:
    """The proposal as a draft; None if nothing would change.

    Raises:
        NotAllowed
        NothingCanAir: on none of its stations anything can be placed; says why.
    """
    require(by, Action.FILL_SCHEDULE)
    if not proposal.changes:
        idle = [one.wording for one in proposal.ground.refusals if one.subject == "station"]
        if idle and len(idle) == len(proposal.ground.stations):
            raise NothingCanAir(why=". ".join(idle[:MOST_TOLD]))
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


def apply_draft(session: Session, number: int, *, by: User, now: datetime) -> ScheduleChange:
    """Raises: NotAllowed, ChangeUnknown, ChangeClosed, DraftStale."""
    require(by, Action.FILL_SCHEDULE)
    change = drafts.apply_draft(session, number, by=by.username, now=now)
    _record(session, change, "apply", by=by, now=now)
    return change


def read_wanted(change: ScheduleChange) -> Wanted:
    """What a draft was to be about: one that does not fit any more is made anew of it."""
    return Wanted(
        change.first_date, change.last_date, change.stations, change.cause, change.afresh, change.seed
    )


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


def _list_codes(session: Session, wanted: Wanted) -> list[str]:
    if wanted.stations:
        return sorted({find_station(session, code).code for code in wanted.stations})
    return [one.code for one in list_stations(session, on=wanted.first)]


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
