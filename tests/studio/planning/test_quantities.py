"""Numbers in sentences: what is counted, per what, and what only looks like a target."""

import pytest

from studio.planning.quantities import find_quantities, read_measure


def read(text: str) -> list[tuple[int | float, str, str | None]]:
    return [(found.quantity, found.unit, found.per) for found, _ in find_quantities(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mỗi hội nghị 50 người", [(50, "người", "hội nghị")]),
        ("mỗi hộ nghèo 02 tờ rơi", [(2, "tờ rơi", "hộ")]),
        ("mỗi điểm cầu 3 buổi", [(3, "buổi", "điểm")]),
        ("mỗi kỳ họp 2 tin", [(2, "tin", "kỳ")]),
        ("100 người trên hội trường", [(100, "người", None)]),
        ("12 lớp/huyện", [(12, "lớp", None)]),
        ("01 buổi/thôn/tháng", [(1, "buổi", "thôn/tháng")]),
        ("Mỗi tuần phát 5 buổi, mỗi buổi 30 phút", [(5, "buổi", "tuần"), (30, "phút", "buổi")]),
        ("02 lần/tuần, thời lượng 10 phút/lần", [(2, "lần", "tuần"), (10, "phút", "lần")]),
        ("một lớp tập huấn và 3 hội nghị", [(3, "hội nghị", None)]),
        ("500 lượt cán bộ được tập huấn", [(500, "lượt cán bộ", None)]),
        ("100% lớp tham gia", [(100, "% lớp", None)]),
        ("mỗi ngày 01 bài", [(1, "bài", "ngày")]),
        ("02 số/tuần, mỗi số 30 phút", [(2, "số", "tuần"), (30, "phút", "số")]),
        ("02 (hai) chương trình tiếng dân tộc/tuần", [(2, "chương trình", "tuần")]),
        ("24 chương trình mẫu mỗi năm", [(24, "chương trình", "năm")]),
        ("Mỗi thôn mỗi tháng 02 buổi", [(2, "buổi", "thôn/tháng")]),
        ("mỗi xã 04 buổi/năm", [(4, "buổi", "xã/năm")]),
        ("Mỗi tuần 3 buổi tiếng Việt và 2 buổi tiếng Tày", [(3, "buổi", "tuần"), (2, "buổi", "tuần")]),
        ("phát ngày 02 lần, mỗi lần 05 phút", [(2, "lần", "ngày"), (5, "phút", "lần")]),
        ("mỗi hội nghị từ 50 đến 70 người", [(50, "người", "hội nghị")]),
        ("thời lượng 15 - 20 phút/kỳ", [(15, "phút", "kỳ")]),
        ("thời lượng không dưới 10 phút", [(10, "phút", None)]),
        ("tổ chức 03 hội thi, mỗi hội thi có ít nhất 20 đội", [(3, "hội thi", None), (20, "đội", "hội thi")]),
        ("treo 22 băng zôn, 4 cụm pa nô", [(22, "băng zôn", None), (4, "cụm pa nô", None)]),
        ("dựng mới 05 pano, thay 40 tấm cũ", [(5, "pano", None), (40, "tấm", None)]),
        ("Xe lưu động: 12 chuyến", [(12, "chuyến", None)]),
        ("100% đài truyền thanh cấp xã có chuyên mục", [(100, "% đài truyền thanh cấp xã", None)]),
        ("dán 250 áp phích", [(250, "áp phích", None)]),
    ],
)
def test_a_number_has_its_unit_and_period(text, found):
    assert read(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "từ 5 giờ 00 đến 5 giờ 30 phút",
        "trước 16 giờ thứ Năm",
        "chiều 17 giờ",
        "phản ánh trong 24 giờ",
        "tổ chức tại 06 xã",
        "trên địa bàn 12 xã, thị trấn",
        "từ ngày 15/7 đến ngày 31/8/2025",
        "95 năm Ngày thành lập",
        "giảm tỷ lệ suy dinh dưỡng xuống dưới 15%",
        "giảm ít nhất 20% lượng rác",
        "tăng 12% so với năm 2023",
        "không quá 15 phút",
        "năm qua đã phát 96 bài",
        "vận hành 64 cụm loa",
        "đoàn gồm 05 thành viên",
        "thực hiện 03 nội dung, 4 nhiệm vụ",
        "phương châm 4 tại chỗ",
        "ngày 02 tháng 9",
        "các ngày thứ 2, thứ 4",
    ],
)
def test_a_time_a_limit_a_change_a_place_or_what_was_done_is_no_target(text):
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tin, bài/tháng", ("tin, bài", "tháng")),
        ("Tờ rơi", ("tờ rơi", None)),
        ("hội nghị", ("hội nghị", None)),
        ("hội nghị trực tiếp", None),
        ("Xã Đăk Long", None),
    ],
)
def test_a_measure_is_all_that_the_words_say(text, found):
    assert read_measure(text) == found
