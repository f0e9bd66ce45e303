"""Rows of a log against the schedule: which airing each tells of, whether it counts, and why not.

A row counts once, if its file is in the schedule of the day it names, near its planned start, no longer than
the file, and not while something else aired there. Nothing is written row by row: the rows and what becomes
of the airings are gathered and written at the end.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import String, type_coerce
from sqlmodel import Session, col, select

from assets.models import Asset, Rendition
from scheduler.bulk import insert_rows, read_moment, update_rows
from scheduler.logs import LogRow
from scheduler.models import Airing, AiringState, AsRun, AsRunLog, Relay, Station
from scheduler.reasons import Reason
from scheduler.rollup import touch
from scheduler.sums import COUNTED, select_columns

WHOLE = 0.98
"""From this share of its length on a piece has aired; less is partial."""
MAX_DRIFT = timedelta(hours=2)
"""A measured start farther than this from the planned one is a wrong clock, not a late start."""
ROUNDING = timedelta(seconds=1)
"""Players that write whole seconds seem to overlap by less than this."""
WAITING = (AiringState.PLANNED, AiringState.DOWNLOADED, AiringState.UNCONFIRMED)
_STATES = {state.name: state for state in AiringState}
_PREEMPTED = AiringState.PREEMPTED.name
_LATE_STOP_MS = 2 * ROUNDING // timedelta(milliseconds=1)
_CHUNK = 500
_COLUMNS = (
    "log_id", "line", "station_id", "airing_id", "asset_id", "sha256", "title", "started_at", "stopped_at",
    "aired_ms", "local_date", "state", "reason_code", "reason_data",
)  # fmt: skip
_DAY_MS = 86_400_000
_DAY = _COLUMNS.index("local_date")


@dataclass(slots=True)
class Planned:
    """An airing as matching sees it; `place` is its number in the day's order."""

    id: int
    place: int
    state: AiringState
    asset_id: int
    starts_at: datetime
    length_ms: int


class Matching:
    """The schedule of the days that some rows speak of, and what has been counted on them."""

    def __init__(self, session: Session, station: Station, log: AsRunLog, rows: Sequence[LogRow]) -> None:
        assert station.id is not None
        assert log.id is not None
        self._session, self._station_id = session, station.id
        self._log_id = log.id
        self._rows: list[tuple[Any, ...]] = []
        self._fates: dict[int, tuple[AiringState, Reason]] = {}
        self._planned: dict[date, list[Planned]] = defaultdict(list)
        self._by_file: dict[tuple[date, str], list[Planned]] = defaultdict(list)
        self._assets: dict[str, int] = {}
        self._titles: dict[int, str] = {}
        self._seen: set[tuple[datetime, str]] = set()
        self._aired: list[tuple[datetime, datetime]] = []
        self._longest = timedelta(0)
        self._last_stop = datetime.min.replace(tzinfo=UTC)
        session.flush()
        self._read_schedule(sorted({row.playlist_date for row in rows}))
        self._read_assets({row.sha256 for row in rows} - set(self._assets))
        self._read_counted([row.started_at for row in rows if row.started_at is not None])

    def take(self, row: LogRow) -> Reason | None:
        """Keep the row and count it, or say why it does not count."""
        airing = self.find_airing(row)
        if row.started_at is None or row.stopped_at is None:
            return self._miss(row, airing)
        if (row.started_at, row.sha256) in self._seen:
            return Reason("repeated-row")
        self._seen.add((row.started_at, row.sha256))
        aired_ms = measure(row.started_at, row.stopped_at)
        why = self._doubt(row, airing, row.started_at, row.stopped_at, aired_ms)
        state, reason = AiringState.UNCONFIRMED, why
        if airing is not None and why is None:
            state, reason = _judge(aired_ms, airing, row.note)
            self._settle(airing, state, reason)
            self.count(row.started_at, row.stopped_at)
        elif airing is not None and why is not None and airing.state in WAITING:
            self._settle(airing, state, why)
        assert reason is not None
        self._rows.append(
            (
                self._log_id,
                row.line,
                self._station_id,
                airing.id if airing is not None and why is None else None,
                airing.asset_id if airing is not None else self._assets.get(row.sha256),
                row.sha256,
                row.title,
                row.started_at,
                row.stopped_at,
                aired_ms,
                row.playlist_date,
                state,
                reason.code,
                reason.data,
            )
        )
        return why

    def write(self) -> None:
        """Write what was taken, and say which months the rollup must sum anew."""
        insert_rows(self._session, AsRun, _COLUMNS, self._rows)
        touch(self._session, self._station_id, {row[_DAY] for row in self._rows})
        alike: dict[tuple[AiringState, str, str], list[int]] = defaultdict(list)
        reasons = {id(reason): reason for _, reason in self._fates.values()}
        data = {key: repr(sorted(reason.data.items())) for key, reason in reasons.items()}
        for airing_id, (state, reason) in self._fates.items():
            alike[state, reason.code, data[id(reason)]].append(airing_id)
        for (state, code, _), ids in alike.items():
            values = {"state": state, "state_code": code, "state_data": self._fates[ids[0]][1].data}
            update_rows(self._session, Airing, ids, values)
        touch(self._session, self._station_id, self._planned)
        self._rows, self._fates = [], {}

    def find_airing(self, row: LogRow) -> Planned | None:
        """The planned airing of that file on that day: the nearest in time, or in the playlist's order.

        A file that was mastered anew since is known by its place and title.
        """
        found = self._by_file.get((row.playlist_date, row.sha256)) or [
            one
            for one in self._planned.get(row.playlist_date, ())
            if one.place == row.position and self._titles[one.asset_id] == row.title
        ]
        started_at = row.started_at
        if started_at is None:
            exact = [one for one in found if one.place == row.position]
            found = exact or (found if len(found) == 1 else [])
        if len(found) < 2:
            return found[0] if found else None

        def distance(one: Planned) -> tuple[timedelta, int]:
            away = abs(started_at - one.starts_at) if started_at else timedelta(0)
            return away, abs(one.place - (row.position or one.place))

        return min(found, key=distance)

    def has_schedule(self, day: date) -> bool:
        return bool(self._planned.get(day))

    def _miss(self, row: LogRow, airing: Planned | None) -> Reason | None:
        if airing is None:
            return self._name_unknown(row)
        if airing.state in COUNTED:
            return Reason("counted-already")
        if airing.state is AiringState.PREEMPTED:
            return None  # it was to be missed, and is said to be already
        self._settle(airing, AiringState.MISSED, say_missed(row.note))
        return None

    def _doubt(
        self,
        row: LogRow,
        airing: Planned | None,
        started_at: datetime,
        stopped_at: datetime,
        aired_ms: int,
    ) -> Reason | None:
        """What speaks against counting the row."""
        if airing is None:
            return self._name_unknown(row)
        drift = abs(started_at - airing.starts_at)
        if drift > MAX_DRIFT:
            return Reason("clock-off", {"minutes": drift // timedelta(minutes=1)})
        if airing.state in COUNTED:
            return Reason("counted-already")
        if aired_ms == 0:
            return Reason("nothing-aired")
        if aired_ms > airing.length_ms * (2 - WHOLE) + _LATE_STOP_MS:
            return Reason("longer-than-file", {"seconds": aired_ms // 1000})
        return Reason("overlapping-row") if self.overlaps(started_at, stopped_at) else None

    def overlaps(self, started_at: datetime, stopped_at: datetime) -> bool:
        """Whether something that counts sounded in between, by more than players round."""
        if started_at + ROUNDING >= self._last_stop:
            return False  # logs come in the order of time
        at = bisect_left(self._aired, (stopped_at - ROUNDING,))
        while at > 0 and self._aired[at - 1][0] > started_at - self._longest - ROUNDING:
            at -= 1
            begin, end = self._aired[at]
            if started_at + ROUNDING < end and begin + ROUNDING < stopped_at:
                return True
        return False

    def count(self, started_at: datetime, stopped_at: datetime) -> None:
        one = (started_at, stopped_at)
        if not self._aired or self._aired[-1] <= one:  # logs come in the order of time
            self._aired.append(one)
        else:
            insort(self._aired, one)
        self._longest = max(self._longest, stopped_at - started_at)
        self._last_stop = max(self._last_stop, stopped_at)

    def _name_unknown(self, row: LogRow) -> Reason:
        """Why no airing fits: the file is strange, or nothing at all was planned on that day."""
        day = {"day": f"{row.playlist_date:%d/%m/%Y}"}
        if not self.has_schedule(row.playlist_date) and row.sha256 in self._assets:
            return Reason("day-empty", day)
        return Reason("unknown-file", day)

    def _settle(self, airing: Planned, state: AiringState, reason: Reason) -> None:
        airing.state = state
        self._fates[airing.id] = (state, reason)

    def _read_schedule(self, days: Sequence[date]) -> None:
        query = select_columns(
            type_coerce(Airing.starts_at, String), Airing.position, Airing.id, Airing.local_date,
            type_coerce(Airing.state, String), Airing.asset_id, type_coerce(Airing.ends_at, String),
        ).where(col(Airing.station_id) == self._station_id)  # fmt: skip
        rows: list[Any] = []
        for start in range(0, len(days), _CHUNK):
            chosen = query.where(col(Airing.local_date).in_(days[start : start + _CHUNK]))
            rows += self._session.connection().execute(chosen).all()
        rows.sort(key=itemgetter(0, 1))
        files = self._read_files({row[5] for row in rows})
        places: dict[date, int] = defaultdict(int)
        for starts_at, _, airing_id, day, state, asset, ends_at in rows:
            # What was pre-empted stands in no playlist any more, but may have begun to sound.
            place = 0
            if state != _PREEMPTED:
                place = places[day] = places[day] + 1
            begins = read_moment(starts_at)
            length_ms = measure(begins, read_moment(ends_at))
            one = Planned(airing_id, place, _STATES[state], asset, begins, length_ms)
            self._planned[day].append(one)
            for sha256 in files[asset]:
                self._by_file[day, sha256].append(one)

    def _read_files(self, assets: Iterable[int]) -> dict[int, list[str]]:
        """The files of each of some pieces; their titles are kept too."""
        files: dict[int, list[str]] = defaultdict(list)
        wanted = sorted(assets)
        for start in range(0, len(wanted), _CHUNK):
            query = (
                select_columns(Asset.id, Asset.title, Rendition.sha256)
                .join(Rendition, col(Rendition.asset_id) == col(Asset.id), isouter=True)
                .where(col(Asset.id).in_(wanted[start : start + _CHUNK]))
            )
            for asset_id, title, sha256 in self._session.connection().execute(query):
                self._titles[asset_id] = title
                if sha256 is not None:
                    files[asset_id].append(sha256)
                    self._assets[sha256] = asset_id
        return files

    def _read_assets(self, files: Iterable[str]) -> None:
        """Of files that are in no schedule here: what they are."""
        wanted = sorted(files)
        for start in range(0, len(wanted), _CHUNK):
            known = select(Rendition.sha256, Rendition.asset_id).where(
                col(Rendition.sha256).in_(wanted[start : start + _CHUNK])
            )
            self._assets.update(self._session.exec(known).all())

    def _read_counted(self, moments: Sequence[datetime]) -> None:
        if not moments:
            return
        reach = timedelta(days=1)
        started, stopped = type_coerce(AsRun.started_at, String), type_coerce(AsRun.stopped_at, String)
        nearby = select_columns(started, stopped, AsRun.sha256, AsRun.state).where(
            col(AsRun.station_id) == self._station_id,
            col(AsRun.started_at).between(min(moments) - reach, max(moments) + reach),
        )
        for start, stop, sha256, state in self._session.connection().execute(nearby):
            started_at = read_moment(start)
            self._seen.add((started_at, sha256))
            if state in COUNTED:
                self.count(started_at, read_moment(stop))
        relays = select(Relay.started_at, Relay.stopped_at).where(
            col(Relay.station_id) == self._station_id,
            col(Relay.started_at).between(min(moments) - reach, max(moments) + reach),
            col(Relay.state).in_(COUNTED),
        )
        for start, stop in self._session.exec(relays):
            if start is not None and stop is not None:
                self.count(start, stop)


def measure(begin: datetime, end: datetime) -> int:
    """Whole milliseconds from one moment to another; dividing by a millisecond takes five times as long."""
    length = end - begin
    return length.days * _DAY_MS + length.seconds * 1000 + length.microseconds // 1000


def say_missed(note: str) -> Reason:
    return Reason("missed-noted", {"note": note}) if note else Reason("missed")


def _judge(aired_ms: int, airing: Planned, note: str) -> tuple[AiringState, Reason]:
    percent = min(100, aired_ms * 100 // airing.length_ms)
    if aired_ms >= airing.length_ms * WHOLE:
        return AiringState.AIRED, _say_aired(percent)
    data: dict[str, object] = {"percent": percent}
    if airing.state is AiringState.PREEMPTED:
        return AiringState.PARTIAL, Reason("cut-by-urgent", data)
    if note:
        return AiringState.PARTIAL, Reason("partial-noted", {**data, "note": note})
    return AiringState.PARTIAL, Reason("partial", data)


@cache
def _say_aired(percent: int) -> Reason:
    """One reason for all that aired alike: it is written for thousands of rows."""
    return Reason("aired", {"percent": percent})
