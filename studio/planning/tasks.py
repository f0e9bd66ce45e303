"""What units have to do under the plan: kept, moved on, and named when it is overdue.

Missing
└── TaskMissing
Invalid
└── TaskUnusable
"""

from datetime import date, datetime

from sqlmodel import Session, col, select

from assets.errors import Invalid, Missing
from studio.people.audit import record
from studio.planning.models import Plan, Task, TaskState
from studio.planning.units import find_unit


class TaskMissing(Missing):
    pass


class TaskUnusable(Invalid):
    """A task without words, or done before anybody could."""


def add_task(
    session: Session, plan: Plan, *, unit: str, title: str, due_on: date | None, by: str, now: datetime
) -> Task:
    """Raises: UnitUnknown, TaskUnusable."""
    find_unit(session, unit)
    if not title.strip():
        raise TaskUnusable(title=title)
    assert plan.id is not None
    task = Task(plan_id=plan.id, unit=unit, title=title.strip()[:500], due_on=due_on)
    session.add(task)
    session.flush()
    _record(session, "task.add", task, by=by, now=now, after=task.model_dump(mode="json"))
    return task


def change_task(
    session: Session,
    task_id: int,
    *,
    state: TaskState | None = None,
    due_on: date | None = None,
    title: str | None = None,
    note: str | None = None,
    today: date,
    by: str,
    now: datetime,
) -> Task:
    """Raises: TaskMissing, TaskUnusable."""
    task = session.get(Task, task_id)
    if task is None:
        raise TaskMissing(number=task_id)
    before = task.model_dump(mode="json")
    if title is not None:
        if not title.strip():
            raise TaskUnusable(title=title)
        task.title = title.strip()[:500]
    task.due_on = due_on or task.due_on
    task.note = task.note if note is None else note.strip()[:1000]
    if state is not None:
        task.state = state
        task.done_on = (task.done_on or today) if state is TaskState.DONE else None
    session.add(task)
    session.flush()
    _record(session, "task.change", task, by=by, now=now, before=before, after=task.model_dump(mode="json"))
    return task


def list_tasks(session: Session, plan: Plan, *, unit: str | None = None) -> list[Task]:
    """The tasks of the plan, the earliest due first, those without a day last."""
    query = select(Task).where(Task.plan_id == plan.id)
    if unit is not None:
        query = query.where(Task.unit == unit)
    tasks = session.exec(query.order_by(col(Task.id))).all()
    return sorted(tasks, key=lambda task: task.due_on or date.max)


def _record(
    session: Session,
    action: str,
    task: Task,
    *,
    by: str,
    now: datetime,
    after: dict[str, object],
    before: dict[str, object] | None = None,
) -> None:
    record(session, at=now, by=by, action=action, subject=f"task/{task.id}", before=before, after=after)
