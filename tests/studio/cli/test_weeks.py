"""`loa schedule show, sheet, ical`."""

import io
import json
from datetime import date

from rich.console import Console

from playlists.week import read_week
from scheduler.stations import find_station
from studio.cli.main import main
from studio.cli.weeks import print_weeks
from tests.studio.web.world import World

PERIOD = ("--from", "2026-11-30", "--to", "06/12/2026")


def run(world: World, capsys, *arguments):
    code = main(["--home", str(world.settings.home), "schedule", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_week_is_lines_for_programs_and_json_for_others(world: World, capsys):
    code, out, _ = run(world, capsys, "show", *PERIOD, "--station", "ia-dom")
    assert code == 0
    assert out.splitlines()[1].split("\t")[:3] == ["ia-dom", "01/12/2026", "05:00:00"]
    (week,) = json.loads(run(world, capsys, "show", *PERIOD, "--station", "ia-dom", "--json")[1])
    assert len(week["days"]) == 7
    assert run(world, capsys, "show", *PERIOD, "--station", "x")[0] == 3
    assert run(world, capsys, "show", "--from", "2026-12-02", "--to", "2026-12-01")[0] == 2


def test_on_a_terminal_it_is_a_table_with_a_column_a_day(world: World):
    with world.database.reading() as session:
        week = read_week(session, find_station(session, "ia-dom"), date(2026, 11, 30), days=9)
    shown = io.StringIO()
    print_weeks(week, Console(file=shown, width=200, markup=False))
    text = shown.getvalue()
    assert text.count("Thứ Hai") == 2, "a table a week"
    assert "• Tiết mục 1" in text
    assert "05:00–05:30 Sáng" in text


def test_sheet_and_calendar_are_files(world: World, capsys, tmp_path):
    sheet, calendar = tmp_path / "a" / "w.pdf", tmp_path / "w.ics"
    assert (
        run(world, capsys, "sheet", "--station", "ia-dom", "--week", "2026-12-01", "-o", str(sheet))[0] == 0
    )
    assert sheet.read_bytes().startswith(b"%PDF")
    assert run(world, capsys, "ical", "--station", "ia-dom", "-o", str(calendar))[0] == 0
    assert calendar.read_bytes().startswith(b"BEGIN:VCALENDAR")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "home", "w.ics"]
