"""`loa schedule plan, diff, apply, undo, pin, ban …`, through arguments and exit codes."""

import json
from datetime import date

import pytest

from assets.catalogue import find_asset, retire_asset
from scheduler.stations import add_station
from studio.cli import drafts
from studio.cli.main import main
from studio.planning.targets import set_targets
from tests.scheduler.fixtures import add_piece, make_station
from tests.studio.planning.district import District, target
from tests.studio.web.world import NOW, World, csrf_of

BY = ("--by", "lan")
DAYS = ("--from", "03/12/2026", "--to", "05/12/2026")


@pytest.fixture
def run(world: World, capsys, monkeypatch):
    monkeypatch.setenv("LOA_HOME", str(world.settings.home))
    monkeypatch.setattr(drafts, "now", lambda: NOW)

    def call(*arguments):
        code = main(["schedule", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def withdraw(world, key="script/bai-2@1"):
    with world.database.writing() as session:
        retire_asset(session, key, now=NOW)


def test_from_a_draft_to_its_undoing(world: World, run):
    code, out, _ = run("plan", *DAYS, *BY, "--cause", "tuần đầu")
    assert code == 0
    assert out.startswith("Số 1 (Bản nháp)\nThêm ")
    assert "loa schedule apply 1" in out
    assert run("diff", "1")[1] == out.rsplit("Áp dụng:", 1)[0]
    assert json.loads(run("diff", "1", "--json")[1])["state"] == "draft"
    assert run("apply", "1", "--by", "sep")[0] == 5
    assert run("apply", "1", *BY)[1] == "Đã áp dụng bản nháp số 1.\n"
    assert run("apply", "1", *BY)[0] == 4
    assert run("plan", *DAYS, *BY)[1] == "Không có gì phải đổi: lịch đang đứng vẫn tốt.\n"
    listed = run("drafts")[1]
    assert "Đã áp dụng" in listed
    assert "tuần đầu" in listed
    assert run("undo", *BY)[1] == "Đã hoàn tác thay đổi số 1.\n"
    assert run("undo", *BY)[0] == 3
    assert run("diff", "7")[0] == 3
    assert run("discard", "1", *BY)[0] == 4


def test_an_overtaken_draft_is_a_conflict_with_a_fresh_one(world: World, run):
    run("plan", *DAYS, *BY)
    run("apply", "1", *BY)
    withdraw(world)
    run("plan", *DAYS, *BY)
    run("ban", "script/bai-1@1", "--station", "ia-dom", *BY)
    code, out, err = run("apply", "2", *BY)
    assert code == 4
    assert "không còn khớp" in err
    assert "bản nháp mới số 3" in out
    assert json.loads(run("diff", "2", "--json")[1])["state"] == "discarded"
    assert "xếp " not in err, "what is done in a second says nothing of its progress"
    assert run("apply", "3", *BY)[0] == 0


def test_many_days_of_many_stations_say_how_far_they_are(world: World, run):
    code, out, err = run("plan", "--from", "03/12/2026", "--to", "02/01/2027", *BY)
    assert code == 0
    assert out.startswith("Số 1 (Bản nháp)\n")
    assert err.startswith("đọc lịch, khung giờ và chỉ tiêu\nxếp 124 buổi của 2 đài\n")


def test_pins_and_bans(world: World, run):
    here = ("--station", "ia-dom", "--slot", "Sáng", "--date", "04/12/2026")
    assert run("pin", "script/bai-1@1", *here, *BY)[1] == "Đã ghim, số 1.\n"
    code, _, err = run("ban", "script/bai-1@1", *BY)
    assert code == 4
    assert "gỡ ghim trước" in err
    assert run("pin", "script/bai-9@1", *here, *BY)[0] == 3
    with world.database.writing() as session:
        find_asset(session, "script/bai-1@1").separation_days = 3
    near = ("--station", "ia-dom", "--slot", "Sáng", "--date", "06/12/2026")
    assert "ngày 04/12/2026 đã có" in run("pin", "script/bai-1@1", *near, *BY)[1].splitlines()[1]
    assert [one["warning"][:8] for one in json.loads(run("hand", "--json")[1])] == ["tiết mục"] * 2
    assert "ngày 04/12/2026 đã có" in world.signed_in("lan").get("/schedule").text
    assert run("lift", "2", *BY)[0] == 0
    with world.database.writing() as session:
        find_asset(session, "script/bai-1@1").separation_days = 1
    late = (*here[:4], "--date", "01/12/2026")
    code, _, err = run("pin", "script/bai-1@1", *late, *BY)
    assert code == 4
    assert "đã qua" in err
    assert run("ban", "script/bai-2@1", "--station", "ia-dom", "--reason", "cũ", *BY)[0] == 0
    assert [(one["kind"], one["asset"]) for one in json.loads(run("hand", "--json")[1])] == [
        ("ban", "script/bai-2@1"),
        ("pin", "script/bai-1@1"),
    ]
    assert "Cấm\tTiết mục 2" in run("hand")[1]
    drawn = json.loads(run("plan", *DAYS, *BY, "--json")[1])
    added = [(day["station"], one["key"]) for day in drawn["days"] for one in day["added"]]
    assert ("ia-dom", "script/bai-2@1") not in added
    assert ("ia-dal", "script/bai-2@1") in added
    assert run("lift", "1", *BY)[1] == "Đã gỡ số 1.\n"
    assert run("lift", "1", *BY)[0] == 3
    assert run("plan", "--from", "05/12/2026", "--to", "03/12/2026", *BY)[0] == 2


def test_a_draft_says_why_a_target_stays_short_and_what_would_do(world: World, run):
    with world.database.writing() as session:
        district = District(session)
        days = {"first_date": date(2026, 12, 3), "last_date": date(2026, 12, 5), "station": "ia-dom"}
        set_targets(session, district.add_plan(), [target("30", 5, **days)])
    out = run("plan", *DAYS, *BY)[1]
    assert "chưa có tiết mục nào về Việc khác" in out
    assert "đủ nếu: thêm 2 tiết mục đã duyệt về Việc khác, mỗi tiết mục không quá 5 phút" in out
    client = world.signed_in("lan")
    page = client.get("/schedule/drafts/1").text
    assert "Không đạt được, thiếu 5: chưa có tiết mục nào về Việc khác." in page
    assert "<li>thêm 2 tiết mục đã duyệt về Việc khác, mỗi tiết mục không quá 5 phút</li>" in page


def test_goals_stations_and_pieces_are_named_as_people_know_them_and_json_keeps_codes(world: World, run):
    with world.database.writing() as session:
        district = District(session)
        days = {"first_date": date(2026, 12, 3), "last_date": date(2026, 12, 5), "station": "ia-dom"}
        set_targets(session, district.add_plan(), [target("30", 3, **days)])
        add_piece(session, "script/chu@1", theme="30", language="jra")
    told = run("fill", *DAYS)[1]
    assert "Chỉ tiêu Việc khác · Ia Dom còn thiếu 3: " in told
    assert "Ia Dom không nhận ngôn ngữ “Gia Rai”" in told
    assert "đủ nếu: cho Ia Dom phát ngôn ngữ “Gia Rai”" in told
    assert "Tiết mục Bài script/chu@1: không đài nào nhận ngôn ngữ “Gia Rai”" in told
    for code in ("ia-dom", "jra", " 30 "):
        assert code not in told
    kept = json.loads(run("fill", *DAYS, "--json")[1])
    assert [one["goal"] for one in kept["proofs"]] == ["30 · ia-dom"]
    assert kept["proofs"][0]["binding"]["data"]["stations"] == "ia-dom"
    assert {one["name"] for one in kept["refusals"] if one["subject"] == "item"} >= {"script/chu@1"}


def test_a_station_on_which_nothing_can_air_is_told_by_its_name(world: World, run):
    with world.database.writing() as session:
        add_station(session, make_station("ia-toi", name="Đài xã Ia Tơi"))
    code, _, said = run("plan", *DAYS, *BY, "--station", "ia-toi")
    why = "Ở Đài xã Ia Tơi: không có khung giờ nào từ 03/12/2026 đến 05/12/2026"
    why += "; hãy thêm khung giờ ở lưới phát của đài"
    assert (code, said) == (4, f"Không xếp được gì. {why}.\n")
    assert why in run("plan", *DAYS, *BY)[1]
    client = world.signed_in("lan")
    assert why in client.get("/schedule/drafts/1").text
    form = {
        "csrf": csrf_of(client, "/schedule"),
        "first": "03/12/2026",
        "last": "05/12/2026",
        "stations": ["ia-toi"],
    }
    page = client.post("/schedule/drafts", data={**form, "stations": ["ia-toi"]})
    assert page.status_code == 409
    assert f"Không xếp được gì. {why}." in page.text
