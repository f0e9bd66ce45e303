"""What really aired: logs are kept, matched with the schedule, and counted by measured start and stop.

Every row that does not count is kept with its reason. What a person must look at is held: a log of a station
that is unknown, a clock that is off, rows that overlap (`scheduler.quarantine` mends it).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from io import BytesIO

from sqlmodel import Session, col, select

from assets.store import Store
from scheduler.bulk import many_objects
from scheduler.logs import LogProblem, LogRow, read_log
from scheduler.matching import Matching
from scheduler.models import Airing, AiringState, AsRun, AsRunLog, Station
from scheduler.reasons import Reason
from scheduler.relays import RelayMatching, mark_relays
from scheduler.rollup import lock_stations
from scheduler.stations import find_station

SETTLED = frozenset({"repeated-row", "counted-already"})
"""Reasons that nobody need look at: the same was told before, and counted then."""
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LogResult:
    """What became of a log: its rows, how many of them told of an airing, and which lines did not count."""

    log_id: int
    station: str | None
    """None while nobody has said whose log it is."""
    rows: int
    matched: int
    problems: tuple[LogProblem, ...]
    held: int
    """Problems that wait for a person."""
    is_repeated: bool
    """The very same bytes were taken in before; nothing was counted anew."""


@many_objects()
def import_log(
    session: Session, store: Store, station_code: str | None, name: str, content: bytes, *, now: datetime
) -> LogResult:
    """Keep a station's log for good and count what it says; without a code, the rows name the station.

    The same bytes again change nothing; the same rows in another log are not counted twice. A log whose rows
    name no station that is known, or several, is held: nothing of it counts until somebody says whose it is.

    Raises:
        StationUnknown: of a code that was given. LogTooLarge, LogUnreadable
    """
    digest = sha256(content).hexdigest()
    known = session.exec(select(AsRunLog).where(AsRunLog.sha256 == digest)).one_or_none()
    if known is not None:
        return tell(session, known, is_repeated=True)
    rows, problems = read_log(name, content)
    station = find_station(session, station_code) if station_code else _find_owner(session, rows)
    store.put(BytesIO(content))
    log = AsRunLog(
        station_id=station.id if station else None,
        sha256=digest,
        name=name[:200],
        received_at=now,
        rows=len(rows) + len(problems),
        matched=0,
    )
    session.add(log)
    session.flush()
    if station is None:
        problems += [LogProblem(row.line, _name_stranger(row)) for row in rows]
    else:
        matched, doubts = match_rows(session, station, log, rows)
        log.matched = matched
        problems += doubts
    problems.sort(key=lambda problem: problem.line)
    log.problems = [{"line": problem.line, **problem.reason.as_row()} for problem in problems]
    log.held = count_held(log.problems)
    session.flush()
    return tell(session, log, is_repeated=False)


def match_rows(
    session: Session, station: Station, log: AsRunLog, rows: Sequence[LogRow], *, own: bool = True
) -> tuple[int, list[LogProblem]]:
    """Take the rows in the order of their time; returns how many told of an airing, and the others.

    With `own`, a row that names another station is refused.
    """
    assert station.id is not None
    lock_stations(session, [station.id])
    matching = Matching(session, station, log, rows)
    relays = RelayMatching(session, station, log, [row for row in rows if row.is_relay], matching)
    problems = []
    for row in sorted(rows, key=lambda one: one.started_at or _LAST):
        if own and row.station != station.code:
            why: Reason | None = Reason("other-station", {"station": row.station[:60]})
        else:
            why = relays.take(row) if row.is_relay else matching.take(row)
        if why is not None:
            problems.append(LogProblem(row.line, why))
    matching.write()
    return len(rows) - len(problems), problems


def mark_unconfirmed(session: Session, station_code: str, day: date, *, now: datetime) -> int:
    """Say of every airing and relay of `day` that is over and untold: unconfirmed. How many."""
    station = find_station(session, station_code)
    told = session.exec(
        select(AsRun.id).where(AsRun.station_id == station.id, AsRun.local_date == day).limit(1)
    ).first()
    waiting = session.exec(
        select(Airing).where(
            Airing.station_id == station.id,
            Airing.local_date == day,
            col(Airing.state).in_((AiringState.PLANNED, AiringState.DOWNLOADED)),
            Airing.ends_at <= now,
        )
    ).all()
    reason = Reason("no-log" if told is None else "not-in-log")
    for airing in waiting:
        airing.state, airing.state_code = AiringState.UNCONFIRMED, reason.code
        airing.state_data = dict(reason.data)
    session.flush()
    return len(waiting) + mark_relays(session, station, day, now=now)


def count_held(problems: Iterable[dict[str, object]]) -> int:
    """How many problems of a log wait for a person."""
    return sum(is_held(problem) for problem in problems)


def is_held(problem: dict[str, object]) -> bool:
    return "closed" not in problem and problem["code"] not in SETTLED


def read_problem(problem: dict[str, object]) -> LogProblem:
    """A problem as it is kept in a log's row."""
    data = problem["data"]
    assert isinstance(data, dict)
    return LogProblem(int(str(problem["line"])), Reason(str(problem["code"]), data))


def tell(session: Session, log: AsRunLog, *, is_repeated: bool) -> LogResult:
    station = session.get(Station, log.station_id) if log.station_id is not None else None
    assert log.id is not None
    return LogResult(
        log_id=log.id,
        station=station.code if station else None,
        rows=log.rows,
        matched=log.matched,
        problems=tuple(read_problem(one) for one in log.problems),
        held=log.held,
        is_repeated=is_repeated,
    )


def _name_stranger(row: LogRow) -> Reason:
    return Reason("unknown-station", {"station": row.station[:60] or "-"})


def _find_owner(session: Session, rows: Sequence[LogRow]) -> Station | None:
    """The one station that all rows name, if there is such a station."""
    codes = {row.station for row in rows}
    if len(codes) != 1:
        return None
    return session.exec(select(Station).where(Station.code == codes.pop())).one_or_none()
