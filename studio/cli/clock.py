"""`loa clock list`: what the clock did by itself, what comes next, and who keeps the time."""

import argparse
from datetime import datetime, timedelta

from assets.messages import say
from studio.cli.output import now, print_json, print_table
from studio.cli.parser import Commands, add_command, add_group, add_json, add_option
from studio.database import open_database
from studio.settings import Settings


def add_commands(commands: Commands) -> None:
    clock = add_group(commands, "clock")
    listing = add_command(clock, "clock.list", list_journal)
    add_option(listing, "--limit", type=int, default=30, metavar="N", key="clock_limit")
    add_json(listing)


def list_journal(chosen: argparse.Namespace, settings: Settings) -> None:
    from scheduler.clock import find_firings
    from studio.jobs.desk import find_leader, list_turns
    from studio.jobs.timers import list_timers

    moment = now()
    coming = find_firings(list_timers(settings), moment, moment + timedelta(days=1))
    with open_database(settings).reading() as session:
        turns = list_turns(session, limit=max(1, chosen.limit))
        leader = find_leader(session, moment)
    if chosen.json:
        print_json(
            {
                "leader": leader.holder if leader else None,
                "coming": [{"timer": one.name, "due_at": one.due_at} for one in coming],
                "turns": [
                    {
                        **turn.firing.model_dump(mode="json", exclude={"id"}),
                        "late_seconds": int(turn.late.total_seconds()),
                        "state": turn.job.state,
                        "error": turn.job.error,
                        "result": turn.job.result,
                    }
                    for turn in turns
                ],
            }
        )
        return

    def tell(value: datetime) -> str:
        return f"{value.astimezone(settings.timezone):%H:%M %d/%m/%Y}"

    print(say("web.clock.leads", holder=leader.holder) if leader else say("web.clock.nobody"))
    rows = [(tell(one.due_at), "", say(f"jobs.kind.{one.name}"), "") for one in reversed(coming)]
    rows += [
        (
            tell(turn.firing.due_at),
            tell(turn.firing.fired_at),
            say(f"jobs.kind.{turn.firing.timer}"),
            turn.job.error or say(f"jobs.state.{turn.job.state}"),
        )
        for turn in turns
    ]
    print_table([say(f"web.clock.{name}") for name in ("due", "fired", "what", "state")], rows)
