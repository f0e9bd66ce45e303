"""Drafts, versions, undo, pins and bans in the database, over random lives as well."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlmodel import select

from assets.catalogue import find_asset, retire_asset
from assets.errors import LoaError
from assets.models import Priority
from playlists.builder import NothingPlanned, publish_day
from playlists.models import Playlist
from scheduler.by_hand import (
    BanPast,
    BanPinned,
    HandRuleUnknown,
    PinBanned,
    PinImpossible,
    SessionFixed,
    ban,
    lift,
    list_hand_rules,
    pin,
)
from scheduler.changes import ChangeState, ScheduleChange
from scheduler.drafts import (
    ChangeClosed,
    ChangeUnknown,
    DraftStale,
    UndoBlocked,
    UndoTooLate,
    apply_draft,
    discard_draft,
    keep_draft,
    propose,
    undo_change,
)
from scheduler.filling import fill_schedule, list_airings
from scheduler.keeping import NEAR
from scheduler.models import Airing, AiringState, ItemRole
from scheduler.slot_changes import change_following
from scheduler.slots import add_slot, find_slot
from scheduler.stations import add_station
from studio.database import Database, make_engine
from tests.scheduler.fixtures import add_piece, make_goal, make_station

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST, LAST = date(2026, 3, 2), date(2026, 3, 8)
NOW = datetime(2026, 2, 28, 20, tzinfo=UTC)
STATIONS = ("ia-dom", "ia-dal")


def furnish(session):
    for code in STATIONS:
        add_station(session, make_station(code, quiet_from=time(21), quiet_until=time(4, 30)))
        for name, starts in (("sáng", time(5)), ("chiều", time(17))):
            add_slot(
                session, code, name=name, starts=starts, duration_minutes=20, valid_from=date(2026, 1, 1)
            )
    for number in range(14):
        add_piece(session, f"script/{number}@1", minutes=4 + number / 7, theme=f"{number % 4 + 1}")


@pytest.fixture
def session(database):
    with database.writing() as opened:
        furnish(opened)
        fill_schedule(opened, stations=STATIONS, first=FIRST, last=LAST, goals=(), now=NOW)
        yield opened


def draft(session, *, now=NOW, goals=(), afresh=False, cause="thử"):
    proposal = propose(
        session, stations=STATIONS, first=FIRST, last=LAST, goals=goals, now=now, afresh=afresh
    )
    return keep_draft(session, proposal, by="minh", now=now, cause=cause, afresh=afresh)


def snapshot(session):
    """What airs, without the ids that a schedule put back may not have again."""
    rows = session.exec(select(Airing).order_by(Airing.station_id, Airing.starts_at, Airing.position))
    return [row.model_dump(exclude={"id"}) for row in rows]


def withdraw(session, key, now=NOW):
    retire_asset(session, key, now=now)


def some_airing(session, day=FIRST, station="ia-dom"):
    return next(one for one in list_airings(session, station=station, first=day))


def key_of(session, airing):
    from assets.models import Asset

    return session.get_one(Asset, airing.asset_id).key


def test_a_draft_changes_nothing_until_it_is_applied_and_undo_restores(session):
    before = snapshot(session)
    key = key_of(session, some_airing(session))
    withdraw(session, key)
    made = draft(session)
    assert snapshot(session) == before
    assert made.state is ChangeState.DRAFT
    assert made.counts["removed"] >= 1
    assert made.counts["unchanged"] > made.counts["removed"]
    applied = apply_draft(session, made.id, by="minh", now=NOW)
    after = snapshot(session)
    gone = find_asset(session, key).id
    assert not any(row["asset_id"] == gone for row in after)
    assert (applied.state, applied.closed_by) == (ChangeState.APPLIED, "minh")
    with pytest.raises(UndoBlocked, match="không được phát nữa"):
        undo_change(session, made.id, by="minh", now=NOW)


def test_undo_puts_everything_back(session):
    before = snapshot(session)
    add_piece(session, "script/new@1", minutes=5, priority=Priority.PRIORITY, theme="9")
    made = draft(session)
    apply_draft(session, made.id, by="minh", now=NOW)
    assert snapshot(session) != before
    undone = undo_change(session, made.id, by="lan", now=NOW)
    assert snapshot(session) == before
    assert (undone.state, undone.undone_by) == (ChangeState.UNDONE, "lan")
    with pytest.raises(ChangeClosed, match="đã hoàn tác"):
        undo_change(session, made.id, by="lan", now=NOW)


def test_undo_is_refused_once_something_was_published_aired_or_changed(session):
    add_piece(session, "script/new@1", minutes=5, priority=Priority.PRIORITY, theme="9")
    made = draft(session)
    apply_draft(session, made.id, by="minh", now=NOW)
    later = datetime(2026, 3, 2, 1, tzinfo=UTC)  # after the first morning
    with pytest.raises(UndoTooLate, match="02/03/2026"):
        undo_change(session, made.id, by="minh", now=later)
    publish_day(session, "ia-dal", date(2026, 3, 5), now=NOW)
    with pytest.raises(UndoTooLate, match=r"ia-dal ngày 05/03/2026 đã phát hành"):
        undo_change(session, made.id, by="minh", now=NOW)


def test_undo_is_refused_where_a_later_change_stands(session):
    add_piece(session, "script/new@1", minutes=5, priority=Priority.PRIORITY, theme="9")
    first = draft(session)
    apply_draft(session, first.id, by="minh", now=NOW)
    add_piece(session, "script/newer@1", minutes=5, priority=Priority.URGENT, theme="9")
    second = draft(session)
    apply_draft(session, second.id, by="minh", now=NOW)
    with pytest.raises(UndoBlocked, match="sửa tiếp"):
        undo_change(session, first.id, by="minh", now=NOW)
    middle = snapshot(session)
    undo_change(session, second.id, by="minh", now=NOW)
    undo_change(session, first.id, by="minh", now=NOW)
    assert snapshot(session) != middle


def test_a_draft_whose_base_changed_is_refused(session):
    add_piece(session, "script/new@1", minutes=5, priority=Priority.PRIORITY, theme="9")
    made = draft(session)
    withdraw(session, "script/new@1")
    with pytest.raises(DraftStale, match="thay đổi từ khi lập"):
        apply_draft(session, made.id, by="minh", now=NOW)
    assert made.state is ChangeState.DRAFT


@pytest.mark.parametrize("deed", ["published", "begun", "other draft", "pin", "urgent"])
def test_whatever_happens_meanwhile_the_draft_is_refused_and_writes_nothing(session, deed):
    add_piece(session, "script/new@1", minutes=5, priority=Priority.PRIORITY, theme="9")
    made, other = draft(session), draft(session)
    now = NOW
    if deed == "published":
        publish_day(session, "ia-dom", date(2026, 3, 4), now=NOW)
    elif deed == "begun":
        now = datetime(2026, 3, 4, 1, tzinfo=UTC)
    elif deed == "other draft":
        apply_draft(session, other.id, by="lan", now=NOW)
    elif deed == "pin":
        pin(session, station="ia-dom", slot="sáng", day=date(2026, 3, 3), asset_key="script/1@1",
            by="lan", now=NOW)  # fmt: skip
    else:
        row = some_airing(session, date(2026, 3, 3))
        row.starts_at += timedelta(minutes=1)
        row.ends_at += timedelta(minutes=1)
        session.add(row)
    session.flush()
    before = snapshot(session)
    with pytest.raises(DraftStale):
        apply_draft(session, made.id, by="minh", now=now)
    assert snapshot(session) == before


def test_time_that_passes_does_not_spoil_a_draft_that_does_not_touch_it(session):
    withdraw(session, key_of(session, some_airing(session, LAST)))
    made = draft(session, now=datetime(2026, 3, 6, tzinfo=UTC))
    apply_draft(session, made.id, by="minh", now=datetime(2026, 3, 6, 8, tzinfo=UTC))


def test_closed_and_unknown_drafts(session):
    made = draft(session, afresh=True, goals=[make_goal("1", 20)])
    discard_draft(session, made.id, by="minh", now=NOW)
    for deed in (apply_draft, discard_draft, undo_change):
        with pytest.raises(ChangeClosed, match="đã bỏ"):
            deed(session, made.id, by="minh", now=NOW)
        with pytest.raises(ChangeUnknown, match="99"):
            deed(session, 99, by="minh", now=NOW)


def test_published_near_and_past_sessions_stay(session):
    publish_day(session, "ia-dom", date(2026, 3, 5), now=NOW)
    for number in range(4):
        add_piece(session, f"script/new-{number}@1", minutes=4, priority=Priority.PRIORITY, theme="9")
    now = datetime(2026, 3, 2, 23, tzinfo=UTC)  # six in the morning of the 3rd
    made = draft(session, now=now, afresh=True, goals=[make_goal("2", 60)])
    touched = {(row["station"], row["day"]) for row in made.before}
    assert not {day for _, day in touched} & {"2026-03-02"}
    assert ("ia-dom", "2026-03-05") not in touched
    assert ("ia-dal", "2026-03-05") in touched
    begins = [one["starts_at"] for row in made.before for one in row["airings"]]
    assert min(map(datetime.fromisoformat, begins)) >= now + NEAR


def test_a_piece_withdrawn_for_tomorrow_is_replaced_though_it_is_near(session):
    airing = some_airing(session)
    withdraw(session, key_of(session, airing))
    now = airing.starts_at - timedelta(hours=3)
    made = draft(session, now=now)
    apply_draft(session, made.id, by="minh", now=now)
    rows = list_airings(session, station="ia-dom", first=FIRST)
    assert airing.asset_id not in {row.asset_id for row in rows}
    assert {row.slot_id for row in rows} >= {airing.slot_id}


def test_an_empty_published_day_is_not_filled(session):
    publish_day(session, "ia-dom", date(2026, 3, 5), now=NOW)
    for row in list_airings(session, station="ia-dom", first=date(2026, 3, 5)):
        session.delete(row)
    session.flush()
    fill_schedule(session, stations=STATIONS, first=FIRST, last=LAST, goals=(), now=NOW)
    assert list_airings(session, station="ia-dom", first=date(2026, 3, 5)) == []


def test_pins_and_bans_are_followed_listed_and_taken_back(session):
    day = date(2026, 3, 4)
    kept = pin(
        session, station="ia-dom", slot="sáng", day=day, asset_key="script/3@1", by="lan", now=NOW,
        reason=" họp xã ",
    )  # fmt: skip
    assert kept.reason == "họp xã"
    never = ban(session, asset_key="script/5@1", station="ia-dom", by="lan", now=NOW, zone=HANOI)
    assert (
        ban(session, asset_key="script/5@1", station="ia-dom", by="lan", now=NOW, zone=HANOI).id == never.id
    )
    assert [one.id for one in list_hand_rules(session)] == [never.id, kept.id]
    apply_draft(session, draft(session, afresh=True).id, by="minh", now=NOW)
    pinned, banned = find_asset(session, "script/3@1").id, find_asset(session, "script/5@1").id
    morning = kept.slot_id
    assert any(
        row.asset_id == pinned for row in list_airings(session, station="ia-dom", first=day)
        if row.slot_id == morning
    )  # fmt: skip
    heard = {row.asset_id for row in list_airings(session, station="ia-dom", first=FIRST, last=LAST)}
    assert banned not in heard
    elsewhere = {row.asset_id for row in list_airings(session, station="ia-dal", first=FIRST, last=LAST)}
    assert banned in elsewhere
    lift(session, never.id, by="lan", now=NOW)
    assert [one.id for one in list_hand_rules(session)] == [kept.id]
    with pytest.raises(HandRuleUnknown):
        lift(session, never.id, by="lan", now=NOW)


def test_hands_against_the_rules_are_refused_with_the_reason(session):
    where = {"station": "ia-dom", "slot": "sáng", "by": "lan", "now": NOW}
    day = date(2026, 3, 4)
    add_piece(session, "script/draft@1", approved=False)
    add_piece(session, "script/old@1", valid_until=date(2026, 3, 3))
    add_piece(session, "script/jrai@1", language="jra")
    add_piece(session, "script/radio@1", presets=("radio",))
    add_piece(session, "script/long@1", minutes=21)
    for key, why in (
        ("script/draft@1", "chưa được duyệt"),
        ("script/old@1", "thời hạn"),
        ("script/jrai@1", "ngôn ngữ"),
        ("script/radio@1", "bản tiếng"),
        ("script/long@1", "giây"),
    ):
        with pytest.raises(PinImpossible, match=why):
            pin(session, day=day, asset_key=key, **where)
    withdraw(session, "script/9@1")
    with pytest.raises(PinImpossible, match="rút"):
        pin(session, day=day, asset_key="script/9@1", **where)
    kept = pin(session, day=day, asset_key="script/1@1", **where)
    assert pin(session, day=day, asset_key="script/1@1", **where).id == kept.id
    with pytest.raises(PinImpossible, match="sáng"):
        pin(session, day=day, asset_key="script/1@1", **{**where, "slot": "chiều"})
    with pytest.raises(BanPinned):
        ban(session, asset_key="script/1@1", by="lan", now=NOW, zone=HANOI)
    with pytest.raises(BanPast):
        ban(session, asset_key="script/2@1", last=date(2026, 2, 1), by="lan", now=NOW, zone=HANOI)
    # Half past ten in the evening of the last day in Hà Nội is past already by the clock of Auckland.
    evening = {"last": date(2026, 3, 3), "by": "lan", "now": datetime(2026, 3, 3, 15, 30, tzinfo=UTC)}
    with pytest.raises(BanPast):
        ban(session, asset_key="script/3@1", zone=ZoneInfo("Pacific/Auckland"), **evening)
    lift(session, ban(session, asset_key="script/3@1", zone=HANOI, **evening).id, by="lan", now=NOW)
    ban(session, asset_key="script/2@1", station="ia-dom", slot="sáng", by="lan", now=NOW, zone=HANOI)
    with pytest.raises(PinBanned):
        pin(session, day=day, asset_key="script/2@1", **where)
    with pytest.raises(SessionFixed, match="đã qua"):
        pin(session, day=FIRST, asset_key="script/4@1", **{**where, "now": NOW + timedelta(days=3)})
    publish_day(session, "ia-dom", date(2026, 3, 6), now=NOW)
    with pytest.raises(SessionFixed, match="phát hành"):
        pin(session, day=date(2026, 3, 6), asset_key="script/4@1", **where)


def test_a_pin_in_quiet_hours_is_refused(session):
    slot = find_slot(session, "ia-dom", "sáng")
    slot.starts = time(4)  # as a mistake of old data would have it
    session.add(slot)
    session.flush()
    with pytest.raises(PinImpossible, match="yên"):
        pin(session, station="ia-dom", slot="sáng", day=date(2026, 3, 4), asset_key="script/1@1",
            by="lan", now=NOW)  # fmt: skip


def test_what_stands_goes_along_when_a_slot_changes_for_good(session):
    """This and all following: another slot from that day on, with what stood in the old one."""
    day = date(2026, 3, 5)
    before = [
        (one.local_date, one.asset_id)
        for one in list_airings(session, station="ia-dom", first=day, last=LAST)
    ]
    ban(
        session,
        asset_key="script/0@1",
        station="ia-dom",
        slot="sáng",
        first=date(2026, 3, 9),
        by="lan",
        now=NOW,
        zone=HANOI,
    )
    change_following(session, find_slot(session, "ia-dom", "sáng"), day, starts=time(5, 30))
    made = draft(session)
    apply_draft(session, made.id, by="minh", now=NOW)
    rows = list_airings(session, station="ia-dom", first=day, last=LAST)
    assert sorted((one.local_date, one.asset_id) for one in rows) == sorted(before)
    assert made.counts["removed"] == made.counts["added"] == 0
    assert made.counts["moved"] > 0
    again = propose(
        session, stations=["ia-dom"], first=date(2026, 3, 9), last=date(2026, 3, 9), goals=(), now=NOW
    )
    banned = find_asset(session, "script/0@1").key
    morning = [one for one in again.placement.sessions if one.occurrence.slot == "sáng"]
    assert morning
    assert all(one.item.key != banned for ours in morning for one in ours.airings)


class Life(RuleBasedStateMachine):
    """Plan, apply, pin, ban, withdraw, publish, undo, and the clock, in any order."""

    @initialize()
    def furnish(self):
        self.database = Database(make_engine("sqlite://"))
        from sqlmodel import SQLModel

        SQLModel.metadata.create_all(self.database.engine)
        self.now = NOW
        self.fixed, self.undoable, self.published = {}, [], {}
        with self.database.writing() as session:
            furnish(session)
            fill_schedule(session, stations=STATIONS, first=FIRST, last=LAST, goals=(), now=NOW)

    def teardown(self):
        if hasattr(self, "database"):
            self.database.close()

    def remember(self, session):
        """From now on these stay: past airings, and those of published days."""
        for row in session.exec(select(Airing)):
            day = (row.station_id, row.local_date)
            if row.starts_at < self.now or day in self.published:
                self.fixed[row.id] = row.model_dump()

    def attempt(self, deed):
        try:
            with self.database.writing() as session:
                result = deed(session)
        except LoaError:
            result = None
        with self.database.reading() as session:
            self.remember(session)
        return result

    @rule(afresh=st.booleans(), goal=st.integers(1, 4), quantity=st.integers(0, 40))
    def plan(self, afresh, goal, quantity):
        with self.database.reading() as session:
            before = snapshot(session)
        goals = [make_goal(f"{goal}", quantity)] if quantity else ()
        self.attempt(lambda session: draft(session, now=self.now, afresh=afresh, goals=goals).id)
        with self.database.reading() as session:
            assert snapshot(session) == before, "a draft is no schedule"

    @rule()
    def apply(self):
        with self.database.reading() as session:
            waiting = session.exec(
                select(ScheduleChange).where(ScheduleChange.state == ChangeState.DRAFT)
            ).all()
            before = snapshot(session)
        if not waiting:
            return
        number = waiting[-1].id
        done = self.attempt(lambda session: apply_draft(session, number, by="minh", now=self.now).id)
        with self.database.reading() as session:
            after = snapshot(session)
        if done is None:
            assert after == before
            self.attempt(lambda session: discard_draft(session, number, by="minh", now=self.now))
        else:
            self.undoable.append((number, before, after))

    @precondition(lambda self: self.undoable)
    @rule()
    def undo(self):
        number, before, after = self.undoable.pop()
        with self.database.reading() as session:
            now_there = snapshot(session)
        done = self.attempt(lambda session: undo_change(session, number, by="minh", now=self.now).id)
        with self.database.reading() as session:
            left = snapshot(session)
        if done is None:
            assert left == now_there
        elif now_there == after:
            assert left == before, "put back exactly"

    @rule(piece=st.integers(0, 13), day=st.integers(0, 6), slot=st.sampled_from(("sáng", "chiều")))
    def pin(self, piece, day, slot):
        where = {"station": "ia-dom", "slot": slot, "day": FIRST + timedelta(days=day)}
        self.attempt(
            lambda session: pin(session, asset_key=f"script/{piece}@1", by="lan", now=self.now, **where).id
        )

    @rule(piece=st.integers(0, 13), station=st.sampled_from((None, *STATIONS)))
    def ban(self, piece, station):
        self.attempt(
            lambda session: (
                ban(
                    session,
                    asset_key=f"script/{piece}@1",
                    station=station,
                    by="lan",
                    now=self.now,
                    zone=HANOI,
                ).id
            )
        )

    @rule(piece=st.integers(0, 13))
    def withdraw(self, piece):
        self.attempt(lambda session: retire_asset(session, f"script/{piece}@1", now=self.now))

    @rule(day=st.integers(0, 6), station=st.sampled_from(STATIONS))
    def publish(self, day, station):
        local = FIRST + timedelta(days=day)

        def deed(session):
            try:
                version = publish_day(session, station, local, now=self.now)
            except NothingPlanned:
                return
            self.published[version.station_id, local] = None

        self.attempt(deed)

    @rule(hours=st.integers(1, 20))
    def wait(self, hours):
        self.now += timedelta(hours=hours)
        self.attempt(lambda session: None)

    @rule()
    def fill(self):
        self.attempt(
            lambda session: (
                fill_schedule(
                    session, stations=STATIONS, first=FIRST, last=LAST, goals=(), now=self.now, mend_only=True
                ).run_id
            )
        )
        self.undoable.clear()

    @invariant()
    def what_is_fixed_never_changes(self):
        if not hasattr(self, "database"):
            return
        with self.database.reading() as session:
            rows = {row.id: row.model_dump() for row in session.exec(select(Airing))}
            assert {number: rows.get(number) for number in self.fixed} == self.fixed
            for playlist in session.exec(select(Playlist)):
                airings = [
                    row for row in rows.values()
                    if (row["station_id"], row["local_date"]) == (playlist.station_id, playlist.local_date)
                    and row["state"] is not AiringState.PREEMPTED
                ]  # fmt: skip
                told = [entry["starts_at"] for entry in playlist.content["entries"]]
                assert sorted(map(datetime.fromisoformat, told)) == sorted(
                    row["starts_at"] for row in airings
                )

    @invariant()
    def nothing_overlaps_or_comes_twice_a_day(self):
        if not hasattr(self, "database"):
            return
        with self.database.reading() as session:
            rows = list(session.exec(select(Airing).order_by(Airing.station_id, Airing.starts_at)))
        for one, other in pairwise(rows):
            assert one.station_id != other.station_id or one.ends_at <= other.starts_at
        heard = [
            (row.station_id, row.local_date, row.asset_id) for row in rows if row.role is ItemRole.SEGMENT
        ]
        assert len(heard) == len(set(heard))


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=15, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
)
