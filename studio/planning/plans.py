"""Plans and their targets as rows; imported as often as the document changes."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session, col, select

from assets.errors import Invalid, Missing
from assets.models import Asset
from studio.activities.models import Activity
from studio.planning.document import Heading, PlanDocument
from studio.planning.models import Audience, Form, Plan, Target, Theme, Unit
from studio.planning.review.codes import Known, keep_codes
from studio.scripts.models import Script


class PlanMissing(Missing):
    """No plan has this code."""


class NoPlanYet(Missing):
    """No plan was imported."""


class PlanYearMissing(Invalid):
    """Neither title nor date of the plan say which year it is for."""


class PlanTitleMissing(Invalid):
    """The document has no title: it is no plan, or its head was not recognised."""


class PlanParentUnfit(Invalid):
    """A plan cannot be carried out by this one: it would be part of itself."""


def store_plan(
    session: Session,
    document: PlanDocument,
    *,
    code: str,
    source_sha256: str,
    is_sample: bool,
    now: datetime,
    year: int | None = None,
    chosen_codes: Collection[str] = (),
) -> Plan:
    """The plan `code` as `document` says; importing the same source again changes nothing.

    A changed source updates titles and adds what is new. A heading that is the same by its wording keeps its
    code, whatever its number in the document (unless a person chose one: `themes:3`); what is gone but still
    referred to is closed, and targets stay. `year` overrides the year that the document names.

    Raises:
        PlanTitleMissing, PlanYearMissing
    """
    if not document.title:
        raise PlanTitleMissing
    meant = year or document.year
    if meant is None:
        raise PlanYearMissing(title=document.title)
    plan = session.exec(select(Plan).where(Plan.code == code)).first()
    if plan is not None:
        document = keep_codes(document, list_known(session, plan), chosen=chosen_codes)
    says: dict[str, object] = {
        "title": document.title,
        "number": document.number,
        "issuer": document.issuer,
        "year": meant,
        "signed_on": document.date,
        "source_sha256": source_sha256,
        "document": document.to_json(),
        "is_sample": is_sample,
    }
    if plan and all(getattr(plan, name) == value for name, value in says.items()):
        return plan
    if plan is None:
        plan = Plan(code=code, title="", year=meant, source_sha256="", document={}, imported_at=now)
    plan.sqlmodel_update({**says, "imported_at": now})
    for name in ("programme", "project", "sub_project"):
        if getattr(plan, name) is None:
            setattr(plan, name, getattr(document, name))
    session.add(plan)
    session.flush()
    _renew_headings(session, plan, document, now)
    return plan


def find_plan(session: Session, code: str | None = None) -> Plan:
    """The plan with this code; without one, the plan of the latest year.

    Raises:
        PlanMissing: names the codes there are. NoPlanYet
    """
    plans = list_plans(session)
    if not plans:
        raise NoPlanYet
    if code is None:
        return plans[0]
    for plan in plans:
        if plan.code == code:
            return plan
    raise PlanMissing(code=code, known=", ".join(plan.code for plan in plans))


def list_plans(session: Session) -> list[Plan]:
    """All plans: those that are no part of another first, of these the latest year first."""
    plans = session.exec(select(Plan).order_by(col(Plan.year).desc(), col(Plan.id).desc()))
    return sorted(plans, key=lambda plan: plan.parent_id is not None)


def list_themes(session: Session, plan: Plan) -> list[Theme]:
    """Themes with each one's topics after it, in the order of the document."""
    return list(session.exec(select(Theme).where(Theme.plan_id == plan.id).order_by(col(Theme.position))))


def list_audiences(session: Session, plan: Plan) -> list[Audience]:
    return list(
        session.exec(select(Audience).where(Audience.plan_id == plan.id).order_by(col(Audience.position)))
    )


def list_forms(session: Session, plan: Plan) -> list[Form]:
    """Forms with each one's products after it, in the order of the document."""
    return list(session.exec(select(Form).where(Form.plan_id == plan.id).order_by(col(Form.position))))


def list_targets(session: Session, plan: Plan) -> list[Target]:
    """The plan's targets by theme, place and period."""
    found = session.exec(select(Target).where(Target.plan_id == plan.id))
    return sorted(found, key=lambda target: tuple(str(part or "") for part in key_of(target)))


def key_of(target: Target) -> tuple[object, ...]:
    """What a target asks for, without how much: no two targets of a plan have the same."""
    return (
        target.theme,
        target.audience,
        target.form,
        target.language,
        target.station,
        target.unit,
        target.first_date,
        target.last_date,
        target.measure.value,
        target.every.value,
        target.applies_from,
        target.applies_until,
    )


def place_under(session: Session, plan: Plan, parent: Plan | None, unit: Unit | None) -> None:
    """Make the plan a part of `parent`, carried out by `unit`; its results count for the parent from then on.

    Raises:
        PlanParentUnfit
    """
    if parent is not None and plan.id in {one.id for one in list_ancestors(session, parent)}:
        raise PlanParentUnfit(plan=plan.code, parent=parent.code)
    plan.parent_id = parent.id if parent else None
    plan.unit_id = unit.id if unit else None
    session.add(plan)
    session.flush()


def list_ancestors(session: Session, plan: Plan) -> list[Plan]:
    """The plan, the one it carries out, and so on up to the first."""
    found = [plan]
    while (above := found[-1].parent_id) is not None:
        found.append(session.get_one(Plan, above))
    return found


def list_family(session: Session, plan: Plan) -> list[Plan]:
    """The plan, then the sub-plans under it, at any depth."""
    found = [plan]
    for one in found:
        found += session.exec(select(Plan).where(Plan.parent_id == one.id).order_by(col(Plan.code)))
    return found


def _renew_headings(session: Session, plan: Plan, document: PlanDocument, now: datetime) -> None:
    themes = [row for theme in document.themes for row in _family(theme.code, theme.title, theme.topics)]
    forms = [row for form in document.forms for row in _family(form.code, form.title, form.products)]
    audiences = [row for audience in document.audiences for row in _family(audience.code, audience.title, ())]
    held = _list_held(session, plan)
    _renew(session, plan, Theme, themes, held=held["themes"], now=now)
    _renew(session, plan, Form, forms, held=held["forms"], now=now)
    _renew(session, plan, Audience, audiences, held=held["audiences"], now=now)
    session.flush()


def _list_held(session: Session, plan: Plan) -> dict[str, set[str]]:
    """The codes that something means: the plan's targets and activities, scripts and catalogued pieces."""
    held: dict[str, set[str]] = {}
    for part, name in (("themes", "theme"), ("forms", "form"), ("audiences", "audience")):
        codes: set[str | None] = set()
        for own in (Target, Activity):
            codes |= set(session.exec(select(getattr(own, name)).where(col(own.plan_id) == plan.id)))
        for other in (Script, Asset):
            codes |= set(session.exec(select(getattr(other, name)).distinct()))
        held[part] = {code for code in codes if code}
        held[part] |= {code.split(".", maxsplit=1)[0] for code in held[part]}
    return held


def list_known(session: Session, plan: Plan) -> dict[str, list[Known]]:
    """The headings of the plan as they are stored, with what is held by something."""
    held = _list_held(session, plan)
    rows: dict[str, Sequence[Theme | Form | Audience]] = {
        "themes": list_themes(session, plan),
        "forms": list_forms(session, plan),
        "audiences": list_audiences(session, plan),
    }
    return {
        part: [
            Known(row.code, row.title, getattr(row, "parent_code", None), row.code in held[part])
            for row in found
        ]
        for part, found in rows.items()
    }


def _family(code: str, title: str, members: Iterable[Heading]) -> list[tuple[str, str, str | None]]:
    """(code, title, parent code) of a heading and of those under it."""
    return [(code, title, None), *((member.code, member.title, code) for member in members)]


_Row = TypeVar("_Row", Theme, Form, Audience)


def _renew(
    session: Session,
    plan: Plan,
    table: type[_Row],
    wanted: Sequence[tuple[str, str, str | None]],
    *,
    held: Collection[str],
    now: datetime,
) -> None:
    """Make the rows of `table` those wanted, in order; a row that something means is closed, at the end."""
    assert plan.id is not None
    present = {row.code: row for row in session.exec(select(table).where(table.plan_id == plan.id))}
    for position, (code, title, parent) in enumerate(wanted):
        row = present.pop(code, None) or table(plan_id=plan.id, code=code, title="", position=0)
        row.title, row.position, row.closed_on = title, position, None
        if not isinstance(row, Audience):
            row.parent_code = parent
        session.add(row)
    for position, (code, row) in enumerate(present.items(), start=len(wanted)):
        if code in held:
            row.position, row.closed_on = position, row.closed_on or now.date()
            session.add(row)
        else:
            session.delete(row)
