"""One correction on the command line: what it would do, what it did, and back again."""

import io
import json

import pytest

from studio.cli.main import main

SCRIPT = """---
title: Nước sạch
voices: {NỮ: tone}
---
NỮ: Chào bà con. TTBVN họp.

NỮ: Gặp TTBVN xã.
"""


@pytest.fixture
def loa(tmp_path, monkeypatch, capsys):
    home = tmp_path / "home"
    monkeypatch.setenv("LOA_HOME", str(home))

    def run(*arguments, code=0):
        capsys.readouterr()
        assert main(list(arguments)) == code
        return capsys.readouterr()

    run.home = home
    return run


@pytest.fixture
def desk(loa, tmp_path, monkeypatch):
    """A home with a producer and a script."""
    monkeypatch.setattr("sys.stdin", io.StringIO("mật khẩu thử\n"))
    loa("user", "add", "lan", "--name", "Lan", "--role", "producer")
    (tmp_path / "bai.md").write_text(SCRIPT, "utf-8")
    loa("script", "new", str(tmp_path / "bai.md"), "--code", "bai", "--by", "lan")
    return loa


def spoken(loa, *options):
    return loa("spoken", "Gặp TTBVN.", *options).out.strip()


def test_a_correction_its_effect_and_its_undo(desk):
    before = spoken(desk)
    tried = desk("correct", "add", "TTBVN", "trạm bơm", "--dry-run").out
    assert "+ trạm bơm họp." in tried
    assert spoken(desk) == before
    made = json.loads(desk("correct", "add", "TTBVN", "trạm bơm", "--by", "lan", "--json").out)
    [effect] = made["effects"]
    assert [(one["line"], one["after"]) for one in effect["sentences"]] == [
        (5, "trạm bơm họp."),
        (7, "Gặp trạm bơm xã."),
    ]
    assert (spoken(desk), spoken(desk, "--no-corrections")) == ("gặp trạm bơm", before)
    placed = desk("correct", "add", "TTBVN", "trạm xá", "--scope", "script:bai", "--place", "2").out
    assert "Gặp trạm xá xã." in placed
    assert "trạm xá họp" not in placed
    assert "trạm bơm" in desk("correct", "list", "tram bom").out
    number = str(made["id"])
    undone = desk("correct", "undo", number).out
    assert "+ tê tê bê vê en nờ họp." in undone
    assert "Gặp" not in undone  # there the place of its own still holds
    assert spoken(desk) == before
    desk("correct", "undo", number)
    assert spoken(desk) == "gặp trạm bơm"
    shown = json.loads(desk("correct", "show", number, "--json").out)
    assert [version["undoes"] for version in shown["versions"]] == [2, 1, None]


def test_the_scripts_own_reading_is_asked_for(desk):
    desk("correct", "add", "TTBVN", "trạm xá", "--scope", "script:bai")
    assert spoken(desk, "--script", "bai") == "gặp trạm xá"
    assert spoken(desk) != "gặp trạm xá"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["add", "", "x"], 2, "viết đủ"),
        (["add", "UBND", "ủy ban nhân dân"], 2, "đang được đọc"),
        (["add", "TTBVN", "x", "--scope", "here"], 2, "script:MÃ"),
        (["add", "TTBVN", "trạm", "--scope", "script:khong-co"], 3, "khong-co"),
        (["add", "TTBVN", "trạm", "--scope", "organisation:khong-co"], 3, "khong-co"),
        (["add", "TTBVN", "trạm", "--scope", "voice:khong-co"], 3, "vi-north-f"),
        (["add", "TTBVN", "trạm", "--scope", "script:bai", "--place", "3"], 3, "từ 1 đến 2"),
        (["undo", "99"], 3, "99"),
    ],
)
def test_refusals_are_one_line_with_the_mend(desk, arguments, code, said):
    assert said in desk("correct", *arguments, code=code).err


def test_looking_makes_no_home(loa):
    assert spoken(loa) == "gặp tê tê bê vê en nờ"
    assert not loa.home.exists()
