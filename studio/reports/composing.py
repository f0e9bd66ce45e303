"""Puts a report together: the figures first, then what is short, then the tables behind it."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session

from assets.errors import Invalid
from assets.messages import say
from studio.planning.amounts import VIETNAM, write_day, write_minutes, write_number, write_share
from studio.planning.coverage import Coverage, CoverageStatus, compute_coverage
from studio.planning.models import Plan
from studio.planning.plans import find_plan, list_plans, list_themes
from studio.reports.airtime import (
    Airtime,
    draw_airtime,
    gather_airtime,
    tabulate_days,
    tabulate_incidents,
    tabulate_records,
    tabulate_stations,
    tabulate_themes,
)
from studio.reports.coverage import draw_heat, tabulate_targets
from studio.reports.plan import tabulate_plan
from studio.reports.report import Figure, Report, ReportKind, Table

_MAIN = {ReportKind.AIRTIME: "days", ReportKind.COVERAGE: "targets", ReportKind.PLAN: "plan_themes"}


class ReportKindUnknown(Invalid):
    """There is no report of this kind."""


def make_report(
    session: Session, *, kind: str, first: date, last: date, now: datetime, plan: Plan | None = None
) -> Report:
    """The report of a period as values; without a plan, that of the latest year.

    An airtime report needs no plan; the others do.

    Raises:
        ReportKindUnknown, PeriodReversed, NoPlanYet
    """
    if kind not in set(ReportKind):
        raise ReportKindUnknown(kind=kind, valid=", ".join(ReportKind))
    if plan is None and (kind != ReportKind.AIRTIME or list_plans(session)):
        plan = find_plan(session)
    airtime = gather_airtime(session, first, last, now=now)
    coverage = compute_coverage(session, plan, first, last, now=now) if plan else None
    themes = [(theme.code, theme.title) for theme in list_themes(session, plan)] if plan else []
    chosen = ReportKind(kind)
    if plan and chosen == ReportKind.PLAN:
        tables = tuple(tabulate_plan(session, plan))
    else:
        tables = _tabulate(airtime, coverage if chosen == ReportKind.COVERAGE else None, themes)
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
        short=coverage.short if coverage and chosen == ReportKind.COVERAGE else (),
        heat=draw_heat(coverage, [code for code, _ in themes], list(airtime.stations))
        if coverage and chosen == ReportKind.COVERAGE
        else None,
        chart=draw_airtime(airtime) if chosen != ReportKind.PLAN else None,
        tables=tables,
        main=next(table for table in tables if table.key == _MAIN[chosen]),
        records=(tabulate_records(airtime),) if chosen != ReportKind.PLAN else (),
        method=_explain(chosen),
    )


def _tabulate(
    airtime: Airtime, coverage: Coverage | None, themes: Sequence[tuple[str, str]]
) -> tuple[Table, ...]:
    shared = (tabulate_themes(airtime, themes), tabulate_stations(airtime), tabulate_incidents(airtime))
    return (tabulate_targets(coverage), *shared) if coverage else (*shared, tabulate_days(airtime))


def _figure(coverage: Coverage | None, airtime: Airtime) -> tuple[Figure, ...]:
    total = airtime.total
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
            write_number(total.missed + total.partial + total.unconfirmed),
            say(
                "reports.figure.failed_note",
                missed=write_number(total.missed),
                partial=write_number(total.partial),
                unconfirmed=write_number(total.unconfirmed),
            ),
            "poor" if total.missed + total.partial + total.unconfirmed else "good",
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


def _explain(kind: ReportKind) -> tuple[str, ...]:
    if kind == ReportKind.PLAN:
        return (say("reports.method.plan"),)
    notes = ["measured", "once", "airing", "unconfirmed", "content"]
    notes += ["target"] if kind == ReportKind.COVERAGE else []
    return tuple(say(f"reports.method.{note}") for note in notes)


def name_period(report: Report) -> str:
    return say("reports.period", first=write_day(report.first), last=write_day(report.last))


def name_moment(report: Report) -> str:
    return say("reports.made_at", moment=f"{report.made_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}")
