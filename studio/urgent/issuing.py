"""A bulletin issued by an authorised person, and called off again.

Conflict
├── BulletinNotVoiced
├── BulletinOver
├── BulletinNotReal         a test or exercise, or not for the public: it never sounds
├── BulletinNotVietnamese
└── BulletinNotIssued
Invalid
├── BulletinWithoutReason
├── BulletinNotHeard
├── BulletinWithoutStation
└── BulletinInQuietHours    says where and when; it may, if the person who answers for it says so
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from assets.catalogue import rendition_for
from assets.errors import Conflict, Invalid, LoaError
from assets.messages import say
from assets.models import Asset
from assets.units import VIETNAM
from playlists.builder import latest_version, publish_day
from scheduler.calling_off import call_off
from scheduler.filling import list_airings
from scheduler.models import Station
from scheduler.preempting import find_quiet, list_moments, preempt
from scheduler.stations import find_station
from studio.people.audit import record
from studio.people.models import User
from studio.people.permissions import Action, require
from studio.reminders.alarms import alarm_day
from studio.reminders.models import ReminderKind
from studio.urgent.bulletins import demand_draft, describe, find_bulletin, find_sound, keep_record
from studio.urgent.models import UrgentBulletin, UrgentState

LEAD = timedelta(minutes=1)
"""A station's player must have taken the new list before its first entry begins."""


class BulletinNotVoiced(Conflict):
    pass


class BulletinOver(Conflict):
    pass


class BulletinNotReal(Conflict):
    pass


class BulletinNotVietnamese(Conflict):
    pass


class BulletinNotIssued(Conflict):
    pass


class BulletinWithoutReason(Invalid):
    pass


class BulletinNotHeard(Invalid):
    pass


class BulletinWithoutStation(Invalid):
    pass


class BulletinInQuietHours(Invalid):
    pass


@dataclass(frozen=True, slots=True)
class Issued:
    """What issuing came to: how often it will air, where lists were published anew, where that failed."""

    bulletin: UrgentBulletin
    airings: int
    published: tuple[tuple[str, date], ...]
    failed: tuple[tuple[str, date], ...]


def issue_bulletin(
    session: Session,
    bulletin_id: int,
    *,
    reason: str,
    heard: bool,
    in_quiet_hours: bool = False,
    by: User,
    now: datetime,
    revision: int | None = None,
) -> Issued:
    """Let the bulletin air at once on its stations, over everything, and hand out their lists anew.

    It begins at the next whole minute that is at least `LEAD` away. Whoever issues it answers for it with
    name and reason, also for what sounds in quiet hours; own words may be issued, for there is no time. What
    it replaces is called off.

    Raises:
        NotAllowed, BulletinMissing, BulletinNotDraft, and those of this module
        StationUnknown, RenditionMissing
    """
    require(by, Action.ISSUE_URGENT)
    bulletin = find_bulletin(session, bulletin_id, lock=True)
    asset = _demand_issuable(session, bulletin, reason=reason, heard=heard, now=now, revision=revision)
    stations = [find_station(session, code) for code in bulletin.stations]
    first = (now + LEAD + timedelta(seconds=59)).replace(second=0, microsecond=0)
    moments = list_moments(
        first,
        times=bulletin.times,
        every=timedelta(minutes=bulletin.every_minutes),
        until=bulletin.expires_at,
    )
    if not moments:
        raise BulletinOver(number=bulletin.id, moment=_tell(bulletin.expires_at, stations[0]))
    quiet = [_check_quiet(station, asset, moments, allowed=in_quiet_hours) for station in stations]
    before = describe(bulletin)
    # Approved and retired at once: what was ordered airs, and no plan places it any further.
    asset.approved_at = asset.retired_at = now
    data: dict[str, object] = {"title": bulletin.title, "who": by.full_name, "bulletin": bulletin.id}
    done = [preempt(session, station, asset, moments, now=now, data=data) for station in stations]
    bulletin.preemptions = [one.to_row() for one in done]
    bulletin.state, bulletin.reason = UrgentState.ISSUED, " ".join(reason.split())
    bulletin.issued_by, bulletin.issued_at = by.username, now
    bulletin.in_quiet_hours = any(quiet)
    session.add(bulletin)
    keep_record(session, bulletin, "issue", by=by.username, now=now, before=before, after=describe(bulletin))
    changed = {(station.code, day) for station, one in zip(stations, done, strict=True) for day in one.days}
    changed |= _end_replaced(session, bulletin, by=by, now=now)
    published, failed = publish_anew(session, changed, by=by, now=now)
    return Issued(bulletin, sum(len(one.plays) for one in done), published, failed)


def call_off_bulletin(
    session: Session, bulletin_id: int, *, reason: str, by: User, now: datetime
) -> UrgentBulletin:
    """Take back what has not aired yet; sessions that were not broken into yet stand as before.

    Raises:
        NotAllowed, BulletinMissing, BulletinNotIssued, BulletinWithoutReason
    """
    require(by, Action.ISSUE_URGENT)
    bulletin = find_bulletin(session, bulletin_id, lock=True)
    if bulletin.state is not UrgentState.ISSUED:
        raise BulletinNotIssued(number=bulletin_id)
    if not reason.strip():
        raise BulletinWithoutReason(number=bulletin_id)
    publish_anew(session, _call_off(session, bulletin, reason, by=by, now=now), by=by, now=now)
    return bulletin


def dismiss_bulletin(
    session: Session, bulletin_id: int, *, reason: str, by: User, now: datetime
) -> UrgentBulletin:
    """A draft that is not to be issued; it stays on record.

    Raises:
        NotAllowed, BulletinMissing, BulletinNotDraft
    """
    require(by, Action.WRITE_URGENT)
    bulletin = find_bulletin(session, bulletin_id, lock=True)
    demand_draft(bulletin)
    dismiss(session, bulletin, reason, by=by.username, now=now)
    return bulletin


def dismiss(session: Session, bulletin: UrgentBulletin, reason: str, *, by: str, now: datetime) -> None:
    before = describe(bulletin)
    bulletin.state, bulletin.end_reason = UrgentState.DISMISSED, reason.strip()
    bulletin.ended_by, bulletin.ended_at = by, now
    session.add(bulletin)
    keep_record(session, bulletin, "dismiss", by=by, now=now, before=before, after=describe(bulletin))


def publish_anew(
    session: Session, changed: Iterable[tuple[str, date]], *, by: User, now: datetime
) -> tuple[tuple[tuple[str, date], ...], tuple[tuple[str, date], ...]]:
    """Publish the changed days that stations know of, or that are today; one that cannot be is an alarm.

    Returns the days that were published and those that failed: a bulletin is not held up by another piece.
    """
    published, failed = [], []
    for code, day in sorted(changed):
        station = find_station(session, code)
        today = now.astimezone(ZoneInfo(station.timezone)).date()
        if latest_version(session, station, day) is None and day != today:
            continue
        if not list_airings(session, station=code, first=day):
            continue
        try:
            with session.begin_nested():
                version = publish_day(session, code, day, now=now)
                record(
                    session, at=now, by=by.username, action="day.publish",
                    subject=f"station/{code}/{day.isoformat()}",
                    after={"number": version.number, "content_sha256": version.content_sha256},
                )  # fmt: skip
            published.append((code, day))
        except LoaError as error:
            failed.append((code, day))
            alarm_day(session, ReminderKind.PUBLISH_FAILED, station, day, now=now, error=str(error))
    return tuple(published), tuple(failed)


def _demand_issuable(
    session: Session,
    bulletin: UrgentBulletin,
    *,
    reason: str,
    heard: bool,
    now: datetime,
    revision: int | None,
) -> Asset:
    """The bulletin's sound, if nothing stands in its way."""
    demand_draft(bulletin)
    number = bulletin.id
    if not bulletin.is_real:
        kind = say(f"urgent.status.{bulletin.cap_status}")
        raise BulletinNotReal(number=number, kind=kind)
    if bulletin.is_over(now):
        ended = f"{bulletin.expires_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
        raise BulletinOver(number=number, moment=ended)
    if not bulletin.is_vietnamese:
        raise BulletinNotVietnamese(number=number, language=bulletin.cap_language)
    if not bulletin.stations:
        raise BulletinWithoutStation(number=number)
    if not reason.strip():
        raise BulletinWithoutReason(number=number)
    asset = find_sound(session, bulletin)
    if asset is None or (revision is not None and revision != bulletin.revision):
        raise BulletinNotVoiced(number=number)
    if not heard:
        raise BulletinNotHeard(number=number)
    return asset


def _check_quiet(station: Station, asset: Asset, moments: list[datetime], *, allowed: bool) -> bool:
    """Whether it sounds in the station's quiet hours; refused unless that was said."""
    length = timedelta(milliseconds=rendition_for(asset, station.preset).duration_ms)
    moment = find_quiet(station, moments, length)
    if moment is not None and not allowed:
        raise BulletinInQuietHours(station=station.name, moment=_tell(moment, station))
    return moment is not None


def _end_replaced(
    session: Session, bulletin: UrgentBulletin, *, by: User, now: datetime
) -> set[tuple[str, date]]:
    changed: set[tuple[str, date]] = set()
    for key in bulletin.cap_references:
        old = session.exec(select(UrgentBulletin).where(UrgentBulletin.cap_key == key)).first()
        if (
            old is not None
            and old.state is UrgentState.ISSUED
            and old.cap_status == bulletin.cap_status
            and (old.cap_sender == bulletin.cap_sender)
        ):
            reason = say("urgent.replaced", title=bulletin.title)
            changed |= _call_off(session, old, reason, by=by, now=now)
    return changed


def _call_off(
    session: Session, bulletin: UrgentBulletin, reason: str, *, by: User, now: datetime
) -> set[tuple[str, date]]:
    before = describe(bulletin)
    changed = set()
    for row in bulletin.preemptions:
        station = find_station(session, str(row["station"]))
        changed |= {(station.code, day) for day in call_off(session, row, now=now)}
    bulletin.state, bulletin.end_reason = UrgentState.CALLED_OFF, " ".join(reason.split())
    bulletin.ended_by, bulletin.ended_at, bulletin.end_asked = by.username, now, False
    session.add(bulletin)
    keep_record(
        session, bulletin, "call-off", by=by.username, now=now, before=before,
        after={**describe(bulletin), "why": bulletin.end_reason},
    )  # fmt: skip
    return changed


def _tell(moment: datetime, station: Station) -> str:
    return f"{moment.astimezone(ZoneInfo(station.timezone)):%H:%M %d/%m/%Y}"
