"""What people do on the pages, through HTTP alone."""

import io
import re
import zipfile
from datetime import date, time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlmodel import select

from assets.catalogue import add_asset
from scheduler.models import Airing, AiringState
from scheduler.slots import add_slot
from studio.corrections.standing import NO_CORRECTIONS
from studio.jobs.models import Job
from studio.people.audit import list_entries
from studio.production.changes import keep_reading
from studio.production.engines import Refusal, Voicing
from studio.production.releases import segment_key
from studio.scripts.models import ScriptState
from studio.scripts.workflow import find_script, text_of
from studio.web.access import SESSION_COOKIE
from tests.studio.web.world import DAY, PASSWORD, TEXT, World, csrf_of, describe_sound


def sign_in(world: World, username: str, password: str = PASSWORD, **more):
    client = world.visitor()
    form = {"csrf": csrf_of(client), "username": username, "password": password, **more}
    return client, client.post("/sign-in", data=form)


def send(client, address: str, page: str, **form):
    return client.post(address, data={"csrf": csrf_of(client, page), **form})


def test_signing_in_and_out(world: World):
    client, answer = sign_in(world, "lan", next="/scripts?state=draft")
    assert answer.headers["location"] == "/scripts?state=draft"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert client.get("/scripts").status_code == 200
    token = client.cookies[SESSION_COOKIE]
    assert send(client, "/sign-out", "/scripts").headers["location"] == "/sign-in"
    client.cookies.set(SESSION_COOKIE, token)
    assert client.get("/scripts").status_code == 303, "the token itself has ended"


def test_a_wrong_password_says_no_more_than_that(world: World):
    answers = [sign_in(world, name, "sai mật khẩu")[1] for name in ("lan", "khong-co")]
    assert [answer.status_code for answer in answers] == [401, 401]
    pages = [re.sub(r'value="[^"]*"', "", answer.text) for answer in answers]
    assert pages[0] == pages[1]


def test_guessing_is_slowed_down(world: World):
    client = world.visitor()
    form = {"csrf": csrf_of(client), "username": "lan", "password": "sai"}
    codes = [client.post("/sign-in", data=form).status_code for _ in range(6)]
    assert codes == [401] * 5 + [429]
    last = client.post("/sign-in", data=form | {"password": PASSWORD})
    assert last.status_code == 429
    assert 0 < int(last.headers["retry-after"]) <= 300


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "x"])
def test_signing_in_never_leads_off_the_site(world: World, target: str):
    _, answer = sign_in(world, "lan", next=target)
    assert answer.headers["location"] == "/"


def test_a_form_from_elsewhere_is_refused(world: World):
    client = world.signed_in("lan")
    other = csrf_of(world.signed_in("minh"), "/scripts/nhap")
    for token in ("", "0" * 64, other, "ă"):
        answer = client.post("/scripts/nhap", data={"csrf": token, "text": "x", "revision": 1})
        assert answer.status_code == 403
        assert "tải lại trang" in answer.text
    with world.database.reading() as session:
        assert find_script(session, "nhap").latest_revision == 1


def test_every_answer_is_armoured(world: World):
    client = world.signed_in("lan")
    for address in ("/today", "/khong-co", "/static/loa.css", "/api/v1/me", "/f/" + "0" * 64):
        headers = client.get(address).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert re.fullmatch(r"[0-9a-f]{16}", headers["x-request-id"])
    assert client.get("/today").headers["cache-control"] == "no-store"


def test_where_nothing_is_the_menu_leads_back(world: World):
    answer = world.signed_in("lan").get("/khong-co")
    assert answer.status_code == 404
    assert 'href="/scripts"' in answer.text
    stranger = world.visitor().get("/khong-co")
    assert stranger.status_code == 404
    assert 'href="/scripts"' not in stranger.text
    expired = world.visitor()
    expired.cookies.set(SESSION_COOKIE, "x" * 43)
    assert expired.get("/khong-co").status_code == 404


def test_a_script_goes_from_edit_to_approval(world: World):
    lan, minh = world.signed_in("lan"), world.signed_in("minh")
    text = TEXT.replace("nước sạch.", "nước sạch, bà con ạ.")
    saved = send(lan, "/scripts/nhap", "/scripts/nhap", text=text.replace("\n", "\r\n"), revision=1)
    assert saved.status_code == 303
    assert "bà con ạ" in lan.get("/scripts/nhap").text
    assert send(lan, "/scripts/nhap/submit", "/scripts/nhap").status_code == 303
    page = minh.get("/scripts/nhap").text
    assert "Trả lại" in page
    refused = send(minh, "/scripts/nhap/reject", "/scripts/nhap", comment="", revision=2)
    assert refused.status_code == 422
    done = send(minh, "/scripts/nhap/approve", "/scripts/nhap", comment="Tốt", revision=2)
    assert done.status_code == 303
    with world.database.reading() as session:
        script = find_script(session, "nhap")
        assert (script.state, script.approved_revision) == (ScriptState.APPROVED, 2)
        assert text_of(session, script) == text
        assert session.exec(select(Job)).one().payload == {"code": "nhap", "revision": 2}, (
            "its sound is asked for"
        )
        actions = [entry.action for entry in list_entries(session, subject="script/nhap")]
        assert actions[:3] == ["script.approve", "script.submit", "script.save"]


def test_nothing_typed_is_lost_when_somebody_else_saved_first(world: World):
    lan, minh = world.signed_in("lan"), world.signed_in("minh")
    send(minh, "/scripts/nhap", "/scripts/nhap", text=TEXT + "\nNỮ: Của Minh.\n", revision=1)
    answer = send(lan, "/scripts/nhap", "/scripts/nhap", text=TEXT + "\nNỮ: Của Lan.\n", revision=1)
    assert answer.status_code == 409
    assert "Của Lan." in answer.text
    with world.database.reading() as session:
        assert "Của Minh" in text_of(session, find_script(session, "nhap"))


def test_problems_are_told_with_their_place(world: World):
    client = world.signed_in("lan")
    answer = send(client, "/scripts/nhap/reading", "/scripts/nhap", text=TEXT.replace("mo-dau", "mo-dao"))
    assert 'data-line="5" data-column=' in answer.text
    assert "mo-dau" in answer.text
    send(client, "/scripts/nhap", "/scripts/nhap", text=TEXT.replace("mo-dau", "mo-dao"), revision=1)
    refused = send(client, "/scripts/nhap/submit", "/scripts/nhap")
    assert refused.status_code == 422


def test_a_new_script_starts_whole(world: World):
    client = world.signed_in("lan")
    answer = send(client, "/scripts", "/scripts/new", title='Đường "mới": về thôn #2')
    address = answer.headers["location"]
    assert address == "/scripts/duong-moi-ve-thon-2"
    page = client.get(address).text
    assert "Không có lỗi" in page
    assert (
        send(client, "/scripts", "/scripts/new", title='Đường "mới": về thôn #2').headers["location"]
        != address
    )


def test_scripts_are_found_without_diacritics_and_by_state(world: World):
    client = world.signed_in("lan")
    assert client.get("/scripts?search=nuoc+sach").text.count('href="/scripts/') >= 3
    assert "Không có kịch bản nào khớp" in client.get("/scripts?search=xyz").text
    assert "/scripts/cho-duyet" in client.get("/scripts?state=submitted").text
    assert "/scripts/nhap" not in client.get("/scripts?state=submitted").text
    assert client.get("/scripts?state=la").status_code == 422


def test_making_a_segment_is_followed(world: World):
    client = world.signed_in("lan")
    token = csrf_of(client, "/scripts/nhap")
    answer = client.post("/scripts/nhap/produce", data={"csrf": token}, headers={"hx-request": "true"})
    assert "<progress" in answer.text
    again = client.post("/scripts/nhap/produce", data={"csrf": token}, headers={"hx-request": "true"})
    follow = re.findall(r'hx-get="([^"]+)"', answer.text)
    assert follow == re.findall(r'hx-get="([^"]+)"', again.text), "asked for twice, made once"
    assert "Đang chờ" in client.get(follow[0]).text
    assert "<progress" not in client.get("/scripts/da-duyet/production?job=1").text, "another script's job"


def test_a_segment_says_which_engine_spoke_it_and_why(world: World):
    voicing = Voicing("espeak", (Refusal("gtts", "HTTP 503 <b>"),))
    with world.database.writing() as session:
        asset, renditions = describe_sound(3, "0" * 64)
        asset.key = segment_key("nhap", 1)
        add_asset(session, asset, renditions)
        keep_reading(session, asset.key, NO_CORRECTIONS, [], voicing)
    page = world.signed_in("lan").get("/scripts/nhap").text
    assert "Đọc bằng espeak" in page
    assert "Cả chương trình đọc bằng espeak thay cho gtts: HTTP 503 &lt;b&gt;" in page


def test_the_operator_takes_the_bundle_and_confirms_in_two_taps(world: World):
    client = world.signed_in("truc")
    page = client.get("/stations/ia-dom").text
    address = re.search(r'href="(/stations/ia-dom/days/[^"]+/bundle.zip)"', page)
    assert address
    bundle = client.get(address[1])
    with zipfile.ZipFile(io.BytesIO(bundle.content)) as archive:
        assert archive.testzip() is None
        assert len([name for name in archive.namelist() if name.startswith("media/")]) == 3
    assert client.get(address[1], headers={"if-none-match": bundle.headers["etag"]}).status_code == 304
    part = client.get(address[1], headers={"range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, bundle.content[100:200])
    assert page.count("Xác nhận khung giờ này") == 1, "the afternoon is not over"
    slots = re.findall(r'name="slot" value="(\d+)"', page)
    done = send(
        client, f"/stations/ia-dom/days/{DAY}/confirm", "/stations/ia-dom", slot=slots[0], aired="false"
    )
    assert done.status_code == 303
    after = client.get("/stations/ia-dom").text
    assert "Y Truc báo không phát" in after
    with world.database.reading() as session:
        states = [airing.state for airing in session.exec(select(Airing).where(Airing.station_id == 1))]
    assert states.count(AiringState.MISSED) == 3
    assert states.count(AiringState.PLANNED) == 3
    assert after.count("Xác nhận khung giờ này") == 1, "a slip can be put right until a log comes"
    right = send(
        client, f"/stations/ia-dom/days/{DAY}/confirm", "/stations/ia-dom", slot=slots[0], aired="true"
    )
    assert right.status_code == 303
    assert "Y Truc báo đã phát đủ" in client.get("/stations/ia-dom").text


def test_a_slot_that_is_not_over_or_not_there_cannot_be_confirmed(world: World):
    client = world.signed_in("truc")
    for slot in (2, 3, 99):
        answer = send(
            client, f"/stations/ia-dom/days/{DAY}/confirm", "/stations/ia-dom", slot=slot, aired="true"
        )
        assert answer.status_code == 409
        assert ("17:05" in answer.text) is (slot == 2)


def test_the_operator_notes_the_times_of_a_relay(world: World):
    with world.database.writing() as session:
        slot = add_slot(
            session, "ia-dom", name="Thời sự", starts=time(6), duration_minutes=30,
            valid_from=date(2026, 1, 1), relay_source="<b>VOV1</b>",
        ).id  # fmt: skip
    client = world.signed_in("truc")
    page = client.get("/stations/ia-dom").text
    assert "Tiếp âm &lt;b&gt;VOV1&lt;/b&gt;" in page
    address = f"/stations/ia-dom/days/{DAY}/relay"
    answer = send(client, address, "/stations/ia-dom", slot=slot, began="06:02", ended="06:30:00")
    assert answer.status_code == 303
    page = client.get("/stations/ia-dom").text
    assert "đã phát 06:02:00–06:30:00" in page
    assert "Y Truc ghi giờ, đạt 93 % thời lượng" in page
    for began, ended in (("25:00", "06:30"), ("x", "06:30"), ("06:30", "06:02"), ("12:00", "12:30")):
        answer = send(client, address, "/stations/ia-dom", slot=slot, began=began, ended=ended)
        assert answer.status_code == 422, (began, ended)
    assert send(client, address, "/stations/ia-dom", slot=1, began="05:00", ended="05:30").status_code == 404
    assert send(client, address, "/stations/ia-dom", slot=slot).status_code == 303
    assert "Y Truc báo không phát" in client.get("/stations/ia-dom").text
    other = f"/stations/ia-dal/days/{DAY}/relay"
    assert send(client, other, "/stations/ia-dom", slot=slot).status_code in (403, 404)
    assert send(world.signed_in("lan"), address, "/today", slot=slot).status_code == 403


def test_a_slot_in_which_nothing_stands_is_shown_with_the_way_to_fill_it(world: World):
    away = "2026-12-05"
    for address in (f"/stations/ia-dom?day={away}", f"/today?day={away}"):
        page = world.signed_in("lan").get(address).text
        assert "Chưa xếp tiết mục" in page
        assert f'href="/schedule?station=ia-dom&amp;day={away}"' in page
    operator = world.signed_in("truc").get(f"/stations/ia-dom?day={away}").text
    assert "Chưa xếp tiết mục" in operator
    assert "/schedule?" not in operator
    assert "Ngày này chưa có lịch phát" in operator
    assert "Chưa xếp tiết mục" not in world.signed_in("lan").get(f"/stations/ia-dom?day={DAY}").text


def test_the_centre_publishes_what_has_changed(world: World):
    client = world.signed_in("lan")
    assert "Chưa phát hành" in client.get(f"/stations/ia-dal?day={DAY}").text
    assert client.get(f"/stations/ia-dal/days/{DAY}/bundle.zip").status_code == 404
    assert send(client, f"/stations/ia-dal/days/{DAY}/publish", "/today").status_code == 303
    assert "Bản số 1" in client.get(f"/stations/ia-dal?day={DAY}").text
    with world.database.writing() as session:
        session.delete(session.exec(select(Airing).where(Airing.station_id == 2)).all()[-1])
    assert "cần phát hành lại" in client.get(f"/stations/ia-dal?day={DAY}").text


def test_a_log_is_taken_in_and_told(world: World):
    client = world.signed_in("truc")
    with world.database.reading() as session:
        first = session.exec(select(Airing).where(Airing.station_id == 1)).first()
    sha256 = world.store.put(io.BytesIO(bytes([0]) * 40_000))
    columns = "station device playlist_date playlist_number position sha256 title started_at stopped_at"
    header = ",".join([*columns.split(), "outcome", "note"])
    moments = f"{first.starts_at.isoformat()},{first.ends_at.isoformat()}"
    row = f"ia-dom,hop-1,{DAY},1,1,{sha256},Nhạc hiệu,{moments},aired,"
    answer = client.post(
        "/stations/ia-dom/logs",
        data={"csrf": csrf_of(client, "/stations/ia-dom")},
        files={"log": ("<b>nhật ký.csv", f"{header}\n{row}\n".encode())},
    )
    assert answer.status_code == 303
    page = client.get("/stations/ia-dom").text
    assert "&lt;b&gt;nhật ký.csv" in page
    assert "Đã phát" in page
    with world.database.reading() as session:
        assert session.exec(select(Airing.state).where(Airing.id == first.id)).one() is AiringState.AIRED


def test_media_never_changes_and_is_for_those_who_may_hear_it(world: World):
    def address(asset_id: int) -> str:
        with world.database.reading() as session:
            from assets.models import Rendition

            return "/f/" + session.exec(select(Rendition.sha256).where(Rendition.asset_id == asset_id)).one()

    lan, truc = world.signed_in("lan"), world.signed_in("truc")
    whole = lan.get(address(2))
    assert whole.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert whole.headers["etag"] == f'"{address(2)[3:]}"'
    head = lan.head(address(2))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.content))
    for tags, status in (('"x", W/' + whole.headers["etag"], 304), ("*", 304), ('"x"', 200)):
        assert lan.get(address(2), headers={"if-none-match": tags}).status_code == status
    part = lan.get(address(2), headers={"range": "bytes=10-19", "if-range": whole.headers["etag"]})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert lan.get(address(2), headers={"range": "bytes=999999-"}).status_code == 416
    assert lan.get(address(2), headers={"range": "bytes=10-19", "if-range": '"other"'}).status_code == 200
    assert truc.get(address(2)).status_code == 200
    assert truc.get(address(3)).status_code == 403, "only the neighbour plays it"
    assert lan.get("/f/..%2f..%2floa.db").status_code == 404


@pytest.mark.parametrize("day", ["2026-13-01", "x", "32/1/2026", "1/1", "1/1/99999999", "9" * 5000, "٣"])
def test_a_day_that_is_none_is_named(world: World, day: str):
    answer = world.signed_in("lan").get("/today", params={"day": day})
    assert answer.status_code == 422
    assert "01/12/2026" in answer.text


def test_days_may_be_written_the_vietnamese_way(world: World):
    page = world.signed_in("lan").get("/today", params={"day": "30/11/2026"}).text
    assert "Thứ Hai, 30/11/2026" in page


@given(text=st.text(max_size=300))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_checked_and_shown_without_harm(world: World, text: str):
    client = world.signed_in("lan")
    answer = send(client, "/scripts/nhap/reading", "/scripts/nhap", text=text + "<script>alert(1)</script>")
    assert answer.status_code in (200, 422)
    assert "<script>alert" not in answer.text
    saved = send(client, "/scripts/cho-duyet", "/scripts/nhap", text=text, revision=1)
    assert saved.status_code in (303, 409, 422)


def test_a_crash_is_told_without_its_inside(world: World, capfd):
    world.app.state.house.database.close()

    def crash():
        raise RuntimeError("bí mật")

    world.app.router.routes.insert(
        0, __import__("starlette.routing").routing.Route("/no", lambda request: crash())
    )
    answer = world.signed_in("lan").get("/no")
    assert answer.status_code == 500
    assert "bí mật" not in answer.text
    assert "Có lỗi xảy ra" in answer.text
    assert "content-security-policy" in answer.headers
    assert answer.headers["x-request-id"] in capfd.readouterr().err


def test_a_script_is_handed_out_on_paper_and_a_draft_says_so(world: World):
    lan = world.signed_in("lan")
    answer = lan.get("/scripts/nhap/leaflet.pdf?size=a4&address=https%3A%2F%2Fvi.du%2F1&issuer=%23%20Xã")
    assert answer.headers["content-type"] == "application/pdf"
    words = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert "BẢN NHÁP" in words
    assert "# Xã" in words
    assert "/scripts/nhap/leaflet.pdf" in lan.get("/scripts/nhap").text
    refused = lan.get("/scripts/nhap/leaflet.pdf?address=javascript:alert(1)")
    assert refused.status_code == 422
    assert world.signed_in("truc").get("/scripts/nhap/leaflet.pdf").status_code == 403
