"""What the clock asks for: each day's planning, publication, reminders, expiry and tidying up.

Each handler may be run again at any moment, also after it was killed half-way: what is done is found done.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from assets.catalogue import retire_asset
from assets.errors import LoaError
from assets.messages import say
from assets.models import Asset
from playlists.builder import latest_version, publish_day
from playlists.bundle_shelf import BundleShelf
from scheduler.asrun import mark_unconfirmed
from scheduler.calendar import find_moment
from scheduler.drafts import DraftStale, apply_draft, keep_draft
from scheduler.filling import list_airings
from scheduler.relays import find_blocks
from scheduler.retention import drop_details
from scheduler.stations import find_station, list_stations
from studio.arranging.waiting import find_gain, propose_night
from studio.database import Database
from studio.jobs.handler import Handler, Progress
from studio.jobs.payloads import read_day
from studio.mixing.piece_shelf import PieceShelf
from studio.people.audit import SYSTEM, record
from studio.recordings.shelf import prune_made
from studio.reminders.alarms import alarm_day
from studio.reminders.board import refresh_reminders
from studio.reminders.gains import note_gain
from studio.reminders.models import ReminderKind
from studio.settings import Settings
from studio.voices.cache import SpeechCache

HORIZON_DAYS = 14
"""So far ahead stands a plan, so that a centre without people for some days does not fall silent."""
MENDING_ATTEMPTS = 5
ON_TIME = time(18)
"""Until then, on the evening before, an operator finds the day's files; later is late."""

Result = dict[str, object] | None


def make_daily_handlers(settings: Settings, clock: Callable[[], datetime]) -> Mapping[str, Handler]:
    """A handler for each kind of `studio.jobs.timers.DAILY`; the payload's `day` is the day it is about."""

    def plan(database: Database, payload: Mapping[str, object], progress: Progress) -> Result:
        tomorrow = clock().astimezone(settings.timezone).date() + timedelta(days=1)
        day = max(read_day("plan-horizon", payload, "day"), tomorrow)
        return plan_horizon(database, day, clock=clock, report=progress)

    def publish(database: Database, payload: Mapping[str, object], progress: Progress) -> Result:
        day = read_day("publish-day", payload, "day")
        return publish_everywhere(database, day, clock=clock, report=progress)

    def publish_missing(database: Database, payload: Mapping[str, object], progress: Progress) -> Result:
        day = read_day("publish-missing", payload, "day")
        return publish_everywhere(database, day, clock=clock, report=progress, only_missing=True)

    def mark(database: Database, payload: Mapping[str, object], _progress: Progress) -> Result:
        day = read_day("mark-unconfirmed", payload, "day")
        with database.writing() as session:
            codes = [station.code for station in list_stations(session, on=day)]
            return {"unconfirmed": sum(mark_unconfirmed(session, code, day, now=clock()) for code in codes)}

    def remind(database: Database, _payload: Mapping[str, object], _progress: Progress) -> Result:
        with database.writing() as session:
            opened, closed = refresh_reminders(session, now=clock(), zone=settings.timezone)
        return {"opened": opened, "closed": closed}

    def expire(database: Database, payload: Mapping[str, object], _progress: Progress) -> Result:
        with database.writing() as session:
            return {"assets": expire_assets(session, read_day("expire", payload, "day"), now=clock())}

    def prune(_database: Database, _payload: Mapping[str, object], _progress: Progress) -> Result:
        now_s = clock().timestamp()
        return {
            "removed": SpeechCache(settings.cache / "speech").prune(now_s=now_s),
            "pieces": PieceShelf(settings.cache / "pieces").prune(now_s=now_s),
            "recordings": prune_made(settings.cache, now_s=now_s),
            "bundles": BundleShelf(settings.cache / "bundles").prune(now_s=now_s),
        }

    def prune_versions(database: Database, payload: Mapping[str, object], _progress: Progress) -> Result:
        before = read_day("prune-versions", payload, "day") - timedelta(days=settings.keep_versions_days)
        with database.writing() as session:
            return {"versions": drop_versions(session, before, now=clock())}

    return {
        "expire": expire,
        "plan-horizon": plan,
        "prune-speech": prune,
        "prune-versions": prune_versions,
        "mark-unconfirmed": mark,
        "remind": remind,
        "remind-tomorrow": remind,
        "publish-day": publish,
        "publish-missing": publish_missing,
    }


def plan_horizon(
    database: Database, day: date, *, clock: Callable[[], datetime], report: Progress
) -> dict[str, object]:
    """Fill what is empty in the days from `day` on, and replace what may not air any more; nothing else.

    What goals or new pieces would rather have is left to a person, who sees the difference first: that there
    is something to see is a reminder.
    """
    last = day + timedelta(days=HORIZON_DAYS - 1)
    report(0.0, f"{day:%d/%m/%Y} – {last:%d/%m/%Y}")
    placed, changed = _mend(
        database, day, last, clock=clock, report=lambda share, words: report(share / 2, words)
    )
    report(0.5, say("scheduler.step.weighing"))
    with database.reading() as session:
        gain = find_gain(session, day, last, now=clock())
    with database.writing() as session:
        note_gain(session, gain, now=clock())
    return {
        "airings": placed,
        "changed": changed,
        "waiting_pieces": len(gain.pieces),
        "waiting_goals": len(gain.goals),
    }


def _mend(
    database: Database, day: date, last: date, *, clock: Callable[[], datetime], report: Progress
) -> tuple[int, int]:
    """How many airings stand, and how many pieces came, went and moved.

    No transaction is open while it is planned; what somebody changed meanwhile is planned around anew.
    """
    for left in reversed(range(MENDING_ATTEMPTS)):
        now = clock()
        with database.reading() as session:
            proposal = propose_night(session, day, last, now=now, mend_only=True, report=report)
        if not proposal.changes:
            break
        try:
            with database.writing() as session:
                change = keep_draft(session, proposal, by=SYSTEM, now=now, cause=say("scheduler.nightly"))
                apply_draft(session, change.id or 0, by=SYSTEM, now=now)
        except DraftStale:
            if not left:
                raise
        else:
            changed = sum(change.counts[name] for name in ("added", "removed", "moved"))
            return len(proposal.placement.airings), changed
    return len(proposal.placement.airings), 0


def publish_everywhere(
    database: Database,
    day: date,
    *,
    clock: Callable[[], datetime],
    report: Progress,
    only_missing: bool = False,
) -> dict[str, object]:
    """Publish `day` at every station where something is planned; one that fails stops none of the others.

    What comes too late, fails, or can no longer come at all, is an alarm.
    """
    with database.reading() as session:
        codes = [station.code for station in list_stations(session, on=day)]
    counts: dict[str, object] = dict.fromkeys(("published", "standing", "empty", "failed", "over"), 0)
    for done, code in enumerate(codes):
        report(done / len(codes), code)
        try:
            with database.writing() as session:
                outcome = _publish_one(session, code, day, now=clock(), only_missing=only_missing)
        except LoaError as error:
            outcome = "failed"
            with database.writing() as session:
                station = find_station(session, code)
                alarm_day(session, ReminderKind.PUBLISH_FAILED, station, day, now=clock(), error=str(error))
        counts[outcome] = int(str(counts[outcome])) + 1
    return counts


def _publish_one(session: Session, code: str, day: date, *, now: datetime, only_missing: bool) -> str:
    station = find_station(session, code)
    ends = [one.ends_at for one in list_airings(session, station=code, first=day)]
    ends += [one.ends_at for one in find_blocks(session, [station], day, day)]
    before = latest_version(session, station, day)
    if not ends:
        return "empty"
    if max(ends) <= now:
        if before is None:
            alarm_day(session, ReminderKind.NEVER_PUBLISHED, station, day, now=now)
        return "over"
    if before is not None and only_missing:
        return "standing"
    version = publish_day(session, code, day, now=now)
    if before is not None and before.id == version.id:
        return "standing"
    due = find_moment(day - timedelta(days=1), ON_TIME, ZoneInfo(station.timezone))
    if before is None and now > due:
        moment = f"{now.astimezone(ZoneInfo(station.timezone)):%H:%M %d/%m/%Y}"
        alarm_day(session, ReminderKind.PUBLISHED_LATE, station, day, now=now, moment=moment)
    record(
        session,
        at=now,
        by=SYSTEM,
        action="day.publish",
        subject=f"station/{code}/{day.isoformat()}",
        after={"number": version.number, "content_sha256": version.content_sha256},
    )
    return "published"


def expire_assets(session: Session, day: date, *, now: datetime) -> int:
    """Retire the pieces whose last day of validity lies before `day`; how many."""
    expired = session.exec(
        select(Asset).where(col(Asset.valid_until) < day, col(Asset.retired_at).is_(None)).order_by(Asset.key)
    ).all()
    for asset in expired:
        retire_asset(session, asset.key, now=now)
        record(
            session, at=now, by=SYSTEM, action="asset.expire", subject=f"asset/{asset.key}",
            after={"valid_until": str(asset.valid_until)},
        )  # fmt: skip
    return len(expired)


def drop_versions(session: Session, before: date, *, now: datetime) -> int:
    """Drop what exactly versions changed whose days lie before `before`; how many."""
    dropped = drop_details(session, before, by=SYSTEM, now=now)
    if dropped.versions:
        record(
            session, at=now, by=SYSTEM, action="schedule.prune", subject="schedule",
            after={"before": before.isoformat(), "versions": dropped.versions, "drafts": dropped.drafts},
        )  # fmt: skip
    return len(dropped.versions)
