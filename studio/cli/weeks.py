"""`loa schedule show, sheet, ical`: a week as a table, on paper, in a calendar."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from assets.messages import say
from assets.whole import put_whole
from playlists.week import MOST_DAYS, Week, WeekSession, describe_week, monday_of, read_week
from studio.cli.output import now, print_json, print_table
from studio.cli.parser import Commands, add_command, add_option, read_day
from studio.database import open_database
from studio.settings import Settings


def add_commands(schedule: Commands) -> None:
    for name, run in (("sheet", write_sheet), ("ical", write_ical)):
        command = add_command(schedule, f"schedule.{name}", run)
        add_option(command, "--station", required=True, metavar="S")
        if name == "sheet":
            add_option(command, "--week", type=read_day, default=None, metavar="D", key="week_day")
        add_option(command, "-o", "--output", type=Path, required=True, metavar="FILE", key="week_file")


def show(chosen: argparse.Namespace, settings: Settings) -> None:
    """Weeks as tables on a terminal, a line for each piece elsewhere or with `--lines`."""
    from scheduler.filling import PeriodBackwards
    from scheduler.stations import find_station, list_stations

    days = (chosen.last - chosen.first).days + 1
    if days < 1:
        raise PeriodBackwards(first=f"{chosen.first:%d/%m/%Y}", last=f"{chosen.last:%d/%m/%Y}")
    with open_database(settings).reading() as session:
        stations = [find_station(session, code) for code in chosen.station or ()] or list_stations(session)
        weeks = [read_week(session, one, chosen.first, days=min(days, MOST_DAYS)) for one in stations]
    if chosen.json:
        print_json([describe_week(week) for week in weeks])
    elif chosen.lines or not sys.stdout.isatty():
        _print_lines(weeks)
    else:
        for week in weeks:
            print_weeks(week, Console(markup=False, highlight=False))


def print_weeks(week: Week, console: Console) -> None:
    """A table for each seven days: a column a day, what happens at the same hour in the same row."""
    for start in range(0, len(week.days), 7):
        days = week.days[start : start + 7]
        title = f"{week.station_name}  {days[0].day:%d/%m/%Y} – {days[-1].day:%d/%m/%Y}"
        table = Table(title=title, title_justify="left", header_style="bold", show_lines=True, expand=True)
        for one in days:
            table.add_column(f"{say(f'playlists.weekday.{one.day.weekday()}')} {one.day:%d/%m}", ratio=1)
        hours = sorted({session.starts_at.time() for one in days for session in one.sessions})
        for hour in hours:
            cells = [
                "\n".join(
                    line
                    for session in one.sessions
                    if session.starts_at.time() == hour
                    for line in _tell_session(session)
                )
                for one in days
            ]
            table.add_row(*cells)
        console.print(table if hours else f"{title}\n{say('web.week.none')}")


def _tell_session(session: WeekSession) -> list[str]:
    pieces = [f"• {piece.title}" for piece in session.segments] or [session.note]
    return [f"{session.starts_at:%H:%M}–{session.ends_at:%H:%M} {session.slot}", *pieces]


def _print_lines(weeks: Sequence[Week]) -> None:
    print_table(
        [say(f"cli.column.{name}") for name in ("station", "day", "time", "length", "title", "state")],
        [
            (
                week.station,
                f"{one.day:%d/%m/%Y}",
                f"{piece.starts_at:%H:%M:%S}",
                f"{piece.duration_ms // 60000}:{piece.duration_ms // 1000 % 60:02d}",
                piece.title,
                say(f"scheduler.state.{piece.state}"),
            )
            for week in weeks
            for one in week.days
            for session in one.sessions
            for piece in session.pieces
        ],
    )


def write_sheet(chosen: argparse.Namespace, settings: Settings) -> None:
    from playlists.weeksheet import write_week_sheet
    from scheduler.stations import find_station

    day = chosen.week or now().astimezone(settings.timezone).date()
    with open_database(settings).reading() as session:
        week = read_week(session, find_station(session, chosen.station), monday_of(day))
    _write(chosen.output, write_week_sheet(week))


def write_ical(chosen: argparse.Namespace, settings: Settings) -> None:
    from playlists.feeds import write_feed
    from scheduler.stations import find_station

    with open_database(settings).reading() as session:
        station = find_station(session, chosen.station)
        content = write_feed(session, station, now().astimezone(settings.timezone).date())
    _write(chosen.output, content)


def _write(path: Path, content: bytes) -> None:
    put_whole(path, content)
    print(path)
