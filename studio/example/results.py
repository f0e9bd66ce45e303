"""The demo's end: the reports that say where the plan is short."""

from datetime import timedelta

from assets.messages import say
from studio.example.stage import Progress, Row, Stage
from studio.planning.coverage import compute_coverage
from studio.planning.plans import find_plan
from studio.reports.registry import write_report

REPORTS = (
    ("coverage", "html"),
    ("coverage", "xlsx"),
    ("coverage", "docx"),
    ("coverage", "pdf"),
    ("airtime", "html"),
    ("airtime", "xlsx"),
    ("money", "html"),
    ("money", "xlsx"),
)


def report_week(stage: Stage, progress: Progress) -> list[Row]:
    """Coverage, airtime and money of the week: pages, workbooks, and the document to sign."""
    district = stage.district
    now = district.at(district.last + timedelta(days=1), 8)
    folder = stage.folder / "reports"
    with stage.database.reading() as session:
        plan = find_plan(session, district.plan_code)
        for done, (kind, name) in enumerate(REPORTS):
            progress(done / len(REPORTS), say("example.reporting", name=f"{kind}.{name}"))
            write_report(
                session,
                kind=kind,
                plan=plan,
                first=district.first,
                last=district.last,
                format=name,
                path=folder / f"{kind}.{name}",
                now=now,
            )
        coverage = compute_coverage(session, plan, district.first, district.last, now=now)
    short = sum(row.missing > 0 for row in coverage.rows)
    figures = say("example.report_figures", targets=len(coverage.rows), short=short)
    return [Row(say("example.reports"), figures, str(folder))]
