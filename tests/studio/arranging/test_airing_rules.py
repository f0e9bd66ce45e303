"""What a producer says of when, where and how often a piece may air, and what comes of it."""

import json
from collections import Counter
from datetime import date, time, timedelta

import pytest
from sqlmodel import select

from assets.catalogue import find_asset
from assets.models import AiringRules
from playlists.builder import publish_day
from scheduler.by_hand import PinImpossible, find_near, lift, pin
from scheduler.drafts import UndoBlocked, undo_change
from scheduler.filling import fill_schedule
from scheduler.models import Airing
from scheduler.slots import add_slot
from scheduler.stations import StationUnknown, add_station, find_station
from studio.arranging.airing_rules import AiringRuleUnfit, AirsNowhere, set_airing_rules
from studio.arranging.drafts import find_last_applied
from studio.arranging.showing import show_rules
from studio.cli import airing_rules
from studio.cli.main import main
from studio.jobs.daily import expire_assets
from studio.people.accounts import find_user
from studio.people.audit import list_entries
from studio.production.releases import release_segment
from studio.scripts.workflow import find_script, save_revision
from tests.scheduler.fixtures import add_piece, make_station
from tests.studio.web.world import DAY, NOW, TEXT, World, csrf_of

FIRST, LAST = DAY + timedelta(days=2), DAY + timedelta(days=13)
KEY = "script/da-duyet@1"


@pytest.fixture
def session(world: World):
    """A script's segment, approved, and one other piece: more mornings than they can fill."""
    with world.database.writing() as opened:
        add_station(opened, make_station("ia-toi", name="Đài xã Ia Tơi", valid_until=date(2026, 12, 31)))
        add_slot(opened, "ia-toi", name="sáng", starts=time(5), duration_minutes=20, valid_from=DAY)
        add_piece(opened, "script/phu@1", minutes=5)
        add_piece(opened, KEY, minutes=5, theme="9")
        yield opened


def say_rules(session, *, by="lan", code="da-duyet", **rules):
    return set_airing_rules(session, code, AiringRules(**rules), by=find_user(session, by), now=NOW)


def fill(session, now=NOW):
    return fill_schedule(session, stations=["ia-toi"], first=FIRST, last=LAST, goals=(), now=now)


def days_of(session, key=KEY):
    rows = (
        select(Airing.local_date)
        .where(Airing.asset_id == find_asset(session, key).id)
        .order_by(Airing.local_date)
    )
    return list(session.exec(rows))


@pytest.mark.parametrize(
    ("rules", "days"),
    [
        ({}, range(12)),
        ({"max_airings": 3}, range(3)),
        ({"separation_days": 4}, (0, 4, 8)),
        ({"separation_days": 4, "max_airings": 2}, (0, 4)),
        ({"valid_from": FIRST + timedelta(2), "valid_until": FIRST + timedelta(4)}, (2, 3, 4)),
        ({"stations": ["ia-dom"]}, ()),
        ({"stations": ["ia-toi", "ia-dom"], "max_airings": 1}, (0,)),
    ],
)
def test_every_rule_reaches_the_placement(session, rules, days):
    say_rules(session, **rules)
    fill(session)
    assert days_of(session) == [FIRST + timedelta(day) for day in days]
    assert len(days_of(session, "script/phu@1")) == 12


def test_what_was_planned_against_the_rules_is_replaced(session):
    fill(session)
    assert len(days_of(session)) == 12
    say_rules(session, max_airings=2)
    fill(session)
    assert days_of(session) == [FIRST, FIRST + timedelta(1)]


def test_what_aired_long_ago_counts(session):
    fill(session)
    say_rules(session, max_airings=12)
    later = LAST + timedelta(days=100)
    find_station(session, "ia-toi").valid_until = None
    fill_schedule(session, stations=["ia-toi"], first=later, last=later, goals=(), now=NOW)
    assert days_of(session)[-1] == LAST
    say_rules(session, max_airings=13)
    fill_schedule(session, stations=["ia-toi"], first=later, last=later, goals=(), now=NOW)
    assert days_of(session)[-1] == later


def test_rules_stay_with_the_script_over_its_revisions(session):
    say_rules(session, separation_days=3, stations=["ia-toi"])
    say_rules(session, separation_days=3, stations=["ia-toi"])
    assert [one.action for one in list_entries(session, subject="script/da-duyet")].count(
        "script.airing"
    ) == 1
    lan = find_user(session, "lan")
    save_revision(session, "da-duyet", text=TEXT + "\nNỮ: Thêm.\n", based_on=1, by=lan, now=NOW)
    script = find_script(session, "da-duyet")
    assert (script.separation_days, script.stations) == (3, ["ia-toi"])
    assert find_asset(session, KEY).separation_days == 3


def test_all_revisions_of_a_script_count_as_one_piece(session):
    say_rules(session, max_airings=5)
    fill_schedule(session, stations=["ia-toi"], first=FIRST, last=FIRST + timedelta(2), goals=(), now=NOW)
    second = add_piece(session, "script/da-duyet@2", minutes=5, theme="9", max_airings=5)
    find_asset(session, KEY).retired_at = NOW
    later = NOW + timedelta(days=3)  # the first two mornings are over
    fill(session, now=later)
    assert days_of(session) == [FIRST, FIRST + timedelta(1)]
    assert len(days_of(session, second.key)) == 3
    after = later + timedelta(days=4)
    with pytest.raises(PinImpossible, match="đài đã phát đủ 5 lần được phép"):
        pin(session, station="ia-toi", slot="sáng", day=LAST, asset_key=second.key, by="lan", now=after)


def test_a_longer_validity_brings_an_expired_piece_back(session):
    say_rules(session, valid_until=DAY - timedelta(days=1))
    assert expire_assets(session, DAY, now=NOW) == 1
    fill(session)
    assert days_of(session) == []
    say_rules(session, valid_until=LAST)
    release_segment(session, find_script(session, "da-duyet"), now=NOW)
    fill(session)
    assert len(days_of(session)) == 12


def test_by_hand_the_rules_hold_too(session):
    say_rules(session, max_airings=1)
    fill(session)
    tell = {"station": "ia-toi", "slot": "sáng", "asset_key": KEY, "by": "lan"}
    moved = pin(session, day=FIRST + timedelta(1), now=NOW, **tell)
    with pytest.raises(PinImpossible, match="đài đã phát đủ 1 lần được phép"):
        pin(session, day=FIRST + timedelta(2), now=NOW, **tell)
    assert pin(session, day=FIRST + timedelta(1), now=NOW, **tell) is moved
    fill(session)
    assert days_of(session) == [moved.first_date]
    tomorrow = NOW + timedelta(days=4)
    with pytest.raises(PinImpossible, match="đài đã phát đủ 1 lần được phép"):
        pin(session, day=FIRST + timedelta(8), now=tomorrow, **tell)
    say_rules(session, stations=["ia-dom"])
    with pytest.raises(PinImpossible, match="không dành cho đài này"):
        pin(session, day=FIRST + timedelta(2), now=NOW, **tell)


def test_a_pin_against_the_separation_of_the_piece_is_kept_and_says_what_stands_near(session):
    say_rules(session, separation_days=4)
    tell = {"station": "ia-toi", "slot": "sáng", "asset_key": KEY, "by": "lan"}
    first = pin(session, day=FIRST, now=NOW, **tell)
    assert find_near(session, first, now=NOW) is None
    second = pin(session, day=FIRST + timedelta(days=3), now=NOW, **tell)
    assert find_near(session, second, now=NOW).data == {"day": "03/12/2026", "days": 4}
    shown = {one.rule.id: one.warning for one in show_rules(session, since=FIRST, now=NOW)}
    assert "ngày 03/12/2026 đã có" in shown[second.id]
    refused = [one for one in fill(session).refusals if one.subject == "pin"]
    assert [(one.name, one.reason.code) for one in refused] == [(KEY, "separation")]
    third = pin(session, day=FIRST + timedelta(days=7), now=NOW, **tell)
    assert find_near(session, third, now=NOW) is None
    lift(session, second.id, by="lan", now=NOW)
    fill(session)
    publish_day(session, "ia-toi", FIRST, now=NOW)
    lift(session, first.id, by="lan", now=NOW)
    again = pin(session, day=FIRST + timedelta(days=2), now=NOW, **tell)
    assert find_near(session, again, now=NOW).data["day"] == "03/12/2026", "what is published stays"


def test_undoing_brings_no_airing_back_that_is_one_too_many(session):
    fill(session)
    say_rules(session, max_airings=2)
    fill(session)
    last = find_last_applied(session)
    with pytest.raises(UndoBlocked, match="đài đã phát đủ 2 lần được phép"):
        undo_change(session, last.id, by="lan", now=NOW)
    say_rules(session)
    undo_change(session, last.id, by="lan", now=NOW)
    assert Counter(days_of(session)).total() == 12


@pytest.mark.parametrize(
    ("rules", "error", "words"),
    [
        (
            {"separation_days": 0},
            AiringRuleUnfit,
            "khoảng cách hai lần phát không thể là “0”. Cần: 1 đến 365 ngày",
        ),
        ({"separation_days": 366}, AiringRuleUnfit, "“366”"),
        ({"max_airings": 0}, AiringRuleUnfit, "số lần phát nhiều nhất không thể là “0”"),
        ({"max_airings": -3}, AiringRuleUnfit, "“-3”"),
        (
            {"valid_from": LAST, "valid_until": FIRST},
            AiringRuleUnfit,
            "đến hết ngày không thể là “03/12/2026”. Cần: một ngày không trước ngày bắt đầu",
        ),
        ({"stations": ["ia-do"]}, StationUnknown, "ia-dom"),
        (
            {"stations": ["ia-toi"], "valid_from": date(2027, 1, 1)},
            AirsNowhere,
            "trong những ngày đó Đài xã Ia Tơi không hoạt động",
        ),
    ],
)
def test_rules_without_sense_are_refused_with_the_place_and_the_mend(session, rules, error, words):
    with pytest.raises(error) as refused:
        say_rules(session, **rules)
    assert words in str(refused.value)


def test_a_language_that_none_of_the_chosen_stations_takes_is_refused(session):
    find_script(session, "da-duyet").language = "jra"
    with pytest.raises(AirsNowhere, match="Đài xã Ia Tơi không nhận ngôn ngữ “jra”"):
        say_rules(session, stations=["ia-toi"])
    say_rules(session, separation_days=2)


def test_on_a_terminal(world: World, capsys, monkeypatch):
    monkeypatch.setenv("LOA_HOME", str(world.settings.home))
    monkeypatch.setattr(airing_rules, "now", lambda: NOW)

    def run(*arguments):
        code = main(["script", "airing", "nhap", *arguments])
        said = capsys.readouterr()
        return code, said.out or said.err

    assert run() == (0, "nhap: mọi đài, mỗi ngày một lần, không giới hạn.\n")
    told = "phát đến hết 31/12/2026, chỉ ở Ia Dom, cách nhau ít nhất 7 ngày, nhiều nhất 4 lần ở mỗi đài"
    given = ("--to", "31/12/2026", "--station", "ia-dom", "--apart", "7", "--most", "4", "--by", "lan")
    assert run(*given) == (0, f"Đã ghi quy tắc phát của nhap: {told}.\n")
    assert run("--to", "none", "--station", "all", "--most", "0", "--by", "lan")[0] == 0
    kept = {
        "valid_from": None,
        "valid_until": None,
        "stations": [],
        "separation_days": 7,
        "max_airings": None,
    }
    assert json.loads(run("--json")[1]) == {"code": "nhap", **kept}
    assert run("--apart", "0", "--by", "lan")[0] == 2
    assert run("--most", "2", "--by", "truc")[0] == 5


def test_on_the_page_of_the_script(world: World):
    lan = world.signed_in("lan")
    page = "/scripts/nhap"
    assert "Phát ở mọi đài, không quá một lần mỗi ngày" in lan.get(page).text
    form = {"last": "31/12/2026", "apart": "7", "most": "4", "stations": ["ia-dom"]}

    def send(client, **more):
        headers = {"hx-request": "true"} if more.pop("hx", False) else {}
        return client.post(
            f"{page}/airing", data={"csrf": csrf_of(client, page), **form, **more}, headers=headers
        )

    assert send(lan).status_code == 303
    shown = lan.get(page).text
    for words in ("Phát đến hết 31/12/2026", "Chỉ ở Ia Dom", "Cách nhau ít nhất 7 ngày", "Nhiều nhất 4 lần"):
        assert words in shown
    wrong = send(lan, most="nhiều", hx=True)
    assert "Mục số lần phát cần một số, không phải “nhiều”" in wrong.text
    assert 'value="nhiều"' in wrong.text
    assert send(lan, apart="0").status_code == 422
    assert send(world.signed_in("sep")).status_code == 403


def test_over_the_api(world: World):
    client = world.visitor()
    client.headers["authorization"] = f"Bearer {world.token('lan')}"
    address = "/api/v1/scripts/da-duyet"
    answer = client.put(f"{address}/airing-rules", json={"max_airings": 5, "stations": ["ia-dal"]})
    assert (answer.status_code, answer.json()["max_airings"], answer.json()["separation_days"]) == (200, 5, 1)
    assert client.get(address).json()["stations"] == ["ia-dal"]
    refused = client.put(f"{address}/airing-rules", json={"separation_days": 0})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "AiringRuleUnfit")
