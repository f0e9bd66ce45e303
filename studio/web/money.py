"""Money on pages: what was given, what it is spent on, and the royalties by the centre's own table."""

from datetime import date, datetime, timedelta
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request, Response
from pydantic import BaseModel
from sqlmodel import Session

from assets.errors import LoaError
from assets.messages import say
from assets.units import VIETNAM
from studio.activities.activities import list_activities
from studio.money.amounts import read_amount, spell_money, write_money
from studio.money.ledger import (
    MoneyUnusable,
    Sums,
    add_decision,
    add_expense,
    add_line,
    enter,
    find_decision,
    find_expense,
    find_line,
    list_decisions,
    list_entries,
    list_lines,
)
from studio.money.models import RoyaltyRule, RoyaltyUnit, Stage
from studio.money.royalties import (
    Work,
    add_rule,
    end_rule,
    fill_in,
    list_royalties,
    list_rules,
    name_unit,
    pay,
    take_back,
)
from studio.people.models import User
from studio.people.permissions import Action
from studio.planning.models import Plan
from studio.planning.plans import find_plan, list_plans
from studio.scripts.workflow import list_scripts
from studio.web.access import Allowed, Now, Reading, Writing, check_form, parse_day
from studio.web.templating import redirect, render

router = APIRouter(include_in_schema=False)

Reader = Annotated[User, Depends(Allowed(Action.READ_MONEY))]
Writer = Annotated[User, Depends(Allowed(Action.WRITE_MONEY))]


class MoneyForm(BaseModel):
    """The fields of all forms on the page, as words; each deed reads its own."""

    plan: str = ""
    number: str = ""
    signed_on: str = ""
    decision: str = ""
    code: str = ""
    title: str = ""
    amount: str = ""
    line: str = ""
    activity: str = ""
    expense: str = ""
    stage: str = "commitment"
    day: str = ""
    note: str = ""
    over: str = ""
    csrf: str = ""


class RoyaltyForm(BaseModel):
    script: str = ""
    genre: str = ""
    language: str = ""
    unit: str = "page"
    amount: str = ""
    cap: str = ""
    first: str = ""
    last: str = ""
    person: str = ""
    title: str = ""
    day: str = ""
    words: str = ""
    count: str = "1"
    csrf: str = ""


@router.get("/money")
def show_money(request: Request, *, session: Reading, _user: Reader, now: Now, plan: str = "") -> Response:
    return _show(request, session, MoneyForm(plan=plan), now)


@router.post("/money/{deed}", dependencies=[Depends(check_form)])
def act(
    request: Request, *, session: Writing, user: Writer, now: Now, deed: str,
    given: Annotated[MoneyForm, Form()],
) -> Response:  # fmt: skip
    """`decision`, `line`, `expense` or `entry` is added."""
    try:
        with session.begin_nested():
            plan = find_plan(session, given.plan or None)
            _add(session, plan, deed, given, by=user.username, now=now)
    except LoaError as error:
        return _show(request, session, given, now, (deed, error))
    return redirect(f"/money?plan={quote(plan.code)}", request)


def _add(session: Session, plan: Plan, deed: str, given: MoneyForm, *, by: str, now: datetime) -> None:
    if deed == "decision":
        day = parse_day(given.signed_on)
        add_decision(session, plan, number=given.number, signed_on=day, title=given.title, by=by, now=now)
    elif deed == "line":
        decision = find_decision(session, plan, given.decision)
        amount = read_amount(given.amount)
        add_line(session, decision, code=given.code, title=given.title, amount=amount, by=by, now=now)
    elif deed == "expense":
        line = find_line(session, _read_number(given.line))
        activity = _read_number(given.activity) if given.activity else None
        add_expense(session, line, title=given.title, activity_id=activity, by=by, now=now)
    elif given.stage in set(Stage):
        enter(
            session, find_expense(session, _read_number(given.expense)), stage=Stage(given.stage),
            amount=read_amount(given.amount), day=parse_day(given.day), note=given.note,
            over_reason=given.over, by=by, now=now,
        )  # fmt: skip
    else:
        raise MoneyUnusable(field=say("reports.column.stage"), value=given.stage[:20])


@router.get("/royalties")
def show_royalties(
    request: Request, *, session: Reading, _user: Reader, now: Now, month: str = ""
) -> Response:
    return _show_royalties(request, session, now, RoyaltyForm(), month=month)


@router.post("/royalties", dependencies=[Depends(check_form)])
def pay_one(
    request: Request, *, session: Writing, user: Writer, now: Now, given: Annotated[RoyaltyForm, Form()]
) -> Response:
    try:
        with session.begin_nested():
            work = Work(
                person=given.person, day=parse_day(given.day), genre=given.genre, title=given.title,
                language=given.language, words=_read_number(given.words or "0"),
                count=_read_number(given.count or "1"),
            )  # fmt: skip
            if given.script.strip():
                work = fill_in(session, work, given.script)
            pay(session, work, by=user.username, now=now)
    except LoaError as error:
        return _show_royalties(request, session, now, given, problem=("pay", error))
    return redirect(f"/royalties?month={work.day:%Y-%m}", request)


@router.post("/royalties/rules", dependencies=[Depends(check_form)])
def add_rate(
    request: Request, *, session: Writing, user: Writer, now: Now, given: Annotated[RoyaltyForm, Form()]
) -> Response:
    try:
        with session.begin_nested():
            rule = RoyaltyRule(
                genre=given.genre, language=given.language, amount=read_amount(given.amount),
                unit=RoyaltyUnit(given.unit) if given.unit in set(RoyaltyUnit) else RoyaltyUnit.PAGE,
                cap_per_day=read_amount(given.cap) if given.cap.strip() else None,
                valid_from=parse_day(given.first),
                valid_until=parse_day(given.last) if given.last.strip() else None,
            )  # fmt: skip
            add_rule(session, rule, by=user.username, now=now)
    except LoaError as error:
        return _show_royalties(request, session, now, given, problem=("rule", error))
    return redirect("/royalties", request)


@router.post("/royalties/rules/{rule_id}/end", dependencies=[Depends(check_form)])
def end_rate(
    request: Request, *, session: Writing, user: Writer, now: Now, rule_id: int,
    last: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    end_rule(session, rule_id, last=parse_day(last), by=user.username, now=now)
    return redirect("/royalties", request)


@router.post("/royalties/{royalty_id}/remove", dependencies=[Depends(check_form)])
def strike_out(request: Request, *, session: Writing, user: Writer, now: Now, royalty_id: int) -> Response:
    take_back(session, royalty_id, by=user.username, now=now)
    return redirect("/royalties", request)


def _show(
    request: Request, session: Session, given: MoneyForm, now: datetime,
    problem: tuple[str, LoaError] | None = None,
) -> Response:  # fmt: skip
    plans = list_plans(session)
    plan = next((one for one in plans if one.code == given.plan), plans[0] if plans else None)
    lines = list_lines(session, plan) if plan else []
    total = sum((one.sums for one in lines), Sums())
    entries = list_entries(session, plan, date.min, date.max) if plan else []
    values = {
        "title": say("web.money.title"),
        "plan": plan,
        "plans": plans,
        "lines": lines,
        "decisions": [one.number for one in list_decisions(session, plan)] if plan else [],
        "total": total,
        "given_total": sum(one.line.amount for one in lines),
        "left": sum(one.left for one in lines),
        "entries": entries[:-51:-1],
        "entry_count": len(entries),
        "activities": list_activities(session, limit=200).items,
        "stages": list(Stage),
        "today": now.astimezone(VIETNAM).date(),
        "given": given,
        "deed": problem[0] if problem else "",
        "problem": problem[1] if problem else None,
        "money": write_money,
        "spell": spell_money,
    }
    return render(request, "money.html", values, problem[1].http_status if problem else 200)


def _show_royalties(
    request: Request, session: Session, now: datetime, given: RoyaltyForm, *, month: str = "",
    problem: tuple[str, LoaError] | None = None,
) -> Response:  # fmt: skip
    today = now.astimezone(VIETNAM).date()
    first = parse_day(f"{month}-01") if month else today.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    found = list_royalties(session, first, following - timedelta(days=1))
    people: dict[str, int] = {}
    for one, _ in found:
        people[one.person] = people.get(one.person, 0) + one.amount
    values = {
        "title": say("web.royalties.title"),
        "rules": list_rules(session),
        "units": list(RoyaltyUnit),
        "name_unit": name_unit,
        "found": found,
        "people": sorted(people.items()),
        "scripts": [one for one in list_scripts(session) if one.approved_revision is not None][:200],
        "total": sum(people.values()),
        "month": first,
        "earlier": first - timedelta(days=1),
        "later": following,
        "today": today,
        "given": given,
        "deed": problem[0] if problem else "",
        "problem": problem[1] if problem else None,
        "money": write_money,
        "spell": spell_money,
    }
    return render(request, "royalties.html", values, problem[1].http_status if problem else 200)


def _read_number(text: str) -> int:
    """Raises: MoneyUnusable."""
    bare = text.strip()
    if not (bare.isascii() and bare.isdigit() and len(bare) < 10):
        raise MoneyUnusable(field=say("web.money.number"), value=bare[:20] or "–")
    return int(bare)
