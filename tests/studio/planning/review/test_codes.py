"""Codes stay with the wording, never with the number; differences are told item by item."""

from dataclasses import replace

from studio.planning.document import Heading, PlanTheme
from studio.planning.review.codes import Known, keep_codes
from studio.planning.review.differences import Change, compare_plans
from studio.planning.review.likeness import pair_alike, weigh_likeness
from tests.studio.planning.district import make_document

KNOWN = [
    Known("1", "Chính sách giảm nghèo bền vững", None, is_held=False),
    Known("3", "Dịch vụ xã hội cơ bản cho bà con", None, is_held=True),
    Known("3.health", "Y tế", "3", is_held=True),
    Known("3.housing", "Nhà ở", "3", is_held=False),
    Known("30", "Việc khác", None, is_held=True),
]


def recode(*themes: PlanTheme, chosen=()):
    return keep_codes(make_document(themes=themes), {"themes": KNOWN}, chosen=chosen).themes


def test_a_renumbered_and_reworded_theme_keeps_its_code_and_its_topics_theirs():
    themes = recode(
        PlanTheme("1", "Chuyển đổi số trong thôn"),
        PlanTheme("2", "Chính sách về giảm nghèo bền vững"),
        PlanTheme(
            "3", "Các dịch vụ xã hội cơ bản cho bà con", (Heading("3.1", "Nhà ở"), Heading("3.2", "Y tế"))
        ),
    )
    assert [theme.code for theme in themes] == ["4", "1", "3"]
    assert [topic.code for topic in themes[2].topics] == ["3.housing", "3.health"]


def test_a_new_theme_never_takes_a_code_that_something_means():
    themes = recode(PlanTheme("30", "Thể thao"), PlanTheme("3", "Văn nghệ", (Heading("3.1", "Hát"),)))
    assert not {theme.code for theme in themes} & {"30", "3"}
    assert themes[1].topics[0].code == f"{themes[1].code}.1"


def test_a_code_that_a_person_chose_is_not_touched():
    themes = recode(PlanTheme("30", "Tên mới hẳn"), PlanTheme("2", "Việc khác"), chosen={"themes:30"})
    assert themes[0].code == "30"
    assert themes[1].code != "30"


def test_likeness_knows_words_not_letters():
    assert weigh_likeness("Nhà ở cho hộ nghèo", "NHA O CHO HO NGHEO") == 1
    assert weigh_likeness("Nhà ở cho hộ nghèo", "Vay vốn ưu đãi") == 0
    assert weigh_likeness("", "") == 1
    assert pair_alike(["a b", "c d"], ["c d", "a b", "x"]) == {0: 1, 1: 0}


def test_differences_are_told_item_by_item():
    old = make_document()
    new = replace(
        old,
        title="Truyền thông giảm nghèo năm 2026 (sửa đổi)",
        themes=(*old.themes[1:], PlanTheme("4", "Chuyển đổi số")),
        audiences=(Heading("1", "Bà con trong xã"), old.audiences[1]),
    )
    assert compare_plans(old, old) == []
    assert {(one.change, one.part, one.before, one.after) for one in compare_plans(old, new)} == {
        (Change.CHANGED, "title", old.title, new.title),
        (Change.REMOVED, "themes", "1 Chính sách", ""),
        (Change.ADDED, "themes", "", "4 Chuyển đổi số"),
        (Change.CHANGED, "audiences", "1 Bà con", "1 Bà con trong xã"),
    }
