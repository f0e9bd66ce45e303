"""The rows of a station's months walked once, for all the sums that the rollup keeps of them."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import String, type_coerce
from sqlmodel import Session, col

from scheduler.bulk import read_day
from scheduler.expressions import milliseconds_between
from scheduler.models import Airing, AiringState, AsRun
from scheduler.sums import (
    COUNTED,
    DaySums,
    Labels,
    Sums,
    end_of,
    month_of,
    read_labels,
    select_columns,
    within,
)

_MOST_DAYS = 31
_WHOLE = AiringState.AIRED.name
Month = dict[Labels, tuple[Sums, int, int]]
"""Sums, bits of the sessions in which a whole piece aired, bits of those in which one is planned."""
Days = list[list[int]]
_Row = tuple[Any, ...]


def walk_rows(
    session: Session, station_id: int, months: Collection[date]
) -> tuple[dict[date, Month], dict[date, Days]]:
    """What the rows of some months say: each month summed by itself, and its days where there are any."""
    walked = {month: _MonthWalk() for month in months}
    first, last = min(months), end_of(max(months))
    planned = _read_airings(session, station_id, first, last)
    aired = _read_aired(session, station_id, first, last)
    labels_of = read_labels(session, {row[1] for row in planned} | {row[1] for row in aired})
    # A number is a cheaper key than five words.
    kinds = list(dict.fromkeys(labels_of.values()))
    numbers = {labels: number for number, labels in enumerate(kinds)}
    kind_of = {asset: numbers[labels] for asset, labels in labels_of.items()}
    for walk, day, rows in _by_day(walked, planned):
        walk.add_planned(day, rows, kind_of)
    for walk, day, rows in _by_day(walked, aired):
        walk.add_aired(day, rows, kind_of)
    sums = {month: walk.sum_up(kinds) for month, walk in walked.items()}
    days = {
        month: [walk.days[day].cells for day in range(1, end_of(month).day + 1)]
        for month, walk in walked.items()
        if walk.days
    }
    return sums, days


class _MonthWalk:
    """What was seen of a month so far."""

    def __init__(self) -> None:
        self.days: dict[int, DaySums] = defaultdict(DaySums)
        self._planned: dict[tuple[int, int, str], list[int]] = {}
        """By slot, kind and state: airings, their milliseconds, the bits of their days."""
        self._aired: dict[tuple[int, str], list[int]] = {}
        """By kind and state: rows, their milliseconds."""

    def add_planned(self, day: int, rows: Iterator[_Row], kind_of: Mapping[int | None, int]) -> None:
        bit, known, count = 1 << day - 1, self._planned, 0
        for _, asset, slot, state, length in rows:
            kind = kind_of.get(asset)
            if kind is not None:
                count += 1
                one = known.get((slot, kind, state))
                if one is None:
                    known[slot, kind, state] = [1, length, bit]
                else:
                    one[0] += 1
                    one[1] += length
                    one[2] |= bit
        if count:
            self.days[day].planned += count

    def add_aired(self, day: int, rows: Iterator[_Row], kind_of: Mapping[int | None, int]) -> None:
        known, sums = self._aired, self.days[day]
        for _, asset, state, aired_ms in rows:
            kind = kind_of.get(asset)
            if kind is None:
                sums.other_ms += aired_ms
                continue
            if state == _WHOLE:
                sums.aired += 1
            sums.aired_ms += aired_ms
            one = known.get((kind, state))
            if one is None:
                known[kind, state] = [1, aired_ms]
            else:
                one[0] += 1
                one[1] += aired_ms

    def sum_up(self, kinds: Sequence[Labels]) -> Month:
        sums: dict[Labels, Sums] = defaultdict(Sums)
        sessions: dict[tuple[Labels, int], list[int]] = defaultdict(lambda: [0, 0])
        for (slot, kind, state), (count, length, bits) in self._planned.items():
            labels = kinds[kind]
            sums[labels].add_planned(state, count, length)
            marks = sessions[labels, slot]
            marks[0] |= bits
            if state == _WHOLE:
                marks[1] |= bits
        for (kind, state), (count, aired_ms) in self._aired.items():
            sums[kinds[kind]].add_aired(state, count, aired_ms)
        return join_sessions(sums, sessions)


def join_sessions(sums: Mapping[Labels, Sums], sessions: Mapping[tuple[Labels, int], Sequence[int]]) -> Month:
    """The sums of a month with its sessions: a month of bits for each slot, in the order of slots."""
    places = {slot: at * _MOST_DAYS for at, slot in enumerate(sorted({slot for _, slot in sessions}))}
    aired: dict[Labels, int] = defaultdict(int)
    planned: dict[Labels, int] = defaultdict(int)
    for (labels, slot), marks in sessions.items():
        planned[labels] |= marks[0] << places[slot]
        aired[labels] |= marks[1] << places[slot]
    return {labels: (one, aired[labels], planned[labels]) for labels, one in sums.items()}


def _read_airings(session: Session, station_id: int, first: date, last: date) -> Sequence[_Row]:
    """Day, asset, slot, name of the state, milliseconds."""
    query = select_columns(
        type_coerce(Airing.local_date, String), Airing.asset_id, Airing.slot_id,
        type_coerce(Airing.state, String), milliseconds_between(col(Airing.starts_at), col(Airing.ends_at)),
    )  # fmt: skip
    rows: Any = session.connection().execute(within(query, Airing, first, last, [station_id])).all()
    return cast("Sequence[_Row]", rows)


def _read_aired(session: Session, station_id: int, first: date, last: date) -> Sequence[_Row]:
    """Day, asset, name of the state, milliseconds of the rows that count."""
    query = select_columns(
        type_coerce(AsRun.local_date, String), AsRun.asset_id, type_coerce(AsRun.state, String),
        AsRun.aired_ms,
    ).where(col(AsRun.state).in_(COUNTED))  # fmt: skip
    rows: Any = session.connection().execute(within(query, AsRun, first, last, [station_id])).all()
    return cast("Sequence[_Row]", rows)


def _by_day(
    walked: Mapping[date, _MonthWalk], rows: Sequence[_Row]
) -> Iterator[tuple[_MonthWalk, int, Iterator[_Row]]]:
    """Neighbours of the same day together; a day may come again."""
    for kept, together in groupby(rows, itemgetter(0)):
        day = read_day(kept)
        if (walk := walked.get(month_of(day))) is not None:
            yield walk, day.day, together
