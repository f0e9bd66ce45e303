"""No figure and no sign is lost: what is read is turned back into figures by other means and compared."""

import random

import pytest

from studio.speech.reader import read_text
from tests.speech.inverse import count, lost_figures, signs_lost
from tests.speech.scoring import public_cases

FRAMES = (
    "Toàn xã có {} hộ.",
    "Chi {} đồng cho bà con.",
    "Diện tích {} ha, tăng so với năm trước.",
    "Sản lượng đạt {} tấn/năm.",
    "Giá {}đ/kg, giảm so với hôm qua.",
)


def test_no_figure_of_the_set_is_lost():
    lost = {}
    for case in public_cases():
        spoken = read_text(case.source).spoken
        figures = lost_figures(case.source, spoken)
        if figures or signs_lost(case.source, spoken):
            lost[case.source] = figures
    assert not lost


@pytest.mark.parametrize("frame", FRAMES)
def test_no_count_is_changed(frame):
    draw = random.Random(frame)
    for _ in range(60):
        number = draw.randrange(10 ** draw.randrange(1, 12))
        words = read_text(frame.format(f"{number:,}".replace(",", "."))).spoken.split()
        assert any(
            count(words[start:end]) == number
            for start in range(len(words))
            for end in range(start + 1, len(words) + 1)
        ), (number, words)


@pytest.mark.parametrize(
    ("source", "spoken", "lost"),
    [
        ("Có 1.250 hộ", "có một phẩy hai năm không hộ", ["1.250"]),
        ("Có 1.250 hộ", "có một nghìn hai trăm năm mươi hộ", []),
        ("Ngày 26/7", "ngày hai mươi sáu tháng tám", ["7"]),
        ("Gọi 0905 123 456", "gọi không chín không năm một hai ba bốn năm sáu", []),
        ("Gọi 0905 123 456", "gọi chín trăm linh năm một hai ba bốn năm bảy", ["456"]),
        ("Đạt 4,5%", "đạt bốn phần trăm", ["5"]),
    ],
)
def test_the_checker_hears_what_is_lost(source, spoken, lost):
    assert lost_figures(source, spoken) == lost


def test_the_checker_hears_a_lost_sign():
    assert signs_lost("Nhiệt độ -5°C", "nhiệt độ năm độ xê")
    assert not signs_lost("Nhiệt độ -5°C", "nhiệt độ âm năm độ xê")
