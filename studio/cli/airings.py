"""`loa schedule`, `loa playlist`: from the slots to what a station downloads."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from assets.messages import say
from assets.store import Store
from assets.whole import put_whole
from studio.cli import campaigns, drafts, grid, weeks
from studio.cli.drafts import print_ways
from studio.cli.output import as_json, now, print_json
from studio.cli.parser import (
    Commands,
    add_command,
    add_group,
    add_json,
    add_option,
    add_period,
    read_day,
)
from studio.database import open_database
from studio.settings import Settings

if TYPE_CHECKING:
    from scheduler.filling import FillResult
    from scheduler.sessions import Refusal


def add_commands(commands: Commands) -> None:
    _add_schedule(commands)
    playlists = add_group(commands, "playlist")
    export = add_command(playlists, "playlist.export", export_playlist)
    add_option(export, "--station", required=True, metavar="S")
    add_option(export, "--date", type=read_day, required=True, metavar="D")
    add_option(export, "--format", default="m3u8,json", metavar="F,F", key="playlist_format")
    add_option(export, "-o", "--output", type=Path, required=True, metavar="PATH", key="folder")


def _add_schedule(commands: Commands) -> None:
    schedule = add_group(commands, "schedule")
    for room in (weeks, drafts, grid, campaigns):
        room.add_commands(schedule)
    for name, run in (("fill", fill), ("show", weeks.show)):
        command = add_command(schedule, f"schedule.{name}", run)
        add_period(command)
        add_option(command, "--station", action="append", default=None, metavar="S")
        add_json(command)
        if name == "show":
            add_option(command, "--lines", action="store_true", key="lines_of_pieces")
        if name == "fill":
            add_option(command, "--plan", default=None, metavar="CODE", key="plan_code")
            add_option(command, "--seed", type=int, default=0, metavar="N")


def fill(chosen: argparse.Namespace, settings: Settings) -> None:
    from scheduler.filling import fill_schedule
    from scheduler.proof import tell_proof
    from scheduler.stations import list_stations
    from studio.planning.goals import goals_for
    from studio.planning.plans import find_plan, list_plans

    with open_database(settings).writing() as session:
        codes = chosen.station or [s.code for s in list_stations(session, on=chosen.first)]
        plan = find_plan(session, chosen.plan) if chosen.plan or list_plans(session) else None
        goals = goals_for(session, plan, chosen.first, chosen.last) if plan else []
        filled = fill_schedule(
            session,
            stations=codes,
            first=chosen.first,
            last=chosen.last,
            goals=goals,
            now=now(),
            seed=chosen.seed,
            explain=True,
        )
    if chosen.json:
        print_json(as_json(filled))
        return
    print(say("cli.schedule.filled", airings=filled.airings, refusals=len(filled.refusals)))
    _print_refusals(filled)
    for row in filled.proofs:
        why, *ways = tell_proof(row)
        print(say("cli.schedule.short", goal=row["name"], missing=row["missing"], why=why))
        print_ways(ways)


def _print_refusals(filled: "FillResult") -> None:
    """Each with its mend; what there is much of, together; goals that are proven short have lines."""
    proven = {row["goal"] for row in filled.proofs}
    from scheduler.reasons import NOT_CHOSEN

    many: dict[str, list[Refusal]] = {"time-left": [], NOT_CHOSEN: []}
    for refusal in filled.refusals:
        if refusal.reason.code in many:
            many[refusal.reason.code].append(refusal)
        elif refusal.subject != "goal" or refusal.name not in proven:
            print(f"  {refusal.wording}")
    if spare := many["time-left"]:
        most = max(spare, key=lambda one: int(one.reason.data["seconds"]))
        words = {"count": len(spare), "name": most.title, "seconds": most.reason.data["seconds"]}
        print(f"  {say('cli.schedule.spare', **words)}")
    if left := many[NOT_CHOSEN]:
        first = ", ".join(one.title for one in left[:3]) + (" …" if len(left) > 3 else "")
        print(f"  {say('cli.schedule.left_out', count=len(left), first=first)}")


def export_playlist(chosen: argparse.Namespace, settings: Settings) -> None:
    from playlists.builder import publish_day, read_version
    from playlists.bundle import write_bundle
    from playlists.formats.registry import find_format

    names = [name.strip() for name in chosen.format.split(",") if name.strip()]
    formats = [find_format(name) for name in names if name != "zip"]
    with open_database(settings).writing() as session:
        day = read_version(publish_day(session, chosen.station, chosen.date, now=now()))
    for known in formats:
        target = chosen.output / f"{day.name}{known.suffix}"
        put_whole(target, known.write(day))
        print(target)
    if "zip" in names:
        target = chosen.output / f"{day.name}.zip"
        digest = write_bundle(day, Store(settings.store), target)
        print(f"{target}  sha256 {digest}")
