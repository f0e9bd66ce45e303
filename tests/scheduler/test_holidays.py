from datetime import date

import pytest

from assets.messages import speaking
from scheduler.holidays import LAWFUL, HolidayCalendar


@pytest.mark.parametrize(
    ("tet", "ancestors"),
    [  # the first day of Tet and the tenth of the third moon, as the almanacs of Viet Nam have them
        (date(2023, 1, 22), date(2023, 4, 29)),
        (date(2024, 2, 10), date(2024, 4, 18)),
        (date(2025, 1, 29), date(2025, 4, 7)),
        (date(2026, 2, 17), date(2026, 4, 26)),
        (date(2027, 2, 6), date(2027, 4, 16)),
        (date(2028, 1, 26), date(2028, 4, 4)),
        (date(2029, 2, 13), date(2029, 4, 23)),
        (date(2030, 2, 2), date(2030, 4, 12)),
    ],
)
def test_tet_and_the_hung_kings_day_move_with_the_moon(tet, ancestors):
    assert LAWFUL.name(tet) == "Tết Nguyên Đán"
    assert "Giỗ Tổ" in LAWFUL.name(ancestors)


def test_tet_by_the_time_of_ha_noi_not_of_beijing():
    # New moon at 23:14 in Ha Noi, past midnight in Beijing: the two calendars part in 2030.
    assert LAWFUL.name(date(2030, 2, 2)) == "Tết Nguyên Đán"


def test_days_by_the_sun_and_days_in_lieu():
    found = LAWFUL.within(date(2026, 4, 20), date(2026, 9, 30))
    assert [f"{day:%d/%m}" for day in found] == [
        "26/04", "27/04", "30/04", "01/05", "31/08", "01/09", "02/09",
    ]  # fmt: skip
    assert "nghỉ bù" in found[date(2026, 4, 27)]  # the 26th is a Sunday
    assert date(2026, 4, 28) not in LAWFUL


def test_what_the_government_moved_goes_over_the_law():
    moved = HolidayCalendar(((date(2026, 9, 3), "Nghỉ hoán đổi"), (date(2026, 9, 1), "")))
    assert moved.name(date(2026, 9, 3)) == "Nghỉ hoán đổi"
    assert date(2026, 9, 1) not in moved
    assert [day.day for day in moved.within(date(2026, 9, 1), date(2026, 9, 30))] == [2, 3]


def test_named_in_the_readers_language():
    with speaking("en"):
        assert LAWFUL.name(date(2026, 2, 17)) == "Lunar New Year"


def test_beyond_the_almanac_no_day_is_a_holiday():
    assert LAWFUL.within(date(2150, 1, 1), date(2150, 12, 31)) == {}
