"""Decisions, lines, expenses and their entries: what was given, estimated, committed, settled.

Missing
├── LineMissing
├── DecisionMissing
└── ExpenseMissing
Invalid
└── MoneyUnusable
Conflict
├── MoneyTwice
├── LineExceeded
└── ExpenseBelowNought

Entries are only ever added, so every sum can be opened to them and none can be changed behind it. At every
stage the entries of a line stay within its amount, unless one says why not.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from assets.errors import Conflict, Invalid, Missing
from assets.messages import say
from studio.activities.activities import find_activity
from studio.money.amounts import check_amount, write_money
from studio.money.models import Expense, FundingDecision, FundingLine, MoneyEntry, Stage
from studio.people.audit import record
from studio.planning.models import Plan

MOST_WORDS = 300


class DecisionMissing(Missing):
    """The plan has no funding decision of this number."""


class LineMissing(Missing):
    """There is no line of this number."""


class ExpenseMissing(Missing):
    """There is no expense of this number."""


class MoneyUnusable(Invalid):
    """A field of a decision, line or expense is empty or wrong."""


class MoneyTwice(Conflict):
    """A decision or line of this number is there already."""


class LineExceeded(Conflict):
    """The entry goes beyond the line, and nobody has said why."""


class ExpenseBelowNought(Conflict):
    """An entry takes back more than there is."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What the entries of a line or an expense add up to, in đồng."""

    estimate: int = 0
    commitment: int = 0
    settlement: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.estimate + other.estimate,
            self.commitment + other.commitment,
            self.settlement + other.settlement,
        )


@dataclass(frozen=True, slots=True)
class LineState:
    decision: FundingDecision
    line: FundingLine
    sums: Sums
    expenses: tuple[tuple[Expense, Sums], ...]

    @property
    def left(self) -> int:
        """What is neither committed nor settled; below nought where it is exceeded."""
        return self.line.amount - max(self.sums.commitment, self.sums.settlement)


def add_decision(
    session: Session, plan: Plan, *, number: str, signed_on: date, title: str = "", by: str, now: datetime
) -> FundingDecision:
    """Raises: MoneyUnusable, MoneyTwice."""
    number = _need("number", number)
    assert plan.id is not None
    known = select(FundingDecision).where(
        FundingDecision.plan_id == plan.id, FundingDecision.number == number
    )
    if session.exec(known).first() is not None:
        raise MoneyTwice(what=number)
    decision = FundingDecision(
        plan_id=plan.id, number=number, signed_on=signed_on, title=title.strip()[:MOST_WORDS],
        is_sample=plan.is_sample,
    )  # fmt: skip
    session.add(decision)
    session.flush()
    _note(session, f"funding/{decision.id}", "add-decision", decision.model_dump(mode="json"), by=by, now=now)
    return decision


def list_decisions(session: Session, plan: Plan) -> list[FundingDecision]:
    """In the order of their signing."""
    order = (col(FundingDecision.signed_on), col(FundingDecision.id))
    return list(
        session.exec(select(FundingDecision).where(FundingDecision.plan_id == plan.id).order_by(*order))
    )


def find_decision(session: Session, plan: Plan, number: str) -> FundingDecision:
    """Raises: DecisionMissing, with those there are."""
    known = list_decisions(session, plan)
    found = next((one for one in known if one.number == number.strip()), None)
    if found is None:
        raise DecisionMissing(number=number[:60], known=", ".join(one.number for one in known) or "–")
    return found


def add_line(
    session: Session, decision: FundingDecision, *, code: str, title: str, amount: int, by: str, now: datetime
) -> FundingLine:
    """Raises: MoneyUnusable, MoneyTwice, AmountUnreadable."""
    code = _need("code", code)
    if check_amount(amount) <= 0:
        raise MoneyUnusable(field=say("money.field.amount"), value=write_money(amount))
    assert decision.id is not None
    known = select(FundingLine).where(FundingLine.decision_id == decision.id, FundingLine.code == code)
    if session.exec(known).first() is not None:
        raise MoneyTwice(what=code)
    line = FundingLine(decision_id=decision.id, code=code, title=_need("title", title), amount=amount)
    session.add(line)
    session.flush()
    _note(session, f"funding/{decision.id}", "add-line", line.model_dump(mode="json"), by=by, now=now)
    return line


def find_line(session: Session, number: int) -> FundingLine:
    """Raises: LineMissing."""
    line = session.get(FundingLine, number)
    if line is None:
        raise LineMissing(number=number)
    return line


def add_expense(
    session: Session,
    line: FundingLine,
    *,
    title: str,
    by: str,
    now: datetime,
    activity_id: int | None = None,
    asset_key: str | None = None,
) -> Expense:
    """Raises: MoneyUnusable, ActivityMissing."""
    if activity_id is not None:
        find_activity(session, activity_id)
    assert line.id is not None
    expense = Expense(
        line_id=line.id, title=_need("title", title), activity_id=activity_id, asset_key=asset_key or None,
        added_by=by, added_at=now,
    )  # fmt: skip
    session.add(expense)
    session.flush()
    _note(session, f"expense/{expense.id}", "add-expense", expense.model_dump(mode="json"), by=by, now=now)
    return expense


def find_expense(session: Session, number: int) -> Expense:
    """Raises: ExpenseMissing."""
    expense = session.get(Expense, number)
    if expense is None:
        raise ExpenseMissing(number=number)
    return expense


def enter(
    session: Session,
    expense: Expense,
    *,
    stage: Stage,
    amount: int,
    day: date,
    by: str,
    now: datetime,
    note: str = "",
    over_reason: str = "",
) -> MoneyEntry:
    """Add an entry; below nought takes back what was entered.

    Raises:
        MoneyUnusable: of nought. AmountUnreadable
        ExpenseBelowNought: the sum of the expense would fall below nought.
        LineExceeded: the sum of the line would pass its amount, without `over_reason`.
    """
    if check_amount(amount) == 0:
        raise MoneyUnusable(field=say("money.field.amount"), value="0")
    # Until the transaction ends, nobody else adds to this line.
    line = session.exec(select(FundingLine).where(FundingLine.id == expense.line_id).with_for_update()).one()
    own = _sum(session, stage, col(MoneyEntry.expense_id) == expense.id)
    if own + amount < 0:
        raise ExpenseBelowNought(
            title=expense.title, sum=write_money(own), amount=write_money(amount), stage=_name(stage)
        )
    whole = _sum(session, stage, col(Expense.line_id) == line.id)
    over = amount > 0 and whole + amount > line.amount
    reason = over_reason.strip()[:MOST_WORDS]
    if over and not reason:
        raise LineExceeded(
            line=line.code, amount=write_money(line.amount), stage=_name(stage),
            sum=write_money(whole + amount), over=write_money(whole + amount - line.amount),
        )  # fmt: skip
    assert expense.id is not None
    entry = MoneyEntry(
        expense_id=expense.id, stage=stage, day=day, amount=amount, note=note.strip()[:MOST_WORDS],
        over_reason=reason if over else "", entered_by=by, entered_at=now,
    )  # fmt: skip
    session.add(entry)
    session.flush()
    _note(session, f"expense/{expense.id}", "enter", entry.model_dump(mode="json"), by=by, now=now)
    return entry


def list_lines(session: Session, plan: Plan, *, until: date | None = None) -> list[LineState]:
    """The lines of a plan with what they add up to, over the entries up to a day."""
    query = (
        select(MoneyEntry.expense_id, MoneyEntry.stage, func.sum(MoneyEntry.amount))
        .where(True if until is None else col(MoneyEntry.day) <= until)
        .group_by(col(MoneyEntry.expense_id), col(MoneyEntry.stage))
    )
    amounts: dict[int, dict[str, int]] = defaultdict(dict)
    for expense_id, stage, amount in session.exec(query):
        amounts[expense_id][Stage(stage).value] = int(amount)
    expenses: dict[int, list[tuple[Expense, Sums]]] = defaultdict(list)
    for expense in session.exec(select(Expense).order_by(col(Expense.id))):
        expenses[expense.line_id].append((expense, Sums(**amounts.get(expense.id or 0, {}))))
    lines = session.exec(
        select(FundingDecision, FundingLine)
        .join(FundingLine, col(FundingLine.decision_id) == col(FundingDecision.id))
        .where(FundingDecision.plan_id == plan.id)
        .order_by(col(FundingDecision.signed_on), col(FundingDecision.id), col(FundingLine.code))
    )
    return [
        LineState(decision, line, _total([sums for _, sums in own]), tuple(own))
        for decision, line in lines
        for own in [expenses.get(line.id or 0, [])]
    ]


def list_entries(
    session: Session, plan: Plan, first: date, last: date
) -> list[tuple[MoneyEntry, Expense, str]]:
    """The entries of some days, with their expense and the code of its line."""
    query = (
        select(MoneyEntry, Expense, FundingLine.code)
        .join(Expense, col(Expense.id) == col(MoneyEntry.expense_id))
        .join(FundingLine, col(FundingLine.id) == col(Expense.line_id))
        .join(FundingDecision, col(FundingDecision.id) == col(FundingLine.decision_id))
        .where(FundingDecision.plan_id == plan.id, col(MoneyEntry.day).between(first, last))
        .order_by(col(MoneyEntry.day), col(MoneyEntry.id))
    )
    return list(session.exec(query))


def _total(sums: Sequence[Sums]) -> Sums:
    total = Sums()
    for one in sums:
        total += one
    return total


def _sum(session: Session, stage: Stage, condition: object) -> int:
    query = (
        select(func.coalesce(func.sum(MoneyEntry.amount), 0))
        .join(Expense, col(Expense.id) == col(MoneyEntry.expense_id))
        .where(MoneyEntry.stage == stage, condition)  # type: ignore[arg-type]
    )
    return int(session.exec(query).one())


def _need(field: str, text: str) -> str:
    found = " ".join(text.split())[:MOST_WORDS]
    if not found:
        raise MoneyUnusable(field=say(f"money.field.{field}"), value="–")
    return found


def _name(stage: Stage) -> str:
    return say(f"money.stage.{stage}").lower()


def _note(
    session: Session, subject: str, deed: str, after: dict[str, object], *, by: str, now: datetime
) -> None:
    record(session, at=now, by=by, action=f"money.{deed}", subject=subject, after=after)
