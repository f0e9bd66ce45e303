"""The plans in Word and PDF shapes, made by script so that their content can be read here.

tables.docx is made anew by the tests. quarter.pdf lies beside: `python -m tests.studio.planning.plans.make`
writes quarter.docx, and LibreOffice (`soffice --convert-to pdf`) prints it.
"""

# ruff: noqa: E501  sentences of plans stand on one line
from pathlib import Path

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt

MOTTO = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
NUMBERING = (("upperRoman", "%1."), ("decimal", "%2."), ("lowerLetter", "%3)"))


def make_tables(path: Path) -> Path:
    """A district plan as offices write it: letterhead and foot in tables, automatic numbers, merged cells."""
    paper = open_paper()
    add_numbering(paper)
    letterhead(
        paper,
        ("ỦY BAN NHÂN DÂN", "HUYỆN CHƯ RÔNG", "Số: 58/KH-UBND"),
        (*MOTTO, "Chư Rông, ngày 09 tháng 02 năm 2026"),
    )
    centre(paper, "KẾ HOẠCH")
    centre(paper, "Truyền thông về giảm nghèo trên địa bàn huyện Chư Rông năm 2026")
    paper.add_paragraph(
        "Căn cứ Quyết định số 40/QĐ-UBND ngày 14 tháng 01 năm 2026 của UBND tỉnh về giao nhiệm vụ giảm nghèo;"
    )
    paper.add_paragraph(
        "Căn cứ Kế hoạch số 11/KH-UBND ngày 20/01/2026 của UBND huyện về giảm nghèo năm 2026, "
        "UBND huyện ban hành Kế hoạch như sau:"
    )
    _numbered(paper, 0, "MỤC ĐÍCH, YÊU CẦU")
    _numbered(paper, 1, "Mục đích")
    first = paper.add_paragraph("Để bà con biết chính sách và tự tin làm ăn.")
    _add_footnote(paper, first, "Theo kết quả rà soát cuối năm 2025.")
    _numbered(paper, 1, "Yêu cầu")
    paper.add_paragraph("Tin đúng, ngắn, dễ nhớ.")
    _numbered(paper, 0, "ĐỐI TƯỢNG")
    _numbered(paper, 1, "Hộ nghèo và hộ mới thoát nghèo;")
    _numbered(paper, 1, "Người có uy tín trong thôn.")
    _numbered(paper, 0, "NỘI DUNG TRUYỀN THÔNG")
    _numbered(paper, 1, "Hỗ trợ sản xuất:")
    _numbered(paper, 2, "Vay vốn ưu đãi;")
    _numbered(paper, 2, "Giống cây, con giống.")
    _numbered(paper, 1, "Bảo hiểm y tế cho người nghèo")
    _add_text_box(paper, "Ghi nhớ: số điện thoại hỏi đáp là 0260 000 111")
    _numbered(paper, 0, "CHỈ TIÊU")
    _target_table(paper)
    _numbered(paper, 0, "TỔ CHỨC THỰC HIỆN")
    _duty_table(paper)
    paper.add_paragraph("Trên đây là Kế hoạch của UBND huyện, các đơn vị thực hiện./.")
    letterhead(
        paper,
        ("Nơi nhận:", "- Sở Nội vụ;", "- UBND các xã;", "- Lưu: VT."),
        ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "", "(Đã ký)", "", "Rơ Châm Thị Hương"),
    )
    paper.save(str(path))
    return path


def make_quarter(path: Path) -> Path:
    """A plan of two pages to be printed as PDF: justified lines, a table with lines, page numbers."""
    paper = open_paper()
    letterhead(
        paper,
        ("UBND HUYỆN EA SOL", "TRUNG TÂM TRUYỀN THÔNG", "Số: 23/KH-TTTT"),
        (*MOTTO, "Ea Sol, ngày 28 tháng 3 năm 2026"),
    )
    centre(paper, "KẾ HOẠCH")
    centre(paper, "Sản xuất chương trình phát thanh về giảm nghèo năm 2026")
    for text in (
        (
            "Căn cứ Kế hoạch số 64/KH-UBND ngày 16 tháng 3 năm 2026 của Ủy ban nhân dân huyện Ea Sol về truyền "
            "thông giảm nghèo năm 2026; Căn cứ Quyết định số 102/QĐ-UBND ngày 18/3/2026 của Ủy ban nhân dân huyện "
            "Ea Sol về giao dự toán cho Trung tâm Truyền thông;"
        ),
        "I. MỤC ĐÍCH",
        (
            "Mỗi tuần đài có chuyên mục riêng cho bà con nghèo, nói đúng điều bà con đang cần, có tiếng nói của "
            "chính người trong thôn và có địa chỉ để hỏi thêm khi chưa rõ."
        ),
        "II. ĐỐI TƯỢNG",
        "1. Hộ nghèo ở mười hai thôn vùng sâu;",
        "2. Thanh niên chưa có nghề.",
        "III. NỘI DUNG",
        (
            "1. Chính sách về nhà ở, y tế và giáo dục cho hộ nghèo, cách làm đơn, nơi nộp đơn và thời hạn trả lời "
            "của cơ quan nhận đơn;"
        ),
        "2. Chuyện người trong thôn làm ăn giỏi, kể lại bằng chính giọng của họ.",
        "IV. HÌNH THỨC",
        "1. Chuyên mục phát thanh trên đài huyện;",
        "2. Phóng sự ghi tại thôn.",
        "V. CHỈ TIÊU",
    ):
        paper.add_paragraph(text).alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    grid(
        paper,
        [
            ("TT", "Sản phẩm", "Đơn vị tính", "Số lượng", "Ghi chú"),
            ("1", "Chuyên mục phát thanh về chính sách cho hộ nghèo", "chuyên mục/tháng", "4", ""),
            ("2", "Phóng sự ghi tại thôn có tiếng dân tộc", "phóng sự/quý", "3", "ưu tiên thôn xa"),
        ],
    )
    for text in (
        "VI. KINH PHÍ",
        "Theo Quyết định số 102/QĐ-UBND ngày 18/3/2026 của Ủy ban nhân dân huyện Ea Sol.",
        "VII. TỔ CHỨC THỰC HIỆN",
        (
            "1. Phòng Phát thanh: viết, đọc, dựng và lưu từng chuyên mục; gửi bản nghe thử cho lãnh đạo duyệt ít "
            "nhất hai ngày trước giờ phát."
        ),
        "2. Phòng Kỹ thuật: giữ máy, ghi nhật ký phát và báo cáo hằng tháng.",
    ):
        paper.add_paragraph(text).alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    letterhead(
        paper,
        ("Nơi nhận:", "- UBND huyện;", "- Các phòng của Trung tâm;", "- Lưu: VT."),
        ("GIÁM ĐỐC", "", "", "Siu H'Phương"),
    )
    paper.save(str(path))
    return path


def _target_table(paper) -> None:
    """One theme spans two rows, and a head spans two columns."""
    table = grid(
        paper,
        [
            ("STT", "Nội dung", "Chỉ tiêu", "", "Ghi chú"),
            ("STT", "Nội dung", "Đơn vị tính", "Số lượng", "Ghi chú"),
            ("1", "Hỗ trợ sản xuất", "tin, bài/xã/năm", "24", ""),
            ("2", "Hỗ trợ sản xuất", "chương trình/tháng", "4", "15 phút"),
            ("3", "Bảo hiểm y tế cho người nghèo", "buổi", "36", ""),
        ],
    )
    for column in (0, 1, 4):
        merge(table, (0, column), (1, column))
    merge(table, (0, 2), (0, 3))
    merge(table, (2, 1), (3, 1))


def _duty_table(paper) -> None:
    grid(
        paper,
        [
            ("TT", "Nội dung công việc", "Đơn vị chủ trì", "Đơn vị phối hợp", "Thời gian"),
            ("1", "Viết và phát tin", "Trung tâm Truyền thông", "UBND các xã", "hằng tuần"),
            ("2", "Mở lớp nói chuyện chính sách", "Phòng Nội vụ", "", "quý II"),
            ("3", "Gửi số liệu hộ nghèo", "Phòng Nội vụ", "UBND các xã", "trước 15/3/2026"),
        ],
    )


def open_paper():
    paper = Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(1.5)
    section.top_margin = section.bottom_margin = Cm(2)
    paper.styles["Normal"].font.name = "Times New Roman"
    paper.styles["Normal"].font.size = Pt(14)
    header = section.header.paragraphs[0]
    header.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind in ("begin", None, "end"):
        run = header.add_run()._r
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = "PAGE"
        run.append(part)
    section.footer.paragraphs[0].text = "Bản dùng để thử phần mềm"
    return paper


def centre(paper, text: str) -> None:
    paragraph = paper.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run(text).bold = True


def letterhead(paper, left, right) -> None:
    table = paper.add_table(rows=1, cols=2)
    for cell, lines in zip(table.rows[0].cells, (left, right), strict=True):
        cell.paragraphs[0].text = lines[0]
        for line in lines[1:]:
            cell.add_paragraph(line)
        if lines is right:
            for paragraph in cell.paragraphs:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def grid(paper, rows):
    table = paper.add_table(rows=len(rows), cols=len(rows[0]))
    table.style = "Table Grid"
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return table


def merge(table, first, last) -> None:
    """Merge two cells that say the same, or of which the second says nothing."""
    origin, other = table.cell(*first), table.cell(*last)
    text, other.text = origin.text, ""
    origin.merge(other).text = text


def add_numbering(paper) -> None:
    """An outline list in the file: I. / 1. / a), as Word numbers it by itself."""
    numbering = paper.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for level, (kind, text) in enumerate(NUMBERING)
    )
    numbering.insert(
        0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>')
    )
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))


def _numbered(paper, level: int, text: str) -> None:
    paragraph = paper.add_paragraph(text)
    properties = paragraph._p.get_or_add_pPr()
    properties.append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>')
    )


def _add_text_box(paper, text: str) -> None:
    run = paper.add_paragraph().add_run()
    run._r.append(
        parse_xml(
            f'<w:pict {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml">'
            '<v:shape style="width:200pt;height:40pt">'
            f"<v:textbox><w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent></v:textbox>"
            "</v:shape></w:pict>"
        )
    )


def _add_footnote(paper, paragraph, text: str) -> None:
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    content = (
        f'<w:footnotes {nsdecls("w")}><w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>'
        f'<w:footnote w:id="1"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t>{text}</w:t></w:r></w:p>'
        "</w:footnote>"
        "</w:footnotes>"
    )
    part = Part(PackURI("/word/footnotes.xml"), kind, content.encode(), paper.part.package)
    paper.part.relate_to(
        part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    )
    paragraph.add_run()._r.append(parse_xml(f'<w:footnoteReference {nsdecls("w")} w:id="1"/>'))


if __name__ == "__main__":
    make_quarter(Path(__file__).parent / "quarter.docx")
