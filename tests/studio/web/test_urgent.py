"""Urgent bulletins on the pages: nothing typed is lost; heard and ordered they stand first at the station."""

from studio.people.audit import list_entries
from studio.urgent.bulletins import find_bulletin
from studio.urgent.models import UrgentState
from studio.urgent.voicing import voice_bulletin
from tests.studio.urgent.samples import alert
from tests.studio.web.world import NOW, World, csrf_of

FORM = {
    "title": "Lũ quét", "text": "Nước lên nhanh. Bà con lên nhà văn hóa.", "stations": ["ia-dom"],
    "times": "2", "every": "30", "expires": "20:00 01/12/2026",
}  # fmt: skip


def send(client, address, page="/urgent", **form):
    return client.post(address, data={"csrf": csrf_of(client, page), **form})


def voice(world: World, number: int):
    voice_bulletin(
        world.database, world.store, bulletin_id=number, revision=1, settings=world.settings, now=NOW,
        progress=lambda _share, _words: None,
    )  # fmt: skip


def test_from_the_form_to_the_station_page(world: World):
    lan, minh = world.signed_in("lan"), world.signed_in("minh")
    assert "Chưa có tin khẩn nào" in lan.get("/urgent").text
    answer = send(lan, "/urgent", **FORM)
    assert answer.headers["location"] == "/urgent/1"
    page = lan.get("/urgent/1").text
    assert "Máy đang đọc" in page
    assert 'hx-get="/urgent/1/sound"' in page
    voice(world, 1)
    waiting = lan.get("/urgent/1/sound", headers={"hx-request": "true"})
    assert waiting.headers["hx-redirect"] == "/urgent/1"
    assert "Chỉ lãnh đạo duyệt" in lan.get("/urgent/1").text
    order = {"reason": "Công điện số 5", "heard": "true", "revision": "1"}
    assert send(lan, "/urgent/1/issue", "/urgent/1", **order).status_code == 403
    assert send(minh, "/urgent/1/issue", "/urgent/1", **order).status_code == 303
    page = minh.get("/urgent/1").text
    assert "Y Minh ra lệnh lúc 10:00 01/12/2026: Công điện số 5" in page
    station = world.signed_in("truc").get("/stations/ia-dom").text
    assert "Phát lúc 10:01, 10:31" in station
    assert station.index("urgent-order") < station.index("Gói phát trong ngày")
    assert "đang phát ở Ia Dom." in world.signed_in("sep").get("/today").text
    assert "urgent-order" not in lan.get("/stations/ia-dal").text
    assert send(minh, "/urgent/1/call-off", "/urgent/1", reason="Nước rút").status_code == 303
    assert "urgent-order" not in lan.get("/stations/ia-dom").text
    with world.database.reading() as session:
        deeds = [entry.action for entry in list_entries(session, subject="urgent/1")]
    assert deeds == ["urgent.call-off", "urgent.issue", "urgent.write"]


def test_what_was_typed_is_not_lost(world: World):
    lan = world.signed_in("lan")
    answer = send(lan, "/urgent", **FORM | {"expires": "mai"})
    assert answer.status_code == 422
    assert "Nước lên nhanh. Bà con lên nhà văn hóa." in answer.text
    assert "hết hiệu lực" in answer.text
    send(lan, "/urgent", **FORM)
    answer = send(
        lan, "/urgent/1", "/urgent/1", **FORM | {"times": "99", "revision": "1", "text": "Lời khác"}
    )
    assert answer.status_code == 422
    assert "Lời khác" in answer.text


def test_an_alert_is_uploaded_and_a_bad_file_is_an_error(world: World):
    lan = world.signed_in("lan")

    def upload(content):
        files = {"alert": ("a.xml", content, "application/xml")}
        return lan.post("/urgent/import", data={"csrf": csrf_of(lan, "/urgent")}, files=files)

    assert upload(alert(status="Test")).headers["location"] == "/urgent/1"
    page = lan.get("/urgent/1").text
    assert "tin thử nghiệm: không bao giờ được phát" in page
    assert "/urgent/1/issue" not in world.signed_in("minh").get("/urgent/1").text
    bad = upload(b"<!DOCTYPE a><a/>")
    assert bad.status_code == 422
    assert "CAP 1.2" in bad.text
    with world.database.reading() as session:
        assert find_bulletin(session, 1).state is UrgentState.DRAFT
