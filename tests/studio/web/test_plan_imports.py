"""A manager puts a plan in through HTTP: upload, look, correct, undo, compare, confirm."""

import re

import pytest
from sqlmodel import select

from studio.planning.models import Plan, Theme
from studio.planning.plans import list_targets
from studio.planning.review.imports import find_import, read_corrected
from tests.studio.planning.review.test_corrections import TEXT
from tests.studio.web.world import World, csrf_of

FIRST = "/plans/imports/1"


def upload(client, content: bytes | None = None, name="kế hoạch.txt"):
    content = TEXT.encode() if content is None else content
    token = csrf_of(client, "/plans/imports")
    return client.post("/plans/imports", data={"csrf": token}, files={"document": (name, content)})


def send(client, step: str, **form):
    return client.post(f"{FIRST}/{step}", data={"csrf": csrf_of(client, "/plans/imports"), **form})


@pytest.fixture
def manager(world: World):
    client = world.signed_in("sep")
    assert upload(client).headers["location"] == FIRST
    return client


def test_the_review_shows_source_beside_result_and_what_is_unread_first(manager):
    page = manager.get(FIRST).text
    assert page.index("Xem trước tiên") < page.index('id="source"') < page.index('id="result"')
    assert re.search(
        r'<li class="part-unread"><span class="number">7</span><span>Một câu chen vào giữa', page
    )
    shown = re.findall(r'id="line-(\d+)" class="part-(\w+)"', page)
    assert shown[:5] == [
        ("1", "title"),
        ("2", "title"),
        ("4", "heading"),
        ("5", "audiences"),
        ("6", "audiences"),
    ]
    assert "Giữ nguồn nước" in page


def test_a_line_is_moved_corrected_undone_and_done_again(world: World, manager):
    form = manager.get(f"{FIRST}?line=7").text
    assert 'value="audiences.2+"' in form, "joining the item before is offered first"
    answer = send(manager, "correct", deed="move", at="7", to="audiences")
    assert answer.headers["location"] == f"{FIRST}?page=1#line-7"
    send(manager, "correct", deed="edit", at="themes.2", to="Giữ <b>sạch</b> nguồn nước")
    page = manager.get(FIRST).text
    assert "Giữ &lt;b&gt;sạch&lt;/b&gt; nguồn nước" in page
    assert "part-unread" not in page
    send(manager, "undo")
    assert "sạch" not in manager.get(FIRST).text
    send(manager, "redo")
    with world.database.reading() as session:
        document, missed = read_corrected(find_import(session, 1))
    assert [one.title for one in document.audiences][-1] == "Một câu chen vào giữa"
    assert missed == []


def test_every_form_of_an_item_is_offered_where_it_fits(manager):
    for item, deeds in {
        "themes.1": {"edit", "code", "add", "drop"},
        "themes.1.1": {"edit", "code", "drop"},
        "units.1": {"edit", "add", "drop"},
        "title": {"set"},
        "forms": {"add"},
    }.items():
        page = manager.get(f"{FIRST}?item={item}").text
        assert set(re.findall(r'name="deed" value="(\w+)"', page)) == deeds, item


def test_what_does_not_fit_is_said_and_changes_nothing(world: World, manager):
    answer = send(manager, "correct", deed="move", at="7", to="nowhere")
    assert answer.status_code == 422
    assert "Không sửa được" in answer.text
    assert send(manager, "correct", deed="burn", at="7").status_code == 422
    assert send(manager, "undo").status_code == 409
    assert manager.get("/plans/imports/99").status_code == 404
    with world.database.reading() as session:
        assert find_import(session, 1).corrections == []


def test_the_plan_is_confirmed_with_the_targets_kept(world: World, manager):
    page = manager.get(FIRST).text
    assert 'name="targets" value="1" checked' in page
    assert send(manager, "confirm", code="2026", year="2026", targets="1").headers["location"] == FIRST
    with world.database.reading() as session:
        plan = session.exec(select(Plan).where(Plan.code == "2026")).one()
        assert [target.quantity for target in list_targets(session, plan)] == [12]
    page = manager.get(FIRST).text
    assert "Đã ghi thành kế hoạch 2026" in page
    assert "<form" in page
    assert "/correct" not in page
    assert send(manager, "confirm", code="2026", year="2026").status_code == 409


def test_a_refusal_leaves_the_manager_on_the_page_with_what_was_ticked(world: World, manager):
    text = TEXT.replace("12 chương trình/năm", "12 chương trình/năm và 15 chương trình/năm cho thanh niên")
    assert upload(manager, text.encode()).headers["location"] == "/plans/imports/2"
    page = manager.get("/plans/imports/2").text
    assert 'name="targets" value="1" checked' in page
    assert 'name="targets" value="2">' in page, "the second number for the same is not kept unasked"
    assert "chỉ chọn một" in page
    token = csrf_of(manager, "/plans/imports")
    form = {"csrf": token, "code": "thu", "year": "2027", "targets": ["1", "2"]}
    answer = manager.post("/plans/imports/2/confirm", data=form)
    assert answer.status_code == 409
    assert 'role="alert">Hai chỉ tiêu cho cùng một việc' in answer.text
    assert answer.text.count(" checked") == 2
    assert 'value="thu"' in answer.text
    with world.database.reading() as session:
        assert find_import(session, 2).state == "open"
        assert session.exec(select(Plan).where(Plan.code == "thu")).first() is None


def test_a_second_version_shows_the_difference_and_closes_what_is_gone(world: World, manager):
    send(manager, "confirm", code="2026", year="2026")
    changed = TEXT.replace("2. Giữ nguồn nước", "2. Chuyển đổi số trong thôn")
    assert upload(manager, changed.encode()).headers["location"] == "/plans/imports/2"
    page = manager.get("/plans/imports/2").text
    assert "<del>2 Giữ nguồn nước</del>" in page
    assert "<ins>2 Chuyển đổi số trong thôn</ins>" in page
    token = csrf_of(manager, "/plans/imports")
    manager.post("/plans/imports/2/version", data={"csrf": token, "plan": ""})
    assert "<del>" not in manager.get("/plans/imports/2").text
    manager.post("/plans/imports/2/version", data={"csrf": token, "plan": "2026"})
    manager.post("/plans/imports/2/confirm", data={"csrf": token, "code": "2026", "year": "2026"})
    with world.database.reading() as session:
        themes = session.exec(select(Theme.title).where(Theme.closed_on == None)).all()  # noqa: E711
    assert "Chuyển đổi số trong thôn" in themes


def test_an_import_is_discarded_and_taken_up_again(manager):
    send(manager, "discard")
    page = manager.get(FIRST).text
    assert "Đã bỏ" in page
    assert "/correct" not in page
    send(manager, "reopen")
    assert "Đang soát" in manager.get(FIRST).text


def test_the_source_comes_back_as_it_was_and_never_as_a_page(manager):
    upload(manager, ("<script>alert(1)</script>\n" + TEXT).encode(), "../../x<.html")
    answer = manager.get("/plans/imports/2/source")
    assert answer.text.startswith("<script>")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''x%3C.html"
    page = manager.get("/plans/imports/2").text
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "không có chữ"),
        (b"\x89PNG\r\n\x1a\n", "là ảnh"),
        (b"PK\x03\x04", "bị hỏng"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".docx"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(world: World, content, words):
    client = world.signed_in("sep")
    answer = upload(client, content, "plan.docx")
    assert answer.status_code == 422
    assert words in answer.text
    assert "Chưa nhập kế hoạch nào" in client.get("/plans/imports").text


def test_a_long_document_is_shown_page_by_page(world: World):
    client = world.signed_in("sep")
    long = TEXT.replace("II. NỘI DUNG\n", "II. NỘI DUNG\n" + "".join(f"- Việc số {n}\n" for n in range(900)))
    upload(client, long.encode())
    assert 'id="line-800"' in client.get(f"{FIRST}?page=2").text
    assert 'id="line-900"' in client.get(f"{FIRST}?line=900").text
    assert "Trang 3/3" in client.get(f"{FIRST}?page=99").text


def test_only_who_may_import_is_shown_the_way(world: World):
    assert "/plans/imports" in world.signed_in("sep").get("/coverage").text
    lan = world.signed_in("lan")
    assert "/plans/imports" not in lan.get("/coverage").text
    assert lan.get("/plans/imports").status_code == 403
