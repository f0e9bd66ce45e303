"""Targets that contradict are named; amendments keep what was; sheets come back as they went."""

from datetime import date

import pytest

from studio.planning.amendments import AmendmentTwice, amend, list_amendments
from studio.planning.coverage import compute_coverage
from studio.planning.models import Every, Measure, TaskState, Unit, UnitKind
from studio.planning.plans import PlanParentUnfit, list_targets, place_under, store_plan
from studio.planning.sheets import TargetSheetUnreadable, read_sheet, write_sheet
from studio.planning.targets import (
    TargetCodeUnknown,
    TargetMissing,
    TargetsContradict,
    TargetUnfit,
    add_targets,
    change_target,
    find_problems,
    remove_target,
    set_targets,
)
from studio.planning.tasks import add_task, change_task, list_tasks
from studio.planning.units import UnitGone, UnitUnknown, add_unit, change_unit, succeed
from tests.studio.planning.district import FIRST, LAST, NOW, District, make_document, target

BY = {"by": "lan", "now": NOW}


@pytest.fixture
def district(database):
    with database.writing() as session:
        district = District(session)
        district.add_plan()
        district.add_station("ia-dom")
        district.add_asset("3.health", "3.health")
        yield district


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ({"theme": "3.health", "quantity": 60}, {"theme": "3", "quantity": 1, "maximum": 50}),
        ({"theme": "3", "quantity": 30, "station": "ia-dom"}, {"theme": "3", "quantity": 1, "maximum": 20}),
        ({"theme": "3", "quantity": 40, "every": Every.MONTH}, {"theme": None, "quantity": 0, "maximum": 39}),
    ],
)
def test_two_targets_that_contradict_are_both_named(district, narrow, wide):
    targets = [target(**narrow), target(**wide)]
    (problem,) = find_problems(district.session, district.plan, targets)
    assert (problem.place, problem.other) == (0, 1)
    assert isinstance(problem.error, TargetsContradict)
    assert "30/11/2026" in str(problem.error)
    with pytest.raises(TargetsContradict):
        set_targets(district.session, district.plan, targets)


def test_what_lies_beside_does_not_contradict(district):
    targets = [
        target("3", 60), target("30", 1, maximum=2), target("3", 1, Measure.MINUTES, maximum=2),
        target("3", 1, station="ia-dom", maximum=5),
    ]  # fmt: skip
    assert find_problems(district.session, district.plan, targets) == []


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"theme": "9"}, TargetCodeUnknown),
        ({"unit": "ma"}, TargetCodeUnknown),
        ({"measure": Measure.PEOPLE, "station": "ia-dom"}, TargetUnfit),
        ({"measure": Measure.HOUSEHOLDS, "quantity": 101}, TargetUnfit),
    ],
)
def test_a_target_that_cannot_be_meant_is_refused_and_nothing_changes(district, wrong, error):
    (kept,) = add_targets(district.session, district.plan, [target("3", 5)], **BY)
    with pytest.raises(error):
        change_target(district.session, district.plan, kept.id, wrong, **BY)
    assert (kept.theme, kept.unit, kept.measure, kept.quantity) == ("3", None, Measure.AIRINGS, 5)
    remove_target(district.session, district.plan, kept.id, **BY)
    with pytest.raises(TargetMissing):
        remove_target(district.session, district.plan, kept.id, **BY)


def test_an_amendment_holds_from_its_day_and_keeps_what_was(district):
    year = {"first_date": date(2026, 1, 1), "last_date": date(2026, 12, 31)}
    (old,) = add_targets(district.session, district.plan, [target("3", 24, **year)], **BY)
    facts = {
        "number": "5/KH",
        "signed_on": date(2026, 6, 20),
        "valid_from": date(2026, 7, 1),
        "changes": "Tăng",
    }
    amend(district.session, district.plan, changed={old.id: {"quantity": 30}}, **facts, **BY)

    def wanted(last):
        rows = compute_coverage(district.session, district.plan, date(2026, 1, 1), last, now=NOW).rows
        return [row.wanted for row in rows]

    assert wanted(date(2026, 12, 31)) == [30]
    assert wanted(date(2026, 6, 30)) == [12]  # half of 24: the report of spring stays what it was
    (amendment,) = list_amendments(district.session, district.plan)
    assert amendment.changed[0]["before"]["quantity"] == 24
    assert amendment.changed[0]["after"]["quantity"] == 30
    with pytest.raises(AmendmentTwice):
        amend(district.session, district.plan, changed={}, **facts, **BY)


def test_a_sheet_comes_back_as_it_went_and_bad_cells_are_named(district):
    targets = [
        target("3", 5, Measure.MINUTES, every=Every.QUARTER, maximum=9, weight=2),
        target(None, 7, form="2.radio", language="jra", source="=1+1"),
    ]
    back = read_sheet("x.xlsx", write_sheet(targets), district.plan)
    dump = {"id", "plan_id", "source"}
    assert [one.target.model_dump(exclude=dump) for one in back] == [
        one.model_dump(exclude=dump) for one in targets
    ]
    table = "nội dung;cách đếm;ít nhất;từ ngày\n3;lượt phát;5;01/02/2026\n3;cân;5;\n3;phút;nhiều;\n"
    rows = read_sheet("x.csv", table.encode(), district.plan)
    assert rows[0].target.first_date == date(2026, 2, 1)
    assert [row.line for row in rows if row.error] == [3, 4]
    assert "Cách đếm" in str(rows[1].error)
    for content in (b"", b"a,b\n1,2\n", b"PK\x03\x04rubbish", b"\xff\xfe1"):
        with pytest.raises(TargetSheetUnreadable):
            read_sheet("x", content, district.plan)


def test_units_and_sub_plans_refuse_what_cannot_be(district):
    session = district.session
    x = add_unit(session, Unit(code="x", name="Xã X", kind=UnitKind.COMMUNE), **BY)
    child = store_plan(
        session, make_document(title="X"), code="x", source_sha256="c" * 64, is_sample=False, now=NOW
    )
    place_under(session, child, district.plan, x)
    with pytest.raises(PlanParentUnfit):
        place_under(session, district.plan, child, None)
    new = succeed(session, ["x"], Unit(code="y", name="Xã Y", kind=UnitKind.COMMUNE), on=FIRST, **BY)
    with pytest.raises(UnitGone):
        succeed(session, ["x"], Unit(code="z", name="Xã Z", kind=UnitKind.COMMUNE), on=LAST, **BY)
    with pytest.raises(UnitUnknown, match="y"):
        change_unit(session, "yy", name="Y", **BY)
    assert (x.successor_id, x.valid_until) == (new.id, date(2026, 10, 31))


def test_a_target_that_plan_and_sub_plan_share_stands_once(district):
    session = district.session
    x = add_unit(session, Unit(code="x", name="Xã X", kind=UnitKind.COMMUNE), **BY)
    child = store_plan(
        session, make_document(title="X"), code="x", source_sha256="c" * 64, is_sample=False, now=NOW
    )
    place_under(session, child, district.plan, x)
    set_targets(session, district.plan, [target("3", 5, unit="x"), target("1", 5)])
    set_targets(session, child, [target("3", 8), target("30", 2)])
    rows = compute_coverage(session, district.plan, FIRST, LAST, now=NOW).rows
    assert sorted((row.plan, row.theme, row.unit, row.wanted) for row in rows) == [
        ("2026", "1", None, 5), ("x", "3", "x", 8), ("x", "30", "x", 2),
    ]  # fmt: skip


def test_a_task_is_overdue_until_it_is_done(district):
    add_unit(district.session, Unit(code="x", name="X", kind=UnitKind.OFFICE), **BY)
    today = date(2026, 11, 10)
    task = add_task(
        district.session, district.plan, unit="x", title="Báo cáo", due_on=date(2026, 11, 9), **BY
    )
    assert list_tasks(district.session, district.plan)[0].is_overdue(today)
    change_task(district.session, task.id, state=TaskState.DONE, today=today, **BY)
    assert not task.is_overdue(today)
    assert task.done_on == today
    assert list_targets(district.session, district.plan) == []
