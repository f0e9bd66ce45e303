"""Reminders opened and closed, and shown to whom they concern.

Missing
└── ReminderMissing
Conflict
└── ReminderStands
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from assets.errors import Conflict, Missing
from assets.messages import say
from playlists.models import Playlist
from studio.people.audit import SYSTEM, record
from studio.people.models import Role, User
from studio.reminders.causes import FINDERS, Cause
from studio.reminders.gains import is_waiting, tell_gain
from studio.reminders.models import Reminder, ReminderKind

_CENTRE = frozenset({Role.PRODUCER, Role.APPROVER, Role.ADMINISTRATOR})

CONCERNS: Mapping[ReminderKind, frozenset[Role]] = {
    ReminderKind.SCRIPT_DUE: frozenset({Role.PRODUCER, Role.APPROVER}),
    ReminderKind.SLOT_EMPTY: _CENTRE,
    ReminderKind.LOG_MISSING: _CENTRE | {Role.OPERATOR},
    ReminderKind.REPORT_DUE: frozenset({Role.MANAGER, Role.ADMINISTRATOR}),
    ReminderKind.PUBLISH_FAILED: _CENTRE | {Role.OPERATOR},
    ReminderKind.PUBLISHED_LATE: _CENTRE | {Role.OPERATOR},
    ReminderKind.NEVER_PUBLISHED: _CENTRE | {Role.OPERATOR},
    ReminderKind.TIMER_FAILED: _CENTRE,
    ReminderKind.REPLAN_WAITS: _CENTRE,
}
"""Whom a kind concerns; an operator only where it is about the own station."""
EVENTS = frozenset({ReminderKind.PUBLISHED_LATE, ReminderKind.NEVER_PUBLISHED, ReminderKind.TIMER_FAILED})
"""What has happened: it goes only when a person has taken note of it."""
CLOSABLE = EVENTS | {ReminderKind.REPLAN_WAITS}
PRESSING = frozenset(ReminderKind) - {
    ReminderKind.LOG_MISSING,
    ReminderKind.REPORT_DUE,
    ReminderKind.REPLAN_WAITS,
}


class ReminderMissing(Missing):
    pass


class ReminderStands(Conflict):
    """It goes by itself when its cause is mended, not by being closed."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A reminder as a page says it."""

    id: int
    kind: ReminderKind
    sentence: str
    address: str
    station_id: int | None
    made_at: datetime

    @property
    def is_pressing(self) -> bool:
        return self.kind in PRESSING

    @property
    def is_event(self) -> bool:
        return self.kind in EVENTS

    @property
    def is_closable(self) -> bool:
        return self.kind in CLOSABLE


def refresh_reminders(session: Session, *, now: datetime, zone: ZoneInfo) -> tuple[int, int]:
    """Open what is the case and not said yet, close what is no longer so; how many of each."""
    rows = {
        row.key: row for row in session.exec(select(Reminder).where(col(Reminder.kind).in_(list(FINDERS))))
    }
    opened = closed = 0
    causes = {cause.key: cause for find in FINDERS.values() for cause in find(session, now, zone)}
    for key, cause in causes.items():
        row = rows.get(key)
        if row is None or row.closed_at is not None:
            opened += 1
            session.add(_open(row, cause, now))
        elif row.data != dict(cause.data):
            row.data = dict(cause.data)
    for key, row in rows.items():
        if key not in causes and row.closed_at is None:
            closed += 1
            row.closed_at, row.closed_by = now, SYSTEM
    session.flush()
    return opened, closed


def list_reminders(session: Session, user: User, *, now: datetime, zone: ZoneInfo) -> list[Shown]:
    """What is open and concerns this person, the pressing first; what has been mended since is left out."""
    rows = session.exec(
        select(Reminder).where(col(Reminder.closed_at).is_(None)).order_by(col(Reminder.made_at))
    ).all()
    mine = [row for row in rows if _concerns(row, user)]
    asked = {row.kind for row in mine} & set(FINDERS)
    live = {cause.key for kind in asked for cause in FINDERS[kind](session, now, zone)}
    shown = [_show(row) for row in mine if (row.key in live if row.kind in FINDERS else _holds(session, row))]
    return sorted(shown, key=lambda one: not one.is_pressing)


def close_reminder(session: Session, reminder_id: int, *, by: User, now: datetime) -> Reminder:
    """Take note of what has happened.

    Raises:
        ReminderMissing
        ReminderStands: its cause is still there.
    """
    row = session.get(Reminder, reminder_id)
    if row is None or not _concerns(row, by):
        raise ReminderMissing(number=reminder_id)
    if row.kind not in CLOSABLE:
        raise ReminderStands(sentence=_show(row).sentence)
    if row.closed_at is None:
        row.closed_at, row.closed_by = now, by.username
        session.add(row)
        record(
            session, at=now, by=by.username, action="reminder.close", subject=f"reminder/{row.key}",
            after={"sentence": _show(row).sentence},
        )  # fmt: skip
    return row


def _open(row: Reminder | None, cause: Cause, now: datetime) -> Reminder:
    row = row or Reminder(key=cause.key, kind=cause.kind, made_at=now)
    row.data, row.address, row.station_id = dict(cause.data), cause.address, cause.station_id
    row.made_at, row.closed_at, row.closed_by = now, None, None
    return row


def _concerns(row: Reminder, user: User) -> bool:
    own = user.role is not Role.OPERATOR or row.station_id == user.station_id
    return user.role in CONCERNS[row.kind] and own


def _holds(session: Session, row: Reminder) -> bool:
    """Whether a failed publication, or a gain of planning, has not been made up for since."""
    if row.kind is ReminderKind.REPLAN_WAITS:
        return is_waiting(session, row)
    if row.kind is not ReminderKind.PUBLISH_FAILED:
        return True
    later = select(Playlist.id).where(
        Playlist.station_id == row.station_id,
        Playlist.local_date == date.fromisoformat(row.key.rpartition("/")[2]),
        col(Playlist.published_at) >= row.made_at,
    )
    return session.exec(later.limit(1)).first() is None


def _show(row: Reminder) -> Shown:
    data = dict(row.data)
    if row.kind is ReminderKind.TIMER_FAILED:
        data["timer"] = say(f"jobs.kind.{data['timer']}")
    if row.kind is ReminderKind.REPLAN_WAITS:
        data["what"] = tell_gain(data)
    if row.kind is ReminderKind.SCRIPT_DUE:
        data["state"] = say(f"scripts.state.{data['state']}").lower()
    assert row.id is not None
    sentence = say(f"reminders.kind.{row.kind}", **data)
    return Shown(row.id, row.kind, sentence, row.address, row.station_id, row.made_at)
