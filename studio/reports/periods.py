"""Periods of reports: made, worded, closed for good.

Missing
└── PeriodMissing
Invalid
└── PeriodUnusable
Conflict
├── PeriodTwice
└── PeriodClosed

A period is any two days, for a type of report. While it is open its figures are those of today; closed, they
are those of the moment of closing, whatever comes later. What came later stands beside them as corrections.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from assets.errors import Conflict, Invalid, Missing
from studio.people.audit import record
from studio.planning.amounts import write_day
from studio.planning.coverage import PeriodReversed
from studio.planning.models import Plan
from studio.reports.addressing import address_letter
from studio.reports.composing import make_report, read_kind
from studio.reports.freezing import compare, freeze, thaw
from studio.reports.letter import lay_over
from studio.reports.models import ReportKind, ReportPeriod
from studio.reports.report import Closing, Report, Table

MOST_DAYS = 366 * 6
MOST_NAME = 120
_KEPT = ("superior", "issuer", "place", "addressee", "recipients", "capacity", "role", "signer")
"""What a new letter takes over from the last one of the same kind: nobody types it twice."""


class PeriodMissing(Missing):
    """There is no period of this number."""


class PeriodUnusable(Invalid):
    """A period without a name, or longer than any plan."""


class PeriodTwice(Conflict):
    """There is a report of this kind for exactly these days."""


class PeriodClosed(Conflict):
    """The period is closed: its figures stay."""


def add_period(
    session: Session, plan: Plan, *, kind: str, name: str, first: date, last: date, by: str, now: datetime
) -> ReportPeriod:
    """Save a period for a type of report.

    Raises:
        ReportKindUnknown, PeriodReversed, PeriodUnusable, PeriodTwice
    """
    chosen = read_kind(kind)
    if last < first:
        raise PeriodReversed(first=write_day(first), last=write_day(last))
    if not name.strip() or (last - first).days >= MOST_DAYS:
        raise PeriodUnusable(name=name.strip()[:40] or "–", most=MOST_DAYS)
    known = session.exec(
        select(ReportPeriod).where(
            ReportPeriod.kind == chosen, ReportPeriod.plan_id == plan.id,
            ReportPeriod.first_date == first, ReportPeriod.last_date == last,
        )
    ).one_or_none()  # fmt: skip
    if known is not None:
        raise PeriodTwice(name=known.name, first=write_day(first), last=write_day(last))
    assert plan.id is not None
    before = session.exec(
        select(ReportPeriod)
        .where(ReportPeriod.kind == chosen)
        .order_by(col(ReportPeriod.made_at).desc(), col(ReportPeriod.id).desc())
    ).first()
    letter = {key: before.letter[key] for key in _KEPT if before and key in before.letter}
    period = ReportPeriod(
        kind=chosen, plan_id=plan.id, name=name.strip()[:MOST_NAME], first_date=first, last_date=last,
        letter=letter, made_by=by, made_at=now, is_sample=plan.is_sample,
    )  # fmt: skip
    session.add(period)
    session.flush()
    _note(session, period, "add", by=by, now=now, before=None, after=_describe(period))
    return period


def list_periods(session: Session, plan: Plan | None = None) -> list[ReportPeriod]:
    """The latest first."""
    query = select(ReportPeriod).order_by(
        col(ReportPeriod.last_date).desc(), col(ReportPeriod.first_date), col(ReportPeriod.id)
    )
    return list(session.exec(query if plan is None else query.where(ReportPeriod.plan_id == plan.id)))


def find_period(session: Session, number: int) -> ReportPeriod:
    """Raises: PeriodMissing."""
    period = session.get(ReportPeriod, number)
    if period is None:
        raise PeriodMissing(number=number)
    return period


def suggest_next(session: Session, plan: Plan, kind: ReportKind, today: date) -> tuple[date, date]:
    """The days after the last period of the kind, as many months of them; else the half-year of today."""
    last = session.exec(
        select(ReportPeriod)
        .where(ReportPeriod.kind == kind, ReportPeriod.plan_id == plan.id)
        .order_by(col(ReportPeriod.last_date).desc())
    ).first()
    if last is None:
        half = 1 if today.month < 7 else 7
        return date(today.year, half, 1), _shift(date(today.year, half, 1), 6) - timedelta(days=1)
    first = last.last_date + timedelta(days=1)
    months = (first.year - last.first_date.year) * 12 + first.month - last.first_date.month
    if months and first.day == last.first_date.day:
        return first, _shift(first, months) - timedelta(days=1)
    return first, first + (last.last_date - last.first_date)


def write_letter(
    session: Session, period: ReportPeriod, words: Mapping[str, object], *, by: str, now: datetime
) -> None:
    """Keep what a person wrote; None takes a part back to its draft."""
    before = dict(period.letter)
    period.letter = {key: value for key, value in {**before, **words}.items() if value is not None}
    if period.letter != before:
        _note(session, period, "write", by=by, now=now, before=before, after=dict(period.letter))


def remove_period(session: Session, period: ReportPeriod, *, by: str, now: datetime) -> None:
    """Take an open period away; the rows it would have reported on stay.

    Raises:
        PeriodClosed
    """
    _require_open(period)
    _note(
        session,
        period,
        "remove",
        by=by,
        now=now,
        before={**_describe(period), "letter": period.letter},
        after=None,
    )
    session.delete(period)
    session.flush()


def close_period(session: Session, period: ReportPeriod, *, by: str, now: datetime) -> Report:
    """Freeze the figures as they are now, with their hash.

    Raises:
        PeriodClosed
    """
    _require_open(period)
    plan = session.get(Plan, period.plan_id)
    report = make_report(
        session, kind=period.kind, first=period.first_date, last=period.last_date, now=now, plan=plan
    )
    period.figures, period.sha256 = freeze(report)
    period.closed_by, period.closed_at = by, now
    session.flush()
    _note(session, period, "close", by=by, now=now, before=None, after={"sha256": period.sha256})
    return read_report(session, period, now=now)


def read_report(session: Session, period: ReportPeriod, *, now: datetime, traced: bool = False) -> Report:
    """The report of a period: of an open one as of now, of a closed one as it was closed.

    A closed one carries what has changed since as its last table, where anything has.

    Raises:
        FiguresAltered
    """
    plan = session.get(Plan, period.plan_id)
    days = {"first": period.first_date, "last": period.last_date}
    live = make_report(
        session, kind=period.kind, **days, now=now, plan=plan, traced=traced, written=period.letter
    )
    if period.closed_at is None or period.figures is None:
        return live
    frozen = thaw(period.figures, period.sha256, period=period.name)
    corrections = compare(frozen, live)
    letter = lay_over(address_letter(session, plan, period.kind, **days), period.letter)
    return replace(
        frozen,
        tables=(*frozen.tables, corrections) if corrections.rows else frozen.tables,
        records=live.records,
        letter=letter,
        closing=Closing(period.closed_at, period.closed_by or "", period.sha256),
    )


def read_corrections(session: Session, period: ReportPeriod, *, now: datetime) -> Table | None:
    """What has changed since the period was closed; None while it is open.

    Raises:
        FiguresAltered
    """
    report = read_report(session, period, now=now)
    if report.closing is None:
        return None
    return next((table for table in report.tables if table.key == "corrections"), None)


def _require_open(period: ReportPeriod) -> None:
    if period.closed_at is not None:
        raise PeriodClosed(name=period.name, day=write_day(period.closed_at.date()))


def _describe(period: ReportPeriod) -> dict[str, object]:
    return period.model_dump(mode="json", include={"kind", "plan_id", "name", "first_date", "last_date"})


def _note(
    session: Session,
    period: ReportPeriod,
    deed: str,
    *,
    by: str,
    now: datetime,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
) -> None:
    record(
        session, at=now, by=by, action=f"report.{deed}", subject=f"report/{period.id}", before=before,
        after=after,
    )  # fmt: skip


def _shift(day: date, months: int) -> date:
    """The same day some months later; the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(year, month + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))
