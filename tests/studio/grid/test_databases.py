"""A grid set, changed, overridden, given a campaign and a holiday, and all undone, on both databases."""

from datetime import date, time, timedelta

import pytest
from sqlmodel import select

from scheduler.grid import CampaignMode, SlotOverride
from scheduler.models import DayUse
from scheduler.slots import Override, SlotsOverlap, find_slot
from scheduler.stations import add_station, find_station
from studio.grid.changes import (
    change_day,
    change_slot,
    move_holiday,
    restore_day,
    set_campaign,
    set_cluster,
    set_slot,
    stop_slot,
)
from studio.grid.clearing import clear_displaced
from studio.grid.deeds import list_deeds, take_picture, undo
from studio.grid.showing import list_lines, read_grid
from tests.scheduler.fixtures import make_station
from tests.studio.grid.test_changes import FIRST, NOW, TODAY, WHO, Cluster, plan, times

FRIDAY = date(2026, 3, 6)


@pytest.fixture
def database(either_database):
    return either_database


def test_a_grid_is_built_and_taken_back_to_nothing(database):
    with database.writing() as session:
        station = add_station(session, make_station("ia-dom", quiet_from=time(21), quiet_until=time(4, 30)))
        empty = take_picture(session, [station])
        new = {"duration_minutes": 30, "valid_from": FIRST, **WHO}
        slot = set_slot(session, station, name="sáng", starts=time(5), **new)
        late = set_slot(session, station, name="chiều", starts=time(17), **new)
        set_slot(session, station, name="lễ", starts=time(8), use=DayUse.HOLIDAYS, **new)
        follower, since = change_slot(session, slot, FRIDAY, starts=time(5, 30), **WHO)
        assert (since, follower.continues_id, slot.valid_until) == (FRIDAY, slot.id, date(2026, 3, 5))
        with pytest.raises(SlotsOverlap):
            set_slot(session, station, name="họp", starts=time(17, 15), **new)
        word = Override(by="lan", reason="họp dân", at=NOW)
        set_slot(session, station, name="họp", starts=time(17, 15), override=word, **new)
        change_day(session, late, FRIDAY, moved_to=time(19), minutes=20, reason="mất điện", **WHO)
    with database.writing() as session:
        station, late = find_station(session, "ia-dom"), find_slot(session, "ia-dom", "chiều")
        assert session.exec(select(SlotOverride.over_id)).all() == [late.id]
        restore_day(session, late, FRIDAY, **WHO)
        change_day(session, late, FRIDAY, reason="nghỉ", **WHO)
        move_holiday(session, TODAY + timedelta(days=2), "Nghỉ bù", **WHO)
        days = {"first": date(2026, 3, 7), "last": date(2026, 3, 8)}
        campaign = set_campaign(
            session, "cao điểm", stations=["ia-dom"], mode=CampaignMode.REPLACES, **days, **WHO
        )
        set_slot(session, station, name="tối", starts=time(19), campaign_id=campaign.id, **new)
        set_cluster(session, station, Cluster(station_id=station.id, code="t1", name="Thôn 1"), **WHO)
        stop_slot(session, find_slot(session, "ia-dom", "họp"), FRIDAY, **WHO)
        assert times(session) == [
            "02 05:00 sáng", "02 17:15 họp", "03 05:00 sáng", "03 17:15 họp", "04 05:00 sáng", "04 08:00 lễ",
            "04 17:15 họp", "05 05:00 sáng", "05 17:15 họp", "06 05:30 sáng", "07 19:00 tối", "08 19:00 tối",
        ]  # fmt: skip
        week = read_grid(session, station, TODAY)
        assert [len(day.sessions) for day in week] == [2, 2, 3, 2, 2, 1, 1]
        assert (week[2].holiday, week[5].campaigns) == ("Nghỉ bù", ("cao điểm",))
        assert len(list_lines(session, station, TODAY)) == 6
    with database.writing() as session:
        station = find_station(session, "ia-dom")
        plan(session, find_slot(session, "ia-dom", "chiều"), FRIDAY)  # its session is cancelled
        assert clear_displaced(session, [station], now=NOW) == 1
    with database.writing() as session:
        station = find_station(session, "ia-dom")
        for deed in list_deeds(session, station, limit=30):
            undo(session, deed.number, **WHO)
        assert take_picture(session, [station]) == empty
        assert times(session) == []
