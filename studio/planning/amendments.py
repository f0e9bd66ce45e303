"""Later decisions that change the plan: what they change, from which day, with the old figures kept.

Conflict
└── AmendmentTwice
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from assets.errors import Conflict
from studio.people.audit import record
from studio.planning.models import Amendment, Plan, Target
from studio.planning.plans import list_targets
from studio.planning.targets import describe, find_problems, find_target


class AmendmentTwice(Conflict):
    """The plan has an amendment of this number."""


def amend(
    session: Session,
    plan: Plan,
    *,
    number: str,
    signed_on: date,
    valid_from: date,
    changes: str,
    changed: Mapping[int, Mapping[str, object] | None],
    added: Sequence[Target] = (),
    by: str,
    now: datetime,
) -> Amendment:
    """Record an amendment: `changed` gives targets by id their new fields (None: they end), `added` are new.

    The target as it was stays for every day before `valid_from`, so reports of that time stay what they were.

    Raises:
        AmendmentTwice, TargetMissing, and all that `find_problems` finds
    """
    if any(one.number == number for one in list_amendments(session, plan)):
        raise AmendmentTwice(number=number, plan=plan.code)
    assert plan.id is not None
    amendment = Amendment(
        plan_id=plan.id, number=number, signed_on=signed_on, valid_from=valid_from, changes=changes,
        recorded_at=now, recorded_by=by,
    )  # fmt: skip
    session.add(amendment)
    session.flush()
    what: list[dict[str, object]] = []
    for target_id, fields in changed.items():
        old = find_target(session, plan, target_id)
        before = describe(old)
        old.applies_until = valid_from - timedelta(days=1)
        after = None
        if fields is not None:
            copied = old.model_dump(exclude={"id"})
            new = Target(
                **{**copied, **fields, "applies_from": valid_from, "applies_until": None},
            )
            new.amendment_id = amendment.id
            session.add(new)
            after = describe(new)
        what.append({"before": before, "after": after})
    for target in added:
        new = Target(**{**target.model_dump(exclude={"id"}), "plan_id": plan.id})
        new.first_date, new.amendment_id = max(new.first_date, valid_from), amendment.id
        session.add(new)
        what.append({"before": None, "after": describe(new)})
    session.flush()
    for problem in find_problems(session, plan, list_targets(session, plan)):
        raise problem.error
    amendment.changed = what
    session.add(amendment)
    session.flush()
    record(
        session, at=now, by=by, action="plan.amend", subject=f"plan/{plan.code}",
        after={"number": number, "valid_from": valid_from.isoformat(), "changed": what},
    )  # fmt: skip
    return amendment


def list_amendments(session: Session, plan: Plan) -> list[Amendment]:
    """The plan's amendments, the earliest first."""
    query = select(Amendment).where(Amendment.plan_id == plan.id).order_by(col(Amendment.valid_from))
    return list(session.exec(query))
