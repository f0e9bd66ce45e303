"""Targets: kept, checked against the plan and against each other.

Invalid
├── TargetCodeUnknown
├── TargetOutOfRange
└── TargetUnfit
Missing
└── TargetMissing
Conflict
├── TargetTwice
└── TargetsContradict

To make targets: build `Target(plan_id=plan.id, theme=…, measure=Measure.AIRINGS, quantity=…, first_date=…,
last_date=…, every=Every.MONTH, unit=…, source="the words of the plan")`, ask `find_problems` what is wrong
with them, and keep those that are right with `add_targets`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from sqlmodel import Session, select

from assets.errors import Conflict, Invalid, LoaError, Missing
from scheduler.goals import covers
from scheduler.models import Station
from studio.people.audit import record
from studio.planning.amounts import write_amount, write_day
from studio.planning.models import Audience, Form, Measure, Plan, Target, Theme, Unit
from studio.planning.periods import list_windows, wanted_in
from studio.planning.plans import key_of, list_ancestors, list_targets

ON_AIR = frozenset({Measure.PROGRAMMES, Measure.ITEMS, Measure.AIRINGS, Measure.MINUTES})
"""What is counted from as-run logs; the others from recorded activities, items from both."""
_LABELS = ("theme", "audience", "form", "language", "station", "unit")


class TargetCodeUnknown(Invalid):
    """A target names a theme, audience, form, station or unit that does not exist."""


class TargetOutOfRange(Invalid):
    """A target's quantity, weight or period cannot be meant."""


class TargetUnfit(Invalid):
    """Two fields of a target do not go together."""


class TargetMissing(Missing):
    """The plan has no target of this number."""


class TargetTwice(Conflict):
    """Two targets ask for different quantities of the same."""


class TargetsContradict(Conflict):
    """One target asks for more than another allows."""


@dataclass(frozen=True, slots=True)
class TargetProblem:
    """What is wrong with the target at `place` of a list, and with which other it clashes."""

    place: int
    error: LoaError
    other: int | None = None


def find_problems(session: Session, plan: Plan, targets: Sequence[Target]) -> list[TargetProblem]:
    """Everything that is wrong with `targets` as the targets of the plan, in their order."""
    known = known_codes(session, plan)
    found: list[TargetProblem] = []
    sound: list[int] = []
    for place, target in enumerate(targets):
        try:
            _check(target, known)
        except Invalid as error:
            found.append(TargetProblem(place, error))
        else:
            sound.append(place)
    first: dict[tuple[object, ...], int] = {}
    for place in sound:
        other = first.setdefault(key_of(targets[place]), place)
        if other != place and _differ(targets[other], targets[place]):
            found.append(TargetProblem(place, _name_twice(targets[other], targets[place]), other))
    capped = [place for place in sound if targets[place].maximum is not None]
    for place in sound:
        for other in capped:
            clash = _contradiction(targets[place], targets[other]) if other != place else None
            found += [TargetProblem(place, clash, other)] if clash else []
    return sorted(found, key=lambda problem: problem.place)


def set_targets(session: Session, plan: Plan, targets: Sequence[Target]) -> list[Target]:
    """Make `targets` the targets of the plan; those that stay the same keep their row.

    Raises:
        TargetCodeUnknown: with the nearest code there is. TargetOutOfRange, TargetUnfit, TargetTwice,
        TargetsContradict
    """
    for problem in find_problems(session, plan, targets):
        raise problem.error
    wanted = {key_of(target): target for target in targets}
    present = {key_of(target): target for target in list_targets(session, plan)}
    for key, target in present.items():
        if key not in wanted:
            session.delete(target)
    session.flush()
    for key, target in wanted.items():
        row = present.get(key) or _copy(target, plan)
        for name in ("quantity", "maximum", "weight", "source", "amendment_id"):
            setattr(row, name, getattr(target, name))
        session.add(row)
    session.flush()
    return list_targets(session, plan)


def add_targets(
    session: Session, plan: Plan, targets: Sequence[Target], *, by: str, now: datetime
) -> list[Target]:
    """Add targets to those of the plan; one that is there already with the same figures is left as it is.

    Raises:
        as `set_targets`
    """
    kept = list_targets(session, plan)
    known = {key_of(target): target for target in kept}
    fresh = [
        target for target in targets if key_of(target) not in known or _differ(known[key_of(target)], target)
    ]
    _require_sound(session, plan, [*kept, *fresh])
    rows = []
    for target in fresh:
        row = _copy(target, plan)
        session.add(row)
        session.flush()
        _record(session, plan, "target.add", row, by=by, now=now, after=describe(row))
        rows.append(row)
    return rows


def take_targets(session: Session, plan: Plan, targets: Sequence[Target], *, by: str, now: datetime) -> None:
    """Add targets to those of the plan; one for the same takes over the number and its source.

    Raises:
        as `set_targets`: nothing is changed then.
    """
    stored = {key_of(target): target for target in list_targets(session, plan)}
    with session.no_autoflush:
        wanted = [
            Target(**{**known.model_dump(), "quantity": target.quantity, "source": target.source})
            if (known := stored.get(key_of(target)))
            else _copy(target, plan)
            for target in targets
        ]
        keys = {key_of(target) for target in wanted}
        _require_sound(session, plan, [*(one for key, one in stored.items() if key not in keys), *wanted])
    for target in wanted:
        known = stored.get(key_of(target))
        if known and known.quantity != target.quantity:
            says = {"quantity": target.quantity, "source": target.source}
            change_target(session, plan, known.id or 0, says, by=by, now=now)
    fresh = {key_of(target): target for target in wanted if key_of(target) not in stored}
    add_targets(session, plan, list(fresh.values()), by=by, now=now)


def change_target(
    session: Session, plan: Plan, target_id: int, changes: Mapping[str, object], *, by: str, now: datetime
) -> Target:
    """Change fields of a target.

    Raises:
        TargetMissing, and as `set_targets`: nothing is changed then.
    """
    target = find_target(session, plan, target_id)
    before = describe(target)
    with session.no_autoflush:
        changed = Target(**{**target.model_dump(), **changes})
        others = [one for one in list_targets(session, plan) if one.id != target_id]
        _require_sound(session, plan, [*others, changed])
    target.sqlmodel_update(changed.model_dump(exclude={"id", "plan_id"}))
    session.add(target)
    session.flush()
    if describe(target) != before:
        _record(session, plan, "target.change", target, by=by, now=now, before=before, after=describe(target))
    return target


def remove_target(session: Session, plan: Plan, target_id: int, *, by: str, now: datetime) -> None:
    """Take a target out of the plan; the audit keeps what it was.

    Raises:
        TargetMissing
    """
    target = find_target(session, plan, target_id)
    _record(session, plan, "target.remove", target, by=by, now=now, before=describe(target))
    session.delete(target)
    session.flush()


def find_target(session: Session, plan: Plan, target_id: int) -> Target:
    """Raises: TargetMissing."""
    target = session.get(Target, target_id)
    if target is None or target.plan_id != plan.id:
        known = ", ".join(str(one.id) for one in list_targets(session, plan)[:20])
        raise TargetMissing(number=target_id, plan=plan.code, known=known or "-")
    return target


def describe(target: Target) -> dict[str, object]:
    """A target as the audit keeps it."""
    return target.model_dump(mode="json", exclude={"id", "plan_id"})


def known_codes(session: Session, plan: Plan) -> Mapping[str, set[str]]:
    """The codes that a target of the plan may name; a sub-plan without headings uses those above it."""
    found: dict[str, set[str]] = {
        "station": set(session.exec(select(Station.code))),
        "unit": set(session.exec(select(Unit.code))),
    }
    for kind, table in (("theme", Theme), ("audience", Audience), ("form", Form)):
        for one in list_ancestors(session, plan):
            codes = set(session.exec(select(table.code).where(table.plan_id == one.id)))
            if codes:
                break
        found[kind] = codes
    return found


def _check(target: Target, known: Mapping[str, set[str]]) -> None:
    for kind, codes in known.items():
        code = getattr(target, kind)
        if code is not None and code not in codes:
            nearest = get_close_matches(code, codes, n=1, cutoff=0.0)
            raise TargetCodeUnknown(kind=kind, code=code, nearest=nearest[0] if nearest else "-")
    least, most = target.quantity, target.maximum
    # "At most" alone is a target too: a least of nothing, and a limit.
    in_range = least >= (0 if most is not None else 1) and target.weight >= 1
    if not in_range or target.last_date < target.first_date or (most is not None and most < least):
        raise TargetOutOfRange(
            quantity=least if most is None else f"{least}–{most}",
            first=write_day(target.first_date),
            last=write_day(target.last_date),
        )
    if target.station is not None and target.measure not in ON_AIR:
        raise TargetUnfit(first="station", second=target.measure.value)
    if target.station is not None and target.unit is not None:
        raise TargetUnfit(first="station", second="unit")
    if target.measure == Measure.HOUSEHOLDS and max(least, most or 0) > 100:
        raise TargetUnfit(first="quantity", second=target.measure.value)


def _contradiction(asking: Target, limiting: Target) -> LoaError | None:
    """Whether the least of one is more than the most of another that counts the same and more."""
    assert limiting.maximum is not None
    if asking.measure != limiting.measure or not _is_part(asking, limiting):
        return None
    for period, window in list_windows(limiting, asking.first_date, asking.last_date):
        least = sum(wanted_in(asking, *one) for one in list_windows(asking, window.first, window.last))
        most = wanted_in(limiting, period, window, limiting.maximum)
        if asking.measure == Measure.HOUSEHOLDS:
            least = asking.quantity
        if least > most:
            return TargetsContradict(
                what=name_codes_of(asking),
                least=write_amount(asking.measure, least),
                other=name_codes_of(limiting),
                most=write_amount(asking.measure, most),
                first=write_day(window.first),
                last=write_day(window.last),
            )
    return None


def _is_part(narrow: Target, wide: Target) -> bool:
    """Whether all that counts for `narrow` counts for `wide`."""
    return (
        all(covers(getattr(wide, name), getattr(narrow, name)) for name in ("theme", "audience", "form"))
        and wide.language in (None, narrow.language)
        and wide.station in (None, narrow.station)
        and wide.unit in (None, narrow.unit)
    )


def name_codes_of(target: Target) -> str:
    """A target in its codes: `3.health · ia-dom`."""
    return " · ".join(str(getattr(target, name)) for name in _LABELS if getattr(target, name)) or "*"


def _differ(one: Target, other: Target) -> bool:
    return (one.quantity, one.maximum) != (other.quantity, other.maximum)


def _name_twice(one: Target, other: Target) -> LoaError:
    return TargetTwice(
        what=one.theme or one.form or one.audience or "*",
        station=one.station or one.unit or "*",
        first=write_amount(one.measure, one.quantity),
        second=write_amount(other.measure, other.quantity),
    )


def _copy(target: Target, plan: Plan) -> Target:
    return Target(**{**target.model_dump(exclude={"id"}), "plan_id": plan.id})


def _require_sound(session: Session, plan: Plan, targets: Sequence[Target]) -> None:
    for problem in find_problems(session, plan, targets):
        raise problem.error


def _record(
    session: Session,
    plan: Plan,
    action: str,
    target: Target,
    *,
    by: str,
    now: datetime,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    subject = f"plan/{plan.code}/target/{target.id}"
    record(session, at=now, by=by, action=action, subject=subject, before=before, after=after)
