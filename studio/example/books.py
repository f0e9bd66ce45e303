"""The example district's money: a decision, what its lines are spent on, royalties for the scripts."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session, select

from assets.messages import say
from studio.activities.models import Activity
from studio.example.stage import Progress, Row, Stage
from studio.money.amounts import write_sum
from studio.money.ledger import add_decision, add_expense, add_line, enter, list_decisions, list_lines
from studio.money.models import RoyaltyRule, RoyaltyUnit
from studio.money.models import Stage as MoneyStage
from studio.money.royalties import Work, add_rule, fill_in, list_royalties, pay
from studio.people.models import User
from studio.planning.plans import find_plan
from studio.scripts.models import ScriptState
from studio.scripts.workflow import list_scripts

_BY = "quanly"


def keep_books(stage: Stage, progress: Progress) -> list[Row]:
    """Everything of `[money]` in `district.toml`, in one transaction, once."""
    district, facts = stage.district, stage.district.facts["money"]
    progress(0.0, say("example.keeping_books"))
    with stage.database.writing() as session:
        plan = find_plan(session, district.plan_code)
        if not list_decisions(session, plan):
            who: dict[str, Any] = {"by": _BY, "now": district.at(district.last + timedelta(days=1), 7)}
            decision = add_decision(
                session, plan, number=facts["decision"], signed_on=facts["signed_on"], title=facts["title"],
                **who,
            )  # fmt: skip
            activities = {one.title: one.id for one in session.exec(select(Activity))}
            for given in facts["lines"]:
                line = add_line(
                    session, decision, code=given["code"], title=given["title"], amount=given["amount"], **who
                )
                for one in given["expenses"]:
                    activity = activities[one["activity"]] if "activity" in one else None
                    expense = add_expense(session, line, title=one["title"], activity_id=activity, **who)
                    for entry in one["entries"]:
                        enter(
                            session, expense, stage=MoneyStage(entry["stage"]), amount=entry["amount"],
                            day=entry["day"], note=entry.get("note", ""), over_reason=entry.get("over", ""),
                            **who,
                        )  # fmt: skip
            for rate in facts["rates"]:
                unit = RoyaltyUnit(rate.get("unit", "page"))
                rule = RoyaltyRule(**{**rate, "unit": unit, "valid_from": facts["signed_on"]})
                add_rule(session, rule, **who)
            _pay_writers(session, stage, who)
        lines = list_lines(session, plan)
        royalties = list_royalties(session, district.first, district.last)
    figures = say(
        "example.money_figures",
        given=write_sum(sum(one.line.amount for one in lines)),
        settled=write_sum(sum(one.sums.settlement for one in lines)),
        royalties=write_sum(sum(one.amount for one, _ in royalties)),
    )
    return [Row(say("example.money"), figures, f"loa --home {stage.settings.home} money list")]


def _pay_writers(session: Session, stage: Stage, who: dict[str, Any]) -> None:
    """Each approved script by its words, one day after the other; and who read it, by the session."""
    district = stage.district
    approved = sorted(list_scripts(session, state=ScriptState.APPROVED), key=lambda script: script.code)
    for number, script in enumerate(approved):
        day = district.week[number % district.days]
        writer = session.get_one(User, script.author_id).full_name
        for genre in ("Bài", "Đọc"):
            pay(session, fill_in(session, Work(writer, day, genre), script.code), **who)
