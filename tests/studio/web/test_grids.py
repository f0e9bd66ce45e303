"""The grid on its page: what is typed is kept, conflicts are told with a way out, all can be undone."""

import re
from datetime import date, time

import pytest
from sqlmodel import select

from scheduler.campaigns import find_campaign
from scheduler.frames import find_frame, write_frame
from scheduler.grid import SlotOverride
from scheduler.models import Slot, SlotException
from scheduler.station_changes import list_clusters
from scheduler.stations import find_station
from studio.planning.models import Form, Plan, Theme
from tests.studio.web.world import NOW, World, csrf_of

GRID = "/stations/ia-dom/grid"
NEW = {"name": "Buổi trưa", "starts": "11h30", "minutes": "20", "first": "05/12/2026"}


def post(world: World, address: str, who: str = "minh", **fields):
    client = world.signed_in(who)
    return client.post(address, data={"csrf": csrf_of(client, "/campaigns"), **fields})


def slots(world: World, station: int = 1) -> list[Slot]:
    with world.database.reading() as session:
        found = session.exec(select(Slot).where(Slot.station_id == station).order_by(Slot.id)).all()
        session.expunge_all()
    return list(found)


def test_the_week_shows_slots_holidays_and_what_is_published(world: World):
    client = world.signed_in("truc")
    page = client.get(f"{GRID}?day=2026-12-01").text
    assert page.count("grid-slot") == 14
    assert "đã phát hành" in page
    assert "Thêm khung giờ" not in page  # an operator looks on
    assert "Tết Dương lịch" in client.get(f"{GRID}?day=2027-01-01").text
    assert client.get("/stations/ia-dal/grid").status_code == 403
    assert 'data-key="ArrowRight"' in page


def test_a_slot_is_set_on_chosen_weekdays_and_undone(world: World):
    answer = post(world, f"{GRID}/slots", **NEW, repeat="weekly", days=["SA", "TU"])
    assert answer.status_code == 303
    page = world.signed_in("minh").get(answer.headers["location"]).text
    assert "Đã đặt khung giờ, phát từ 05/12/2026." in page
    assert (slots(world)[-1].rrule, slots(world)[-1].starts) == ("FREQ=WEEKLY;BYDAY=TU,SA", time(11, 30))
    assert "thứ Ba, thứ Bảy hằng tuần" in page
    number = re.search(r"grid/undo/(\d+)", page)[1]
    assert post(world, f"{GRID}/undo/{number}").status_code == 303
    assert len(slots(world)) == 2
    assert post(world, f"{GRID}/undo/{number}").status_code == 409


def test_a_frame_is_typed_part_by_part_and_kept(world: World):
    rows = {
        "part": ["priority", "", "language:jra", "rest"],
        "part_minutes": ["", "", "10", ""],
    }
    assert post(world, f"{GRID}/slots", **NEW, **rows).status_code == 303
    made = slots(world)[-1]
    assert write_frame(find_frame(made.frame)) == "priority, language:jra=10, rest"
    page = world.signed_in("minh").get(f"{GRID}?day=2026-12-07&slot={made.id}&on=2026-12-07").text
    assert '<option value="language:jra" selected>Gia Rai</option>' in page
    assert page.count('<option value="greeting:sound/mo-dau">Nhạc hiệu</option>') == page.count('name="part"')
    wrong = post(
        world, f"{GRID}/slots", **{**NEW, "name": "Khuya"}, part="theme:3.tunnel", part_minutes="500"
    )
    assert wrong.status_code == 422
    assert "Phần “theme:3.tunnel=500” của khung chương trình không dùng được" in wrong.text
    assert "thứ tiếng (language:…)" in wrong.text
    assert '<option value="theme:3.tunnel" selected>' in wrong.text, "what was chosen is kept"


def test_the_parts_of_a_frame_are_chosen_by_name(world: World):
    with world.database.writing() as session:
        plan = Plan(
            code="2026", title="Kế hoạch", year=2026, source_sha256="0" * 64, document={}, imported_at=NOW
        )
        session.add(plan)
        session.flush()
        session.add(Theme(plan_id=plan.id, code="3.health", title="Y tế; chăm sóc sức khoẻ", position=1))
        session.add(Form(plan_id=plan.id, code="2.news", title="bản tin", position=1))
    page = world.signed_in("minh").get(GRID).text
    assert '<option value="theme:3.health">Y tế; chăm sóc sức khoẻ (3.health)</option>' in page
    assert '<option value="form:2.news">Bản tin (2.news)</option>' in page


def test_a_change_is_taken_back_where_it_was_made_by_who_might_have_made_it(world: World):
    answer = post(world, f"{GRID}/slots", **NEW)
    page = world.signed_in("minh").get(answer.headers["location"]).text
    number = re.search(r"grid/undo/(\d+)", page)[1]
    assert post(world, f"/stations/ia-dal/grid/undo/{number}").status_code == 404
    assert post(world, f"{GRID}/undo/1").status_code == 404
    assert len(slots(world)) == 3
    cluster = {"code": "thon-1", "name": "Thôn 1", "horns": "4"}
    assert post(world, "/stations/ia-dom/clusters", **cluster).status_code == 303
    number = re.search(r"grid/undo/(\d+)", world.signed_in("minh").get(GRID).text)[1]
    # A producer sets slots, but no clusters.
    assert f"grid/undo/{number}" not in world.signed_in("lan").get(GRID).text
    assert post(world, f"{GRID}/undo/{number}", who="lan").status_code == 403
    assert post(world, f"{GRID}/undo/{number}").status_code == 303
    with world.database.reading() as session:
        assert list_clusters(session, find_station(session, "ia-dom")) == []


def test_a_conflict_keeps_what_was_typed_and_asks_for_a_reason(world: World):
    fields = {**NEW, "starts": "17:29:55"}
    answer = post(world, f"{GRID}/slots", **fields)
    assert answer.status_code == 409
    assert "trùng với “Chiều” lúc 17:29 05/12/2026" in answer.text
    assert 'value="Buổi trưa"' in answer.text
    assert 'name="over"' in answer.text
    assert post(world, f"{GRID}/slots", **fields, over="lệnh của UBND").status_code == 303
    with world.database.reading() as session:
        word = session.exec(select(SlotOverride)).one()
        assert (word.by, word.reason) == ("minh", "lệnh của UBND")


def test_one_day_is_moved_cancelled_and_given_back(world: World):
    day = {"slot": "1", "day": "05/12/2026"}
    assert post(world, f"{GRID}/day", **day, starts="06:00", minutes="45", reason="họp").status_code == 303
    page = world.signed_in("minh").get(f"{GRID}?day=2026-12-05&slot=1&on=2026-12-05").text
    assert "06:00–06:45" in page
    assert "đổi riêng ngày này: họp" in page
    assert post(world, f"{GRID}/cancel", **day, reason="mất điện").status_code == 303
    assert "nghỉ: mất điện" in world.signed_in("minh").get(f"{GRID}?day=2026-12-05").text
    assert post(world, f"{GRID}/restore", **day).status_code == 303
    with world.database.reading() as session:
        assert session.exec(select(SlotException)).all() == []
    answer = post(world, f"{GRID}/cancel", slot="1", day="01/12/2026")
    assert answer.status_code == 409  # its list is out
    assert "đã có danh sách phát ngày 01/12/2026" in answer.text


def test_this_and_all_following_keeps_what_was(world: World):
    fields = {"slot": "1", "day": "10/12/2026", "name": "Sáng", "starts": "05:15", "minutes": "30"}
    answer = post(world, f"{GRID}/following", **fields, repeat="daily")
    assert answer.status_code == 303
    old, later = slots(world)[0], slots(world)[-1]
    assert old.valid_until == date(2026, 12, 9)
    assert (later.starts, later.valid_from, later.continues_id) == (time(5, 15), date(2026, 12, 10), 1)
    assert post(world, f"{GRID}/end", slot=str(later.id), day="20/12/2026").status_code == 303
    assert slots(world)[-1].valid_until == date(2026, 12, 19)


@pytest.mark.parametrize(
    ("wrong", "status", "said"),
    [
        ({"starts": "25:00"}, 422, "Không đọc được giờ “25:00”"),
        ({"starts": "sáng sớm"}, 422, "Không đọc được giờ"),
        ({"minutes": "nửa giờ"}, 422, "Mục số phút cần một số"),
        ({"minutes": "0"}, 422, "mục số phút có giá trị “0”"),
        ({"minutes": "99999"}, 422, "mục số phút"),
        ({"first": "31/02/2026"}, 422, "31/02/2026"),
        ({"first": "01/01/1999"}, 422, "mục ngày bắt đầu"),
        ({"first": "01/01/0001"}, 422, "01/01/0001"),
        ({"last": "01/01/2020"}, 422, "mục ngày kết thúc"),
        ({"name": "  "}, 422, "mục tên"),
        ({"repeat": "weekly"}, 422, "Hãy chọn ít nhất một ngày trong tuần"),
        ({"repeat": "weekly", "days": "XX"}, 422, "Hãy chọn ít nhất một ngày trong tuần"),
        ({"repeat": "rule", "rule": "FREQ=SECONDLY;COUNT=99999999"}, 422, "FREQ=SECONDLY"),
        ({"repeat": "rule", "rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, 422, "không bao giờ tới"),
        ({"use": "thứ hai"}, 422, "Không có lựa chọn"),
        ({"name": "Chiều", "starts": "09:00"}, 409, "đã có khung giờ “Chiều”"),
        ({"starts": "17:10"}, 409, "trùng với “Chiều”"),
    ],
)
def test_what_cannot_be_used_is_told_on_the_page_and_changes_nothing(world: World, wrong, status, said):
    answer = post(world, f"{GRID}/slots", **{**NEW, **wrong})
    assert answer.status_code == status
    assert said in answer.text
    assert len(slots(world)) == 2


@pytest.mark.parametrize("slot", ["x", "999", "3", "-1", "9" * 30, ""])
def test_a_slot_that_is_not_the_stations_is_refused(world: World, slot):
    fields = {"day": "10/12/2026", "starts": "05:00", "minutes": "30"}
    assert post(world, f"{GRID}/day", slot=slot, **fields).status_code in (404, 422)
    assert world.signed_in("minh").get(f"{GRID}?slot={slot}&on=mai").status_code == 200


@pytest.mark.parametrize("form", ["following", "end", "day", "cancel", "restore"])
@pytest.mark.parametrize("day", ["31/12/9999", "01/01/0001"])
def test_a_day_at_the_end_of_time_is_an_answer_and_no_crash(world: World, form, day):
    fields = {"slot": "1", "day": day, "name": "Sáng", "starts": "05:15", "minutes": "30", "repeat": "daily"}
    answer = post(world, f"{GRID}/{form}", **fields)
    assert answer.status_code in (303, 404, 409, 422), answer.text
    if answer.status_code == 303:
        assert world.signed_in("minh").get(answer.headers["location"]).status_code == 200


def test_a_slot_of_a_campaign_that_is_not_the_stations_is_refused(world: World):
    for wrong in ({"campaign": "99"}, {"campaign": "9" * 30}):
        assert post(world, f"{GRID}/slots", **NEW, **wrong).status_code in (404, 422)
    assert len(slots(world)) == 2


def test_a_station_without_slots_says_what_to_do(world: World):
    fields = {
        "code": "ia-toi",
        "name": "Ia Tơi",
        "kind": "commune",
        "preset": "loudspeaker",
        "timezone": "Asia/Ho_Chi_Minh",
        "languages": ["vi", "jra"],
        "quiet_from": "21h",
        "quiet_until": "4h30",
    }
    answer = post(world, "/new-station", **fields)
    assert answer.headers["location"] == "/stations/ia-toi/grid"
    page = world.signed_in("minh").get("/stations/ia-toi/grid").text
    assert "Đài chưa có khung giờ nào" in page
    with world.database.reading() as session:
        station = find_station(session, "ia-toi")
        assert (station.languages, station.quiet_until) == (["vi", "jra"], time(4, 30))
    assert post(world, "/new-station", **fields).status_code == 409
    quiet = post(world, "/stations/ia-toi/grid/slots", **{**NEW, "starts": "03:15"}, over="lệnh")
    assert quiet.status_code == 422
    assert "giờ yên lặng" in quiet.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"max_session_minutes": "0"}, "muốn đài không phát thì đặt ngày kết thúc"),
        ({"max_days_per_week": "8"}, "1 đến 7 ngày"),
        ({"quiet_from": "00:00", "quiet_until": "00:00"}, "yên lặng cả ngày"),
        ({"quiet_from": "21:00"}, "cả giờ bắt đầu và giờ kết thúc"),
        ({"quiet_from": "16:00", "quiet_until": "17:01"}, "khung giờ “Chiều” rơi vào giờ yên lặng"),
        ({"timezone": "Asia/Kon_Tum"}, "tên múi giờ như Asia/Ho_Chi_Minh"),
        ({"languages": []}, "Đài “Ia Dom”: mục ngôn ngữ không thể là “–”. Cần: ít nhất một ngôn ngữ"),
        ({"timezone": ""}, "tên múi giờ như Asia/Ho_Chi_Minh"),
        ({"valid_from": "02/01/2026", "valid_until": "01/01/2026"}, "không trước ngày bắt đầu"),
        ({"kind": "tàu"}, "Không có lựa chọn"),
    ],
)
def test_rules_of_a_station_that_cannot_hold_are_told(world: World, wrong, said):
    kept = {"name": "Ia Dom", "kind": "commune", "preset": "loudspeaker"}
    kept |= {"languages": ["vi", "jra"], "timezone": "Asia/Ho_Chi_Minh"}
    answer = post(world, "/stations/ia-dom/edit", **(kept | wrong))
    assert answer.status_code == 422
    assert said in answer.text
    with world.database.reading() as session:
        assert find_station(session, "ia-dom").quiet_from is None


def test_clusters_are_kept_and_removed(world: World):
    fields = {"code": "thon-1", "name": "Thôn 1", "horns": "4", "technology": "fm"}
    assert post(world, "/stations/ia-dom/clusters", **fields).status_code == 303
    assert "Thôn 1" in world.signed_in("minh").get("/stations/ia-dom/edit").text
    wrong = post(world, "/stations/ia-dom/clusters", code="Thôn 1", name="x", horns="4")
    assert wrong.status_code == 422
    assert post(world, "/stations/ia-dom/clusters/remove", cluster="thon-1").status_code == 303
    with world.database.reading() as session:
        assert list_clusters(session, find_station(session, "ia-dom")) == []
    assert "Bỏ cụm loa Thôn 1" in world.signed_in("minh").get(GRID).text


def test_a_campaign_gets_its_slots_and_goes(world: World):
    fields = {
        "name": "Tháng cao điểm",
        "first": "08/12/2026",
        "last": "10/01/2027",
        "stations": ["ia-dom", "ia-dal"],
    }
    assert post(world, "/campaigns", **fields).status_code == 303
    assert post(world, "/campaigns", **fields).status_code == 409
    assert post(world, "/campaigns", **{**fields, "name": "x", "last": "01/01/2026"}).status_code == 422
    number = _number(world)
    assert post(world, f"{GRID}/slots", **NEW, campaign=number, replaces="").status_code == 303
    longer = {**NEW, "name": "Sáng", "starts": "05:00", "minutes": "60"}
    assert post(world, f"{GRID}/slots", **longer, campaign=number, replaces="1").status_code == 303
    page = world.signed_in("minh").get(f"{GRID}?day=2026-12-08").text
    assert "05:00–06:00" in page
    assert "Tháng cao điểm" in page
    assert "2 khung giờ" in world.signed_in("minh").get("/campaigns").text
    assert post(world, f"/campaigns/{number}/remove").status_code == 409


def _number(world: World) -> str:
    with world.database.reading() as session:
        return str(find_campaign(session, "Tháng cao điểm").id)


def test_a_moved_holiday_stands_in_the_list(world: World):
    assert post(world, "/holidays", day="03/09/2026", name="Nghỉ hoán đổi").status_code == 303
    assert "Nghỉ hoán đổi" in world.signed_in("minh").get("/campaigns?year=2026").text
    assert post(world, "/holidays", day="hôm nào", name="").status_code == 422
    for year in ("1", "99999999999", "x"):
        assert world.signed_in("minh").get(f"/campaigns?year={year}").status_code == 200
