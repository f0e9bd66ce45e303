"""What went wrong by itself, said loudly: a playlist late or never published, a timer's job that failed."""

from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from scheduler.models import Station
from studio.jobs.models import ClockFiring, Job, JobState
from studio.reminders.models import Reminder, ReminderKind

MEMORY = timedelta(days=31)


def raise_alarm(
    session: Session,
    kind: ReminderKind,
    key: str,
    *,
    now: datetime,
    address: str,
    station_id: int | None = None,
    data: dict[str, object],
) -> bool:
    """Open the alarm; one of the same key is said only once, also after it was closed. Whether it is new."""
    if session.exec(select(Reminder.id).where(Reminder.key == key)).first() is not None:
        return False
    session.add(Reminder(key=key, kind=kind, data=data, address=address, station_id=station_id, made_at=now))
    session.flush()
    return True


def alarm_day(
    session: Session, kind: ReminderKind, station: Station, day: date, *, now: datetime, **data: object
) -> bool:
    """An alarm about a station's day."""
    return raise_alarm(
        session,
        kind,
        f"{kind}/{station.code}/{day.isoformat()}",
        now=now,
        address=f"/stations/{station.code}?day={day.isoformat()}",
        station_id=station.id,
        data={"station": station.name, "day": f"{day:%d/%m/%Y}", **data},
    )


def watch_timers(session: Session, *, now: datetime) -> int:
    """An alarm for each job of a timer that has failed; how many are new."""
    failed = session.exec(
        select(ClockFiring, Job.error)
        .join(Job, col(Job.id) == col(ClockFiring.job_id))
        .where(Job.state == JobState.FAILED, col(ClockFiring.due_at) >= now - MEMORY)
    )
    return sum(
        raise_alarm(
            session,
            ReminderKind.TIMER_FAILED,
            f"timer-failed/{firing.key}",
            now=now,
            address="/clock",
            data={"timer": firing.timer, "day": f"{firing.local_date:%d/%m/%Y}", "error": error or "-"},
        )
        for firing, error in failed
    )
