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
    ],
)
def test_a_time_of_day_a_limit_or_a_place_is_no_target(text):
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
