"""Where the plan stands: per target what was wanted, planned, aired, and what would close the gap."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from sqlmodel import Session

from assets.errors import Invalid
from assets.languages import name_language
from assets.messages import say
from assets.units import VIETNAM
from scheduler.bulk import many_objects
from studio.planning.amounts import shorten, write_amount, write_day
from studio.planning.counting import AiredRow
from studio.planning.evidence import find_evidence
from studio.planning.models import Every, Measure, Plan, Target
from studio.planning.periods import Period, list_windows, wanted_in
from studio.planning.plans import key_of, list_targets
from studio.planning.scope import Ground, Question, read_ground
from studio.planning.tallies import Amounts, count_all
from studio.planning.targets import ON_AIR
from studio.planning.units import find_unit


class PeriodReversed(Invalid):
    """A period ends before it begins."""


class CoverageStatus(StrEnum):
    MET = "met"  # aired as much as wanted
    OVER = "over"  # more than the most that is wanted
    ON_TRACK = "on_track"  # what is scheduled and still to come closes it
    AHEAD = "ahead"  # its period has not begun
    WAITING = "waiting"  # logs that have not arrived would close it
    SHORT = "short"  # more must be placed


"""ISO 639-3 codes of this region's languages, under the names that people there use."""
_ORDER = (
    CoverageStatus.SHORT, CoverageStatus.WAITING, CoverageStatus.OVER, CoverageStatus.ON_TRACK,
    CoverageStatus.AHEAD,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One target in one of its periods, as far as it lies in the days asked for.

    Amounts are in the measure's own unit, minutes in milliseconds.
    """

    target_id: int
    plan: str
    """Code of the plan whose target it is."""
    theme: str | None
    audience: str | None
    form: str | None
    language: str | None
    station: str | None
    unit: str | None
    title: str
    """What is counted, in short words."""
    station_name: str
    """Where: the station, the unit, or everywhere."""
    first_date: date
    last_date: date
    """The part of the target's period that lies in the period asked for."""
    measure: Measure
    quantity: int
    """The whole target, in its own unit."""
    maximum: int | None
    every: Every
    weight: int
    wanted: int
    most: int | None
    """The share of `maximum`, counted as `wanted` is."""
    planned: int
    confirmed: int
    """Of `planned`, what a log has confirmed as aired, or a person as held."""
    aired: int
    unconfirmed: int
    upcoming: int
    missing: int
    forecast: int | None
    """What there will be at the end if it goes on as until now; None before it begins."""
    share: float
    """Aired over wanted; above 1 where more went out than wanted."""
    status: CoverageStatus
    advice: str
    asrun_ids: tuple[int, ...] = ()
    """The rows that `aired` is the sum of, where they were asked for."""
    unconfirmed_ids: tuple[int, ...] = ()
    """The airings that `unconfirmed` is the sum of."""
    activity_ids: tuple[int, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Amounts in the measure's own unit, or milliseconds where `measure` is minutes."""
        plain = asdict(self)
        return plain | {"first_date": self.first_date.isoformat(), "last_date": self.last_date.isoformat()}


@dataclass(frozen=True, slots=True)
class Coverage:
    plan_code: str
    first: date
    last: date
    rows: tuple[CoverageRow, ...]

    @property
    def short(self) -> tuple[CoverageRow, ...]:
        """What is not met, the least covered first."""
        open_rows = [row for row in self.rows if row.status != CoverageStatus.MET]
        return tuple(sorted(open_rows, key=lambda row: (_ORDER.index(row.status), row.share, -row.weight)))

    def to_json(self) -> dict[str, object]:
        return {
            "plan": self.plan_code,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "targets": len(self.rows),
            "met": self.met,
            "rows": [row.to_json() for row in self.rows],
        }

    @property
    def met(self) -> int:
        return sum(row.status == CoverageStatus.MET for row in self.rows)


@many_objects()
def compute_coverage(
    session: Session,
    plan: Plan,
    first: date,
    last: date,
    *,
    now: datetime,
    unit: str | None = None,
    with_rows: bool = True,
    aired: Sequence[AiredRow] | None = None,
) -> Coverage:
    """The targets of the plan and of its sub-plans against what aired and was held from `first` to `last`.

    Aired is measured: minutes are the counted time of logged rows, a partial one with what was heard of it;
    airings are whole ones only. What is past and without a log is unconfirmed, never aired. A recurring
    target gives a row for each of its periods. A target that plan and sub-plan share stands once. `unit`
    keeps the targets of that unit's places; `with_rows` names the rows behind each figure: that is a scan,
    unless the rows that `aired` in the period are known.

    Raises:
        PeriodReversed, UnitUnknown
    """
    if last < first:
        raise PeriodReversed(first=write_day(first), last=write_day(last))
    ground = read_ground(session, plan)
    due = [
        (target, period, window)
        for target in list_family_targets(session, ground)
        if unit is None or _lies_in(session, ground, target, unit)
        for period, window in list_windows(target, first, last)
    ]
    questions = [Question(ground.scope_of(target), target.measure, window) for target, _, window in due]
    answers = count_all(session, ground, questions, now)
    rows = [
        _measure(ground, _Case(target, period, window, amounts, now.astimezone(VIETNAM).date()))
        for (target, period, window), amounts in zip(due, answers, strict=True)
    ]
    if with_rows and rows:
        evidence = find_evidence(session, ground, questions, now, aired=aired)
        rows = [
            replace(
                row,
                asrun_ids=tuple(one.asrun_id for one in behind.aired),
                unconfirmed_ids=tuple(one.airing_id for one in behind.unconfirmed),
                activity_ids=tuple(one.id or 0 for one in behind.activities),
            )
            for row, behind in zip(rows, evidence, strict=True)
        ]
    return Coverage(plan.code, first, last, tuple(rows))


def list_family_targets(session: Session, ground: Ground) -> list[Target]:
    """The targets of the plan and its sub-plans; of two that ask for the same, the one that asks for more."""
    chosen: dict[tuple[object, ...], Target] = {}
    for plan in ground.family:
        for target in list_targets(session, plan):
            key = (
                ground.theme_of(target),
                ground.unit_code_of(target),
                *key_of(target)[1:5],
                *key_of(target)[6:],
            )
            known = chosen.setdefault(key, target)
            if known.quantity < target.quantity:
                chosen[key] = target
    return list(chosen.values())


def _lies_in(session: Session, ground: Ground, target: Target, unit: str) -> bool:
    """Whether the target is about the unit, one below it or one of its stations."""
    counted = ground.count_units(find_unit(session, unit).code)
    code = ground.unit_code_of(target)
    if code is not None:
        return any(one.code == code and one.id in counted for one in ground.units.values())
    station = ground.stations.get(target.station or "")
    return station is not None and any(
        owner.station_id == station.id and owner.unit_id in counted for owner in ground.owners
    )


@dataclass(frozen=True)
class _Case:
    """A target in a window, with what was counted there."""

    target: Target
    period: Period
    window: Period
    amounts: Amounts
    today: date

    @cached_property
    def wanted(self) -> int:
        return wanted_in(self.target, self.period, self.window)

    @property
    def most(self) -> int | None:
        most = self.target.maximum
        return None if most is None else wanted_in(self.target, self.period, self.window, most)

    @property
    def missing(self) -> int:
        return max(self.wanted - self.amounts.aired, 0)

    @cached_property
    def status(self) -> CoverageStatus:
        amounts, missing = self.amounts, self.missing
        if self.most is not None and amounts.aired > self.most:
            return CoverageStatus.OVER
        if missing == 0:
            return CoverageStatus.MET
        if missing <= amounts.upcoming:
            return CoverageStatus.ON_TRACK
        if missing <= amounts.upcoming + amounts.unconfirmed:
            return CoverageStatus.WAITING
        return CoverageStatus.AHEAD if self.today < self.window.first else CoverageStatus.SHORT

    @property
    def forecast(self) -> int | None:
        """What there will be at the end at the pace of the days so far; the day of today is not done.

        A share of households does not grow with the days: it is foreseen as it is.
        """
        days = self.window.days
        past = min((self.today - self.window.first).days, days)
        if past <= 0:
            return None
        if self.target.measure == Measure.HOUSEHOLDS:
            return self.amounts.aired
        return (2 * self.amounts.aired * days + past) // (2 * past)

    def advise(self, title: str, place: str) -> str:
        """What would close the gap, in one sentence."""
        amounts, measure = self.amounts, self.target.measure
        # What is still to come, or may yet be confirmed, need not be placed again.
        short = max(self.missing - amounts.upcoming - amounts.unconfirmed, 0)
        key = self.status.value
        if self.status == CoverageStatus.SHORT:
            key += "" if self.today <= self.window.last else "_after"
            key += "_waiting" if amounts.unconfirmed else ""
        return say(
            f"planning.{'advice' if measure in ON_AIR else 'advice_held'}.{key}",
            what=title,
            station=place,
            last=write_day(self.window.last),
            first=write_day(self.window.first),
            missing=write_amount(measure, short, up=True),
            upcoming=write_amount(measure, amounts.upcoming, up=True),
            unconfirmed=write_amount(measure, amounts.unconfirmed, up=True),
            over=write_amount(measure, amounts.aired - (self.most or 0)),
        )


def _measure(ground: Ground, case: _Case) -> CoverageRow:
    target, amounts = case.target, case.amounts
    title, place = name_target(ground, target)
    assert target.id is not None
    return CoverageRow(
        target_id=target.id,
        plan=next((plan.code for plan in ground.family if plan.id == target.plan_id), ground.plan.code),
        theme=target.theme,
        audience=target.audience,
        form=target.form,
        language=target.language,
        station=target.station,
        unit=ground.unit_code_of(target),
        title=title,
        station_name=place,
        first_date=case.window.first,
        last_date=case.window.last,
        measure=target.measure,
        quantity=target.quantity,
        maximum=target.maximum,
        every=target.every,
        weight=target.weight,
        wanted=case.wanted,
        most=case.most,
        planned=amounts.planned,
        confirmed=amounts.confirmed,
        aired=amounts.aired,
        unconfirmed=amounts.unconfirmed,
        upcoming=amounts.upcoming,
        missing=case.missing,
        forecast=case.forecast,
        share=amounts.aired / case.wanted if case.wanted else 1.0,
        status=case.status,
        advice=case.advise(title, place),
    )


def name_target(ground: Ground, target: Target) -> tuple[str, str]:
    """What a target counts and where, in short words."""
    theme = [shorten(ground.names.get(("theme", target.theme), target.theme))] if target.theme else []
    titles = [*theme, *list_narrowing(ground, target)]
    return " · ".join(titles) or say("planning.everything"), name_place(ground, target)


def list_narrowing(ground: Ground, target: Target) -> list[str]:
    """What of its theme a target counts, in short words: nothing where it counts all of it."""
    coded = [("form", target.form), ("audience", target.audience)]
    titles = [shorten(ground.names.get((kind, code), code)) for kind, code in coded if code]
    return titles + ([name_language(target.language)] if target.language else [])


def name_place(ground: Ground, target: Target) -> str:
    """Where a target counts; a sub-plan's own ones count in its unit."""
    unit = ground.unit_code_of(target)
    if target.station or unit:
        kind, code = ("station", target.station) if target.station else ("unit", unit)
        return ground.names.get((kind, code or ""), code or "")
    return say("planning.everywhere" if target.measure in ON_AIR else "planning.every_unit")
