"""What is answered to input that makes no sense, that is too much, or that only looks simple.

Each row stands in the table "Bad input" of docs/schedule.md: what is given, what is answered, in words that
say where it is wrong and what to do.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from assets.errors import LoaError
from assets.models import AssetKind
from scheduler.by_hand import ban, pin
from scheduler.calendar import StationRules, expand_slots
from scheduler.filling import fill_schedule
from scheduler.holidays import LAWFUL
from scheduler.models import DayUse, Station
from scheduler.placement import place
from scheduler.recurrence import MAX_OCCURRENCES, RuleUnusable, TooManyOccurrences, check_rule, expand_days
from scheduler.slots import add_slot
from scheduler.station_changes import change_station
from scheduler.stations import add_station
from tests.scheduler.fixtures import (
    NOW,
    add_piece,
    make_goal,
    make_item,
    make_occurrences,
    make_rule,
    make_station,
)

PAGE = Path(__file__).parents[2] / "docs" / "schedule.md"
FIRST, LAST = date(2026, 3, 2), date(2026, 3, 8)
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.fixture
def session(database):
    """A station with a morning and one piece that airs on it."""
    with database.writing() as opened:
        add_station(opened, make_station(name="Đài xã Ia Dom", quiet_from=time(21), quiet_until=time(4, 30)))
        add_slot(
            opened, "ia-dom", name="sáng", starts=time(5), duration_minutes=15, valid_from=date(2026, 1, 1)
        )
        add_piece(opened, "script/nuoc@1", minutes=5)
        yield opened


def fill(
    session: Session, station: str = "ia-dom", first: date = FIRST, last: date = LAST
) -> list[tuple[str, str]]:
    """What the filling refuses: codes with their sentences."""
    filled = fill_schedule(session, stations=[station], first=first, last=last, goals=(), now=NOW)
    return [(one.reason.code, one.wording) for one in filled.refusals]


def add(
    session: Session, *, name: str = "thử", starts: time = time(12), minutes: int = 15, **fields: object
) -> None:
    add_slot(
        session,
        "ia-dom",
        name=name,
        starts=starts,
        duration_minutes=minutes,
        **{"valid_from": FIRST, **fields},
    )


@dataclass(frozen=True)
class Row:
    """`act` raises, or returns refusals; `words` stand in the sentence: the place, and what to do."""

    code: str
    act: Callable[[Session], object]
    words: tuple[str, ...]


def piece(session: Session, **fields: object) -> list[tuple[str, str]]:
    add_piece(session, "script/la@1", **{"minutes": 5, **fields})
    return fill(session)


def silence(session: Session) -> list[tuple[str, str]]:
    """Quiet hours that came over a slot in the database, past every check."""
    session.get_one(Station, 1).quiet_until = time(5, 10)
    session.flush()
    return fill(session)


def alone(session: Session, **fields: object) -> list[tuple[str, str]]:
    add_station(session, make_station("ia-toi", name="Đài xã Ia Tơi", **fields))
    return fill(session, "ia-toi")


def empty(session: Session) -> list[tuple[str, str]]:
    add_station(session, make_station("fm", name="Đài huyện", preset="web"))
    add_slot(session, "fm", name="sáng", starts=time(5), duration_minutes=15, valid_from=FIRST)
    return fill(session, "fm")


def tune(session: Session) -> list[tuple[str, str]]:
    add_piece(session, "sound/dai", minutes=20, kind=AssetKind.SIGNATURE)
    add(session, signature_key="sound/dai")
    return fill(session)


def capped_relay(session: Session) -> None:
    change_station(session, "ia-dom", max_session_minutes=30)
    add(session, minutes=31, relay_source="VOV1")


def beside_relay(session: Session) -> list[tuple[str, str]]:
    change_station(session, "ia-dom", max_session_minutes=30)
    add(session, starts=time(5, 15), minutes=30, relay_source="VOV1")
    return fill(session)


def pin_banned(session: Session) -> None:
    ban(session, asset_key="script/nuoc@1", by="lan", now=NOW, zone=HANOI, station="ia-dom")
    pin(session, station="ia-dom", slot="sáng", day=FIRST, asset_key="script/nuoc@1", by="lan", now=NOW)


REFUSED = {
    "a piece valid on none of the days": Row(
        "not-valid",
        lambda s: piece(s, valid_from=date(2027, 1, 1)),
        ("Bài script/la@1", "hết hoặc chưa đến thời hạn", "sửa thời hạn trong quy tắc phát"),
    ),
    "a language that no station takes": Row(
        "no-language",
        lambda s: piece(s, language="jra"),
        ("Bài script/la@1", "Gia Rai", "thêm ngôn ngữ cho đài"),
    ),
    "a piece longer than any slot": Row(
        "too-long",
        lambda s: piece(s, minutes=16),
        ("Bài script/la@1", "960 giây", "nhiều nhất 900 giây", "chia thành nhiều kỳ"),
    ),
    "a piece that no file was made of for the station": Row(
        "no-rendition", lambda s: piece(s, presets=("radio",)), ("Bài script/la@1", "loa", "dựng")
    ),
    "a slot that quiet hours swallow, when it is kept": Row(
        "SlotInQuietHours",
        lambda s: add(s, starts=time(4), minutes=30),
        ("Đài xã Ia Dom", "04:00", "21:00-04:30", "hãy"),
    ),
    "a relay longer than the cap for a session": Row(
        "RelayTooLong",
        capped_relay,
        ("Đài xã Ia Dom", "thử", "31 phút", "30 phút", "hãy rút ngắn"),
    ),
    "a session beside a relay that is as long as the cap": Row(
        "relay-cap", beside_relay, ("Đài xã Ia Dom 02/03/2026 sáng", "30 phút")
    ),
    "quiet hours that came over a slot": Row(
        "quiet-hours", silence, ("Đài xã Ia Dom 02/03/2026 sáng", "giờ yên lặng", "dời khung giờ")
    ),
    "quiet hours from an hour to the same hour": Row(
        "StationUnusable",
        lambda s: change_station(s, "ia-dom", quiet_from=time(5), quiet_until=time(5)),
        ("giờ yên lặng", "cả giờ bắt đầu và giờ kết thúc, khác nhau"),
    ),
    "a station without slots": Row(
        "no-slots", alone, ("Đài xã Ia Tơi", "không có khung giờ nào", "thêm khung giờ")
    ),
    "a station out of service": Row(
        "station-closed",
        lambda s: alone(s, valid_until=date(2026, 2, 28)),
        ("Đài xã Ia Tơi", "không hoạt động", "ngày kết thúc"),
    ),
    "no pieces at all": Row("no-pieces", empty, ("Đài huyện", "chưa có tiết mục nào", "duyệt")),
    "a tune longer than its slot": Row(
        "tune-too-long", tune, ("Đài xã Ia Dom 02/03/2026 thử", "sound/dai", "chọn nhạc ngắn hơn")
    ),
    "a time zone that is none": Row(
        "StationUnusable",
        lambda s: add_station(s, make_station("xa", timezone="Asia/Ha_Noi")),
        ("múi giờ", "Asia/Ha_Noi", "Asia/Ho_Chi_Minh"),
    ),
    "two slots at one time": Row(
        "SlotsOverlap",
        lambda s: add(s, starts=time(5, 14)),
        ("Đài xã Ia Dom", "sáng", "05:14 02/03/2026", "hãy"),
    ),
    "a slot longer than a day": Row(
        "SlotUnusable", lambda s: add(s, minutes=1441), ("thử", "số phút", "1441", "Cần: 1 đến 1440 phút")
    ),
    "a slot that ends before it begins": Row(
        "SlotUnusable",
        lambda s: add(s, valid_until=FIRST - timedelta(days=1)),
        ("thử", "ngày kết thúc", "01/03/2026", "Cần: không trước ngày bắt đầu"),
    ),
    "days that end before they begin": Row(
        "PeriodBackwards", lambda s: fill(s, first=LAST, last=FIRST), ("08/03/2026", "02/03/2026", "hãy")
    ),
    "a pin where a ban stands": Row(
        "PinBanned", pin_banned, ("Bài script/nuoc@1", "Đài xã Ia Dom", "sáng", "gỡ lệnh cấm")
    ),
    "a rule by seconds": Row(
        "RuleUnusable", lambda s: add(s, rrule="FREQ=SECONDLY"), ("FREQ=SECONDLY", "FREQ=DAILY")
    ),
    "a rule of a thousand million times": Row(
        "RuleUnusable",
        lambda s: add(s, rrule="FREQ=DAILY;COUNT=1000000000"),
        ("COUNT=1000000000", "FREQ=DAILY"),
    ),
    "a rule that never comes": Row(
        "RuleUnusable",
        lambda s: add(s, rrule="FREQ=YEARLY;BYMONTHDAY=31;BYMONTH=2"),
        ("BYMONTHDAY=31;BYMONTH=2", "không bao giờ tới ngày nào", "hãy bỏ bớt điều kiện"),
    ),
    "a rule every nought days": Row(
        "RuleUnusable", lambda s: add(s, rrule="FREQ=DAILY;INTERVAL=0"), ("INTERVAL=0", "FREQ=DAILY")
    ),
    "centuries of a rule without end": Row(
        "TooManyOccurrences", lambda s: fill(s, last=date(2199, 1, 1)), ("20000", "hãy")
    ),
}


@pytest.mark.parametrize("row", REFUSED.values(), ids=REFUSED)
def test_bad_input_is_refused_with_the_place_and_the_mend(session, row):
    try:
        answers = row.act(session)
    except LoaError as error:
        answers = [(type(error).__name__, str(error))]
    told = [sentence for code, sentence in answers if code == row.code]
    assert told, answers
    missing = [words for words in row.words if words not in told[0]]
    assert not missing, told[0]
    assert "\n" not in told[0]


# What only looks simple: nothing is refused, and what happens is stated. ---------------------------------


def hours(rule, zone: str, first: date, last: date) -> list[tuple[str, int]]:
    """The local hours of a slot at ten, and how often the clock of the world reads which."""
    slot = make_rule(rule, station=StationRules("x", timezone=zone), starts=time(10), valid_from=first)
    found = expand_slots([slot], first, last)
    local = {f"{one.starts_at.astimezone(ZoneInfo(zone)):%H:%M}" for one in found}
    world = [one.starts_at.hour for one in found]
    return [
        *((hour, 0) for hour in sorted(local)),
        *((str(hour), world.count(hour)) for hour in sorted(set(world))),
    ]


def check_zone() -> None:
    # Sai Gon put its clocks back by an hour on 13 June 1975, for good; New York does so every autumn.
    saigon = hours("FREQ=DAILY", "Asia/Ho_Chi_Minh", date(1975, 6, 11), date(1975, 6, 14))
    assert saigon == [("10:00", 0), ("2", 2), ("3", 2)]
    york = hours("FREQ=DAILY", "America/New_York", date(2026, 10, 30), date(2026, 11, 2))
    assert york == [("10:00", 0), ("14", 2), ("15", 2)]
    items = [make_item(n) for n in range(9)]
    slot = make_rule(station=StationRules("x", timezone="America/New_York"), starts=time(1, 30))
    night = expand_slots([slot], date(2026, 11, 1), date(2026, 11, 1))
    assert place(items, night, []).sessions[0].left_ms == 0, (
        "half an hour is half an hour, whatever clocks do"
    )


def check_midnight() -> None:
    rules = StationRules("ia-dom", quiet=(time(1), time(4)))
    late = make_rule(station=rules, starts=time(23, 45), duration_minutes=60)
    placed = place([make_item(n, 20) for n in range(9)], expand_slots([late], FIRST, FIRST), [])
    (airings,) = (one.airings for one in placed.sessions)
    assert [one.starts_at.astimezone(HANOI).day for one in airings] == [2, 3, 3]
    assert {one.occurrence.local_date for one in airings} == {FIRST}
    longer = make_rule(station=rules, starts=time(23, 45), duration_minutes=90)
    refused = place([make_item(1)], expand_slots([longer], FIRST, FIRST), []).refusals
    assert [one.reason.code for one in refused if one.subject == "occurrence"] == ["quiet-hours"]


def check_leap_day() -> None:
    leap = make_rule("FREQ=YEARLY", valid_from=date(2024, 2, 29))
    days = [one.local_date for one in expand_slots([leap], date(2024, 1, 1), date(2032, 12, 31))]
    assert days == [date(2024, 2, 29), date(2028, 2, 29), date(2032, 2, 29)]
    daily = expand_slots([make_rule()], date(2028, 2, 28), date(2028, 3, 1))
    placed = place([make_item(1, valid_until=date(2028, 2, 29))], daily, [])
    assert [one.occurrence.local_date.day for one in placed.airings] == [28, 29]


def check_tet() -> None:
    tet = [date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26)]
    assert [LAWFUL.name(day) for day in tet] == ["Tết Nguyên Đán"] * 3
    slots = [make_rule(name=use.value, use=use, slot_id=number) for number, use in enumerate(DayUse)]
    for day in tet:
        assert sorted(one.slot for one in expand_slots(slots, day, day)) == ["any", "holidays"]
    assert sorted(one.slot for one in expand_slots(slots, FIRST, FIRST)) == ["any", "workdays"]


def check_nothing() -> None:
    assert place([], [], []).refusals == ()
    bare = place([], make_occurrences(1), [make_goal()])
    assert {one.reason.code for one in bare.refusals} == {"nothing-fits", "no-item"}
    assert all("hãy" in one.wording for one in bare.refusals if one.subject == "occurrence")


def check_ten_thousand() -> None:
    items = [make_item(n, 3 + n % 8, theme=str(1 + n % 7), separation_days=1 + n % 3) for n in range(10_000)]
    goals = [make_goal(str(theme), 30, last_date=LAST) for theme in range(1, 8)]
    began = process_time()
    placed = place(items, make_occurrences(8), goals)
    assert process_time() - began < 20, "ten thousand pieces in a week"
    assert not any(one.left_ms for one in placed.sessions)


KEPT = {
    "a time zone that changes its rule": check_zone,
    "a slot through midnight": check_midnight,
    "29 February": check_leap_day,
    "Tết, which the moon moves": check_tet,
    "no pieces, no slots, no targets": check_nothing,
    "10,000 pieces": check_ten_thousand,
}


@pytest.mark.parametrize("check", KEPT.values(), ids=KEPT)
def test_what_only_looks_simple(check):
    check()


def test_the_page_has_these_rows_and_no_others():
    table = PAGE.read_text("utf-8").partition("## Bad input")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| (.+?) \| (.+?) \|$", table, re.MULTILINE))
    rows = {what: answer for what, answer in rows.items() if what not in ("given", "---")}
    assert rows.keys() == REFUSED.keys() | KEPT.keys()
    wrong = [what for what, row in REFUSED.items() if f"`{row.code}`" not in rows[what]]
    assert wrong == []


# Rules from hell ---------------------------------------------------------------------------------------

WEEKDAYS = [
    f"{place}{day}" for place in ("", "1", "-1", "5", "53", "-53", "99") for day in ("MO", "WE", "SA")
]
PARTS = {
    "INTERVAL": st.sampled_from([0, 1, 2, 7, 365, 999, 10**9]),
    "COUNT": st.sampled_from([0, 1, 99_999, 10**9, -1]),
    "UNTIL": st.sampled_from(["20260101", "19000101", "99991231", "20260230", "20260101T000000Z"]),
    "BYDAY": st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=9).map(",".join),
    "BYMONTHDAY": st.lists(st.integers(-40, 40), min_size=1, max_size=9).map(lambda n: ",".join(map(str, n))),
    "BYMONTH": st.lists(st.integers(0, 13), min_size=1, max_size=9).map(lambda n: ",".join(map(str, n))),
    "BYSETPOS": st.lists(st.sampled_from([-366, -1, 0, 1, 5, 366, 999]), min_size=1).map(
        lambda n: ",".join(map(str, n))
    ),
    "BYYEARDAY": st.just("366"),
    "BYHOUR": st.just("3"),
    "WKST": st.sampled_from(["MO", "SU", "XX"]),
}
KINDS = st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY", "MINUTELY", "SECONDLY"])
hellish = st.builds(
    lambda kind, parts: ";".join([f"FREQ={kind}", *(f"{name}={value}" for name, value in parts.items())]),
    KINDS,
    st.fixed_dictionaries({}, optional=PARTS),
)


@settings(max_examples=150, deadline=None)
@given(hellish, st.dates(date(1990, 1, 1), date(2090, 1, 1)))
@example("FREQ=DAILY;BYSETPOS=366;BYDAY=MO", FIRST)
@example("FREQ=YEARLY;INTERVAL=999;BYMONTHDAY=29;BYMONTH=2", FIRST)
@example("FREQ=DAILY;INTERVAL=999;BYMONTHDAY=31;BYMONTH=2", FIRST)
@example("FREQ=YEARLY;INTERVAL=100;BYMONTHDAY=29;BYMONTH=2", date(2100, 3, 1))
def test_a_rule_from_hell_costs_a_moment(rule, origin):
    began = process_time()
    try:
        check_rule(rule, origin)
        days = list(expand_days(rule, origin, origin, origin + timedelta(days=40 * 366)))
        assert len(days) <= MAX_OCCURRENCES
        assert days == sorted(set(days))
    except (RuleUnusable, TooManyOccurrences):
        pass
    assert process_time() - began < 2, rule
