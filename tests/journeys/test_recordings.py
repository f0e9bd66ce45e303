"""Recordings by keyboard alone and with the mouse: what a producer does at her desk."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.assets.synth import speech, write_wav
from tests.journeys.desk import MARKS, Desk

pytestmark = MARKS


def test_a_recording_is_added_and_edited_by_keyboard(browser: Browser, address: str, tmp_path: Path) -> None:
    file = write_wav(tmp_path / "gia-lang.wav", speech(8), rate=22_050)
    lan = Desk(browser, address, "lan")
    page = lan.page
    page.goto(f"{address}/recordings")
    page.set_input_files("[name=file]", file)
    page.locator("[name=title]").focus()
    page.keyboard.type("Già làng nói")
    page.keyboard.press("Enter")
    expect(page.locator("#desk[data-ready]")).to_be_visible(timeout=20_000)
    page.wait_for_function("() => document.querySelector('[data-audio]').readyState >= 1")
    page.locator("[data-wave]").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-now]")).to_have_text("0:02,0")
    page.keyboard.press("i")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("o")
    expect(page.locator("[name=start]")).to_have_value("0:02,000")
    expect(page.locator("[name=end]")).to_have_value("0:03,100")
    expect(page.locator(".wave-chosen")).to_be_visible()
    page.keyboard.press("x")
    expect(page.locator("#desk")).to_have_attribute("data-duration", "6900")
    page.wait_for_function("() => Math.abs(document.querySelector('[data-audio]').duration - 6.9) < 0.01")
    page.locator("#desk[data-ready]").wait_for()
    page.keyboard.press("Control+z")
    expect(page.locator("#desk")).to_have_attribute("data-duration", "8000")
    page.locator("#desk[data-ready]").wait_for()
    page.keyboard.press("Control+y")
    expect(page.locator("#desk")).to_have_attribute("data-duration", "6900")
    page.locator("#desk[data-ready]").wait_for()
    page.keyboard.press(" ")
    page.wait_for_function("() => !document.querySelector('[data-audio]').paused")
    page.keyboard.press(" ")
    assert lan.complaints == []


def test_a_stretch_is_chosen_with_the_mouse(browser: Browser, address: str, tmp_path: Path) -> None:
    file = write_wav(tmp_path / "a.wav", speech(8), rate=22_050)
    lan = Desk(browser, address, "lan")
    page = lan.page
    page.goto(f"{address}/recordings")
    page.set_input_files("[name=file]", file)
    page.click("aside button")
    page.locator("#desk[data-ready]").wait_for()
    box = page.locator(".wave-layer").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20, steps=5)
    page.mouse.up()
    expect(page.locator("[name=start]")).to_have_value("0:02,000")
    expect(page.locator("[name=end]")).to_have_value("0:04,000")
    page.click("text=Chỉ giữ đoạn")
    expect(page.locator("#desk")).to_have_attribute("data-duration", "2000")
    assert lan.complaints == []


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_of_recordings_runs_off_the_screen(
    browser: Browser, address: str, tmp_path: Path, width: int
) -> None:
    lan = Desk(browser, address, "lan", width=width)
    lan.page.goto(f"{address}/recordings")
    assert lan.fits()
    lan.page.set_input_files("[name=file]", write_wav(tmp_path / "a.wav", speech(4), rate=22_050))
    lan.page.fill("[name=title]", "Bản ghi có tên rất dài " * 6)
    lan.page.click("aside button")
    lan.page.locator("#desk[data-ready]").wait_for()
    assert lan.fits()
    lan.page.goto(f"{address}/recordings")
    assert lan.fits()
    assert lan.complaints == []
