"""Money: sums are those of the entries, a line is never exceeded in silence, nothing is a float."""

from collections import defaultdict
from datetime import date

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from studio.money.amounts import AmountUnreadable
from studio.money.ledger import (
    DecisionMissing,
    ExpenseBelowNought,
    LineExceeded,
    MoneyTwice,
    MoneyUnusable,
    add_decision,
    add_expense,
    add_line,
    enter,
    find_decision,
    list_lines,
)
from studio.money.models import MoneyEntry, Stage
from studio.money.tables import draft_money, tabulate_money
from studio.people.audit import list_entries as list_audit
from studio.planning.plans import find_plan
from studio.reports.composing import make_report
from studio.reports.registry import find_writer
from tests.studio.planning.district import FIRST, LAST, NOW, District

WHO = {"by": "sep", "now": NOW}
DAY = date(2026, 11, 3)


@pytest.fixture
def session(database):
    with database.writing() as session:
        District(session).add_plan()
        yield session


def open_line(session, amount=10_000_000):
    plan = find_plan(session)
    decision = add_decision(session, plan, number="440/QĐ-UBND", signed_on=date(2025, 12, 16), **WHO)
    return plan, add_line(session, decision, code="TDA2", title="Truyền thông", amount=amount, **WHO)


def test_a_line_fills_up_stage_by_stage(session):
    plan, line = open_line(session)
    talk = add_expense(session, line, title="Đối thoại", **WHO)
    enter(session, talk, stage=Stage.ESTIMATE, amount=6_000_000, day=DAY, **WHO)
    enter(session, talk, stage=Stage.COMMITMENT, amount=5_000_000, day=DAY, **WHO)
    enter(session, talk, stage=Stage.SETTLEMENT, amount=4_500_000, day=DAY, **WHO)
    state = list_lines(session, plan)[0]
    assert (state.sums.estimate, state.sums.commitment, state.sums.settlement) == (
        6_000_000,
        5_000_000,
        4_500_000,
    )
    assert state.left == 5_000_000
    assert list_lines(session, plan, until=date(2026, 11, 2))[0].sums.estimate == 0


def test_beyond_the_line_needs_a_reason_that_is_kept(session):
    plan, line = open_line(session)
    talk = add_expense(session, line, title="Đối thoại", **WHO)
    enter(session, talk, stage=Stage.COMMITMENT, amount=10_000_000, day=DAY, **WHO)
    with pytest.raises(LineExceeded, match=r"10\.000\.000.*vượt 1 đồng"):
        enter(session, talk, stage=Stage.COMMITMENT, amount=1, day=DAY, **WHO)
    with pytest.raises(LineExceeded):
        enter(session, talk, stage=Stage.COMMITMENT, amount=1, day=DAY, over_reason="  ", **WHO)
    entry = enter(
        session, talk, stage=Stage.COMMITMENT, amount=1, day=DAY, over_reason="Bổ sung xăng xe", **WHO
    )
    assert entry.over_reason == "Bổ sung xăng xe"
    assert list_lines(session, plan)[0].left == -1
    assert "Bổ sung xăng xe" in " ".join(draft_money(session, plan, LAST))
    assert list_audit(session, subject=f"expense/{talk.id}")[0].after["over_reason"] == "Bổ sung xăng xe"


def test_a_mistake_is_taken_back_by_another_entry_and_never_below_nought(session):
    plan, line = open_line(session)
    talk = add_expense(session, line, title="Đối thoại", **WHO)
    enter(session, talk, stage=Stage.SETTLEMENT, amount=500, day=DAY, **WHO)
    enter(session, talk, stage=Stage.SETTLEMENT, amount=-200, day=DAY, **WHO)
    assert list_lines(session, plan)[0].sums.settlement == 300
    with pytest.raises(ExpenseBelowNought, match="300"):
        enter(session, talk, stage=Stage.SETTLEMENT, amount=-301, day=DAY, **WHO)
    with pytest.raises(MoneyUnusable):
        enter(session, talk, stage=Stage.SETTLEMENT, amount=0, day=DAY, **WHO)
    with pytest.raises(AmountUnreadable):
        enter(session, talk, stage=Stage.SETTLEMENT, amount=10**16, day=DAY, **WHO)


def test_decisions_and_lines_stand_once(session):
    plan, _ = open_line(session)
    decision = find_decision(session, plan, "440/QĐ-UBND")
    with pytest.raises(MoneyTwice, match="440"):
        add_decision(session, plan, number=" 440/QĐ-UBND ", signed_on=DAY, **WHO)
    with pytest.raises(MoneyTwice, match="TDA2"):
        add_line(session, decision, code="TDA2", title="Lại", amount=1, **WHO)
    with pytest.raises(DecisionMissing, match="440/QĐ-UBND"):
        find_decision(session, plan, "444/QĐ-UBND")
    for wrong in ({"amount": 0}, {"amount": -5}, {"code": " "}, {"title": ""}):
        with pytest.raises(MoneyUnusable):
            add_line(session, decision, **({"code": "X", "title": "x", "amount": 5} | wrong), **WHO)


@pytest.mark.parametrize("name", ["html", "xlsx", "docx", "pdf", "csv", "json"])
def test_the_report_on_money_is_written_in_every_format(session, name):
    plan, line = open_line(session)
    talk = add_expense(session, line, title='=HYPERLINK("http://x")', **WHO)
    enter(session, talk, stage=Stage.SETTLEMENT, amount=4_500_000, day=DAY, **WHO)
    report = make_report(session, kind="money", first=FIRST, last=LAST, now=NOW, plan=plan)
    assert "Bốn triệu năm trăm nghìn đồng" in " ".join(report.results)
    assert len(find_writer(name).write(report)) > 50


ENTRIES = st.lists(
    st.tuples(
        st.integers(0, 3), st.sampled_from(list(Stage)), st.integers(-3_000_000, 6_000_000), st.booleans()
    ),
    max_size=25,
)


@given(ENTRIES)
@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_sums_conserve_and_no_line_is_exceeded_in_silence(database, entries):
    with Session(database.engine) as session:  # nothing is kept
        plan = District(session).add_plan()
        decision = add_decision(session, plan, number="440/QĐ-UBND", signed_on=DAY, **WHO)
        lines = [
            add_line(session, decision, code=code, title=code, amount=amount, **WHO)
            for code, amount in (("A", 9_000_000), ("B", 4_000_000))
        ]
        expenses = [add_expense(session, lines[n % 2], title=f"K{n}", **WHO) for n in range(4)]
        taken: dict[tuple[int, Stage], int] = defaultdict(int)
        for at, stage, amount, with_reason in entries:
            try:
                enter(
                    session, expenses[at], stage=stage, amount=amount, day=DAY,
                    over_reason="lý do" if with_reason else "", **WHO,
                )  # fmt: skip
            except (LineExceeded, ExpenseBelowNought, MoneyUnusable):
                continue
            taken[at, stage] += amount
        states = list_lines(session, plan)
        for number, state in enumerate(states):
            for stage in Stage:
                expected = sum(taken[at, stage] for at in range(4) if at % 2 == number)
                found = getattr(state.sums, stage.value)
                assert found == expected == sum(getattr(sums, stage.value) for _, sums in state.expenses)
                assert type(found) is int
        running: dict[tuple[int, Stage], int] = defaultdict(int)
        for entry in session.exec(select(MoneyEntry).order_by(MoneyEntry.id)):
            line = next(one for one in expenses if one.id == entry.expense_id).line_id
            running[line, entry.stage] += entry.amount
            limit = next(one for one in lines if one.id == line).amount
            assert running[line, entry.stage] <= limit or entry.amount < 0 or entry.over_reason
        tables = {table.key: table for table in tabulate_money(session, plan, FIRST, LAST)}
        money = [
            cell
            for table in tables.values()
            for row in (*table.rows, *([table.totals] if table.totals else []))
            for cell, column in zip(row, table.columns, strict=True)
            if column.kind == "money"
        ]
        assert all(cell is None or type(cell) is int for cell in money)
        totals = tables["money_lines"].totals
        assert totals[4:7] == tuple(sum(row[at] for row in tables["money_lines"].rows) for at in (4, 5, 6))
        assert totals[4:7] == tables["money_expenses"].totals[4:7]
        session.rollback()
