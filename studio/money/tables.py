"""Money as tables of a report: lines, expenses, entries beyond a line, royalties; and the sums in words."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from assets.messages import say
from studio.money.amounts import write_money, write_sum
from studio.money.ledger import LineState, Sums, list_entries, list_lines
from studio.money.royalties import list_royalties
from studio.planning.models import Plan
from studio.reports.report import Cell, Column, Table

_STAGES = (Column("estimate", "money"), Column("committed", "money"), Column("settled", "money"))


def tabulate_money(session: Session, plan: Plan, first: date, last: date) -> list[Table]:
    """The lines as they stand on the last day; entries and royalties of the days from first to last."""
    lines = list_lines(session, plan, until=last)
    entries = list_entries(session, plan, first, last)
    tables = [_tabulate_lines(lines), _tabulate_expenses(lines)]
    columns = (
        Column("entry_id", "count"), Column("day", "day"), Column("line_code"), Column("expense"),
        Column("stage"), Column("amount", "money"), Column("note"), Column("over_reason"),
    )  # fmt: skip
    rows = tuple(
        (entry.id, entry.day, code, expense.title, say(f"money.stage.{entry.stage}"), entry.amount,
         entry.note, entry.over_reason)
        for entry, expense, code in entries
    )  # fmt: skip
    tables.append(Table("money_entries", columns, rows))
    return [*tables, *_tabulate_royalties(session, first, last)]


def draft_money(session: Session, plan: Plan, last: date) -> list[str]:
    """The sums in figures and words, and why a line was exceeded; nothing without any line."""
    lines = list_lines(session, plan, until=last)
    if not lines:
        return []
    total = sum((one.sums for one in lines), Sums())
    found = [
        say(
            "money.draft.lines",
            given=write_sum(sum(one.line.amount for one in lines)),
            estimate=write_sum(total.estimate),
            committed=write_sum(total.commitment),
            settled=write_sum(total.settlement),
        )
    ]
    reasons = [
        say("money.draft.over", line=code, amount=write_money(entry.amount), why=entry.over_reason)
        for entry, _, code in list_entries(session, plan, date.min, last)
        if entry.over_reason
    ]
    return [*found, *reasons]


def _cells(sums: Sums) -> tuple[Cell, ...]:
    return sums.estimate, sums.commitment, sums.settlement


def _tabulate_lines(lines: Sequence[LineState]) -> Table:
    columns = (
        Column("decision"), Column("line_code"), Column("line_title"), Column("given", "money"), *_STAGES,
        Column("left", "money"),
    )  # fmt: skip
    rows = tuple(
        (one.decision.number, one.line.code, one.line.title, one.line.amount, *_cells(one.sums), one.left)
        for one in lines
    )
    total = sum((one.sums for one in lines), Sums())
    given, left = sum(one.line.amount for one in lines), sum(one.left for one in lines)
    totals = (say("reports.total"), None, None, given, *_cells(total), left)
    return Table("money_lines", columns, rows, totals if rows else None)


def _tabulate_expenses(lines: Sequence[LineState]) -> Table:
    columns = (
        Column("line_code"),
        Column("expense"),
        Column("activity_id", "count"),
        Column("product"),
        *_STAGES,
    )
    rows = tuple(
        (one.line.code, expense.title, expense.activity_id, expense.asset_key, *_cells(sums))
        for one in lines
        for expense, sums in one.expenses
    )
    total = sum((one.sums for one in lines), Sums())
    totals = (say("reports.total"), None, None, None, *_cells(total))
    return Table("money_expenses", columns, rows, totals if rows else None)


def _tabulate_royalties(session: Session, first: date, last: date) -> list[Table]:
    found = list_royalties(session, first, last)
    columns = (
        Column("royalty_id", "count"), Column("day", "day"), Column("person"), Column("genre"),
        Column("piece"), Column("language"), Column("words", "count"), Column("pieces", "count"),
        Column("full_amount", "money"), Column("amount", "money"),
    )  # fmt: skip
    rows = tuple(
        (one.id, one.day, one.person, rule.genre, one.title, rule.language or None, one.words or None,
         one.count, one.full_amount, one.amount)
        for one, rule in found
    )  # fmt: skip
    people: dict[str, int] = defaultdict(int)
    for one, _ in found:
        people[one.person] += one.amount
    label, total = say("reports.total"), sum(people.values())
    blank = (None,) * 7
    return [
        Table(
            "money_people",
            (Column("person"), Column("amount", "money")),
            tuple(sorted(people.items())),
            (label, total) if people else None,
        ),
        Table(
            "money_royalties",
            columns,
            rows,
            (label, *blank, sum(one.full_amount for one, _ in found), total) if rows else None,
        ),
    ]
