"""The reader: spans, kinds, sentences, warnings, an organisation's own readings; no text breaks it."""

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.messages import LANGUAGES, catalogue
from studio.speech.lexicon import national_lexicon
from studio.speech.reader import RULES, read_text
from studio.speech.reading import Kind, join_tokens

PIECES = [
    "UBND", "12/5", "26/7/2022", "1.250", "0,5", "km/h", "QĐ-TTg", "90/", "IV", "Quý ", "TT. ",
    "H'Drai", "-", " - ", "/", "%", "°C", "ngày ", "7h30", "(", ")", "“", "”", ".", "...", ":",
    "\n", "- ", "a) ", "0912 345 678", "www.", "@", "#", "đ", "$", "e\u0301\u0302", "xã ",
    "tỷ đồng", "T2", "&", "v.v.", "5G", "2021 - 2025", "\u200b", "️🙂", "漢", "H5N1", "TP.", "X. ",
    "đ/c ", "24/7", "½", "x", "+",
]  # fmt: skip


@given(st.text(max_size=80))
@settings(deadline=None, max_examples=300)
def test_any_text_can_be_read(text):
    check_reading(text)


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@settings(deadline=None, max_examples=300)
def test_any_mixture_of_what_occurs_can_be_read(text):
    check_reading(text)


@given(st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join))
@settings(deadline=None, max_examples=300)
def test_what_was_read_is_read_the_same(text):
    spoken = read_text(text).spoken
    assert read_text(spoken).spoken == spoken


def check_reading(text: str) -> None:
    reading = read_text(text)
    end = 0
    for sentence in reading.sentences:
        assert sentence.tokens
        assert (sentence.start, sentence.end) == (sentence.tokens[0].start, sentence.tokens[-1].end)
        places = sentence.locate_tokens()
        for token, (first, last) in zip(sentence.tokens, places, strict=True):
            assert end <= token.start <= token.end <= len(text)
            assert token.source == text[token.start : token.end]
            assert token.rule
            if token.kind != Kind.PUNCTUATION:
                # A mark that follows takes the place of the token's own.
                assert sentence.spoken[first:last].rstrip(",.:;!?…") == token.spoken.rstrip(",."), (
                    sentence.spoken,
                    token,
                )
            end = token.end
    assert not any(char.isdigit() for char in reading.spoken if char.isascii())


def test_tokens_say_what_they_are():
    reading = read_text("Ngày 26/7/2022, UBND huyện chi 1,2 tỷ đồng.")
    told = {token.source: (token.kind, token.rule) for token in reading.sentences[0].tokens}
    assert told["26/7/2022"] == ("date", "date")
    assert told["UBND"] == ("abbreviation", "abbreviation")
    assert told["1,2"] == ("number", "decimal")
    assert told["huyện"] == ("word", "word")
    assert told[","] == ("punctuation", "punctuation")


def test_the_voice_is_fed_words_with_their_marks():
    reading = read_text("Kính thưa bà con! Ngày 2/9 (Quốc khánh), ai được nghỉ? TM. ỦY BAN NHÂN DÂN")
    assert [sentence.spoken for sentence in reading.sentences] == [
        "Kính thưa bà con!",
        "Ngày hai tháng chín, Quốc khánh, ai được nghỉ?",
        "thay mặt ủy ban nhân dân",
    ]
    assert reading.spoken == (
        "kính thưa bà con ngày hai tháng chín quốc khánh ai được nghỉ thay mặt ủy ban nhân dân"
    )


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("TP. Kon Tum có PGS.TS. Nguyễn Bình. Ông nói chuyện.", 2),
        ("Giá 1.250 đồng. Rẻ lắm.", 2),
        ("Gạo, muối v.v. đã đủ. Xe đến.", 2),
        ("Chị nói: “Tôi khỏe.” Rồi chị về.", 2),
        ("Một dòng\nchưa hết câu.", 1),
        ("- Ý một\n- Ý hai", 2),
        ("Mục tiêu\n\nNăm nay", 2),
        ("Vì sao?! Vì thế...", 2),
        ("", 0),
        ("  \n\u200b ", 0),
    ],
)
def test_sentences(text, count):
    assert len(read_text(text).sentences) == count


def test_a_sentence_without_end_is_broken_at_a_clause():
    reading = read_text("bà con nhớ tiêm phòng, " * 200)
    assert all(len(sentence.tokens) <= 240 for sentence in reading.sentences)
    assert len(reading.sentences) > 4


@pytest.mark.parametrize(
    ("text", "code", "source"),
    [
        ("Nhóm XYZT họp.", "unknown_abbreviation", "XYZT"),
        ("Các em HS nghỉ học.", "ambiguous_abbreviation", "HS"),
        ("Họp 16/8 tại xã.", "ambiguous_date", "16/8"),
        ("Có 1,250 hộ.", "ambiguous_number", "1,250"),
        ("Chào 漢 🙂 bà con", "unread", "🙂"),
        ("Hai tổ là 5-4.", "ambiguous_score", "5-4"),
        (
            "Please call the hotline for information.",
            "mixed_language",
            "Please call the hotline for information",
        ),
        ("Số vụ giảm 5 so với năm trước.", "number_without_unit", "5"),
        ("Diện tích 125.", "number_without_unit", "125"),
        ("Họp ngày 31/4/2025.", "suspicious_quantity", "31/4/2025"),
        ("Tỷ lệ hộ nghèo 120%.", "suspicious_quantity", "120%"),
        ("Kinh phí 12.50.000 đồng.", "suspicious_quantity", "12.50.000"),
        ("Vốn 1.250.000 triệu đồng.", "suspicious_quantity", "1.250.000 triệu"),
    ],
)
def test_what_is_not_certain_is_warned_of(text, code, source):
    warnings = {
        (notice.code, notice.source, text[notice.start : notice.end]) for notice in read_text(text).warnings
    }
    assert (code, source, source) in warnings


def test_what_is_certain_gives_no_warning():
    assert read_text("Ngày 2/9/2024, UBND xã có 1.250 hộ, đạt 4,5%, từ 7h30 đến 17:00.").warnings == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_warning_is_worded(language):
    for code in (
        "ambiguous_abbreviation",
        "unknown_abbreviation",
        "ambiguous_date",
        "ambiguous_number",
        "ambiguous_score",
        "mixed_language",
        "number_without_unit",
        "suspicious_quantity",
        "unread",
    ):
        assert f"speech.warning.{code}" in catalogue(language)


def test_an_organisation_has_its_own_readings():
    own = national_lexicon().overlaid(
        {"TTVH": "trung tâm văn hóa huyện", "Dak": "đắk", "cttđt": "cổng thông tin điện tử"}
    )
    assert read_text("TTVH ở Dak Hà, cttđt", lexicon=own).spoken == (
        "trung tâm văn hóa huyện ở đắk hà cổng thông tin điện tử"
    )
    assert read_text("TTVH").spoken == "trung tâm văn hóa"


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("TT. Plei Kần", "thị trấn plei kần"),
        ("TT Y tế huyện", "trung tâm y tế huyện"),
        ("Phó Bí thư TT Huyện ủy", "phó bí thư thường trực huyện ủy"),
        ("Công ty CP Cao su", "công ty cổ phần cao su"),
        ("CP quy định", "chính phủ quy định"),
        ("BCH Quân sự xã", "ban chỉ huy quân sự xã"),
        ("BCH Đoàn xã", "ban chấp hành đoàn xã"),
        ("T7 và CN hằng tuần", "thứ bảy và chủ nhật hằng tuần"),
        ("KT. CHỦ TỊCH", "ký thay chủ tịch"),
        ("TL 671", "tỉnh lộ sáu trăm bảy mươi mốt"),
        ("TL. GIÁM ĐỐC", "thừa lệnh giám đốc"),
        ("Viêm gan B, C", "viêm gan bê xê"),
    ],
)
def test_neighbours_decide(text, spoken):
    assert read_text(text).spoken == spoken


@pytest.mark.parametrize(
    "unit", ["1", "1/", "A.", "A&", "(", "0 ", "1,000", "Ia ", "a@", ".", "ngày 1/", "\u0301", "QĐ-", "h'"]
)
def test_a_long_line_takes_work_in_proportion(unit):
    """Counted in calls, not in seconds; what a pattern does inside is for `benchmarks/reading.py`."""

    def calls(length: int) -> int:
        text, counted = (unit * length)[:length], 0

        def count(_frame, event, _argument):
            nonlocal counted
            counted += event in ("call", "c_call")

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            read_text(text)
        finally:
            sys.setprofile(before)
        return counted

    calls(100)  # patterns compiled, tables loaded
    assert calls(8_000) < 5 * calls(2_000) + 1_000


def test_rules_are_named_and_lead_somewhere():
    assert all(rule.name and set(rule.leads) <= set("0A.") for rule in RULES)


def test_joining_keeps_the_stronger_of_two_marks():
    reading = read_text("Xã đạt chuẩn (năm 2023).")
    assert join_tokens(reading.sentences[0].tokens)[0].endswith("hai mươi ba.")


def test_a_centre_says_the_codes_of_documents_as_it_prefers():
    text = "Thực hiện Quyết định 90/QĐ-TTg phê duyệt chương trình."
    assert "chín mươi quyết định thủ tướng phê duyệt" in read_text(text).spoken
    own = national_lexicon().overlaid({"QĐ-TTg": "của thủ tướng chính phủ"})
    assert "chín mươi của thủ tướng chính phủ phê duyệt" in read_text(text, lexicon=own).spoken
