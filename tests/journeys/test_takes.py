"""A take spoken into the browser, by keyboard alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from studio.database import Database, make_engine
from studio.people.accounts import find_user
from studio.scripts.workflow import create_script
from tests.assets.synth import speech, write_wav
from tests.journeys.desk import CHROMIUM, MARKS, Desk
from tests.studio.takes.test_shelf import SCRIPT
from tests.studio.web.world import NOW

pytestmark = MARKS


@pytest.fixture
def speaking(tmp_path: Path) -> Iterator[Browser]:
    """A browser with a person before its microphone."""
    voice = write_wav(tmp_path / "microphone.wav", speech(6), rate=22_050)
    flags = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*flags, f"--use-file-for-fake-audio-capture={voice}"]
        )
        yield browser
        browser.close()


def test_a_take_is_spoken_into_the_browser(speaking: Browser, address: str, tmp_path: Path) -> None:
    database = Database(make_engine(f"sqlite:///{tmp_path / 'home' / 'loa.db'}"))
    with database.writing() as session:
        create_script(session, code="gia", text=SCRIPT, by=find_user(session, "lan"), now=NOW)
    database.close()
    lan = Desk(speaking, address, "lan")
    page = lan.page
    page.goto(f"{address}/scripts/gia/takes")
    button = page.locator("#p2 [data-record]")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_contain_text("Dừng 0:02", timeout=10_000)
    page.keyboard.press("Enter")
    expect(page.locator("#p2 .chip")).to_have_text("đã thu", timeout=20_000)
    expect(page.locator("#p3 .chip")).to_have_text("chưa thu")
    heard = page.locator("#p2 audio")
    assert page.evaluate(
        "async address => { const answer = await fetch(address);"
        " return [answer.status, answer.headers.get('content-type')]; }",
        heard.get_attribute("src"),
    ) == [200, "audio/webm"]
    page.click("text=Hoàn tác")
    expect(page.locator("#p2 .chip")).to_have_text("chưa thu")
    assert lan.complaints == []
