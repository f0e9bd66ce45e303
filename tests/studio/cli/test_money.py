"""`loa money`, as a person runs it."""

import json
from datetime import UTC, datetime

import openpyxl
import pytest

from studio.cli.main import main
from studio.planning.plans import store_plan
from tests.studio.planning.district import make_document


@pytest.fixture
def loa(database, settings, capsys):
    with database.writing() as session:
        store_plan(
            session, make_document(), code="2026", source_sha256="a" * 64, is_sample=True,
            now=datetime(2026, 1, 1, tzinfo=UTC),
        )  # fmt: skip

    def run(*arguments):
        code = main(["--home", str(settings.home), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_money_goes_from_the_decision_to_the_annex(loa, tmp_path):
    assert loa("money", "decision", "440/QĐ-UBND", "--signed-on", "16/12/2025")[0] == 0
    code, said, _ = loa(
        "money", "line", "TDA2", "10.000.000", "--decision", "440/QĐ-UBND", "--title", "Truyền thông"
    )
    assert code == 0
    assert "Mười triệu đồng" in said
    assert loa("money", "expense", "=SUM(A1)", "--line", "1")[0] == 0
    entry = ("money", "enter", "1", "settlement")
    assert loa(*entry, "4500000", "--on", "2026-12-01")[0] == 0
    assert loa(*entry, "9000000", "--on", "2026-12-01")[0] == 4
    assert loa(*entry, "9000000", "--on", "2026-12-01", "--over", "Giao thêm việc")[0] == 0
    assert loa(*entry, "1,5", "--on", "2026-12-01")[0] == 2
    assert loa("money", "enter", "7", "settlement", "5", "--on", "2026-12-01")[0] == 3
    line = json.loads(loa("money", "list", "--json")[1])[0]
    assert (line["given"], line["settled"], line["left"]) == (10_000_000, 13_500_000, -3_500_000)
    days = ("--from", "2026-12-01", "--to", "2026-12-31")
    assert loa("money", "rate", "Tin", "70.000", "--from", "2026-01-01")[0] == 0
    assert "Một trăm bốn mươi nghìn" in loa(
        "money", "pay", "Y Lan", "Nước", "--genre", "Tin", "--words", "700", "--on", "2026-12-02"
    )[1]  # fmt: skip
    assert json.loads(loa("money", "royalties", *days, "--json")[1])[0]["amount"] == 140_000
    assert loa("report", "money", *days, "--format", "xlsx", "-o", str(tmp_path / "m.xlsx"))[0] == 0
    book = openpyxl.load_workbook(tmp_path / "m.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert [cell for cell in cells if cell.value == 13_500_000]
    assert [cell for cell in cells if cell.value == "Giao thêm việc"]
