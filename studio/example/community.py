"""What the example district does beside broadcasting: units, a commune's own plan, activities and tasks."""

import hashlib
from dataclasses import replace
from datetime import timedelta

from sqlmodel import Session, select

from studio.activities.activities import add_activity
from studio.activities.models import Activity, ActivityKind
from studio.example.stage import Stage
from studio.planning.importer import read_plan
from studio.planning.models import Measure, Plan, Target, Task, TaskState, Unit, UnitKind
from studio.planning.plans import place_under, store_plan
from studio.planning.targets import add_targets
from studio.planning.tasks import add_task, change_task
from studio.planning.units import add_unit, assign_station, find_unit

_BY = "quanly"


def set_up_community(session: Session, stage: Stage, plan: Plan) -> None:
    """Everything of `district.toml` that is not there yet."""
    facts, district = stage.district.facts, stage.district
    now = district.at(district.first - timedelta(days=7), 9)
    for one in facts["units"]:
        above = find_unit(session, one["parent"]) if "parent" in one else None
        unit = Unit(
            code=one["code"], name=one["name"], kind=UnitKind(one["kind"]), is_sample=True,
            parent_id=above.id if above else None, households=one.get("households"),
        )  # fmt: skip
        unit = add_unit(session, unit, by=_BY, now=now)
        if "station" in one:
            assign_station(session, one["station"], unit, on=district.first.replace(month=1, day=1))
    _set_up_sub_plan(session, stage, plan)
    if session.exec(select(Activity.id)).first() is None:
        for one in facts["activities"]:
            fields = {key: value for key, value in one.items() if key != "unit"}
            fields["kind"] = ActivityKind(one["kind"])
            add_activity(session, plan, one["unit"], fields, by=_BY, now=now, is_sample=True)
    if session.exec(select(Task.id)).first() is None:
        for one in facts["tasks"]:
            task = add_task(
                session, plan, unit=one["unit"], title=one["title"], due_on=one["due"], by=_BY, now=now
            )
            if "state" in one:
                state = TaskState(one["state"])
                change_task(session, task.id or 0, state=state, today=now.date(), by=_BY, now=now)


def _set_up_sub_plan(session: Session, stage: Stage, plan: Plan) -> None:
    """A commune's plan: it carries out the district's, under the same themes."""
    facts = stage.district.facts["sub_plan"]
    now = stage.district.at(stage.district.first - timedelta(days=7), 9)
    if session.exec(select(Plan.id).where(Plan.code == facts["code"])).first() is not None:
        return
    whole = read_plan(stage.district.plan_text)
    document = replace(whole, title=facts["title"], number=None, themes=(), forms=(), audiences=())
    child = store_plan(
        session,
        document,
        code=facts["code"],
        source_sha256=hashlib.sha256(facts["title"].encode()).hexdigest(),
        is_sample=True,
        now=now,
    )
    place_under(session, child, plan, find_unit(session, facts["unit"]))
    assert child.id is not None
    wanted = [
        Target(**{**one, "plan_id": child.id, "measure": Measure(one["measure"])}) for one in facts["targets"]
    ]
    add_targets(session, child, wanted, by=_BY, now=now)
