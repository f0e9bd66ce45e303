"""A reviewed import made into the plan's rows: headings, units, and the targets that were kept."""

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from studio.planning.document import PlanDocument
from studio.planning.models import Plan, Target, Unit, UnitKind
from studio.planning.plans import PlanTitleMissing, key_of, list_targets, store_plan
from studio.planning.restoring import restore_document
from studio.planning.review.imports import (
    close_import,
    find_target_plan,
    list_chosen,
    read_corrected,
    record_deed,
    require_open,
)
from studio.planning.review.models import ImportState, PlanImport
from studio.planning.review.proposals import EACH, Proposal, propose_targets
from studio.planning.source import fold
from studio.planning.targets import TargetProblem, find_problems, take_targets
from studio.planning.units import add_unit, exists, make_unit_code

_UNIT_KINDS = (
    (UnitKind.COMMUNE, r"(?:ubnd|uy ban nhan dan) (?:xa|phuong|thi tran)\b"),
    (UnitKind.DISTRICT, r"(?:ubnd|uy ban nhan dan) huyen\b"),
    (UnitKind.ORGANISATION, r"(?:uy ban mat tran|mat tran|ubmttq|hoi|doan|lien doan)\b"),
    (
        UnitKind.OFFICE,
        r"(?:phong|trung tam|so|ban|cong an|van phong|dai|tram|chi cuc|ngan hang|kho bac|truong)\b",
    ),
)
_KIND_OF_PLACE = re.compile(r"^(?:(?:ubnd|uy ban nhan dan) )?(?:xa|phuong|thi tran) ")


def propose_for(session: Session, row: PlanImport, year: int) -> tuple[list[Proposal], list[TargetProblem]]:
    """The targets that the numbers of the plan propose, and what is wrong between them."""
    document, _ = read_corrected(row)
    proposals = propose_targets(document, year, _name_units(session, year))
    plan = find_target_plan(session, row.plan_code)
    if plan is None:
        return proposals, []
    stored = list_targets(session, plan)
    known = {key_of(target): target for target in stored}
    marked = []
    for one in proposals:
        own = [known.get(key_of(target)) for target in _make_targets(session, plan, one)]
        other = next((own for own in own if own and one.target and own.quantity != one.target.quantity), None)
        marked.append(replace(one, doubts=(*one.doubts, "stored"), stored=other) if other else one)
    # Only clashes with the plan's own targets: codes are settled when the plan is written.
    targets = [one.target for one in marked if one.target and not one.stored]
    problems = [one for one in find_problems(session, plan, [*stored, *targets]) if one.other is not None]
    clashing = {id(targets[one.place - len(stored)]) for one in problems if one.place >= len(stored)}
    return [
        replace(one, doubts=(*one.doubts, "contradicts")) if id(one.target) in clashing else one
        for one in marked
    ], problems


def confirm_import(
    session: Session,
    row: PlanImport,
    *,
    code: str,
    year: int | None,
    targets: Collection[int] = (),
    by: str,
    now: datetime,
) -> Plan:
    """Write the plan `code` from the corrected document; `targets` are the numbers of the proposals kept.

    Headings that are the same by their wording keep their codes, and what is gone but still referred to is
    closed. Targets stay; one for the same as a proposal that is kept takes over its number.

    Raises:
        ImportClosed, PlanTitleMissing, PlanYearMissing, and what `add_targets` raises
    """
    require_open(row)
    document, _ = read_corrected(row)
    if not document.title:
        raise PlanTitleMissing
    plan = store_plan(
        session,
        document,
        code=code,
        source_sha256=row.source_sha256,
        is_sample=False,
        now=now,
        year=year,
        chosen_codes=list_chosen(row),
    )
    written = restore_document(plan.document)
    _add_units(session, written, by=by, now=now)
    proposals = propose_targets(written, plan.year, _name_units(session, plan.year))
    kept = [one for one in proposals if one.number in targets]
    wanted = [target for one in kept for target in _make_targets(session, plan, one)]
    take_targets(session, plan, wanted, by=by, now=now)
    row.plan_code = plan.code
    close_import(session, row, ImportState.CONFIRMED, by=by, now=now)
    record_deed(session, row, "confirm", by=by, now=now, after={"plan": plan.code, "targets": len(wanted)})
    return plan


def _make_targets(session: Session, plan: Plan, proposal: Proposal) -> list[Target]:
    """What a proposal makes; what is asked of each commune is one target for each."""
    if proposal.target is None:
        return []
    communes = _list_communes(session, plan.year) if EACH in proposal.doubts else []
    says = proposal.target.model_dump(exclude={"id"})
    return [
        Target(**{**says, "plan_id": plan.id, "unit": unit}) for unit in communes or (proposal.target.unit,)
    ]


def _name_units(session: Session, year: int) -> dict[str, str]:
    """The codes of the units of a year by name, also by the bare one: "Ia Đal" for "Xã Ia Đal"."""
    units = [unit for unit in session.exec(select(Unit)) if exists(unit, date(year, 7, 1))]
    bare = [(_KIND_OF_PLACE.sub("", fold(unit.name)), unit.code) for unit in units]
    often = Counter(name for name, _ in bare)
    once = {name: code for name, code in bare if often[name] == 1}
    return once | {fold(unit.name): unit.code for unit in units}


def _list_communes(session: Session, year: int) -> list[str]:
    """The communes that exist in the middle of the year."""
    units = session.exec(select(Unit).where(Unit.kind == UnitKind.COMMUNE).order_by(col(Unit.code)))
    return [unit.code for unit in units if exists(unit, date(year, 7, 1))]


def _add_units(session: Session, document: PlanDocument, *, by: str, now: datetime) -> None:
    """The units with duties that are one organisation by their name; known ones are left as they are."""
    known = set(session.exec(select(Unit.code)))
    for unit in document.units:
        code = make_unit_code(unit.name)
        kind = guess_kind(unit.name)
        if code and kind is not None and code not in known:
            add_unit(session, Unit(code=code, name=unit.name[:200], kind=kind), by=by, now=now)
            known.add(code)


def guess_kind(name: str) -> UnitKind | None:
    """The kind of one organisation; None for a name of many ("các xã") or of none."""
    plain = fold(name)
    if re.search(r"\b(?:cac|nhung|moi|va)\b", plain):
        return None
    return next((kind for kind, pattern in _UNIT_KINDS if re.match(pattern, plain)), None)
