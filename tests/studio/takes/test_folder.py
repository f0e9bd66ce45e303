"""`SCRIPT.takes/`: files by number, rendered for real; changed words are never read by an old file."""

import json

import pytest

from assets.errors import Damaged
from studio.cli.main import main
from studio.corrections.standing import NO_CORRECTIONS
from studio.production.passages import understand_passages
from studio.takes.folder import TakeNumberTwice, read_folder
from tests.assets.synth import speech, write_wav
from tests.studio.takes.test_shelf import SCRIPT


@pytest.fixture
def script(tmp_path, monkeypatch):
    monkeypatch.setenv("LOA_HOME", str(tmp_path / "home"))
    path = tmp_path / "gia.md"
    path.write_text(SCRIPT, "utf-8")
    (tmp_path / "gia.takes").mkdir()
    return path


def record(script, name, seed):
    return write_wav(script.with_name("gia.takes") / name, speech(2, seed=seed), rate=22_050)


def shelf_of(script):
    text = script.read_text("utf-8")
    return read_folder(script, understand_passages(text, NO_CORRECTIONS, script="")[0])


def rewrite(script, old, new):
    script.write_text(script.read_text("utf-8").replace(old, new), "utf-8")


def test_files_are_found_by_number_whatever_else_is_in_their_name(script):
    record(script, "02.wav", 1)
    record(script, "3 – già làng.wav", 2)
    (script.with_name("gia.takes") / "ghi chú.txt").write_text("không phải bản thu", "utf-8")
    shelf = shelf_of(script)
    assert sorted(path.name for path in shelf.files.values()) == ["02.wav", "3 – già làng.wav"]
    assert shelf_of(script) == shelf


def test_changed_words_make_a_take_stale_and_a_new_recording_mends_it(script):
    record(script, "2.wav", 1)
    record(script, "3.wav", 2)
    shelf_of(script)
    rewrite(script, "được mùa", "được mùa lớn")
    assert shelf_of(script).stale == {2}
    assert len({path.name for key, path in shelf_of(script).files.items()}) == 2
    rewrite(script, "được mùa lớn", "được mùa")
    assert shelf_of(script).stale == frozenset()
    rewrite(script, "được mùa", "được mùa to")
    record(script, "2.wav", 7)
    assert shelf_of(script).stale == frozenset()


def test_a_passage_put_before_does_not_shift_the_takes(script):
    record(script, "2.wav", 1)
    record(script, "3.wav", 2)
    first = shelf_of(script)
    rewrite(script, "NỮ: Kính thưa bà con.", "NỮ: Kính thưa bà con.\n\nGIÀ: Tôi tên A Lũ.")
    shelf = shelf_of(script)
    assert shelf.files == first.files
    assert shelf.stale == {2}


def test_two_files_for_one_passage_are_refused(script):
    record(script, "2.wav", 1)
    record(script, "02.mp3", 2)
    with pytest.raises(TakeNumberTwice, match=r"02\.mp3 và 2\.wav"):
        shelf_of(script)


def test_a_damaged_index_is_not_guessed(script):
    record(script, "2.wav", 1)
    shelf_of(script)
    (script.with_name("gia.takes") / "takes.json").write_text("{", "utf-8")
    with pytest.raises(Damaged, match=r"takes\.json"):
        shelf_of(script)


def test_render_says_what_is_missing_then_reads_then_refuses_what_is_stale(script, tmp_path, capsys):
    out = tmp_path / "gia.mp3"
    assert main(["render", str(script), "-o", str(out)]) == 3
    said = capsys.readouterr().err
    assert "đoạn 2" in said
    assert "đoạn 3" in said
    assert not out.exists()
    record(script, "2.wav", 1)
    record(script, "3.wav", 2)
    assert main(["render", str(script), "-o", str(out), "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["takes"] == 2
    assert "recorded-1" in made["engine"]
    assert 5_000 < made["duration_ms"] < 10_000
    rewrite(script, "được mùa", "mất mùa")
    out.unlink()
    assert main(["render", str(script), "-o", str(out)]) == 3
    assert "đoạn 2 (GIÀ, dòng 7; lời đã đổi sau khi thu)" in capsys.readouterr().err
    assert not out.exists()
    assert main(["render", str(script), "-o", str(out), "--stand-in", "GIÀ=tone"]) == 0
    assert "Vai “GIÀ” do giọng tone đọc thay người" in capsys.readouterr().out
    assert main(["render", str(script), "-o", str(out), "--stand-in", "GIÀ"]) == 2
    assert main(["render", str(script), "-o", str(out), "--stand-in", "NỮ=tone"]) == 2
    assert main(["render", str(script), "-o", str(out), "--stand-in", "GIÀ=không có"]) == 3


def test_the_sheet_of_a_file_shows_what_is_to_be_read(script, tmp_path, capsys):
    rewrite(script, "Năm nay được mùa.", "Ngày 26/7/2022 xã thu 1,2 tỷ đồng.")
    out = tmp_path / "phieu.html"
    assert main(["script", "sheet", str(script), "-o", str(out)]) == 0
    page = out.read_text("utf-8")
    assert "2 đoạn cần thu" in capsys.readouterr().out
    assert "hai mươi sáu tháng bảy" in page
    assert "<small>[26/7/2022]</small>" in page
    assert page.count('class="ticks"') == 2
    assert "1 · NỮ: Kính thưa bà con." in page
    assert "<script" not in page
