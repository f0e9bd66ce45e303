"""Tables by what their columns say: places as columns, units in brackets, people, plain doers, money."""

import pytest

from studio.planning.importer import read_plan


def read(*rows: str, heading: str = "NỘI DUNG"):
    return read_plan(f"KẾ HOẠCH\nThử năm 2026\n\nI. {heading}\n" + "\n".join(rows))


@pytest.mark.parametrize(
    ("rows", "targets"),
    [
        (
            ["| STT | Chỉ tiêu | ĐVT | Xã Nậm Lúc | Xã Bản Cái |", "| 1 | Tổ truyền thông | Tổ | 12 | 10 |"],
            [(12, "Tổ", None, "Xã Nậm Lúc"), (10, "Tổ", None, "Xã Bản Cái")],
        ),
        (
            ["| TT | Chuyên mục | Quý I | Quý II |", "| 1 | Thời sự phường (bản tin) | 36 | 40 |"],
            [(36, "bản tin", "quý I", None), (40, "bản tin", "quý II", None)],
        ),
        (
            ["| TT | Việc | ĐVT | 6 tháng đầu năm |", "| 1 | Phát loa | lần | 96 |"],
            [(96, "lần", "6 tháng đầu năm", None)],
        ),
        (
            ["| TT | Việc | Số lượng |", "| 1 | Diễn đàn học đường | 1 diễn đàn, 600 học sinh |"],
            [(1, "diễn đàn", None, None), (600, "học sinh", None, None)],
        ),
    ],
)
def test_numbers_have_the_unit_period_and_place_of_their_cells(rows, targets):
    found = read(*rows, heading="CHỈ TIÊU")
    assert [(one.quantity, one.unit, one.per, one.whose) for one in found.targets] == targets


def test_people_forms_and_doers_have_columns():
    found = read(
        "| STT | Chủ đề | Đối tượng | Hình thức | Đơn vị biên soạn |",
        "| 1 | Phòng bệnh | Bà mẹ; học sinh | Phát thanh; tranh vẽ | Trạm Y tế |",
    )
    assert [one.title for one in found.themes] == ["Phòng bệnh"]
    assert [one.title for one in found.audiences] == ["Bà mẹ", "học sinh"]
    assert [one.title for one in found.forms] == ["Phát thanh", "tranh vẽ"]
    assert [one.name for one in found.units] == ["Trạm Y tế"]


def test_a_unit_beside_its_duty_does_it():
    found = read(
        "| Cơ quan | Việc thực hiện | Thời gian |",
        "| Khối dân vận xã | Họp dân; báo cáo trước ngày 20 tháng cuối quý | Quý I |",
        heading="PHÂN CÔNG THỰC HIỆN",
    )
    assert [(one.name, len(one.duties)) for one in found.units] == [("Khối dân vận xã", 1)]
    assert found.reporting == ("trước ngày 20 tháng cuối quý",)


def test_a_row_of_money_is_a_note_on_the_money():
    found = read("| STT | Nội dung | Số tiền (đồng) |", "| 1 | Sửa loa | 63.000.000 |", heading="KINH PHÍ")
    assert (found.targets, found.unread) == ((), ())
    assert [note.part for note in found.notes] == ["funding"]
