"""Activities on the pages: recorded with a photo, found, deleted, brought back; own only."""

import re
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from studio.activities.models import Activity, Attachment
from studio.people.models import AuditEntry
from studio.planning.models import Measure, Target, Unit, UnitKind
from studio.planning.targets import set_targets
from studio.planning.units import add_unit, assign_station
from studio.web.templating import STATIC
from tests.studio.planning.district import District
from tests.studio.web.world import NOW, World, csrf_of

PHOTO = Path(STATIC, "icon-192.png").read_bytes()


@pytest.fixture
def planned(world: World) -> World:
    with world.database.writing() as session:
        plan = District(session).add_plan()
        for code, name in (("dom", "Xã Ia Dom"), ("dal", "Xã Ia Đal")):
            unit = add_unit(session, Unit(code=code, name=name, kind=UnitKind.COMMUNE), by="t", now=NOW)
            assign_station(session, f"ia-{code}", unit, on=date(2026, 1, 1))
        wanted = Target(
            plan_id=plan.id, theme="3", unit="dom", measure=Measure.PEOPLE, quantity=100,
            first_date=date(2026, 11, 1), last_date=date(2026, 12, 31),
        )  # fmt: skip
        set_targets(session, plan, [wanted])
    return world


def fill(csrf, **fields):
    return {
        "csrf": csrf, "kind": "talk", "title": "Nói chuyện về y tế", "held_on": "30/11/2026", "unit": "dom",
        "theme": "3.health", "people": "43", "sessions": "1", "state": "held", "language": "vi", **fields,
    }  # fmt: skip


def test_recorded_from_a_phone_with_a_photo_and_counted(planned: World):
    client = planned.signed_in("truc")
    csrf = csrf_of(client, "/activities/new")
    photo = ("files", ("../../ảnh <họp>.exe", PHOTO, "text/html"))
    answer = client.post("/activities", data=fill(csrf), files=[photo])
    assert answer.status_code == 303, answer.text
    page = client.get(answer.headers["location"])
    assert "Nói chuyện về y tế" in page.text
    with planned.database.reading() as session:
        kept = session.exec(select(Attachment)).one()
    assert (kept.name, kept.media_type) == ("ảnh họp.png", "image/png")
    sent = client.get(f"/activities/1/files/{kept.id}")
    assert (sent.status_code, sent.content) == (200, PHOTO)
    assert sent.headers["x-content-type-options"] == "nosniff"
    coverage = planned.signed_in("sep").get("/coverage?first=01/11/2026&last=31/12/2026").text
    assert "43 lượt người" in coverage
    target = re.search(r"/coverage/rows\?plan=[^&]*&amp;target=(\d+)", coverage)[1]
    rows = planned.signed_in("sep").get(f"/coverage/rows?target={target}&first=2026-11-01&last=2026-12-31")
    assert "Nói chuyện về y tế" in rows.text


def test_found_without_diacritics_deleted_and_brought_back(planned: World):
    client = planned.signed_in("sep")
    csrf = csrf_of(client, "/activities/new")
    client.post("/activities", data=fill(csrf))
    assert "Nói chuyện về y tế" in client.get("/activities?q=noi+chuyen+DOM").text
    assert "Nói chuyện về y tế" not in client.get("/activities?q=hoi+thi").text
    assert client.post("/activities/1/delete", data={"csrf": csrf}).status_code == 303
    assert "Nói chuyện về y tế" not in client.get("/activities").text
    assert "Nói chuyện về y tế" in client.get("/activities?deleted=true").text
    client.post("/activities/1/restore", data={"csrf": csrf})
    client.post("/activities/1", data=fill(csrf, people="50"))
    with planned.database.reading() as session:
        assert session.exec(select(Activity)).one().people == 50
        deeds = session.exec(select(AuditEntry.action).where(AuditEntry.subject == "activity/1")).all()
    assert deeds == ["activity.add", "activity.delete", "activity.restore", "activity.change"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"unit": "dal"}, 403),
        ({"people": "nhiều"}, 422),
        ({"held_on": "31/12/2026"}, 422),
        ({"held_on": "hôm qua"}, 422),
        ({"theme": "9"}, 422),
        ({"unit": "ma"}, 404),
        ({"link": "javascript:alert(1)"}, 422),
        ({"title": " "}, 422),
    ],
)
def test_what_cannot_be_is_named_and_the_words_stay(planned: World, fields, status):
    client = planned.signed_in("truc")
    answer = client.post("/activities", data=fill(csrf_of(client, "/activities/new"), **fields))
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    with planned.database.reading() as session:
        assert session.exec(select(Activity)).all() == []


def test_a_file_is_judged_by_its_content(planned: World):
    client = planned.signed_in("truc")
    csrf = csrf_of(client, "/activities/new")
    fake = [("files", ("anh.jpg", b"<script>alert(1)</script>", "image/jpeg"))]
    answer = client.post("/activities", data=fill(csrf), files=fake)
    assert answer.status_code == 422
    assert "anh.jpg" in answer.text
    with planned.database.reading() as session:
        assert session.exec(select(Activity)).all() == []


def test_an_operator_sees_and_changes_the_own_commune_only(planned: World):
    manager = planned.signed_in("sep")
    manager.post("/activities", data=fill(csrf_of(manager, "/activities/new"), unit="dal"))
    operator = planned.signed_in("truc")
    csrf = csrf_of(operator, "/activities/new")
    assert "Nói chuyện về y tế" not in operator.get("/activities").text
    assert "Xã Ia Đal" not in operator.get("/activities/new").text
    assert operator.get("/activities/1").status_code == 403
    for deed in ("", "/delete", "/restore"):
        assert operator.post(f"/activities/1{deed}", data=fill(csrf)).status_code == 403, deed


def test_targets_are_edited_in_place_and_what_is_wrong_stands_in_its_row(planned: World):
    client = planned.signed_in("sep")
    csrf = csrf_of(client, "/targets")
    cells = {
        "csrf": csrf,
        "theme": "3",
        "place": "unit:dom",
        "measure": "people",
        "every": "once",
        "weight": "1",
    }
    days = {"first_date": "01/11/2026", "last_date": "31/12/2026"}
    assert client.post("/targets/1", data={**cells, **days, "quantity": "120"}).status_code == 303
    wrong = client.post("/targets/1", data={**cells, **days, "quantity": "120", "maximum": "20"})
    assert wrong.status_code == 422
    assert 'class="wrong"' in wrong.text
    assert 'name="maximum" value="20"' in wrong.text, "what was typed stays"
    assert "<details open>" in wrong.text
    shown = client.get("/targets").text
    assert "<b>120 lượt người" in shown
    assert "<details open>" not in shown
    reader = planned.signed_in("lan").get("/targets").text
    assert "<b>120 lượt người" in reader
    assert "<form" not in reader[reader.index('id="targets"') : reader.index("</main>")]
    fresh = {**cells, "theme": "3.health", "quantity": "9", "measure": "sessions", "every": "month"}
    assert client.post("/targets", data=fresh).status_code == 303
    with planned.database.reading() as session:
        kept = session.exec(select(Target).order_by(Target.id)).all()
    assert [(one.theme, one.quantity, one.first_date) for one in kept] == [
        ("3", 120, date(2026, 11, 1)), ("3.health", 9, date(2026, 1, 1)),
    ]  # fmt: skip
    assert client.post("/targets/2/remove", data={"csrf": csrf}).status_code == 303
    assert planned.signed_in("lan").post("/targets/1/remove", data={"csrf": csrf}).status_code == 403


def test_a_held_log_is_shown_and_put_aside_with_a_reason(planned: World):
    from scheduler.asrun import import_log

    line = f"la-xa,2026-12-01,{'0' * 64},2026-12-01T05:00:00+07:00,2026-12-01T05:01:00+07:00"
    log = f"station,playlist_date,sha256,started_at,stopped_at\n{line}\n".encode()
    with planned.database.writing() as session:
        import_log(session, planned.store, None, "la.csv", log, now=NOW)
    client = planned.signed_in("quan")
    csrf = csrf_of(client, "/logs")
    assert "la-xa" in client.get("/logs").text
    answer = client.post("/logs/1/mend", data={"csrf": csrf, "dismiss": "máy thử"})
    assert answer.status_code == 303
    assert "la-xa" not in client.get("/logs").text
    with planned.database.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "log.dismiss")).one()
    assert (entry.by, entry.after["why"]) == ("quan", "máy thử")
