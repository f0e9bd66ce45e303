"""Own readings: whole words, longest first, small letters however they are written."""

import unicodedata

import pytest

from studio.speech.lexicon import national_lexicon
from studio.speech.overlay import OwnReading
from studio.speech.reader import read_text
from studio.speech.reading import Kind

OWN = {
    "TTVH": "trung tâm văn hóa",
    "TTVH-TT": "trung tâm văn hóa thể thao",
    "Ia H'Drai": "i a hờ đrai",
    "họp": "hội họp",
    "3D": "ba đê",
    "&": "và",
    "hòa": "hòa bình",
}


def read(text):
    return read_text(text, lexicon=national_lexicon().overlaid(OWN)).spoken


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("TTVH mở cửa", "trung tâm văn hóa mở cửa"),
        ("TTVH-TT mở cửa", "trung tâm văn hóa thể thao mở cửa"),
        ("Huyện Ia  H'Drai", "huyện i a hờ đrai"),
        ("Huyện Ia H’Drai", "huyện i a hờ đrai"),
        ("Họp, HỌP, họp", "hội họp hội họp hội họp"),
        ("Phim 3D", "phim ba đê"),
        ("ăn & ở", "ăn và ở"),
        ("hoà", "hòa bình"),
        ("ttvh", "ttvh"),
        ("TTVHX họpx", "tê tê vê hát ích xì họpx"),
    ],
)
def test_words_are_met_whole(text, spoken):
    assert read(text) == spoken
    assert read(unicodedata.normalize("NFD", text)) == spoken


def test_a_corrected_token_says_so_and_covers_its_source():
    token = read_text("Ở Ia H'Drai.", lexicon=national_lexicon().overlaid(OWN)).sentences[0].tokens[1]
    assert (token.source, token.kind, token.rule) == ("Ia H'Drai", Kind.CORRECTION, "own reading")


def test_a_reading_may_hold_at_one_place_only():
    text = "TT một, TT hai, TT ba"
    own = (OwnReading("TT", "thị trấn", frozenset({8})), OwnReading("TT", "trung tâm"))
    assert read_text(text, lexicon=national_lexicon().overlaid(own)).spoken == (
        "trung tâm một thị trấn hai trung tâm ba"
    )


def test_a_reading_may_hold_its_own_words():
    own = national_lexicon().overlaid({"vay": "vay vốn", "căn cước": "thẻ căn cước công dân"})
    once = read_text("Mang căn cước đi vay, vay vốn thì mang sổ.", lexicon=own).spoken
    assert once == "mang thẻ căn cước công dân đi vay vốn vay vốn thì mang sổ"
    assert read_text(once, lexicon=own).spoken == once
