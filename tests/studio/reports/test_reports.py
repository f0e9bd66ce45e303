"""The reports: their figures are those of the rows, each format is safe, and a file is whole or not there."""

import csv
import io
import json
import re
from datetime import timedelta
from html.parser import HTMLParser

import openpyxl
import pytest
from markupsafe import escape
from sqlmodel import select

from assets.messages import speaking
from assets.models import AssetKind
from scheduler.models import AiringState, AsRun
from studio.activities.activities import add_activity
from studio.activities.models import ActivityKind
from studio.planning.models import Measure, Unit, UnitKind
from studio.planning.plans import NoPlanYet
from studio.planning.targets import set_targets
from studio.planning.units import add_unit
from studio.reports.composing import ReportKindUnknown, make_report
from studio.reports.registry import (
    WRITERS,
    ReportFormatUnknown,
    ReportNotWritten,
    find_writer,
    write_report,
)
from tests.studio.planning.district import FIRST, LAST, NOW, District, target

NASTY = '=HYPERLINK("http://x","<script>alert(1)</script>")'


@pytest.fixture
def session(database):
    with database.writing() as session:
        district = District(session)
        plan = district.add_plan(is_sample=True)
        for code in ("ia-dom", "ia-dal"):
            district.add_station(code)
        district.add_asset("1", "1", title=NASTY)
        district.add_asset("3.health", "3.health", seconds=200)
        district.add_asset("free", None)
        district.add_asset("tune", None, kind=AssetKind.SIGNATURE, seconds=10)
        for number in range(6):
            day = FIRST + timedelta(days=number)
            for minute, key in enumerate(("tune", "1", "3.health", "free")):
                airing = district.plan_airing("ia-dom", key, day, minute=minute * 5)
                if number == 2:
                    airing.state = AiringState.MISSED
                    airing.state_code, airing.state_data = "missed-noted", {"note": "<b>Mất điện</b>"}
                elif number == 3 and key == "1":
                    district.hear(airing, state=AiringState.PARTIAL, seconds=33)
                elif number != 4:
                    district.hear(airing)
        unit = add_unit(session, Unit(code="xa", name="Xã Ia Dom", kind=UnitKind.COMMUNE), by="b", now=NOW)
        fields = {"kind": ActivityKind.TALK, "held_on": FIRST, "title": NASTY, "people": 40}
        add_activity(session, plan, unit.code, fields, by="b", now=NOW)
        session.flush()
        set_targets(
            session,
            plan,
            [target("1", 9), target("3", 30, Measure.MINUTES, station="ia-dom"), target(None, 2)],
        )
        yield session


def make(session, kind, name):
    report = make_report(session, kind=kind, first=FIRST, last=LAST, now=NOW)
    return find_writer(name).write(report)


def measured(session):
    """(whole airings, milliseconds) of content, by a query over the rows."""
    rows = session.exec(select(AsRun).where(AsRun.title != "tune")).all()
    return sum(row.state == AiringState.AIRED for row in rows), sum(row.aired_ms for row in rows)


@pytest.mark.parametrize("kind", ["airtime", "coverage", "plan", "activities"])
@pytest.mark.parametrize("name", WRITERS)
def test_every_kind_is_written_in_every_format(session, tmp_path, kind, name):
    path = tmp_path / "new" / f"report.{name}"
    for _ in range(2):
        write_report(session, kind=kind, first=FIRST, last=LAST, format=name, path=path, now=NOW)
    assert path.stat().st_size > 100
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_the_same_rows_make_the_same_bytes(session):
    for name in ("html", "csv", "json"):
        assert make(session, "coverage", name) == make(session, "coverage", name)


def test_totals_are_those_of_the_rows_in_every_grouping(session):
    airings, aired_ms = measured(session)
    totals = json.loads(make(session, "airtime", "json"))["totals"]
    for table in ("days", "stations", "themes"):
        assert (totals[table]["aired"], totals[table]["aired_ms"]) == (airings, aired_ms)
        assert (totals[table]["missed"], totals[table]["partial"], totals[table]["unconfirmed"]) == (3, 1, 3)


def test_every_figure_is_the_sum_of_the_rows_it_names(session):
    tables = json.loads(make(session, "airtime", "json"))["tables"]
    lengths = {row["asrun_id"]: row["aired_ms"] for row in tables["records"]}
    for table in ("days", "stations", "themes"):
        for row in tables[table]:
            assert row["aired_ms"] == sum(lengths[number] for number in row["asrun_ids"])
    named = [number for row in tables["days"] for number in row["asrun_ids"]]
    assert len(named) == len(set(named))


def test_a_coverage_figure_opens_to_its_rows(session):
    tables = json.loads(make(session, "coverage", "json"))["tables"]
    lengths = {row["asrun_id"]: row["aired_ms"] for row in tables["records"]}
    for row in tables["targets"]:
        heard = [lengths[number] for number in row["asrun_ids"]]
        expected = (
            len(heard) if row["measure"] == "lượt phát" else pytest.approx(sum(heard) / 60_000, abs=0.001)
        )
        assert row["aired_amount"] == expected


class Page(HTMLParser):
    """The text of a page, its tags, and what it would load."""

    def __init__(self, content):
        super().__init__()
        self.texts, self.tags, self.loads = [], [], []
        self.feed(content)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.loads += [value for name, value in attrs if name in ("src", "href", "srcset", "data")]

    def handle_data(self, data):
        self.texts.append(data)


@pytest.mark.parametrize("kind", ["airtime", "coverage", "plan", "activities"])
def test_a_page_stands_alone_and_escapes_everything(session, kind):
    content = make(session, kind, "html").decode()
    page = Page(content)
    assert page.loads == []
    assert "script" not in page.tags
    assert not re.search(r"url\((?!data:)|@import|https?://", content.replace(escape(NASTY), ""))
    assert "<b>Mất điện" not in content
    if kind != "plan":
        assert escape(NASTY) in content


def test_a_page_shows_the_figures_in_vietnamese(session):
    airings, aired_ms = measured(session)
    text = " ".join(" ".join(Page(make(session, "coverage", "html").decode()).texts).split())
    assert f"{aired_ms / 60_000:.1f}".replace(".", ",") in text
    assert f"Lượt phát trọn vẹn {airings}" in text
    for words in (
        "Dữ liệu minh họa",
        "Còn thiếu ở đâu",
        "01/11/2026 – 30/11/2026",
        "Đài ia-dom",
        "Mất điện",
        "Cách tính",
    ):
        assert words in text


def test_a_page_speaks_english_when_asked(session):
    with speaking("en"):
        text = make(session, "coverage", "html").decode()
    assert '<html lang="en">' in text
    assert "Where the plan is short" in text


def test_a_workbook_is_typed_and_runs_nothing(session):
    book = openpyxl.load_workbook(io.BytesIO(make(session, "airtime", "xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert [cell for cell in cells if cell.value == NASTY]
    days = book["Theo ngày"]
    assert days["A2"].is_date
    assert days["A2"].number_format == "dd/mm/yyyy"
    assert days.freeze_panes == "A2"
    airings, aired_ms = measured(session)
    total = [cell.value for cell in days[days.max_row]]
    assert total[0] == "Cộng"
    assert (total[4], total[9]) == (airings, pytest.approx(aired_ms / 60_000))
    assert "Nhật ký phát sóng" in book.sheetnames


def test_a_csv_runs_nothing_either(session):
    content = make(session, "airtime", "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert {row["station"] for row in rows} == {"ia-dom"}
    assert all(not value.startswith(("=", "+", "@")) for row in rows for value in row.values())
    assert sum(int(row["aired"]) for row in rows) == measured(session)[0]


def test_incidents_name_what_went_wrong_and_why(session):
    incidents = json.loads(make(session, "airtime", "json"))["tables"]["incidents"]
    states = [row["state"] for row in incidents]
    assert {state: states.count(state) for state in states} == {
        "Không phát": 3,
        "Phát dở": 1,
        "Chưa xác nhận": 3,
    }
    assert all(row["reason"] for row in incidents if row["state"] != "Phát dở")


def test_no_rows_make_a_report_all_the_same(database, tmp_path):
    with database.reading() as session:
        for name in WRITERS:
            write_report(
                session, kind="airtime", first=FIRST, last=LAST, format=name, path=tmp_path / name, now=NOW
            )
        with pytest.raises(NoPlanYet):
            make_report(session, kind="coverage", first=FIRST, last=LAST, now=NOW)


@pytest.mark.parametrize("name", ["odt", "PDF", "", "../html"])
def test_an_unknown_format_lists_the_known_ones(session, tmp_path, name):
    with pytest.raises(ReportFormatUnknown, match="html, xlsx, csv, json, docx, pdf"):
        write_report(
            session, kind="airtime", first=FIRST, last=LAST, format=name, path=tmp_path / "r", now=NOW
        )
    assert list(tmp_path.glob("r*")) == []


def test_an_unknown_kind_lists_the_known_ones(session):
    with pytest.raises(ReportKindUnknown, match="airtime, coverage, plan, activities"):
        make_report(session, kind="weather", first=FIRST, last=LAST, now=NOW)


def test_a_file_that_cannot_be_written_leaves_the_old_one(session, tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("alt")
    with pytest.raises(ReportNotWritten):
        write_report(
            session, kind="airtime", first=FIRST, last=LAST, format="csv", path=taken / "report.csv", now=NOW
        )
    assert taken.read_text() == "alt"
