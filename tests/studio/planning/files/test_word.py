"""A Word file line by line: what Word prints, in the order a person reads."""

import io

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from studio.planning.files.kinds import read_source
from studio.planning.files.numbering import write_count
from studio.planning.importer import read_lines
from studio.planning.source import LineRole
from tests.studio.planning.plans.make import add_numbering


def read(paper):
    content = io.BytesIO()
    paper.save(content)
    return read_source(content.getvalue())


def texts(paper) -> list[str]:
    return [line.text for line in read(paper).lines]


def append(paper, inner: str) -> None:
    paper.element.body.insert(-1, parse_xml(f"<w:p {nsdecls('w')}>{inner}</w:p>"))


def numbered(level: int, text: str, number: int = 77) -> str:
    return (
        f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>'
        f"<w:r><w:t>{text}</w:t></w:r>"
    )


def test_word_counts_its_lists_by_itself():
    paper = Document()
    add_numbering(paper)
    for level, text in ((0, "A"), (1, "B"), (1, "C"), (2, "D"), (2, "E"), (0, "F"), (1, "G")):
        append(paper, numbered(level, text))
    assert texts(paper) == ["I. A", "1. B", "2. C", "a) D", "b) E", "II. F", "1. G"]


def test_a_list_may_start_again_and_a_style_may_number():
    paper = Document()
    add_numbering(paper)
    paper.part.numbering_part.element.append(
        parse_xml(
            f'<w:num {nsdecls("w")} w:numId="78"><w:abstractNumId w:val="77"/><w:lvlOverride w:ilvl="1">'
            '<w:startOverride w:val="5"/></w:lvlOverride></w:num>'
        )
    )
    for number, text in ((77, "A"), (77, "B"), (78, "C"), (78, "D")):
        append(paper, numbered(1, text, number))
    paper.add_paragraph("gạch", style="List Bullet")
    paper.add_paragraph("một", style="List Number")
    paper.add_paragraph("hai", style="List Number")
    assert texts(paper) == ["1. A", "2. B", "5. C", "6. D", "- gạch", "1. một", "2. hai"]


@pytest.mark.parametrize(
    ("count", "kind", "written"),
    [
        (4, "upperRoman", "IV"),
        (9, "lowerRoman", "ix"),
        (28, "lowerLetter", "bb"),
        (3, "upperLetter", "C"),
        (7, "decimalZero", "07"),
        (12, "decimal", "12"),
        (1, "none", ""),
    ],
)
def test_counts_are_written_as_word_writes_them(count, kind, written):
    assert write_count(count, kind) == written


def test_what_is_printed_is_read_and_no_more():
    paper = Document()
    append(
        paper,
        "<w:r><w:t>Hội</w:t><w:noBreakHyphen/><w:t>họp</w:t><w:br/><w:t>dòng hai</w:t></w:r>"
        "<w:del><w:r><w:delText>đã xóa</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t> thêm</w:t></w:r></w:ins>"
        "<w:hyperlink><w:r><w:t> và nối</w:t></w:r></w:hyperlink>"
        "<w:r><w:rPr><w:caps/></w:rPr><w:t> hoa</w:t></w:r>",
    )
    paper.element.body.insert(
        -1,
        parse_xml(
            f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>trong khung</w:t></w:r></w:p>"
            "</w:sdtContent></w:sdt>"
        ),
    )
    assert texts(paper) == ["Hội-họp", "dòng hai thêm và nối HOA", "trong khung"]


def test_old_fonts_are_read_by_what_they_show():
    paper = Document()
    append(paper, '<w:r><w:rPr><w:rFonts w:ascii=".VnTimeH"/></w:rPr><w:t>kÕ ho¹ch</w:t></w:r>')
    append(paper, '<w:r><w:rPr><w:rFonts w:ascii="VNI-Times"/></w:rPr><w:t>Noäi dung</w:t></w:r>')
    assert texts(paper) == ["KẾ HOẠCH", "Nội dung"]


def test_furniture_footnotes_and_boxes_are_known(plan_files):
    source = read_source(plan_files["tables.docx"].read_bytes())
    roles = {line.text: line.role for line in source.lines if line.role is not LineRole.BODY}
    assert roles == {
        "Ghi nhớ: số điện thoại hỏi đáp là 0260 000 111": LineRole.TEXT_BOX,
        "Theo kết quả rà soát cuối năm 2025.": LineRole.FOOTNOTE,
        "Bản dùng để thử phần mềm": LineRole.FURNITURE,
    }


def test_a_merged_cell_speaks_for_all_it_covers(plan_files):
    source = read_source(plan_files["tables.docx"].read_bytes())
    row = [line for line in source.lines if line.cells][3]
    assert row.cells == ("2", "Hỗ trợ sản xuất", "chương trình/tháng", "4", "15 phút")
    assert row.raw == "2 | | chương trình/tháng | 4 | 15 phút"
    document = read_lines(source)
    assert [doubt.code for doubt in document.doubts] == ["MergedCells"]
    assert [target.text for target in document.targets][1] == "Hỗ trợ sản xuất - 15 phút"
