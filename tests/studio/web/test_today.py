"""Today: what airs where, what is missing for tomorrow; the stations; relays among them; what was late."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import select

from scheduler.models import Slot, Station, StationKind
from scheduler.slots import add_slot
from studio.jobs.models import ClockFiring
from studio.jobs.queue import enqueue
from studio.reminders.board import refresh_reminders
from tests.studio.web.world import DAY, NOW, World, add_day


def set_relay(world: World, station: str, *, alone: bool) -> None:
    with world.database.writing() as session:
        for slot in session.exec(select(Slot).join(Station).where(Station.code == station)).all():
            slot.valid_until = DAY if alone else None
        add_slot(
            session, station, name="Thời sự", starts=time(6), duration_minutes=30, relay_source="VOV1",
            valid_from=DAY,
        )  # fmt: skip


def count_questions(world: World, address: str) -> int:
    client, asked = world.signed_in("lan"), []

    def note(*given: object) -> None:
        asked.append(given[2])

    event.listen(world.database.engine, "before_cursor_execute", note)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(world.database.engine, "before_cursor_execute", note)
    return len(asked)


@pytest.mark.parametrize("address", [f"/today?day={DAY}", "/today", "/stations"])
def test_more_stations_ask_the_database_no_more_often(world: World, address: str):
    with world.database.writing() as session:
        refresh_reminders(session, now=NOW, zone=world.settings.timezone)
    few = count_questions(world, address)
    with world.database.writing() as session:
        for number in range(3, 9):
            code, name = f"xa-{number}", f"Xã {number}"
            session.add(
                Station(id=number, code=code, name=name, kind=StationKind.COMMUNE, preset="loudspeaker")
            )
            session.flush()
            add_day(session, number)
        refresh_reminders(session, now=NOW, zone=world.settings.timezone)
    assert count_questions(world, address) == few


def test_a_station_that_only_relays_is_neither_empty_nor_of_no_minutes(world: World):
    set_relay(world, "ia-dal", alone=True)
    set_relay(world, "ia-dom", alone=False)
    tomorrow = (DAY + timedelta(days=1)).isoformat()
    client = world.signed_in("lan")
    page = client.get("/today").text
    assert "Ia Đal: chưa xếp lịch" not in page
    assert "Ia Dom: chưa xếp lịch" in page
    for address in (f"/stations/ia-dal?day={tomorrow}", f"/today?day={tomorrow}"):
        assert 'number">tiếp âm 30 phút<' in client.get(address).text
    week = client.get(f"/stations/ia-dal/week?day={tomorrow}").text
    assert week.count('<article class="relay">') == 6  # from Tuesday to Sunday


def test_how_late_a_task_was_is_said_as_people_do(world: World):
    with world.database.writing() as session:
        for number, late in enumerate((2, 45, 1360, 4330)):
            job = enqueue(session, kind="remind", payload={}, dedupe_key=f"{number}", asked_by="", now=NOW)
            session.flush()
            session.add(
                ClockFiring(
                    key=f"remind/{number}", timer="remind", local_date=date(2026, 11, 1 + number), by="",
                    due_at=NOW - timedelta(minutes=late), fired_at=NOW, job_id=job.id,
                )
            )  # fmt: skip
    page = world.signed_in("quan").get("/clock").text
    for words in ("đúng giờ", "muộn 45 phút", "muộn 22 giờ 40 phút", "muộn 3 ngày"):
        assert words in page
