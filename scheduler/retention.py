"""How long it is kept what exactly a version changed: the line of who, when, why and how much stays for good.

Only days that are long past lose their detail, so nothing is lost that could still be undone; airings, logs
and playlists are no part of it.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import String, cast
from sqlmodel import Session, col, delete, or_, select, update

from scheduler.changes import ChangeState, ScheduleChange
from scheduler.models import PlacementRun

EMPTY = "[]"
"""An empty list in a JSON column, as text."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """`versions` are the numbers of those whose detail went, `drafts` those of them that nobody decided."""

    versions: tuple[int, ...]
    drafts: tuple[int, ...]
    runs: int


def drop_details(session: Session, before: date, *, by: str, now: datetime) -> Dropped:
    """Empty the rows of every version whose last day lies before `before`, and drop the runs of those days.

    Drafts that nobody decided are discarded.
    """
    details = (ScheduleChange.before, ScheduleChange.after, ScheduleChange.refusals)
    kept = or_(*(cast(col(one), String) != EMPTY for one in details))
    old = session.exec(
        select(ScheduleChange.id, ScheduleChange.state)
        .where(col(ScheduleChange.last_date) < before, or_(kept, ScheduleChange.state == ChangeState.DRAFT))
        .order_by(col(ScheduleChange.id))
    ).all()
    numbers = [number for number, _ in old if number is not None]
    drafts = [number for number, state in old if number is not None and state is ChangeState.DRAFT]
    changed = update(ScheduleChange).where(col(ScheduleChange.id).in_(numbers))
    session.exec(changed.values(before=[], after=[], refusals=[]))
    undecided = update(ScheduleChange).where(col(ScheduleChange.id).in_(drafts))
    session.exec(undecided.values(state=ChangeState.DISCARDED, closed_at=now, closed_by=by))
    runs = session.exec(delete(PlacementRun).where(col(PlacementRun.last_date) < before))
    return Dropped(tuple(numbers), tuple(drafts), runs.rowcount)
