"""Who does what: names before their duties, units under groups, days of reports."""

import pytest

from studio.planning.duties import find_report_days
from studio.planning.importer import read_plan


@pytest.mark.parametrize(
    ("lines", "units"),
    [
        (
            "1. Phòng Kinh tế là đầu mối, đôn đốc.\n2. Tổ dân phố số 1 đến số 4 phát tờ hướng dẫn.",
            {"Phòng Kinh tế": 1, "Tổ dân phố số 1 đến số 4": 1},
        ),
        (
            (
                "1. Cấp tỉnh\n- Ban Tuyên giáo: hướng dẫn.\n- Văn phòng: bảo đảm hậu cần.\n"
                "2. Cấp xã\n- Hội Phụ nữ xã: gửi tin."
            ),
            {"Ban Tuyên giáo": 1, "Văn phòng": 1, "Hội Phụ nữ xã": 1},
        ),
        (
            "1. Phòng Nội vụ: theo dõi.\n2. YS. phụ trách truyền thông: viết bài, báo cáo trước ngày 28.",
            {"Phòng Nội vụ": 1, "YS. phụ trách truyền thông": 1},
        ),
        (
            "1. Phòng Nội vụ\nTheo dõi chung.\n2. Kính đề nghị UBND các xã quan tâm, bố trí giờ phát.",
            {"Phòng Nội vụ": 1, "UBND các xã": 1},
        ),
        (
            (
                "1. Phòng Tài chính\nThẩm định dự toán của từng đơn vị, trình lãnh đạo xem xét, quyết định.\n"
                "2. Đề nghị Ủy ban Mặt trận Tổ quốc Việt Nam và các tổ chức chính trị - xã hội thành phố\n"
                "Đẩy mạnh phong trào."
            ),
            {
                "Phòng Tài chính": 1,
                "Ủy ban Mặt trận Tổ quốc Việt Nam và các tổ chức chính trị - xã hội thành phố": 1,
            },
        ),
    ],
)
def test_units_are_named_without_their_duties(lines, units):
    found = read_plan(f"KẾ HOẠCH\nThử năm 2026\n\nI. TỔ CHỨC THỰC HIỆN\n{lines}")
    assert {unit.name: len(unit.duties) for unit in found.units} == units
    assert not found.unread


def test_the_formula_that_closes_is_no_part_of_the_last_duty():
    found = read_plan(
        "KẾ HOẠCH\nThử năm 2026\n\nI. TỔ CHỨC THỰC HIỆN\n1. UBND các xã\na) Mở loa;\nb) Báo cáo hằng quý.\n\n"
        "Yêu cầu các đơn vị nghiêm túc thực hiện./."
    )
    assert found.units[0].duties == ("Mở loa;", "Báo cáo hằng quý.")
    assert [note.part for note in found.notes] == ["closing"]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("báo cáo 6 tháng (trước 10/6), năm (trước 05/12)", ["6 tháng (trước 10/6)", "trước 05/12"]),
        ("báo cáo định kỳ hằng quý, 6 tháng và cả năm", ["hằng quý", "6 tháng", "cả năm"]),
        ("báo cáo Hội tỉnh ngày 10 tháng cuối quý", ["ngày 10 tháng cuối quý"]),
        ("báo cáo Hiệu trưởng cuối mỗi học kỳ", ["cuối mỗi học kỳ"]),
        ("phát trước 10/6", []),
    ],
)
def test_days_of_reports_are_read_whole(text, days):
    assert list(find_report_days(text)) == days
