"""`loa schedule plan, diff, apply, undo, pin, ban …`, through arguments and exit codes."""

import json
from datetime import date

import pytest

from assets.catalogue import retire_asset
from studio.cli import drafts
from studio.cli.main import main
from studio.planning.targets import set_targets
from tests.studio.planning.district import District, target
from tests.studio.web.world import NOW, World

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
    assert "không có tiết mục nào mang nhãn 30" in out
    assert "đủ nếu: thêm 2 tiết mục đã duyệt về 30, mỗi tiết mục không quá 5 phút" in out
    client = world.signed_in("lan")
    page = client.get("/schedule/drafts/1").text
    assert "Không đạt được, thiếu 5: không có tiết mục nào mang nhãn 30." in page
    assert "<li>thêm 2 tiết mục đã duyệt về 30, mỗi tiết mục không quá 5 phút</li>" in page
