"""Activities recorded, corrected, deleted and brought back; every change is in the audit log.

Missing
└── ActivityMissing
Invalid
├── ActivityUnusable
└── ActivityCodeUnknown
Forbidden
└── NotOwnUnit
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import Any

from sqlmodel import Session, col, select

from assets.catalogue import fold
from assets.errors import Forbidden, Invalid, Missing
from assets.units import VIETNAM
from studio.activities.models import Activity, ActivityKind, ActivityState, Attachment
from studio.people.audit import record
from studio.people.models import Role, User
from studio.planning.models import Plan, Unit
from studio.planning.targets import known_codes
from studio.planning.units import find_unit, list_counted, station_unit

MOST = 10_000_000
"""No count of people, copies or households is larger; a slip of the finger is."""
FIELDS = (
    "kind", "title", "held_on", "place", "theme", "audience", "form", "language", "state", "sessions",
    "people", "copies", "households", "link", "note",
)  # fmt: skip


class ActivityMissing(Missing):
    pass


class ActivityUnusable(Invalid):
    """A field of the activity has a value that cannot be meant."""


class ActivityCodeUnknown(Invalid):
    """An activity names a theme, audience or form that the plan does not have."""


class NotOwnUnit(Forbidden):
    """A commune officer may record and change what the own commune does, nothing else."""


@dataclass(frozen=True, slots=True)
class Found:
    """Activities of a search, a page of them, and how many there are."""

    items: tuple[Activity, ...]
    total: int


def add_activity(
    session: Session,
    plan: Plan,
    unit_code: str,
    fields: Mapping[str, object],
    *,
    by: str,
    now: datetime,
    user: User | None = None,
    is_sample: bool = False,
) -> Activity:
    """Record an activity of a unit; with `user`, only of a unit that is theirs.

    Raises:
        UnitUnknown, NotOwnUnit, ActivityUnusable, ActivityCodeUnknown
    """
    unit = find_unit(session, unit_code)
    assert unit.id is not None
    assert plan.id is not None
    known: dict[str, Any] = {"kind": ActivityKind.OTHER, "title": "", "held_on": date.min, **fields}
    activity = Activity(
        plan_id=plan.id, unit_id=unit.id, recorded_by=by, recorded_at=now, changed_at=now,
        is_sample=is_sample, **known,
    )  # fmt: skip
    _check(session, plan, activity, now)
    if user is not None:
        require_own(session, user, activity)
    activity.search_text = _search_text(activity, unit)
    session.add(activity)
    session.flush()
    _record(session, "activity.add", activity, by=by, now=now, after=describe(activity))
    return activity


def change_activity(
    session: Session,
    activity: Activity,
    changes: Mapping[str, object],
    *,
    by: str,
    now: datetime,
    user: User | None = None,
    unit_code: str | None = None,
) -> Activity:
    """Correct fields of an activity; the audit keeps what it was.

    Raises:
        UnitUnknown, NotOwnUnit, ActivityUnusable, ActivityCodeUnknown: nothing is changed then.
    """
    before = describe(activity)
    if user is not None:
        require_own(session, user, activity)
    with session.no_autoflush:
        trial = Activity(**{**activity.model_dump(), **changes})
        if unit_code is not None:
            trial.unit_id = find_unit(session, unit_code).id or 0
        _check(session, session.get_one(Plan, activity.plan_id), trial, now)
        if user is not None:
            require_own(session, user, trial)
    for name in (*FIELDS, "unit_id"):
        setattr(activity, name, getattr(trial, name))
    activity.changed_at = now
    activity.search_text = _search_text(activity, session.get_one(Unit, activity.unit_id))
    session.add(activity)
    session.flush()
    if describe(activity) != before:
        _record(session, "activity.change", activity, by=by, now=now, before=before, after=describe(activity))
    return activity


def delete_activity(
    session: Session, activity: Activity, *, by: str, now: datetime, user: User | None = None
) -> None:
    """Take the activity out of all counts; it is kept and `restore_activity` brings it back.

    Raises:
        NotOwnUnit
    """
    if user is not None:
        require_own(session, user, activity)
    if activity.deleted_at is None:
        activity.deleted_at = now
        session.add(activity)
        session.flush()
        _record(session, "activity.delete", activity, by=by, now=now, before=describe(activity))


def restore_activity(
    session: Session, activity: Activity, *, by: str, now: datetime, user: User | None = None
) -> None:
    """Raises: NotOwnUnit."""
    if user is not None:
        require_own(session, user, activity)
    if activity.deleted_at is not None:
        activity.deleted_at = None
        session.add(activity)
        session.flush()
        _record(session, "activity.restore", activity, by=by, now=now, after=describe(activity))


def find_activity(session: Session, activity_id: int) -> Activity:
    """Raises: ActivityMissing."""
    activity = session.get(Activity, activity_id)
    if activity is None:
        raise ActivityMissing(number=activity_id)
    return activity


def list_activities(
    session: Session,
    *,
    words: str = "",
    units: Sequence[int] | None = None,
    kind: ActivityKind | None = None,
    first: date | None = None,
    last: date | None = None,
    deleted: bool = False,
    limit: int = 100,
    offset: int = 0,
) -> Found:
    """Activities, the latest first; `words` are found with or without diacritics, all of them."""
    query = select(Activity).where(
        col(Activity.deleted_at).is_not(None) if deleted else col(Activity.deleted_at).is_(None)
    )
    for word in fold(words).split():
        query = query.where(col(Activity.search_text).contains(word, autoescape=True))
    if units is not None:
        query = query.where(col(Activity.unit_id).in_(units))
    if kind is not None:
        query = query.where(Activity.kind == kind)
    if first is not None:
        query = query.where(Activity.held_on >= first)
    if last is not None:
        query = query.where(Activity.held_on <= last)
    everything = session.exec(query.order_by(col(Activity.held_on).desc(), col(Activity.id).desc())).all()
    return Found(tuple(everything[offset : offset + limit]), len(everything))


def list_attachments(session: Session, activity: Activity) -> list[Attachment]:
    return list(
        session.exec(
            select(Attachment)
            .where(Attachment.activity_id == activity.id, col(Attachment.deleted_at).is_(None))
            .order_by(col(Attachment.id))
        )
    )


def list_own_units(session: Session, user: User, day: date) -> list[Unit]:
    """The units for which a person may record.

    A commune officer: the own one, and what it took over. The others: all.
    """
    units = session.exec(select(Unit).order_by(col(Unit.name))).all()
    if user.role is not Role.OPERATOR:
        return list(units)
    own = station_unit(session, user.station_id, day) if user.station_id is not None else None
    counted = list_counted(units, own.code) if own is not None else frozenset()
    return [unit for unit in units if unit.id in counted]


def require_own(session: Session, user: User, activity: Activity) -> None:
    """Raises: NotOwnUnit."""
    allowed = list_own_units(session, user, activity.changed_at.astimezone(VIETNAM).date())
    # Whose the station was on the day of the activity may record it too.
    allowed += list_own_units(session, user, activity.held_on)
    if activity.unit_id not in {unit.id for unit in allowed}:
        unit = session.get(Unit, activity.unit_id)
        raise NotOwnUnit(who=user.full_name, unit=unit.name if unit else activity.unit_id)


def describe(activity: Activity) -> dict[str, object]:
    """An activity as the audit keeps it."""
    return activity.model_dump(mode="json", include={*FIELDS, "unit_id", "plan_id"})


def _check(session: Session, plan: Plan, activity: Activity, now: datetime) -> None:
    today = now.astimezone(VIETNAM).date()
    counts = [getattr(activity, name) for name in ("people", "copies", "households")]
    future = activity.held_on > today
    for name, good in (
        ("title", 0 < len(activity.title.strip()) <= 300),
        # A slip in the year is the commonest one.
        ("held_on", date(2000, 1, 1) <= activity.held_on <= today + timedelta(days=3 * 366)),
        ("state", not (future and activity.state is ActivityState.HELD)),
        ("sessions", 1 <= activity.sessions <= 10_000),
        *(
            (name, count is None or 0 <= count <= MOST)
            for name, count in zip(("people", "copies", "households"), counts, strict=True)
        ),
        ("link", not activity.link or activity.link.startswith(("http://", "https://"))),
        ("language", 0 < len(activity.language) <= 10),
    ):
        if not good:
            raise ActivityUnusable(field=name, value=str(getattr(activity, name))[:80])
    known = known_codes(session, plan)
    for kind in ("theme", "audience", "form"):
        code = getattr(activity, kind)
        if code is not None and code not in known[kind]:
            nearest = get_close_matches(code, known[kind], n=1, cutoff=0.0)
            raise ActivityCodeUnknown(kind=kind, code=code[:40], nearest=nearest[0] if nearest else "-")


def _search_text(activity: Activity, unit: Unit) -> str:
    return fold(f"{activity.title} {activity.place} {unit.name} {activity.note}")


def _record(
    session: Session,
    action: str,
    activity: Activity,
    *,
    by: str,
    now: datetime,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    subject = f"activity/{activity.id}"
    record(session, at=now, by=by, action=action, subject=subject, before=before, after=after)
