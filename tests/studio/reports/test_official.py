"""The report that is signed: laid out as Decree 30/2020/ND-CP asks, nothing in it becomes markup."""

import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import pdfplumber
import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from fontTools.ttLib import TTFont
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pypdf import PdfReader

from scheduler.models import AiringState
from studio.planning.models import Measure
from studio.planning.targets import set_targets
from studio.reports.addressing import write_name
from studio.reports.composing import make_report
from studio.reports.letter import Letter, lay_over, split_lines
from studio.reports.official import compose_official
from studio.reports.registry import find_writer
from studio.reports.report import Column, Table
from tests.studio.planning.district import FIRST, LAST, NOW, District, target

LETTERS = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz"
LETTER = Letter(
    superior="Ủy ban nhân dân tỉnh Kon Tum",
    issuer="Ủy ban nhân dân huyện",
    number="12/BC-UBND",
    place="Ia H'Drai",
    signed_on=date(2026, 2, 5),
    subject="Kết quả truyền thông tháng 11",
    addressee="Sở Thông tin và Truyền thông",
    legal_bases=("Căn cứ Kế hoạch số 15/KH-UBND", "Căn cứ Quyết định số 90/QĐ-TTg"),
    recipients=("Như trên", "Thường trực Huyện ủy"),
    capacity=("TM. Ủy ban nhân dân", "KT. Chủ tịch"),
    role="Phó Chủ tịch",
    signer="Trần Minh Khôi",
)


@pytest.fixture
def report(database):
    with database.writing() as session:
        district = District(session)
        plan = district.add_plan()
        for code in ("ia-dom", "ia-dal"):
            district.add_station(code)
        district.add_asset("1", "1")
        district.add_asset("3.health", "3.health", seconds=200)
        for number in range(6):
            for minute, key in enumerate(("1", "3.health")):
                day = FIRST + timedelta(days=number)
                airing = district.plan_airing("ia-dom", key, day, minute=minute * 5)
                if number == 2:
                    airing.state = AiringState.MISSED
                    airing.state_code, airing.state_data = "missed-noted", {"note": "mất điện"}
                elif number != 4:
                    district.hear(airing)
        session.flush()
        targets = [target("1", 9), target("3", 30, Measure.MINUTES, station="ia-dom")]
        set_targets(session, plan, targets)
        made = make_report(session, kind="coverage", first=FIRST, last=LAST, now=NOW)
    return replace(made, letter=LETTER)


def write(report, name):
    return find_writer(name).write(report)


def read_pages(content):
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        return [(page.width, page.height, page.extract_text() or "", page.chars) for page in pdf.pages]


def test_the_pdf_has_a4_pages_with_annexes_across_and_numbers_from_the_second(report):
    pages = read_pages(write(report, "pdf"))
    wide = [page for page in pages if page[0] > page[1]]
    assert round(pages[0][0] * 25.4 / 72) == 210
    assert round(pages[0][1] * 25.4 / 72) == 297
    assert len(wide) >= len(report.tables)
    for number, (width, height, _, letters) in enumerate(pages, start=1):
        body = [one for one in letters if one["top"] > 20 * 72 / 25.4 - 2 and one["text"].strip()]
        head = "".join(one["text"] for one in letters if one["top"] <= 20 * 72 / 25.4 - 2).strip()
        assert head == ("" if number == 1 else str(number))
        margins = (30, 18) if width < height else (20, 15)
        assert min(one["x0"] for one in body) >= margins[0] * 72 / 25.4 - 1
        assert max(one["x1"] for one in body) <= width - margins[1] * 72 / 25.4 + 1
        if number > 1:
            middle = [one for one in letters if one["top"] <= 20 * 72 / 25.4 - 2 and one["text"].strip()]
            centre = (middle[0]["x0"] + middle[-1]["x1"]) / 2
            assert centre == pytest.approx(width / 2, abs=20)


def test_the_pdf_embeds_tinos_and_nothing_else(report):
    fonts = {}
    for page in PdfReader(io.BytesIO(write(report, "pdf"))).pages:
        for font in page["/Resources"]["/Font"].values():
            below = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = below["/FontDescriptor"].get_object()
            fonts[below["/BaseFont"]] = "/FontFile2" in descriptor or "/FontFile3" in descriptor
    assert fonts
    assert all(fonts.values()), fonts
    assert {re.sub(r"^/[A-Z]{6}\+|-.*", "", name) for name in fonts} == {"Tinos"}


def test_every_vietnamese_letter_is_set_in_both_documents(report):
    words = f"{LETTERS} {LETTERS.upper()}"
    report = replace(report, letter=replace(LETTER, assessment=(words,)))
    pages = " ".join(page[2] for page in read_pages(write(report, "pdf")))
    text = read_text(Document(io.BytesIO(write(report, "docx"))))
    letters = {one for one in words if not one.isascii()}
    assert len(letters) == 134
    assert letters - set(pages) == set()
    assert letters - set(text) == set()
    import assets

    for style in ("Regular", "Bold", "Italic", "BoldItalic"):
        font = TTFont(f"{assets.__path__[0]}/fonts/Tinos-{style}.ttf")
        assert {one for one in letters if ord(one) not in font.getBestCmap()} == set()


def read_text(document):
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_the_word_document_has_the_page_of_the_decree(report):
    document = Document(io.BytesIO(write(report, "docx")))
    first, *annexes = document.sections
    assert (round(first.page_width.mm), round(first.page_height.mm)) == (210, 297)
    assert 20 <= round(first.top_margin.mm) <= 25
    assert 20 <= round(first.bottom_margin.mm) <= 25
    assert 30 <= round(first.left_margin.mm) <= 35
    assert 15 <= round(first.right_margin.mm) <= 20
    assert first.different_first_page_header_footer
    assert "PAGE" in first.header._element.xml
    assert first.header.paragraphs[0].alignment == 1
    assert len(annexes) == len(report.tables)
    for annex in annexes:
        assert annex.orientation == WD_ORIENT.LANDSCAPE
        assert annex.page_width > annex.page_height
        assert not annex.different_first_page_header_footer
    normal = document.styles["Normal"].font
    assert normal.name == "Times New Roman"
    assert 13 <= normal.size.pt <= 14
    with zipfile.ZipFile(io.BytesIO(write(report, "docx"))) as archive:
        assert not [name for name in archive.namelist() if "vba" in name.lower()]


@pytest.mark.parametrize("name", ["docx", "pdf"])
def test_every_part_stands_in_its_order(report, name):
    content = write(report, name)
    text = (
        " ".join(page[2] for page in read_pages(content))
        if name == "pdf"
        else read_flow(Document(io.BytesIO(content)))
    )
    text = " ".join(text.split())
    order = (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Số: 12/BC-UBND",
        "Ia H'Drai, ngày 05 tháng 02 năm 2026", "BÁO CÁO", "Kết quả truyền thông tháng 11",
        "Kính gửi: Sở Thông tin và Truyền thông", "Căn cứ Kế hoạch số 15/KH-UBND;",
        "Căn cứ Quyết định số 90/QĐ-TTg.", "I. KẾT QUẢ THỰC HIỆN", "II. KHÓ KHĂN, VƯỚNG MẮC",
        "mất điện", "III. ĐỀ XUẤT, KIẾN NGHỊ", "Trên đây là báo cáo", "Phụ lục I", "TỪNG CHỈ TIÊU",
        "(Kèm theo Báo cáo số 12/BC-UBND ngày 05 tháng 02 năm 2026)",
    )  # fmt: skip
    at = 0
    for words in order:
        found = text.find(words, at)
        assert found >= 0, (words, text[at : at + 300])
        at = found
    for words in (
        "TỈNH KON TUM", "Nơi nhận:", "- Như trên;", "- Lưu: VT.", "TM. ỦY BAN NHÂN DÂN",
        "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Trần Minh Khôi",
    ):  # fmt: skip
        assert words in text


def read_flow(document):
    """The text of paragraphs and tables as they follow each other."""
    words = []
    for element in document.element.body.iter(qn("w:p")):
        words.append("".join(node.text or "\n" for node in element.iter(qn("w:t"), qn("w:br"))))
    return "\n".join(words)


def test_recipients_are_small_and_the_signature_stands_beside_them(report):
    document = Document(io.BytesIO(write(report, "docx")))
    signing = next(one for one in document.tables if "Nơi nhận" in one.rows[0].cells[0].text)
    left, right = signing.rows[0].cells
    sizes = {run.font.size.pt for paragraph in left.paragraphs[1:] for run in paragraph.runs}
    assert sizes == {11.0}
    assert left.paragraphs[0].runs[0].italic
    assert right.paragraphs[-1].text == "Trần Minh Khôi"
    assert all(run.bold for paragraph in right.paragraphs for run in paragraph.runs)


def test_without_number_and_day_there_is_room_to_write_them(report):
    bare = replace(report, letter=replace(LETTER, number="", signed_on=None))
    official = compose_official(bare)
    assert re.fullmatch(r"Số:\s{6,}/BC", official.number)
    assert re.fullmatch(r"Ia H'Drai, ngày\s{6,}tháng\s{6,}năm 2026", official.dated)


@pytest.mark.parametrize(
    ("signed", "words"),
    [
        (date(2026, 4, 5), "ngày 05 tháng 4 năm 2026"),
        (date(2026, 1, 12), "ngày 12 tháng 01 năm 2026"),
        (date(2026, 12, 1), "ngày 01 tháng 12 năm 2026"),
    ],
)
def test_days_under_ten_and_the_first_two_months_have_a_nought(report, signed, words):
    assert words in compose_official(replace(report, letter=replace(LETTER, signed_on=signed))).dated


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("ỦY BAN NHÂN DÂN HUYỆN IA H'DRAI", "Ủy ban nhân dân huyện Ia H'Drai"),
        ("ỦY BAN NHÂN DÂN XÃ IA ĐAL (MINH HỌA)", "Ủy ban nhân dân xã Ia Đal (minh họa)"),
        ("PHÒNG LAO ĐỘNG", "Phòng lao động"),
        ("Ủy ban nhân dân huyện", "Ủy ban nhân dân huyện"),
    ],
)
def test_a_name_in_capitals_reads_on_in_a_sentence(given, words):
    assert write_name(given) == words


def test_every_figure_of_the_annex_is_that_of_the_data(report):
    """Annex rows are the very rows of the JSON, which name the log rows behind them."""
    official = compose_official(report)
    tables = json.loads(write(report, "json"))["tables"]
    themes = next(one for one in official.annexes if one.title == "Theo nội dung")
    for row, data in zip(themes.rows, tables["themes"], strict=True):
        shown = dict(zip(themes.heads, row, strict=True))
        assert shown["Lượt đã phát"] == str(data["aired"])
        assert float(shown["Phút đã phát"].replace(",", ".")) == pytest.approx(
            data["aired_ms"] / 60_000, abs=0.05
        )
        lengths = {one["asrun_id"]: one["aired_ms"] for one in tables["records"]}
        assert data["aired_ms"] == sum(lengths[number] for number in data["asrun_ids"])
    text = " ".join(official.parts[0].paragraphs)
    assert "phát trọn vẹn 8 lượt trên 12 lượt" in text
    assert "2 lượt không phát" not in text or "Còn 2 lượt không phát" in text


def test_annexes_name_things_as_readers_do_and_set_topics_back(report):
    """Codes are for data files; a topic stands under its theme."""
    annexes = {
        table.key: annex
        for table, annex in zip(report.tables, compose_official(report).annexes, strict=False)
    }
    themes = [row[0] for row in annexes["themes"].rows]
    assert any(name.startswith("\N{NO-BREAK SPACE}" * 3 + "– ") for name in themes)
    assert not {"1", "3.health"} & set(themes)


@pytest.mark.parametrize(("longest", "least"), [(10, 7), (60, 30), (400, 40)])
def test_one_long_cell_among_short_ones_is_given_room(report, longest, least):
    rows = (*(("",) for _ in range(40)), ("x" * longest,))
    table = Table("money_entries", (Column("note"),), rows)
    assert compose_official(replace(report, tables=(table,))).annexes[0].widths == (least,)


def test_words_of_a_person_take_the_place_of_the_draft(report):
    letter = lay_over(report.letter, {"difficulties": ["Mưa lũ."], "assessment": ["Khá."]})
    parts = {part.heading: part.paragraphs for part in compose_official(replace(report, letter=letter)).parts}
    assert parts["KHÓ KHĂN, VƯỚNG MẮC"] == ("Mưa lũ.",)
    assert parts["ĐÁNH GIÁ CHUNG"] == ("Khá.",)
    assert parts["ĐỀ XUẤT, KIẾN NGHỊ"] == report.proposals
    assert split_lines("- một\n\n  hai  \n") == ["một", "hai"]


HOSTILE = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            '#read("/etc/passwd")', '#import "@preview/x"', "$ x^2 $", "*đậm* _nghiêng_ `mã`", "= Tiêu đề",
            "<script>alert(1)</script>", "]]></w:t><w:t>", "{{ 7*7 }}", "\x00\x08\x1f", "\ud800", "=1+1",
            "\\u{0}", "// lời", "/* lời */", "<w:br/>", "&amp;", "\u202e đảo", "@nhãn", "~", "a" * 300,
        ]
    ),
)  # fmt: skip


@given(words=HOSTILE, title=HOSTILE)
@hypothesis_settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_words_become_markup(report, words, title):
    table = Table("targets", (Column("target"), Column("aired_amount", "amount")), ((title, 3),))
    hostile = replace(
        report,
        tables=(table,),
        letter=replace(
            LETTER, subject=words, issuer=title, legal_bases=(words,), difficulties=(title,), signer=words
        ),
    )
    official = compose_official(hostile)
    document = Document(io.BytesIO(write(hostile, "docx")))
    cells = [cell.text for one in document.tables for row in one.rows for cell in row.cells]
    assert official.annexes[0].rows[0][0] in cells
    links = [rel for rel in document.part.rels.values() if rel.is_external]
    assert links == []
    fields = [one.text for one in document.element.body.iter(qn("w:instrText"))]
    assert fields == []
    content = write(hostile, "pdf")
    reader = PdfReader(io.BytesIO(content))
    assert len(reader.pages) >= 2
    links = [one.get_object() for page in reader.pages for one in page.get("/Annots", ())]
    assert not [one for one in links if "/URI" in str(one)]
    text = "".join(page.extract_text() for page in reader.pages)
    assert "root:x" not in text
