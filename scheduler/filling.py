"""The schedule in the database: read what is there, place, write only what differs.

Invalid
└── PeriodBackwards
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from assets.errors import Invalid
from assets.models import Asset, AssetKind
from scheduler.calendar import expand_slots
from scheduler.goals import Goal, GoalResult
from scheduler.items import Item, PastAiring
from scheduler.layers import read_slots
from scheduler.models import Airing, AiringState, ItemRole, PlacementRun, Station
from scheduler.placement import Placement, PlannedAiring, Refusal, place
from scheduler.preempting import URGENT
from scheduler.reasons import Reason
from scheduler.stations import find_station

MEMORY = timedelta(days=60)
"""How far back the placement looks for what was heard lately."""
LOST = frozenset({AiringState.MISSED, AiringState.PREEMPTED, AiringState.PARTIAL})
"""States in which an airing does not count for its goals: they are short of it still."""
PIECES = (AssetKind.SEGMENT, AssetKind.RECORDING)


class PeriodBackwards(Invalid):
    """The last day lies before the first."""


@dataclass(frozen=True, slots=True)
class FillResult:
    """What a filling came to. `airings` stand in the filled sessions; `added`, `removed` say what changed."""

    run_id: int
    airings: int
    added: int
    removed: int
    goals: tuple[GoalResult, ...]
    refusals: tuple[Refusal, ...]


def fill_schedule(
    session: Session,
    *,
    stations: Sequence[str],
    first: date,
    last: date,
    goals: Sequence[Goal],
    now: datetime,
    seed: int = 0,
    separation_days: int = 1,
) -> FillResult:
    """Place the broadcast days `first`..`last` of these stations anew.

    A session that has begun, or of which any airing has left the state `planned` (a station holds it), is
    kept as it is and counts. Goals of other stations and other days are left out. With unchanged input
    nothing is written: rows keep their ids.

    Raises:
        StationUnknown, PeriodBackwards
    """
    if last < first:
        raise PeriodBackwards(first=f"{first:%d/%m/%Y}", last=f"{last:%d/%m/%Y}")
    rows = [find_station(session, code) for code in sorted(set(stations))]
    occurrences = expand_slots(read_slots(session, rows), first, last)
    codes = {station.code for station in rows}
    goals = [
        goal
        for goal in goals
        if goal.station in {None, *codes} and goal.first_date <= last and goal.last_date >= first
    ]
    open_airings, past = _read_airings(session, rows, (first, last), goals, now)
    kept = {(one.slot_id, one.local_date) for one in past}
    items, refusals = _read_items(session, rows, separation_days)
    placement = place(
        items,
        [one for one in occurrences if one.starts_at >= now and (one.slot_id, one.local_date) not in kept],
        goals,
        seed=seed,
        past=past,
    )
    added, removed = _write(
        session, {station.code: station.id or 0 for station in rows}, open_airings, placement
    )
    refusals = [*placement.refusals, *refusals]
    period = PlacementRun(
        made_at=now,
        first_date=first,
        last_date=last,
        stations=[station.code for station in rows],
        seed=seed,
        refusals=[refusal.as_row() for refusal in refusals],
        goals=[_describe_goal(result) for result in placement.goals],
    )
    run = _keep_run(session, period, changed=bool(added or removed))
    assert run.id is not None
    return FillResult(run.id, len(placement.airings), added, removed, placement.goals, tuple(refusals))


def list_airings(session: Session, *, station: str, first: date, last: date | None = None) -> list[Airing]:
    """The station's airings of the broadcast days `first`..`last` (default: the one), in order of time."""
    query = select(Airing).where(
        Airing.station_id == find_station(session, station).id,
        col(Airing.local_date).between(first, last or first),
    )
    return list(session.exec(query.order_by(col(Airing.starts_at), col(Airing.position))))


def _read_airings(
    session: Session,
    stations: Sequence[Station],
    period: tuple[date, date],
    goals: Sequence[Goal],
    now: datetime,
) -> tuple[list[Airing], list[PastAiring]]:
    """What may be replaced, and what stands: before, in and after the period, wherever goals look."""
    first, last = period
    begins = min([first - MEMORY, *(goal.first_date for goal in goals)])
    ends = max([last + MEMORY, *(goal.last_date for goal in goals)])
    rows = session.exec(
        select(Airing, Asset, Station.code)
        .join(Asset, col(Asset.id) == col(Airing.asset_id))
        .join(Station, col(Station.id) == col(Airing.station_id))
        .where(col(Airing.local_date).between(begins, ends))
        .order_by(col(Airing.starts_at), col(Airing.id))
    ).all()
    ours = {station.id for station in stations}
    within = [
        airing for airing, _, _ in rows if airing.station_id in ours and first <= airing.local_date <= last
    ]
    settled = {
        (airing.slot_id, airing.local_date)
        for airing in within
        if airing.state is not AiringState.PLANNED or airing.starts_at < now or airing.reason_code == URGENT
    }
    open_airings = [one for one in within if (one.slot_id, one.local_date) not in settled]
    replaced = {airing.id for airing in open_airings}
    past = [
        PastAiring(
            station=code,
            item=_make_item(asset, (airing.ends_at - airing.starts_at) // timedelta(milliseconds=1)),
            local_date=airing.local_date,
            slot_id=airing.slot_id,
            counted=airing.state not in LOST,
        )
        for airing, asset, code in rows
        if airing.id not in replaced and airing.role is ItemRole.SEGMENT and airing.reason_code != URGENT
    ]
    return open_airings, past


def _read_items(
    session: Session, stations: Sequence[Station], separation_days: int
) -> tuple[list[Item], list[Refusal]]:
    """One item for each asset and preset, with the length of that rendition."""
    by_preset: dict[str, set[str]] = {}
    for station in stations:
        by_preset.setdefault(station.preset, set()).add(station.code)
    items: list[Item] = []
    refusals: list[Refusal] = []
    for asset in session.exec(select(Asset).where(col(Asset.retired_at).is_(None)).order_by(col(Asset.key))):
        if asset.approved_at is None:
            if asset.kind in PIECES:
                refusals.append(Refusal("item", asset.key, Reason("not-approved")))
            continue
        lengths = {rendition.preset: rendition.duration_ms for rendition in asset.renditions}
        for preset, codes in sorted(by_preset.items()):
            if preset in lengths:
                items.append(
                    _make_item(
                        asset, lengths[preset], stations=frozenset(codes), separation_days=separation_days
                    )
                )
            elif asset.kind in PIECES:
                refusals.append(Refusal("item", asset.key, Reason("no-rendition", {"preset": preset})))
    return items, refusals


def _make_item(
    asset: Asset, duration_ms: int, *, stations: frozenset[str] | None = None, separation_days: int = 1
) -> Item:
    assert asset.id is not None
    return Item(
        asset_id=asset.id,
        key=asset.key,
        title=asset.title,
        duration_ms=duration_ms,
        theme=asset.theme,
        audience=asset.audience,
        form=asset.form,
        language=asset.language,
        priority=asset.priority,
        valid_from=asset.valid_from,
        valid_until=asset.valid_until,
        stations=stations,
        separation_days=separation_days,
        role=ItemRole.SEGMENT if asset.kind in PIECES else ItemRole.SIGNATURE,
    )


def _write(
    session: Session, station_ids: dict[str, int], present: Sequence[Airing], placement: Placement
) -> tuple[int, int]:
    """Make the rows say what was placed: equal rows stay, the others are changed, added or deleted."""
    known = {(one.slot_id, one.local_date, one.role, one.asset_id): one for one in present}
    added = 0
    for planned in placement.airings:
        occurrence = planned.occurrence
        row = known.pop(
            (occurrence.slot_id, occurrence.local_date, planned.role, planned.item.asset_id), None
        )
        if row is None:
            added += 1
            row = Airing(
                station_id=station_ids[occurrence.station],
                slot_id=occurrence.slot_id,
                local_date=occurrence.local_date,
                role=planned.role,
                asset_id=planned.item.asset_id,
                position=planned.position,
                starts_at=planned.starts_at,
                ends_at=planned.ends_at,
            )
        for name, value in _describe(planned):
            if getattr(row, name) != value:
                setattr(row, name, value)
        session.add(row)
    for row in known.values():
        session.delete(row)
    session.flush()
    return added, len(known)


def _describe(planned: PlannedAiring) -> Iterator[tuple[str, object]]:
    yield "position", planned.position
    yield "starts_at", planned.starts_at
    yield "ends_at", planned.ends_at
    yield "reason_code", planned.reason.code
    yield "reason_data", dict(planned.reason.data)
    yield "passed_over", [{"key": one.key, **one.reason.as_row()} for one in planned.passed_over]


def _describe_goal(result: GoalResult) -> dict[str, object]:
    goal = result.goal
    return {
        "label": goal.label,
        "first_date": goal.first_date.isoformat(),
        "last_date": goal.last_date.isoformat(),
        "measure": goal.measure,
        "wanted": result.wanted,
        "placed": result.placed,
        "missing": result.missing,
        "why": result.why.as_row() if result.why else None,
    }


def _keep_run(session: Session, run: PlacementRun, *, changed: bool) -> PlacementRun:
    """The run, kept; the last one is returned if it was for the same period and says the same."""
    last = session.exec(select(PlacementRun).order_by(col(PlacementRun.id).desc())).first()
    ignored = {"id", "made_at"}
    if (
        last is not None
        and not changed
        and last.model_dump(exclude=ignored) == run.model_dump(exclude=ignored)
    ):
        return last
    session.add(run)
    session.flush()
    return run
