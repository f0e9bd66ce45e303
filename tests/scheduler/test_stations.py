from datetime import date, time

import pytest

from scheduler.stations import (
    StationTaken,
    StationUnknown,
    StationUnusable,
    add_station,
    find_station,
    list_stations,
    read_rules,
)
from tests.scheduler.fixtures import make_station


@pytest.fixture
def session(database):
    with database.writing() as opened:
        yield opened


def test_added_once_and_found_by_code(session):
    added = add_station(session, make_station(quiet_from=time(21), quiet_until=time(4, 30)))
    again = add_station(session, make_station(quiet_from=time(21), quiet_until=time(4, 30)))
    assert again.id == added.id == find_station(session, "ia-dom").id
    assert read_rules(added).quiet == (time(21), time(4, 30))
    with pytest.raises(StationTaken):
        add_station(session, make_station(name="Cụm loa khác"))


def test_an_unknown_code_names_the_valid_ones_nearest_first(session):
    for code in ("district-radio", "ia-dal", "ia-toi"):
        add_station(session, make_station(code))
    with pytest.raises(StationUnknown) as caught:
        find_station(session, "ia-dall")
    assert caught.value.data["valid"].startswith("ia-dal")
    assert "district-radio" in str(caught.value)
    with pytest.raises(StationUnknown):
        find_station(session, "x" * 10_000)


def test_an_empty_house_says_so(session):
    with pytest.raises(StationUnknown):
        find_station(session, "ia-dom")
    assert list_stations(session) == []


def test_listed_by_code_and_by_the_day_they_serve(session):
    add_station(session, make_station("b", valid_until=date(2025, 12, 31)))
    add_station(session, make_station("a", valid_from=date(2025, 7, 1)))
    assert [one.code for one in list_stations(session)] == ["a", "b"]
    assert [one.code for one in list_stations(session, on=date(2025, 12, 31))] == ["a", "b"]
    assert [one.code for one in list_stations(session, on=date(2026, 1, 1))] == ["a"]
    assert [one.code for one in list_stations(session, on=date(2025, 6, 30))] == ["b"]


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("code", {"code": "Ia Dom"}),
        ("code", {"code": ""}),
        ("name", {"name": " "}),
        ("preset", {"preset": ""}),
        ("languages", {"languages": []}),
        ("timezone", {"timezone": "Asia/Kon_Tum"}),
        ("timezone", {"timezone": "../etc"}),
        ("quiet_until", {"quiet_from": time(21)}),
        ("quiet_until", {"quiet_until": time(4)}),
        ("quiet_until", {"quiet_from": time(4), "quiet_until": time(4)}),
        ("max_session_minutes", {"max_session_minutes": 0}),
        ("max_sessions_per_day", {"max_sessions_per_day": -1}),
        ("max_days_per_week", {"max_days_per_week": 8}),
        ("valid_until", {"valid_from": date(2026, 2, 1), "valid_until": date(2026, 1, 31)}),
    ],
)
def test_a_field_that_cannot_be_used_is_named(session, field, fields):
    with pytest.raises(StationUnusable) as caught:
        add_station(session, make_station(**fields))
    assert caught.value.data["field"] == field


@pytest.mark.parametrize(
    ("fields", "mend"),
    [
        ({"max_session_minutes": 0}, "1 đến 1440 phút"),
        ({"max_sessions_per_day": 0}, "muốn đài không phát thì đặt ngày kết thúc"),
        ({"max_days_per_week": 0}, "1 đến 7 ngày"),
        ({"quiet_from": time(0), "quiet_until": time(0)}, "yên lặng cả ngày thì hãy cho đài ngừng hoạt động"),
    ],
)
def test_rules_that_leave_no_time_at_all_say_what_to_do_instead(session, fields, mend):
    with pytest.raises(StationUnusable) as caught:
        add_station(session, make_station(**fields))
    assert mend in str(caught.value)
