"""`loa urgent …`: bulletins over everything, from words or a CAP alert to the air, and off it."""

import argparse
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from assets.errors import LoaError
from assets.messages import say
from assets.store import Store
from studio.cli.output import now, print_json, print_table, show_progress
from studio.cli.parser import Commands, add_command, add_group, add_json, add_option, find_file
from studio.database import Database, open_database
from studio.people.accounts import find_user
from studio.settings import Settings

if TYPE_CHECKING:
    from studio.urgent.models import UrgentBulletin


def add_commands(commands: Commands) -> None:
    verbs = add_group(commands, "urgent")
    listing = add_command(verbs, "urgent.list", list_all)
    add_json(listing)
    new = add_command(verbs, "urgent.new", write)
    add_option(new, "text", metavar="TEXT", key="urgent_text")
    add_option(new, "--title", required=True, metavar="TITLE", key="urgent_title")
    add_option(new, "--station", action="append", default=[], metavar="S", key="urgent_station")
    add_option(new, "--times", type=int, default=2, metavar="N")
    add_option(new, "--every", type=int, default=15, metavar="MINUTES")
    add_option(new, "--hours", type=float, default=24, metavar="H")
    add_option(new, "--by", required=True, metavar="USER")
    add_json(new)
    voice = add_command(verbs, "urgent.voice", voice_again)
    add_option(voice, "number", type=int, metavar="N", key="urgent_number")
    issue = add_command(verbs, "urgent.issue", order)
    add_option(issue, "number", type=int, metavar="N", key="urgent_number")
    add_option(issue, "--reason", required=True, metavar="TEXT")
    add_option(issue, "--heard", action="store_true")
    add_option(issue, "--quiet-hours", action="store_true")
    add_option(issue, "--by", required=True, metavar="USER")
    cancel = add_command(verbs, "urgent.cancel", end)
    add_option(cancel, "number", type=int, metavar="N", key="urgent_number")
    add_option(cancel, "--reason", required=True, metavar="TEXT")
    add_option(cancel, "--by", required=True, metavar="USER")
    take = add_command(verbs, "urgent.import", take_in)
    add_option(take, "files", type=find_file, nargs="+", metavar="FILE", key="cap_files")
    add_option(take, "--by", required=True, metavar="USER")
    add_json(take)


def list_all(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.urgent.bulletins import list_bulletins

    with open_database(settings).reading() as session:
        found = list_bulletins(session)
    if chosen.json:
        print_json([one.model_dump(mode="json", exclude={"preemptions"}) for one in found])
        return
    if not found:
        print(say("web.urgent.none"))
        return
    print_table(
        [say(f"cli.column.{name}") for name in ("code", "state", "title", "stations", "expires")],
        [
            (
                one.id,
                say(f"urgent.state.{one.state}"),
                one.title,
                ", ".join(one.stations),
                f"{one.expires_at.astimezone(settings.timezone):%H:%M %d/%m/%Y}",
            )
            for one in found
        ],
    )


def write(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.urgent.bulletins import Wanted, write_bulletin

    database = open_database(settings)
    text = sys.stdin.read() if chosen.text == "-" else chosen.text
    moment = now()
    with database.writing() as session:
        bulletin = write_bulletin(
            session,
            Wanted(
                title=chosen.title,
                text=text,
                stations=chosen.station,
                times=chosen.times,
                every_minutes=chosen.every,
                # More hours than a calendar has are refused like other long lives.
                expires_at=moment + timedelta(hours=min(max(chosen.hours, -1e4), 1e4)),
            ),
            by=find_user(session, chosen.by),
            now=moment,
        )
    file = _voice(database, settings, bulletin)
    if chosen.json:
        print_json({"number": bulletin.id, "state": bulletin.state, "file": file})
        return
    print(say("cli.urgent.new.done", number=bulletin.id, state=_tell(bulletin), file=file))


def voice_again(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.urgent.bulletins import demand_draft, find_bulletin

    database = open_database(settings)
    with database.reading() as session:
        bulletin = find_bulletin(session, chosen.number)
        demand_draft(bulletin)
    if not bulletin.is_speakable:
        print(say("cli.urgent.new.mute", number=bulletin.id, state=_tell(bulletin)))
        return
    file = _voice(database, settings, bulletin)
    print(say("cli.urgent.new.done", number=bulletin.id, state=_tell(bulletin), file=file))


def order(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.urgent.issuing import issue_bulletin

    with open_database(settings).writing() as session:
        done = issue_bulletin(
            session,
            chosen.number,
            reason=chosen.reason,
            heard=chosen.heard,
            in_quiet_hours=chosen.quiet_hours,
            by=find_user(session, chosen.by),
            now=now(),
        )
    print(
        say(
            "cli.urgent.issue.done",
            number=chosen.number,
            airings=done.airings,
            published=len(done.published),
        )
    )
    for station, day in done.failed:
        print(say("cli.urgent.issue.failed", station=station, day=f"{day:%d/%m/%Y}"), file=sys.stderr)


def end(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.urgent.bulletins import find_bulletin
    from studio.urgent.issuing import call_off_bulletin, dismiss_bulletin
    from studio.urgent.models import UrgentState

    with open_database(settings).writing() as session:
        by = find_user(session, chosen.by)
        draft = find_bulletin(session, chosen.number).state is UrgentState.DRAFT
        act = dismiss_bulletin if draft else call_off_bulletin
        bulletin = act(session, chosen.number, reason=chosen.reason, by=by, now=now())
    print(say("cli.urgent.new.mute" if draft else "urgent.ended", number=bulletin.id, state=_tell(bulletin)))


def take_in(chosen: argparse.Namespace, settings: Settings) -> int:
    """Each file stands alone: one that is no alert is named, the others are taken in."""
    from studio.urgent.alerts import import_alert

    database, store = open_database(settings), Store(settings.store)
    code, rows = 0, []
    for path in chosen.files:
        try:
            with database.writing() as session:
                by = find_user(session, chosen.by)
                taken = import_alert(session, store, _read(path), by=by, now=now())
        except LoaError as error:
            print(f"{path}: {error}", file=sys.stderr)
            code = max(code, error.exit_code)
            continue
        one = taken.bulletin
        rows.append({"file": str(path), "number": one.id, "repeated": taken.is_repeated, "state": one.state})
        if chosen.json:
            continue
        key = "repeated" if taken.is_repeated else "done"
        print(say(f"cli.urgent.import.{key}", file=path, number=one.id, title=one.title, state=_tell(one)))
        for kind, others in (("ended", taken.ended), ("asked", taken.asked)):
            for other in others:
                print(say(f"cli.urgent.import.{kind}", number=other.id, title=other.title))
    if chosen.json:
        print_json(rows)
    return code


def _read(path: Path) -> bytes:
    from studio.urgent.cap import MAX_BYTES

    with path.open("rb") as source:
        return source.read(MAX_BYTES + 1)


def _voice(database: Database, settings: Settings, bulletin: "UrgentBulletin") -> str:
    from studio.urgent.voicing import voice_bulletin

    assert bulletin.id is not None
    store = Store(settings.store)
    with show_progress() as report:
        asset = voice_bulletin(
            database,
            store,
            bulletin_id=bulletin.id,
            revision=bulletin.revision,
            settings=settings,
            now=now(),
            progress=report,
        )
    return str(store.path(asset.renditions[0].sha256)) if asset else "-"


def _tell(bulletin: "UrgentBulletin") -> str:
    return say(f"urgent.state.{bulletin.state}")
