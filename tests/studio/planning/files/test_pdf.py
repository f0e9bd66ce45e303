"""A PDF line by line: columns one after the other, tables by row, furniture apart."""

from pathlib import Path

from studio.planning.files.columns import Piece, Row, split_columns
from studio.planning.files.kinds import read_source
from studio.planning.source import LineRole

QUARTER = Path(__file__).parents[1] / "plans" / "quarter.pdf"


def row(top: float, *pieces: tuple[str, float, float]) -> Row:
    return Row(tuple(Piece(*piece) for piece in pieces), top, top + 10, 10)


def test_the_letterhead_is_read_left_then_right():
    source = read_source(QUARTER.read_bytes())
    assert [line.text for line in source.lines[1:9]] == [
        "UBND HUYỆN EA SOL",
        "TRUNG TÂM TRUYỀN THÔNG",
        "Số: 23/KH-TTTT",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA",
        "VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Ea Sol, ngày 28 tháng 3 năm 2026",
        "KẾ HOẠCH",
    ]


def test_page_numbers_and_feet_are_furniture_with_their_page():
    source = read_source(QUARTER.read_bytes())
    furniture = [(line.page, line.text) for line in source.lines if line.role is LineRole.FURNITURE]
    assert furniture == [(1, "1"), (1, "Bản dùng để thử phần mềm"), (2, "2"), (2, "Bản dùng để thử phần mềm")]
    assert [line.number for line in source.lines] == list(range(1, len(source.lines) + 1))


def test_a_table_over_two_pages_is_read_by_row():
    rows = [line for line in read_source(QUARTER.read_bytes()).lines if line.cells]
    assert [(line.page, line.cells[0], line.cells[-2]) for line in rows] == [
        (1, "TT", "Số lượng"),
        (1, "1", "4"),
        (2, "2", "3"),
    ]


def test_blocks_side_by_side_end_where_a_line_crosses():
    rows = [
        row(0, ("Nơi nhận:", 0, 50), ("CHỦ TỊCH", 120, 180)),
        row(12, ("- Các xã;", 0, 60)),
        row(24, ("- Lưu: VT.", 0, 55), ("A Blong", 125, 170)),
        row(36, ("một dòng chạy hết bề ngang trang giấy", 0, 180)),
    ]
    assert [one.text for one in split_columns(rows)] == [
        "Nơi nhận:",
        "- Các xã;",
        "- Lưu: VT.",
        "CHỦ TỊCH",
        "A Blong",
        "một dòng chạy hết bề ngang trang giấy",
    ]


def test_figures_in_columns_stay_rows():
    rows = [row(0, ("Tin, bài", 0, 50), ("24", 120, 130)), row(12, ("Buổi họp", 0, 50), ("4", 120, 126))]
    assert split_columns(rows) == rows
