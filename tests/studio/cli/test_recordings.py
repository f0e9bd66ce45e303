"""`loa recording check`: several files, one of them bad, judged in one call."""

import json

import pytest

from studio.cli.main import main
from tests.assets.synth import speech, write_wav


@pytest.fixture
def names(tmp_path, monkeypatch):
    monkeypatch.setenv("LOA_HOME", str(tmp_path / "home"))
    voice = speech(2)
    write_wav(tmp_path / "phỏng vấn.wav", voice, -voice, rate=22_050)
    (tmp_path / "giấy mời.mp3").write_text("Kính mời", "utf-8")
    write_wav(tmp_path / "tốt.wav", voice, rate=22_050)
    return [str(tmp_path / name) for name in ("phỏng vấn.wav", "giấy mời.mp3", "không có.wav", "tốt.wav")]


def test_one_bad_file_does_not_stop_the_rest(names, capsys):
    assert main(["recording", "check", *names]) == 3
    said = capsys.readouterr()
    assert "phỏng vấn.wav: hai bên ngược pha" in said.out
    assert "Dùng được: 2; từ chối: 2" in said.out
    refused = [line for line in said.err.splitlines() if "Đang nghe" not in line]
    assert len(refused) == 2
    assert "giấy mời.mp3" in refused[0]
    assert "không có.wav" in refused[1]


def test_programs_read_the_same_verdicts(names, capsys):
    assert main(["recording", "check", "--json", *names[:2]]) == 2
    first, second = json.loads(capsys.readouterr().out)
    assert (first["codec"], first["duration_ms"], first["flaws"]) == ("pcm_s16le", 2000, ["out_of_phase"])
    assert {"integrated_lufs", "true_peak_dbtp", "cue_in_ms", "cue_out_ms", "noise_floor_db"} <= set(first)
    assert second["error"] == "MediaUnreadable"


def test_good_files_end_well(names, capsys):
    assert main(["recording", "check", names[3]]) == 0
    assert "Dùng được: 1; từ chối: 0" in capsys.readouterr().out


def test_added_found_edited_taken_back_and_handed_out(names, tmp_path, capsys):
    assert main(["recording", "add", *names[1:], "--title", "Già làng", "--language", "jra"]) == 3
    said = capsys.readouterr()
    assert "[ghi âm: tốt]" in said.out
    assert "giấy mời.mp3" in said.err
    assert main(["recording", "add", names[3]]) == 4
    assert "đã có trong kho" in capsys.readouterr().err
    assert main(["recording", "list", "gia", "LANG", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["name"], row["language"], row["edited_ms"]) == ("tốt", "jra", 2000)
    edit = ["--cut", "0,5-1", "--fade-in", "0.2", "--gain=-3", "--rename", "Lời già làng"]
    assert main(["recording", "edit", "tốt", *edit]) == 0
    assert main(["recording", "edit", "1", "--keep", "1-9"]) == 2
    capsys.readouterr()
    assert main(["recording", "show", "Lời già làng", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["edited_ms"] == 1500
    assert [one["deed"] for one in shown["changes"]] == ["cut", "fade", "gain", "describe"]
    assert main(["recording", "undo", "1"]) == 0
    assert main(["recording", "undo", "1"]) == 0
    assert main(["recording", "redo", "1"]) == 0
    capsys.readouterr()
    for name in ("a.mp3", "a.wav", "a.flac", "a.m4a", "a.ogg"):
        assert main(["recording", "export", "1", "-o", str(tmp_path / name)]) == 0
    capsys.readouterr()
    assert main(["recording", "check", "--json", *(str(tmp_path / f"a.{k}") for k in ("wav", "flac"))]) == 0
    assert [one["duration_ms"] for one in json.loads(capsys.readouterr().out)] == [1500, 1500]
    assert main(["recording", "export", "1", "-o", str(tmp_path / "a.xyz")]) == 2
    assert main(["recording", "export", "1", "--original", "-o", str(tmp_path / "gốc.wav")]) == 0
    assert (tmp_path / "gốc.wav").read_bytes() == (tmp_path / "tốt.wav").read_bytes()
