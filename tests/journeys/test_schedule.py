"""A schedule drafted, understood, applied and undone in a real browser, at a desk and on a phone."""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from scheduler.filling import list_airings
from studio.app import create_app
from studio.planning.targets import set_targets
from studio.settings import read_settings
from studio.web.access import House
from tests.journeys.desk import MARKS, Desk, serve
from tests.studio.planning.district import District, target

pytestmark = MARKS

START = datetime.now(UTC)


@pytest.fixture
def house(tmp_path: Path, district_home: Path) -> Iterator[tuple[str, House]]:
    """The small district as if it were the first of December, with a target that no piece serves."""
    shutil.copytree(district_home, tmp_path / "home")
    settings = read_settings({"LOA_LOG_LEVEL": "error", "LOA_WORKERS": "1"}, home=tmp_path / "home")
    begins = datetime(2026, 12, 1, 3, tzinfo=UTC)
    app = create_app(settings, clock=lambda: begins + (datetime.now(UTC) - START))
    house = app.state.house
    with house.database.writing() as session:
        plan = District(session).add_plan()
        days = {"first_date": date(2026, 12, 3), "last_date": date(2026, 12, 31), "station": "ia-dom"}
        set_targets(session, plan, [target("30", 20, **days), target(None, 20, **days)])
    with serve(app) as address:
        yield address, house


def test_a_month_is_drafted_by_keyboard_understood_applied_and_undone(
    browser: Browser, house: tuple[str, House]
) -> None:
    address, inside = house
    lan = Desk(browser, address, "lan")
    page = lan.page
    page.goto(f"{address}/schedule")
    page.locator("[name=first]").first.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("03/12/2026")
    page.keyboard.press("Tab")
    page.keyboard.type("02/01/2027")  # what was there is selected by the Tab
    page.keyboard.press("Enter")
    page.wait_for_url("**/schedule/making/*")
    expect(page.locator("progress")).to_be_visible()
    page.wait_for_url(re.compile(r"/schedule/drafts/\d+$"), timeout=60_000)

    expect(page.locator("h1")).to_contain_text("Bản nháp số")
    goal = page.locator(".goals-change li", has_text="Việc khác").first
    page.click("summary:has-text('còn thiếu')")
    expect(goal).to_contain_text("Không đạt được, thiếu 20")
    expect(goal.locator(".proof li")).to_contain_text("thêm 1 tiết mục đã duyệt")
    expect(page.locator(".goals-change").first).to_contain_text(re.compile(r"0 → \d+ / 20 lượt phát\s+đạt"))
    station = page.locator("details.day-change", has_text="Ia Dom").first
    day = station.locator("details.day-change").first
    expect(day).not_to_be_visible()
    station.locator("summary").first.focus()
    page.keyboard.press("Enter")
    day.locator("summary").press("Enter")
    expect(day.locator(".added .title").first).to_be_visible()
    assert lan.fits()
    page.set_viewport_size({"width": 390, "height": 844})
    assert lan.fits()

    page.click("button:has-text('Áp dụng')")
    expect(page.locator("[role=status]")).to_contain_text("Đã áp dụng")
    assert _count(inside) > 0
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("button:has-text('Hoàn tác')")
    expect(page.locator("[role=status]")).to_contain_text("Đã hoàn tác")
    assert _count(inside) == 0
    assert lan.fits()
    assert lan.complaints == []


def _count(house: House) -> int:
    first = date(2026, 12, 3)
    with house.database.reading() as session:
        return len(list_airings(session, station="ia-dom", first=first, last=first + timedelta(days=30)))
