"""The pages of recordings: added, refused by name, found, edited by forms, heard, taken back."""

import numpy as np
import pytest

from studio.jobs.handlers import make_handlers
from studio.jobs.worker import Worker
from studio.web import recordings_desk
from tests.assets.synth import speech, write_wav
from tests.studio.web.world import NOW, World, csrf_of


@pytest.fixture
def lan(world: World):
    return world.signed_in("lan")


@pytest.fixture
def sound(tmp_path):
    def make(seed=1, seconds=6):
        return write_wav(tmp_path / f"{seed}.wav", speech(seconds, seed=seed), rate=22_050).read_bytes()

    return make


def add(client, content, name="già làng.wav", **fields):
    data = {"csrf": csrf_of(client, "/recordings"), **fields}
    return client.post("/recordings", data=data, files={"file": (name, content)})


def post(client, path, **fields):
    page = client.get("/recordings/1").text
    version = page.split('name="version" value="')[1].split('"')[0]
    return client.post(path, data={"csrf": csrf_of(client, "/recordings"), "version": version, **fields})


def test_a_recording_is_added_found_heard_and_drawn(lan, sound):
    assert "Chưa có bản ghi nào" in lan.get("/recordings").text
    answer = add(lan, sound(), title="Già làng nói <về> vốn", language="jra", kind="speech")
    assert answer.headers["location"] == "/recordings/1"
    for search in ("gia lang", "VON jra"):
        assert "Già làng nói &lt;về&gt; vốn" in lan.get("/recordings", params={"search": search}).text
    assert "Không tìm thấy" in lan.get("/recordings", params={"search": "khác"}).text
    page = lan.get("/recordings/1")
    assert "'nonce-" in page.headers["content-security-policy"]
    assert "[ghi âm: già làng]" in page.text
    heard = lan.get("/recordings/1/sound", headers={"range": "bytes=0-3"})
    assert (heard.status_code, heard.content) == (206, b"RIFF")
    drawn = lan.get("/recordings/1/peaks").json()
    assert drawn["duration_ms"] == 6000
    assert len(drawn["points"]) == 1200
    assert max(map(abs, drawn["points"])) == pytest.approx(0.35, abs=0.02)
    original = lan.get("/recordings/1/sound?original=true")
    assert original.content == sound()
    assert "attachment" in original.headers["content-disposition"]


def test_what_is_there_is_told_and_a_copy_may_be_kept_anyway(lan, sound, tmp_path):
    add(lan, sound(1, 12))
    again = add(lan, sound(1, 12), name="chép.wav")
    assert again.status_code == 409
    assert "giống từng byte" in again.text
    softer = write_wav(tmp_path / "s.wav", speech(12, seed=1) * 0.4, rate=22_050).read_bytes()
    alike = add(lan, softer, name="nhỏ.wav", title="Bản nhỏ")
    assert alike.status_code == 409
    assert 'name="anyway"' in alike.text
    assert 'value="Bản nhỏ"' in alike.text
    assert add(lan, softer, name="nhỏ.wav", anyway="true").status_code == 303


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "rỗng"), ("Kính mời".encode(), "giấy mời.mp3")],
    ids=["empty", "text"],
)
def test_what_cannot_be_heard_is_refused_by_its_name(lan, content, said):
    answer = add(lan, content, name="giấy mời.mp3")
    assert answer.status_code == 422
    assert said in answer.text


def test_edits_are_laid_heard_taken_back_and_done_again(lan, sound):
    add(lan, sound())
    assert post(lan, "/recordings/1/edits", deed="cut", start="1,5", end="0:02.5").status_code == 303
    assert post(lan, "/recordings/1/edits", deed="fade-out", seconds="1").status_code == 303
    assert post(lan, "/recordings/1/edits", deed="gain", db="−3").status_code == 303
    drawn = lan.get("/recordings/1/peaks").json()
    assert drawn["duration_ms"] == 5000
    assert np.abs(drawn["points"][-4:]).max() < 0.05
    heard = lan.get("/recordings/1/sound")
    assert (heard.headers["content-type"], heard.content[:4]) == ("audio/flac", b"fLaC")
    for _ in range(3):
        assert post(lan, "/recordings/1/undo").status_code == 303
    assert lan.get("/recordings/1/peaks").json()["duration_ms"] == 6000
    assert post(lan, "/recordings/1/undo").status_code == 409
    assert post(lan, "/recordings/1/redo").status_code == 303
    assert lan.get("/recordings/1/peaks").json()["duration_ms"] == 5000


def test_a_long_edited_recording_is_prepared_by_a_job_that_tells_how_far_it_is(
    world, lan, sound, monkeypatch
):
    monkeypatch.setattr(recordings_desk, "LONG_MS", 3000)
    add(lan, sound())
    assert '<audio data-audio preload="metadata" src=' in lan.get("/recordings/1").text
    post(lan, "/recordings/1/edits", deed="cut", start="1,5", end="0:02.5")
    page = lan.get("/recordings/1").text
    assert '<audio data-audio preload="metadata"></audio>' in page
    assert 'hx-post="/recordings/1/sound"' in page
    asked = {"csrf": csrf_of(lan, "/recordings")}
    assert lan.post("/recordings/1/sound", data={}).status_code == 403
    first = lan.post("/recordings/1/sound", data=asked, headers={"hx-request": "true"}).text
    assert 'hx-get="/recordings/1/sound/1"' in first
    assert lan.post("/recordings/1/sound", data=asked, headers={"hx-request": "true"}).text == first
    waiting = lan.get("/recordings/1/sound/1")
    assert "<progress" in waiting.text
    assert "hx-refresh" not in waiting.headers
    told = []
    handlers = make_handlers(world.settings, world.store, lambda: NOW)
    made = handlers["edit-recording"](
        world.database, {"recording": 1, "flac": 0}, lambda *said: told.append(said)
    )
    assert made["size_bytes"] > 10_000
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert told[0][1] == "Đang cắt ghép “già làng”"
    assert "src=" in lan.get("/recordings/1").text.split("<audio data-audio")[1].split(">")[0]
    assert Worker(world.database, handlers, clock=lambda: NOW).run_once()
    assert lan.get("/recordings/1/sound/1").headers["hx-refresh"] == "true"
    add(lan, sound(2))
    assert lan.get("/recordings/2/sound/1").status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"deed": "cut", "start": "1", "end": "99"},
        {"deed": "cut", "start": "hai", "end": "3"},
        {"deed": "gain", "db": "nan"},
        {"deed": "gain", "db": "40"},
        {"deed": "gain", "db": ""},
        {"deed": "fade-in", "seconds": "0"},
        {"deed": "bay", "start": "1"},
    ],
)
def test_edits_that_cannot_be_are_refused_on_the_page(lan, sound, fields):
    add(lan, sound())
    answer = post(lan, "/recordings/1/edits", **fields)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert lan.get("/recordings/1/peaks").json()["duration_ms"] == 6000


def test_what_is_said_of_it_is_corrected_and_an_old_page_is_refused(lan, sound):
    add(lan, sound())
    said = {"name": "Lời già làng", "title": "Già làng", "kind": "speech", "language": "jra"}
    assert post(lan, "/recordings/1", **said, recorded_on="26/07/2022").status_code == 303
    page = lan.get("/recordings/1").text
    assert "[ghi âm: Lời già làng]" in page
    assert 'value="26/07/2022"' in page
    old = lan.post(
        "/recordings/1", data={"csrf": csrf_of(lan, "/recordings"), "version": 1, **said, "title": "Cũ"}
    )
    assert old.status_code == 409
    assert post(lan, "/recordings/1/remove").status_code == 303
    assert "Chưa có bản ghi nào" in lan.get("/recordings").text
    assert "Lấy lại" in lan.get("/recordings/1").text
    assert post(lan, "/recordings/1/undo").status_code == 303
    assert "Già làng" in lan.get("/recordings").text


def test_the_editor_offers_it_and_a_script_may_name_it(lan, sound):
    add(lan, sound())
    page = lan.get("/scripts/nhap").text
    assert '<option value="[ghi âm: già làng]">' in page
    text = "---\ntitle: Thử\nvoices: {NỮ: tone}\n---\nNỮ: Xin nghe.\n\n[ghi âm: già làng]\n"
    csrf = csrf_of(lan, "/scripts/nhap")
    named = lan.post("/scripts/nhap/reading", data={"csrf": csrf, "text": text})
    assert "chưa có tệp ghi âm" not in named.text
    other = lan.post("/scripts/nhap/reading", data={"csrf": csrf, "text": text.replace("già làng", "khác")})
    assert "chưa có tệp ghi âm" in other.text


def test_a_large_body_of_a_stranger_is_not_read(world: World):
    read = []

    def body():
        for _ in range(64):
            read.append(1)
            yield b"x" * 1_000_000

    headers = {"content-type": "multipart/form-data; boundary=x"}
    for client, status in ((world.visitor(), 401), (world.signed_in("sep"), 403)):
        for path in ("/recordings", "/scripts/nhap/takes"):
            answer = client.post(path, content=body(), headers=headers)
            assert answer.status_code == status, path
