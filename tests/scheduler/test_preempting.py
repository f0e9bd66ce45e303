"""Urgent bulletins break in, and what they push aside is resumed, moved or said to be lost."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as fuzz
from hypothesis import strategies as st
from sqlmodel import select

from assets.models import Asset, AssetKind
from scheduler.by_hand import ban
from scheduler.calendar import Interval
from scheduler.calling_off import call_off
from scheduler.filling import fill_schedule, list_airings
from scheduler.making_room import Piece, make_room
from scheduler.models import Airing, AiringState, ItemRole
from scheduler.preempting import (
    URGENT,
    find_quiet,
    list_moments,
    preempt,
)
from scheduler.slots import add_slot, list_slots
from scheduler.stations import add_station, find_station
from tests.scheduler.fixtures import NOW, add_piece, make_station

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = date(2026, 3, 2)
DATA = {"title": "Bão số 3", "who": "Y Minh"}


def at(hour, minute=0, second=0, day=2):
    return datetime(2026, 3, day, hour, minute, second, tzinfo=HANOI)


def pieces_from(lengths, closing):
    clock, found = at(5), []
    for number, minutes in enumerate(lengths):
        ends = clock + timedelta(minutes=minutes)
        found.append(Piece(number, clock, ends, closing and number == len(lengths) - 1))
        clock = ends
    return found


@fuzz(max_examples=300, deadline=None)
@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=8), st.booleans(), st.integers(-5, 40),
    st.integers(1, 12),
    st.integers(0, 15),
)  # fmt: skip
def test_room_is_made_without_overlap_loss_or_overrun(lengths, closing, begins, length, spare):
    pieces = pieces_from(lengths, closing)
    ends_at = pieces[-1].ends_at + timedelta(minutes=spare)
    play = Interval(at(5) + timedelta(minutes=begins), at(5) + timedelta(minutes=begins + length))
    room = make_room(pieces, play, ends_at)
    moved = {piece.id: begins for piece, begins in room.shifted}
    gone = {piece.id for piece in room.left_out} | ({room.interrupted.id} if room.interrupted else set())
    stands = [(moved.get(one.id, one.starts_at), one.length, one.id) for one in pieces if one.id not in gone]
    if room.resumed_at:
        stands.append((room.resumed_at, room.interrupted.length, room.interrupted.id))
    sounds = sorted([*stands, (play.starts_at, play.ends_at - play.starts_at, -1)])
    for (first, first_length, _), (second, _, _) in pairwise(sounds):
        assert first + first_length <= second
    assert all(start + long <= ends_at for start, long, _ in stands)
    for piece in pieces:
        if piece.ends_at <= play.starts_at:
            assert piece.id not in gone
            assert piece.id not in moved, "what is over is not touched"
        elif piece.id in moved:
            assert moved[piece.id] > piece.starts_at, "nothing begins earlier than it was announced"
    order = [number for _, _, number in sorted(stands)]
    assert order == sorted(order)


def test_the_closing_tune_keeps_its_place_before_another_piece_gets_one():
    pieces = pieces_from([5, 5, 5, 1], closing=True)
    room = make_room(pieces, Interval(at(5, 5), at(5, 8)), at(5, 16))
    assert [piece.id for piece, _ in room.shifted] == [1]
    assert [piece.id for piece in room.left_out] == [2]
    assert room.interrupted is None


@pytest.fixture
def station(database):
    """A commune with a full morning of half an hour and an evening that has room."""
    with database.writing() as session:
        found = add_station(session, make_station(quiet_from=time(22), quiet_until=time(4)))
        add_piece(session, "sound/mo", minutes=1, kind=AssetKind.SIGNATURE)
        add_piece(session, "sound/ket", minutes=1, kind=AssetKind.SIGNATURE)
        for number in range(9):
            add_piece(session, f"script/{number}@1", minutes=7)
        for name, hour, minutes in (("Sáng", 5, 30), ("Chiều", 17, 45)):
            add_slot(
                session, "ia-dom", name=name, starts=time(hour), duration_minutes=minutes,
                valid_from=date(2026, 1, 1), signature_key="sound/mo", closing_key="sound/ket",
            )  # fmt: skip
        urgent = add_piece(session, "script/bao@1", minutes=2)
        urgent.retired_at = NOW
        fill_schedule(
            session, stations=["ia-dom"], first=DAY, last=DAY + timedelta(days=1), goals=(), now=NOW
        )
        return found


def bulletin(session):
    return session.exec(select(Asset).where(Asset.key == "script/bao@1")).one()


def tell(session, day=DAY):
    """(HH:MM, key, state, reason code) of the station's day."""
    assets = {one.id: one.key for one in session.exec(select(Asset))}
    return [
        (f"{one.starts_at.astimezone(HANOI):%H:%M}", assets[one.asset_id], one.state.value, one.reason_code)
        for one in list_airings(session, station="ia-dom", first=day)
    ]


def sounding(session, day=DAY):
    found = [
        one
        for one in list_airings(session, station="ia-dom", first=day)
        if one.state is not AiringState.PREEMPTED
    ]
    return sorted(found, key=lambda one: one.starts_at)


def break_in(database, moments, now):
    with database.writing() as session:
        return preempt(
            session, find_station(session, "ia-dom"), bulletin(session), moments, now=now, data=DATA
        )


def test_it_breaks_in_and_the_interrupted_piece_is_played_again_from_its_start(database, station):
    with database.reading() as session:
        before = tell(session)
    assert [row[0] for row in before] == [
        "05:00", "05:01", "05:08", "05:15", "05:22", "05:29",
        "17:00", "17:01", "17:08", "17:15", "17:22", "17:29", "17:36",
    ]  # fmt: skip
    break_in(database, [at(5, 10)], at(5, 9))
    with database.reading() as session:
        rows = tell(session)
        one = list_airings(session, station="ia-dom", first=DAY)[2]
        assert one.state_reason == "nhường tin khẩn “Bão số 3” giữa chừng"
        sounds = sounding(session)
    cut = before[2][1]
    assert ("05:08", cut, "pre-empted", before[2][3]) in rows
    assert ("05:10", "script/bao@1", "planned", URGENT) in rows
    assert ("05:12", cut, "planned", "resumed") in rows
    # 05:12 + 7 = 05:19, the third piece follows until 05:26; the fourth would run into the closing tune.
    assert [row[0] for row in rows if row[0] < "06" and row[2] == "planned"] == [
        "05:00", "05:01", "05:10", "05:12", "05:19", "05:29",
    ]  # fmt: skip
    for first, second in pairwise(sounds):
        assert first.ends_at <= second.starts_at
    assert {one.slot_id for one in sounds if one.reason_code == URGENT} == {one.slot_id for one in sounds[:2]}


def test_what_finds_no_room_moves_to_the_next_session_that_has_some(database, station):
    break_in(database, [at(5, 10), at(5, 20), at(5, 24)], at(5, 9))
    with database.reading() as session:
        rows = tell(session)
        moved = [row for row in rows if row[3] == "moved"]
        gone = [one for one in list_airings(session, station="ia-dom", first=DAY) if one.state_code]
        sounds = sounding(session)
    for first, second in pairwise(sounds):
        assert first.ends_at <= second.starts_at
    morning = [one for one in sounds if one.starts_at < at(6)]
    assert morning[-1].ends_at <= at(5, 30)
    assert morning[-1].role is ItemRole.CLOSING
    assert moved, rows
    assert all(one.state is AiringState.PREEMPTED for one in gone)


def test_outside_the_grid_it_airs_in_a_slot_of_its_own_that_never_comes_back(database, station):
    break_in(database, [at(9), at(9, 30)], at(8, 59))
    with database.writing() as session:
        rows = [row for row in tell(session) if row[3] == URGENT]
        assert [row[0] for row in rows] == ["09:00", "09:30"]
        own = [slot for slot in list_slots(session, "ia-dom") if slot.name.startswith("Khẩn cấp")]
        assert [slot.name for slot in own] == ["Khẩn cấp 09:00", "Khẩn cấp 09:30"]
        # Later plans, another slot and the night's filling know nothing of it.
        add_slot(
            session, "ia-dom", name="Trưa", starts=time(9), duration_minutes=60, valid_from=date(2026, 3, 3)
        )
    break_in(database, [at(14)], at(13, 59))
    with database.reading() as session:
        assert ("14:00", "script/bao@1", "planned", URGENT) in tell(session)


def test_filling_again_leaves_bulletins_and_their_sessions_alone(database, station):
    break_in(database, [at(17, 20)], at(8))
    with database.reading() as session:
        before = tell(session)
    with database.writing() as session:
        fill_schedule(session, stations=["ia-dom"], first=DAY, last=DAY, goals=(), now=at(8, 5), seed=9)
    with database.reading() as session:
        after = tell(session)
    assert [row for row in after if row[0] > "12"] == [row for row in before if row[0] > "12"]


def test_bulletins_do_not_break_into_each_other(database, station):
    break_in(database, [at(9)], at(8, 59))
    break_in(database, [at(9, 1)], at(8, 59))
    with database.reading() as session:
        assert [row[0] for row in tell(session) if row[3] == URGENT] == ["09:00", "09:02"]


def test_calling_off_gives_back_what_has_not_begun(database, station):
    with database.reading() as session:
        before = tell(session)
    done = break_in(database, [at(5, 10), at(17, 20)], at(5, 9))
    with database.writing() as session:
        days = call_off(session, done.to_row(), now=at(12))
        assert DAY in days
    with database.reading() as session:
        rows = tell(session)
    evening = [row for row in rows if row[0] > "12" and row[3] != "moved"]
    assert evening == [row for row in before if row[0] > "12"]
    assert [row for row in rows if row[0] < "06"] != [row for row in before if row[0] < "06"], (
        "the morning is past and stays as it was"
    )


def test_calling_off_at_once_leaves_the_day_as_it_was(database, station):
    with database.reading() as session:
        before = [one.model_dump() for one in list_airings(session, station="ia-dom", first=DAY)]
    done = break_in(database, [at(5, 10), at(5, 20), at(17, 5), at(19)], at(4, 30))
    with database.writing() as session:
        call_off(session, done.to_row(), now=at(4, 31))
    with database.reading() as session:
        assert [one.model_dump() for one in list_airings(session, station="ia-dom", first=DAY)] == before


def test_quiet_hours_are_found_in_time(station):
    length = timedelta(minutes=2)
    assert find_quiet(station, [at(9), at(21, 57)], length) is None
    assert find_quiet(station, [at(9), at(21, 59)], length) == at(22)
    assert find_quiet(station, [at(3, 59)], length) == at(3, 59)
    assert find_quiet(station, [at(4)], length) is None
    assert find_quiet(station, [], length) is None


def test_repeats_end_before_the_bulletin_expires():
    hourly = timedelta(hours=1)
    assert list_moments(at(9), times=3, every=hourly, until=at(23)) == [at(9), at(10), at(11)]
    assert list_moments(at(9), times=3, every=hourly, until=at(11)) == [at(9), at(10)]
    assert list_moments(at(9), times=1, every=hourly, until=at(9)) == []


def test_airings_of_a_bulletin_tell_who_ordered_it(database, station):
    break_in(database, [at(9)], at(8, 59))
    with database.reading() as session:
        (urgent,) = session.exec(select(Airing).where(Airing.reason_code == URGENT)).all()
        assert urgent.reason == "Tin khẩn cấp “Bão số 3”, theo lệnh của Y Minh"


@pytest.mark.parametrize("hindrance", ["stands in the evening", "is past its last day", "nothing"])
def test_what_moves_is_not_heard_twice_in_a_day_nor_past_its_validity(database, station, hindrance):
    tomorrow = DAY + timedelta(days=1)
    with database.writing() as session:
        today = list_airings(session, station="ia-dom", first=DAY)
        lost = session.get_one(Asset, today[4].asset_id)
        for one in today:
            if one.starts_at > at(12):
                session.delete(one)  # nothing has room on the day itself
        rows = list_airings(session, station="ia-dom", first=tomorrow)
        morning = [one for one in rows if one.starts_at < rows[0].starts_at + timedelta(hours=1)]
        evening = [one for one in rows if one not in morning]
        for one in rows:
            if one.asset_id == lost.id or one is morning[-2]:
                session.delete(one)  # room for the one that is lost today
        session.flush()
        if hindrance == "stands in the evening":
            kept = next(one for one in evening if one.role is ItemRole.SEGMENT and one.asset_id != lost.id)
            kept.asset_id = lost.id
            session.add(kept)
        elif hindrance == "is past its last day":
            lost.valid_until = DAY
            session.add(lost)
        session.flush()
    break_in(database, [at(5, 10), at(5, 20), at(5, 24)], at(5, 9))
    with database.reading() as session:
        moved = [
            one.asset_id
            for one in list_airings(session, station="ia-dom", first=tomorrow)
            if one.reason_code == "moved"
        ]
    assert (lost.id in moved) == (hindrance == "nothing")


def test_what_moves_heeds_bans(database, station):
    with database.writing() as session:
        for number in range(9):
            ban(
                session,
                asset_key=f"script/{number}@1",
                station="ia-dom",
                slot="Chiều",
                by="lan",
                now=at(5),
                zone=HANOI,
            )
    break_in(database, [at(5, 10), at(5, 20), at(5, 24)], at(5, 9))
    with database.reading() as session:
        moved = [
            one
            for day in (DAY, DAY + timedelta(days=1))
            for one in list_airings(session, station="ia-dom", first=day)
            if one.reason_code == "moved"
        ]
    assert {one.slot_id for one in moved} <= {list_slots_of(database)["Sáng"]}


def list_slots_of(database):
    with database.reading() as session:
        return {slot.name: slot.id for slot in list_slots(session, "ia-dom")}


def test_calling_off_after_a_re_planning_takes_nothing_else_and_overlaps_nothing(database, station):
    done = break_in(database, [at(5, 10), at(5, 20), at(5, 24)], at(5, 9))
    with database.writing() as session:
        (copy,) = [
            one for one in list_airings(session, station="ia-dom", first=DAY) if one.reason_code == "moved"
        ][:1]
        moment = (copy.slot_id, copy.starts_at, copy.ends_at, copy.id)
        session.delete(copy)
        session.flush()
        spare = add_piece(session, "script/spare@1", minutes=7)
        session.add(
            Airing(
                id=moment[3], station_id=copy.station_id, slot_id=moment[0], local_date=DAY, position=6,
                role=ItemRole.SEGMENT, asset_id=spare.id, starts_at=moment[1], ends_at=moment[2],
                reason_code="variety",
            )
        )  # fmt: skip
    with database.writing() as session:
        call_off(session, done.to_row(), now=at(5, 9))
    with database.reading() as session:
        sounds = sounding(session)
    assert spare.id in {one.asset_id for one in sounds}, "another airing under the number of the copy stays"
    for first, second in pairwise(sounds):
        assert first.ends_at <= second.starts_at
