"""`loa correct …`: "read X as Y", what that changes, and how it is taken back."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assets.messages import say
from studio.cli.output import now, print_json, print_table
from studio.cli.parser import Commands, Parser, add_command, add_group, add_json, add_option
from studio.settings import Settings

if TYPE_CHECKING:
    from studio.corrections.models import Correction
    from studio.corrections.standing import Corrections
    from studio.database import Database
    from studio.production.changes import ChangedSentence, ScriptEffect
    from studio.production.correcting import Outcome


def add_commands(commands: Commands) -> None:
    verbs = add_group(commands, "correct")
    make = add_command(verbs, "correct.add", add)
    add_option(make, "words", metavar="X", key="correct_words")
    add_option(make, "reading", metavar="Y", key="correct_reading")
    add_option(make, "--scope", default="always", metavar="SCOPE", key="correct_scope")
    add_option(make, "--place", type=int, default=None, metavar="N", key="correct_place")
    add_option(make, "--dry-run", action="store_true", key="correct_dry_run")
    _add_person(make)
    listing = add_command(verbs, "correct.list", list_all)
    add_option(listing, "search", nargs="*", metavar="WORD", key="correct_search")
    add_option(listing, "--scope", default=None, metavar="SCOPE", key="correct_scope")
    add_option(listing, "--withdrawn", action="store_true", key="correct_withdrawn")
    add_json(listing)
    shown = add_command(verbs, "correct.show", show)
    add_option(shown, "number", type=int, metavar="N", key="correct_number")
    add_json(shown)
    for name, run in (("undo", take_back), ("remove", remove)):
        command = add_command(verbs, f"correct.{name}", run)
        add_option(command, "number", type=int, metavar="N", key="correct_number")
        _add_person(command)


def add_use(command: Parser) -> None:
    """Options of commands that read text: with or without corrections, and for which script."""
    add_option(command, "--no-corrections", action="store_true")
    add_option(command, "--script", default="", metavar="CODE", key="correct_script", dest="script_code")
    add_option(command, "--organisation", default="", metavar="CODE", key="correct_organisation")


def use_corrections(chosen: argparse.Namespace, settings: Settings) -> "Corrections":
    """The corrections of the home, if there is one with a database and they are wanted.

    Raises:
        ScriptMissing: of the code that is named.
    """
    from studio.corrections.standing import NO_CORRECTIONS

    code, organisation = chosen.script_code, chosen.organisation
    if chosen.no_corrections or not (settings.has_database or code):
        return NO_CORRECTIONS
    from studio.corrections.register import load_corrections
    from studio.scripts.workflow import find_script, text_of

    with _open(settings).reading() as session:
        corrections = load_corrections(session)
        if code:
            from studio.production.changes import corrections_of

            script = find_script(session, code)
            text_of(session, script)
            corrections = corrections_of(session, script, script.latest_revision)
            organisation = organisation or script.organisation
    return corrections.for_script(code, organisation)


def _open(settings: Settings) -> "Database":
    from studio.database import open_database  # reading a text without corrections needs none of it

    return open_database(settings)


def add(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.people.accounts import find_user
    from studio.production.correcting import make_correction, read_scope

    scope, target = read_scope(chosen.scope)
    database = _open(settings)
    with database.reading() if chosen.dry_run else database.writing() as session:
        outcome = make_correction(
            session,
            words=chosen.words,
            reading=chosen.reading,
            scope=scope,
            target=target,
            place=chosen.place,
            by=find_user(session, chosen.by) if chosen.by else None,
            now=now(),
        )
    _tell(chosen, settings, outcome, "cli.correct.would" if chosen.dry_run else "cli.correct.done")


def take_back(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.people.accounts import find_user
    from studio.production.correcting import undo_correction

    with _open(settings).writing() as session:
        by = find_user(session, chosen.by) if chosen.by else None
        outcome = undo_correction(session, chosen.number, by=by, now=now())
    _tell(chosen, settings, outcome, "cli.correct.undone")


def remove(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.people.accounts import find_user
    from studio.production.correcting import withdraw_correction

    with _open(settings).writing() as session:
        by = find_user(session, chosen.by) if chosen.by else None
        outcome = withdraw_correction(session, chosen.number, by=by, now=now())
    _tell(chosen, settings, outcome, "cli.correct.removed")


def list_all(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.corrections.register import list_corrections
    from studio.production.correcting import read_scope

    scope, target = read_scope(chosen.scope) if chosen.scope else (None, None)
    with _open(settings).reading() as session:
        found = list_corrections(
            session,
            scope=scope,
            target=target,
            search=" ".join(chosen.search),
            withdrawn=chosen.withdrawn,
        )
    if chosen.json:
        print_json([describe(row) for row in found])
        return
    if not found:
        print(say("cli.correct.none"))
        return
    columns = ("number", "words", "reading", "scope", "version", "who")
    print_table(
        [say(f"cli.column.{name}") for name in columns],
        [
            (row.id, row.words, row.reading or "–", name_scope(row), row.version, row.changed_by)
            for row in found
        ],
    )


def show(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.corrections.register import find_correction, list_versions

    with _open(settings).reading() as session:
        row = find_correction(session, chosen.number)
        versions = list_versions(session, chosen.number)
    if chosen.json:
        listed = [version.model_dump(mode="json", exclude={"id", "correction_id"}) for version in versions]
        print_json({**describe(row), "versions": listed})
        return
    print(say("cli.correct.shown", number=row.id, words=row.words, scope=name_scope(row)))
    for version in versions:
        print(
            say(
                "cli.correct.version",
                number=version.number,
                at=f"{version.at.astimezone(settings.timezone):%H:%M %d/%m/%Y}",
                who=version.by,
                before=version.before or "–",
                after=version.after or "–",
            )
        )


def print_effects(effects: "Sequence[ScriptEffect]") -> None:
    """The sentences that are said otherwise, script by script."""
    count = sum(len(effect.sentences) for effect in effects)
    print(
        say("cli.correct.effects" if count else "cli.correct.no_effects", count=count, scripts=len(effects))
    )
    for effect in effects:
        state = say(f"scripts.state.{effect.state}")
        print(
            f"{effect.code}: {effect.title} ({say('web.scripts.revision', number=effect.revision)}, {state})"
        )
        if effect.is_kept:
            print("  " + say("cli.correct.kept", code=effect.code))
        print_sentences(effect.sentences)


def print_sentences(sentences: "Sequence[ChangedSentence]") -> None:
    for sentence in sentences:
        print("  " + say("cli.correct.line", line=sentence.line, role=sentence.role, source=sentence.source))
        print("    - " + (sentence.before or "…"))
        print("    + " + sentence.after)


def describe(row: "Correction") -> dict[str, Any]:
    from studio.corrections.places import Place

    place = Place.unpack(row.place)
    return {
        **row.model_dump(mode="json", exclude={"place"}),
        "place": {"before": place.before, "after": place.after, "number": place.number} if place else None,
    }


def name_scope(row: "Correction") -> str:
    name = say(f"corrections.scope.{row.scope}")
    place = " · " + say("corrections.one_place") if row.place else ""
    return (f"{name}: {row.target}" if row.target else name) + place


def _tell(chosen: argparse.Namespace, settings: Settings, outcome: "Outcome", key: str) -> None:
    from studio.production.changes import find_effects

    with _open(settings).reading() as session:
        effects = find_effects(session, outcome.before, outcome.after)
    row = outcome.correction
    if chosen.json:
        from studio.cli.output import as_json

        listed = [{**as_json(effect), "kept": effect.is_kept} for effect in effects]
        print_json({**describe(row), "effects": listed})
        return
    data = {"number": row.id, "version": row.version, "words": row.words, "scope": name_scope(row)}
    reading = say("corrections.reads", reading=row.reading) if row.reading else say("corrections.as_before")
    print(say(key, reading=reading, **data))
    print_effects(effects)


def _add_person(command: Parser) -> None:
    add_option(command, "--by", default=None, metavar="USER", key="correct_by")
    add_json(command)
