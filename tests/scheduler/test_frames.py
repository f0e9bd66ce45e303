"""The frame of a programme: its order, its minutes, and what is said where they are not reached."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.models import Priority
from scheduler.calendar import StationRules, expand_slots
from scheduler.frames import (
    FrameUnusable,
    PartKind,
    find_frame,
    find_place,
    keep_frame,
    read_frame,
    write_frame,
)
from scheduler.items import Item
from scheduler.models import ItemRole
from scheduler.placement import place
from scheduler.slot_changes import change_following
from scheduler.slots import add_slot
from scheduler.stations import add_station
from tests.scheduler.fixtures import MARCH, make_goal, make_item, make_rule, make_station

FRAME = read_frame("greeting:sound/chao, priority, form:2.news, language:jra=10, rest")


def occurrences(frame=FRAME, *, days=1, minutes=30, **fields):
    rules = StationRules("ia-dom", languages=("vi", "jra"))
    slot = make_rule(station=rules, frame=frame, duration_minutes=minutes, **fields)
    return expand_slots([slot], MARCH[0], date(2026, 3, days))


def greeting(key="sound/chao", **fields):
    return Item(9_001, key, "Lời chào", 20_000, **fields)


def placed(items, frame=FRAME, goals=(), **fields):
    found = place(items, occurrences(frame, **fields), list(goals))
    return found, [[one.item for one in session.airings] for session in found.sessions]


def told(placement):
    return [one.reason for one in placement.refusals if one.reason.code.startswith("frame-short")]


def test_pieces_stand_in_the_order_of_the_frame():
    items = [make_item(n, 4) for n in range(4)]
    items += [make_item(n, 4, language="jra") for n in range(10, 14)]
    items += [make_item(20, 3, form="2.news.short"), make_item(30, 3, priority=Priority.PRIORITY)]
    items += [make_item(40, 1, priority=Priority.URGENT), greeting(role=ItemRole.SIGNATURE)]
    found, ((*order,),) = placed(items)
    ids = [item.asset_id for item in order]
    assert ids[:2] == [9_001, 40], "the greeting opens, an urgent piece stands before all parts"
    assert ids[2] == 30
    places = [find_place(FRAME, item) for item in order[1:]]
    assert places == sorted(places)
    assert sum(item.duration_ms for item in order if item.language == "jra") >= 600_000
    assert told(found) == []
    reasons = {one.item.asset_id: one.reason for one in found.airings}
    assert sum(reasons[n].code == "frame-language" for n in ids if 10 <= n < 14) == 3
    assert "jra" in next(one for one in reasons.values() if one.code == "frame-language").wording
    assert reasons[9_001].wording == "lời chào của khung chương trình"


def test_a_greeting_may_be_a_piece_of_speech_and_is_then_no_content():
    items = [make_item(n, 5) for n in range(4)] + [greeting("script/chao@3", theme="1")]
    frame = read_frame("greeting:script/chao, rest")
    found, sessions = placed(items, frame, [make_goal("1", 50)], days=3)
    for session in sessions:
        assert [item.key for item in session].count("script/chao@3") == 1
        assert session[0].key == "script/chao@3"
    assert not [one for one in found.refusals if one.name == "script/chao@3"]


def test_a_greeting_that_is_not_there_is_told():
    found, _ = placed([make_item(1)])
    assert [one.reason.data for one in found.refusals if one.reason.code == "tune-missing"] == [
        {"key": "sound/chao"}
    ]


def test_minutes_that_are_wanting_are_told_with_how_many():
    found, ((*order,),) = placed([make_item(1, 5), make_item(2, 4, language="jra")])
    assert {item.asset_id for item in order} == {1, 2}
    (reason,) = told(found)
    assert (reason.code, reason.data) == (
        "frame-short-language", {"code": "jra", "minutes": 10, "missing": 6},
    )  # fmt: skip
    assert "thiếu 6 phút" in reason.wording


def test_goals_take_nothing_from_the_minutes_of_a_part():
    items = [make_item(n, 5, theme="9") for n in range(12)]
    items += [make_item(50 + n, 5, language="jra", theme="1") for n in range(3)]
    found, sessions = placed(items, goals=[make_goal("9", 500, weight=9)], days=7)
    for session in sessions:
        assert sum(item.duration_ms for item in session if item.language == "jra") >= 600_000
    assert told(found) == []


PARTS = st.lists(
    st.tuples(
        st.sampled_from([*PartKind]),
        st.sampled_from(["1", "2.radio", "3.health", "jra", "vi"]),
        st.sampled_from(["", "5", "12", "240"]),
    ),
    max_size=5,
    unique_by=lambda part: (part[0], part[1]),
)


def compose(parts):
    words = []
    for kind, code, minutes in parts:
        coded = kind in (PartKind.FORM, PartKind.THEME, PartKind.LANGUAGE)
        if kind is PartKind.GREETING or (not coded and kind in {word.split(":")[0] for word in words}):
            continue
        words.append(f"{kind}:{code}{f'={minutes}' if minutes else ''}" if coded else f"{kind}")
    return ", ".join(words)


@settings(max_examples=60, deadline=None)
@given(
    parts=PARTS,
    pieces=st.lists(
        st.tuples(
            st.integers(1, 12),
            st.sampled_from(["vi", "jra"]),
            st.sampled_from([*Priority]),
            st.sampled_from(["1", "3.health"]),
        ),
        min_size=1,
        max_size=15,
    ),
    minutes=st.integers(5, 45),
)
def test_whatever_the_frame_the_rules_hold_and_the_order_is_kept(parts, pieces, minutes):
    frame = read_frame(compose(parts))
    assert read_frame(write_frame(frame)) == frame == find_frame(keep_frame(frame))
    items = [
        make_item(number, length, language=language, priority=priority, theme=theme)
        for number, (length, language, priority, theme) in enumerate(pieces)
    ]
    found, _ = placed(items, frame, [make_goal("1", 9)], days=3, minutes=minutes)
    again, _ = placed(items[::-1], frame, [make_goal("1", 9)], days=3, minutes=minutes)
    assert found == again
    short = {
        (one.name, one.reason.data["code"]) for one in found.refusals if "frame-short" in one.reason.code
    }
    for session in found.sessions:
        aired = [one.item for one in session.airings]
        assert len({item.key for item in aired}) == len(aired)
        assert sum(item.duration_ms for item in aired) <= minutes * 60_000
        assert all(one.ends_at == other.starts_at for one, other in pairwise(session.airings))
        places = [find_place(frame, item) for item in aired]
        assert places == sorted(places)
        name = f"ia-dom {session.occurrence.local_date:%d/%m/%Y} sáng"
        for part in frame:
            heard = sum(item.duration_ms for item in aired if part.takes(item))
            assert (heard >= part.minutes * 60_000) or (name, part.code) in short


@pytest.mark.parametrize(
    "text",
    [
        "news", "form", "priority:1", "language:jra=0x", "language:jra=241", "rest=5", "rest, rest",
        "greeting:a, greeting:b", "theme:1=-3", "language:jra=٣", ", ".join(f"theme:{n}" for n in range(13)),
        "theme:" + "9" * 81,
    ],
)  # fmt: skip
def test_a_frame_that_cannot_be_meant_is_refused(text):
    with pytest.raises(FrameUnusable) as caught:
        read_frame(text)
    told = str(caught.value)
    assert "lời chào (greeting:…), tin ưu tiên (priority), hình thức (form:…), nội dung (theme:…)" in told
    assert "thứ tiếng (language:…), các bài còn lại (rest)" in told


@given(st.text(max_size=60))
def test_any_text_is_a_frame_or_is_refused_by_name(text):
    try:
        frame = read_frame(text)
    except FrameUnusable:
        return
    assert read_frame(write_frame(frame)) == frame


def test_a_frame_goes_on_with_a_change_for_all_following_days(database):
    with database.writing() as session:
        add_station(session, make_station("ia-dom"))
        slot = add_slot(
            session, "ia-dom", name="sáng", starts=occurrences()[0].starts_at.time().replace(hour=6),
            duration_minutes=30, valid_from=MARCH[0], frame=keep_frame(FRAME),
        )  # fmt: skip
        follower = change_following(session, slot, date(2026, 3, 9), duration_minutes=20)
        assert find_frame(follower.frame) == find_frame(slot.frame) == FRAME
