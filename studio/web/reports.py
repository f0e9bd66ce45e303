"""Reports by period: saved, worded, closed, taken away as the document that is signed."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from pydantic import BaseModel
from sqlmodel import Session

from assets.errors import LoaError
from assets.messages import say
from assets.units import VIETNAM
from studio.people.models import User
from studio.people.permissions import Action
from studio.planning.plans import find_plan, list_plans
from studio.reports.composing import KINDS, read_kind
from studio.reports.letter import LINES, split_lines
from studio.reports.models import ReportKind, ReportPeriod
from studio.reports.periods import (
    add_period,
    close_period,
    find_period,
    list_periods,
    read_report,
    remove_period,
    suggest_next,
    write_letter,
)
from studio.reports.registry import WRITERS, find_writer
from studio.reports.showing import choose_columns, show_cell
from studio.web.access import Allowed, Now, Reading, Writing, check_form, parse_day
from studio.web.templating import redirect, render

router = APIRouter(include_in_schema=False)

Reader = Annotated[User, Depends(Allowed(Action.READ_COVERAGE))]
Writer = Annotated[User, Depends(Allowed(Action.WRITE_REPORTS))]
FORMATS = ("docx", "pdf", "xlsx", "html", "csv", "json")
DRAFTED = ("difficulties", "proposals")


class PeriodForm(BaseModel):
    kind: str = "coverage"
    name: str = ""
    first: str = ""
    last: str = ""
    plan: str = ""
    csrf: str = ""


class LetterForm(BaseModel):
    superior: str = ""
    issuer: str = ""
    number: str = ""
    place: str = ""
    signed_on: str = ""
    subject: str = ""
    addressee: str = ""
    legal_bases: str = ""
    assessment: str = ""
    difficulties: str = ""
    proposals: str = ""
    recipients: str = ""
    capacity: str = ""
    role: str = ""
    signer: str = ""
    csrf: str = ""


@router.get("/reports")
def show_reports(
    request: Request, *, session: Reading, _user: Reader, now: Now, kind: str = "coverage"
) -> Response:
    return _show_all(request, session, now, PeriodForm(kind=kind if kind in KINDS else "coverage"))


@router.post("/reports", dependencies=[Depends(check_form)])
def add_one(
    request: Request, *, session: Writing, user: Writer, now: Now, given: Annotated[PeriodForm, Form()]
) -> Response:
    try:
        with session.begin_nested():
            plan = find_plan(session, given.plan or None)
            period = add_period(
                session, plan, kind=given.kind, name=given.name, first=parse_day(given.first),
                last=parse_day(given.last), by=user.username, now=now,
            )  # fmt: skip
    except LoaError as error:
        return _show_all(request, session, now, given, error)
    return redirect(f"/reports/{period.id}", request)


@router.get("/reports/{report_id}")
def show_one(request: Request, *, session: Reading, _user: Reader, now: Now, report_id: int) -> Response:
    return _show_one(request, session, find_period(session, report_id), now)


@router.post("/reports/{report_id}/letter", dependencies=[Depends(check_form)])
def write_words(
    request: Request, *, session: Writing, user: Writer, now: Now, report_id: int,
    given: Annotated[LetterForm, Form()],
) -> Response:  # fmt: skip
    period = find_period(session, report_id)
    try:
        words = _read_words(given)
    except LoaError as error:
        return _show_one(request, session, period, now, given=given.model_dump(), problem=error)
    drafts = read_report(session, period, now=now)
    for name in DRAFTED:
        # What is still the draft stays a draft, and follows the figures; so does what was emptied.
        if words[name] in ([], list(getattr(drafts, name))):
            words[name] = None
    write_letter(session, period, words, by=user.username, now=now)
    return redirect(f"/reports/{period.id}?kept=1#letter", request)


@router.post("/reports/{report_id}/close", dependencies=[Depends(check_form)])
def close_one(request: Request, *, session: Writing, user: Writer, now: Now, report_id: int) -> Response:
    close_period(session, find_period(session, report_id), by=user.username, now=now)
    return redirect(f"/reports/{report_id}", request)


@router.post("/reports/{report_id}/remove", dependencies=[Depends(check_form)])
def remove_one(request: Request, *, session: Writing, user: Writer, now: Now, report_id: int) -> Response:
    remove_period(session, find_period(session, report_id), by=user.username, now=now)
    return redirect("/reports", request)


@router.get("/reports/{report_id}/report.{suffix}")
def send_file(*, session: Reading, _user: Reader, now: Now, report_id: int, suffix: str) -> Response:
    writer = find_writer(suffix)
    period = find_period(session, report_id)
    content = writer.write(read_report(session, period, now=now, traced=writer.traces))
    name = f"bao-cao-{period.first_date:%Y%m%d}-{period.last_date:%Y%m%d}.{suffix}"
    return Response(
        content,
        media_type=writer.media_type,
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def _show_all(
    request: Request, session: Session, now: datetime, given: PeriodForm, problem: LoaError | None = None
) -> Response:
    plans = list_plans(session)
    plan = next((one for one in plans if one.code == given.plan), plans[0] if plans else None)
    days: tuple[date, date] | None = None
    if plan is not None and given.kind in KINDS:
        days = suggest_next(session, plan, read_kind(given.kind), now.astimezone(VIETNAM).date())
    values = {
        "title": say("web.reports.title"),
        "periods": list_periods(session),
        "plans": plans,
        "plan": plan,
        "kinds": KINDS,
        "given": given,
        "days": days,
        "problem": problem,
        "today": now.astimezone(VIETNAM).date(),
    }
    return render(request, "reports.html", values, problem.http_status if problem else 200)


def _show_one(
    request: Request, session: Session, period: ReportPeriod, now: datetime, *,
    given: dict[str, str] | None = None, problem: LoaError | None = None,
) -> Response:  # fmt: skip
    report = read_report(session, period, now=now)
    letter = report.letter
    words = {
        name: "\n".join(value) if isinstance(value, list) else value or ""
        for name, value in letter.to_json().items()
    }
    words["signed_on"] = f"{letter.signed_on:%d/%m/%Y}" if letter.signed_on else ""
    for name in DRAFTED:
        if getattr(letter, name) is None:
            words[name] = "\n".join(getattr(report, name))
    values = {
        "title": period.name,
        "period": period,
        "report": report,
        "letter": words | (given or {}),
        "written": {name for name in DRAFTED if getattr(letter, name) is not None},
        "drafts": {name: getattr(report, name) for name in DRAFTED},
        "formats": [name for name in FORMATS if name in WRITERS],
        "corrections": next((one for one in report.tables if one.key == "corrections"), None),
        "show": show_cell,
        "choose_columns": choose_columns,
        "lines": LINES,
        "is_plan": period.kind == ReportKind.PLAN,
        "kept": "kept" in request.query_params,
        "problem": problem,
    }
    return render(request, "report.html", values, problem.http_status if problem else 200)


def _read_words(given: LetterForm) -> dict[str, object]:
    """Raises: DayUnreadable."""
    words: dict[str, object] = {}
    for name, text in given.model_dump(exclude={"csrf", "signed_on"}).items():
        words[name] = split_lines(text) if name in LINES else " ".join(text.split())[:500]
    day = given.signed_on.strip()
    words["signed_on"] = parse_day(day).isoformat() if day else None
    return words
