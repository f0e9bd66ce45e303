"""The grid as it lies: holidays, campaigns, relays, and who goes over whom."""

from datetime import date, time, timedelta

import pytest

from scheduler.calendar import expand_slots
from scheduler.campaigns import (
    CampaignHasSlots,
    CampaignTaken,
    CampaignUnknown,
    CampaignUnusable,
    find_campaign,
    keep_campaign,
    list_campaigns,
    list_stations_of,
    remove_campaign,
)
from scheduler.grid import CampaignMode, HolidayChange
from scheduler.layers import read_slots
from scheduler.models import DayUse
from scheduler.slots import (
    Override,
    OverrideWithoutReason,
    SlotInQuietHours,
    SlotsOverlap,
    SlotTaken,
    SlotUnusable,
    add_slot,
)
from scheduler.stations import StationUnknown, add_station, find_station
from tests.scheduler.fixtures import NOW, make_station

FIRST = date(2026, 1, 1)
POOR = (date(2026, 10, 17), date(2026, 11, 18))


@pytest.fixture
def session(database):
    with database.writing() as opened:
        add_station(opened, make_station("ia-dom", quiet_from=time(21), quiet_until=time(4, 30)))
        add_station(opened, make_station("ia-dal"))
        yield opened


def add(session, name, starts, minutes=30, **fields):
    values = {"valid_from": FIRST, **fields}
    return add_slot(
        session, values.pop("station", "ia-dom"), name=name, starts=starts, duration_minutes=minutes, **values
    )


def campaign(session, name="Vì người nghèo", days=POOR, stations=("ia-dom",), **fields):
    return keep_campaign(
        session, name, first=days[0], last=days[1], stations=stations, by="lan", now=NOW, **fields
    )


def grid(session, day, last=None, station="ia-dom"):
    """`HH:MM–HH:MM name` of every session of these days."""
    found = expand_slots(read_slots(session, [find_station(session, station)]), day, last or day)
    shift = timedelta(hours=7)
    return [f"{one.starts_at + shift:%H:%M}-{one.ends_at + shift:%H:%M} {one.slot}" for one in found]


def test_off_and_only_on_public_holidays(session):
    add(session, "thường", time(5), use=DayUse.WORKDAYS)
    add(session, "lễ", time(5, 10), use=DayUse.HOLIDAYS)  # never on one day: no conflict in forty years
    add(session, "chiều", time(17))
    assert grid(session, date(2026, 2, 13)) == ["05:00-05:30 thường", "17:00-17:30 chiều"]
    assert grid(session, date(2026, 2, 17)) == ["05:10-05:40 lễ", "17:00-17:30 chiều"]
    assert grid(session, date(2027, 2, 17)) == ["05:00-05:30 thường", "17:00-17:30 chiều"]  # Tet moved on


def test_a_holiday_that_meets_another_slot_only_once_in_years_is_found(session):
    # The thirtieth of April is always a holiday; a yearly slot of that day meets the holiday grid.
    add(session, "lễ", time(5), use=DayUse.HOLIDAYS)
    with pytest.raises(SlotsOverlap) as caught:
        add(session, "tháng hai", time(5), rrule="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=17")
    assert caught.value.data["moment"] == "05:00 17/02/2026"
    # The fourth day of Tet falls on 22 February for the first time in 2034, and never on 1 March.
    with pytest.raises(SlotsOverlap) as caught:
        add(session, "muộn", time(5), rrule="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=22")
    assert caught.value.data["moment"].endswith("22/02/2034")
    assert add(session, "không bao giờ", time(5), rrule="FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1")


def test_a_moved_holiday_counts(session):
    add(session, "thường", time(5), use=DayUse.WORKDAYS)
    session.add(HolidayChange(day=date(2026, 9, 3), name="Nghỉ hoán đổi", changed_by="lan", changed_at=NOW))
    session.flush()
    assert grid(session, date(2026, 9, 3)) == []
    assert grid(session, date(2026, 9, 4)) != []


def test_a_campaign_adds_slots_on_its_days_only(session):
    add(session, "sáng", time(5))
    poor = campaign(session)
    add(session, "trưa", time(11), campaign_id=poor.id)
    for day, there in ((16, False), (17, True)):
        assert ("11:00-11:30 trưa" in grid(session, date(2026, 10, day))) == there
    for day, there in ((18, True), (19, False)):
        assert ("11:00-11:30 trưa" in grid(session, date(2026, 11, day))) == there
    assert grid(session, date(2026, 10, 20))[0] == "05:00-05:30 sáng"
    with pytest.raises(SlotsOverlap) as caught:
        add(session, "chen", time(5, 29, 55), campaign_id=poor.id)
    assert caught.value.data["moment"].endswith("17/10/2026")
    with pytest.raises(SlotsOverlap):  # a standing slot heeds the campaign's too
        add(session, "quanh năm", time(11, 15))
    assert add(session, "quanh năm", time(11, 30))


def test_another_length_stands_in_the_place_of_the_standing_slot(session):
    morning = add(session, "sáng", time(5))
    poor = campaign(session)
    add(
        session,
        "sáng",
        time(5),
        60,
        campaign_id=poor.id,
        replaces_id=morning.id,
        rrule="FREQ=WEEKLY;BYDAY=SA",
    )
    assert grid(session, date(2026, 10, 17)) == ["05:00-06:00 sáng"]  # a Saturday
    assert grid(session, date(2026, 10, 18)) == ["05:00-05:30 sáng"]
    assert grid(session, date(2026, 11, 21)) == ["05:00-05:30 sáng"]
    with pytest.raises(SlotUnusable):
        add(session, "không đợt", time(9), replaces_id=morning.id)


def test_a_campaign_replaces_the_grid_of_its_stations(session):
    add(session, "sáng", time(5))
    add(session, "sáng", time(5), station="ia-dal")
    poor = campaign(session, mode=CampaignMode.REPLACES)
    add(session, "sáng", time(5, 15), 15, campaign_id=poor.id)
    assert grid(session, POOR[0]) == ["05:15-05:30 sáng"]
    assert grid(session, POOR[0], station="ia-dal") == ["05:00-05:30 sáng"]
    assert grid(session, POOR[1] + timedelta(days=1)) == ["05:00-05:30 sáng"]
    assert [one.code for one in list_stations_of(session, poor)] == ["ia-dom"]


def test_of_two_campaigns_the_shorter_lies_above(session):
    add(session, "sáng", time(5))
    poor = campaign(session, mode=CampaignMode.REPLACES)
    add(session, "cao điểm", time(5), 45, campaign_id=poor.id)
    day = campaign(session, "Ngày 20/10", (date(2026, 10, 20),) * 2, mode=CampaignMode.REPLACES)
    add(session, "phụ nữ", time(6), campaign_id=day.id)
    later = campaign(session, "Cùng ngày", (date(2026, 10, 20),) * 2)
    add(session, "thêm", time(9), campaign_id=later.id)
    assert grid(session, date(2026, 10, 19)) == ["05:00-05:45 cao điểm"]
    assert grid(session, date(2026, 10, 20)) == ["06:00-06:30 phụ nữ", "09:00-09:30 thêm"]
    # A grid of its own for Tet lies above all that is longer.
    tet = campaign(
        session, "Lưới ngày lễ", (date(2026, 1, 1), date(2026, 12, 31)),
        mode=CampaignMode.REPLACES, use=DayUse.HOLIDAYS,
    )  # fmt: skip
    add(session, "tết", time(7), campaign_id=tet.id)
    assert grid(session, date(2026, 2, 17)) == ["07:00-07:30 tết"]
    assert grid(session, date(2026, 2, 24)) == ["05:00-05:30 sáng"]


def test_a_campaign_whose_days_change_is_checked_anew_and_else_stays(session):
    add(session, "sáng", time(5), valid_until=date(2026, 10, 16))
    poor = campaign(session)
    add(session, "cao điểm", time(5, 10), campaign_id=poor.id)
    with pytest.raises(SlotsOverlap):
        keep_campaign(
            session, poor.name, first=date(2026, 10, 10), last=POOR[1], stations=["ia-dom"],
            by="lan", now=NOW, campaign=poor,
        )  # fmt: skip
    assert find_campaign(session, poor.name).first_date == POOR[0]
    assert grid(session, date(2026, 10, 12)) == ["05:00-05:30 sáng"]


def test_a_campaign_that_cannot_be_used_is_named(session):
    poor = campaign(session)
    with pytest.raises(CampaignTaken):
        campaign(session)
    with pytest.raises(CampaignUnknown) as caught:
        find_campaign(session, "Vì người nghè")
    assert "Vì người nghèo" in str(caught.value)
    with pytest.raises(StationUnknown):
        campaign(session, "khác", stations=["ia-xa"])
    for values in ({"days": (POOR[1], POOR[0])}, {"days": (POOR[0], date(2028, 1, 1))}, {"stations": ()}):
        with pytest.raises(CampaignUnusable):
            campaign(session, "khác", **values)
    slot = add(session, "trưa", time(11), campaign_id=poor.id)
    with pytest.raises(CampaignHasSlots):
        remove_campaign(session, poor)
    session.delete(slot)
    remove_campaign(session, poor)
    assert list_campaigns(session) == []


def test_a_person_lets_a_slot_go_over_another_where_they_meet(session):
    add(session, "sáng", time(5), 60)
    with pytest.raises(OverrideWithoutReason):
        Override(by="lan", reason=" ", at=NOW)
    word = Override(by="lan", reason="lệnh của UBND", at=NOW)
    add(session, "thứ bảy", time(5, 30), rrule="FREQ=WEEKLY;BYDAY=SA", override=word)
    assert grid(session, date(2026, 1, 2)) == ["05:00-06:00 sáng"]
    assert grid(session, date(2026, 1, 3)) == ["05:30-06:00 thứ bảy"]
    # It goes over that one only.
    with pytest.raises(SlotsOverlap):
        add(session, "chen", time(5, 45), rrule="FREQ=WEEKLY;BYDAY=SA")


def test_no_word_goes_over_quiet_hours(session):
    with pytest.raises(SlotInQuietHours):
        add(session, "đêm", time(3, 15), override=Override(by="lan", reason="lệnh", at=NOW))
    assert grid(session, FIRST) == []


def test_names_are_told_apart_by_their_days(session):
    add(session, "sáng", time(5), valid_until=date(2026, 6, 30))
    assert add(session, "sáng", time(6), valid_from=date(2026, 7, 1))
    with pytest.raises(SlotTaken):
        add(session, "sáng", time(9), valid_from=date(2026, 6, 30), valid_until=date(2026, 6, 30))


def test_a_relay_takes_its_time(session):
    add(session, "thời sự VOV1", time(6), 30, relay_source="VOV1")
    with pytest.raises(SlotsOverlap):
        add(session, "sáng", time(5, 45))
    station = find_station(session, "ia-dom")
    (found,) = expand_slots(read_slots(session, [station]), FIRST, FIRST)
    assert found.relay_source == "VOV1"
