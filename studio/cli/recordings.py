"""`loa recording …`: recordings judged, catalogued, found again, edited without loss, handed out."""

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.messages import say
from assets.store import Store
from studio.cli import judging
from studio.cli.output import now, print_json, print_table, show_progress
from studio.cli.parser import (
    Commands,
    CommandUnreadable,
    Parser,
    add_command,
    add_group,
    add_json,
    add_option,
    find_file,
    read_day,
)
from studio.database import Database, open_database
from studio.settings import Settings

if TYPE_CHECKING:
    from sqlmodel import Session

    from studio.recordings.edits import Edit
    from studio.recordings.models import Recording

_WORDS = ("name", "title", "kind", "language", "speaker", "place", "note")
_TIME = re.compile(r"(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,6})(?:[.,](\d{1,3}))?")


def add_commands(commands: Commands) -> None:
    verbs = add_group(commands, "recording")
    judging.add_commands(verbs)
    add = add_command(verbs, "recording.add", add_files)
    add_option(add, "files", nargs="+", metavar="FILE", key="recording_files")
    _add_words(add)
    add_option(add, "--anyway", action="store_true", key="recording_anyway")
    _add_person(add)
    listing = add_command(verbs, "recording.list", list_all)
    add_option(listing, "words", nargs="*", metavar="WORD", key="recording_words")
    add_option(listing, "--kind", default=None, metavar="KIND", key="recording_kind")
    add_option(listing, "--removed", action="store_true", key="recording_removed")
    add_json(listing)
    shown = add_command(verbs, "recording.show", show)
    add_option(shown, "name", metavar="NAME", key="recording")
    add_json(shown)
    edit = add_command(verbs, "recording.edit", edit_one)
    add_option(edit, "name", metavar="NAME", key="recording")
    edit.set_defaults(edits=[])
    for flag, form in (("keep", "A-B|cues"), ("cut", "A-B"), ("fade-in", "S"), ("fade-out", "S")):
        add_option(edit, f"--{flag}", action=_Edits, metavar=form, key=f"edit_{flag.replace('-', '_')}")
    add_option(edit, "--gain", action=_Edits, metavar="DB", key="edit_gain")
    add_option(edit, "--join", action=_Edits, metavar="NAME", key="edit_join")
    _add_words(edit, rename=True)
    add_option(edit, "--remove", action="store_true", key="recording_remove")
    _add_person(edit)
    for verb in ("undo", "redo"):
        command = add_command(verbs, f"recording.{verb}", take_back)
        add_option(command, "name", metavar="NAME", key="recording")
        _add_person(command)
    export = add_command(verbs, "recording.export", export_one)
    add_option(export, "name", metavar="NAME", key="recording")
    add_option(export, "-o", "--output", type=Path, required=True, metavar="FILE")
    add_option(export, "--original", action="store_true", key="recording_original")


class _Edits(argparse.Action):
    """Edits in the order in which they stand on the command line."""

    def __call__(self, _parser: Any, namespace: argparse.Namespace, value: Any, option: Any = None) -> None:
        namespace.edits = [*namespace.edits, (str(option).lstrip("-"), str(value))]


def use_recordings(text: str, settings: Settings) -> dict[str, Path]:
    """The recordings of the home's catalogue that a script's text names, as files."""
    from studio.recordings.shelf import bring_all, list_material

    if not settings.has_database:
        return {}
    with open_database(settings).reading() as session:
        material = list_material(session, text)
    return bring_all(material, Store(settings.store), settings.cache)


def add_files(chosen: argparse.Namespace, settings: Settings) -> int:
    """Each file stands for itself: one that is refused does not keep the others out."""
    from assets.errors import LoaError

    database, store = open_database(settings), Store(settings.store)
    _require(database, chosen)
    added: list[dict[str, Any]] = []
    refused: list[LoaError] = []
    with show_progress(quiet=chosen.json) as report:
        for number, name in enumerate(chosen.files):
            report(number / len(chosen.files), say("cli.recording.hearing", file=name))
            try:
                added.append(_add_file(database, store, find_file(name), chosen))
            except LoaError as error:
                refused.append(error)
    if chosen.json:
        errors = [{"error": error.code, "message": str(error), **error.data} for error in refused]
        print_json([*added, *errors])
    else:
        for row in added:
            print(say("cli.recording.added", **row))
            for flaw in row["flaws"]:
                print(f"  {say(f'assets.flaw.{flaw}')}")
        judging.print_refusals(refused)
    return max((error.exit_code for error in refused), default=0)


def _add_file(database: Database, store: Store, path: Path, chosen: argparse.Namespace) -> dict[str, Any]:
    from studio.recordings.ingest import check_new, hear_file
    from studio.recordings.register import add_recording, list_recordings

    fields = _read_fields(chosen)
    heard = hear_file(store, path, name=path.name)
    with database.reading() as session:
        known = list_recordings(session)
    check_new(heard, known, store, anyway=chosen.anyway)
    with database.writing() as session:
        recording = add_recording(session, heard, fields, by=chosen.by or "system", now=now())
        return _describe(session, recording)


def list_all(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.recordings.register import list_recordings

    kind = _read_kind(chosen.kind) if chosen.kind else None
    with open_database(settings).reading() as session:
        found = list_recordings(session, search=" ".join(chosen.words), kind=kind, removed=chosen.removed)
        rows = [_describe(session, one) for one in found]
    if chosen.json:
        print_json(rows)
        return
    if not rows:
        print(say("cli.recording.none"))
        return
    columns = ("number", "name", "kind", "language", "duration_s", "integrated_lufs", "title")
    print_table(
        [say(f"cli.column.{name}") for name in columns],
        [
            (
                row["id"],
                row["name"],
                say(f"recordings.kind.{row['kind']}"),
                row["language"],
                f"{row['edited_ms'] / 1000:.1f}",
                f"{row['integrated_lufs']:.1f}",
                row["title"],
            )
            for row in rows
        ],
    )


def show(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.recordings.register import find_recording, list_changes

    with open_database(settings).reading() as session:
        recording = find_recording(session, chosen.name)
        row = _describe(session, recording)
        changes = list_changes(session, recording)
    listed = [one.model_dump(mode="json", exclude={"id", "recording_id"}) for one in changes]
    if chosen.json:
        print_json({**row, "changes": listed})
        return
    for name, value in row.items():
        if name not in ("flaws", "tags"):
            print(f"{name}: {'—' if value in (None, '') else value}")
    for name, value in row["tags"].items():
        print(f"  {name}: {value}")
    for flaw in row["flaws"]:
        print(f"  {say(f'assets.flaw.{flaw}')}")
    for one in changes:
        at = f"{one.at.astimezone(settings.timezone):%H:%M %d/%m/%Y}"
        undone = f" ({say('cli.recording.taken_back')})" if one.undone_at else ""
        print(f"  {one.number}. {at} {one.by}: {say(f'recordings.deed.{one.deed}')}{undone}")


def edit_one(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.recordings.register import describe, edit, find_recording, remove

    database = open_database(settings)
    _require(database, chosen)
    fields = _read_fields(chosen)
    if not (chosen.edits or fields or chosen.remove):
        raise CommandUnreadable(message=say("cli.recording.no_edit"), command="loa recording edit")
    by = chosen.by or "system"
    with database.writing() as session:
        recording = find_recording(session, chosen.name)
        for name, value in chosen.edits:
            change = _read_edit(session, recording, name, value)
            edit(session, recording, change, by=by, now=now())
        if fields:
            describe(session, recording, fields, by=by, now=now())
        if chosen.remove:
            remove(session, recording, by=by, now=now())
        row = _describe(session, recording)
    _tell(chosen, row, "cli.recording.removed" if chosen.remove else "cli.recording.edited")


def take_back(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.recordings.register import find_recording, redo, undo

    database = open_database(settings)
    _require(database, chosen)
    with database.writing() as session:
        recording = find_recording(session, chosen.name)
        change = (undo if chosen.verb == "undo" else redo)(
            session, recording, by=chosen.by or "system", now=now()
        )
        row = {**_describe(session, recording), "deed": say(f"recordings.deed.{change.deed}")}
    _tell(chosen, row, f"cli.recording.{chosen.verb}ne")


def export_one(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.recordings.export import export_file
    from studio.recordings.register import find_recording
    from studio.recordings.shelf import find_material

    with open_database(settings).reading() as session:
        recording = find_recording(session, chosen.name)
        material = find_material(session, recording)
    with show_progress() as report:
        report(0.0, say("cli.recording.exporting", file=chosen.output))
        export_file(
            recording,
            material,
            chosen.output,
            store=Store(settings.store),
            cache=settings.cache,
            original=chosen.original,
        )
    print(say("cli.recording.exported", file=chosen.output, name=recording.name))


def _read_edit(session: "Session", recording: "Recording", name: str, value: str) -> "Edit":
    from studio.recordings.edits import Cut, Fade, Gain, Keep
    from studio.recordings.register import find_recording, make_join

    if name == "keep" and value == "cues":
        return Keep(recording.cue_in_ms, recording.cue_out_ms)
    if name in ("keep", "cut"):
        begin, sign, end = value.partition("-")
        if not sign:
            raise CommandUnreadable(message=f"--{name} {value}", command="loa recording edit")
        return (Keep if name == "keep" else Cut)(read_time(begin), read_time(end))
    if name == "join":
        return make_join(session, find_recording(session, value), gap_ms=0)
    if name == "gain":
        try:
            return Gain(float(value.replace(",", ".")))
        except ValueError:
            raise CommandUnreadable(message=f"--gain {value}", command="loa recording edit") from None
    return Fade(in_ms=read_time(value)) if name == "fade-in" else Fade(out_ms=read_time(value))


def read_time(text: str) -> int:
    """Milliseconds of `83`, `83.5`, `1:23,5` or `1:02:03`.

    Raises:
        CommandUnreadable
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise CommandUnreadable(message=text, command="loa recording edit")
    hours, minutes, seconds, part = match.groups()
    whole = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds)
    return whole * 1000 + int((part or "0").ljust(3, "0"))


def _describe(session: "Session", recording: "Recording") -> dict[str, Any]:
    from studio.recordings.edits import length_of
    from studio.recordings.register import pieces_of

    hidden = {"search_text", "outline_sha256", "fingerprint_sha256"}
    return {
        **recording.model_dump(mode="json", exclude=hidden),
        "edited_ms": length_of(pieces_of(session, recording)),
    }


def _tell(chosen: argparse.Namespace, row: dict[str, Any], key: str) -> None:
    if chosen.json:
        print_json(row)
    else:
        print(say(key, **{**row, "seconds": f"{row['edited_ms'] / 1000:.1f}"}))


def _add_words(command: Parser, *, rename: bool = False) -> None:
    for word in _WORDS:
        add_option(
            command,
            f"--{'rename' if rename and word == 'name' else word}",
            dest=f"said_{word}",
            default=None,
            metavar="TEXT",
            key=f"recording_{word}",
        )
    add_option(command, "--on", dest="said_on", type=read_day, default=None, metavar="D", key="recording_on")


def _add_person(command: Parser) -> None:
    add_option(command, "--by", default=None, metavar="USER", key="correct_by")
    add_json(command)


def _read_fields(chosen: argparse.Namespace) -> dict[str, object]:
    fields: dict[str, object] = {word: getattr(chosen, f"said_{word}") for word in _WORDS}
    fields["recorded_on"] = chosen.said_on
    return {name: value for name, value in fields.items() if value is not None}


def _read_kind(text: str) -> Any:
    from studio.recordings.fields import read_kind

    return read_kind(text)


def _require(database: Database, chosen: argparse.Namespace) -> None:
    from studio.people.accounts import find_user
    from studio.people.permissions import Action, require

    if chosen.by:
        with database.reading() as session:
            require(find_user(session, chosen.by), Action.WRITE_SCRIPTS)
