"""Where the plan stands: per target what was wanted, planned, aired, and what would close the gap."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Session, select

from assets.errors import Invalid
from assets.messages import say
from scheduler.models import Station
from studio.planning.amounts import VIETNAM, shorten, write_amount, write_day
from studio.planning.counting import AiredRow, Labels, PlannedRow, count_aired, count_planned
from studio.planning.models import Measure, Plan, Target
from studio.planning.periods import wanted_between
from studio.planning.plans import list_audiences, list_forms, list_targets, list_themes

SCHEDULED = frozenset({Measure.AIRINGS, Measure.MINUTES})


class PeriodReversed(Invalid):
    """A period ends before it begins."""


class CoverageStatus(StrEnum):
    MET = "met"  # aired as much as wanted
    ON_TRACK = "on_track"  # what is scheduled and still to come closes it
    WAITING = "waiting"  # logs that have not arrived would close it
    SHORT = "short"  # more must be placed


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing from a target, and what may still fill it; in the target's measure."""

    missing: int
    upcoming: int
    unconfirmed: int

    @property
    def status(self) -> CoverageStatus:
        if self.missing == 0:
            return CoverageStatus.MET
        if self.missing <= self.upcoming:
            return CoverageStatus.ON_TRACK
        if self.missing <= self.upcoming + self.unconfirmed:
            return CoverageStatus.WAITING
        return CoverageStatus.SHORT

    def advise(self, target: Target, title: str, station: str, today: date) -> str:
        """What would close the gap, in one sentence."""
        key = self.status.value
        # What is still to come, or may yet be confirmed, need not be placed again.
        short = max(self.missing - self.upcoming - self.unconfirmed, 0)
        if self.status == CoverageStatus.SHORT:
            key += "" if today <= target.last_date else "_after"
            key += "_waiting" if self.unconfirmed else ""
        return say(
            f"planning.advice.{key}",
            what=title,
            station=station,
            last=write_day(target.last_date),
            missing=write_amount(target.measure, short, up=True),
            upcoming=write_amount(target.measure, self.upcoming, up=True),
            unconfirmed=write_amount(target.measure, self.unconfirmed, up=True),
        )


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One target inside the period. Amounts are airings, or milliseconds where minutes are measured."""

    target_id: int
    theme: str | None
    audience: str | None
    form: str | None
    station: str | None
    title: str
    """What is counted, in short words."""
    station_name: str
    first_date: date
    last_date: date
    """The part of the target's period that lies in the period asked for."""
    measure: Measure
    quantity: int
    """The whole target, in its own unit."""
    weight: int
    wanted: int
    planned: int
    aired: int
    unconfirmed: int
    upcoming: int
    missing: int
    share: float
    """Aired over wanted; above 1 where more went out than wanted."""
    status: CoverageStatus
    advice: str
    asrun_ids: tuple[int, ...]
    """The rows that `aired` is the sum of."""
    unconfirmed_ids: tuple[int, ...]
    """The airings that `unconfirmed` is the sum of."""

    def to_json(self) -> dict[str, object]:
        """Amounts in airings, or milliseconds where `measure` is minutes; `quantity` in its own unit."""
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
        order = [CoverageStatus.SHORT, CoverageStatus.WAITING, CoverageStatus.ON_TRACK]
        return tuple(sorted(open_rows, key=lambda row: (order.index(row.status), row.share, -row.weight)))

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


def compute_coverage(session: Session, plan: Plan, first: date, last: date, *, now: datetime) -> Coverage:
    """The plan's targets against the as-run rows of the broadcast days from `first` to `last`.

    Aired is measured: minutes are the counted time of logged rows, a partial one with what was heard of
    it; airings are whole ones only. What is past and without a log is unconfirmed, never aired.

    Raises:
        PeriodReversed
    """
    if last < first:
        raise PeriodReversed(first=write_day(first), last=write_day(last))
    evidence = _Evidence(
        first=first,
        last=last,
        aired=count_aired(session, first, last),
        planned=count_planned(session, first, last),
        names=name_codes(session, plan),
        now=now,
    )
    rows = [
        _measure(target, evidence)
        for target in list_targets(session, plan)
        if target.first_date <= last and first <= target.last_date and target.measure in SCHEDULED
    ]
    return Coverage(plan.code, first, last, tuple(rows))


def is_counted(target: Target, station: str, labels: Labels) -> bool:
    """Whether a piece on a station is of the kind that the target counts."""
    return (
        labels.is_content
        and target.station in (None, station)
        and _covers(target.theme, labels.theme)
        and _covers(target.audience, labels.audience)
        and _covers(target.form, labels.form)
    )


def name_codes(session: Session, plan: Plan) -> Mapping[tuple[str, str], str]:
    """("theme", "3.health") -> its title; also for audiences, forms and stations."""
    names = {("station", station.code): station.name for station in session.exec(select(Station))}
    names |= {("theme", row.code): row.title for row in list_themes(session, plan)}
    names |= {("audience", row.code): row.title for row in list_audiences(session, plan)}
    names |= {("form", row.code): row.title for row in list_forms(session, plan)}
    return names


def _covers(wanted: str | None, label: str | None) -> bool:
    """A code covers itself and what is under it: `3` covers `3.health`."""
    return wanted is None or (label is not None and (label == wanted or label.startswith(f"{wanted}.")))


@dataclass(frozen=True, slots=True)
class _Evidence:
    """All that was planned and heard in the period, read once for all targets."""

    first: date
    last: date
    aired: Sequence[AiredRow]
    planned: Sequence[PlannedRow]
    names: Mapping[tuple[str, str], str]
    now: datetime


def _measure(target: Target, evidence: _Evidence) -> CoverageRow:
    start, end = max(evidence.first, target.first_date), min(evidence.last, target.last_date)
    minutes = target.measure == Measure.MINUTES
    heard = [
        row
        for row in evidence.aired
        if start <= row.local_date <= end
        and is_counted(target, row.station, row.labels)
        and (row.counted_ms > 0 if minutes else row.counts_airing)
    ]
    placed = [
        row
        for row in evidence.planned
        if start <= row.local_date <= end and is_counted(target, row.station, row.labels)
    ]
    unconfirmed = [row for row in placed if row.is_unconfirmed(evidence.now)]

    def amount(rows: Iterable[PlannedRow]) -> int:
        return sum(row.duration_ms if minutes else 1 for row in rows)

    wanted = wanted_between(target, start, end)
    got = sum(row.counted_ms if minutes else 1 for row in heard)
    gap = Gap(
        missing=max(wanted - got, 0),
        upcoming=amount(row for row in placed if row.is_upcoming(evidence.now)),
        unconfirmed=amount(unconfirmed),
    )
    title, station_name = _name(target, evidence.names)
    assert target.id is not None
    return CoverageRow(
        target_id=target.id,
        theme=target.theme,
        audience=target.audience,
        form=target.form,
        station=target.station,
        title=title,
        station_name=station_name,
        first_date=start,
        last_date=end,
        measure=target.measure,
        quantity=target.quantity,
        weight=target.weight,
        wanted=wanted,
        planned=amount(placed),
        aired=got,
        unconfirmed=gap.unconfirmed,
        upcoming=gap.upcoming,
        missing=gap.missing,
        share=got / wanted if wanted else 1.0,
        status=gap.status,
        advice=gap.advise(target, title, station_name, evidence.now.astimezone(VIETNAM).date()),
        asrun_ids=tuple(row.asrun_id for row in heard),
        unconfirmed_ids=tuple(row.airing_id for row in unconfirmed),
    )


def _name(target: Target, names: Mapping[tuple[str, str], str]) -> tuple[str, str]:
    coded = [("theme", target.theme), ("form", target.form), ("audience", target.audience)]
    titles = [shorten(names.get((kind, code), code)) for kind, code in coded if code]
    station = names.get(("station", target.station), target.station) if target.station else None
    return " · ".join(titles) or say("planning.everything"), station or say("planning.everywhere")
