"""The working day in a real browser: write, make, hear, approve, take along, look where the plan is short."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.desk import MARKS, Desk
from tests.studio.web.world import DAY

pytestmark = MARKS


def wait_until_heard(page: Page, revision: int) -> str:
    """The address of the player of `revision`, once it knows how long it is."""
    audio = page.locator(f"#production audio[data-revision='{revision}']")
    expect(audio).to_be_visible(timeout=60_000)
    page.wait_for_function(
        "audio => audio.readyState >= 1 && audio.duration > 1", arg=audio.element_handle(), timeout=20_000
    )
    return str(audio.get_attribute("src"))


def test_a_sentence_is_mended_made_heard_and_approved(browser: Browser, address: str) -> None:
    lan = Desk(browser, address, "lan")
    page = lan.page
    page.goto(f"{address}/scripts")
    page.fill("#search", "nuoc sach")
    expect(page.locator("#found .scripts li")).to_have_count(3)
    page.goto(f"{address}/scripts/nhap")
    page.click("text=Dựng tiết mục")
    first = wait_until_heard(page, 1)

    text = page.locator("#text")
    text.fill(text.input_value().replace("mo-dau", "mo-dao"))
    problem = page.locator("#problems button")
    expect(problem).to_have_count(1)
    problem.click()
    selected = "text => text.value.slice(text.selectionStart, text.selectionEnd)"
    assert "mo-dao" in text.evaluate(selected)
    text.fill(text.input_value().replace("mo-dao", "mo-dau").replace("nước sạch.", "nước sạch và nhà tiêu."))
    expect(page.locator("#problems button")).to_have_count(0)
    expect(page.locator("#unsaved")).to_be_visible()
    text.press("Control+s")
    expect(page.locator("h1 + p")).to_contain_text("Bản 2")
    page.click("text=Dựng tiết mục")
    expect(page.locator("#production progress")).to_be_visible()
    assert wait_until_heard(page, 2) != first
    page.click("text=Gửi duyệt")
    expect(page.locator("h1 + p .chip")).to_have_text("Chờ duyệt")

    minh = Desk(browser, address, "minh")
    minh.page.goto(f"{address}/scripts?state=submitted")
    minh.page.click("a[href='/scripts/nhap']")
    minh.page.fill("[name=comment]", "Đọc hay, cho phát.")
    minh.page.click("button:has-text('Duyệt')")
    expect(minh.page.locator("h1 + p .chip")).to_have_text("Đã duyệt")
    expect(minh.page.locator("aside")).to_contain_text("Đọc hay, cho phát.")
    assert lan.complaints + minh.complaints == []


def test_the_operator_takes_the_day_along_on_a_phone(browser: Browser, address: str) -> None:
    truc = Desk(browser, address, "truc", width=390)
    page = truc.page
    assert page.url.endswith("/stations/ia-dom")
    page.goto(f"{address}/stations/ia-dom?day={DAY.isoformat()}")
    assert truc.fits()
    with page.expect_download() as download:
        page.click("text=Tải gói phát")
    assert download.value.suggested_filename == f"loa-ia-dom-{DAY.isoformat()}-v1.zip"
    assert Path(download.value.path()).read_bytes()[:2] == b"PK"
    assert page.goto(f"{address}/stations/ia-dal").status == 403
    truc.complaints.clear()  # the browser notes the refusal


def test_the_manager_sees_where_the_plan_is_short(browser: Browser, address: str) -> None:
    sep = Desk(browser, address, "sep")
    page = sep.page
    assert page.url.endswith("/coverage")
    expect(page.locator(".short li")).to_have_count(1)
    expect(page.locator(".short li")).to_contain_text("20 lượt")
    with page.expect_download() as download:
        page.click("text=Báo cáo XLSX")
    assert Path(download.value.path()).read_bytes()[:2] == b"PK"
    assert sep.complaints == []


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_runs_off_the_screen(browser: Browser, address: str, width: int) -> None:
    lan = Desk(browser, address, "lan", width=width)
    for path in (
        "/today",
        f"/today?day={DAY}",
        "/scripts",
        "/scripts/nhap",
        "/scripts/new",
        "/corrections",
        "/stations",
        "/coverage",
    ):
        lan.page.goto(address + path)
        assert lan.fits(), path
    assert lan.complaints == []
