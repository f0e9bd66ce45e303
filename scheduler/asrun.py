"""What really aired: logs are kept, matched with the schedule, and counted by measured start and stop.

Invalid
└── LogStationUnclear

A row counts once, if its file is in the schedule of the day it names, near its planned start, no longer than
the file, and not while something else aired there. Every other row is kept with its reason and not counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from io import BytesIO

from sqlmodel import Session, case, col, extract, func, select

from assets.errors import Invalid
from assets.models import Asset, AssetKind, Origin, Rendition
from assets.store import Store
from scheduler.logs import LogProblem, LogRow, read_log
from scheduler.models import Airing, AiringState, AsRun, AsRunLog, Station
from scheduler.reasons import Reason
from scheduler.stations import find_station

WHOLE = 0.98
"""From this share of its length on a piece has aired; less is partial."""
MAX_DRIFT = timedelta(hours=2)
"""A measured start farther than this from the planned one is a wrong clock, not a late start."""
ROUNDING = timedelta(seconds=1)
"""Players that write whole seconds seem to overlap by less than this."""
COUNTED = (AiringState.AIRED, AiringState.PARTIAL)
WAITING = (AiringState.PLANNED, AiringState.DOWNLOADED)


class LogStationUnclear(Invalid):
    """No station was named and the rows name none, or several."""


@dataclass(frozen=True, slots=True)
class LogResult:
    """What became of a log: its rows, how many of them told of an airing, and which lines did not count."""

    log_id: int
    rows: int
    matched: int
    problems: tuple[LogProblem, ...]
    is_repeated: bool
    """The very same bytes were taken in before; nothing was counted anew."""


def import_log(
    session: Session, store: Store, station_code: str | None, name: str, content: bytes, *, now: datetime
) -> LogResult:
    """Keep a station's log for good and count what it says; without a code, the rows name the station.

    The same bytes again change nothing; the same rows in another log are not counted twice.

    Raises:
        StationUnknown, LogStationUnclear, LogTooLarge, LogUnreadable
    """
    digest = sha256(content).hexdigest()
    known = session.exec(select(AsRunLog).where(AsRunLog.sha256 == digest)).one_or_none()
    if known is not None:
        return _tell(known, is_repeated=True)
    rows, problems = read_log(name, content)
    station = find_station(session, station_code or _find_code(name, rows))
    assert station.id is not None
    store.put(BytesIO(content))
    log = AsRunLog(
        station_id=station.id,
        sha256=digest,
        name=name[:200],
        received_at=now,
        rows=len(rows) + len(problems),
        matched=0,
    )
    session.add(log)
    session.flush()
    matching = _Matching(session, station, log, rows)
    for row in sorted(rows, key=lambda one: (one.started_at or datetime.max.replace(tzinfo=UTC), one.line)):
        why = matching.take(row)
        if why is None:
            log.matched += 1
        else:
            problems.append(LogProblem(row.line, why))
    problems.sort(key=lambda problem: problem.line)
    log.problems = [{"line": problem.line, **problem.reason.as_row()} for problem in problems]
    session.flush()
    return _tell(log, is_repeated=False)


def mark_unconfirmed(session: Session, station_code: str, day: date, *, now: datetime) -> int:
    """Say of every airing of `day` that is over and of which no log has told: unconfirmed. How many."""
    station = find_station(session, station_code)
    told = session.exec(
        select(AsRun.id).where(AsRun.station_id == station.id, AsRun.local_date == day).limit(1)
    ).first()
    waiting = session.exec(
        select(Airing).where(
            Airing.station_id == station.id,
            Airing.local_date == day,
            col(Airing.state).in_(WAITING),
            Airing.ends_at <= now,
        )
    ).all()
    for airing in waiting:
        _settle(airing, AiringState.UNCONFIRMED, Reason("no-log" if told is None else "not-in-log"))
    session.flush()
    return len(waiting)


@dataclass(frozen=True, slots=True)
class AirtimeRow:
    """Airtime of one kind of piece on one station in one month; `partial` airings are not in `airings`."""

    station: str
    theme: str | None
    form: str | None
    audience: str | None
    language: str
    origin: Origin
    year: int
    month: int
    airings: int
    partial: int
    aired_ms: int


def summarise_airtime(session: Session, *, first: date, last: date) -> list[AirtimeRow]:
    """What was measured on the broadcast days `first`..`last`, without tunes; one query over all rows."""
    year, month = extract("year", col(AsRun.local_date)), extract("month", col(AsRun.local_date))
    keys = (
        col(Station.code),
        col(Asset.theme),
        col(Asset.form),
        col(Asset.audience),
        col(Asset.language),
        col(Asset.origin),
        year,
        month,
    )
    query = (
        select(  # type: ignore[call-overload]  # SQLModel types at most four columns
            *keys,
            func.sum(case((col(AsRun.state) == AiringState.AIRED, 1), else_=0)),
            func.sum(case((col(AsRun.state) == AiringState.PARTIAL, 1), else_=0)),
            func.sum(AsRun.aired_ms),
        )
        .join(Station, col(Station.id) == col(AsRun.station_id))
        .join(Asset, col(Asset.id) == col(AsRun.asset_id))
        .where(
            col(AsRun.local_date).between(first, last),
            col(AsRun.state).in_(COUNTED),
            col(Asset.kind).in_((AssetKind.SEGMENT, AssetKind.RECORDING)),
        )
        .group_by(*keys)
        .order_by(*keys)
    )
    return [AirtimeRow(*row) for row in session.exec(query)]


class _Matching:
    """The schedule of the days that a log speaks of, and what has been counted on them."""

    def __init__(self, session: Session, station: Station, log: AsRunLog, rows: Sequence[LogRow]) -> None:
        self._session, self._station, self._log = session, station, log
        days = sorted({row.playlist_date for row in rows})
        self._airings: dict[date, list[tuple[int, Airing, Asset]]] = {day: [] for day in days}
        planned = session.exec(
            select(Airing, Asset)
            .join(Asset, col(Asset.id) == col(Airing.asset_id))
            .where(Airing.station_id == station.id, col(Airing.local_date).in_(days))
            .order_by(col(Airing.starts_at), col(Airing.position))
        )
        for airing, asset in planned:
            ours = self._airings[airing.local_date]
            ours.append((len(ours) + 1, airing, asset))
        self._seen: set[tuple[datetime, str]] = set()
        self._aired: list[tuple[datetime, datetime]] = []
        moments = [row.started_at for row in rows if row.started_at is not None]
        if moments:
            reach = timedelta(days=1)
            nearby = select(AsRun).where(
                AsRun.station_id == station.id,
                col(AsRun.started_at).between(min(moments) - reach, max(moments) + reach),
            )
            for one in session.exec(nearby):
                self._seen.add((one.started_at, one.sha256))
                if one.state in COUNTED:
                    self._aired.append((one.started_at, one.stopped_at))

    def take(self, row: LogRow) -> Reason | None:
        """Keep the row and count it, or say why it does not count."""
        if row.station != self._station.code:
            return Reason("other-station", {"station": row.station[:60]})
        airing = self._find_airing(row)
        if row.started_at is None or row.stopped_at is None:
            return self._miss(row, airing)
        if (row.started_at, row.sha256) in self._seen:
            return Reason("repeated-row")
        self._seen.add((row.started_at, row.sha256))
        why = self._doubt(row, airing, row.started_at, row.stopped_at)
        aired_ms = (row.stopped_at - row.started_at) // timedelta(milliseconds=1)
        state = AiringState.UNCONFIRMED
        reason = why
        if airing is not None and why is None:
            state, reason = _judge(aired_ms, airing, row.note)
            _settle(airing, state, reason)
            self._aired.append((row.started_at, row.stopped_at))
        elif airing is not None and why is not None and airing.state in WAITING:
            _settle(airing, state, why)
        assert reason is not None
        assert self._log.id is not None
        assert self._station.id is not None
        self._session.add(
            AsRun(
                log_id=self._log.id,
                line=row.line,
                station_id=self._station.id,
                airing_id=airing.id if airing is not None and why is None else None,
                asset_id=airing.asset_id if airing is not None else self._find_asset(row.sha256),
                sha256=row.sha256,
                title=row.title,
                started_at=row.started_at,
                stopped_at=row.stopped_at,
                aired_ms=aired_ms,
                local_date=row.playlist_date,
                state=state,
                reason_code=reason.code,
                reason_data=dict(reason.data),
            )
        )
        return why

    def _find_airing(self, row: LogRow) -> Airing | None:
        """The planned airing of that file on that day: the nearest in time, or in the playlist's order.

        A file that was mastered anew since is known by its place and title.
        """
        ours = self._airings[row.playlist_date]
        found = [one for one in ours if any(made.sha256 == row.sha256 for made in one[2].renditions)]
        found = found or [one for one in ours if one[0] == row.position and one[2].title == row.title]
        if row.started_at is None:
            exact = [one for one in found if one[0] == row.position]
            found = exact or (found if len(found) == 1 else [])
        started_at = row.started_at

        def distance(one: tuple[int, Airing, Asset]) -> tuple[timedelta, int]:
            away = abs(started_at - one[1].starts_at) if started_at else timedelta(0)
            return away, abs(one[0] - (row.position or one[0]))

        return min(found, key=distance)[1] if found else None

    def _miss(self, row: LogRow, airing: Airing | None) -> Reason | None:
        if airing is None:
            return Reason("unknown-file", {"day": f"{row.playlist_date:%d/%m/%Y}"})
        if airing.state in COUNTED:
            return Reason("counted-already")
        reason = Reason("missed-noted", {"note": row.note}) if row.note else Reason("missed")
        _settle(airing, AiringState.MISSED, reason)
        return None

    def _doubt(
        self, row: LogRow, airing: Airing | None, started_at: datetime, stopped_at: datetime
    ) -> Reason | None:
        """What speaks against counting the row."""
        if airing is None:
            return Reason("unknown-file", {"day": f"{row.playlist_date:%d/%m/%Y}"})
        drift, aired = abs(started_at - airing.starts_at), stopped_at - started_at
        most = (airing.ends_at - airing.starts_at) * (2 - WHOLE) + 2 * ROUNDING
        overlaps = any(
            started_at + ROUNDING < end and begin + ROUNDING < stopped_at for begin, end in self._aired
        )
        doubts = (
            (drift > MAX_DRIFT, Reason("clock-off", {"minutes": drift // timedelta(minutes=1)})),
            (airing.state in COUNTED, Reason("counted-already")),
            (aired < timedelta(milliseconds=1), Reason("nothing-aired")),
            (aired > most, Reason("longer-than-file", {"seconds": aired // timedelta(seconds=1)})),
            (overlaps, Reason("overlapping-row")),
        )
        return next((reason for holds, reason in doubts if holds), None)

    def _find_asset(self, digest: str) -> int | None:
        return self._session.exec(
            select(Rendition.asset_id).where(Rendition.sha256 == digest).limit(1)
        ).first()


def _judge(aired_ms: int, airing: Airing, note: str) -> tuple[AiringState, Reason]:
    planned_ms = (airing.ends_at - airing.starts_at) // timedelta(milliseconds=1)
    data: dict[str, object] = {"percent": min(100, aired_ms * 100 // planned_ms)}
    if aired_ms >= planned_ms * WHOLE:
        return AiringState.AIRED, Reason("aired", data)
    if note:
        return AiringState.PARTIAL, Reason("partial-noted", {**data, "note": note})
    return AiringState.PARTIAL, Reason("partial", data)


def _settle(airing: Airing, state: AiringState, reason: Reason) -> None:
    airing.state, airing.state_code, airing.state_data = state, reason.code, dict(reason.data)


def _find_code(name: str, rows: Sequence[LogRow]) -> str:
    codes = sorted({row.station for row in rows})
    if len(codes) != 1 or not codes[0]:
        raise LogStationUnclear(name=name, found=", ".join(codes[:5]) or "-")
    return codes[0]


def _tell(log: AsRunLog, *, is_repeated: bool) -> LogResult:
    problems = tuple(
        LogProblem(int(str(one["line"])), Reason(str(one["code"]), dict(one["data"])))  # type: ignore[call-overload]
        for one in log.problems
    )
    assert log.id is not None
    return LogResult(log.id, log.rows, log.matched, problems, is_repeated)
