"""`loa period` and `loa report --period`, as a person runs them."""

import json
from datetime import UTC, datetime

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


def test_a_period_goes_from_its_first_day_to_the_signed_file(loa, tmp_path):
    days = ("--from", "2026-10-16", "--to", "15/4/2027")
    assert loa("period", "add", "coverage", "Sáu tháng", *days)[0] == 0
    assert loa("period", "add", "coverage", "Lại", *days)[0] == 4
    words = ("--number", "7/BC-UBND", "--difficulties", "Mưa.\\nLũ.", "--signed-on", "2027-04-20")
    assert loa("period", "write", "1", *words)[0] == 0
    assert "chưa chốt" in loa("period", "corrections", "1")[1]
    assert loa("period", "close", "1")[0] == 0
    assert loa("period", "close", "1")[0] == 4
    assert loa("period", "remove", "1")[0] == 4
    assert "chưa có gì thay đổi" in loa("period", "corrections", "1")[1]
    assert json.loads(loa("period", "corrections", "1", "--json")[1]) == []
    listed = json.loads(loa("period", "list", "--json")[1])
    assert listed[0]["sha256"]
    code, said, _ = loa("report", "--period", "1", "--format", "docx,pdf,json", "-o", str(tmp_path / "r"))
    assert code == 0
    assert len(said.split()) == 3
    data = json.loads((tmp_path / "r" / "coverage.json").read_text("utf-8"))
    assert data["closing"]["sha256"] == listed[0]["sha256"]
    assert data["letter"]["difficulties"] == ["Mưa.", "Lũ."]


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "-o", "x"),
        ("report", "coverage", "-o", "x"),
        ("report", "coverage", "--from", "2026-01-01", "-o", "x"),
        ("report", "--period", "1", "--from", "2026-01-01", "-o", "x"),
        ("report", "--period", "1", "--format", "odt", "-o", "x"),
    ],
)
def test_a_report_needs_days_or_a_period(loa, arguments):
    code, _, said = loa(*arguments)
    assert code == 2
    assert said.count("\n") == 1


def test_an_unknown_period_is_named(loa):
    code, _, said = loa("report", "--period", "9", "-o", "x")
    assert code == 3
    assert "9" in said
