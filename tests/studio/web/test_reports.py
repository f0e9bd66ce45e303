"""Reports by period on pages: saved, worded, closed, taken away."""

import io
import json
from datetime import date

import pytest
from docx import Document
from pypdf import PdfReader
from sqlmodel import select

from studio.planning.models import Measure, Target
from studio.planning.plans import store_plan
from studio.planning.targets import set_targets
from studio.reports.models import ReportPeriod
from tests.studio.planning.district import make_document
from tests.studio.web.world import NOW, World, csrf_of

NASTY = '<script>alert(1)</script> #read("/etc/passwd")'
PERIOD = {"kind": "coverage", "name": "Sáu tháng", "first": "16/10/2026", "last": "15/4/2027"}


@pytest.fixture
def planned(world: World) -> World:
    with world.database.writing() as session:
        plan = store_plan(
            session, make_document(), code="2026", source_sha256="a" * 64, is_sample=True, now=NOW
        )
        days = {"first_date": date(2026, 12, 1), "last_date": date(2026, 12, 31)}
        wish = Target(plan_id=0, theme="3", measure=Measure.AIRINGS, quantity=90, **days)
        set_targets(session, plan, [wish])
    return world


def post(client, address, **fields):
    fields["csrf"] = csrf_of(client, "/reports")
    return client.post(address, data=fields)


def add(client, **changes):
    answer = post(client, "/reports", **(PERIOD | changes))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_without_a_plan_the_page_says_what_comes_first(world: World):
    page = world.signed_in("sep").get("/reports")
    assert page.status_code == 200
    assert "/plans/imports" in page.text


def test_a_manager_saves_a_period_and_is_offered_the_next(planned: World):
    client = planned.signed_in("sep")
    add(client)
    page = client.get("/reports").text
    assert "Sáu tháng" in page
    assert 'value="16/04/2027"' in page
    assert 'value="15/10/2027"' in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"first": "15/4/2027", "last": "16/10/2026"}, "16/10/2026"),
        ({"first": "32/1/2027"}, "32/1/2027"),
        ({"name": ""}, "cần có tên"),
        ({"kind": "weather"}, "weather"),
        ({"plan": "none"}, "none"),
    ],
)
def test_what_cannot_be_a_period_is_named_and_kept_in_the_form(planned: World, changes, words):
    answer = post(planned.signed_in("sep"), "/reports", **(PERIOD | {"name": "Giữ lại"} | changes))
    assert answer.status_code in (404, 422)
    assert words in answer.text
    assert ("Giữ lại" in answer.text) is ("name" not in changes)


def test_words_are_kept_drafts_stay_drafts_and_nothing_is_markup(planned: World):
    client = planned.signed_in("sep")
    address = add(client)
    page = client.get(address)
    drafted = page.text.split('name="difficulties"')[1].split(">")[1].split("</textarea")[0]
    answer = post(
        client, f"{address}/letter", assessment=NASTY, difficulties=drafted, proposals="- Thêm loa",
        number="12/BC-UBND", signed_on="05/02/2027", recipients="Như trên\nLưu: VT",
    )  # fmt: skip
    assert answer.status_code == 303
    with planned.database.reading() as session:
        letter = session.exec(select(ReportPeriod)).one().letter
    assert letter["proposals"] == ["Thêm loa"]
    assert letter["signed_on"] == "2027-02-05"
    assert "<script>alert" not in client.get(address).text
    document = Document(io.BytesIO(client.get(f"{address}/report.docx").content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert NASTY in text
    assert "Thêm loa" in text
    pdf = PdfReader(io.BytesIO(client.get(f"{address}/report.pdf").content))
    assert "12/BC-UBND" in pdf.pages[0].extract_text()


def test_a_wrong_day_of_signing_is_named_and_the_words_stay(planned: World):
    client = planned.signed_in("sep")
    answer = post(client, f"{add(client)}/letter", signed_on="31/2/2027", assessment="Giữ lấy lời này")
    assert answer.status_code == 422
    assert "31/2/2027" in answer.text
    assert "Giữ lấy lời này" in answer.text


def test_a_closed_period_shows_its_hash_and_cannot_be_removed(planned: World):
    client = planned.signed_in("sep")
    address = add(client)
    assert post(client, f"{address}/close").status_code == 303
    page = client.get(address).text
    data = json.loads(client.get(f"{address}/report.json").content)
    assert data["closing"]["sha256"] in page
    assert data["closing"]["by"] == "sep"
    assert post(client, f"{address}/close").status_code == 409
    assert post(client, f"{address}/remove").status_code == 409


def test_an_open_period_is_removed(planned: World):
    client = planned.signed_in("sep")
    address = add(client)
    assert post(client, f"{address}/remove").headers["location"] == "/reports"
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("suffix", ["docx", "pdf", "xlsx", "html", "csv", "json"])
def test_every_format_is_taken_away_as_a_file(planned: World, suffix):
    client = planned.signed_in("lan")
    address = add(planned.signed_in("sep"))
    answer = client.get(f"{address}/report.{suffix}")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].endswith(f'.{suffix}"')
    assert client.get(f"{address}/report.exe").status_code == 422


def test_a_producer_reads_but_does_not_write(planned: World):
    address = add(planned.signed_in("sep"))
    client = planned.signed_in("lan")
    assert client.get(address).status_code == 200
    csrf = csrf_of(planned.signed_in("sep"), "/reports")
    assert client.post(f"{address}/close", data={"csrf": csrf}).status_code == 403
