"""The rows of a station's months walked once, for all the sums that the rollup keeps of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import String, type_coerce
from sqlmodel import Session, col

from scheduler.expressions import day_of_date, milliseconds_between, month_of_date
from scheduler.models import Airing, AiringState, AsRun
from scheduler.sums import (
    COUNTED,
    DaySums,
    Labels,
    Sums,
    end_of,
    read_labels,
    select_columns,
    within,
)

_MOST_DAYS = 31
Month = dict[Labels, tuple[Sums, int, int]]
"""Sums, bits of the sessions in which a whole piece aired, bits of those in which one is planned."""
Days = list[list[int]]
_Sessions = defaultdict[tuple[Labels, int], list[int]]


def walk_rows(
    session: Session, station_id: int, months: Collection[date]
) -> tuple[dict[date, Month], dict[date, Days]]:
    """What the rows of some months say: each month summed by itself, and its days where there are any."""
    first, last = min(months), end_of(max(months))
    planned = _read_airings(session, station_id, first, last)
    aired = _read_aired(session, station_id, first, last)
    labels_of = read_labels(session)
    sums: dict[str, dict[Labels, Sums]] = defaultdict(lambda: defaultdict(Sums))
    sessions: dict[str, _Sessions] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    days: dict[str, dict[int, DaySums]] = defaultdict(lambda: defaultdict(DaySums))
    for month, day, slot, asset, state, length in planned:
        labels = labels_of.get(asset)
        if labels is not None:
            sums[month][labels].add_planned(state, 1, length)
            days[month][day].planned += 1
            marks = sessions[month][labels, slot]
            marks[0] |= 1 << day - 1
            if state == AiringState.AIRED.name:
                marks[1] |= 1 << day - 1
    for month, day, sounded, state, aired_ms in aired:
        labels = labels_of.get(sounded)
        one = days[month][day]
        if labels is None:
            one.other_ms += aired_ms
        else:
            sums[month][labels].add_aired(state, 1, aired_ms)
            one.aired += state == AiringState.AIRED.name
            one.aired_ms += aired_ms
    keys = {month: f"{month:%Y-%m}" for month in months}
    calendar = {
        month: [days[key][day].cells for day in range(1, end_of(month).day + 1)]
        for month, key in keys.items()
        if key in days
    }
    return {month: join_sessions(sums[key], sessions[key]) for month, key in keys.items()}, calendar


def join_sessions(sums: Mapping[Labels, Sums], sessions: Mapping[tuple[Labels, int], Sequence[int]]) -> Month:
    """The sums of a month with its sessions: a month of bits for each slot, in the order of slots."""
    places = {slot: at * _MOST_DAYS for at, slot in enumerate(sorted({slot for _, slot in sessions}))}
    aired: dict[Labels, int] = defaultdict(int)
    planned: dict[Labels, int] = defaultdict(int)
    for (labels, slot), marks in sessions.items():
        planned[labels] |= marks[0] << places[slot]
        aired[labels] |= marks[1] << places[slot]
    return {labels: (one, aired[labels], planned[labels]) for labels, one in sums.items()}


def _read_airings(
    session: Session, station_id: int, first: date, last: date
) -> Sequence[tuple[str, int, int, int, str, int]]:
    """Month, day of it, slot, asset, name of the state, milliseconds."""
    query = select_columns(
        month_of_date(col(Airing.local_date)), day_of_date(col(Airing.local_date)), Airing.slot_id,
        Airing.asset_id, type_coerce(Airing.state, String),
        milliseconds_between(col(Airing.starts_at), col(Airing.ends_at)),
    )  # fmt: skip
    rows: Any = session.connection().execute(within(query, Airing, first, last, [station_id])).all()
    found: Sequence[tuple[str, int, int, int, str, int]] = rows
    return found


def _read_aired(
    session: Session, station_id: int, first: date, last: date
) -> Sequence[tuple[str, int, int | None, str, int]]:
    """Month, day of it, asset, name of the state, milliseconds of the rows that count."""
    query = select_columns(
        month_of_date(col(AsRun.local_date)), day_of_date(col(AsRun.local_date)), AsRun.asset_id,
        type_coerce(AsRun.state, String), AsRun.aired_ms,
    ).where(col(AsRun.state).in_(COUNTED))  # fmt: skip
    rows: Any = session.connection().execute(within(query, AsRun, first, last, [station_id])).all()
    found: Sequence[tuple[str, int, int | None, str, int]] = rows
    return found
