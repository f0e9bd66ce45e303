"""`loa report`, `loa period`: figures as files, and the periods they are closed for."""

import argparse
from pathlib import Path

from assets.messages import say
from studio.cli.output import now, print_json, print_table
from studio.cli.parser import (
    Commands,
    CommandUnreadable,
    Parser,
    add_command,
    add_group,
    add_json,
    add_option,
    add_period,
    read_day,
)
from studio.database import open_database
from studio.people.audit import SYSTEM
from studio.settings import Settings

_WORDS = ("superior", "issuer", "number", "place", "subject", "addressee", "role", "signer")
_LISTS = ("legal_bases", "assessment", "difficulties", "proposals", "recipients", "capacity")


def add_commands(commands: Commands) -> None:
    report = add_command(commands, "report", write_reports)
    add_option(report, "kinds", metavar="airtime,coverage,plan,activities,money", nargs="?", default="")
    for name, dest in (("--from", "first"), ("--to", "last")):
        add_option(report, name, dest=dest, type=read_day, default=None, metavar="D", key=name[2:])
    add_option(report, "--period", type=int, default=None, metavar="N", key="report_period")
    add_option(report, "--format", default="html", metavar="html,xlsx,docx,pdf,csv,json", key="report_format")
    add_option(report, "--plan", default=None, metavar="CODE", key="plan_code")
    add_option(report, "-o", "--output", type=Path, required=True, metavar="PATH", key="report_output")
    verbs = add_group(commands, "period")
    fresh = add_command(verbs, "period.add", add)
    add_option(fresh, "kind", metavar="KIND", key="period_kind")
    add_option(fresh, "name", metavar="NAME", key="period_name")
    add_period(fresh)
    add_option(fresh, "--plan", default=None, metavar="CODE", key="plan_code")
    add_json(add_command(verbs, "period.list", show_all))
    for name, run in (
        ("write", write),
        ("close", close),
        ("corrections", show_corrections),
        ("remove", remove),
    ):
        command = add_command(verbs, f"period.{name}", run)
        add_option(command, "period", type=int, metavar="N", key="report_period")
        if name == "write":
            _add_words(command)
        elif name == "corrections":
            add_json(command)


def _add_words(command: Parser) -> None:
    for word in _WORDS:
        add_option(command, f"--{word}", default=None, metavar="TEXT", key=f"letter_{word}")
    for word in _LISTS:
        flag = f"--{word.replace('_', '-')}"
        add_option(command, flag, dest=word, default=None, metavar="TEXT", key=f"letter_{word}")
    add_option(command, "--signed-on", type=read_day, default=None, metavar="D", key="letter_signed_on")


def write_reports(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.planning.plans import find_plan
    from studio.reports.periods import find_period, read_report
    from studio.reports.registry import find_writer, write_period, write_report

    kinds = [kind.strip() for kind in chosen.kinds.split(",") if kind.strip()]
    formats = [name.strip() for name in chosen.format.split(",") if name.strip()]
    days = (chosen.first, chosen.last)
    if (chosen.period is None) is (not kinds or None in days) or (chosen.period is not None and any(days)):
        raise CommandUnreadable(message="KIND --from --to | --period", command="loa report")
    for name in formats:
        find_writer(name)
    several = (len(kinds) or 1) * len(formats) > 1
    with open_database(settings).reading() as session:
        if chosen.period is not None:
            period = find_period(session, chosen.period)
            for name in formats:
                report = read_report(session, period, now=now(), traced=find_writer(name).traces)
                path = chosen.output / f"{period.kind}.{name}" if several else chosen.output
                print(write_period(report, name, path))
            return
        plan = find_plan(session, chosen.plan)
        for kind in kinds:
            for name in formats:
                path = chosen.output / f"{kind}.{name}" if several else chosen.output
                write_report(
                    session, kind=kind, plan=plan, first=chosen.first, last=chosen.last, format=name,
                    path=path, now=now(),
                )  # fmt: skip
                print(path)


def add(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.planning.plans import find_plan
    from studio.reports.periods import add_period as add_one

    with open_database(settings).writing() as session:
        plan = find_plan(session, chosen.plan)
        period = add_one(
            session, plan, kind=chosen.kind, name=chosen.name, first=chosen.first, last=chosen.last,
            by=SYSTEM, now=now(),
        )  # fmt: skip
        number = period.id
    print(say("cli.period.added", number=number))


def show_all(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.reports.periods import list_periods

    with open_database(settings).reading() as session:
        periods = list_periods(session)
    if chosen.json:
        print_json([one.model_dump(mode="json", exclude={"figures"}) for one in periods])
        return
    columns = ("number", "kind", "name", "from", "to", "closed")
    print_table(
        [say(f"cli.column.{name}") for name in columns],
        [
            (one.id, one.kind, one.name, f"{one.first_date:%d/%m/%Y}", f"{one.last_date:%d/%m/%Y}",
             f"{one.closed_at:%d/%m/%Y} {one.sha256[:12]}" if one.closed_at else "—")
            for one in periods
        ],
    )  # fmt: skip


def write(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.reports.letter import split_lines
    from studio.reports.periods import find_period, write_letter

    words: dict[str, object] = {
        name: value for name in _WORDS if (value := getattr(chosen, name)) is not None
    }
    words |= {
        name: split_lines(value.replace("\\n", "\n"))
        for name in _LISTS
        if (value := getattr(chosen, name)) is not None
    }
    if chosen.signed_on:
        words["signed_on"] = chosen.signed_on.isoformat()
    with open_database(settings).writing() as session:
        write_letter(session, find_period(session, chosen.period), words, by=SYSTEM, now=now())
    print(say("cli.period.written", number=chosen.period))


def close(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.reports.periods import close_period, find_period

    with open_database(settings).writing() as session:
        period = find_period(session, chosen.period)
        close_period(session, period, by=SYSTEM, now=now())
        digest = period.sha256
    print(say("cli.period.closed", number=chosen.period, sha256=digest))


def show_corrections(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.reports.periods import find_period, read_corrections

    with open_database(settings).reading() as session:
        period = find_period(session, chosen.period)
        table = read_corrections(session, period, now=now())
    rows = table.rows if table else ()
    if chosen.json:
        keys = [column.key for column in table.columns] if table else []
        print_json([dict(zip(keys, row, strict=True)) for row in rows])
        return
    if table is None:
        key = "cli.period.no_corrections" if period.closed_at else "cli.period.open"
        print(say(key, number=chosen.period))
        return
    print_table([column.title for column in table.columns], list(rows))


def remove(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.reports.periods import find_period, remove_period

    with open_database(settings).writing() as session:
        remove_period(session, find_period(session, chosen.period), by=SYSTEM, now=now())
    print(say("cli.period.removed", number=chosen.period))
