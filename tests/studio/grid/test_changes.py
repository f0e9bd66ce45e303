"""Deeds on the grid: published days stand, what lost its place is cleared, and every deed can be undone."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlmodel import select

from playlists.builder import publish_day
from scheduler.calendar import expand_slots
from scheduler.grid import CampaignMode, Cluster
from scheduler.layers import read_slots
from scheduler.models import Airing, AiringState, DayUse, ItemRole, Slot
from scheduler.slots import Override, SlotsOverlap, find_slot
from scheduler.stations import StationTaken, add_station, find_station
from studio.grid.changes import (
    DayOver,
    DayPublished,
    change_day,
    change_slot,
    drop_campaign,
    move_holiday,
    restore_day,
    set_campaign,
    set_cluster,
    set_slot,
    set_station,
    stop_slot,
)
from studio.grid.deeds import DeedHasAired, DeedUndone, DeedUnknown, GridChangedSince, list_deeds, undo
from studio.people.audit import list_entries, record
from tests.scheduler.fixtures import add_piece, make_station

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)  # ten in the morning of a Monday
TODAY = date(2026, 3, 2)
FIRST = date(2026, 1, 1)
WHO = {"by": "lan", "now": NOW}


@pytest.fixture
def session(database):
    with database.writing() as opened:
        add_station(opened, make_station("ia-dom", quiet_from=time(21), quiet_until=time(4, 30)))
        yield opened


@pytest.fixture
def station(session):
    return find_station(session, "ia-dom")


@pytest.fixture
def slot(session, station):
    return set_slot(
        session, station, name="sáng", starts=time(5), duration_minutes=30, valid_from=FIRST, **WHO
    )


def plan(session, slot, day, *, minute=0, state=AiringState.PLANNED):
    starts_at = datetime(day.year, day.month, day.day, 5, minute, tzinfo=UTC) - timedelta(hours=7)
    asset = add_piece(session, f"script/{day}-{minute}@1")
    airing = Airing(
        station_id=slot.station_id,
        slot_id=slot.id,
        local_date=day,
        position=1,
        role=ItemRole.SEGMENT,
        asset_id=asset.id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=5),
        state=state,
    )
    session.add(airing)
    session.flush()
    return airing


def times(session, first=TODAY, days=7):
    found = expand_slots(
        read_slots(session, [find_station(session, "ia-dom")]), first, first + timedelta(days=days - 1)
    )
    return [f"{one.local_date:%d} {one.starts_at + timedelta(hours=7):%H:%M} {one.slot}" for one in found]


def last(session, station):
    return list_deeds(session, station)[0]


def test_a_change_takes_hold_after_what_is_past_and_published(session, slot):
    for day in (TODAY, TODAY + timedelta(days=1)):
        plan(session, slot, day)
        publish_day(session, "ia-dom", day, now=NOW)
    later, since = change_slot(session, slot, TODAY - timedelta(days=9), starts=time(6), **WHO)
    assert since == TODAY + timedelta(days=2)
    assert times(session, TODAY, 3) == ["02 05:00 sáng", "03 05:00 sáng", "04 06:00 sáng"]
    assert later.continues_id == slot.id
    assert stop_slot(session, later, TODAY, **WHO) == since
    assert times(session, TODAY, 3) == ["02 05:00 sáng", "03 05:00 sáng"]


def test_a_day_that_is_over_or_published_stands(session, slot):
    plan(session, slot, TODAY)
    publish_day(session, "ia-dom", TODAY, now=NOW)
    with pytest.raises(DayPublished):
        change_day(session, slot, TODAY, reason="", **WHO)
    with pytest.raises(DayOver):
        change_day(session, slot, TODAY - timedelta(days=1), reason="", **WHO)
    change_day(session, slot, TODAY + timedelta(days=1), reason="", **WHO)
    restore_day(session, slot, TODAY + timedelta(days=1), **WHO)
    assert times(session, TODAY, 2) == ["02 05:00 sáng", "03 05:00 sáng"]


def test_pieces_that_lose_their_place_are_cleared_and_no_others(session, slot):
    stays = plan(session, slot, TODAY + timedelta(days=1), minute=10)
    lost = plan(session, slot, TODAY + timedelta(days=2), minute=10)
    told = plan(session, slot, TODAY + timedelta(days=2), minute=15, state=AiringState.DOWNLOADED)
    short = plan(session, slot, TODAY + timedelta(days=1), minute=20)
    change_day(session, slot, TODAY + timedelta(days=1), minutes=20, reason="", **WHO)
    change_day(session, slot, TODAY + timedelta(days=2), reason="", **WHO)
    kept = set(session.exec(select(Airing.id)))
    assert kept == {stays.id, told.id}
    assert {lost.id, short.id}.isdisjoint(kept)


def test_what_is_done_to_other_stations_hides_no_deed(session, station, slot):
    add_station(session, make_station("ia-dom-2"))
    other = find_station(session, "ia-dom-2")
    deed = last(session, station)
    set_station(session, "ia-dom-2", area="thôn 1", **WHO)
    (entry,) = list_entries(session, subject="grid/ia-dom-2")
    for _ in range(500):
        record(
            session, at=NOW, by="lan", action=entry.action, subject=entry.subject,
            before=entry.before, after=entry.after,
        )  # fmt: skip
    assert last(session, station) == deed
    assert len(list_deeds(session, other, limit=3)) == 3
    undo(session, deed.number, **WHO)
    assert [one.is_open for one in list_deeds(session, station)] == [True, False]


def test_every_deed_is_on_record_and_undone_newest_first(session, station, slot):
    set_station(session, "ia-dom", area="thôn 1", **WHO)
    set_cluster(session, station, Cluster(station_id=1, code="thon-1", name="Thôn 1"), **WHO)
    later, _ = change_slot(session, slot, date(2026, 4, 1), starts=time(6), name="sớm", **WHO)
    change_day(session, later, date(2026, 4, 2), reason="mưa", **WHO)
    campaign = set_campaign(
        session, "Tết", first=date(2026, 4, 5), last=date(2026, 4, 6), stations=["ia-dom"],
        mode=CampaignMode.REPLACES, **WHO,
    )  # fmt: skip
    drop_campaign(session, campaign, **WHO)
    set_campaign(session, "Hè", first=date(2026, 6, 1), last=date(2026, 6, 30), stations=["ia-dom"], **WHO)
    move_holiday(session, date(2026, 4, 20), "Nghỉ hoán đổi", **WHO)
    stop_slot(session, later, date(2026, 5, 1), **WHO)
    words = [one.words for one in list_deeds(session, station)]
    assert words[0] == "Ngừng khung giờ “sớm” từ 01/05/2026"
    assert "Nghỉ “sớm” ngày 02/04/2026: mưa" in words
    pictures = []
    while (deed := last(session, station)).words != "Đặt khung giờ “sáng” từ 01/01/2026":
        open_deeds = [one for one in list_deeds(session, station, limit=50) if one.is_open]
        deed = next(one for one in open_deeds if not one.words.startswith("Hoàn tác"))
        if deed.words.startswith("Đặt khung giờ"):
            break
        undo(session, deed.number, **WHO)
        pictures.append(times(session, date(2026, 3, 31), 8))
    assert len(pictures) == 9
    assert pictures[-1] == [f"{day} 05:00 sáng" for day in ("31", "01", "02", "03", "04", "05", "06", "07")]
    assert find_station(session, "ia-dom").area == ""
    assert len(session.exec(select(Slot)).all()) == 1
    assert all(one.by == "lan" for one in list_entries(session, subject="grid/ia-dom"))


def test_an_undo_can_be_undone(session, station, slot):
    change_slot(session, slot, TODAY + timedelta(days=1), starts=time(6), **WHO)
    after = times(session)
    undo(session, last(session, station).number, **WHO)
    assert times(session)[-1] == "08 05:00 sáng"
    undo(session, last(session, station).number, **WHO)
    assert times(session) == after


def test_what_cannot_be_undone_says_why(session, station, slot):
    with pytest.raises(DeedUnknown):
        undo(session, 9999, **WHO)
    change_slot(session, slot, TODAY + timedelta(days=1), starts=time(6), **WHO)
    first = last(session, station).number
    later = find_slot(session, "ia-dom", "sáng", on=TODAY + timedelta(days=1))
    change_slot(session, later, TODAY + timedelta(days=1), duration_minutes=20, **WHO)
    with pytest.raises(GridChangedSince):
        undo(session, first, **WHO)
    undo(session, last(session, station).number, **WHO)
    plan(session, later, TODAY + timedelta(days=2), state=AiringState.DOWNLOADED)
    with pytest.raises(DeedHasAired):
        undo(session, first, **WHO)
    session.delete(session.exec(select(Airing)).one())
    undo(session, first, **WHO)
    with pytest.raises(DeedUndone):
        undo(session, first, **WHO)


def test_undoing_takes_out_what_was_only_planned(session, station, slot):
    set_slot(session, station, name="trưa", starts=time(5, 30), duration_minutes=30, valid_from=TODAY, **WHO)
    noon = find_slot(session, "ia-dom", "trưa")
    plan(session, noon, TODAY + timedelta(days=1), minute=35)
    undo(session, last(session, station).number, **WHO)
    assert session.exec(select(Airing)).all() == []
    assert times(session, TODAY, 1) == ["02 05:00 sáng"]


def test_undoing_into_a_conflict_changes_nothing(session, station, slot):
    change_day(session, slot, TODAY + timedelta(days=1), reason="mất điện", **WHO)
    number = last(session, station).number
    set_slot(
        session, station, name="một lần", starts=time(5), duration_minutes=30,
        valid_from=TODAY + timedelta(days=1), valid_until=TODAY + timedelta(days=1), **WHO,
    )  # fmt: skip
    with pytest.raises(SlotsOverlap):
        undo(session, number, **WHO)
    assert times(session, TODAY, 2) == ["02 05:00 sáng", "03 05:00 một lần"]


def test_an_override_leaves_its_name_and_reason(session, station, slot):
    word = Override(by="minh", reason="lệnh của UBND", at=NOW)
    set_slot(
        session, station, name="họp", starts=time(5, 10), duration_minutes=30, valid_from=TODAY,
        override=word, by="minh", now=NOW,
    )  # fmt: skip
    (entry, *_) = list_entries(session, subject="grid/ia-dom")
    assert (entry.by, entry.action) == ("minh", "grid.slot-add-over")
    assert entry.after["told"]["over"] == "lệnh của UBND"
    (kept,) = entry.after["rows"]["slotoverride"].values()
    assert (kept["by"], kept["reason"]) == ("minh", "lệnh của UBND")
    undo(session, entry.id, **WHO)
    assert times(session, TODAY, 1) == ["02 05:00 sáng"]


def test_a_moved_holiday_changes_which_slot_holds(session, station):
    for name, use in (("thường", DayUse.WORKDAYS), ("lễ", DayUse.HOLIDAYS)):
        set_slot(
            session, station, name=name, starts=time(5), duration_minutes=30, valid_from=FIRST, use=use, **WHO
        )
    move_holiday(session, date(2026, 3, 5), "Nghỉ hoán đổi", **WHO)
    assert times(session, TODAY, 4) == [
        "02 05:00 thường",
        "03 05:00 thường",
        "04 05:00 thường",
        "05 05:00 lễ",
    ]


def test_a_station_that_is_there_is_not_added_again(session):
    with pytest.raises(StationTaken):
        set_station(session, "ia-dom", is_new=True, name="Khác", kind="commune", preset="loudspeaker", **WHO)
    added = set_station(session, "ia-toi", is_new=True, **make_fields(), **WHO)
    assert last(session, added).words == "Thêm đài Ia Tơi"
    assert not last(session, added).is_open


def make_fields():
    from scheduler.models import StationKind

    return {"name": "Ia Tơi", "kind": StationKind.COMMUNE, "preset": "loudspeaker"}
