"""`loa station …`, `loa schedule slot, campaign, holidays`."""

import json

import pytest

from studio.cli.main import main
from tests.studio.web.world import World


@pytest.fixture
def run(world: World, capsys):
    def call(*arguments: str):
        code = main(["--home", str(world.settings.home), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_a_station_is_added_changed_and_shown_with_its_clusters(run):
    assert (
        run("station", "add", "ia-toi", "--name", "Ia Tơi", "--quiet", "21:00-4h30", "--technology", "ip")[0]
        == 0
    )
    assert run("station", "change", "ia-toi", "--most-minutes", "45", "--languages", "vi,jra")[0] == 0
    assert run("station", "cluster", "ia-toi", "thon-1", "--name", "Thôn 1", "--horns", "4")[0] == 0
    shown = json.loads(run("station", "show", "ia-toi", "--json")[1])
    assert (shown["max_session_minutes"], shown["quiet_until"], shown["languages"]) == (
        45,
        "04:30:00",
        ["vi", "jra"],
    )
    assert [one["code"] for one in shown["clusters"]] == ["thon-1"]
    assert "Thôn 1" in run("station", "show", "ia-toi")[1]
    assert run("station", "cluster", "ia-toi", "thon-1", "--remove")[0] == 0
    assert "ia-toi" in run("station", "list")[1]
    assert run("station", "change", "ia-toi", "--most-minutes", "0")[0] == 2
    assert run("station", "change", "ia-toi", "--quiet", "none")[0] == 0
    assert run("station", "add", "ia-toi", "--name", "Khác")[0] == 4
    assert run("station", "show", "ia-xa")[0] == 3


def test_a_slot_gets_a_frame_and_loses_it(run):
    change = ("schedule", "slot", "change", "ia-dom", "Sáng", "--from", "2090-12-04", "--frame")
    assert run(*change, "priority, language:jra=10, rest")[0] == 0
    later = json.loads(run("schedule", "slot", "list", "ia-dom", "--json")[1])
    assert [len(one["frame"]) for one in later if one["name"] == "Sáng"] == [0, 3]
    assert run(*change, "priority, news")[0] == 2
    assert run(*change, "")[0] == 0


def test_slots_are_set_changed_for_a_day_and_from_a_day_on_and_undone(run):
    at = ("ia-dom", "--name", "Trưa", "--at", "11h30", "--minutes", "20", "--from", "05/12/2026")
    assert run("schedule", "slot", "add", *at, "--rule", "FREQ=WEEKLY;BYDAY=SA", "--relay", "VOV1")[0] == 0
    listed = json.loads(run("schedule", "slot", "list", "ia-dom", "--json")[1])
    assert [one["name"] for one in listed] == ["Sáng", "Trưa", "Chiều"]
    assert listed[1]["relay_source"] == "VOV1"
    assert (
        run("schedule", "slot", "day", "ia-dom", "Sáng", "2090-12-05", "--cancel", "--reason", "lễ")[0] == 0
    )
    assert run("schedule", "slot", "day", "ia-dom", "Sáng", "2090-12-05", "--restore")[0] == 0
    assert run("schedule", "slot", "day", "ia-dom", "Sáng", "2090-12-05", "--at", "6:00")[0] == 0
    assert run("schedule", "slot", "day", "ia-dom", "Sáng", "2090-12-06")[0] == 2
    assert (
        run("schedule", "slot", "change", "ia-dom", "Chiều", "--from", "2090-12-10", "--minutes", "20")[0]
        == 0
    )
    assert run("schedule", "slot", "end", "ia-dom", "Trưa", "--from", "2090-12-20")[0] == 0
    history = run("schedule", "slot", "history", "ia-dom")[1].splitlines()
    assert len(history) == 7
    number = history[1].split("\t")[0]
    assert run("schedule", "slot", "undo", number)[0] == 0
    assert run("schedule", "slot", "undo", number)[0] == 4
    assert run("schedule", "slot", "undo", "9999")[0] == 3


def test_a_conflict_wants_a_name_and_a_reason(run):
    at = ("ia-dom", "--name", "Họp", "--at", "17:10", "--minutes", "20", "--from", "2026-12-05")
    code, _, error = run("schedule", "slot", "add", *at)
    assert code == 4
    assert "“Chiều”" in error
    assert run("schedule", "slot", "add", *at, "--override", "lệnh")[0] == 2
    assert run("schedule", "slot", "add", *at, "--override", "lệnh", "--by", "minh")[0] == 0


def test_campaigns_and_holidays(run):
    days = ("--from", "2026-12-08", "--to", "2027-01-10")
    assert run("schedule", "campaign", "set", "Tháng cao điểm", *days, "--station", "ia-dom")[0] == 0
    listed = json.loads(run("schedule", "campaign", "list", "--json")[1])
    assert [(one["name"], one["stations"]) for one in listed] == [("Tháng cao điểm", ["ia-dom"])]
    assert "Tháng cao điểm" in run("schedule", "campaign", "list")[1]
    assert run("schedule", "campaign", "set", "Tháng cao điểm", *days, "--mode", "replaces")[0] == 0
    assert run("schedule", "campaign", "remove", "Tháng cao điểm")[0] == 0
    assert run("schedule", "campaign", "remove", "Tháng cao điểm")[0] == 3
    assert run("schedule", "holidays", "--move", "2027-09-06", "--name", "Nghỉ hoán đổi")[0] == 0
    found = json.loads(run("schedule", "holidays", "--year", "2027", "--json")[1])
    assert {"day": "2027-09-06", "name": "Nghỉ hoán đổi"} in found
    assert {"day": "2027-02-06", "name": "Tết Nguyên Đán"} in found
    assert run("schedule", "holidays", "--year", "99999")[0] == 0
