"""Corrections as data: each deed, its undoing, its replay on a later reading; no line is ever lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.errors import LoaError
from studio.planning.importer import read_plan
from studio.planning.review.corrections import (
    Correction,
    CorrectionCodeTaken,
    CorrectionEmpty,
    CorrectionUnfit,
    Deed,
    apply_correction,
    apply_corrections,
    make_correction,
    read_field,
    restore_correction,
)

TEXT = """KẾ HOẠCH
Truyền thông thử năm 2026

I. ĐỐI TƯỢNG
- Hộ nghèo trong xã;
- Thanh niên chưa có việc.
Một câu chen vào giữa

II. NỘI DUNG
1. Vay vốn làm ăn:
a) Cách làm hồ sơ;
b) Nơi nộp hồ sơ.
2. Giữ nguồn nước

III. HÌNH THỨC
- Loa xã, 12 chương trình/năm.

IV. TỔ CHỨC THỰC HIỆN
1. Phòng Nội vụ
- Theo dõi, tổng hợp.

CHỦ TỊCH
Lý Văn Thạch
"""
PLAN = read_plan(TEXT)
STRAY = next(line.line for line in PLAN.lines if line.text.startswith("Một câu"))


def correct(*deeds: tuple[Deed, str, str]):
    document = PLAN
    for deed, at, to in deeds:
        document = apply_correction(document, make_correction(document, deed, at, to))
    return document


def titles(items) -> list[str]:
    return [f"{item.code} {item.title}" for item in items]


def part_of(document, line: int) -> tuple[str, ...]:
    return next(one.parts for one in document.lines if one.line == line)


def test_the_stray_line_is_unread_to_begin_with():
    assert [rest.line for rest in PLAN.unread] == [STRAY]


def test_a_line_becomes_a_new_item_where_it_stands():
    document = correct((Deed.MOVE, str(STRAY), "themes"))
    assert titles(document.themes) == ["3 Một câu chen vào giữa", "1 Vay vốn làm ăn", "2 Giữ nguồn nước"]
    assert part_of(document, STRAY) == ("themes.1",)
    assert document.unread == ()


def test_a_line_becomes_a_topic_or_goes_on_with_an_item():
    document = correct((Deed.MOVE, str(STRAY), "themes.1"))
    assert titles(document.themes[0].topics)[0] == "1.3 Một câu chen vào giữa"
    assert part_of(document, STRAY) == ("themes.1.1",)
    document = correct((Deed.MOVE, str(STRAY), "themes.2+"))
    assert document.themes[1].title == "Giữ nguồn nước Một câu chen vào giữa"


def test_a_line_leaves_its_item_for_another_part_and_codes_stay():
    document = correct((Deed.MOVE, "10", "forms"))  # theme 1, whose topics lose their place
    assert titles(document.themes) == ["2 Giữ nguồn nước"]
    assert titles(document.forms)[0].endswith("Vay vốn làm ăn")
    assert [rest.line for rest in document.unread] == [STRAY, 11, 12]


@pytest.mark.parametrize("aside", ["dropped", "unread", "notes.closing", "heading"])
def test_a_line_may_be_set_aside(aside):
    document = correct((Deed.MOVE, "5", aside))
    assert part_of(document, 5) == (aside,)
    assert titles(document.audiences) == ["2 Thanh niên chưa có việc"]


def test_a_line_with_a_number_becomes_a_target():
    document = correct((Deed.MOVE, "16", "targets"))
    assert [(one.quantity, one.unit, one.line) for one in document.targets] == [(12, "chương trình", 16)]
    assert document.forms == ()
    with pytest.raises(CorrectionUnfit):
        correct((Deed.MOVE, str(STRAY), "targets"))


def test_items_are_edited_recoded_added_dropped():
    document = correct(
        (Deed.EDIT, "themes.2", "Giữ sạch nguồn nước"),
        (Deed.CODE, "themes.1", "vay-von"),
        (Deed.ADD, "themes.1", "Lãi suất"),
        (Deed.ADD, "audiences", "Già làng;"),
        (Deed.DROP, "audiences.1", ""),
        (Deed.ADD, "legal_bases", "Quyết định số 9/QĐ-UBND ngày 01/02/2026 của UBND huyện về việc thử"),
    )
    assert titles(document.themes) == ["vay-von Vay vốn làm ăn", "2 Giữ sạch nguồn nước"]
    assert [topic.code for topic in document.themes[0].topics] == ["vay-von.1", "vay-von.2", "vay-von.3"]
    assert titles(document.audiences) == ["2 Thanh niên chưa có việc", "3 Già làng"]
    assert part_of(document, 5) == ("dropped",)
    assert (document.legal_bases[0].number, document.legal_bases[0].issuer) == ("9/QĐ-UBND", "UBND huyện")


def test_fields_are_filled_in():
    document = correct(
        (Deed.SET, "title", "Tên khác"),
        (Deed.SET, "year", "2027"),
        (Deed.SET, "date", "05/03/2026"),
        (Deed.SET, "signatory.name", "Lý Thị Mai"),
        (Deed.SET, "signatory.2.role", "KẾ TOÁN"),
    )
    assert [read_field(document, name) for name in ("title", "year", "date")] == [
        "Tên khác",
        "2027",
        "05/03/2026",
    ]
    assert [(one.role, one.name) for one in document.signatories] == [
        ("CHỦ TỊCH", "Lý Thị Mai"),
        ("KẾ TOÁN", None),
    ]


@pytest.mark.parametrize(
    ("deed", "at", "to", "error"),
    [
        (Deed.MOVE, "900", "themes", CorrectionUnfit),
        (Deed.MOVE, "10", "nowhere", CorrectionUnfit),
        (Deed.MOVE, "10", "themes.9", CorrectionUnfit),
        (Deed.MOVE, "10", "themes.1", CorrectionUnfit),
        (Deed.EDIT, "themes.9", "x", CorrectionUnfit),
        (Deed.EDIT, "themes.1", " ", CorrectionEmpty),
        (Deed.ADD, "themes", " ", CorrectionEmpty),
        (Deed.ADD, "audiences.1", "x", CorrectionUnfit),
        (Deed.CODE, "themes.1", "2", CorrectionCodeTaken),
        (Deed.CODE, "themes.1", "có dấu cách", CorrectionUnfit),
        (Deed.CODE, "themes.1.1", "2.1", CorrectionUnfit),
        (Deed.CODE, "units.1", "1", CorrectionUnfit),
        (Deed.DROP, "themes", "", CorrectionUnfit),
        (Deed.SET, "year", "năm sau", CorrectionUnfit),
        (Deed.SET, "date", "31/02/2026", CorrectionUnfit),
        (Deed.SET, "source_sha256", "0", CorrectionUnfit),
        (Deed.SET, "signatory.9.name", "x", CorrectionUnfit),
    ],
)
def test_what_does_not_fit_is_named(deed, at, to, error):
    with pytest.raises(error) as caught:
        correct((deed, at, to))
    assert str(caught.value)


def test_corrections_find_their_words_in_a_later_reading():
    made = [
        make_correction(PLAN, Deed.MOVE, str(STRAY), "dropped"),
        make_correction(PLAN, Deed.EDIT, "themes.2", "Giữ sạch nguồn nước"),
        make_correction(PLAN, Deed.DROP, "themes.1.2"),
        make_correction(PLAN, Deed.SET, "issuer", "UBND xã"),
        make_correction(PLAN, Deed.DROP, "audiences.2"),
    ]
    later = read_plan(
        TEXT.replace("II. NỘI DUNG\n", "II. NỘI DUNG\n1. Phần mới\n").replace(
            "- Thanh niên chưa có việc.\n", ""
        )
    )
    document, missed = apply_corrections(later, [restore_correction(one.to_json()) for one in made])
    assert [theme.title for theme in document.themes] == ["Phần mới", "Vay vốn làm ăn", "Giữ sạch nguồn nước"]
    assert [topic.title for topic in document.themes[1].topics] == ["Cách làm hồ sơ"]
    assert document.issuer == "UBND xã"
    assert [(one.deed, one.was) for one in missed] == [(Deed.DROP, "Thanh niên chưa có việc")]


PLACES = st.sampled_from(
    ["themes", "themes.1", "themes.2", "themes.1.2", "forms", "forms.1", "audiences", "audiences.1", "units",
     "units.1", "units.1.1", "purposes", "legal_bases", "recipients", "funding", "title", "year", "unread",
     "dropped", "notes.closing", "heading", "targets", "themes.1+", "units.1+", "signatory.name", "5", "9",
     "13"]
)  # fmt: skip
DEEDS = st.builds(
    Correction,
    st.sampled_from(Deed),
    st.one_of(PLACES, st.integers(1, 30).map(str)),
    st.one_of(PLACES, st.just("chữ mới"), st.text(max_size=20)),
    st.just(""),
)


@given(st.lists(DEEDS, max_size=12))
@settings(max_examples=80, deadline=None)
def test_whatever_is_corrected_every_line_keeps_a_place_and_the_words_of_the_source(deeds):
    document = PLAN
    for deed in deeds:
        try:
            document = apply_correction(document, deed)
        except LoaError as error:
            assert str(error)  # noqa: PT017  any refusal is worded
    assert [(one.line, one.text) for one in document.lines] == [(one.line, one.text) for one in PLAN.lines]
    assert all(one.parts for one in document.lines)
    assert {one.line for one in document.lines if "unread" in one.parts} == {
        one.line for one in document.unread
    }
    for items in (document.themes, document.forms, document.audiences):
        assert len({item.code for item in items}) == len(items)
