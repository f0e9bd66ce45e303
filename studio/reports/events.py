"""Activities beside broadcasting, summed by kind and listed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from assets.messages import say
from studio.activities.models import Activity, ActivityKind, ActivityState
from studio.planning.models import Plan, Unit
from studio.planning.plans import list_ancestors, list_family
from studio.reports.report import Cell, Column, Table


@dataclass(slots=True)
class EventSums:
    count: int = 0
    sessions: int = 0
    people: int = 0
    copies: int = 0
    households: int = 0

    def add(self, one: Activity) -> None:
        """What is not known is not nought, and adds nothing."""
        self.count += 1
        self.sessions += one.sessions
        self.people += one.people or 0
        self.copies += one.copies or 0
        self.households += one.households or 0

    @property
    def cells(self) -> tuple[Cell, ...]:
        return self.count, self.sessions, self.people, self.copies, self.households


@dataclass(frozen=True, slots=True)
class Events:
    """The activities held in a period, by day."""

    rows: tuple[tuple[Activity, str], ...]
    """With the name of the unit."""

    @property
    def by_kind(self) -> Mapping[ActivityKind, EventSums]:
        found: dict[ActivityKind, EventSums] = defaultdict(EventSums)
        for one, _ in self.rows:
            found[one.kind].add(one)
        return {kind: found[kind] for kind in ActivityKind if kind in found}

    @property
    def total(self) -> EventSums:
        total = EventSums()
        for one, _ in self.rows:
            total.add(one)
        return total


def gather_events(session: Session, plan: Plan | None, first: date, last: date) -> Events:
    """What was held for the whole plan, its sub-plans included; of none without a plan."""
    if plan is None:
        return Events(())
    tree = [one.id for one in list_family(session, list_ancestors(session, plan)[-1])]
    query = (
        select(Activity, Unit.name)
        .join(Unit, col(Unit.id) == col(Activity.unit_id))
        .where(
            col(Activity.plan_id).in_(tree),
            col(Activity.deleted_at).is_(None),
            Activity.state == ActivityState.HELD,
            col(Activity.held_on).between(first, last),
        )
        .order_by(col(Activity.held_on), col(Activity.id))
    )
    return Events(tuple(session.exec(query)))


def tabulate_events(events: Events, themes: Iterable[tuple[str, str]]) -> list[Table]:
    """By kind, then one row for each activity; `themes` are codes and titles."""
    titles = dict(themes)
    counts = tuple(Column(name, "count") for name in ("count", "sessions", "people", "copies", "households"))
    by_kind = tuple((say(f"activities.kind.{kind}"), *sums.cells) for kind, sums in events.by_kind.items())
    listed = tuple(
        (one.id, one.held_on, say(f"activities.kind.{one.kind}"), one.title, name, one.place, one.theme,
         titles.get(one.theme or "", one.theme),
         one.sessions, one.people, one.copies, one.households)
        for one, name in events.rows
    )  # fmt: skip
    columns = (
        Column("activity_id", "count"), Column("day", "day"), Column("activity_kind"), Column("activity"),
        Column("held_by"), Column("place"), Column("theme"), Column("theme_title"), *counts[1:],
    )  # fmt: skip
    totals = (say("reports.total"), *events.total.cells)
    return [
        Table("activity_kinds", (Column("activity_kind"), *counts), by_kind, totals if by_kind else None),
        Table("activities", columns, listed),
    ]
