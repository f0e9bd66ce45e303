"""`loa money …`: decisions, lines, expenses, entries, royalties."""

import argparse

from assets.messages import say
from studio.cli.output import now, print_json, print_table
from studio.cli.parser import Commands, add_command, add_group, add_json, add_option, add_period, read_day
from studio.database import open_database
from studio.money.models import RoyaltyUnit, Stage
from studio.people.audit import SYSTEM
from studio.settings import Settings


def add_commands(commands: Commands) -> None:
    verbs = add_group(commands, "money")
    decision = add_command(verbs, "money.decision", decide)
    add_option(decision, "number", metavar="NUMBER", key="money_number")
    add_option(decision, "--signed-on", type=read_day, required=True, metavar="D", key="money_signed_on")
    add_option(decision, "--title", default="", metavar="TEXT", key="money_title")
    line = add_command(verbs, "money.line", draw_line)
    add_option(line, "code", metavar="CODE", key="money_line_code")
    add_option(line, "amount", metavar="DONG", key="money_amount")
    add_option(line, "--decision", required=True, metavar="NUMBER", key="money_number")
    add_option(line, "--title", required=True, metavar="TEXT", key="money_title")
    expense = add_command(verbs, "money.expense", spend)
    add_option(expense, "title", metavar="TEXT", key="money_title")
    add_option(expense, "--line", type=int, required=True, metavar="N", key="money_line")
    add_option(expense, "--activity", type=int, default=None, metavar="N", key="activity_number")
    add_option(expense, "--product", default=None, metavar="KEY", key="money_product")
    entry = add_command(verbs, "money.enter", enter)
    add_option(entry, "expense", type=int, metavar="N", key="money_expense")
    add_option(entry, "stage", choices=[one.value for one in Stage], key="money_stage")
    add_option(entry, "amount", metavar="DONG", key="money_amount")
    add_option(entry, "--on", type=read_day, required=True, metavar="D", key="money_on")
    add_option(entry, "--note", default="", metavar="TEXT", key="money_note")
    add_option(entry, "--over", default="", metavar="WHY", key="money_over")
    add_json(add_command(verbs, "money.list", show_all))
    for command in (decision, line, verbs.choices["list"]):
        add_option(command, "--plan", default=None, metavar="CODE", key="plan_code")
    _add_royalties(verbs)


def _add_royalties(verbs: Commands) -> None:
    rate = add_command(verbs, "money.rate", set_rate)
    add_option(rate, "genre", metavar="GENRE", key="money_genre")
    add_option(rate, "amount", metavar="DONG", key="money_amount")
    add_option(rate, "--unit", choices=[one.value for one in RoyaltyUnit], default="page", key="money_unit")
    add_option(rate, "--language", default="", metavar="CODE", key="money_language")
    add_option(rate, "--cap", default=None, metavar="DONG", key="money_cap")
    add_option(rate, "--from", dest="first", type=read_day, required=True, metavar="D", key="from")
    add_option(rate, "--to", dest="last", type=read_day, default=None, metavar="D", key="to")
    pay = add_command(verbs, "money.pay", pay_work)
    add_option(pay, "person", metavar="NAME", key="money_person")
    add_option(pay, "title", nargs="?", default="", metavar="TEXT", key="money_title")
    add_option(pay, "--script", default="", metavar="CODE", key="money_script")
    add_option(pay, "--genre", required=True, metavar="GENRE", key="money_genre")
    add_option(pay, "--on", type=read_day, required=True, metavar="D", key="money_on")
    add_option(pay, "--language", default="", metavar="CODE", key="money_language")
    add_option(pay, "--words", type=int, default=0, metavar="N", key="money_words")
    add_option(pay, "--count", type=int, default=1, metavar="N", key="money_count")
    royalties = add_command(verbs, "money.royalties", show_royalties)
    add_period(royalties)
    add_json(royalties)


def decide(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.money.ledger import add_decision
    from studio.planning.plans import find_plan

    with open_database(settings).writing() as session:
        plan = find_plan(session, chosen.plan)
        add_decision(
            session, plan, number=chosen.number, signed_on=chosen.signed_on, title=chosen.title, by=SYSTEM,
            now=now(),
        )  # fmt: skip
    print(say("cli.money.kept", what=chosen.number))


def draw_line(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.money.amounts import read_amount, write_sum
    from studio.money.ledger import add_line, find_decision
    from studio.planning.plans import find_plan

    amount = read_amount(chosen.amount)
    with open_database(settings).writing() as session:
        decision = find_decision(session, find_plan(session, chosen.plan), chosen.decision)
        line = add_line(
            session, decision, code=chosen.code, title=chosen.title, amount=amount, by=SYSTEM, now=now()
        )
        number = line.id
    print(say("cli.money.numbered", number=number, what=write_sum(amount)))


def spend(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.money.ledger import add_expense, find_line

    with open_database(settings).writing() as session:
        expense = add_expense(
            session, find_line(session, chosen.line), title=chosen.title, activity_id=chosen.activity,
            asset_key=chosen.product, by=SYSTEM, now=now(),
        )  # fmt: skip
        number = expense.id
    print(say("cli.money.numbered", number=number, what=chosen.title))


def enter(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.money import ledger
    from studio.money.amounts import read_amount, write_sum

    amount = read_amount(chosen.amount)
    with open_database(settings).writing() as session:
        ledger.enter(
            session, ledger.find_expense(session, chosen.expense), stage=Stage(chosen.stage), amount=amount,
            day=chosen.on, note=chosen.note, over_reason=chosen.over, by=SYSTEM, now=now(),
        )  # fmt: skip
    print(say("cli.money.kept", what=write_sum(amount)))


def show_all(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.money.amounts import write_money
    from studio.money.ledger import list_lines
    from studio.planning.plans import find_plan

    with open_database(settings).reading() as session:
        lines = list_lines(session, find_plan(session, chosen.plan))
    rows = [
        {"number": one.line.id, "decision": one.decision.number, "line_code": one.line.code,
         "line_title": one.line.title, "given": one.line.amount, "estimate": one.sums.estimate,
         "committed": one.sums.commitment, "settled": one.sums.settlement, "left": one.left,
         "expenses": [{"number": expense.id, "title": expense.title, "estimate": sums.estimate,
                       "committed": sums.commitment, "settled": sums.settlement}
                      for expense, sums in one.expenses]}
        for one in lines
    ]  # fmt: skip
    if chosen.json:
        print_json(rows)
        return
    amounts = ("given", "estimate", "committed", "settled", "left")
    words = ("decision", "line_code", "line_title")
    print_table(
        [say("cli.column.number"), *(say(f"reports.column.{name}") for name in (*words, *amounts))],
        [
            (row["number"], *(row[name] for name in words),
             *(write_money(int(str(row[name]))) for name in amounts))
            for row in rows
        ],
    )  # fmt: skip


def set_rate(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.money.amounts import read_amount, write_sum
    from studio.money.models import RoyaltyRule
    from studio.money.royalties import add_rule

    amount = read_amount(chosen.amount)
    with open_database(settings).writing() as session:
        rule = RoyaltyRule(
            genre=chosen.genre, language=chosen.language, unit=RoyaltyUnit(chosen.unit), amount=amount,
            cap_per_day=read_amount(chosen.cap) if chosen.cap else None, valid_from=chosen.first,
            valid_until=chosen.last,
        )  # fmt: skip
        add_rule(session, rule, by=SYSTEM, now=now())
        number = rule.id
    print(say("cli.money.numbered", number=number, what=write_sum(amount)))


def pay_work(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.money.amounts import write_sum
    from studio.money.royalties import Work, fill_in, pay

    with open_database(settings).writing() as session:
        work = Work(
            person=chosen.person, day=chosen.on, genre=chosen.genre, title=chosen.title,
            language=chosen.language, words=chosen.words, count=chosen.count,
        )  # fmt: skip
        if chosen.script:
            work = fill_in(session, work, chosen.script)
        royalty = pay(session, work, by=SYSTEM, now=now())
        number, amount = royalty.id, royalty.amount
    words = f" · {say('reports.column.words')}: {work.words}" if work.words else ""
    print(say("cli.money.numbered", number=number, what=write_sum(amount)) + words)


def show_royalties(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.money.amounts import write_money, write_sum
    from studio.money.royalties import list_royalties

    with open_database(settings).reading() as session:
        found = list_royalties(session, chosen.first, chosen.last)
    if chosen.json:
        print_json([one.model_dump(mode="json") | {"genre": rule.genre} for one, rule in found])
        return
    columns = ("day", "person", "genre", "piece", "amount")
    print_table(
        [say(f"reports.column.{name}") for name in columns],
        [
            (f"{one.day:%d/%m/%Y}", one.person, rule.genre, one.title, write_money(one.amount))
            for one, rule in found
        ],
    )  # fmt: skip
    print(f"{say('reports.total')}: {write_sum(sum(one.amount for one, _ in found))}")
