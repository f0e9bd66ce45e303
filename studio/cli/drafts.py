"""`loa schedule plan, diff, drafts, apply, discard, undo, pin, ban, hand, lift`: changes by hand."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assets.messages import say
from studio.cli.output import now, print_json, print_table, show_progress
from studio.cli.parser import Commands, Parser, add_command, add_json, add_option, add_period, read_day
from studio.database import Database, open_database
from studio.people.accounts import find_user
from studio.settings import Settings

if TYPE_CHECKING:
    from scheduler.changes import ScheduleChange
    from studio.arranging.drafts import Wanted
    from studio.arranging.showing import ShownChange, ShownPiece


def add_commands(schedule: Commands) -> None:
    plan = add_command(schedule, "schedule.plan", make)
    add_period(plan)
    add_option(plan, "--station", action="append", default=[], metavar="S")
    add_option(plan, "--afresh", action="store_true")
    add_option(plan, "--cause", default="", metavar="TEXT")
    add_option(plan, "--seed", type=int, default=0, metavar="N")
    _add_person(plan)
    add_json(plan)
    for name, run in (("diff", show), ("apply", apply), ("discard", discard), ("undo", undo)):
        command = add_command(schedule, f"schedule.{name}", run)
        if name == "undo":
            add_option(command, "number", type=int, nargs="?", default=None, metavar="N", key="change_number")
        else:
            add_option(command, "number", type=int, metavar="N", key="change_number")
        if name != "diff":
            _add_person(command)
        add_json(command)
    add_json(add_command(schedule, "schedule.drafts", list_all))
    _add_hands(schedule)


def _add_hands(schedule: Commands) -> None:
    pin = add_command(schedule, "schedule.pin", pin_one)
    ban = add_command(schedule, "schedule.ban", ban_one)
    for command, must in ((pin, True), (ban, False)):
        add_option(command, "asset", metavar="KEY", key="asset_key")
        add_option(command, "--station", required=must, default=None, metavar="S")
        add_option(command, "--slot", required=must, default=None, metavar="NAME", key="slot_name")
        if must:
            add_option(command, "--date", type=read_day, required=True, metavar="D")
        else:
            add_option(command, "--from", dest="first", type=read_day, default=None, metavar="D", key="from")
            add_option(command, "--to", dest="last", type=read_day, default=None, metavar="D", key="to")
        add_option(command, "--reason", default="", metavar="TEXT", key="hand_reason")
        _add_person(command)
    add_json(add_command(schedule, "schedule.hand", list_hand))
    lift = add_command(schedule, "schedule.lift", lift_one)
    add_option(lift, "number", type=int, metavar="N", key="hand_number")
    _add_person(lift)


def _add_person(command: Parser) -> None:
    add_option(command, "--by", required=True, metavar="USER")


def make(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.arranging.drafts import Wanted
    from studio.arranging.showing import show_change

    database = open_database(settings)
    wanted = Wanted(chosen.first, chosen.last, chosen.station, chosen.cause, chosen.afresh, chosen.seed)
    change = _draft(database, wanted, chosen.by)
    with database.reading() as session:
        shown = show_change(session, change) if change else None
    if shown is None:
        _print_nothing(json=chosen.json)
        return
    _print_change(shown, json=chosen.json)
    if not chosen.json:
        print(say("cli.schedule.plan.next", number=shown.change.id))


def _draft(
    database: Database, wanted: "Wanted", username: str, *, instead: int | None = None
) -> "ScheduleChange | None":
    """The days planned anew, with a bar where that takes long; the draft `instead` is discarded with it."""
    from studio.arranging.drafts import AT_ONCE, discard_draft, keep_draft, measure_draft, propose_draft
    from studio.people.permissions import Action, require

    moment = now()
    with database.reading() as session:
        require(find_user(session, username), Action.FILL_SCHEDULE)
        small = measure_draft(session, wanted) <= AT_ONCE
        with show_progress(quiet=small) as report:
            proposal = propose_draft(session, wanted, now=moment, report=report)
    with database.writing() as session:
        by = find_user(session, username)
        if instead is not None:
            discard_draft(session, instead, by=by, now=moment)
        return keep_draft(session, proposal, wanted, by=by, now=moment)


def show(chosen: argparse.Namespace, settings: Settings) -> None:
    from scheduler.drafts import find_change
    from studio.arranging.showing import show_change

    with open_database(settings).reading() as session:
        shown = show_change(session, find_change(session, chosen.number))
    _print_change(shown, json=chosen.json)


def apply(chosen: argparse.Namespace, settings: Settings) -> None:
    from scheduler.drafts import DraftStale, find_change
    from studio.arranging.drafts import apply_draft, read_wanted

    database = open_database(settings)
    try:
        with database.writing() as session:
            change = apply_draft(session, chosen.number, by=find_user(session, chosen.by), now=now())
    except DraftStale:
        with database.reading() as session:
            wanted = read_wanted(find_change(session, chosen.number))
        fresh = _draft(database, wanted, chosen.by, instead=chosen.number)
        if fresh is None:
            print(say("cli.schedule.apply.nothing_left"))
        else:
            print(say("cli.schedule.apply.fresh", number=fresh.id))
        raise
    _tell(chosen, change.id, "applied")


def discard(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.arranging.drafts import discard_draft

    with open_database(settings).writing() as session:
        change = discard_draft(session, chosen.number, by=find_user(session, chosen.by), now=now())
    _tell(chosen, change.id, "discarded")


def undo(chosen: argparse.Namespace, settings: Settings) -> None:
    from scheduler.drafts import ChangeUnknown
    from studio.arranging.drafts import find_last_applied, undo_change

    with open_database(settings).writing() as session:
        number = chosen.number
        if number is None:
            last = find_last_applied(session)
            if last is None or last.id is None:
                raise ChangeUnknown(number="–")
            number = last.id
        change = undo_change(session, number, by=find_user(session, chosen.by), now=now())
    _tell(chosen, change.id, "undone")


def list_all(chosen: argparse.Namespace, settings: Settings) -> None:
    from scheduler.drafts import list_changes
    from studio.arranging.showing import describe_shown, show_change

    with open_database(settings).reading() as session:
        found = [show_change(session, one) for one in list_changes(session)]
    if chosen.json:
        print_json([describe_shown(one) for one in found])
        return
    if not found:
        print(say("cli.schedule.drafts.none"))
        return
    print_table(
        [say(f"cli.column.{name}") for name in ("code", "state", "days", "changes", "who", "why")],
        [
            (
                one.change.id,
                say(f"arranging.state.{one.change.state}"),
                f"{one.change.first_date:%d/%m} – {one.change.last_date:%d/%m/%Y}",
                one.headline,
                one.change.undone_by or one.change.closed_by or one.change.made_by,
                one.change.cause,
            )
            for one in found
        ],
    )


def pin_one(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.arranging.hands import pin_piece
    from studio.arranging.showing import warn_of

    with open_database(settings).writing() as session:
        rule = pin_piece(
            session,
            chosen.asset,
            station=chosen.station,
            slot=chosen.slot,
            day=chosen.date,
            by=find_user(session, chosen.by),
            now=now(),
            reason=chosen.reason,
        )
        warning = warn_of(session, rule, now=now())
    print(say("cli.schedule.pin.done", number=rule.id))
    if warning:
        print(f"  {warning}")


def ban_one(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.arranging.hands import ban_piece

    with open_database(settings).writing() as session:
        rule = ban_piece(
            session,
            chosen.asset,
            station=chosen.station,
            slot=chosen.slot,
            first=chosen.first,
            last=chosen.last,
            by=find_user(session, chosen.by),
            now=now(),
            zone=settings.timezone,
            reason=chosen.reason,
        )
    print(say("cli.schedule.ban.done", number=rule.id))


def list_hand(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.arranging.showing import show_rules

    with open_database(settings).reading() as session:
        rules = show_rules(session, since=now().astimezone(settings.timezone).date(), now=now())
    if chosen.json:
        print_json(
            [
                {
                    **one.rule.model_dump(mode="json"),
                    "asset": one.key,
                    "where": one.where,
                    "warning": one.warning,
                }
                for one in rules
            ]
        )
        return
    if not rules:
        print(say("arranging.no_rules"))
        return
    print_table(
        [say(f"cli.column.{name}") for name in ("code", "kind", "title", "where", "who", "why")],
        [
            (
                one.rule.id,
                say(f"arranging.kind.{one.rule.kind}"),
                one.title,
                one.where,
                one.rule.made_by,
                one.rule.reason,
            )
            for one in rules
        ],
    )


def lift_one(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.arranging.hands import lift_rule

    with open_database(settings).writing() as session:
        lift_rule(session, chosen.number, by=find_user(session, chosen.by), now=now())
    print(say("cli.schedule.lift.done", number=chosen.number))


def _tell(chosen: argparse.Namespace, number: int | None, key: str) -> None:
    if chosen.json:
        print_json({"number": number, "state": key})
    else:
        print(say(f"cli.schedule.{key}", number=number))


def _print_nothing(*, json: bool) -> None:
    if json:
        print_json({"number": None, "days": []})
    else:
        print(say("arranging.nothing"))


def _print_change(shown: "ShownChange", *, json: bool) -> None:
    from studio.arranging.showing import describe_shown

    if json:
        print_json(describe_shown(shown))
        return
    change = shown.change
    print(say("cli.schedule.diff.head", number=change.id, state=say(f"arranging.state.{change.state}")))
    print(shown.headline)
    rows: list[tuple[object, ...]] = []
    for day in shown.days:
        where = (day.station_name, f"{day.day:%d/%m/%Y}")
        rows += [(*where, say("arranging.sign.added"), *_cells(one), one.why) for one in day.added]
        rows += [(*where, say("arranging.sign.removed"), *_cells(one), one.why) for one in day.removed]
        rows += [
            (
                *where,
                say("arranging.sign.moved"),
                *_cells(new),
                say("arranging.from", where=_tell_session(old)),
            )
            for old, new in day.moved
        ]
    columns = ("station", "day", "change", "time", "title", "why")
    print_table([say(f"cli.column.{name}") for name in columns], rows)
    goals = [
        (goal.name, goal.before, goal.after, goal.wanted, say(f"planning.measure.{goal.measure}"))
        for goal in shown.telling_goals
    ]
    if goals:
        names = ("goal", "before", "after", "wanted", "measure")
        print_table([say(f"cli.column.{name}") for name in names], goals)
    for goal in shown.telling_goals:
        if goal.proof:
            print(say("cli.schedule.short", goal=goal.name, missing=goal.missing, why=goal.proof[0]))
            print_ways(goal.proof[1:])
    for line in (*shown.refused_pins, *shown.idle):
        print(line)


def print_ways(ways: Sequence[str]) -> None:
    for way in ways:
        print(say("cli.schedule.way", way=way))


def _cells(one: "ShownPiece") -> tuple[str, str]:
    return f"{one.starts_at:%H:%M:%S}", one.title


def _tell_session(one: "ShownPiece") -> str:
    return f"{one.slot} {one.day:%d/%m}"
