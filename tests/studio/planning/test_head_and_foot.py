"""Who issues and who signs, where several do, or the papers lie unusually."""

import pytest

from studio.planning.importer import read_plan

BODY = "\nI. NỘI DUNG\n- Giữ nước sạch.\n"


@pytest.mark.parametrize(
    ("foot", "signed"),
    [
        ("Q. TRƯỞNG PHÒNG\nH' Mẫu Kbuôr\nPHÊ DUYỆT CỦA UBND HUYỆN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\nLý Văn Mẫu",
         [("Q. TRƯỞNG PHÒNG", "H' Mẫu Kbuôr"), ("PHÓ CHỦ TỊCH", "Lý Văn Mẫu")]),
        (("Xác nhận của UBND xã          TRẠM TRƯỞNG\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\n"
         "Cao Thị Mẫu                   BS. Ngô Văn Mẫu\nNơi nhận:\n- Lưu."),
         [("PHÓ CHỦ TỊCH", "Cao Thị Mẫu"), ("TRẠM TRƯỞNG", "BS. Ngô Văn Mẫu")]),
        ("TM. BAN CHẤP HÀNH\nBÍ THƯ\nNơi nhận:\n- Lưu VP.                       Hồ Thị Mẫu",
         [("BÍ THƯ", "Hồ Thị Mẫu")]),
        ("DUYỆT CỦA HIỆU TRƯỞNG          NGƯỜI LẬP KẾ HOẠCH\nPhạm Thị Mẫu                   Y Mẫu",
         [("DUYỆT CỦA HIỆU TRƯỞNG", "Phạm Thị Mẫu"), ("NGƯỜI LẬP KẾ HOẠCH", "Y Mẫu")]),
    ],
)  # fmt: skip
def test_each_name_stands_under_its_own_role(foot, signed):
    found = read_plan(f"KẾ HOẠCH\nThử năm 2026\n{BODY}\n{foot}")
    assert [(one.role, one.name) for one in found.signatories] == signed


def test_both_bodies_issue_a_joint_plan_whose_number_names_both():
    head = "HỘI LHPN PHƯỜNG ĐÔNG\nCÔNG AN PHƯỜNG\nSố: 04/KHPH-HPN-CA\nKẾ HOẠCH PHỐI HỢP\nThử năm 2026\n"
    assert read_plan(head + BODY).issuer == "HỘI LHPN PHƯỜNG ĐÔNG - CÔNG AN PHƯỜNG"
    assert read_plan(head.replace("-HPN-CA", "-CA") + BODY).issuer == "CÔNG AN PHƯỜNG"


def test_a_plan_takes_number_and_date_from_the_decision_that_it_came_with():
    found = read_plan(
        "KẾ HOẠCH\nThử năm 2026\n(Kèm theo Quyết định số 96/QĐ-UBND ngày 27 tháng 02 năm 2026 của UBND xã)\n"
        + BODY
    )
    assert (found.number, found.date and found.date.isoformat()) == ("96/QĐ-UBND", "2026-02-27")


def test_a_letterhead_in_a_markdown_table_is_read_cell_by_cell():
    found = read_plan(
        "| HỘI LHPN TỈNH ĐÔNG SƠN<br>**BAN THƯỜNG VỤ** | **CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM**<br>"
        "**Độc lập - Tự do - Hạnh phúc** |\n|---|---|\n| Số: 45/KH-BTV | "
        f"*Đông Sơn, ngày 20 tháng 6 năm 2025* |\n\n# KẾ HOẠCH\n\n**Thử năm 2025**\n{BODY}"
    )
    assert (found.issuer, found.number, found.place) == ("BAN THƯỜNG VỤ", "45/KH-BTV", "Đông Sơn")
    assert not found.unread


def test_a_title_that_begins_like_a_roman_number_is_a_title():
    found = read_plan(f"KẾ HOẠCH\nV/v tuyên truyền nông thôn mới năm 2026\n{BODY}")
    assert found.title == "V/v tuyên truyền nông thôn mới năm 2026"


def test_recipients_may_stand_on_one_line():
    found = read_plan(
        f"KẾ HOẠCH\nThử năm 2026\n{BODY}\nNơi nhận: UBND huyện; các thôn; lưu VT.\n\nCHỦ TỊCH\nLý Văn Mẫu"
    )
    assert found.recipients == ("UBND huyện", "các thôn", "lưu VT")
