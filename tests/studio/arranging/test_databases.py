"""A schedule drafted, pinned, banned, applied, undone and tidied up, on SQLite and on PostgreSQL."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from assets.models import Asset
from scheduler.by_hand import lift, list_hand_rules
from scheduler.changes import ChangeState
from scheduler.drafts import DraftStale, UndoTooLate, find_change, list_changes
from scheduler.filling import fill_schedule
from scheduler.models import Airing, PlacementRun
from scheduler.retention import drop_details
from studio.arranging.drafts import (
    Wanted,
    apply_draft,
    find_last_applied,
    keep_draft,
    propose_draft,
    undo_change,
)
from studio.arranging.hands import ban_piece, pin_piece
from studio.arranging.showing import describe_shown, show_change, show_rules
from studio.arranging.waiting import find_gain
from studio.jobs.daily import drop_versions, plan_horizon
from studio.people.accounts import add_user
from studio.people.audit import list_entries
from studio.people.models import Role
from studio.reminders.models import Reminder
from tests.scheduler.test_drafts import FIRST, HANOI, LAST, NOW, STATIONS, furnish

WANTED = Wanted(FIRST, LAST, STATIONS, cause="thử")
LATER = NOW + timedelta(days=500)


@pytest.fixture
def database(either_database):
    return either_database


def snapshot(session):
    rows = session.exec(
        select(Airing.local_date, Airing.station_id, Airing.slot_id, Asset.key, Airing.starts_at)
        .join(Asset)
        .order_by(Airing.starts_at, Airing.station_id)
    )
    return [tuple(row) for row in rows]


def draft(session, lan):
    return keep_draft(session, propose_draft(session, WANTED, now=NOW), WANTED, by=lan, now=NOW)


def test_from_the_first_filling_to_the_tidying_up(database):
    with database.writing() as session:
        furnish(session)
        lan = add_user(
            session, username="lan", full_name="Y Lan", role=Role.PRODUCER, password="m" * 12,
            station_code=None, now=NOW,
        )  # fmt: skip
        fill_schedule(session, stations=STATIONS, first=FIRST, last=LAST, goals=(), now=NOW)
    with database.writing() as session:
        filled = snapshot(session)
        where = {"station": "ia-dom", "slot": "sáng", "day": date(2026, 3, 5)}
        absent = min({f"script/{number}@1" for number in range(14)} - pieces_on(session, where["day"]))
        pinned = pin_piece(session, absent, **where, by=lan, now=NOW)
        banned = next(key for _, station, _, key, _ in filled if station == 2)
        ban_piece(session, banned, station="ia-dal", by=lan, now=NOW, zone=HANOI, reason="lỗi thời")
        assert [one.where for one in show_rules(session, since=FIRST, now=NOW)] == [
            "Đài ia-dal", "Đài ia-dom · sáng · 05/03/2026",
        ]  # fmt: skip
        first = draft(session, lan)
        assert snapshot(session) == filled
    with database.writing() as session:
        lift(session, pinned.id, by="lan", now=NOW)
        with pytest.raises(DraftStale):
            apply_draft(session, first.id, by=lan, now=NOW)
        pin_piece(session, absent, **where, by=lan, now=NOW)
        apply_draft(session, first.id, by=lan, now=NOW)
        after = snapshot(session)
        assert absent in pieces_on(session, where["day"])
        assert banned not in {key for _, station, _, key, _ in after if station == 2}
        told = describe_shown(show_change(session, first))
        assert told["added"] == sum(len(day["added"]) for day in told["days"])
    with database.writing() as session:
        assert find_last_applied(session).id == first.id
        for rule in list_hand_rules(session):
            lift(session, rule.id, by="lan", now=NOW)
        undo_change(session, first.id, by=lan, now=NOW)
        assert snapshot(session) == filled
        assert find_gain(session, FIRST, LAST, now=NOW).pieces == ()
    with database.writing() as session:
        open_draft = keep_draft(
            session, propose_draft(session, Wanted(FIRST, LAST, afresh=True, seed=5), now=NOW), WANTED,
            by=lan, now=NOW,
        )  # fmt: skip
        assert drop_versions(session, LAST, now=LATER) == 0, "the last day itself is not over"
        assert drop_versions(session, LAST + timedelta(days=1), now=LATER) == len(list_changes(session))
        assert drop_versions(session, LAST + timedelta(days=1), now=LATER) == 0, "once"
        assert snapshot(session) == filled, "what airs is no part of it"
        (entry,) = list_entries(session, subject="schedule")
        assert (entry.by, entry.after["drafts"]) == ("system", [open_draft.id])
    with database.writing() as session:
        assert session.exec(select(PlacementRun)).all() == []
        assert find_change(session, open_draft.id).state is ChangeState.DISCARDED
        kept = find_change(session, 1)
        assert (kept.before, kept.after, kept.has_details) == ([], [], False)
        assert (kept.counts["added"], kept.state) == (len(filled), ChangeState.APPLIED)
        assert show_change(session, kept).headline.startswith(f"Thêm {len(filled)}")
        with pytest.raises(UndoTooLate, match="đã qua"):
            undo_change(session, kept.id, by=lan, now=LATER)
        assert drop_details(session, date(2020, 1, 1), by="system", now=LATER).versions == ()


def test_the_night_finds_what_waits(database):
    with database.writing() as session:
        furnish(session)
    for _ in range(2):
        done = plan_horizon(database, FIRST, clock=lambda: NOW, report=lambda *_: None)
    assert (done["changed"], done["waiting_pieces"], done["waiting_goals"]) == (0, 0, 0)
    with database.reading() as session:
        assert session.exec(select(Reminder)).all() == []


def test_the_night_holds_up_nobody_and_plans_around_what_was_changed_meanwhile(database):
    with database.writing() as session:
        furnish(session)
        lan = add_user(
            session, username="lan", full_name="Y Lan", role=Role.PRODUCER, password="m" * 12,
            station_code=None, now=NOW,
        )  # fmt: skip
    said = []

    def ban_meanwhile(_share, words):
        if words.startswith("xếp ") and not said:
            said.append(words)
            with database.writing() as other:
                ban_piece(other, "script/3@1", by=lan, now=NOW, zone=HANOI)

    done = plan_horizon(database, FIRST, clock=lambda: NOW, report=ban_meanwhile)
    assert said
    with database.reading() as session:
        keys = {key for _, _, _, key, _ in snapshot(session)}
        (version,) = list_changes(session)
    assert len(keys) == 13
    assert "script/3@1" not in keys
    assert done["changed"] == version.counts["added"] > 0
    assert (version.closed_by, version.state) == ("system", ChangeState.APPLIED)


def pieces_on(session, day):
    rows = session.exec(
        select(Asset.key).join(Airing).where(Airing.station_id == 1, Airing.local_date == day)
    )
    return set(rows)
