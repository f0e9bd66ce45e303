"""What planning would bring is said once: until it is made, noted, or more."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from assets.catalogue import add_asset
from scheduler.drafts import list_changes
from scheduler.models import Slot
from studio.arranging.drafts import Wanted, apply_draft, keep_draft, propose_draft, undo_change
from studio.jobs.daily import HORIZON_DAYS, plan_horizon
from studio.people.accounts import find_user
from studio.people.audit import list_entries
from studio.planning.plans import find_plan
from studio.planning.targets import set_targets
from studio.reminders.board import list_reminders
from studio.reminders.models import ReminderKind
from tests.studio.planning.district import District, target
from tests.studio.web.world import DAY, NOW, World, csrf_of, describe_sound

TOMORROW = DAY + timedelta(days=1)
DAYS = {"first_date": TOMORROW, "last_date": date(2026, 12, 31), "station": "ia-dom"}


@pytest.fixture
def full(world: World) -> World:
    """A session a day that is full with two pieces, planned; then a target that nothing serves."""
    with world.database.writing() as session:
        for slot in session.exec(select(Slot)):
            slot.duration_minutes = 3
            slot.valid_until = DAY if slot.name == "Chiều" else None
    assert plan(world)["waiting_goals"] == 0
    with world.database.writing() as session:
        set_targets(session, District(session).add_plan(), [target("30", 5, **DAYS)])
    return world


def plan(world: World, night: int = 0):
    now = NOW + timedelta(days=night)
    return plan_horizon(
        world.database, TOMORROW + timedelta(days=night), clock=lambda: now, report=lambda *_: None
    )


def approve(world: World, number: int, theme: str):
    with world.database.writing() as session:
        asset, renditions = describe_sound(number, f"{number:064}")
        asset.theme = theme
        add_asset(session, asset, renditions)


def told(world: World, username: str = "lan"):
    with world.database.reading() as session:
        user = find_user(session, username)
        shown = list_reminders(session, user, now=NOW, zone=world.settings.timezone)
        return [one for one in shown if one.kind is ReminderKind.REPLAN_WAITS]


def test_a_piece_and_a_target_that_a_draft_would_serve_are_said_with_the_way_there(full: World):
    plan(full)
    assert told(full) == [], "a target that nothing can serve is no reason to plan"
    approve(full, 7, "30")
    assert plan(full)["changed"] == 0, "the night leaves it to a person"
    (one,) = told(full)
    assert one.sentence == (
        "1 tiết mục đã duyệt chưa từng được xếp và 1 chỉ tiêu còn thiếu: "
        "lập bản nháp 02/12 – 15/12/2026 là có thêm."
    )
    assert told(full, "sep") == [], "who may not plan is not asked to"
    client = full.signed_in("lan")
    assert one.sentence in client.get("/today").text
    form = client.get(one.address).text
    assert 'value="02/12/2026"' in form
    assert 'value="15/12/2026"' in form


def test_it_goes_when_the_draft_is_applied_and_comes_back_when_that_is_undone(full: World):
    approve(full, 7, "30")
    plan(full)
    later = NOW + timedelta(minutes=1)
    last = TOMORROW + timedelta(days=HORIZON_DAYS - 1)
    with full.database.writing() as session:
        lan, wanted = find_user(session, "lan"), Wanted(TOMORROW, last)
        change = keep_draft(session, propose_draft(session, wanted, now=later), wanted, by=lan, now=later)
        apply_draft(session, change.id, by=lan, now=later)
    assert told(full) == []
    with full.database.writing() as session:
        undo_change(session, list_changes(session)[0].id, by=lan, now=later)
    assert len(told(full)) == 1


def test_what_was_noted_is_not_said_again_the_next_night_but_what_comes_to_it_is(full: World):
    approve(full, 7, "30")
    plan(full)
    (one,) = told(full)
    assert plan(full, night=1)["waiting_goals"] == 1
    (same,) = told(full)
    assert (same.id, same.made_at) == (one.id, one.made_at), "said once"
    assert "16/12/2026" in same.sentence
    client = full.signed_in("lan")
    closed = client.post(f"/reminders/{one.id}/close", data={"csrf": csrf_of(client, "/today")})
    assert closed.status_code == 303
    plan(full, night=2)
    assert told(full) == []
    approve(full, 8, "1")
    with full.database.writing() as session:
        set_targets(session, find_plan(session), [target("30", 5, **DAYS), target("1", 5, **DAYS)])
    plan(full, night=3)
    (again,) = told(full)
    assert again.made_at == NOW + timedelta(days=3)
    with full.database.writing() as session:
        assert [entry.by for entry in list_entries(session, subject="reminder/replan-waits")] == ["lan"]
