"""The working day in a real browser: write, make, hear, approve, take along, look where the plan is short."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright

from studio.app import create_app
from studio.planning.models import Measure, Plan, Target
from studio.settings import read_settings
from tests.studio.web.world import DAY, NOW, PASSWORD

CHROMIUM = os.environ.get("LOA_TEST_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: set LOA_TEST_CHROMIUM or put one on PATH"),
    # Chromium's driver leaves its sockets to the end of the process.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture
def address(tmp_path: Path, district_home: Path) -> Iterator[str]:
    """A served copy of the small district, with its worker."""
    shutil.copytree(district_home, tmp_path / "home")
    settings = read_settings({"LOA_LOG_LEVEL": "error", "LOA_WORKERS": "1"}, home=tmp_path / "home")
    app = create_app(settings)
    with app.state.house.database.writing() as session:
        plan = Plan(
            code="ke-hoach",
            title="Kế hoạch thử",
            year=2026,
            source_sha256="0" * 64,
            document={},
            is_sample=True,
            imported_at=NOW,
        )
        session.add(plan)
        session.flush()
        session.add(
            Target(
                plan_id=plan.id,
                station="ia-dom",
                first_date=date(2026, 12, 1),
                last_date=date(2026, 12, 31),
                measure=Measure.AIRINGS,
                quantity=20,
            )
        )
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(30)
    listener.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Desk:
    """One person's browser; what the console complains of is kept."""

    def __init__(self, browser: Browser, address: str, username: str, width: int = 1280) -> None:
        self.address, self.complaints = address, list[str]()
        self.context = browser.new_context(viewport={"width": width, "height": 844}, accept_downloads=True)
        self.page: Page = self.context.new_page()
        self.page.on(
            "console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(f"{address}/sign-in")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("form button")
        expect(self.page.locator("header.bar")).to_be_visible()

    def fits(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


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
        "/stations",
        "/coverage",
    ):
        lan.page.goto(address + path)
        assert lan.fits(), path
    assert lan.complaints == []
