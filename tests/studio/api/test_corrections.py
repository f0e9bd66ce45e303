"""Corrections as a program makes them: effect, history, undo, conflict, and the sentence heard at once."""

import pytest

from tests.assets.synth import speech, write_wav
from tests.studio.api.test_api import V1, bearer
from tests.studio.web.world import TEXT, World

TYPED = TEXT.replace("vi-north-f", "tone") + "\nNỮ: TTBVN họp, gặp TTBVN.\n"
ABBREVIATION = {"words": "TTBVN", "reading": "trạm bơm"}


@pytest.fixture
def lan(world: World):
    client = bearer(world, "lan")
    client.post(f"{V1}/scripts/nhap/revisions", json={"text": TYPED, "based_on": 1}).raise_for_status()
    return client


def test_a_correction_its_effect_history_and_undo(world: World, lan):
    made = lan.post(f"{V1}/corrections", json=ABBREVIATION)
    assert made.status_code == 201
    made = made.json()
    assert [(effect["code"], effect["is_kept"]) for effect in made["effects"]] == [("nhap", False)]
    [sentence] = made["effects"][0]["sentences"]
    assert (sentence["source"], sentence["after"]) == ("TTBVN họp, gặp TTBVN.", "trạm bơm họp, gặp trạm bơm.")
    assert lan.get(f"{V1}/corrections", params={"search": "tram"}).json()["total"] == 1
    address = f"{V1}/corrections/{made['id']}"
    late = lan.post(f"{address}/undo", json={"version": 7})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "CorrectionOutdated")
    assert lan.post(f"{address}/undo", json={"version": 1}).json()["reading"] is None
    assert lan.post(f"{address}/undo", json={}).json()["reading"] == "trạm bơm"
    assert bearer(world, "minh").delete(address).json()["version"] == 4
    refused = lan.post(f"{address}/undo", json={})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "OthersCorrection")
    history = lan.get(address).json()["versions"]
    assert [one["number"] for one in history] == [4, 3, 2, 1]


def test_one_place_is_told_by_line_and_column_of_what_is_typed(lan):
    typed = TYPED.replace("Kính chào", "Kính thưa\n\nNỮ: Chào")
    line = typed.split("\n").index("NỮ: TTBVN họp, gặp TTBVN.") + 1
    here = {
        **ABBREVIATION,
        "scope": "script",
        "target": "nhap",
        "text": typed,
        "at": {"line": line, "column": 20},
    }
    made = lan.post(f"{V1}/corrections", json=here).json()
    assert made["place"] == {"before": "họp, gặp", "after": ".", "number": 1}
    read = lan.post(f"{V1}/scripts/nhap/reading", json={"text": typed}).json()
    assert read["sentences"][-1]["spoken"] == "tê tê bê vê en nờ họp, gặp trạm bơm."
    nowhere = {**here, "at": {"line": 1, "column": 1}}
    assert lan.post(f"{V1}/corrections", json=nowhere).status_code == 404


def test_a_script_is_read_word_by_word(lan):
    read = lan.post(f"{V1}/scripts/nhap/reading", json={}).json()
    last = read["sentences"][-1]
    assert (last["role"], last["source"]) == ("NỮ", "TTBVN họp, gặp TTBVN.")
    assert [word["source"] for word in last["words"] if word["differs"]] == ["TTBVN", "TTBVN"]
    assert last["warnings"][0]["code"] == "unknown_abbreviation"
    assert read["duration_ms"] > read["roles"]["NỮ"] > 0


def test_a_sentence_is_heard_with_a_correction_that_is_not_kept(world: World, lan):
    line = TYPED.split("\n").index("NỮ: TTBVN họp, gặp TTBVN.") + 1
    place = {"line": line, "column": 5}
    plain = lan.post(f"{V1}/scripts/nhap/hearing", json=place).json()
    tried = lan.post(f"{V1}/scripts/nhap/hearing", json={**place, "correction": ABBREVIATION}).json()
    assert plain["address"] != tried["address"]
    assert tried["duration_ms"] < plain["duration_ms"]
    sound = lan.get(tried["address"])
    assert (sound.status_code, sound.headers["content-type"], sound.content[:4]) == (
        200,
        "audio/wav",
        b"RIFF",
    )
    assert lan.get(f"{V1}/corrections").json()["total"] == 0
    assert lan.get("/heard/..%2f..%2floa.db").status_code == 404
    long = {**place, "text": TYPED.replace("họp", "1.234.567.891 " * 60)}
    refused = lan.post(f"{V1}/scripts/nhap/hearing", json=long)
    assert refused.json()["error"]["code"] == "HearingTooLong"
    answers = [lan.post(f"{V1}/scripts/nhap/hearing", json=place).status_code for _ in range(30)]
    assert answers[:27] == [200] * 27
    assert answers[-1] == 429


def test_a_script_that_is_not_made_has_no_times(lan):
    assert lan.get(f"{V1}/scripts/nhap/sentences").json() == []
    assert lan.post(f"{V1}/scripts/nhap/renew").json()["error"]["code"] == "NothingToRenew"


def test_a_recording_that_only_lies_in_the_folder_counts_with_its_length(world: World, lan):
    world.settings.recordings.mkdir()
    text = TYPED + "\n[ghi âm: gia-rai.wav]\n"
    bare = lan.post(f"{V1}/scripts/nhap/reading", json={"text": text}).json()["duration_ms"]
    write_wav(world.settings.recordings / "gia-rai.wav", speech(7.5), rate=22_050)
    write_wav(world.settings.recordings / "khac.wav", speech(3))
    long = lan.post(f"{V1}/scripts/nhap/reading", json={"text": text}).json()["duration_ms"]
    assert long - bare == pytest.approx(7500, abs=600)
