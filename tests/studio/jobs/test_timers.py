from datetime import UTC, date, datetime, time

from sqlmodel import Session, select

from assets.models import Asset, AssetKind, Rendition
from assets.store import Store
from playlists.models import Playlist
from scheduler.models import Airing, AiringState, ItemRole, Station, StationKind
from scheduler.slots import add_slot
from scheduler.stations import add_station
from studio.database import Database
from studio.jobs.handlers import make_handlers
from studio.jobs.models import Job, JobState
from studio.jobs.timers import DAILY, make_clock
from studio.jobs.worker import Worker

EVENING = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)  # 16:30 in Viet Nam
DAY = date(2026, 12, 2)


def kinds(database: Database) -> list[str]:
    with database.reading() as session:
        return sorted(session.exec(select(Job.kind)))


def plan_airing(session: Session) -> None:
    """One airing of one piece at 05:00 on DAY."""
    station = add_station(
        session, Station(code="ia-dom", name="Ia Dom", kind=StationKind.COMMUNE, preset="loudspeaker")
    )
    slot = add_slot(
        session, "ia-dom", name="Sáng", starts=time(5), duration_minutes=30, valid_from=date(2026, 1, 1)
    )
    rendition = Rendition(
        asset_id=0,
        preset="loudspeaker",
        recipe="0",
        sha256="0" * 64,
        size_bytes=1,
        duration_ms=60_000,
        integrated_lufs=-16,
        true_peak_dbtp=-2,
        loudness_range_lu=3,
        channels=1,
    )
    asset = Asset(key="script/a@1", kind=AssetKind.SEGMENT, title="A", duration_ms=60_000, created_at=EVENING)
    asset.renditions, asset.approved_at = [rendition], EVENING
    session.add(asset)
    session.flush()
    assert station.id
    assert slot.id
    assert asset.id
    session.add(
        Airing(
            station_id=station.id,
            slot_id=slot.id,
            local_date=DAY,
            position=1,
            role=ItemRole.SEGMENT,
            asset_id=asset.id,
            starts_at=datetime(2026, 12, 1, 22, 0, tzinfo=UTC),
            ends_at=datetime(2026, 12, 1, 22, 1, tzinfo=UTC),
        )
    )


def test_each_turn_is_asked_for_once_by_whoever_looks(database, settings):
    for _ in range(2):
        make_clock(database, settings, lambda: EVENING).check(EVENING)
    # 36 hours back is 04:30 on 30 November: that day from its morning on, and 1 December so far.
    once = set(DAILY) - {"mark-unconfirmed", "publish-day"}
    assert kinds(database) == sorted([*once, *["mark-unconfirmed", "publish-day"] * 2])


def test_what_ended_is_not_asked_for_again(database, settings):
    clock = make_clock(database, settings, lambda: EVENING)
    clock.check(EVENING)
    worker = Worker(
        database, make_handlers(settings, Store(settings.store), lambda: EVENING), clock=lambda: EVENING
    )
    while worker.run_once():
        pass
    clock.check(EVENING)
    with database.reading() as session:
        jobs = session.exec(select(Job)).all()
    assert [job.state for job in jobs] == [JobState.DONE] * 11


def test_tomorrow_is_published_in_the_evening_and_a_silent_day_marked_in_the_morning(database, settings):
    with database.writing() as session:
        plan_airing(session)
    moments = [EVENING, datetime(2026, 12, 3, 0, 30, tzinfo=UTC)]
    for moment in moments:
        make_clock(database, settings, lambda moment=moment: moment).check(moment)
        handlers = make_handlers(settings, Store(settings.store), lambda moment=moment: moment)
        worker = Worker(database, handlers, clock=lambda moment=moment: moment)
        while worker.run_once():
            pass
    with database.reading() as session:
        assert session.exec(select(Playlist.local_date, Playlist.number)).all() == [(DAY, 1)]
        assert (
            session.exec(select(Airing.state).where(Airing.local_date == DAY)).one()
            is AiringState.UNCONFIRMED
        )


def test_every_daily_kind_has_a_handler(settings):
    handlers = make_handlers(settings, Store(settings.store), lambda: EVENING)
    assert set(DAILY) <= set(handlers)
