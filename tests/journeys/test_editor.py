"""At the desk: text read as it is typed, a word corrected, heard, taken back; nothing typed is lost."""

from playwright.sync_api import Browser, Page, expect

from tests.journeys.desk import MARKS, Desk
from tests.journeys.test_browser import wait_until_heard

pytestmark = MARKS


def write(page: Page, line: str) -> None:
    text = page.locator("#text")
    text.fill(f"{text.input_value()}\nNỮ: {line}\n")


def test_a_word_is_corrected_heard_and_taken_back(browser: Browser, address: str) -> None:
    lan = Desk(browser, address, "lan")
    page = lan.page
    page.goto(f"{address}/scripts/nhap")
    write(page, "TTBVN họp lúc 7h30.")
    last = page.locator(".said > li").last
    expect(last.locator("[data-source='7h30']")).to_have_text("bảy giờ ba mươi phút")
    expect(last.locator(".notice-line")).to_contain_text("TTBVN")
    expect(page.locator(".lengths")).to_contain_text("NỮ")

    last.locator("[data-source='TTBVN']").focus()
    page.keyboard.press("ArrowRight")
    expect(last.locator(".word:focus")).to_have_text("họp")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    dialog = page.locator("#correct")
    expect(dialog.locator("[name=words]")).to_have_value("TTBVN")
    page.keyboard.type("5 người")
    dialog.locator("text=Lưu").click()
    expect(dialog.locator(".notice")).to_contain_text("Số thì viết bằng chữ")
    lan.complaints.clear()  # the browser notes the refusal
    dialog.locator("[name=reading]").fill("trạm bơm")
    dialog.locator("text=Nghe thử").click()
    audio = dialog.locator("audio")
    expect(audio).to_be_visible()
    page.wait_for_function("audio => audio.duration > 0.5", arg=audio.element_handle())
    dialog.locator("text=Luôn luôn").click()
    dialog.locator("text=Lưu").click()
    expect(page.locator("#toast")).to_contain_text("trạm bơm")
    expect(last.locator("[data-source='TTBVN']")).to_have_text("trạm bơm")
    page.click("#toast button")
    expect(last.locator("[data-source='TTBVN']")).to_have_text("tê tê bê vê en nờ")
    assert lan.complaints == []


def test_what_is_typed_survives_a_lost_link(browser: Browser, address: str) -> None:
    lan = Desk(browser, address, "lan")
    page = lan.page
    page.goto(f"{address}/scripts/nhap")
    lan.context.set_offline(True)
    write(page, "Câu này chưa lưu.")
    expect(page.locator("#unsaved")).to_be_visible()
    page.wait_for_function("() => Object.values(localStorage).some(kept => kept.includes('chưa lưu'))")
    lan.context.set_offline(False)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{address}/scripts")
    page.goto(f"{address}/scripts/nhap")
    page.click("text=Lấy lại")
    text = page.locator("#text")
    assert "Câu này chưa lưu." in text.input_value()
    text.press("Control+s")
    expect(page.locator("h1 + p")).to_contain_text("Bản 2")
    expect(page.locator("#draft")).to_have_count(0)
    assert page.evaluate("localStorage.length") == 0


def test_the_player_follows_the_text_and_jumps_to_a_sentence(browser: Browser, address: str) -> None:
    lan = Desk(browser, address, "lan")
    page = lan.page
    page.goto(f"{address}/scripts/nhap")
    page.click("text=Dựng tiết mục")
    wait_until_heard(page, 1)
    second = page.locator(".said > li.in-segment").nth(1)
    second.locator("[data-hear]").click()
    expect(second).to_have_class("in-segment sounding")
    at = page.evaluate("document.querySelector('#production audio').currentTime")
    rows = page.evaluate(
        "fetch(document.querySelector('#production audio').dataset.sentences).then(answer => answer.json())"
    )
    assert abs(at * 1000 - rows[1]["start_ms"]) < 2000
    assert at * 1000 > rows[0]["end_ms"]
    assert lan.complaints == []
