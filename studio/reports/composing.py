"""Puts a report together: the figures first, then what is short, then the tables behind it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlmodel import Session, func, select

from assets.errors import Invalid
from assets.messages import say
from assets.units import VIETNAM
from scheduler.bulk import many_objects
from scheduler.models import AsRunLog
from studio.money.tables import draft_money, tabulate_money
from studio.planning.amounts import write_day, write_minutes, write_number, write_share
from studio.planning.coverage import Coverage, CoverageStatus, compute_coverage
from studio.planning.models import Plan
from studio.planning.plans import find_plan, list_plans, list_themes
from studio.reports.addressing import address_letter
from studio.reports.airtime import (
    count_missed,
    draw_airtime,
    draw_calendar,
    tabulate_days,
    tabulate_incidents,
    tabulate_months,
    tabulate_origins,
    tabulate_records,
    tabulate_relays,
    tabulate_stations,
    tabulate_themes,
)
from studio.reports.coverage import draw_heat, find_wanted, tabulate_targets
from studio.reports.drafting import (
    draft_airtime,
    draft_difficulties,
    draft_events,
    draft_failures,
    draft_proposals,
    draft_targets,
)
from studio.reports.events import Events, gather_events, tabulate_events
from studio.reports.letter import lay_over
from studio.reports.models import ReportKind
from studio.reports.plan import tabulate_plan
from studio.reports.report import Figure, Report, Table
from studio.reports.sounding import Airtime, gather_airtime

ON_AIR = (ReportKind.AIRTIME, ReportKind.COVERAGE)
_MAIN: Mapping[str, tuple[str, ...]] = {
    ReportKind.AIRTIME: ("days", "months"),
    ReportKind.COVERAGE: ("targets",),
    ReportKind.PLAN: ("plan_themes",),
    ReportKind.ACTIVITIES: ("activities",),
    ReportKind.MONEY: ("money_lines",),
}
KINDS = tuple(_MAIN)


class ReportKindUnknown(Invalid):
    """There is no report of this kind."""


def read_kind(kind: str) -> ReportKind:
    """Raises: ReportKindUnknown, with the kinds there are."""
    if kind not in _MAIN:
        raise ReportKindUnknown(kind=kind[:40], valid=", ".join(_MAIN))
    return ReportKind(kind)


@many_objects()
def make_report(
    session: Session,
    *,
    kind: str,
    first: date,
    last: date,
    now: datetime,
    plan: Plan | None = None,
    traced: bool = True,
    written: Mapping[str, object] | None = None,
) -> Report:
    """The report of a period as values; without a plan, that of the latest year, which only airtime can lack.

    With `traced`, figures name the rows behind them, if few enough to list; `written` is a person's letter.

    Raises:
        ReportKindUnknown, PeriodReversed, NoPlanYet
    """
    chosen = read_kind(kind)
    if plan is None and (chosen != ReportKind.AIRTIME or list_plans(session)):
        plan = find_plan(session)
    airtime = gather_airtime(session, first, last, now=now, traced=traced and chosen in ON_AIR)
    rows = airtime.rows
    coverage = (
        compute_coverage(session, plan, first, last, now=now, with_rows=rows is not None, aired=rows)
        if plan
        else None
    )
    events = gather_events(session, plan, first, last)
    themes = [(theme.code, theme.title) for theme in list_themes(session, plan)] if plan else []
    incidents = tabulate_incidents(session, airtime)
    tables = _tabulate(
        session, chosen, plan, airtime=airtime, coverage=coverage, events=events, themes=themes,
        incidents=incidents,
    )  # fmt: skip
    held = session.exec(select(func.coalesce(func.sum(AsRunLog.held), 0))).one()
    is_broad, on_air = chosen == ReportKind.COVERAGE, chosen in ON_AIR
    return Report(
        kind=chosen,
        plan_title=plan.title if plan else "",
        issuer=plan.issuer if plan else None,
        first=first,
        last=last,
        made_at=now,
        is_sample=airtime.is_sample or bool(plan and plan.is_sample),
        verdict=_judge(coverage, airtime),
        figures=_figure(coverage, airtime),
        short=coverage.short if coverage and is_broad else (),
        heat=draw_heat(coverage, themes) if coverage and is_broad else None,
        chart=draw_airtime(airtime, find_wanted(session, plan)) if on_air else None,
        calendar=draw_calendar(airtime) if on_air else None,
        tables=tuple(tables),
        main_key=next(key for key in _MAIN[chosen] if key in {table.key for table in tables}),
        records=(tabulate_records(airtime),) if rows is not None else (),
        method=_explain(chosen, airtime, traced=traced),
        results=tuple(_draft(session, chosen, plan, airtime=airtime, coverage=coverage, events=events)),
        difficulties=tuple(draft_difficulties(airtime, coverage, incidents, held)) if on_air else (),
        proposals=tuple(draft_proposals(airtime, coverage, held)) if on_air else (),
        letter=lay_over(address_letter(session, plan, chosen, first, last), written or {}),
    )


def _tabulate(
    session: Session,
    kind: ReportKind,
    plan: Plan | None,
    *,
    airtime: Airtime,
    coverage: Coverage | None,
    events: Events,
    themes: Sequence[tuple[str, str]],
    incidents: Table,
) -> list[Table]:
    if plan is not None and kind == ReportKind.PLAN:
        return tabulate_plan(session, plan)
    if kind == ReportKind.ACTIVITIES:
        return tabulate_events(events, themes)
    if plan is not None and kind == ReportKind.MONEY:
        return tabulate_money(session, plan, airtime.first, airtime.last)
    tables = [tabulate_targets(coverage)] if coverage and kind == ReportKind.COVERAGE else []
    tables += [tabulate_themes(airtime, themes), tabulate_stations(airtime), tabulate_origins(airtime)]
    tables += [tabulate_relays(airtime)] if airtime.relays else []
    if kind == ReportKind.COVERAGE:
        return [*tables, *(tabulate_events(events, themes) if events.rows else []), incidents]
    days = [tabulate_days(airtime)] if airtime.details is not None else []
    return [*tables, tabulate_months(airtime), incidents, *days]


def _draft(
    session: Session, kind: ReportKind, plan: Plan | None, *, airtime: Airtime, coverage: Coverage | None,
    events: Events,
) -> list[str]:  # fmt: skip
    """What the letter says of the results: of what its kind is about."""
    found = draft_airtime(airtime) if kind in ON_AIR else []
    if kind in ON_AIR and coverage:
        found += draft_targets(coverage)
    if kind in (ReportKind.COVERAGE, ReportKind.ACTIVITIES):
        found += draft_events(events)
    if kind in ON_AIR:
        found += draft_failures(airtime)
    if plan is not None and kind in (ReportKind.COVERAGE, ReportKind.MONEY):
        found += draft_money(session, plan, airtime.last)
    return found


def _figure(coverage: Coverage | None, airtime: Airtime) -> tuple[Figure, ...]:
    total = airtime.total
    missed = count_missed(total)
    failed = missed + total.partial + total.over
    figures = []
    if coverage and coverage.rows:
        share = coverage.met / len(coverage.rows)
        figures.append(
            Figure(
                say("reports.figure.met"),
                say("reports.figure.of", part=coverage.met, whole=len(coverage.rows)),
                say("reports.figure.met_note", share=write_share(share)),
                "good" if share >= 1 else "poor",
                share,
            )
        )
    figures += [
        Figure(
            say("reports.figure.minutes"),
            write_minutes(total.aired_ms),
            say("reports.figure.minutes_note", planned=write_minutes(total.planned_ms)),
            share=total.aired_ms / total.planned_ms if total.planned_ms else None,
        ),
        Figure(
            say("reports.figure.airings"),
            write_number(total.aired),
            say("reports.figure.airings_note", planned=write_number(total.planned)),
            share=total.aired / total.planned if total.planned else None,
        ),
        Figure(
            say("reports.figure.failed"),
            write_number(failed),
            say(
                "reports.figure.failed_note",
                missed=write_number(missed),
                partial=write_number(total.partial),
                unconfirmed=write_number(total.over),
            ),
            "poor" if failed else "good",
        ),
    ]
    return tuple(figures)


def _judge(coverage: Coverage | None, airtime: Airtime) -> str:
    """The one sentence for a reader who reads only one."""
    if coverage is None or not coverage.rows:
        return say("reports.verdict.no_targets", minutes=write_minutes(airtime.total.aired_ms))
    worst = next((row for row in coverage.short if row.status != CoverageStatus.ON_TRACK), None)
    counts = {"met": coverage.met, "targets": len(coverage.rows)}
    if worst is None:
        return say("reports.verdict.well" if coverage.short else "reports.verdict.met", **counts)
    return say(
        "reports.verdict.short",
        **counts,
        short=len(coverage.rows) - coverage.met,
        what=worst.title,
        station=worst.station_name,
        share=write_share(worst.share),
    )


def _explain(kind: ReportKind, airtime: Airtime, *, traced: bool) -> tuple[str, ...]:
    if kind == ReportKind.PLAN:
        return (say("reports.method.plan"),)
    if kind in (ReportKind.ACTIVITIES, ReportKind.MONEY):
        return (say(f"reports.method.{kind}"),)
    notes = ["measured", "once", "airing", "unconfirmed", "content", "origin"]
    notes += ["target"] if kind == ReportKind.COVERAGE else []
    notes += ["untraced"] if traced and airtime.rows is None else []
    return tuple(say(f"reports.method.{note}") for note in notes)


def name_period(report: Report) -> str:
    return say("reports.period", first=write_day(report.first), last=write_day(report.last))


def name_moment(report: Report) -> str:
    return say("reports.made_at", moment=f"{report.made_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}")
