"""`loa plan import` and `loa plan review`: a plan's document read, corrected, compared, confirmed."""

import argparse
from collections.abc import Iterator, Sequence

from sqlmodel import Session

from assets.languages import name_language
from assets.messages import say
from assets.store import Store
from studio.cli.output import now, print_json, print_table
from studio.cli.parser import Commands, CommandUnreadable, add_command, add_json, add_option, find_file
from studio.database import open_database
from studio.people.accounts import find_user
from studio.people.audit import SYSTEM
from studio.people.permissions import Action, require
from studio.planning.review.corrections import Deed
from studio.planning.review.differences import Difference
from studio.planning.review.models import PlanImport
from studio.planning.review.proposals import Proposal
from studio.settings import Settings

_DEEDS = (Deed.SET, Deed.MOVE, Deed.EDIT, Deed.CODE, Deed.ADD, Deed.DROP)


def add_commands(verbs: Commands) -> None:
    load = add_command(verbs, "plan.import", import_plan)
    add_option(load, "file", type=find_file, metavar="FILE", key="plan_file")
    add_option(load, "--code", default=None, metavar="CODE", key="plan_code")
    add_option(load, "--year", type=int, default=None, metavar="YEAR", key="plan_year")
    add_option(load, "--version-of", default=None, metavar="CODE")
    add_option(load, "--dry-run", action="store_true")
    add_option(load, "--review", action="store_true")
    add_json(load)
    review = add_command(verbs, "plan.review", review_plan)
    add_option(review, "number", type=int, nargs="?", default=None, metavar="N", key="import_number")
    for deed in _DEEDS:
        name = "recode" if deed is Deed.CODE else deed.value
        add_option(
            review,
            f"--{name}",
            dest=f"deed_{deed}",
            action="append",
            default=[],
            metavar="AT=TO",
            key=f"review_{deed}",
        )
    for flag in ("undo", "redo", "confirm", "discard", "reopen"):
        add_option(review, f"--{flag}", action="store_true", key=f"review_{flag}")
    add_option(review, "--targets", default="", metavar="N,N", key="review_targets")
    add_option(review, "--code", default=None, metavar="CODE", key="plan_code")
    add_option(review, "--year", type=int, default=None, metavar="YEAR", key="plan_year")
    add_option(review, "--version-of", default=None, metavar="CODE")
    add_option(review, "--by", default=SYSTEM, metavar="USER")
    add_json(review)


def import_plan(chosen: argparse.Namespace, settings: Settings) -> None:
    """Read a plan; show it, put it up for review, or write it at once."""
    from studio.planning.files.kinds import read_file
    from studio.planning.importer import read_plan_file
    from studio.planning.plans import list_plans
    from studio.planning.review.confirming import confirm_import
    from studio.planning.review.imports import choose_plan, compare_import, read_upload, start_import

    if chosen.dry_run:
        found = read_plan_file(chosen.file).to_json()
        if chosen.json:
            print_json(found)
            return
        print_document(found)
        print(say("cli.plan.dry"))
        return
    reading = read_upload(Store(settings.store), read_file(chosen.file), chosen.file.name)
    number: int | None = None
    with open_database(settings).writing() as session:
        row = start_import(session, reading, by=SYSTEM, now=now())
        if chosen.version_of or chosen.code:
            known = {plan.code for plan in list_plans(session)}
            wanted = chosen.version_of or (chosen.code if chosen.code in known else None)
            choose_plan(session, row, wanted, by=SYSTEM, now=now())
        changes = compare_import(session, row)
        number = row.id
        if not chosen.review:
            code = chosen.code or row.plan_code or f"{chosen.year or reading.document.year or now().year}"
            plan = confirm_import(session, row, code=code, year=chosen.year, by=SYSTEM, now=now())
            found = plan.document
        else:
            found = reading.document.to_json()
    if chosen.json:
        print_json({**found, "import": number, "changes": [change.to_json() for change in changes]})
        return
    print_document(found)
    print_changes(changes)
    print(say("cli.plan.for_review", number=number) if chosen.review else say("cli.plan.stored"))


def review_plan(chosen: argparse.Namespace, settings: Settings) -> None:
    """List what is under review; or correct, compare and confirm one import."""
    from studio.planning.review.confirming import confirm_import, propose_for
    from studio.planning.review.imports import compare_import, find_import, read_corrected

    if chosen.number is None:
        _list_imports(chosen, settings)
        return
    with open_database(settings).writing() as session:
        by = _find_name(session, chosen.by)
        row = find_import(session, chosen.number)
        _work_on(session, row, chosen, by)
        document, missed = read_corrected(row)
        changes = compare_import(session, row)
        year = chosen.year or document.year or now().year
        proposals, _ = propose_for(session, row, year)
        if chosen.confirm:
            code = chosen.code or row.plan_code or str(year)
            kept = _read_numbers(chosen.targets)
            confirm_import(session, row, code=code, year=chosen.year, targets=kept, by=by, now=now())
        found, state = document.to_json(), row.state
    if chosen.json:
        print_json({**found, "state": state.value, "changes": [change.to_json() for change in changes]})
        return
    print_document(found)
    print_changes(changes)
    for correction in missed:
        print(say("cli.plan.missed", deed=say(f"planning.deed.{correction.deed}"), was=correction.was))
    _print_proposals(proposals)
    print(say(f"planning.import_state.{state}"))


def _work_on(session: Session, row: PlanImport, chosen: argparse.Namespace, by: str) -> None:
    """What the options ask for, in a fixed order; confirming comes after them."""
    from studio.planning.review import imports

    if chosen.reopen:
        imports.reopen_import(session, row, by=by, now=now())
    if chosen.version_of:
        imports.choose_plan(session, row, chosen.version_of, by=by, now=now())
    for deed, at, to in _read_deeds(chosen):
        imports.correct_import(session, row, deed, at, to, by=by, now=now())
    if chosen.undo:
        imports.undo_correction(session, row, by=by, now=now())
    if chosen.redo:
        imports.redo_correction(session, row, by=by, now=now())
    if chosen.discard:
        imports.discard_import(session, row, by=by, now=now())


def _find_name(session: Session, name: str) -> str:
    """The person who corrects: who is at the machine itself, or a user who may."""
    if name != SYSTEM:
        require(find_user(session, name), Action.IMPORT_PLAN)
    return name


def _print_proposals(proposals: Sequence[Proposal]) -> None:
    if not proposals:
        return
    print_table(
        [
            say(f"cli.column.{name}")
            for name in ("number", "theme", "form", "language", "quantity", "measure", "every", "doubts")
        ],
        [
            (
                one.number,
                one.target.theme or "*" if one.target else "—",
                one.target.form or "*" if one.target else "—",
                _name_language(one),
                one.target.quantity if one.target else f"{one.quantity.quantity:g}",
                say(f"planning.measure.{one.target.measure}") if one.target else one.quantity.unit,
                say(f"planning.every.{one.target.every}") if one.target else one.quantity.per or "",
                "; ".join(one.open_points),
            )
            for one in proposals
        ],
    )


def _name_language(proposal: Proposal) -> str:
    if proposal.target is None:
        return "—"
    return name_language(proposal.target.language) if proposal.target.language else "*"


def print_document(found: dict[str, object]) -> None:
    """The structure in counts; whole what is odd and what could not be placed."""
    for key, value in found.items():
        if key in ("unread", "warnings"):
            continue
        shown = value
        if isinstance(value, list):
            shown = len(value)
        elif isinstance(value, dict):
            shown = ", ".join(str(part) for part in value.values() if part and isinstance(part, str))
        print(f"{say(f'planning.key.{key}')}: {shown if shown is not None else '—'}")
    for warning in _rows(found, "warnings"):
        print(f"! {warning['text']}")
    unread = _rows(found, "unread")
    print(say("cli.plan.unread", count=len(unread)))
    for line in unread:
        print(f"  {line['line']}: {line['text']}")


def print_changes(changes: Sequence[Difference]) -> None:
    if changes:
        print(say("cli.plan.changes", count=len(changes)))
    for change in changes:
        sign = {"added": "+", "removed": "-", "changed": "~"}[change.change]
        words = " → ".join(filter(None, (change.before, change.after)))
        print(f"  {sign} {say(f'planning.key.{change.part}')}: {words}")


def _list_imports(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.planning.review.imports import list_imports

    with open_database(settings).reading() as session:
        rows = list_imports(session)
    if chosen.json:
        print_json([row.model_dump(mode="json", exclude={"document"}) for row in rows])
        return
    print_table(
        [say(f"cli.column.{name}") for name in ("number", "file", "plan", "state", "started")],
        [
            (row.id, row.file_name, row.plan_code or "—", say(f"planning.import_state.{row.state}"),
             f"{row.started_at:%d/%m/%Y}")
            for row in rows
        ],
    )  # fmt: skip


def _read_deeds(chosen: argparse.Namespace) -> Iterator[tuple[Deed, str, str]]:
    for deed in _DEEDS:
        for words in getattr(chosen, f"deed_{deed}"):
            at, _, to = words.partition("=")
            yield deed, at.strip(), to.strip()


def _read_numbers(text: str) -> set[int]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isdigit() for part in parts):
        raise CommandUnreadable(message=text, command="loa plan review --targets")
    return set(map(int, parts))


def _rows(found: dict[str, object], key: str) -> list[dict[str, object]]:
    rows = found.get(key, [])
    assert isinstance(rows, list)
    return rows
