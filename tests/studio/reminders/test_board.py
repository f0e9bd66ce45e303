"""What is to be reminded of, opened and closed by its cause, and shown to whom it concerns."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from assets.models import Asset
from playlists.builder import publish_day
from playlists.models import Playlist
from scheduler.asrun import mark_unconfirmed
from scheduler.models import Airing
from studio.jobs.daily import expire_assets, publish_everywhere
from studio.people.accounts import find_user
from studio.people.audit import list_entries
from studio.planning.models import Plan, Task, TaskState
from studio.reminders.board import (
    ReminderMissing,
    ReminderStands,
    close_reminder,
    list_reminders,
    refresh_reminders,
)
from studio.reminders.models import Reminder, ReminderKind
from studio.reports.models import ReportKind, ReportPeriod
from studio.scripts.deadlines import set_due
from tests.studio.web.world import DAY, NOW, World, csrf_of


def refresh(world: World, now=NOW):
    with world.database.writing() as session:
        return refresh_reminders(session, now=now, zone=world.settings.timezone)


def seen_by(world: World, username: str, now=NOW):
    with world.database.reading() as session:
        user = find_user(session, username)
        return list_reminders(session, user, now=now, zone=world.settings.timezone)


def kinds(shown):
    return sorted({one.kind.value for one in shown})


def test_empty_slots_of_tomorrow_are_said_until_they_are_filled(world: World):
    refresh(world)
    shown = seen_by(world, "lan")
    assert [one.sentence for one in shown] == [
        f"{name}: ngày 02/12/2026 còn 2 khung giờ trống (Sáng, Chiều)." for name in ("Ia Đal", "Ia Dom")
    ]
    with world.database.writing() as session:
        for airing in session.exec(select(Airing).where(Airing.station_id == 1)).all():
            values = airing.model_dump(exclude={"id", "local_date"})
            session.add(Airing(**values, local_date=DAY + timedelta(days=1)))
    assert len(seen_by(world, "lan")) == 1, "what was mended is gone at once, before the clock looks again"
    assert refresh(world) == (0, 1)
    assert refresh(world) == (0, 0)


def test_a_script_is_asked_for_two_days_before_it_is_due_and_not_after_it_is_approved(world: World):
    with world.database.writing() as session:
        lan = find_user(session, "lan")
        for code in ("nhap", "da-duyet"):
            set_due(session, code, DAY + timedelta(days=2), by=lan, now=NOW)
        set_due(session, "cho-duyet", DAY + timedelta(days=3), by=lan, now=NOW)
        assert list_entries(session, subject="script/nhap")[0].after == {"due_on": "2026-12-03"}
    refresh(world)
    (due,) = [one for one in seen_by(world, "lan") if one.kind is ReminderKind.SCRIPT_DUE]
    assert due.sentence == "Kịch bản “Nước sạch cho thôn 1” hạn 03/12/2026, đang soạn."
    assert "script-due" not in kinds(seen_by(world, "sep"))


def test_a_missing_log_concerns_the_centre_and_the_own_station(world: World):
    with world.database.writing() as session:
        for code in ("ia-dom", "ia-dal"):
            mark_unconfirmed(session, code, DAY, now=NOW + timedelta(days=1))
    now = NOW + timedelta(days=1)
    refresh(world, now)
    assert [one.sentence for one in seen_by(world, "truc", now)] == [
        "Ia Dom: chưa có nhật ký phát ngày 01/12/2026."
    ]
    missing = [one for one in seen_by(world, "minh", now) if one.kind is ReminderKind.LOG_MISSING]
    assert len(missing) == 2
    world.clock.now = now
    assert "chưa có nhật ký phát ngày 01/12/2026" in world.signed_in("truc").get("/stations/ia-dom").text


def test_a_report_that_is_due_concerns_the_manager(world: World):
    with world.database.writing() as session:
        plan = Plan(code="kh", title="Kế hoạch", year=2026, source_sha256="0", document={}, imported_at=NOW)
        session.add(plan)
        session.flush()
        for title, days, state in (
            ("Báo cáo 6 tháng", 7, TaskState.OPEN),
            ("Báo cáo năm", 8, TaskState.OPEN),
            ("Báo cáo quý", 1, TaskState.DONE),
        ):
            due_on = DAY + timedelta(days=days)
            session.add(Task(plan_id=plan.id, unit="ia-dom", title=title, due_on=due_on, state=state))
        for name, days, closed_at in (("Sáu tháng", 1, None), ("Quý III", 2, NOW), ("Năm", 0, None)):
            last = DAY - timedelta(days=days)
            session.add(
                ReportPeriod(
                    kind=ReportKind.COVERAGE, plan_id=plan.id, name=name, first_date=last, last_date=last,
                    made_by="sep", made_at=NOW, closed_at=closed_at,
                )
            )  # fmt: skip
    refresh(world)
    assert [one.sentence for one in seen_by(world, "sep")] == [
        "ia-dom: “Báo cáo 6 tháng” hạn 08/12/2026, chưa xong.",
        "Kế hoạch: “Sáu tháng” hạn 30/11/2026, chưa xong.",
    ]
    assert [one.address for one in seen_by(world, "sep")] == ["/targets", "/reports/1"]
    assert "report-due" not in kinds(seen_by(world, "lan"))


def publish(world: World, day: date, now):
    return publish_everywhere(world.database, day, clock=lambda: now, report=lambda _share, _words: None)


def test_one_station_that_cannot_be_published_stops_no_other_and_is_an_alarm(world: World):
    with world.database.writing() as session:  # the third piece airs at ia-dom only... make it unplayable
        asset = session.get_one(Asset, 4)
        asset.renditions.clear()
        session.delete(session.exec(select(Playlist)).one())
    counts = publish(world, DAY, NOW)
    assert (counts["published"], counts["failed"]) == (1, 1)
    (alarm,) = [one for one in seen_by(world, "truc") if one.kind is ReminderKind.PUBLISH_FAILED]
    assert "Ia Dom" in alarm.sentence
    with world.database.writing() as session:
        session.delete(session.exec(select(Airing).where(Airing.asset_id == 4)).first())
        for airing in session.exec(select(Airing).where(Airing.asset_id == 4)):
            session.delete(airing)
        session.flush()
        publish_day(session, "ia-dom", DAY, now=NOW + timedelta(minutes=1))
    assert ReminderKind.PUBLISH_FAILED.value not in kinds(seen_by(world, "truc"))


def test_what_has_happened_is_taken_note_of_by_a_person_and_what_stands_is_not(world: World):
    publish(world, DAY, NOW)  # ia-dal gets its day on that very day: late
    (late,) = [one for one in seen_by(world, "lan") if one.is_event]
    assert late.sentence.startswith("Ia Đal: gói ngày 01/12/2026 phát hành muộn, lúc 10:00 01/12/2026")
    client = world.signed_in("lan")
    page = client.get("/today").text
    assert late.sentence in page
    answer = client.post(f"/reminders/{late.id}/close", data={"csrf": csrf_of(client, "/clock")})
    assert answer.status_code == 303
    assert late.sentence not in client.get("/today").text
    publish(world, DAY, NOW)
    assert not [one for one in seen_by(world, "lan") if one.is_event], "said once, for good"
    refresh(world)
    with world.database.writing() as session:
        lan, truc = find_user(session, "lan"), find_user(session, "truc")
        (empty, *_) = session.exec(select(Reminder).where(Reminder.kind == ReminderKind.SLOT_EMPTY)).all()
        with pytest.raises(ReminderStands):
            close_reminder(session, empty.id, by=lan, now=NOW)
        for number in (9999, empty.id):
            with pytest.raises(ReminderMissing):
                close_reminder(session, number, by=truc, now=NOW)
        assert list_entries(session, subject="reminder/published-late/ia-dal/2026-12-01")[0].by == "lan"


def test_a_day_that_is_over_is_not_published_but_said(world: World):
    counts = publish(world, DAY, NOW + timedelta(days=1))
    assert counts["over"] == 2
    with world.database.reading() as session:
        keys = set(session.exec(select(Reminder.key)))
    assert keys == {"never-published/ia-dal/2026-12-01"}, "ia-dom had its version"


def test_a_piece_ends_with_its_last_valid_day(world: World):
    with world.database.writing() as session:
        for number, until in ((2, DAY - timedelta(days=1)), (3, DAY)):
            session.get_one(Asset, number).valid_until = until
    for _ in range(2):
        with world.database.writing() as session:
            expire_assets(session, DAY, now=NOW)
    with world.database.reading() as session:
        assert session.get_one(Asset, 2).retired_at == NOW
        assert session.get_one(Asset, 3).retired_at is None
        assert [entry.by for entry in list_entries(session, subject="asset/script/bai-1@1")] == ["system"]


def test_the_page_of_the_clock_tells_what_comes_and_what_was_done(world: World):
    from studio.jobs.timers import make_clock

    client = world.signed_in("quan")
    assert "Hiện không có máy nào trực giờ" in client.get("/clock").text
    make_clock(world.database, world.settings, world.clock, holder="may-1").check(NOW)
    page = client.get("/clock").text
    assert "Đang trực: may-1" in page
    assert "Phát hành gói phát ngày mai" in page
    assert world.signed_in("sep").get("/clock").status_code == 403
