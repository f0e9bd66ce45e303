"""`loa script sheet` and `loa script take …`: what people are to read, and what they have read."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.messages import say
from assets.store import Store
from studio.cli.corrections import add_use, use_corrections
from studio.cli.output import now, print_json, print_table
from studio.cli.parser import Commands, add_command, add_group, add_option, find_file
from studio.cli.parser import add_json as add_json_option
from studio.database import open_database
from studio.settings import Settings

if TYPE_CHECKING:
    from sqlmodel import Session

    from studio.scripts.document import ScriptDocument
    from studio.scripts.models import Script


def add_commands(verbs: Commands) -> None:
    """Below `loa script`."""
    sheet = add_command(verbs, "script.sheet", print_sheet)
    add_option(sheet, "script", metavar="SCRIPT", key="sheet_script")
    add_option(sheet, "-o", "--output", type=Path, required=True, metavar="FILE.html")
    add_use(sheet)
    deeds = add_group(verbs, "take", path="script.take")
    add = add_command(deeds, "script.take.add", add_files)
    add_option(add, "code", metavar="CODE")
    add_option(add, "number", type=int, metavar="N", key="take_passage")
    add_option(add, "file", type=find_file, metavar="FILE", key="take_file")
    add_option(add, "--by", required=True, metavar="USER")
    listing = add_command(deeds, "script.take.list", list_all)
    add_option(listing, "code", metavar="CODE")
    add_json_option(listing)
    remove = add_command(deeds, "script.take.remove", remove_one)
    add_option(remove, "code", metavar="CODE")
    add_option(remove, "take", type=int, metavar="N", key="take_number")
    add_option(remove, "--by", required=True, metavar="USER")
    undo = add_command(deeds, "script.take.undo", undo_last)
    add_option(undo, "code", metavar="CODE")
    add_option(undo, "--by", required=True, metavar="USER")


def print_sheet(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.production.passages import read_passages
    from studio.production.programme import known_names
    from studio.scripts.parser import parse_script, read_script_file
    from studio.scripts.workflow import find_script, text_of
    from studio.takes.sheet import make_sheet, write_sheet

    path = Path(chosen.script)
    if path.is_file():
        text, code = read_script_file(path), chosen.script_code
    else:
        code = chosen.script_code = chosen.script
        with open_database(settings).reading() as session:
            text = text_of(session, find_script(session, code))
    document = parse_script(text, **{**known_names(settings), "recordings": None})
    own = use_corrections(chosen, settings).for_script(code, document.header.organisation)
    sheet = make_sheet(document, read_passages(document, own), code=code)
    chosen.output.parent.mkdir(parents=True, exist_ok=True)
    chosen.output.write_text(write_sheet(sheet), "utf-8")
    print(say("cli.script.sheet.done", file=chosen.output, count=len(sheet.passages)))


def add_files(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.people.accounts import find_user
    from studio.people.permissions import Action, require
    from studio.takes.register import add_take, find_passage, hear_take

    database, store = open_database(settings), Store(settings.store)
    with database.reading() as session:
        require(find_user(session, chosen.by), Action.WRITE_SCRIPTS)
        _, document = _understand(session, chosen.code)
        seen = find_passage(document, chosen.number).key[1]
    heard = hear_take(store, chosen.file, name=chosen.file.name)
    with database.writing() as session:
        script, document = _understand(session, chosen.code)
        wanted = find_passage(document, chosen.number, words_sha256=seen)
        take = add_take(session, script, wanted, heard, by=chosen.by, now=now())
        told = {"take": take.id, "number": wanted.number, "duration_s": f"{take.duration_ms / 1000:.1f}"}
    print(say("cli.script.take.added", **told))
    for flaw in heard.heard.flaws:
        print(f"{chosen.file.name}: {say(f'assets.flaw.{flaw}')}")


def list_all(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.takes.register import list_takes, match_takes

    with open_database(settings).reading() as session:
        script, document = _understand(session, chosen.code)
        readings = match_takes(document, list_takes(session, script))
    rows: list[dict[str, Any]] = [
        {
            "number": one.wanted.number,
            "role": one.wanted.passage.role,
            "line": one.wanted.passage.line,
            "state": "ready" if one.take else "stale" if one.stale else "missing",
            "take": found.id if (found := one.take or one.stale) else None,
            "duration_ms": found.duration_ms if found else None,
            "words": one.wanted.passage.text,
            "words_read": found.words if found else None,
        }
        for one in readings
    ]
    if chosen.json:
        print_json(rows)
        return
    if not rows:
        print(say("takes.sheet.none"))
        return
    columns = ("number", "role", "state", "take", "duration_s", "words")
    print_table(
        [say(f"cli.column.{name}") for name in columns],
        [
            (
                row["number"],
                row["role"],
                say(f"takes.state.{row['state']}"),
                row["take"] or "–",
                f"{row['duration_ms'] / 1000:.1f}" if row["duration_ms"] else "–",
                row["words"][:60],
            )
            for row in rows
        ],
    )


def remove_one(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.people.accounts import find_user
    from studio.people.permissions import Action, require
    from studio.scripts.workflow import find_script
    from studio.takes.register import remove_take

    with open_database(settings).writing() as session:
        require(find_user(session, chosen.by), Action.WRITE_SCRIPTS)
        take = remove_take(session, find_script(session, chosen.code), chosen.take, by=chosen.by, now=now())
        print(say("cli.script.take.removed", take=take.id, code=chosen.code))


def undo_last(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.people.accounts import find_user
    from studio.people.permissions import Action, require
    from studio.scripts.workflow import find_script
    from studio.takes.register import undo

    with open_database(settings).writing() as session:
        require(find_user(session, chosen.by), Action.WRITE_SCRIPTS)
        change = undo(session, find_script(session, chosen.code), by=chosen.by, now=now())
        print(say("cli.script.take.undone", came=change.came or "–", went=change.went or "–"))


def _understand(session: "Session", code: str) -> "tuple[Script, ScriptDocument]":
    from studio.scripts.workflow import find_script
    from studio.takes.register import understand

    script = find_script(session, code)
    return script, understand(session, script)
