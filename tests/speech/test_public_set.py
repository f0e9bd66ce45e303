"""The public set is read right, in every Unicode form and tone placement; what was read stays so."""

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from studio.speech.reader import read_text
from tests.speech.scoring import Case, compile_accepted, normalise, public_cases, tabulate

CASES = public_cases()
MODERN = {
    first + unicodedata.normalize("NFC", second + tone): unicodedata.normalize("NFC", first + tone) + second
    for first, second in ("oa", "oe", "uy")
    for tone in "\u0300\u0301\u0303\u0309\u0323"
}


def with_modern_tones(text: str) -> str:
    """hòa -> hoà: the other of the two placements in use, at the end of a syllable."""
    for modern, house in MODERN.items():
        text = re.sub(rf"(?<![qQ]){house}(?!\w)", modern, text)
    return text


def test_the_set_is_large_and_covers_the_register():
    assert len(CASES) >= 1_300
    assert len({case.source for case in CASES}) == len(CASES)
    thin = {
        category: count for category, count in Counter(case.category for case in CASES).items() if count < 6
    }
    assert not thin


def test_at_least_97_percent_are_read_right():
    missed = [case.source for case in CASES if not case.accepts(read_text(case.source).spoken)]
    assert len(missed) <= 0.03 * len(CASES), missed


def test_the_documented_table_is_what_the_scorer_says():
    missed = [case for case in CASES if not case.accepts(read_text(case.source).spoken)]
    page = Path(__file__).parent.parent.parent / "docs" / "reading.md"
    assert tabulate(CASES, missed) in page.read_text("utf-8")


def test_form_and_tone_placement_do_not_matter():
    for case in CASES:
        spoken = read_text(case.source).spoken
        assert read_text(unicodedata.normalize("NFD", case.source)).spoken == spoken
        assert read_text(with_modern_tones(case.source)).spoken == spoken


def test_reading_what_was_read_changes_nothing():
    for case in CASES:
        reading = read_text(case.source)
        assert read_text(reading.spoken).spoken == reading.spoken
        voiced = " ".join(sentence.spoken for sentence in reading.sentences)
        assert " ".join(sentence.spoken for sentence in read_text(voiced).sentences) == voiced


def test_nothing_that_is_no_word_is_left_to_be_said():
    for case in CASES:
        spoken = read_text(case.source).spoken
        assert re.fullmatch(r"[^\W\d_]+(?: [^\W\d_]+)*", spoken), spoken
        assert spoken == spoken.lower() == unicodedata.normalize("NFC", spoken)


@pytest.mark.parametrize(
    ("accepted", "spoken", "right"),
    [
        ("năm {tư|bốn}", "Năm bốn.", True),
        ("năm {tư|bốn}", "năm", False),
        ("năm {không trăm|} linh {hai|nhì}", "năm linh hai", True),
        ("a || b {c|}", "b c", True),
        ("a || b {c|}", "a c", False),
        ("uỷ ban", "Ủy ban", True),
        ("ba một", "ba mốt", False),
        ("{một|mục một} mục tiêu", "mục một, mục tiêu", True),
    ],
)
def test_the_scorer(accepted, spoken, right):
    assert Case("x", "", accepted, "", 0).accepts(spoken) is right


def test_the_scorer_ignores_only_form_case_and_marks():
    assert normalise("Hoà bình — “Ủy ban”,  (2)!") == "hòa bình ủy ban 2"
    assert compile_accepted("một").fullmatch(" một")
    assert not compile_accepted("một").fullmatch(" một hai")
