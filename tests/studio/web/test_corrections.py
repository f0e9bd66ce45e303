"""The page of corrections, and the reading beside what is typed."""

from datetime import timedelta

from tests.studio.web.test_pages import send
from tests.studio.web.world import TEXT, World, csrf_of

TYPED = TEXT + "\nNỮ: TTBVN <b>họp</b> lúc 7h30.\n"


def test_what_is_typed_is_shown_as_it_will_be_read(world: World):
    client = world.signed_in("lan")
    page = client.get("/scripts/nhap").text
    assert "Kính chào bà con." in page
    answer = client.post(
        "/scripts/nhap/reading",
        data={"csrf": csrf_of(client, "/scripts/nhap"), "text": TYPED},
        headers={"hx-request": "true"},
    )
    assert answer.status_code == 200
    assert 'data-source="7h30"' in answer.text
    assert "bảy giờ ba mươi phút" in answer.text
    assert "Cả chương trình khoảng" in answer.text
    assert "&lt;b&gt;" in answer.text
    assert "<b>họp" not in answer.text
    assert 'hx-swap-oob="innerHTML"' in answer.text


def test_without_scripts_the_whole_page_comes_back_with_what_was_typed(world: World):
    client = world.signed_in("lan")
    page = send(client, "/scripts/nhap/reading", "/scripts/nhap", text=TYPED.replace("\n", "\r\n")).text
    assert "TTBVN &lt;b&gt;họp" in page
    assert "bảy giờ ba mươi phút" in page
    assert "data-unsaved" in page


def test_a_correction_is_made_found_and_taken_back(world: World):
    client = world.signed_in("lan")
    send(client, "/scripts/nhap", "/scripts/nhap", text=TYPED, revision="1")
    made = send(client, "/corrections", "/corrections", words="TTBVN", reading="trạm bơm", where="always")
    assert made.status_code == 200
    assert "<ins>trạm bơm" in made.text
    assert "TTBVN" in client.get("/corrections?search=tram+bom").text
    assert "trạm bơm" not in client.get("/corrections?search=khong-co").text
    refused = send(client, "/corrections", "/corrections", words="TTBVN", reading="5 người", where="always")
    assert refused.status_code == 422
    assert 'value="5 người"' in refused.text
    late = send(client, "/corrections/1/undo", "/corrections", version="3")
    assert late.status_code == 409
    undone = send(client, "/corrections/1/undo", "/corrections", version="1")
    assert "như khi chưa chỉnh" in undone.text
    assert "hoàn tác lần 1" in undone.text


def test_only_ones_own_can_be_taken_back_by_a_producer(world: World):
    minh, lan = world.signed_in("minh"), world.signed_in("lan")
    send(minh, "/corrections", "/corrections", words="TTBVN", reading="trạm bơm", where="voice:espeak")
    assert "/corrections/1/undo" not in lan.get("/corrections").text
    assert "/corrections/1/undo" in minh.get("/corrections").text
    assert send(lan, "/corrections/1/undo", "/corrections", version="1").status_code == 403
    manager = world.signed_in("sep").get("/corrections").text
    assert 'action="/corrections"' not in manager.replace('method="get" action="/corrections"', "")


def test_a_sign_in_that_ended_while_typing_leads_back_to_the_script(world: World):
    client = world.signed_in("lan")
    token = csrf_of(client, "/scripts/nhap")
    world.clock.now += timedelta(days=2)
    answer = client.post(
        "/scripts/nhap/reading",
        data={"csrf": token, "text": TYPED},
        headers={"hx-request": "true", "hx-current-url": "http://testserver/scripts/nhap"},
    )
    assert answer.headers["hx-redirect"] == "/sign-in?next=/scripts/nhap"


def test_voices_are_offered_by_name(world: World):
    page = world.signed_in("lan").get("/corrections").text
    assert '<option value="voice:vi-north-f">nữ, miền Bắc (vi-north-f)</option>' in page
    assert '<option value="voice:espeak">mọi giọng của eSpeak NG (espeak)</option>' in page
