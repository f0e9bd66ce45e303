"""The report as a Word document in the layout of Decree 30/2020/ND-CP, to be corrected and signed.

Built part by part with python-docx: every word goes in as the text of a run, so nothing in it can become a
field, a link or markup. The typeface is named, not embedded: an office has it, and Word falls back to
a metric twin.
"""

import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from assets.units import VIETNAM
from studio.reports.official import Annex, OfficialReport, compose_official
from studio.reports.report import Report

FONT = "Times New Roman"
BODY = 13.5
_LEFT, _RIGHT, _CENTRE, _JUSTIFY = (
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)
_PORTRAIT = {"top_margin": 20, "bottom_margin": 20, "left_margin": 30, "right_margin": 18}
_LANDSCAPE = {"top_margin": 20, "bottom_margin": 15, "left_margin": 20, "right_margin": 15}
_LINE_MM = 297 - _LANDSCAPE["left_margin"] - _LANDSCAPE["right_margin"]


class DocxWriter:
    media_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    traces = False

    def write(self, report: Report) -> bytes:
        official = compose_official(report)
        document = Document()
        _describe(document, official, report.made_at.astimezone(VIETNAM).replace(tzinfo=None))
        _set_page(document.sections[0], _PORTRAIT)
        _number_pages(document.sections[0])
        _write_head(document, official)
        _write_body(document, official)
        _write_foot(document, official)
        for annex in official.annexes:
            _write_annex(document, annex, official.annex_note)
        file = io.BytesIO()
        document.save(file)
        return file.getvalue()


def _describe(document: Any, official: OfficialReport, made_at: datetime) -> None:
    properties = document.core_properties
    properties.title = f"{official.kind} – {official.subject}"[:255]
    properties.author = official.issuer[:255]
    properties.comments = ""
    properties.created = properties.modified = made_at
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(BODY)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(kind), FONT)
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.space_before = Pt(0)


def _set_page(section: Any, margins: dict[str, int]) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    for name, millimetres in margins.items():
        setattr(section, name, Mm(millimetres))
    section.header_distance = Mm(10)


def _number_pages(section: Any) -> None:
    """In the middle above the text, and not on the first page."""
    section.different_first_page_header_footer = True
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = _CENTRE
    for kind, words in (("begin", None), (None, "PAGE"), ("end", None)):
        run = paragraph.add_run()
        run.font.size = Pt(13)
        if kind is None:
            element = OxmlElement("w:instrText")
            element.text = words
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)  # noqa: SLF001  python-docx has no field of its own


def _write(
    paragraph: Any,
    words: str,
    *,
    size: float = BODY,
    bold: bool = False,
    italic: bool = False,
    align: WD_ALIGN_PARAGRAPH = _CENTRE,
    indent_mm: float = 0,
    before: float = 0,
) -> Any:
    paragraph.alignment = align
    shape = paragraph.paragraph_format
    shape.space_before = Pt(before)
    if indent_mm:
        shape.first_line_indent = Mm(indent_mm)
    run = paragraph.add_run(words)
    run.font.size, run.bold, run.italic = Pt(size), bold, italic
    return paragraph


def _rule(paragraph: Any, width_mm: float, line_mm: float) -> None:
    """A line of `width_mm` in the middle of a column of `line_mm`."""
    side = Mm((line_mm - width_mm) / 2)
    shape = paragraph.paragraph_format
    shape.left_indent = shape.right_indent = side
    shape.line_spacing = Pt(3)
    borders = OxmlElement("w:pBdr")
    line = OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    paragraph._p.get_or_add_pPr().append(borders)  # noqa: SLF001  python-docx has no borders


def _add_columns(document: Any, widths_mm: tuple[float, ...], rows: int) -> Any:
    table = document.add_table(rows=rows, cols=len(widths_mm))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for row in table.rows:
        for cell, width in zip(row.cells, widths_mm, strict=True):
            cell.width = Mm(width)
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width)
    return table


def _write_head(document: Any, official: OfficialReport) -> None:
    if official.remark:
        _write(document.add_paragraph(), official.remark, size=11, bold=True)
    left_mm, right_mm = 66, 98
    table = _add_columns(document, (left_mm, right_mm), 2)
    issuer, nation = table.rows[0].cells
    first = issuer.paragraphs[0]
    if official.superior:
        _write(first, official.superior, size=12)
        first = issuer.add_paragraph()
    _write(first, official.issuer, size=12, bold=True)
    _rule(issuer.add_paragraph(), 24, left_mm)
    _write(nation.paragraphs[0], official.country, size=12, bold=True)
    _write(nation.add_paragraph(), official.motto, size=13.5, bold=True)
    _rule(nation.add_paragraph(), 55, right_mm)
    number, dated = table.rows[1].cells
    _write(number.paragraphs[0], official.number, size=13)
    _write(dated.paragraphs[0], official.dated, size=13.5, italic=True)
    _write(document.add_paragraph(), official.kind, size=14, bold=True, before=14)
    _write(document.add_paragraph(), official.subject, size=14, bold=True)
    _rule(document.add_paragraph(), 55, 162)
    if official.addressee:
        _write(document.add_paragraph(), official.addressee, size=14, before=4)


def _write_body(document: Any, official: OfficialReport) -> None:
    def say_paragraphs(words: Iterable[str], *, italic: bool = False) -> None:
        for one in words:
            _write(document.add_paragraph(), one, italic=italic, align=_JUSTIFY, indent_mm=10, before=6)

    say_paragraphs(official.legal_bases, italic=True)
    say_paragraphs([official.opening])
    for part in official.parts:
        heading = _write(
            document.add_paragraph(), f"{part.numeral}. {part.heading}", bold=True, align=_LEFT, indent_mm=10,
            before=8,
        )  # fmt: skip
        heading.paragraph_format.keep_with_next = True
        numbered = enumerate(part.paragraphs, start=1)
        say_paragraphs(f"{at}. {words}" if part.is_list else words for at, words in numbered)
    say_paragraphs([official.closing])
    for last in document.paragraphs[-2:]:  # a signature never stands on a page of its own
        last.paragraph_format.keep_with_next = True


def _write_foot(document: Any, official: OfficialReport) -> None:
    document.add_paragraph().paragraph_format.keep_with_next = True
    table = _add_columns(document, (76, 86), 1)
    row = table.rows[0]
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001
    recipients, signature = row.cells
    head = recipients.paragraphs[0]
    _write(head, official.recipients_head, size=12, bold=True, italic=True, align=_LEFT)
    for one in official.recipients:
        _write(recipients.add_paragraph(), one, size=11, align=_LEFT)
    lines = [*official.capacity, official.role]
    paragraph = signature.paragraphs[0]
    for words in (line for line in lines if line):
        _write(paragraph, words, bold=True)
        paragraph = signature.add_paragraph()
    _write(paragraph, official.signer, bold=True, before=74)
    if official.seal:
        _write(document.add_paragraph(), official.seal, size=10, align=_LEFT, before=8)


def _write_annex(document: Any, annex: Annex, note: str) -> None:
    section = document.add_section(WD_SECTION.NEW_PAGE)
    _set_page(section, _LANDSCAPE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.different_first_page_header_footer = False
    _write(document.add_paragraph(), annex.heading, size=14, bold=True)
    _write(document.add_paragraph(), annex.title.upper(), size=14, bold=True)
    _write(document.add_paragraph(), note, size=13, italic=True)
    if annex.rows:
        _write_table(document, annex)
    if annex.note:
        _write(document.add_paragraph(), annex.note, size=11, italic=True, align=_LEFT, before=4)


def _write_table(document: Any, annex: Annex) -> None:
    shares = sum(annex.widths)
    widths = tuple(_LINE_MM * width / shares for width in annex.widths)
    rows = [annex.heads, *annex.rows, *([annex.total] if annex.total else [])]
    table = _add_columns(document, widths, len(rows))
    table.style = "Table Grid"
    _narrow_margins(table)
    for number, (row, words) in enumerate(zip(table.rows, rows, strict=True)):
        is_strong = number == 0 or (annex.total is not None and number == len(rows) - 1)
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001
        for cell, one, is_number in zip(row.cells, words, annex.is_number, strict=True):
            align = _CENTRE if number == 0 else _RIGHT if is_number else _LEFT
            _write(cell.paragraphs[0], one, size=11, bold=is_strong, align=align)
    # The head stands on every page again.
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001


def _narrow_margins(table: Any) -> None:
    """One millimetre beside what a cell holds, as on the printed page: Word's two would part short words."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(Mm(1).twips))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)  # noqa: SLF001
