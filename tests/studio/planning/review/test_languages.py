"""Which language a number of a plan is meant for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.planning.review.languages import find_language


@pytest.mark.parametrize(
    ("text", "quantity", "code"),
    [
        ("03 chuyên mục tiếng Gia Rai/tháng", 3, "jra"),
        ("Phát 02 chương trình bằng tiếng J’rai mỗi tuần", 2, "jra"),
        ("Bằng tiếng Xơ Đăng: 12 tin, 6 chuyên mục", 12, "sed"),
        ("Bằng tiếng Xơ Đăng: 12 tin, 6 chuyên mục", 6, "sed"),
        ("45 tờ gấp và 15 tờ gấp tiếng Thái", 45, None),
        ("45 tờ gấp và 15 tờ gấp tiếng Thái", 15, "blt"),
        ("1.200 phút tiếng Ba Na/năm", 1200, "bdq"),
        ("24 tin bằng tiếng Việt và tiếng Gia Rai", 24, None),
        ("24 tin bằng tiếng Việt, Gia Rai", 24, None),
        ("24 tin tiếng phổ thông", 24, "vi"),
        ("24 tin bằng tiếng dân tộc", 24, None),
        ("Xã Ba Na có 24 tin, Mường nghe đài", 24, None),
        ("24 tin", 25, None),
        ("", 1, None),
    ],
)
def test_a_language_goes_with_its_own_number(text, quantity, code):
    assert find_language(text, quantity) == code


@given(st.text(max_size=200), st.integers(0, 10_000))
def test_any_text_is_read(text, quantity):
    find_language(text, quantity)
