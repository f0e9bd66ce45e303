"""Plans whose numbers, themes and duties stand in tables, made anew by the tests: annexes, and a table for a body."""

# ruff: noqa: E501  sentences of plans stand on one line
from pathlib import Path

from tests.studio.planning.plans.make import MOTTO, centre, grid, letterhead, merge, open_paper


def make_annexes(path: Path) -> Path:
    """Letters over Roman over Arabic numbers; annexes by quarter, with groups and sums, and by commune."""
    paper = open_paper()
    letterhead(
        paper,
        ("UBND HUYỆN TRÀ LINH", "TRUNG TÂM VH-TT-DL VÀ TRUYỀN THÔNG", "Số: 17/KH-TTVHTTDL&TT"),
        (*MOTTO, "Trà Linh, ngày 20 tháng 01 năm 2025"),
    )
    centre(paper, "KẾ HOẠCH")
    centre(paper, "Sản xuất chương trình phát thanh, truyền hình năm 2025")
    for text in (
        "Căn cứ Quyết định số 3310/QĐ-UBND ngày 25/12/2024 của UBND huyện về việc giao dự toán ngân sách năm 2025;",
        "Trung tâm Văn hóa - Thể thao - Du lịch và Truyền thông huyện xây dựng Kế hoạch sản xuất chương trình năm 2025 như sau:",
        "A. MỤC ĐÍCH, YÊU CẦU",
        "I. Mục đích",
        "1. Phản ánh kịp thời các sự kiện của huyện.",
        "II. Yêu cầu",
        "Bám sát định hướng của cấp ủy.",
        "B. NỘI DUNG",
        "I. Tuyên truyền nhiệm vụ chính trị",
        "1. Đại hội Đảng các cấp",
        "2. Kỷ niệm các ngày lễ lớn:",
        "- 95 năm Ngày thành lập Đảng (03/02);",
        "- 50 năm Ngày giải phóng miền Nam (30/4).",
        "C. CHỈ TIÊU SẢN XUẤT",
        "(Chi tiết theo Phụ lục 01, 02)",
        "D. TỔ CHỨC THỰC HIỆN",
        "1. Tổ Phát thanh - Truyền hình: sản xuất theo lịch; nộp kế hoạch tuần trước 16 giờ thứ Năm.",
        "2. Tổ Hành chính: thanh toán nhuận bút; báo cáo Giám đốc trước ngày 05 hằng tháng.",
        "Trên đây là Kế hoạch sản xuất chương trình năm 2025./.",
    ):
        paper.add_paragraph(text)
    letterhead(
        paper,
        ("Nơi nhận:", "- UBND huyện (b/c);", "- Phòng VH&TT;", "- Lưu: VT."),
        ("GIÁM ĐỐC", "", "", "Hồ Văn Thuận"),
    )
    centre(paper, "Phụ lục 01")
    centre(paper, "CHỈ TIÊU CHƯƠNG TRÌNH PHÁT THANH")
    _quarters(paper)
    centre(paper, "Phụ lục 02")
    centre(paper, "PHÂN BỔ CHO CÁC XÃ")
    _communes(paper)
    paper.save(str(path))
    return path


def make_duties(path: Path) -> Path:
    """A short plan whose content, people, forms, numbers and doers all stand in its two annexes."""
    paper = open_paper()
    letterhead(
        paper,
        ("ỦY BAN NHÂN DÂN", "HUYỆN YÊN CHÂU THƯỢNG", "", "Số: 301/KH-UBND"),
        (*MOTTO, "", "Yên Châu Thượng, ngày 18 tháng 3 năm 2025"),
    )
    centre(paper, "KẾ HOẠCH")
    centre(paper, "Thông tin, tuyên truyền chính sách dân tộc năm 2025")
    for text in (
        "Căn cứ Quyết định số 1719/QĐ-TTg ngày 14/10/2021 của Thủ tướng Chính phủ; Quyết định số 2650/QĐ-UBND ngày 30/12/2024 của UBND tỉnh;",
        "Xét đề nghị của Trưởng phòng Dân tộc tại Tờ trình số 15/TTr-DT ngày 10/3/2025, UBND huyện ban hành Kế hoạch như sau:",
        "I. MỤC ĐÍCH, YÊU CẦU",
        "- Mục đích: giúp đồng bào nắm chính sách, tự nguyện tham gia.",
        "- Yêu cầu: hợp với nếp sống từng dân tộc.",
        "II. NỘI DUNG",
        "Theo Phụ lục I kèm theo.",
        "III. KINH PHÍ",
        "420 triệu đồng từ Dự án 10, giao tại Quyết định số 2650/QĐ-UBND ngày 30/12/2024 của UBND tỉnh.",
        "IV. TỔ CHỨC THỰC HIỆN",
        "1. Phân công nhiệm vụ theo Phụ lục II kèm theo.",
        "2. Các cơ quan, đơn vị báo cáo kết quả về UBND huyện trước ngày 15/6 và ngày 15/11/2025.",
    ):
        paper.add_paragraph(text)
    letterhead(
        paper,
        ("Nơi nhận:", "- Sở Dân tộc;", "- UBND các xã;", "- Lưu: VT."),
        ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "", "", "Cầm Thị Mẫu"),
    )
    centre(paper, "PHỤ LỤC I")
    centre(paper, "NỘI DUNG TUYÊN TRUYỀN NĂM 2025")
    paper.add_paragraph("(Kèm theo Kế hoạch số 301/KH-UBND ngày 18/3/2025 của UBND huyện)")
    table = grid(
        paper,
        [
            ("STT", "Nội dung tuyên truyền", "Đối tượng", "Hình thức", "Số lượng"),
            (
                "1",
                "Chính sách định canh, đất ở",
                "Hộ nghèo dân tộc thiểu số",
                "Phát thanh tiếng Thái",
                "24 chương trình",
            ),
            ("2", "Chính sách định canh, đất ở", "Hộ nghèo dân tộc thiểu số", "Tờ gấp", "1.200 tờ"),
            ("3", "Giữ gìn bản sắc văn hóa", "Thanh niên", "Diễn đàn", "02 diễn đàn"),
        ],
    )
    merge(table, (1, 1), (2, 1))
    merge(table, (1, 2), (2, 2))
    centre(paper, "PHỤ LỤC II")
    centre(paper, "PHÂN CÔNG NHIỆM VỤ")
    grid(
        paper,
        [
            ("TT", "Đơn vị", "Nhiệm vụ", "Thời gian hoàn thành"),
            ("1", "Phòng Dân tộc", "Đầu mối, tổng hợp báo cáo", "Cả năm"),
            ("2", "Trung tâm Truyền thông", "Sản xuất chương trình", "Trước 31/10/2025"),
            ("3", "UBND các xã", "Phát lại trên loa, cấp tờ gấp", "Cả năm"),
        ],
    )
    paper.save(str(path))
    return path


def make_one_table(path: Path) -> Path:
    """A plan whose body is one table: theme, form, time, who leads, who helps, money."""
    paper = open_paper()
    letterhead(
        paper,
        ("UBND HUYỆN BA TRĂNG", "PHÒNG DÂN TỘC VÀ TÔN GIÁO", "Số: 31/KH-DTTG"),
        (*MOTTO, "Ba Trăng, ngày 07 tháng 4 năm 2025"),
    )
    centre(paper, "KẾ HOẠCH")
    centre(paper, "Tuyên truyền chính sách dân tộc năm 2025")
    paper.add_paragraph(
        "Căn cứ Kế hoạch số 55/KH-UBND ngày 14/02/2025 của UBND huyện về công tác dân tộc năm 2025; "
        "Phòng Dân tộc và Tôn giáo xây dựng kế hoạch chi tiết như sau:"
    )
    grid(
        paper,
        [
            (
                "TT",
                "Nội dung",
                "Hình thức",
                "Thời gian",
                "Đơn vị chủ trì",
                "Đơn vị phối hợp",
                "Kinh phí (đồng)",
            ),
            (
                "1",
                "Chính sách hỗ trợ nhà ở",
                "04 hội nghị",
                "Quý II/2025",
                "Phòng Dân tộc",
                "UBND các xã",
                "40.000.000",
            ),
            (
                "2",
                "Bình đẳng giới",
                "Phát thanh 02 lần/tuần",
                "Tháng 5 - 12/2025",
                "Trung tâm Truyền thông",
                "",
                "25.000.000",
            ),
            ("", "Tổng cộng", "", "", "", "", "65.000.000"),
        ],
    )
    for text in (
        "Kinh phí thực hiện: 65.000.000 đồng theo Quyết định số 61/QĐ-UBND ngày 17/02/2025 của UBND huyện.",
        "Đề nghị các đơn vị phối hợp thực hiện; báo cáo kết quả về Phòng trước ngày 05/12/2025 để tổng hợp./.",
    ):
        paper.add_paragraph(text)
    letterhead(
        paper,
        ("Nơi nhận:", "- UBND huyện;", "- Lưu: VT."),
        ("KT. TRƯỞNG PHÒNG", "PHÓ TRƯỞNG PHÒNG", "", "", "Phạm Thị Hạnh"),
    )
    paper.save(str(path))
    return path


def _quarters(paper) -> None:
    """A head of two rows over quarters, two groups, and a sum of all."""
    table = grid(
        paper,
        [
            ("STT", "Tên chương trình", "Đơn vị tính", "Cả năm", "Chia theo quý", "", "", ""),
            ("STT", "Tên chương trình", "Đơn vị tính", "Cả năm", "Quý I", "Quý II", "Quý III", "Quý IV"),
            ("I", "Chương trình tiếng Việt", "", "", "", "", "", ""),
            ("1", "Bản tin thời sự", "bản tin", "153", "36", "39", "39", "39"),
            ("II", "Chương trình tiếng Cơ Tu", "", "", "", "", "", ""),
            ("2", "Bản tin tổng hợp", "bản tin", "51", "12", "13", "13", "13"),
            ("", "CỘNG", "", "204", "48", "52", "52", "52"),
        ],
    )
    for column in range(4):
        merge(table, (0, column), (1, column))
    merge(table, (0, 4), (0, 7))


def _communes(paper) -> None:
    """Two numbers for each commune, what is counted in the names of the columns."""
    grid(
        paper,
        [
            ("TT", "Xã, thị trấn", "Số tin, bài giao (tin, bài/tháng)", "Số buổi phát thanh/tuần"),
            ("1", "Trà Nam", "4", "5"),
            ("2", "Thị trấn Trà Linh", "8", "7"),
            ("Tổng cộng", "", "12", "12"),
        ],
    )
