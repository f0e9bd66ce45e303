"""`loa asrun …`: logs taken in, what was held of them mended, the rollup rebuilt."""

import argparse
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from assets.errors import LoaError, Missing
from assets.messages import say
from assets.store import Store
from studio.cli.output import as_json, now, print_json, print_table, show_progress
from studio.cli.parser import Commands, add_command, add_group, add_json, add_option, find_file
from studio.database import Database, open_database
from studio.people.audit import SYSTEM
from studio.settings import Settings

if TYPE_CHECKING:
    from scheduler.asrun import LogResult

_TOGETHER = 200
"""Logs in one transaction at most."""
_HEAD = 65_536
"""Bytes in which the first row of a log stands."""


class LogsHeld(Missing):
    """Logs were kept, but nobody knows yet whose they are."""


def add_commands(commands: Commands) -> None:
    logs = add_group(commands, "asrun")
    load = add_command(logs, "asrun.import", import_asrun)
    add_option(load, "files", type=find_file, nargs="+", metavar="FILE", key="logs")
    add_option(load, "--station", default=None, metavar="S", key="log_station")
    add_json(load)
    held = add_command(logs, "asrun.held", show_held)
    add_json(held)
    mend = add_command(logs, "asrun.mend", mend_held)
    add_option(mend, "log", type=int, metavar="LOG", key="log_number")
    add_option(mend, "--code", default=None, metavar="REASON", key="held_code")
    add_option(mend, "--station", default=None, metavar="S", key="mend_station")
    add_option(mend, "--shift", default=None, metavar="MINUTES|auto", key="mend_shift")
    add_option(mend, "--dismiss", default=None, metavar="WHY", key="mend_dismiss")
    add_json(mend)
    rollup = add_command(logs, "asrun.rollup", tend_rollup)
    add_option(rollup, "--rebuild", action="store_true", key="rollup_rebuild")
    add_json(rollup)


def import_asrun(chosen: argparse.Namespace, settings: Settings) -> None:
    """Each file stands alone: one that cannot be read is named, the others are taken in."""
    taken = take_files(open_database(settings), Store(settings.store), chosen.files, chosen.station)
    results = [(path, told) for path, told in taken if not isinstance(told, LoaError)]
    failed = [(path, told) for path, told in taken if isinstance(told, LoaError)]
    if chosen.json:
        print_json([{"file": str(path), **as_json(result)} for path, result in results])
    else:
        _print_results(results, failed)
    if failed:
        raise failed[0][1]
    strange = [result for _, result in results if result.station is None]
    if strange:
        raise LogsHeld(logs=", ".join(str(result.log_id) for result in strange))


def take_files(
    database: Database, store: Store, files: Sequence[Path], station: str | None
) -> "list[tuple[Path, LogResult | LoaError]]":
    """Take logs in; the logs of a station share a transaction, so that its months are summed once.

    Stations do not wait for each other where the database lets several write.
    """
    from scheduler.asrun import import_log
    from scheduler.logs import name_station

    logs: dict[str, list[int]] = defaultdict(list)
    for number, path in enumerate(files):
        with path.open("rb") as stream:
            logs[station or name_station(stream.read(_HEAD))].append(number)
    told: dict[int, LogResult | LoaError] = {}

    def take(numbers: Sequence[int]) -> None:
        for start in range(0, len(numbers), _TOGETHER):
            with database.writing() as session:
                for number in numbers[start : start + _TOGETHER]:
                    path = files[number]
                    try:
                        told[number] = import_log(
                            session, store, station, path.name, path.read_bytes(), now=now()
                        )
                    except LoaError as error:
                        told[number] = error

    with ThreadPoolExecutor(database.writers) as pool:
        list(pool.map(take, logs.values()))
    return [(path, told[number]) for number, path in enumerate(files)]


def _print_results(
    results: "Sequence[tuple[Path, LogResult]]", failed: Sequence[tuple[Path, LoaError]]
) -> None:
    for path, result in results:
        problems = len(result.problems)
        print(say("cli.asrun.done", file=path, rows=result.rows, matched=result.matched, problems=problems))
        for problem in result.problems:
            print(f"  {problem.wording}")
    for path, problem_with_file in failed[1:]:
        print(f"{path}: {problem_with_file}")


def show_held(chosen: argparse.Namespace, settings: Settings) -> None:
    from scheduler.quarantine import list_held

    with open_database(settings).reading() as session:
        held = list_held(session)
    if chosen.json:
        print_json([as_json(one) for one in held])
        return
    if not held:
        print(say("cli.asrun.none_held"))
        return
    print_table(
        [say(f"cli.column.{name}") for name in ("number", "station", "file", "code", "lines", "why")],
        [
            (one.log_id, one.station or "?", one.name, one.code, len(one.lines), one.example.wording)
            for one in held
        ],
    )


def mend_held(chosen: argparse.Namespace, settings: Settings) -> None:
    from scheduler.quarantine import AUTO
    from studio.cli.parser import CommandUnreadable
    from studio.people.mending import mend_log

    shift: timedelta | str | None = chosen.shift
    if chosen.shift not in (None, AUTO):
        try:
            shift = timedelta(minutes=int(chosen.shift))
        except (ValueError, OverflowError):
            raise CommandUnreadable(message=f"--shift {chosen.shift}", command="loa asrun mend") from None
    with open_database(settings).writing() as session:
        done = mend_log(
            session,
            Store(settings.store),
            chosen.log,
            by=SYSTEM,
            now=now(),
            code=chosen.code,
            station=chosen.station,
            shift=shift,
            dismiss=chosen.dismiss,
        )
    if chosen.json:
        print_json(as_json(done))
        return
    print(say("cli.asrun.mended", lines=done.lines, matched=done.matched, held=done.held))


def tend_rollup(chosen: argparse.Namespace, settings: Settings) -> None:
    """Compare the rollup with the rows, or make it anew from them."""
    from scheduler.rollup import check_rollup, rebuild_rollup

    database: Database = open_database(settings)
    if chosen.rebuild:
        with show_progress(quiet=chosen.json) as progress, database.writing() as session:
            words = say("cli.asrun.rebuilding")
            months = rebuild_rollup(session, lambda share: progress(share, words))
        print_json({"months": months}) if chosen.json else print(say("cli.asrun.rebuilt", months=months))
        return
    with database.writing() as session:
        wrong = check_rollup(session)
    if chosen.json:
        print_json([as_json(one) for one in wrong])
    else:
        print(say("cli.asrun.rollup_wrong" if wrong else "cli.asrun.rollup_right", months=len(wrong)))
