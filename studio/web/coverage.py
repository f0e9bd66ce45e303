"""Where the plan stands: what is short first, for a period, with the report to send up."""

from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session, func, select

from assets.messages import say
from scheduler.quarantine import list_held
from studio.people.models import User
from studio.people.permissions import Action
from studio.planning.coverage import compute_coverage
from studio.planning.evidence import show_evidence
from studio.planning.heat import map_minutes
from studio.planning.models import Plan, Target
from studio.planning.periods import Period
from studio.planning.plans import find_plan, list_plans
from studio.planning.scope import Question, read_ground
from studio.planning.targets import TargetMissing
from studio.reports.composing import make_report
from studio.reports.registry import find_writer
from studio.web.access import Allowed, In, Now, Reading, read_day
from studio.web.templating import render

router = APIRouter(include_in_schema=False)

MOST_ROWS = 500
"""So many rows are listed behind a figure."""
OFFERED = ("html", "xlsx", "docx", "pdf")
Reader = Annotated[User, Depends(Allowed(Action.READ_COVERAGE))]


@router.get("/coverage")
def show_coverage(
    request: Request,
    *,
    house: In,
    session: Reading,
    _user: Reader,
    now: Now,
    plan: str = "",
    first: str = "",
    last: str = "",
) -> Response:
    plans = list_plans(session)
    if not plans:
        return render(request, "coverage.html", {"title": say("web.coverage.title"), "plans": plans})
    chosen = find_plan(session, plan or None)
    since, until = read_period(session, chosen, first, last, zone=house.settings.timezone, now=now)
    coverage = compute_coverage(session, chosen, since, until, now=now, with_rows=False)
    values = {
        "title": say("web.coverage.title"),
        "plans": plans,
        "plan": chosen,
        "coverage": coverage,
        "formats": OFFERED,
        "whole": read_span(session, chosen),
        "heat": map_minutes(session, chosen, Period(since, until)),
        "held": len(list_held(session)),
    }
    return render(request, "coverage.html", values)


@router.get("/coverage/rows")
def show_rows(
    request: Request,
    *,
    house: In,
    session: Reading,
    _user: Reader,
    now: Now,
    target: int = 0,
    plan: str = "",
    first: str = "",
    last: str = "",
) -> Response:
    """The rows behind one figure of the page."""
    chosen = find_plan(session, plan or None)
    since, until = read_period(session, chosen, first, last, zone=house.settings.timezone, now=now)
    coverage = compute_coverage(session, chosen, since, until, now=now, with_rows=False)
    row = next((one for one in coverage.rows if one.target_id == target), None)
    wanted = session.get(Target, target)
    if row is None or wanted is None:
        raise TargetMissing(number=target, plan=chosen.code, known="-")
    ground = read_ground(session, chosen)
    window = Period(row.first_date, row.last_date)
    question = Question(ground.scope_of(wanted), wanted.measure, window)
    behind, logged = show_evidence(session, ground, question, now, most=MOST_ROWS)
    values = {
        "title": row.title,
        "plan": chosen,
        "row": row,
        "behind": behind,
        "logged": logged,
        "stations": {station.code: station.name for station in ground.stations.values()},
        "first": since,
        "last": until,
    }
    return render(request, "coverage_rows.html", values)


@router.get("/coverage/report.{suffix}")
def send_report(
    *,
    house: In,
    session: Reading,
    _user: Reader,
    now: Now,
    suffix: str,
    plan: str = "",
    first: str = "",
    last: str = "",
) -> Response:
    chosen = find_plan(session, plan or None)
    since, until = read_period(session, chosen, first, last, zone=house.settings.timezone, now=now)
    writer = find_writer(suffix)
    report = make_report(
        session, kind="coverage", first=since, last=until, now=now, plan=chosen, traced=writer.traces
    )
    name = f"loa-{since.isoformat()}-{until.isoformat()}.{suffix}"
    return Response(
        writer.write(report),
        media_type=writer.media_type,
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def read_span(session: Session, plan: Plan) -> tuple[date, date]:
    """From the first to the last day that any target of the plan covers; its year without targets."""
    first, last = session.exec(
        select(func.min(Target.first_date), func.max(Target.last_date)).where(Target.plan_id == plan.id)
    ).one()
    return first or date(plan.year, 1, 1), last or date(plan.year, 12, 31)


def read_period(
    session: Session, plan: Plan, first: str, last: str, *, zone: ZoneInfo, now: datetime
) -> tuple[date, date]:
    """The period asked for; by default all that the plan's targets cover."""
    since, until = read_span(session, plan)
    return (
        read_day(first, zone, now) if first else since,
        read_day(last, zone, now) if last else until,
    )
