"""The page of takes: what is to be read, recorded, refused by name, taken back."""

import pytest

from studio.people.accounts import find_user
from studio.scripts.workflow import create_script
from tests.assets.synth import speech, write_wav
from tests.studio.takes.test_shelf import SCRIPT
from tests.studio.web.world import NOW, World, csrf_of


@pytest.fixture
def lan(world: World):
    with world.database.writing() as session:
        create_script(session, code="gia", text=SCRIPT, by=find_user(session, "lan"), now=NOW)
    return world.signed_in("lan")


@pytest.fixture
def sound(tmp_path):
    return write_wav(tmp_path / "a.wav", speech(2), rate=22_050).read_bytes()


def words_of(client, number):
    page = client.get("/scripts/gia/takes").text
    part = page.split(f'name="number" value="{number}"')[1]
    return part.split('name="words" value="')[1].split('"')[0]


def post(client, number, content, name="tiếng <b>.wav", words=None):
    data = {
        "csrf": csrf_of(client, "/scripts/gia/takes"),
        "number": number,
        "words": words or words_of(client, number),
    }
    return client.post("/scripts/gia/takes", data=data, files={"file": (name, content)})


def test_a_take_is_added_heard_removed_and_taken_back(lan, sound):
    assert "Đã thu 0/2 đoạn" in lan.get("/scripts/gia/takes").text
    assert post(lan, 2, sound).headers["location"] == "/scripts/gia/takes#p2"
    page = lan.get("/scripts/gia/takes").text
    assert "Đã thu 1/2 đoạn" in page
    assert "tiếng &lt;b&gt;.wav" in page
    heard = lan.get("/scripts/gia/takes/1/sound", headers={"range": "bytes=0-3"})
    assert (heard.status_code, heard.content, heard.headers["content-type"]) == (206, b"RIFF", "audio/wav")
    csrf = csrf_of(lan, "/scripts/gia/takes")
    assert lan.post("/scripts/gia/takes/1/remove", data={"csrf": csrf}).status_code == 303
    assert "Đã thu 0/2 đoạn" in lan.get("/scripts/gia/takes").text
    lan.post("/scripts/gia/takes/undo", data={"csrf": csrf})
    assert "Đã thu 1/2 đoạn" in lan.get("/scripts/gia").text


def test_what_cannot_be_heard_is_refused_on_the_page(lan):
    answer = post(lan, 2, b"k\xc3\xadnh m\xe1\xbb\x9di", name="giấy mời.mp3")
    assert answer.status_code == 422
    assert "giấy mời.mp3" in answer.text
    assert "Đã thu 0/2 đoạn" in answer.text


def test_words_that_changed_meanwhile_are_not_bound(lan, sound):
    answer = post(lan, 2, sound, words="0" * 64)
    assert answer.status_code == 409
    assert "Lời của đoạn 2 đã đổi" in answer.text


def test_the_sheet_stands_alone_under_its_own_policy(lan):
    answer = lan.get("/scripts/gia/sheet")
    assert "style-src 'sha256-" in answer.headers["content-security-policy"]
    assert "Năm nay được mùa." in answer.text


def test_a_script_without_such_roles_says_how_to_have_one(world: World):
    page = world.signed_in("lan").get("/scripts/nhap/takes").text
    assert "recorded" in page
    assert "Chưa có vai nào do người đọc" in page
