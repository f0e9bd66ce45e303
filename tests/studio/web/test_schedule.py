"""Drafts on the page: made, understood, applied, overtaken, undone; pins and bans with one click."""

import re
from datetime import date, timedelta

import pytest

from assets.catalogue import find_asset, retire_asset
from playlists.builder import publish_day
from scheduler.filling import list_airings
from studio.jobs.handlers import make_handlers
from studio.jobs.queue import enqueue, find_job, list_jobs
from studio.jobs.worker import Worker
from studio.people.audit import list_entries
from tests.studio.web.world import NOW, World, csrf_of

MONTH = "02/01/2027"
FIRST, LAST = "03/12/2026", "05/12/2026"
DAY = date(2026, 12, 4)


def make(client, **fields):
    token = csrf_of(client, "/schedule")
    answer = client.post("/schedule/drafts", data={"csrf": token, "first": FIRST, "last": LAST, **fields})
    return answer, token


def number_of(answer):
    assert answer.status_code == 303, answer.text
    return int(re.search(r"/schedule/drafts/(\d+)", answer.headers["location"])[1])


def airings(world, station="ia-dom", first=date(2026, 12, 3), last=date(2026, 12, 5)):
    with world.database.reading() as session:
        return [
            (one.local_date, one.slot_id, one.asset_id)
            for one in list_airings(session, station=station, first=first, last=last)
        ]


@pytest.fixture
def planned(world: World):
    """Three days filled; then one piece is withdrawn."""
    client = world.signed_in("lan")
    answer, token = make(client, cause="tuần đầu tháng")
    client.post(f"/schedule/drafts/{number_of(answer)}/apply", data={"csrf": token})
    assert airings(world)
    with world.database.writing() as session:
        retire_asset(session, "script/bai-2@1", now=NOW)
    return client


def test_a_draft_is_read_applied_and_undone(world: World, planned):
    before = airings(world)
    answer, token = make(planned, cause="rút bài 2")
    number = number_of(answer)
    assert airings(world) == before, "a draft is no schedule"
    page = planned.get(f"/schedule/drafts/{number}").text
    assert "Bỏ 6, giữ nguyên 12 lượt phát." in page
    assert "đã rút khỏi kho" in page
    assert "rút bài 2" in page
    assert "Tiết mục 2" in page
    reader = world.signed_in("sep")
    read = reader.get(f"/schedule/drafts/{number}")
    assert read.status_code == 200
    assert "Áp dụng</button>" not in read.text
    assert (
        reader.post(f"/schedule/drafts/{number}/apply", data={"csrf": csrf_of(reader, "/today")}).status_code
        == 403
    )
    done = planned.post(f"/schedule/drafts/{number}/apply", data={"csrf": token})
    assert done.headers["location"] == "/schedule?done=applied"
    with world.database.reading() as session:
        gone = find_asset(session, "script/bai-2@1").id
        deeds = [entry.action for entry in list_entries(session, subject=f"schedule/{number}")]
    assert gone not in {asset for _, _, asset in airings(world)}
    assert deeds == ["schedule.apply", "schedule.draft"]
    refused = planned.post(f"/schedule/drafts/{number}/undo", data={"csrf": token})
    assert refused.status_code == 409
    assert "nay không được phát nữa" in refused.text
    assert "Đã áp dụng" in planned.get("/schedule").text


def test_a_draft_that_is_overtaken_gives_way_to_a_fresh_one(world: World, planned):
    answer, token = make(planned)
    number = number_of(answer)
    with world.database.writing() as session:
        publish_day(session, "ia-dom", DAY, now=NOW)
    before = airings(world, first=DAY, last=DAY)
    moved = planned.post(f"/schedule/drafts/{number}/apply", data={"csrf": token})
    assert moved.headers["location"] == f"/schedule/drafts/{number + 1}?instead={number}"
    page = planned.get(moved.headers["location"]).text
    assert f"bản nháp số {number}" in page
    planned.post(f"/schedule/drafts/{number + 1}/apply", data={"csrf": token})
    assert airings(world, first=DAY, last=DAY) == before, "published days stay"
    assert "2 buổi đã qua, đã phát hành" in page


def work(world):
    """All that waits; what the jobs said of their progress."""
    said = []
    handlers = make_handlers(world.settings, world.store, lambda: NOW)

    def listen(handler):
        def listening(database, payload, progress):
            return handler(
                database, payload, lambda share, words: (said.append((share, words)), progress(share, words))
            )

        return listening

    worker = Worker(world.database, {kind: listen(one) for kind, one in handlers.items()}, clock=lambda: NOW)
    while worker.run_once():
        pass
    return said


def test_a_draft_of_many_days_and_stations_is_a_job_with_its_progress(world: World):
    client = world.signed_in("lan")
    answer, token = make(client, last=MONTH, cause="cả tháng")
    making = answer.headers["location"]
    assert re.fullmatch(r"/schedule/making/\d+", making)
    again, _ = make(client, last=MONTH, cause="cả tháng")
    assert again.headers["location"] == making, "a second click asks for nothing more"
    page = client.get(making).text
    assert "Đang chờ" in page
    assert "03/12/2026 – 02/01/2027 · cả tháng" in page
    assert f'hx-get="{making}"' in client.get(making, headers={"hx-request": "true"}).text
    assert making in client.get("/schedule").text
    said = work(world)
    assert [share for share, _ in said] == sorted(share for share, _ in said)
    assert [words for _, words in said][:2] == ["đọc lịch, khung giờ và chỉ tiêu", "xếp 124 buổi của 2 đài"]
    number = number_of(client.get(making))
    followed = client.get(making, headers={"hx-request": "true"})
    assert followed.headers["HX-Redirect"] == f"/schedule/drafts/{number}"
    assert making not in client.get("/schedule").text
    assert "cả tháng" in client.get(f"/schedule/drafts/{number}").text
    client.post(f"/schedule/drafts/{number}/apply", data={"csrf": token})
    assert airings(world, last=date(2027, 1, 2))
    with world.database.reading() as session:
        assert [one.by for one in list_entries(session, subject=f"schedule/{number}")] == ["lan", "lan"]
    unchanged, _ = make(client, last=MONTH)
    work(world)
    assert client.get(unchanged.headers["location"]).headers["location"] == "/schedule?done=nothing"


def test_a_large_draft_that_is_overtaken_gives_way_by_a_job_and_one_that_fails_says_why(world: World):
    client = world.signed_in("lan")
    answer, token = make(client, last=MONTH)
    work(world)
    number = number_of(client.get(answer.headers["location"]))
    client.post("/schedule/bans", data={"csrf": token, "piece": "script/bai-2@1"})
    stale = client.post(f"/schedule/drafts/{number}/apply", data={"csrf": token})
    making = stale.headers["location"]
    assert re.fullmatch(rf"/schedule/making/\d+\?instead={number}", making)
    assert f"bản nháp số {number}" in client.get(making).text
    assert f"Bản nháp số {number}:" not in client.get("/schedule").text, "the old one is discarded"
    with world.database.writing() as session:
        job = list_jobs(session)[0]
        job.payload = {**job.payload, "by": "truc"}
    work(world)
    failed = client.get(making).text
    assert 'role="alert"' in failed
    assert 'href="/schedule?day=2026-12-03&amp;last=2027-01-02"' in failed
    assert 'value="02/01/2027"' in client.get("/schedule?day=2026-12-03&last=2027-01-02").text
    assert world.signed_in("sep").get(making).status_code == 403
    assert client.get("/schedule/making/999").status_code == 404


def test_what_a_person_waits_for_passes_what_waits(world: World):
    client = world.signed_in("lan")
    token = csrf_of(client, "/schedule")
    client.post("/scripts/da-duyet/produce", data={"csrf": token})
    answer, _ = make(client, last=MONTH)
    number = int(answer.headers["location"].rpartition("/")[2])
    handlers = make_handlers(world.settings, world.store, lambda: NOW)
    Worker(world.database, handlers, clock=lambda: NOW).run_once()
    with world.database.reading() as session:
        assert find_job(session, number).state == "done"


def test_undo_from_the_list_and_a_draft_that_changes_nothing(world: World):
    client = world.signed_in("lan")
    answer, token = make(client)
    number = number_of(answer)
    client.post(f"/schedule/drafts/{number}/apply", data={"csrf": token})
    answer, _ = make(client)
    assert answer.headers["location"] == "/schedule?done=nothing"
    assert "lịch đang đứng vẫn tốt" in client.get("/schedule?done=nothing").text
    page = client.get("/schedule").text
    assert f"/schedule/drafts/{number}/undo" in page
    undone = client.post(f"/schedule/drafts/{number}/undo", data={"csrf": token})
    assert undone.headers["location"] == "/schedule?done=undone"
    assert airings(world) == []
    assert client.post(f"/schedule/drafts/{number}/undo", data={"csrf": token}).status_code == 409
    assert client.post("/schedule/drafts/99/discard", data={"csrf": token}).status_code == 404


def test_a_version_of_long_past_days_keeps_its_figures_and_offers_no_undo(world: World, planned):
    world.clock.now = NOW + timedelta(days=402)
    client = world.signed_in("lan")
    with world.database.writing() as session:
        enqueue(session, kind="prune-versions", payload={"day": "2028-01-09"}, dedupe_key=None, now=NOW)
    work(world)
    page = client.get("/schedule/drafts/1").text
    assert "Tiết mục 2" in page, "kept for 400 days"
    with world.database.writing() as session:
        enqueue(session, kind="prune-versions", payload={"day": "2028-01-10"}, dedupe_key=None, now=NOW)
    work(world)
    page = client.get("/schedule/drafts/1").text
    assert "Tiết mục 2" not in page
    assert "Những ngày này đã qua lâu" in page
    assert "tuần đầu tháng" in page
    assert re.search(r"Thêm \d+, giữ nguyên 0 lượt phát", page)
    assert "/schedule/drafts/1/undo" not in page
    token = csrf_of(client, "/schedule")
    assert client.post("/schedule/drafts/1/undo", data={"csrf": token}).status_code == 409


def test_a_number_that_no_row_can_have_is_not_found(world: World):
    client = world.signed_in("lan")
    head = {"authorization": f"Bearer {world.token('lan')}"}
    for number in (-1, 0, 2**31, 10**20):
        for path in ("/schedule/drafts", "/schedule/making", "/api/v1/schedule/changes", "/api/v1/jobs"):
            assert client.get(f"{path}/{number}", headers=head).status_code == 404, (path, number)


def test_what_was_typed_is_not_lost(world: World):
    client = world.signed_in("lan")
    answer, _ = make(client, last="02/12/2026", cause="rất quan trọng", stations=["ia-dal"])
    assert answer.status_code == 422
    assert "rất quan trọng" in answer.text
    assert re.search(r'value="ia-dal" checked', answer.text)
    assert "bị ngược" in answer.text
    answer, _ = make(client, last="02/12/2027")
    assert "nhiều nhất 92 ngày" in answer.text


def test_a_click_on_a_piece_pins_or_bans_it(world: World, planned):
    page = planned.get("/stations/ia-dom?day=2026-12-04").text
    token = csrf_of(planned, "/schedule")
    slot = re.search(
        r'name="slot" value="(\d+)"><input type="hidden" name="piece" value="script/bai-1@1"', page
    )[1]
    assert page.count('class="hand-menu"') == 3, "one for each piece"
    where = {"csrf": token, "slot": slot, "piece": "script/bai-1@1"}
    assert planned.post("/stations/ia-dom/days/2026-12-04/pin", data=where).status_code == 303
    pinned = planned.get("/stations/ia-dom?day=2026-12-04").text
    assert "Gỡ ghim" in pinned
    refused = planned.post("/stations/ia-dom/days/2026-12-04/ban", data={**where, "scope": "everywhere"})
    assert refused.status_code == 409
    lift = re.search(r'action="(/schedule/hand/\d+/lift)"', pinned)[1]
    back = planned.post(lift, data={"csrf": token, "back": "/stations/ia-dom?day=2026-12-04"})
    assert back.headers["location"] == "/stations/ia-dom?day=2026-12-04"
    assert planned.post(lift, data={"csrf": token, "back": "https://evil.example/"}).status_code == 404
    banned = planned.post("/stations/ia-dom/days/2026-12-04/ban", data={**where, "scope": "station"})
    assert banned.headers["location"].startswith("/schedule?done=banned&station=ia-dom&day=2026-12-04")
    listed = planned.get(banned.headers["location"]).text
    assert "Lập bản nháp để thay" in listed
    assert re.search(r'value="ia-dom" checked', listed)
    answer, _ = make(planned)
    planned.post(f"/schedule/drafts/{number_of(answer)}/apply", data={"csrf": token})
    with world.database.reading() as session:
        first = find_asset(session, "script/bai-1@1").id
    assert first not in {asset for _, _, asset in airings(world)}
    assert first in {asset for _, _, asset in airings(world, "ia-dal")}


def test_published_and_past_sessions_offer_no_menu(world: World):
    page = world.signed_in("lan").get("/stations/ia-dom?day=2026-12-01").text
    assert "hand-menu" not in page
    assert "giữ nguyên" in page
    client = world.signed_in("lan")
    token = csrf_of(client, "/schedule")
    late = client.post(
        "/stations/ia-dom/days/2026-12-01/pin", data={"csrf": token, "slot": "1", "piece": "script/bai-1@1"}
    )
    assert late.status_code == 409
    assert "đã bắt đầu hoặc đã qua" in late.text
    assert world.signed_in("truc").get("/schedule").status_code == 403


def test_a_ban_from_the_list_and_its_end(world: World):
    client = world.signed_in("minh")
    token = csrf_of(client, "/schedule")
    typed = {"csrf": token, "piece": "script/bai-3@1", "last": "10/12/2026", "reason": "lỗi thời"}
    assert client.post("/schedule/bans", data=typed).headers["location"] == "/schedule?done=banned"
    page = client.get("/schedule").text
    assert "lỗi thời" in page
    assert "Mọi đài" in page
    over = client.post("/schedule/bans", data={**typed, "last": "10/11/2026"})
    assert over.status_code == 422
    lift = re.search(r'action="(/schedule/hand/\d+/lift)"', page)[1]
    assert client.post(lift, data={"csrf": token}).headers["location"] == "/schedule?done=lifted"
    assert "Chưa ghim hay cấm" in client.get("/schedule").text


def test_the_api_says_the_same(world: World, planned):
    head = {"authorization": f"Bearer {world.token('lan')}"}
    api = world.visitor()

    def call(method, path, status, **given):
        answer = api.request(method, f"/api/v1/schedule{path}", headers=head, **given)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    made = call("POST", "/changes", 201, json={"first": "2026-12-03", "last": "2026-12-05", "cause": "rút"})
    shown = call("GET", f"/changes/{made['number']}", 200)
    assert shown["removed"] == made["removed"] == 6
    assert sum(len(day["removed"]) for day in shown["days"]) == 6
    assert {one["why"] for day in shown["days"] for one in day["removed"]} == {"đã rút khỏi kho"}
    assert call("POST", f"/changes/{made['number']}/apply", 200)["state"] == "applied"
    call("POST", f"/changes/{made['number']}/apply", 409)
    call("POST", f"/changes/{made['number']}/undo", 409)
    assert call("POST", "/changes", 201, json={"first": "2026-12-03", "last": "2026-12-05"}) is None
    asked = call("POST", "/changes", 202, json={"first": "2026-12-03", "last": "2027-01-02"})
    assert (asked["kind"], asked["state"]) == ("draft", "waiting")
    work(world)
    drawn = api.get(f"/api/v1/jobs/{asked['id']}", headers=head).json()["result"]["draft"]
    with world.database.writing() as session:
        retire_asset(session, "script/bai-3@1", now=NOW)
    stale = call("POST", f"/changes/{drawn}/apply", 409)["error"]
    assert (stale["code"], stale["data"]["draft"]) == ("DraftStale", None)
    assert api.get(f"/api/v1/jobs/{stale['data']['job']}", headers=head).json()["kind"] == "draft"
    made = call("POST", "/changes", 201, json={"first": "2026-12-03", "last": "2026-12-04"})
    pin = {"asset": "script/bai-1@1", "station": "ia-dom", "slot": "Sáng", "day": "2026-12-04"}
    kept = call("POST", "/pins", 201, json=pin)
    assert call("GET", "/hand", 200) == [kept]
    stale = call("POST", f"/changes/{made['number']}/apply", 409)["error"]
    fresh = call("GET", f"/changes/{stale['data']['draft']}", 200)
    assert (fresh["state"], fresh["first"], fresh["last"]) == ("draft", "2026-12-03", "2026-12-04")
    call("POST", f"/changes/{made['number']}/apply", 409)
    call("POST", f"/changes/{fresh['number']}/discard", 200)
    call("POST", "/bans", 409, json={"asset": "script/bai-1@1"})
    call("POST", "/pins", 409, json={**pin, "day": "2026-12-01"})
    call("POST", "/pins", 404, json={**pin, "slot": "Khuya"})
    call("DELETE", f"/hand/{kept['number']}", 204)
    assert call("POST", "/bans", 201, json={"asset": "script/bai-1@1"})["where"] == "Mọi đài"
    states = [one["state"] for one in call("GET", "/changes", 200)]
    assert states == ["discarded", "discarded", "discarded", "applied", "applied"]
