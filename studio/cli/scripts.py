"""`loa script …`: the way of a script from draft to finished segment."""

import argparse
from contextlib import nullcontext
from pathlib import Path

from assets.messages import say
from assets.store import Store
from studio.cli import airing_rules, takes
from studio.cli.output import as_json, now, print_json, print_table, show_progress
from studio.cli.parser import Commands, add_command, add_group, add_json, add_option, read_day
from studio.database import open_database
from studio.people.accounts import find_user
from studio.people.permissions import Action, require
from studio.settings import Settings


def add_commands(commands: Commands) -> None:
    verbs = add_group(commands, "script")
    new = add_command(verbs, "script.new", create)
    add_option(new, "file", type=Path, metavar="FILE", key="script_file")
    add_option(new, "--code", default=None, metavar="CODE")
    add_option(new, "--by", required=True, metavar="USER")
    listing = add_command(verbs, "script.list", list_all)
    add_option(listing, "--state", default=None, metavar="STATE")
    add_option(listing, "--search", default="", metavar="TEXT")
    add_json(listing)
    check = add_command(verbs, "script.check", check_file)
    add_option(check, "file", type=Path, metavar="FILE", key="script_file")
    add_json(check)
    for verb in ("submit", "approve", "reject"):
        command = add_command(verbs, f"script.{verb}", decide)
        add_option(command, "code", metavar="CODE")
        add_option(command, "--by", required=True, metavar="USER")
        add_option(command, "--comment", default="", metavar="TEXT")
    renew = add_command(verbs, "script.renew", renew_reading_of)
    add_option(renew, "code", metavar="CODE")
    add_option(renew, "--by", required=True, metavar="USER")
    changes = add_command(verbs, "script.changes", print_changes)
    add_option(changes, "code", nargs="?", default=None, metavar="CODE")
    add_json(changes)
    produce = add_command(verbs, "script.produce", produce_segment_of)
    add_option(produce, "code", metavar="CODE")
    add_option(produce, "--revision", type=int, default=None, metavar="N")
    add_json(produce)
    due = add_command(verbs, "script.due", keep_due)
    add_option(due, "code", metavar="CODE")
    add_option(due, "day", nargs="?", default=None, type=read_day, metavar="D", key="due_day")
    add_option(due, "--by", required=True, metavar="USER")
    takes.add_commands(verbs)
    airing_rules.add_command_to(verbs)


def create(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.scripts.parser import read_script_file
    from studio.scripts.workflow import create_script

    text = read_script_file(chosen.file)
    with open_database(settings).writing() as session:
        by = find_user(session, chosen.by)
        require(by, Action.WRITE_SCRIPTS)
        script = create_script(session, code=chosen.code, text=text, by=by, now=now())
        print(say("cli.script.created", code=script.code, title=script.title))


def list_all(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.scripts.workflow import list_scripts, read_state

    state = read_state(chosen.state) if chosen.state else None
    with open_database(settings).reading() as session:
        found = list_scripts(session, state=state, search=chosen.search)
    if chosen.json:
        print_json([script.model_dump(mode="json") for script in found])
        return
    if not found:
        print(say("cli.script.none"))
        return
    print_table(
        [say(f"cli.column.{name}") for name in ("code", "state", "revision", "theme", "title")],
        [(s.code, say(f"scripts.state.{s.state}"), s.latest_revision, s.theme or "", s.title) for s in found],
    )


def check_file(chosen: argparse.Namespace, settings: Settings) -> int:
    from studio.production.programme import known_names
    from studio.scripts.parser import check_script, read_script_file

    text = read_script_file(chosen.file)
    with open_database(settings).reading() if settings.has_database else nullcontext() as session:
        problems = check_script(text, **known_names(settings, session))
    if chosen.json:
        print_json([{"code": p.code, "message": str(p), **p.data} for p in problems])
    elif not problems:
        print(say("cli.script.clean", file=chosen.file))
    else:
        for problem in problems:
            print(f"{chosen.file}: {problem}")
    return max((problem.exit_code for problem in problems), default=0)


def decide(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.production.programme import known_names
    from studio.production.releases import approve_script
    from studio.scripts import workflow

    with open_database(settings).writing() as session:
        by = find_user(session, chosen.by)
        require(by, Action.WRITE_SCRIPTS if chosen.verb == "submit" else Action.DECIDE_SCRIPTS)
        if chosen.verb == "submit":
            script = workflow.submit(session, chosen.code, by=by, now=now(), **known_names(settings, session))
        elif chosen.verb == "approve":
            script = approve_script(
                session,
                chosen.code,
                by=by,
                now=now(),
                comment=chosen.comment,
                own_approval=settings.own_approval,
            )
        else:
            script = workflow.reject(session, chosen.code, by=by, now=now(), comment=chosen.comment)
        print(say("cli.script.decided", code=script.code, state=say(f"scripts.state.{script.state}")))


def keep_due(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.scripts.deadlines import set_due

    with open_database(settings).writing() as session:
        by = find_user(session, chosen.by)
        require(by, Action.WRITE_SCRIPTS)
        script = set_due(session, chosen.code, chosen.day, by=by, now=now())
        day = f"{script.due_on:%d/%m/%Y}" if script.due_on else say("cli.script.due.none")
    print(say("cli.script.due.done", code=script.code, day=day))


def renew_reading_of(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.production.releases import renew_reading

    with open_database(settings).writing() as session:
        by = find_user(session, chosen.by)
        require(by, Action.WRITE_SCRIPTS)
        script = renew_reading(session, chosen.code, by=by, now=now())
        revision = say("web.scripts.revision", number=script.latest_revision)
        print(say("cli.script_changes.renewed", code=script.code, revision=revision))


def print_changes(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.cli.corrections import print_sentences
    from studio.production.releases import list_changes
    from studio.scripts.workflow import find_script, list_scripts

    with open_database(settings).reading() as session:
        scripts = [find_script(session, chosen.code)] if chosen.code else list_scripts(session)
        found = [(script.code, *list_changes(session, script)) for script in scripts]
    if chosen.json:
        print_json(
            [
                {
                    "code": code,
                    "unmade": list(map(as_json, unmade)),
                    "corrected": list(map(as_json, corrected)),
                }
                for code, unmade, corrected in found
                if unmade or corrected
            ]
        )
        return
    for code, unmade, corrected in found:
        for key, sentences in (("unmade", unmade), ("corrected", corrected)):
            if sentences:
                print(say(f"cli.script_changes.{key}", code=code, count=len(sentences)))
                print_sentences(sentences)
    if not any(unmade or corrected for _, unmade, corrected in found):
        print(say("cli.script_changes.none"))


def produce_segment_of(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.cli.renders import print_refusals
    from studio.production.changes import find_reading
    from studio.production.engines import Voicing
    from studio.production.segments import produce_segment
    from studio.scripts.workflow import find_script

    database = open_database(settings)
    with database.reading() as session:
        script = find_script(session, chosen.code)
        revision = chosen.revision or script.latest_revision
    with show_progress() as report:
        asset = produce_segment(
            database,
            Store(settings.store),
            code=script.code,
            revision=revision,
            settings=settings,
            now=now(),
            progress=report,
        )
    with database.reading() as session:
        made = find_reading(session, asset.key)
        voicing = Voicing.from_row(made.voicing) if made and made.voicing else Voicing("")
    store = Store(settings.store)
    rows = [
        {
            **voicing.to_row(),
            "asset": asset.key,
            "preset": rendition.preset,
            "file": str(store.path(rendition.sha256)),
            "sha256": rendition.sha256,
            "duration_ms": rendition.duration_ms,
            "integrated_lufs": rendition.integrated_lufs,
            "true_peak_dbtp": rendition.true_peak_dbtp,
        }
        for rendition in asset.renditions
    ]
    if chosen.json:
        print_json(rows)
        return
    print_refusals(voicing)
    for row in rows:
        print(say("cli.script.produced", **row))
