"""A manager's targets in a real browser: read, found, changed in place, and nothing typed is lost."""

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.desk import MARKS, Desk

pytestmark = MARKS


@pytest.mark.parametrize("width", [390, 1280])
def test_targets_are_found_and_changed_in_place(browser: Browser, address: str, width: int) -> None:
    sep = Desk(browser, address, "sep", width=width)
    page = sep.page
    page.goto(f"{address}/targets")
    expect(page.get_by_role("searchbox")).to_be_hidden()
    for month in range(1, 12):
        page.click("text=Thêm chỉ tiêu")
        fresh = page.locator("details.target-new")
        fresh.locator("[name=place]").select_option("station:ia-dal" if month % 2 else "station:ia-dom")
        fresh.locator("[name=quantity]").fill(str(month))
        fresh.locator("[name=first_date]").fill(f"01/{month:02}/2026")
        fresh.locator("[name=last_date]").fill(f"28/{month:02}/2026")
        fresh.get_by_role("button").click()
    items = page.locator("[data-seek-item]")
    expect(items).to_have_count(12)
    page.get_by_role("searchbox").fill("DAL luot 9")
    shown = items.locator("visible=true")
    expect(items.filter(visible=True)).to_have_count(1)
    expect(shown.first).to_contain_text("9 lượt")
    expect(shown.first).to_contain_text("Ia Đal")
    page.get_by_role("searchbox").fill("không có")
    expect(page.locator("[data-seek-none]")).to_be_visible()
    page.get_by_role("searchbox").fill("dal 9")

    row = items.filter(visible=True)
    row.locator("summary").press("Enter")
    row.locator("[name=maximum]").fill("3")
    row.get_by_role("button", name="Lưu").click()
    wrong = page.locator("li.wrong")
    expect(wrong.locator(".problem")).to_contain_text("nhiều nhất không dưới ít nhất")
    expect(wrong.locator("[name=maximum]")).to_have_value("3")
    expect(wrong).to_be_in_viewport()
    assert sep.fits()
    wrong.locator("[name=maximum]").fill("30")
    wrong.get_by_role("button", name="Lưu").click()
    expect(page.locator("li.wrong")).to_have_count(0)
    expect(page.locator("[data-seek-item] summary", has_text="9 lượt (nhiều nhất 30)")).to_have_count(1)

    page.once("dialog", lambda dialog: dialog.dismiss())
    page.locator("[data-seek-item] summary", has_text="9 lượt (nhiều nhất 30)").click()
    page.locator("details[open] >> text=Bỏ").click()
    expect(items).to_have_count(12)
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("details[open] >> text=Bỏ").click()
    expect(items).to_have_count(11)
    assert [one for one in sep.complaints if "422" not in one] == []
