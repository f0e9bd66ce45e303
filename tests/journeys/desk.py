"""A served copy of the small district with its worker, and one person's browser on it."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect, sync_playwright

from studio.app import create_app
from studio.planning.models import Measure, Plan, Target
from studio.settings import read_settings
from tests.studio.web.world import NOW, PASSWORD

CHROMIUM = os.environ.get("LOA_TEST_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
MARKS = [
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
    with serve(app) as where:
        yield where


@contextmanager
def serve(app: FastAPI) -> Iterator[str]:
    """The address of the application on a free port of this machine."""
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
