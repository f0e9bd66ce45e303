"""Any Unicode becomes plain NFC Vietnamese, and every character knows where it came from."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.speech.cleaning import clean_text, place_tones


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("Uỷ ban hoà giải", "Ủy ban hòa giải"),
        ("tòan diện, hòan thành", "toàn diện, hoàn thành"),
        ("qúy giá, qủa", "quý giá, quả"),
        ("thúê, húyen", "thuế, huýen"),
        ("gìa làng", "già làng"),
        ("khoẻ khoẻo, ngoái, xoáy", "khỏe khoẻo, ngoái, xoáy"),
        ("quỳ, quý, quỹ", "quỳ, quý, quỹ"),
        ("HOÀ BÌNH, THUỶ", "HÒA BÌNH, THỦY"),
        ("xã\u200b Ia\u00a0Dom\ufeff", "xã Ia Dom"),
        ("e\u0301\u0302", "ế"),
        ("e\u0302\u0301", "ế"),
        ("Ðăk ðồng", "Đăk đồng"),
        ("２０２４，ｋｍ", "2024,km"),
        ("٣ xã", "3 xã"),
        ("Ia H’Drai", "Ia H'Drai"),
        ("2021–2025", "2021-2025"),
        ("a\r\nb\tc", "a\n\nb c".replace("\n\n", "\n\n")),
    ],
)
def test_what_is_written_becomes_plain(written, cleaned):
    assert clean_text(written).text == cleaned
    assert clean_text(unicodedata.normalize("NFD", written)).text == cleaned


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=300)
def test_offsets_lead_back_in_order(source):
    cleaned = clean_text(source)
    assert len(cleaned.offsets) == len(cleaned.text) + 1
    assert list(cleaned.offsets) == sorted(cleaned.offsets)
    assert cleaned.offsets[-1] == len(source)
    assert clean_text(cleaned.text).text == cleaned.text


def test_offsets_of_decomposed_text_point_at_letters():
    source = unicodedata.normalize("NFD", "tiếng Việt")
    cleaned = clean_text(source)
    assert cleaned.text == "tiếng Việt"
    assert source[cleaned.offsets[6]] == "V"


def test_a_heap_of_marks_is_cut():
    assert len(clean_text("a" + "\u0301\u0323" * 50_000).text) < 10


def test_placing_tones_keeps_the_length():
    text = "Toà án, thuỷ lợi, khoẻ mạnh, qúy"
    assert len(place_tones(text)) == len(text)
