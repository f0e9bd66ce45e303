"""What planning anew would bring, found by the nightly planning, and said until a person makes it."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from assets.messages import say
from scheduler.changes import ChangeState, ScheduleChange
from studio.arranging.waiting import Gain
from studio.people.audit import SYSTEM
from studio.reminders.models import Reminder, ReminderKind

KEY = "replan-waits"


def note_gain(session: Session, gain: Gain, *, now: datetime) -> None:
    """Say it; not again, once a person has taken note, before something comes to it."""
    row = session.exec(select(Reminder).where(Reminder.key == KEY)).first()
    if gain.is_empty:
        if row is not None:
            row.data = {**row.data, "known": []}
            if row.closed_at is None:
                row.closed_at, row.closed_by = now, SYSTEM
        return
    found = {*gain.pieces, *gain.goals}
    if row is None:
        row = Reminder(key=KEY, kind=ReminderKind.REPLAN_WAITS, made_at=now)
        session.add(row)
    elif row.closed_at is not None:
        if found <= set(_read_known(row.data)):
            return
        row.made_at, row.closed_at, row.closed_by = now, None, None
    row.address = f"/schedule?day={gain.first.isoformat()}&last={gain.last.isoformat()}"
    row.data = {
        "pieces": len(gain.pieces),
        "goals": len(gain.goals),
        "first": f"{gain.first:%d/%m}",
        "last": f"{gain.last:%d/%m/%Y}",
        "known": sorted(found),
        "checked_at": now.isoformat(),
    }
    session.flush()


def is_waiting(session: Session, row: Reminder) -> bool:
    """Whether nobody has applied a change since it was found: the next night looks what is left."""
    since = datetime.fromisoformat(str(row.data["checked_at"]))
    made = select(ScheduleChange.id).where(
        ScheduleChange.state == ChangeState.APPLIED,
        ScheduleChange.closed_by != SYSTEM,
        col(ScheduleChange.closed_at) > since,
    )
    return session.exec(made.limit(1)).first() is None


def tell_gain(data: Mapping[str, object]) -> str:
    """The pieces, the goals, or both, in words."""
    parts = [say(f"reminders.waits.{name}", count=data[name]) for name in ("pieces", "goals") if data[name]]
    return say("reminders.waits.and").join(parts)


def _read_known(data: Mapping[str, object]) -> list[str]:
    known = data["known"]
    assert isinstance(known, list)
    return known
