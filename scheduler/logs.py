"""The as-run log as a station sends it: CSV or JSON Lines, read line by line, nothing dropped.

Invalid
├── LogTooLarge
└── LogUnreadable

CSV has a header; commas, semicolons or tabs, a byte order mark and any line ending are taken. JSON Lines has
the same names as keys. Each line stands alone, so that one broken line never swallows the next. A row whose
`sha256` is the word `relay` tells of another's programme that the station carried; its title says whose.
"""

import csv
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from assets.errors import Invalid
from assets.messages import say
from scheduler.reasons import Reason

MAX_BYTES = 20_000_000
MAX_LINES = 200_000
NEEDED = ("station", "playlist_date", "sha256", "started_at", "stopped_at")
READ = (
    "station", "playlist_date", "position", "sha256", "title", "started_at", "stopped_at", "outcome", "note",
)  # fmt: skip
"""What is read of a line, in this order."""
MOST_SHOWN = 60
RELAY = "relay"
"""What stands for the hash of a file in a row that tells of a relay."""
_SHA256 = re.compile(rf"[0-9a-f]{{64}}|{RELAY}")
_POSITION = re.compile(r"[0-9]{1,6}")
MOST_TITLE = 300


class LogTooLarge(Invalid):
    pass


class LogUnreadable(Invalid):
    """The content is no log at all."""


class _RowUnusable(Exception):
    """Carries a reason to the line's report; never leaves this file."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class LogRow(NamedTuple):
    """One line. Moments are aware UTC; both None is an entry that did not play."""

    line: int
    station: str
    playlist_date: date
    position: int | None
    sha256: str
    title: str
    started_at: datetime | None
    stopped_at: datetime | None
    note: str

    @property
    def is_relay(self) -> bool:
        return self.sha256 == RELAY


@dataclass(frozen=True, slots=True)
class LogProblem:
    """A line that could not be counted, and why."""

    line: int
    reason: Reason

    @property
    def wording(self) -> str:
        return say("scheduler.log.problem", line=self.line, reason=self.reason.wording)


def read_log(name: str, content: bytes) -> tuple[list[LogRow], list[LogProblem]]:
    """The rows of a log and the lines that are none.

    Raises:
        LogTooLarge: more than `MAX_BYTES`.
        LogUnreadable: empty, too many lines, or without the columns that are needed.
    """
    if len(content) > MAX_BYTES:
        raise LogTooLarge(name=name, size=f"{len(content) / 1e6:.1f} MB", most=f"{MAX_BYTES // 10**6} MB")
    rows: list[LogRow] = []
    problems: list[LogProblem] = []
    for line, fields in _read_lines(name, content):
        try:
            rows.append(_refuse(fields) if isinstance(fields, Reason) else _read_row(line, *fields))
        except _RowUnusable as unusable:
            problems.append(LogProblem(line, unusable.reason))
    return rows, problems


def name_station(head: bytes) -> str:
    """The station that the first row names, by the first bytes of a log; empty where none is named."""
    try:
        for _, fields in _read_lines("", head.rpartition(b"\n")[0] or head):
            if not isinstance(fields, Reason):
                return fields[0]
    except LogUnreadable:
        pass
    return ""


def _refuse(reason: Reason) -> LogRow:
    raise _RowUnusable(reason)


def _read_lines(name: str, content: bytes) -> Iterator[tuple[int, Sequence[str] | Reason]]:
    """Each line that is not empty with its number (from 1): its `READ` fields, or why it has none."""
    text = content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines = [(number, line) for number, line in enumerate(text.split(b"\n"), start=1) if line.strip()]
    if not lines:
        raise LogUnreadable(name=name, problem=say("scheduler.log.empty"))
    if len(lines) > MAX_LINES:
        raise LogUnreadable(name=name, problem=say("scheduler.log.lines", most=MAX_LINES))
    if lines[0][1].lstrip().startswith(b"{"):
        for number, line in lines:
            yield number, _read_json(line)
        return
    first = lines[0][1]
    delimiter = max(",;\t", key=lambda mark: first.count(mark.encode()))
    header = [cell.strip().lower() for cell in _split(first, delimiter) or []]
    missing = [column for column in NEEDED if column not in header]
    if missing:
        raise LogUnreadable(name=name, problem=say("scheduler.log.columns", columns=", ".join(missing)))
    # A column that is not there is the empty cell behind the last; of two alike the later one is read.
    places = {column: at for at, column in enumerate(header)}
    pick = itemgetter(*(places.get(column, len(header)) for column in READ))
    for number, line in lines[1:]:
        if line != first:  # logs pasted together repeat the header
            cells = _split(line.replace(b"\0", b""), delimiter)
            if cells is None:
                yield number, Reason("unreadable-text")
            elif len(cells) != len(header):
                yield number, Reason("unreadable-row")
            else:
                cells.append("")
                yield number, list(map(str.strip, pick(cells)))


def _split(line: bytes, delimiter: str) -> list[str] | None:
    """The cells of a line; none if it breaks the rules of CSV, None if it is not UTF-8."""
    try:
        text = line.decode()
        if '"' not in text and len(text) < csv.field_size_limit():
            return text.split(delimiter)  # a reader for each line takes five times as long
        return next(csv.reader([text], delimiter=delimiter), [])
    except UnicodeDecodeError:
        return None
    except csv.Error:  # a cell of more than 128 KB
        return []


def _read_json(line: bytes) -> Sequence[str] | Reason:
    try:
        value = json.loads(line.decode())
    except UnicodeDecodeError:
        return Reason("unreadable-text")
    except (ValueError, RecursionError):
        return Reason("unreadable-row")
    if not isinstance(value, dict):
        return Reason("unreadable-row")
    return [_read_value(value.get(name)) for name in READ]


def _read_value(value: object) -> str:
    """Half of a surrogate pair, which JSON can escape, is no text; no database keeps NUL in text."""
    if isinstance(value, str):
        return value.encode(errors="replace").decode().replace("\0", "").strip()
    return str(value) if isinstance(value, int | float) else ""


def _read_row(  # noqa: PLR0917  the fields of READ
    line: int,
    station: str,
    day: str,
    position: str,
    sha256: str,
    title: str,
    started: str,
    stopped: str,
    outcome: str,
    note: str,
) -> LogRow:
    sha256 = sha256.lower()
    if not _names_file(sha256):
        raise _unreadable("sha256", sha256)
    playlist_date = _read_day(day)
    if playlist_date is None:
        raise _unreadable("playlist_date", day)
    started_at, stopped_at = _read_moment("started_at", started), _read_moment("stopped_at", stopped)
    if started_at is None or stopped_at is None:
        if started_at is not stopped_at:
            raise _unreadable("started_at" if started_at is None else "stopped_at", "")
        if outcome in ("aired", "partial"):
            raise _RowUnusable(Reason("unmeasured"))
    elif stopped_at < started_at:
        raise _RowUnusable(Reason("backwards"))
    return LogRow(
        line,
        station,
        playlist_date,
        _read_position(position),
        sha256,
        title[:MOST_TITLE],
        started_at,
        stopped_at,
        note[:MOST_SHOWN],
    )


# A log names the same few files, places and days again and again.
@lru_cache(maxsize=1000)
def _names_file(value: str) -> bool:
    return _SHA256.fullmatch(value) is not None


@lru_cache(maxsize=1000)
def _read_position(value: str) -> int | None:
    return int(value) if _POSITION.fullmatch(value) else None


@lru_cache(maxsize=1000)
def _read_day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _read_moment(field: str, value: str) -> datetime | None:
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is not None:
            return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _unreadable(field, value) from None
    raise _RowUnusable(Reason("no-offset", {"field": field}))


def _unreadable(field: str, value: str) -> _RowUnusable:
    return _RowUnusable(Reason("unreadable-field", {"field": field, "value": value[:MOST_SHOWN]}))
