"""Periods of reports: any days, closed for good; what comes later stands beside, never in their place."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlmodel import Session

from scheduler.models import AiringState
from studio.people.audit import list_entries
from studio.planning.coverage import PeriodReversed
from studio.planning.models import Measure
from studio.planning.targets import set_targets
from studio.reports.composing import make_report
from studio.reports.freezing import FiguresAltered, compare, freeze, hash_figures, thaw
from studio.reports.models import ReportKind
from studio.reports.periods import (
    PeriodClosed,
    PeriodMissing,
    PeriodTwice,
    PeriodUnusable,
    add_period,
    close_period,
    find_period,
    list_periods,
    read_corrections,
    read_report,
    remove_period,
    suggest_next,
    write_letter,
)
from studio.reports.registry import WRITERS
from tests.studio.planning.district import FIRST, LAST, NOW, District, target

WHO = {"by": "sep", "now": NOW}


@pytest.fixture
def district(database):
    with database.writing() as session:
        district = District(session)
        plan = district.add_plan()
        district.add_station("ia-dom")
        district.add_station("ia-dal")
        district.add_asset("1", "1")
        district.add_asset("3.health", "3.health", seconds=200)
        for number in range(4):
            for minute, key in enumerate(("1", "3.health")):
                airing = district.plan_airing(
                    "ia-dom", key, FIRST + timedelta(days=number), minute=minute * 5
                )
                if number < 2:
                    district.hear(airing)
        set_targets(session, plan, [target("1", 9), target("3", 30, Measure.MINUTES, station="ia-dom")])
        session.flush()
        yield district


def make(district, kind="coverage", name="Tháng 11", first=FIRST, last=LAST):
    return add_period(district.session, district.plan, kind=kind, name=name, first=first, last=last, **WHO)


def test_any_two_days_make_a_period_once_for_a_type_of_report(district):
    autumn = make(district, name="Sáu tháng", first=date(2026, 10, 16), last=date(2027, 4, 15))
    make(district, kind="airtime", name="Sáu tháng", first=date(2026, 10, 16), last=date(2027, 4, 15))
    with pytest.raises(PeriodTwice, match="16/10/2026"):
        make(district, name="Lại", first=date(2026, 10, 16), last=date(2027, 4, 15))
    with pytest.raises(PeriodReversed):
        make(district, first=LAST, last=FIRST)
    with pytest.raises(PeriodUnusable):
        make(district, name="  ")
    with pytest.raises(PeriodUnusable):
        make(district, first=date(2000, 1, 1), last=date(2030, 1, 1))
    assert [one.kind for one in list_periods(district.session)] == [ReportKind.COVERAGE, ReportKind.AIRTIME]
    assert find_period(district.session, autumn.id) is autumn
    with pytest.raises(PeriodMissing):
        find_period(district.session, 999)


@pytest.mark.parametrize(
    ("first", "last", "following"),
    [
        (date(2026, 10, 16), date(2027, 4, 15), (date(2027, 4, 16), date(2027, 10, 15))),
        (date(2026, 1, 1), date(2026, 6, 30), (date(2026, 7, 1), date(2026, 12, 31))),
        (date(2026, 11, 1), date(2026, 11, 30), (date(2026, 12, 1), date(2026, 12, 31))),
        (date(2026, 11, 3), date(2026, 11, 9), (date(2026, 11, 10), date(2026, 11, 16))),
    ],
)
def test_the_next_period_follows_the_last_one(district, first, last, following):
    make(district, first=first, last=last)
    kind = ReportKind.COVERAGE
    assert suggest_next(district.session, district.plan, kind, date(2026, 11, 10)) == following


def test_without_a_period_the_half_year_of_today_is_suggested(district):
    found = suggest_next(district.session, district.plan, ReportKind.AIRTIME, date(2026, 11, 10))
    assert found == (date(2026, 7, 1), date(2026, 12, 31))


@pytest.mark.parametrize("kind", ["airtime", "coverage", "plan", "activities"])
def test_a_frozen_report_reads_as_it_was(district, kind):
    report = make_report(district.session, kind=kind, first=FIRST, last=LAST, now=NOW)
    text, digest = freeze(report)
    again = thaw(text, digest, period="x")
    for name in ("tables", "figures", "results", "difficulties", "proposals", "heat", "chart", "calendar"):
        assert getattr(again, name) == getattr(report, name), name
    assert freeze(again) == (text, digest)


def test_a_closed_period_stays_and_names_what_came_later(district):
    period = make(district)
    closed = close_period(district.session, period, **WHO)
    text = period.figures
    for number in (2, 3):
        for minute, key in enumerate(("1", "3.health")):
            airing = district.plan_airing("ia-dal", key, FIRST + timedelta(days=number), minute=minute * 5)
            district.hear(airing)
    district.session.flush()
    later = NOW + timedelta(days=40)
    report = read_report(district.session, period, now=later)
    assert period.figures == text
    assert report.figures == closed.figures
    assert [table for table in report.tables if table.key != "corrections"] == list(closed.tables)
    assert report.closing.sha256 == hash_figures(text)
    changed = {row[:3]: row[3:] for row in read_corrections(district.session, period, now=later).rows}
    whole = "Chính sách · Tất cả các đài · lượt phát · 01/11/2026 · 30/11/2026"
    assert changed["Từng chỉ tiêu", whole, "Đã phát"] == (2, 4, 2)
    assert changed["Theo đài", "ia-dal · Đài ia-dal", "Phút đã phát"][2] == pytest.approx(
        2 * 320 / 60, abs=0.001
    )


def test_a_closed_period_cannot_be_closed_again_or_removed(district):
    period = make(district)
    close_period(district.session, period, **WHO)
    with pytest.raises(PeriodClosed, match="đã chốt"):
        close_period(district.session, period, **WHO)
    with pytest.raises(PeriodClosed):
        remove_period(district.session, period, **WHO)


def test_an_open_period_is_removed_with_its_record(district):
    period = make(district)
    number = period.id
    remove_period(district.session, period, **WHO)
    assert list_periods(district.session) == []
    assert list_entries(district.session, subject=f"report/{number}")[0].action == "report.remove"


def test_altered_figures_are_found_out(district):
    period = make(district)
    close_period(district.session, period, **WHO)
    period.figures = period.figures.replace('"aired"', '"AIRED"', 1)
    with pytest.raises(FiguresAltered, match="Tháng 11"):
        read_report(district.session, period, now=NOW)


def test_words_are_kept_and_a_part_goes_back_to_its_draft(district):
    period = make(district)
    drafted = read_report(district.session, period, now=NOW)
    write_letter(district.session, period, {"difficulties": ["Mưa lớn cả tháng."], "role": "Chủ tịch"}, **WHO)
    assert read_report(district.session, period, now=NOW).letter.difficulties == ("Mưa lớn cả tháng.",)
    close_period(district.session, period, **WHO)
    write_letter(district.session, period, {"difficulties": None, "number": "7/BC-UBND"}, **WHO)
    report = read_report(district.session, period, now=NOW)
    assert report.letter.difficulties is None
    assert report.difficulties == drafted.difficulties
    assert (report.letter.number, report.letter.role) == ("7/BC-UBND", "Chủ tịch")
    following = make(district, first=date(2026, 12, 1), last=date(2026, 12, 31))
    assert following.letter == {"role": "Chủ tịch"}


def test_a_closed_period_is_written_in_every_format(district):
    period = make(district)
    close_period(district.session, period, **WHO)
    report = read_report(district.session, period, now=NOW, traced=True)
    for name, writer in WRITERS.items():
        assert len(writer.write(report)) > 100, name


DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["ia-dom", "ia-dal"]),
        st.sampled_from(["1", "3.health"]),
        st.integers(0, 29),
        st.sampled_from([AiringState.AIRED, AiringState.PARTIAL, AiringState.MISSED]),
        st.integers(1, 110),
    ),
    max_size=6,
    unique_by=lambda deed: deed[:3],
)


@given(before=DEEDS, after=DEEDS)
@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_frozen_figures_never_change_and_corrections_make_up_the_difference(database, before, after):
    with Session(database.engine) as session:  # nothing is kept
        district = District(session)
        plan = district.add_plan()
        for code in ("ia-dom", "ia-dal"):
            district.add_station(code)
        district.add_asset("1", "1")
        district.add_asset("3.health", "3.health", seconds=200)
        set_targets(session, plan, [target("1", 9), target("3", 30, Measure.MINUTES)])
        for deed in before:
            act(district, deed)
        period = add_period(session, plan, kind="coverage", name="T", first=FIRST, last=LAST, **WHO)
        closed = close_period(session, period, **WHO)
        kept = (period.figures, period.sha256)
        for station, key, day, state, seconds in after:
            act(district, (station, key, day, state, seconds), minute=30)
        frozen = read_report(session, period, now=NOW + timedelta(days=60))
        assert (period.figures, period.sha256) == kept
        assert hash_figures(period.figures) == period.sha256
        assert [one for one in frozen.tables if one.key != "corrections"] == list(closed.tables)
        live = make_report(session, kind="coverage", first=FIRST, last=LAST, now=NOW + timedelta(days=60))
        table = compare(closed, live)
        for at in range(len(table.rows)):
            old, new, difference = table.rows[at][3:]
            assert new == pytest.approx(old + difference, abs=0.001)
        minutes = [row for row in table.rows if row[0] == "Theo nguồn tin bài" and row[2] == "Phút đã phát"]
        gained = sum(
            seconds if state is AiringState.PARTIAL else {"1": 120, "3.health": 200}[key]
            for _, key, _, state, seconds in after
            if state is not AiringState.MISSED
        )
        assert sum(row[5] for row in minutes) == pytest.approx(gained / 60, abs=0.001)
        session.rollback()


def act(district, deed, minute=0):
    station, key, day, state, seconds = deed
    airing = district.plan_airing(station, key, FIRST + timedelta(days=day), minute=minute + 5 * (key == "1"))
    if state is AiringState.MISSED:
        airing.state = state
        district.session.flush()
    elif state is AiringState.PARTIAL:
        district.hear(airing, state=state, seconds=seconds)
    else:
        district.hear(airing)
