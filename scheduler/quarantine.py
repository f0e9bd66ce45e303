"""What was held of the logs, and how a person mends it.

Missing
└── LogMissing
Invalid
├── MendUnclear
└── ShiftUnknown
Conflict
└── NothingHeld

A log's bytes are kept for good, so a mend reads them again: lines that were held are matched anew, with
another station or with their clock set right, or put aside; each is closed with who did what. Nothing that
counts is touched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, delete, select

from assets.errors import Conflict, Invalid, Missing
from assets.messages import say
from assets.store import Store
from scheduler.asrun import count_held, is_held, match_rows, read_problem
from scheduler.logs import LogProblem, LogRow, read_log
from scheduler.matching import Matching
from scheduler.models import AiringState, AsRun, AsRunLog, Station
from scheduler.reasons import Reason
from scheduler.rollup import touch
from scheduler.stations import find_station

AUTO = "auto"
_MINUTE = timedelta(minutes=1)


class LogMissing(Missing):
    """There is no log of this number."""


class MendUnclear(Invalid):
    """A mend says nothing, or two things at once."""


class ShiftUnknown(Invalid):
    """How far the clock was off cannot be read from these rows."""


class NothingHeld(Conflict):
    """The log has no open problem of that kind."""


@dataclass(frozen=True, slots=True)
class Held:
    """The lines of a log that were held for one reason."""

    log_id: int
    name: str
    station: str | None
    received_at: datetime
    code: str
    lines: tuple[int, ...]
    example: LogProblem

    @property
    def wording(self) -> str:
        return say("scheduler.held.line", count=len(self.lines), reason=self.example.reason.wording)

    @property
    def may_shift(self) -> bool:
        return self.code in ("clock-off", "day-empty", "unknown-file")

    @property
    def may_assign(self) -> bool:
        return self.code in ("unknown-station", "other-station")


@dataclass(frozen=True, slots=True)
class Mended:
    log_id: int
    lines: int
    matched: int
    """How many of them count now."""
    held: int
    """How many are still held, for whatever reason."""
    shift_minutes: int | None


def list_held(session: Session, *, station_id: int | None = None) -> list[Held]:
    """What waits for a person, the latest log first; one entry for each reason in a log."""
    query = select(AsRunLog).where(AsRunLog.held > 0).order_by(col(AsRunLog.id).desc())
    if station_id is not None:
        query = query.where(AsRunLog.station_id == station_id)
    names = dict(session.exec(select(Station.id, Station.code)).all())
    found = []
    for log in session.exec(query):
        groups: dict[str, list[LogProblem]] = {}
        for problem in log.problems:
            if is_held(problem):
                read = read_problem(problem)
                groups.setdefault(read.reason.code, []).append(read)
        found += [
            Held(
                log_id=log.id or 0,
                name=log.name,
                station=names.get(log.station_id),
                received_at=log.received_at,
                code=code,
                lines=tuple(problem.line for problem in problems),
                example=problems[0],
            )
            for code, problems in groups.items()
        ]
    return found


def mend(
    session: Session,
    store: Store,
    log_id: int,
    *,
    by: str,
    now: datetime,
    code: str | None = None,
    station: str | None = None,
    shift: timedelta | str | None = None,
    dismiss: str | None = None,
) -> Mended:
    """Settle the held lines of a log (with `code`, those of one reason).

    `station` says whose they are. `shift` is added to their clock; `auto` takes the distance from the
    schedule that most of them have. `dismiss` puts them aside for a reason: they are kept, and never counted.

    Raises:
        LogMissing, NothingHeld, StationUnknown, MendUnclear, ShiftUnknown
    """
    log = session.get(AsRunLog, log_id)
    if log is None:
        raise LogMissing(number=log_id)
    lines = {
        int(str(problem["line"]))
        for problem in log.problems
        if is_held(problem) and code in (None, problem["code"])
    }
    if not lines:
        raise NothingHeld(number=log_id, code=code or "*")
    wants_match = station is not None or shift is not None
    if (dismiss is None) is not wants_match or (dismiss is not None and not dismiss.strip()):
        raise MendUnclear
    if dismiss is not None:
        how: dict[str, object] = {"how": "dismissed", "why": dismiss.strip()[:300]}
        _close(log, lines, {}, how | {"by": by, "at": now.isoformat()})
        session.flush()
        return Mended(log_id, len(lines), 0, log.held, None)
    return _match_again(session, store, log, lines, by=by, now=now, station=station, shift=shift)


def _match_again(
    session: Session,
    store: Store,
    log: AsRunLog,
    lines: set[int],
    *,
    by: str,
    now: datetime,
    station: str | None,
    shift: timedelta | str | None,
) -> Mended:
    owner = find_station(session, station) if station else session.get(Station, log.station_id or 0)
    if owner is None:
        raise MendUnclear
    with store.open(log.sha256) as stream:
        rows = [row for row in read_log(log.name, stream.read())[0] if row.line in lines]
    # What was kept uncounted of these lines is told anew below.
    kept = session.exec(
        select(AsRun).where(
            AsRun.log_id == log.id, AsRun.state == AiringState.UNCONFIRMED, col(AsRun.line).in_(lines)
        )
    ).all()
    for row in kept:
        touch(session, row.station_id, [row.local_date])
    session.exec(delete(AsRun).where(col(AsRun.id).in_([row.id for row in kept])))
    if shift is not None:
        delta = _read_shift(session, owner, log, rows, shift)
        rows = [_shift(row, delta, owner) for row in rows]
    matched, problems = match_rows(session, owner, log, rows, own=False)
    if log.station_id is None:
        log.station_id = owner.id
    log.matched += matched
    how: dict[str, object] = {"how": "mended", "station": owner.code, "by": by, "at": now.isoformat()}
    minutes = delta // _MINUTE if shift is not None else None
    if minutes is not None:
        how["shift_minutes"] = minutes
    _close(log, {row.line for row in rows}, {one.line: one.reason for one in problems}, how)
    session.flush()
    assert log.id is not None
    return Mended(log.id, len(rows), matched, log.held, minutes)


def _close(log: AsRunLog, lines: set[int], still: Mapping[int, Reason], how: dict[str, object]) -> None:
    """Close the problems of `lines`, but give those that are `still` in doubt their present reason."""
    problems = []
    for problem in log.problems:
        line = int(str(problem["line"]))
        if line in still:
            problems.append({"line": line, **still[line].as_row()})
        elif line in lines and is_held(problem):
            problems.append({**problem, "closed": how})
        else:
            problems.append(problem)
    log.problems = problems  # a new list: changes inside a JSON column go unseen
    log.held = count_held(problems)


def _read_shift(
    session: Session, station: Station, log: AsRunLog, rows: Sequence[LogRow], shift: timedelta | str
) -> timedelta:
    if isinstance(shift, timedelta):
        return shift
    matching = Matching(session, station, log, rows)
    away = [
        (airing.starts_at - row.started_at).total_seconds()
        for row in rows
        if row.started_at is not None
        and not row.is_relay
        and (airing := matching.find_airing(row)) is not None
    ]
    if shift != AUTO or not away:
        raise ShiftUnknown(number=log.id)
    # A clock is off by whole minutes as people set it; the seconds are how late the pieces started.
    return timedelta(minutes=round(median(away) / 60))


def _shift(row: LogRow, shift: timedelta, station: Station) -> LogRow:
    """The row with its clock set right; its day too, where the player took that from the same clock."""
    if row.started_at is None or row.stopped_at is None:
        return row
    named_by_clock = abs(row.started_at.astimezone(ZoneInfo(station.timezone)).date() - row.playlist_date)
    day = row.playlist_date
    if named_by_clock <= timedelta(days=1) and abs(shift) >= timedelta(hours=12):
        day += timedelta(days=round(shift / timedelta(days=1)))
    return row._replace(
        started_at=row.started_at + shift, stopped_at=row.stopped_at + shift, playlist_date=day
    )
