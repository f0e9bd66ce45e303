"""Sections and what stands in them, by layout: fields, groups, lists in a sentence, what was before."""

import pytest

from studio.planning.document import PlanDocument
from studio.planning.importer import read_plan


def read(body: str, head: str = "Thử năm 2026") -> PlanDocument:
    return read_plan(f"KẾ HOẠCH\n{head}\n\n{body}")


@pytest.mark.parametrize(
    ("body", "audiences"),
    [
        (
            "I. ĐỐI TƯỢNG\n1. Người dân, trong đó ưu tiên:\na) Người cao tuổi;\nb) Học sinh.\n2. Hợp tác xã.",
            ["Người dân, trong đó ưu tiên", "Người cao tuổi", "Học sinh", "Hợp tác xã"],
        ),
        (
            (
                "I. ĐỐI TƯỢNG VẬN ĐỘNG, ĐỐI TƯỢNG HỖ TRỢ\n1. Đối tượng vận động:\n- Cán bộ;\n- Nhà hảo tâm.\n"
                "2. Đối tượng hỗ trợ: hộ nghèo khó khăn về nhà ở."
            ),
            ["Cán bộ", "Nhà hảo tâm", "hộ nghèo khó khăn về nhà ở"],
        ),
        ("I. ĐỐI TƯỢNG\nTập trung vào: hộ nghèo; thanh niên.", ["hộ nghèo", "thanh niên"]),
        (
            "I. ĐỐI TƯỢNG\nKế hoạch dành cho hộ nghèo, người cao tuổi và trẻ em gái.",
            ["hộ nghèo", "người cao tuổi", "trẻ em gái"],
        ),
        (
            "I. ĐỐI TƯỢNG\nKế hoạch hướng tới học sinh, cha mẹ học sinh và già làng, trưởng bản.",
            ["học sinh, cha mẹ học sinh và già làng, trưởng bản"],  # whose "và" that is, nobody can tell
        ),
        ("I. THÀNH PHẦN THAM DỰ\nHội viên các chi hội; khách mời.", ["Hội viên các chi hội", "khách mời"]),
    ],
)
def test_audiences_are_found_under_others_in_groups_and_in_sentences(body, audiences):
    assert [one.title for one in read(body).audiences] == audiences


def test_aims_stand_under_general_and_particular_ones():
    found = read(
        "I. MỤC TIÊU\n1. Tổng quát: Bà con nghe được tin.\n2. Mục tiêu cụ thể đến hết năm 2027\n"
        "2.1. 95% hộ nghe đài.\n2.2. Mỗi xã có chuyên mục."
    )
    assert found.purposes == ("Bà con nghe được tin.", "95% hộ nghe đài.", "Mỗi xã có chuyên mục.")


def test_items_are_sections_where_the_heading_announced_them():
    found = read("I. MỤC ĐÍCH, YÊU CẦU\n- Mục đích: biết giữ sức khỏe.\n- Yêu cầu: nói ngắn.")
    assert (found.purposes, found.requirements) == (("biết giữ sức khỏe.",), ("nói ngắn.",))


def test_an_activity_laid_out_in_fields_is_a_form_with_its_theme_people_numbers_and_doer():
    found = read(
        "I. NHIỆM VỤ CỤ THỂ\n1. Hội nghị phổ biến pháp luật\n- Nội dung: Luật Đất đai.\n"
        "- Đối tượng: trưởng buôn.\n- Số lượng: 08 hội nghị.\n- Thời gian: quý II.\n"
        "- Đơn vị chủ trì: Phòng Tư pháp.\n- Đơn vị phối hợp: Hội Nông dân."
    )
    assert [one.title for one in found.forms] == ["Hội nghị phổ biến pháp luật"]
    assert [one.title for one in found.themes] == ["Luật Đất đai"]
    assert [one.title for one in found.audiences] == ["trưởng buôn"]
    assert [(one.quantity, one.unit) for one in found.targets] == [(8, "hội nghị")]
    assert [(one.name, one.duties) for one in found.units] == [
        ("Phòng Tư pháp", ("Hội nghị phổ biến pháp luật",))
    ]
    counted = next(line for line in found.lines if "08 hội nghị" in line.text)
    assert "forms.1" in counted.parts  # the number is the activity's
    assert not found.unread


def test_what_was_before_is_noted_and_counts_nothing():
    found = read(
        "A. KẾT QUẢ NĂM 2025\n1. Công tác tuyên truyền\nĐài phát 96 bài, 38 buổi, đạt 95% kế hoạch.\n"
        "B. KẾ HOẠCH NĂM 2026\nI. HÌNH THỨC\n- Phát 8 bài/tháng."
    )
    assert [(one.quantity, one.per) for one in found.targets] == [(8, "tháng")]
    assert [note.part for note in found.notes] == ["situation"]
    assert not found.unread


def test_bases_may_stand_in_a_list_under_their_own_heading():
    found = read(
        "I. CĂN CỨ PHÁP LÝ\n- Luật Trẻ em ngày 05/4/2016;\n"
        "- Quyết định số 90/QĐ-TTg ngày 18/01/2022 của Thủ tướng Chính phủ.\nII. NỘI DUNG\n- Giữ nước."
    )
    assert [(one.number, one.issuer) for one in found.legal_bases] == [
        (None, None),
        ("90/QĐ-TTg", "Thủ tướng Chính phủ"),
    ]


@pytest.mark.parametrize("heading", ["BIỆN PHÁP THỰC HIỆN", "VIỆC CỦA TỪNG BÊN"])
def test_who_does_what_is_known_by_its_shape(heading):
    found = read(
        f"I. {heading}\n- Ban Thường vụ Hội xã: phân công ủy viên.\n- Các chi hội: gửi việc làm cụ thể."
    )
    assert [unit.name for unit in found.units] == ["Ban Thường vụ Hội xã", "Các chi hội"]
    assert not found.forms


def test_channels_are_forms_although_they_begin_like_units():
    found = read("I. GIẢI PHÁP\n- Đài truyền thanh xã: phát 02 lần/tuần.\n- Hội nghị: 4 cuộc.")
    assert [form.title for form in found.forms] == [
        "Đài truyền thanh xã: phát 02 lần/tuần",
        "Hội nghị: 4 cuộc",
    ]
    assert not found.units


def test_a_pointer_to_an_annex_is_no_theme():
    found = read("I. NỘI DUNG\nTheo Phụ lục I kèm theo.")
    assert (found.themes, [note.part for note in found.notes]) == ((), ["themes"])
