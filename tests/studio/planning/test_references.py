"""Documents in running text: laws by name and number, kinds said once, what a document is only about."""

import pytest

from studio.planning.references import find_bases, write_reference


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            (
                "Căn cứ Luật Bảo hiểm y tế ngày 14 tháng 11 năm 2008 và Luật sửa đổi, bổ sung một số điều "
                "của Luật Bảo hiểm y tế ngày 13 tháng 6 năm 2014;"
            ),
            [(None, "2008-11-14"), (None, "2014-06-13")],
        ),
        (
            "Căn cứ Luật Trẻ em ngày 05/4/2016, Nghị định số 56/2017/NĐ-CP ngày 09/5/2017 của Chính phủ;",
            [(None, "2016-04-05"), ("56/2017/NĐ-CP", "2017-05-09")],
        ),
        ("Căn cứ Luật Thư viện số 46/2019/QH14 ngày 21/11/2019;", [("46/2019/QH14", "2019-11-21")]),
        (
            "Căn cứ Luật Phòng, chống bạo lực gia đình năm 2022; Nghị định số 1/2020/NĐ-CP ngày 2/3/2020;",
            [(None, None), ("1/2020/NĐ-CP", "2020-03-02")],
        ),
        (
            "Căn cứ các Thông tư: số 06/2022/TT-BTTTT ngày 30/6/2022, số 03/2024/TT-BTTTT ngày 29/02/2024;",
            [("06/2022/TT-BTTTT", "2022-06-30"), ("03/2024/TT-BTTTT", "2024-02-29")],
        ),
        (
            (
                "Nghị định số 30/2025/NĐ-CP ngày 24/02/2025 của Chính phủ sửa đổi, bổ sung Nghị định số "
                "07/2021/NĐ-CP;"
            ),
            [("30/2025/NĐ-CP", "2025-02-24")],
        ),
        ("Thực hiện Thông tri số 38/TTr-MTTW ngày 12/9/2023;", [("38/TTr-MTTW", "2023-09-12")]),
        ("Chương trình công tác số 88-CTr/HU ngày 06/01/2025;", [("88-CTr/HU", "2025-01-06")]),
    ],
)
def test_each_document_is_found_once(text, found):
    assert [
        (one.reference.number, one.reference.date and one.reference.date.isoformat())
        for one in find_bases(text)
    ] == found


@pytest.mark.parametrize(
    "text",
    [
        "Luật Thư viện số 46/2019/QH14 ngày 21/11/2019",
        "Luật Tổ chức chính quyền địa phương số 72/2025/QH15 ngày 16/06/2025",
        "Quyết định số 90/QĐ-TTg ngày 18/01/2022 của Thủ tướng Chính phủ phê duyệt Chương trình",
    ],
)
def test_a_document_is_written_as_it_is_read(text):
    (found,) = find_bases(text)
    assert write_reference(found.reference) == text
