"""A relay from the grid to the report: set, published, taken along, noted by the operator, counted."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, expect

from tests.journeys.desk import MARKS, Desk

pytestmark = MARKS


def test_a_relay_is_set_published_noted_and_counted(browser: Browser, address: str) -> None:
    # A block of the first minute of the day is over, whatever the hour.
    day = (datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")) - timedelta(minutes=2)).date()
    lan = Desk(browser, address, "lan")
    page = lan.page
    page.goto(f"{address}/stations/ia-dom/grid?day={day}")
    adding = page.locator("form.slot-form")
    if not adding.is_visible():
        page.click("summary:has-text('Thêm khung giờ')")
    adding.locator("details:has([name=relay]) > summary").click()
    for name, value in (("name", "Thời sự"), ("starts", "00:00"), ("minutes", "1"), ("relay", "VOV1")):
        adding.locator(f"[name={name}]").fill(value)
    adding.locator("[name=first]").fill(f"{day:%d/%m/%Y}")
    adding.locator("[name=last]").fill(f"{day:%d/%m/%Y}")
    adding.locator("button").last.click()
    expect(page.locator(".grid-slot.relay")).to_contain_text("VOV1")

    truc = Desk(browser, address, "truc", width=390)
    page = truc.page
    page.goto(f"{address}/stations/ia-dom?day={day}")
    page.click("button:has-text('Phát hành cho đài')")
    expect(page.locator("text=Tải gói phát")).to_be_visible()
    block = page.locator(".slot", has_text="Thời sự")
    expect(block).to_contain_text("VOV1")
    block.locator("summary").click()
    block.locator("form").first.locator("button").click()
    expect(page.locator(".slot", has_text="Thời sự")).to_contain_text("Y Truc")
    assert truc.fits()

    sep = Desk(browser, address, "sep")
    page = sep.page
    page.goto(f"{address}/reports")
    page.locator("[name=kind]").select_option("airtime")
    page.locator("[name=name]").fill("Thời lượng ngày")
    page.locator("[name=first]").fill(f"{day:%d/%m/%Y}")
    page.locator("[name=last]").fill(f"{day:%d/%m/%Y}")
    page.locator("form:has([name=kind]) button").click()
    expect(page.locator("body")).to_contain_text("được cung cấp 0 phút, tiếp âm 1 phút")
    assert lan.complaints + truc.complaints + sep.complaints == []
