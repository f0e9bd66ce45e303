"""Recordings as a program meets them: added, found, described, taken away and back."""

import pytest

from tests.assets.synth import speech, write_wav
from tests.studio.api.test_api import V1, bearer
from tests.studio.web.world import World

ADDRESS = f"{V1}/recordings"


@pytest.fixture
def sound(tmp_path):
    def make(seed=1, seconds=6, peak=1.0):
        path = write_wav(tmp_path / f"{seed}.wav", speech(seconds, seed=seed) * peak, rate=22_050)
        return path.read_bytes()

    return make


def add(client, content, name="già làng.wav", **fields):
    return client.post(ADDRESS, data=fields, files={"file": (name, content)})


def test_a_recording_is_added_found_and_described(world: World, sound):
    lan = bearer(world, "lan")
    answer = add(lan, sound(), title="Già làng nói về vốn", language="jra", kind="speech")
    assert answer.status_code == 201
    made = answer.json()
    assert (made["id"], made["name"], made["duration_ms"], made["edited_ms"]) == (1, "già làng", 6000, 6000)
    assert (made["added_by"], made["flaws"]) == ("lan", [])
    found = lan.get(ADDRESS, params={"search": "gia lang", "kind": "speech"}).json()
    assert (found["total"], found["items"][0]["title"]) == (1, "Già làng nói về vốn")
    assert lan.get(ADDRESS, params={"kind": "music"}).json()["total"] == 0
    changed = lan.patch(f"{ADDRESS}/1", json={"version": 1, "place": "Ia Dom", "recorded_on": "2026-11-02"})
    assert (changed.json()["place"], changed.json()["recorded_on"]) == ("Ia Dom", "2026-11-02")
    assert changed.json()["title"] == "Già làng nói về vốn"
    late = lan.patch(f"{ADDRESS}/1", json={"version": 1, "place": "Ia Đal"})
    assert late.status_code == 409
    assert lan.get(f"{ADDRESS}/1").json()["place"] == "Ia Dom"
    unfit = lan.patch(f"{ADDRESS}/1", json={"recorded_on": "hôm qua"}).json()["error"]
    assert (unfit["code"], unfit["data"]["field"]) == ("RecordingFieldUnfit", "recorded_on")


def test_it_is_taken_from_the_list_and_back(world: World, sound):
    lan = bearer(world, "lan")
    add(lan, sound())
    assert lan.delete(f"{ADDRESS}/1").status_code == 204
    assert lan.get(ADDRESS).json()["total"] == 0
    assert lan.get(ADDRESS, params={"removed": True}).json()["total"] == 1
    assert lan.post(f"{ADDRESS}/1/undo").json()["removed_at"] is None
    assert lan.get(ADDRESS).json()["total"] == 1


def test_what_cannot_be_kept_is_named(world: World, sound):
    lan = bearer(world, "lan")
    add(lan, sound(1, 12))
    codes = {
        "twice.wav": (sound(1, 12), 409, "RecordingTwice"),
        "softer.wav": (sound(1, 12, peak=0.4), 409, "RecordingAlike"),
        "empty.wav": (b"", 422, "MediaEmpty"),
        "text.mp3": ("Kính thưa bà con".encode(), 422, "MediaUnreadable"),
    }
    for name, (content, status, code) in codes.items():
        answer = add(lan, content, name=name)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert add(lan, codes["softer.wav"][0], name="softer.wav", anyway="true").status_code == 201
    assert lan.get(f"{ADDRESS}/99").json()["error"]["code"] == "RecordingUnknown"


def test_who_may_not_write_may_not_send_a_byte(world: World, sound):
    assert add(world.visitor(), sound()).status_code == 401
    assert add(bearer(world, "truc"), sound()).status_code == 403
    assert add(world.signed_in("lan"), sound()).json()["error"]["code"] == "FormExpired"
    assert bearer(world, "lan").get(ADDRESS).json()["total"] == 0


def test_a_script_is_foreseen_with_the_recordings_in_it(world: World, sound):
    lan = bearer(world, "lan")
    text = "---\ntitle: Già làng\n---\nNỮ: Xin mời nghe.\n[ghi âm: già làng]\n"
    before = lan.post(f"{V1}/scripts/{_script(lan)}/reading", json={"text": text}).json()
    add(lan, sound(seconds=6))
    after = lan.post(f"{V1}/scripts/{_script(lan)}/reading", json={"text": text}).json()
    assert after["duration_ms"] - before["duration_ms"] == pytest.approx(6000, abs=24)


def _script(client):
    return client.get(f"{V1}/scripts").json()["items"][0]["code"]
