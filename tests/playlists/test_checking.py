"""A day is looked at once more when it is published: quiet hours, overlaps, relays."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import event

from playlists.builder import publish_day
from playlists.checking import DayClashes, DayInQuietHours
from playlists.week import read_week
from playlists.weeksheet import write_week_sheet
from scheduler.models import Airing, ItemRole
from scheduler.reasons import URGENT
from scheduler.slots import RelayTooLong, add_slot, find_slot
from scheduler.stations import add_station, find_station
from studio.reminders.causes import find_empty_slots
from tests.scheduler.fixtures import add_piece, make_station

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def session(database):
    with database.writing() as opened:
        add_station(opened, make_station("ia-dom"))
        for name, hour, source in (("sáng", 5, ""), ("thời sự", 6, "VOV1")):
            add_slot(
                opened, "ia-dom", name=name, starts=time(hour), duration_minutes=30,
                valid_from=date(2026, 1, 1), relay_source=source,
            )  # fmt: skip
        yield opened


def plan(session, hour, minute, *, code=""):
    slot = find_slot(session, "ia-dom", "sáng")
    starts_at = datetime(2026, 3, 2, hour, minute, tzinfo=UTC) - timedelta(hours=7)
    asset = add_piece(session, f"script/{hour}-{minute}@1")
    session.add(
        Airing(
            station_id=slot.station_id, slot_id=slot.id, local_date=DAY, position=minute, asset_id=asset.id,
            role=ItemRole.SEGMENT, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=5),
            reason_code=code, reason_data={"title": "lũ", "who": "Y Minh"} if code else {},
        )
    )  # fmt: skip
    session.flush()


def test_touching_pieces_and_the_edge_of_a_relay_are_published(session):
    for minute in (0, 5, 55):
        plan(session, 5, minute)
    assert publish_day(session, "ia-dom", DAY, now=NOW).number == 1


def test_the_grid_is_read_once_for_a_publication(session):
    plan(session, 5, 0)
    asked = []

    def note(*given):
        asked.append(given[2])

    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        publish_day(session, "ia-dom", DAY, now=NOW)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert sum("FROM slot " in one for one in asked) == 1


def test_pieces_that_share_time_are_refused(session):
    plan(session, 5, 0)
    plan(session, 5, 4)
    with pytest.raises(DayClashes) as caught:
        publish_day(session, "ia-dom", DAY, now=NOW)
    assert "05:04:00 02/03/2026" in str(caught.value)


def test_a_piece_over_a_relay_is_refused_an_urgent_one_is_not(session):
    plan(session, 6, 10, code=URGENT)
    assert publish_day(session, "ia-dom", DAY, now=NOW).number == 1
    plan(session, 5, 56)
    with pytest.raises(DayClashes) as caught:
        publish_day(session, "ia-dom", DAY, now=NOW)
    assert caught.value.data["other"] == "thời sự"


def test_quiet_hours_that_came_after_the_planning_hold_but_for_urgent_bulletins(session):
    plan(session, 5, 0)
    station = find_station(session, "ia-dom")
    station.quiet_from, station.quiet_until = time(21), time(5, 4)
    with pytest.raises(DayInQuietHours):
        publish_day(session, "ia-dom", DAY, now=NOW)
    station.quiet_until = time(5)
    plan(session, 4, 0, code=URGENT)
    assert publish_day(session, "ia-dom", DAY, now=NOW).number == 1


def test_a_relay_keeps_out_of_quiet_hours_and_within_the_cap_that_came_after_it(session):
    station = find_station(session, "ia-dom")
    station.quiet_from, station.quiet_until = time(6, 29), time(23)
    with pytest.raises(DayInQuietHours) as caught:
        publish_day(session, "ia-dom", DAY, now=NOW)
    assert (caught.value.data["title"], caught.value.data["moment"]) == ("thời sự", "06:29:00 02/03/2026")
    station.quiet_from, station.quiet_until, station.max_session_minutes = time(6, 30), time(5), 29
    with pytest.raises(RelayTooLong):
        publish_day(session, "ia-dom", DAY, now=NOW)
    station.max_session_minutes = 30
    assert publish_day(session, "ia-dom", DAY, now=NOW).number == 1


def test_a_relay_stands_in_the_views_of_the_week_and_is_no_empty_slot(session):
    week = read_week(session, find_station(session, "ia-dom"), date(2026, 2, 16))
    assert week.days[1].holiday == "Tết Nguyên Đán"
    own, relay = week.days[0].sessions
    assert (own.note, relay.note) == ("chưa xếp tiết mục", "tiếp âm VOV1")
    assert write_week_sheet(week).startswith(b"%PDF")
    (cause,) = find_empty_slots(session, NOW, None)
    assert cause.data["slots"] == "sáng"
