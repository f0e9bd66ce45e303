"""A station's week: every session once, in local time, also the empty; its sheet, calendar and JSON."""

import io
import json
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as fuzz
from hypothesis import strategies as st
from icalendar import Calendar
from pypdf import PdfReader
from sqlmodel import select

from assets.models import AssetKind
from playlists.feeds import FeedMissing, close_feed, find_station_of, open_feed, write_feed
from playlists.formats.ical import write_calendar
from playlists.week import Week, WeekDay, WeekPiece, WeekSession, describe_week, monday_of, read_week
from playlists.weeksheet import write_week_sheet
from scheduler.filling import fill_schedule
from scheduler.models import Airing, AiringState
from scheduler.slots import add_slot
from scheduler.stations import add_station, find_station
from tests.scheduler.fixtures import NOW, add_piece, make_station

MONDAY = date(2026, 3, 2)


@pytest.fixture
def station(database):
    """Evenings on workdays, three of them filled."""
    with database.writing() as session:
        found = add_station(session, make_station(name="Đài xã Ia Dom"))
        add_piece(session, "sound/mo", minutes=1, kind=AssetKind.SIGNATURE)
        for number in range(6):
            add_piece(session, f"script/{number}@1", minutes=7)
        add_slot(
            session, "ia-dom", name="Chiều", starts=time(17), duration_minutes=30, signature_key="sound/mo",
            valid_from=date(2026, 1, 1), rrule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        )  # fmt: skip
        fill_schedule(
            session, stations=["ia-dom"], first=MONDAY, last=MONDAY + timedelta(days=2), goals=(), now=NOW
        )
        return found


@pytest.fixture
def week(database, station):
    with database.reading() as session:
        return read_week(session, find_station(session, "ia-dom"), MONDAY)


def test_a_week_has_seven_days_and_every_session_of_the_grid(week):
    assert [len(one.sessions) for one in week.days] == [1, 1, 1, 1, 1, 0, 0]
    assert [bool(one.pieces) for one in week.sessions] == [True, True, True, False, False]
    first = week.sessions[0]
    assert f"{first.starts_at:%H:%M %z}" == "17:00 +0700"
    assert first.pieces[0].is_tune
    assert len(first.segments) == 4


def test_what_was_pre_empted_is_left_out(database, station):
    with database.writing() as session:
        airing = session.exec(select(Airing).where(Airing.local_date == MONDAY, Airing.position == 2)).one()
        airing.state = AiringState.PREEMPTED
    with database.reading() as session:
        week = read_week(session, find_station(session, "ia-dom"), MONDAY)
    assert len(week.sessions[0].segments) == 3


def test_a_week_begins_on_monday_also_at_the_end_of_the_calendar():
    assert monday_of(date(2026, 3, 8)) == MONDAY == monday_of(MONDAY)
    assert monday_of(date.min) == date.min


def test_the_end_of_the_calendar_is_no_error(database, station):
    with database.reading() as session:
        found = read_week(session, find_station(session, "ia-dom"), date(9999, 12, 27))
    assert found.last == date.max


def test_json_is_plain_and_whole(week):
    content = json.loads(json.dumps(describe_week(week)))
    assert content["days"][0]["sessions"][0]["starts_at"] == "2026-03-02T17:00:00+07:00"
    assert len(content["days"]) == 7


def test_the_calendar_holds_an_event_a_session_under_a_name_that_stays(week):
    calendar = Calendar.from_ical(write_calendar(week))
    events = list(calendar.walk("VEVENT"))
    assert len(events) == 5
    assert len({str(event["uid"]) for event in events}) == 5
    assert events[0].decoded("dtstart").astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).hour == 17
    assert "Bài script/" in str(events[0]["description"])
    assert write_calendar(week) == write_calendar(week)


def test_the_sheet_is_one_page_across_with_every_title(week):
    pages = PdfReader(io.BytesIO(write_week_sheet(week))).pages
    assert len(pages) == 1
    box = pages[0].mediabox
    assert box.width > box.height
    text = pages[0].extract_text()
    assert "Đài xã Ia Dom" in text
    assert "Thứ Hai" in text
    for piece in week.sessions[0].segments:
        assert piece.title in " ".join(text.split())
    assert write_week_sheet(week) == write_week_sheet(week)


def test_a_full_week_is_set_smaller_to_stay_on_one_page():
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    begins = datetime(2026, 3, 2, 5, tzinfo=zone)
    piece = WeekPiece("Vay vốn cho hộ nghèo", "segment", begins, 60_000, "planned", is_urgent=False)
    session = WeekSession("Sáng", begins, begins + timedelta(minutes=30), (piece,) * 5)
    days = tuple(WeekDay(MONDAY + timedelta(days=n), (session,) * 3) for n in range(7))
    assert len(PdfReader(io.BytesIO(write_week_sheet(Week("a", "A", zone.key, days)))).pages) == 1


@fuzz(max_examples=12, deadline=None)
@given(st.text(max_size=200), st.text(max_size=60))
def test_any_title_is_set_and_written(title, slot):
    begins = datetime(2026, 3, 2, 5, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    piece = WeekPiece(title, "segment", begins, 60_000, "planned", is_urgent=True)
    session = WeekSession(slot, begins, begins + timedelta(minutes=30), (piece,))
    week = Week("a", "A", "Asia/Ho_Chi_Minh", (WeekDay(MONDAY, (session,)),))
    assert write_week_sheet(week).startswith(b"%PDF")
    assert len(list(Calendar.from_ical(write_calendar(week)).walk("VEVENT"))) == 1


def test_an_address_opens_one_station_until_another_is_made(database, station):
    with database.writing() as session:
        ours = find_station(session, "ia-dom")
        add_station(session, make_station("ia-dal"))
        first = open_feed(session, ours, by="lan", now=NOW)
        assert find_station_of(session, first).code == "ia-dom"
        second = open_feed(session, ours, by="lan", now=NOW)
        with pytest.raises(FeedMissing):
            find_station_of(session, first)
        assert b"BEGIN:VCALENDAR" in write_feed(session, find_station_of(session, second), MONDAY)
        assert close_feed(session, ours, now=NOW)
        assert not close_feed(session, ours, now=NOW)
        for token in (second, "", "x" * 500):
            with pytest.raises(FeedMissing):
                find_station_of(session, token)
