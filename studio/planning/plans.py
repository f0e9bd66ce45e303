"""Plans and their targets as rows; imported as often as the document changes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from typing import TypeVar

from sqlmodel import Session, col, select

from assets.errors import Conflict, Invalid, Missing
from scheduler.models import Station
from studio.planning.document import Heading, PlanDocument
from studio.planning.models import Audience, Form, Plan, Target, Theme


class PlanMissing(Missing):
    """No plan has this code."""


class NoPlanYet(Missing):
    """No plan was imported."""


class PlanYearMissing(Invalid):
    """Neither title nor date of the plan say which year it is for."""


class PlanTitleMissing(Invalid):
    """The document has no title: it is no plan, or its head was not recognised."""


class TargetCodeUnknown(Invalid):
    """A target names a theme, audience, form or station that does not exist."""


class TargetOutOfRange(Invalid):
    """A target's quantity, weight or period cannot be meant."""


class TargetTwice(Conflict):
    """Two targets ask for different quantities of the same."""


_Key = tuple[str | None, str | None, str | None, str | None, date, date, str]


def store_plan(
    session: Session,
    document: PlanDocument,
    *,
    code: str,
    source_sha256: str,
    is_sample: bool,
    now: datetime,
    year: int | None = None,
) -> Plan:
    """The plan `code` as `document` says; importing the same source again changes nothing.

    A changed source updates titles and adds what is new; what a target still refers to stays, and so do
    the targets. `year` overrides the year that the document names.

    Raises:
        PlanTitleMissing, PlanYearMissing
    """
    if not document.title:
        raise PlanTitleMissing
    meant = year or document.year
    if meant is None:
        raise PlanYearMissing(title=document.title)
    plan = session.exec(select(Plan).where(Plan.code == code)).first()
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
    session.add(plan)
    session.flush()
    _renew_headings(session, plan, document)
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
    """All plans, the latest year first."""
    return list(session.exec(select(Plan).order_by(col(Plan.year).desc(), col(Plan.id).desc())))


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
    """The plan's targets by period, theme, station."""
    found = session.exec(select(Target).where(Target.plan_id == plan.id))
    return sorted(found, key=lambda target: tuple(str(part or "") for part in _key(target)))


def set_targets(session: Session, plan: Plan, targets: Sequence[Target]) -> list[Target]:
    """Make `targets` the targets of the plan; those that stay the same keep their row.

    Raises:
        TargetCodeUnknown: with the nearest code there is. TargetOutOfRange, TargetTwice
    """
    assert plan.id is not None
    wanted: dict[_Key, Target] = {}
    known = _known_codes(session, plan)
    for target in targets:
        _check(target, known)
        earlier = wanted.setdefault(_key(target), target)
        if earlier.quantity != target.quantity:
            raise TargetTwice(
                what=target.theme or target.form or target.audience or "*",
                station=target.station or "*",
                first=earlier.quantity,
                second=target.quantity,
            )
    present = {_key(target): target for target in list_targets(session, plan)}
    for key, target in present.items():
        if key not in wanted:
            session.delete(target)
    for key, target in wanted.items():
        row = present.get(key) or Target(**target.model_dump(exclude={"id", "plan_id"}), plan_id=plan.id)
        row.quantity, row.weight = target.quantity, target.weight
        session.add(row)
    session.flush()
    return list_targets(session, plan)


def _key(target: Target) -> _Key:
    return (
        target.theme,
        target.audience,
        target.form,
        target.station,
        target.first_date,
        target.last_date,
        target.measure.value,
    )


def _known_codes(session: Session, plan: Plan) -> Mapping[str, set[str]]:
    return {
        "theme": {theme.code for theme in list_themes(session, plan)},
        "audience": {audience.code for audience in list_audiences(session, plan)},
        "form": {form.code for form in list_forms(session, plan)},
        "station": set(session.exec(select(Station.code))),
    }


def _check(target: Target, known: Mapping[str, set[str]]) -> None:
    for kind, codes in known.items():
        code = getattr(target, kind)
        if code is not None and code not in codes:
            nearest = get_close_matches(code, codes, n=1, cutoff=0.0)
            raise TargetCodeUnknown(kind=kind, code=code, nearest=nearest[0] if nearest else "-")
    if target.quantity < 1 or target.weight < 1:
        raise TargetOutOfRange(quantity=target.quantity, first=target.first_date, last=target.last_date)
    if target.last_date < target.first_date:
        raise TargetOutOfRange(quantity=target.quantity, first=target.first_date, last=target.last_date)


def _renew_headings(session: Session, plan: Plan, document: PlanDocument) -> None:
    targets = list_targets(session, plan)
    themes = [row for theme in document.themes for row in _family(theme.code, theme.title, theme.topics)]
    forms = [row for form in document.forms for row in _family(form.code, form.title, form.products)]
    audiences = [row for audience in document.audiences for row in _family(audience.code, audience.title, ())]
    _renew(session, plan, Theme, themes, {target.theme for target in targets})
    _renew(session, plan, Form, forms, {target.form for target in targets})
    _renew(session, plan, Audience, audiences, {target.audience for target in targets})
    session.flush()


def _family(code: str, title: str, members: Iterable[Heading]) -> list[tuple[str, str, str | None]]:
    """(code, title, parent code) of a heading and of those under it."""
    return [(code, title, None), *((member.code, member.title, code) for member in members)]


_Row = TypeVar("_Row", Theme, Form, Audience)


def _renew(
    session: Session,
    plan: Plan,
    table: type[_Row],
    wanted: Sequence[tuple[str, str, str | None]],
    in_use: set[str | None],
) -> None:
    """Make the rows of `table` those wanted, in order; a row that a target refers to stays at the end."""
    assert plan.id is not None
    present = {row.code: row for row in session.exec(select(table).where(table.plan_id == plan.id))}
    for position, (code, title, parent) in enumerate(wanted):
        row = present.pop(code, None) or table(plan_id=plan.id, code=code, title="", position=0)
        row.title, row.position = title, position
        if not isinstance(row, Audience):
            row.parent_code = parent
        session.add(row)
    for position, (code, row) in enumerate(present.items(), start=len(wanted)):
        if code in in_use:
            row.position = position
            session.add(row)
        else:
            session.delete(row)
