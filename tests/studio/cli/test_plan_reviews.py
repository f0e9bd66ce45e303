"""A plan from its file to the database on the command line: dry run, review, correct, compare, confirm."""

import json

import pytest

from studio.cli.main import main
from tests.studio.planning.review.test_corrections import TEXT


@pytest.fixture
def loa(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("LOA_HOME", str(tmp_path / "home"))

    def run(*words: str, code: int = 0) -> str:
        assert main(["plan", *words]) == code, words
        out = capsys.readouterr()
        return out.out if code == 0 else out.err

    return run


def test_a_plan_is_seen_reviewed_and_written(loa, tmp_path):
    plan = tmp_path / "ke-hoach.txt"
    plan.write_text(TEXT, "utf-8")
    seen = json.loads(loa("import", str(plan), "--dry-run", "--json"))
    assert seen["unread"] == [{"line": 7, "text": "Một câu chen vào giữa"}]
    assert {line["line"] for line in seen["lines"]} >= {1, 2, 4, 5, 6, 7}
    assert "loa plan review 1" in loa("import", str(plan), "--review")
    assert "ke-hoach.txt" in loa("review")
    loa("review", "1", "--move", "7=audiences", "--set", "issuer=UBND xã", "--recode", "themes.2=nuoc")
    loa("review", "1", "--undo")
    loa("review", "1", "--redo")
    told = json.loads(loa("review", "1", "--confirm", "--targets", "1", "--json"))
    assert (told["state"], told["issuer"], told["unread"]) == ("confirmed", "UBND xã", [])
    assert [theme["code"] for theme in told["themes"]] == ["1", "nuoc"]
    assert "12" in loa("targets", "--plan", "2026")
    assert loa("review", "1", "--undo", code=4).count("\n") == 1

    plan.write_text(TEXT.replace("Giữ nguồn nước", "Giữ sạch nguồn nước"), "utf-8")
    told = json.loads(loa("import", str(plan), "--json"))
    assert told["changes"] == [
        {
            "change": "changed",
            "part": "themes",
            "before": "nuoc Giữ nguồn nước",
            "after": "nuoc Giữ sạch nguồn nước",
        }
    ]
    assert [theme["code"] for theme in told["themes"]] == ["1", "nuoc"]
    loa("import", str(plan), "--version-of", "1999", code=3)
    loa("review", "9", code=3)


def test_the_review_says_in_which_language_a_number_counts(loa, tmp_path):
    plan = tmp_path / "ke-hoach.txt"
    plan.write_text(
        TEXT.replace("- Loa xã,", "- Loa xã, 04 chương trình tiếng Gia Rai/tháng;\n- Loa xã,"), "utf-8"
    )
    loa("import", str(plan), "--review")
    rows = [line.split("\t") for line in loa("review", "1").splitlines() if "\t" in line]
    assert rows[0][3:5] == ["Ngôn ngữ", "Số lượng"]
    assert [row[3:5] for row in rows[1:]] == [["Gia Rai", "4"], ["*", "12"]]
