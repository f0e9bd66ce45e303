"""A station's week on the page, its sheet, and the address for a calendar."""

import re

from studio.people.audit import list_entries
from tests.studio.web.world import World, csrf_of


def test_the_week_marks_today_and_leads_on(world: World):
    client = world.signed_in("truc")
    page = client.get("/stations/ia-dom/week").text
    assert "30/11/2026 – 06/12/2026" in page
    assert page.count('aria-current="date"') == 1
    assert "Tiết mục 1" in page
    assert 'data-key="ArrowRight"' in page
    assert client.get("/stations/ia-dal/week").status_code == 403
    assert client.get("/stations/ia-dom/week?day=2026-12-09").text.count('aria-current="date"') == 0
    assert client.get("/stations/ia-dom/week?day=mai").status_code == 422
    assert "/stations/ia-dom/week" in client.get("/stations/ia-dom").text


def test_a_week_without_sessions_says_what_to_do(world: World):
    assert (
        "Tuần này chưa có khung giờ"
        in world.signed_in("lan").get("/stations/ia-dom/week?day=2020-01-01").text
    )


def test_the_sheet_is_a_pdf(world: World):
    answer = world.signed_in("truc").get("/stations/ia-dom/week.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_an_address_is_told_once_opens_the_calendar_alone_and_ends(world: World):
    client, visitor = world.signed_in("truc"), world.visitor()
    token = csrf_of(client, "/stations/ia-dom/week")
    page = client.post("/stations/ia-dom/calendar", data={"csrf": token}).text
    address = re.search(r"http://testserver(/calendar/[\w-]+\.ics)", page)[1]
    assert address not in client.get("/stations/ia-dom/week").text
    answer = visitor.get(address)
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "Tiết mục 1" in answer.text
    bare = address.removeprefix("/calendar/").removesuffix(".ics")
    assert visitor.get("/today", headers={"authorization": f"Bearer {bare}"}).status_code == 303
    assert visitor.get("/calendar/falsch.ics").status_code == 404
    assert client.post("/stations/ia-dom/calendar/close", data={"csrf": token}).status_code == 303
    assert visitor.get(address).status_code == 404
    with world.database.reading() as session:
        deeds = [entry.action for entry in list_entries(session, subject="station/ia-dom")]
    assert deeds == ["calendar.close", "calendar.open"]


def test_the_week_as_json(world: World):
    content = world.signed_in("truc").get("/api/v1/stations/ia-dom/weeks/2026-12-01").json()
    assert content["days"][0]["day"] == "2026-11-30"
    assert content["days"][1]["sessions"][0]["pieces"]
