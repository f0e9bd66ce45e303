"""The import of a plan from its file to its rows: read, corrected, compared, confirmed.

Missing
└── ImportMissing
Conflict
├── ImportClosed       it was confirmed or discarded before
└── NothingToUndo
"""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import PurePath

from sqlmodel import Session, col, select

from assets.errors import Conflict, Missing
from assets.store import Store
from studio.people.audit import record
from studio.planning.document import PlanDocument
from studio.planning.files.kinds import read_source
from studio.planning.importer import read_lines
from studio.planning.models import Plan
from studio.planning.plans import find_plan, list_known, list_plans
from studio.planning.restoring import restore_document
from studio.planning.review.codes import keep_codes
from studio.planning.review.corrections import (
    Correction,
    Deed,
    apply_corrections,
    make_correction,
    restore_correction,
)
from studio.planning.review.differences import Difference, compare_plans
from studio.planning.review.models import ImportState, PlanImport


class ImportMissing(Missing):
    """There is no import of this number."""


class ImportClosed(Conflict):
    """It was confirmed or discarded: nothing of it is changed any more."""


class NothingToUndo(Conflict):
    """There is no correction to take back, or none to make again."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A plan's file as it was read, before any row is written."""

    document: PlanDocument
    kind: str
    file_name: str
    source_sha256: str


def read_upload(store: Store, content: bytes, file_name: str) -> Reading:
    """Read a file and keep it; bytes come before rows.

    Raises:
        what `read_source` raises: a file that cannot be read is not kept
    """
    source = read_source(content)
    document = read_lines(source)
    name = PurePath(file_name.replace("\\", "/")).name[:120] or "-"
    return Reading(document, source.kind, name, store.put(BytesIO(content)))


def start_import(session: Session, reading: Reading, *, by: str, now: datetime) -> PlanImport:
    """An import to be reviewed: a new version of the plan with its number, if there is one.

    The corrections that were made to that plan before are made again where their words still stand. The
    same file that is already under review is that review.
    """
    for known in list_imports(session, ImportState.OPEN):
        if known.source_sha256 == reading.source_sha256:
            return known
    row = PlanImport(
        file_name=reading.file_name,
        kind=reading.kind,
        source_sha256=reading.source_sha256,
        document=reading.document.to_json(),
        corrections=[],
        undone=[],
        started_at=now,
        started_by=by,
    )
    session.add(row)
    plan = find_earlier(session, reading.document)
    _take_over(session, row, plan.code if plan else None)
    session.flush()
    record_deed(session, row, "start", by=by, now=now, after={"file": row.file_name, "plan": row.plan_code})
    return row


def find_earlier(session: Session, document: PlanDocument) -> Plan | None:
    """The plan of which a document is a new version: the same number and issuer, or the same title."""
    for plan in list_plans(session):
        if document.number and plan.number == document.number and plan.issuer == document.issuer:
            return plan
    return next((plan for plan in list_plans(session) if plan.title == document.title), None)


def choose_plan(session: Session, row: PlanImport, code: str | None, *, by: str, now: datetime) -> None:
    """Make the import a new version of the plan `code`, or with None a plan of its own.

    Raises:
        ImportClosed, PlanMissing
    """
    require_open(row)
    if code is not None:
        find_plan(session, code)
    if code != row.plan_code:
        record_deed(
            session, row, "choose", by=by, now=now, before={"plan": row.plan_code}, after={"plan": code}
        )
        _take_over(session, row, code)
        session.flush()


def correct_import(
    session: Session, row: PlanImport, deed: Deed, at: str, to: str = "", *, by: str, now: datetime
) -> Correction:
    """Make one correction.

    Raises:
        ImportClosed, CorrectionUnfit, CorrectionEmpty, CorrectionCodeTaken
    """
    require_open(row)
    correction = make_correction(read_corrected(row)[0], deed, at, to)
    row.corrections = [*row.corrections, correction.to_json()]
    row.undone = []
    session.add(row)
    session.flush()
    record_deed(session, row, "correct", by=by, now=now, after=dict(correction.to_json()))
    return correction


def undo_correction(session: Session, row: PlanImport, *, by: str, now: datetime) -> None:
    """Take the last correction back.

    Raises:
        ImportClosed, NothingToUndo
    """
    require_open(row)
    if not row.corrections:
        raise NothingToUndo
    last = row.corrections[-1]
    row.corrections, row.undone = row.corrections[:-1], [last, *row.undone]
    row.inherited = min(row.inherited, len(row.corrections))
    session.add(row)
    session.flush()
    record_deed(session, row, "undo", by=by, now=now, before=dict(last))


def redo_correction(session: Session, row: PlanImport, *, by: str, now: datetime) -> None:
    """Make the correction that was taken back last again.

    Raises:
        ImportClosed, NothingToUndo
    """
    require_open(row)
    if not row.undone:
        raise NothingToUndo
    first = row.undone[0]
    row.corrections, row.undone = [*row.corrections, first], row.undone[1:]
    session.add(row)
    session.flush()
    record_deed(session, row, "redo", by=by, now=now, after=dict(first))


def read_corrected(row: PlanImport) -> tuple[PlanDocument, list[Correction]]:
    """The document as corrected, and the corrections whose words stand nowhere in it."""
    corrections = [restore_correction(found) for found in row.corrections]
    return apply_corrections(restore_document(row.document), corrections)


def compare_import(session: Session, row: PlanImport) -> list[Difference]:
    """What the import changes in the plan that it is a new version of; nothing for a plan of its own."""
    plan = find_target_plan(session, row.plan_code)
    if plan is None:
        return []
    document = keep_codes(read_corrected(row)[0], list_known(session, plan), chosen=list_chosen(row))
    return compare_plans(restore_document(plan.document), document)


def list_chosen(row: PlanImport) -> set[str]:
    """The codes that a person set, as `themes:5`: they are not matched by wording."""
    return {
        f"{found['at'].partition('.')[0]}:{found['to']}"
        for found in row.corrections
        if found["deed"] == Deed.CODE.value
    }


def discard_import(session: Session, row: PlanImport, *, by: str, now: datetime) -> None:
    """Put the import away without writing a plan; it stays readable.

    Raises:
        ImportClosed
    """
    require_open(row)
    close_import(session, row, ImportState.DISCARDED, by=by, now=now)
    record_deed(session, row, "discard", by=by, now=now)


def reopen_import(session: Session, row: PlanImport, *, by: str, now: datetime) -> None:
    """Take a discarded import up again; a confirmed one is the plan and stays as it is.

    Raises:
        ImportClosed
    """
    if row.state is not ImportState.DISCARDED:
        raise ImportClosed(number=row.id)
    row.state, row.closed_at, row.closed_by = ImportState.OPEN, None, None
    session.add(row)
    session.flush()
    record_deed(session, row, "reopen", by=by, now=now)


def find_import(session: Session, number: int) -> PlanImport:
    """Raises: ImportMissing."""
    row = session.get(PlanImport, number)
    if row is None:
        raise ImportMissing(number=number)
    return row


def list_imports(session: Session, state: ImportState | None = None, *, limit: int = 100) -> list[PlanImport]:
    """The latest first."""
    query = select(PlanImport).order_by(col(PlanImport.id).desc()).limit(limit)
    return list(session.exec(query.where(PlanImport.state == state) if state else query))


def _take_over(session: Session, row: PlanImport, code: str | None) -> None:
    """Make the corrections of the plan's last confirmed import those of this one, before its own."""
    earlier = session.exec(
        select(PlanImport)
        .where(PlanImport.plan_code == code, PlanImport.state == ImportState.CONFIRMED)
        .order_by(col(PlanImport.id).desc())
    ).first()
    inherited = earlier.corrections if earlier and code else []
    _, missed = apply_corrections(
        restore_document(row.document), [restore_correction(found) for found in inherited]
    )
    lost = [correction.to_json() for correction in missed]
    taken = [found for found in inherited if found not in lost]
    row.plan_code = code
    row.corrections, row.inherited = [*taken, *row.corrections[row.inherited :]], len(taken)
    row.undone = []
    session.add(row)


def find_target_plan(session: Session, code: str | None) -> Plan | None:
    return session.exec(select(Plan).where(Plan.code == code)).first() if code else None


def require_open(row: PlanImport) -> None:
    if row.state is not ImportState.OPEN:
        raise ImportClosed(number=row.id)


def close_import(session: Session, row: PlanImport, state: ImportState, *, by: str, now: datetime) -> None:
    row.state, row.closed_at, row.closed_by = state, now, by
    session.add(row)
    session.flush()


def record_deed(
    session: Session,
    row: PlanImport,
    deed: str,
    *,
    by: str,
    now: datetime,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    record(
        session,
        at=now,
        by=by,
        action=f"plan.import.{deed}",
        subject=f"plan-import/{row.id}",
        before=before,
        after=after,
    )
