"""The as-run log as a station sends it: CSV or JSON Lines, read line by line, nothing dropped.

Invalid
├── LogTooLarge
└── LogUnreadable

CSV has a header; commas, semicolons or tabs, a byte order mark and any line ending are taken. JSON Lines has
the same names as keys. Each line stands alone, so that one broken line never swallows the next.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from assets.errors import Invalid
from assets.messages import say
from scheduler.reasons import Reason

MAX_BYTES = 20_000_000
MAX_LINES = 200_000
NEEDED = ("station", "playlist_date", "sha256", "started_at", "stopped_at")
MOST_SHOWN = 60
_SIMPLE = (str, int, float, type(None))
_SHA256 = re.compile(r"[0-9a-f]{64}")
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


@dataclass(frozen=True, slots=True)
class LogRow:
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
            rows.append(_read_row(line, fields if isinstance(fields, Mapping) else _refuse(fields)))
        except _RowUnusable as unusable:
            problems.append(LogProblem(line, unusable.reason))
    return rows, problems


def _refuse(reason: Reason) -> Mapping[str, Any]:
    raise _RowUnusable(reason)


def _read_lines(name: str, content: bytes) -> Iterator[tuple[int, Mapping[str, Any] | Reason]]:
    """Each line that is not empty with its number (from 1), as fields or as the reason why it has none."""
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
    for number, line in lines[1:]:
        if line != first:  # logs pasted together repeat the header
            cells = _split(line, delimiter)
            if cells is None:
                yield number, Reason("unreadable-text")
            elif len(cells) != len(header):
                yield number, Reason("unreadable-row")
            else:
                yield number, dict(zip(header, cells, strict=True))


def _split(line: bytes, delimiter: str) -> list[str] | None:
    """The cells of a line; none if it breaks the rules of CSV, None if it is not UTF-8."""
    try:
        return next(csv.reader([line.decode()], delimiter=delimiter), [])
    except UnicodeDecodeError:
        return None
    except csv.Error:  # a cell of more than 128 KB
        return []


def _read_json(line: bytes) -> Mapping[str, Any] | Reason:
    try:
        value = json.loads(line.decode())
    except UnicodeDecodeError:
        return Reason("unreadable-text")
    except (ValueError, RecursionError):
        return Reason("unreadable-row")
    return value if isinstance(value, dict) else Reason("unreadable-row")


def _read_row(line: int, fields: Mapping[str, Any]) -> LogRow:
    cells = {
        name: value.strip() if isinstance(value, str) else "" if value is None else str(value)
        for name, value in fields.items()
        if isinstance(value, _SIMPLE)
    }
    sha256 = cells.get("sha256", "").lower()
    if not _SHA256.fullmatch(sha256):
        raise _unreadable("sha256", cells)
    try:
        playlist_date = date.fromisoformat(cells.get("playlist_date", ""))
    except ValueError:
        raise _unreadable("playlist_date", cells) from None
    started_at, stopped_at = _read_moment("started_at", cells), _read_moment("stopped_at", cells)
    if (started_at is None) != (stopped_at is None):
        raise _unreadable("started_at" if started_at is None else "stopped_at", cells)
    if started_at is None and cells.get("outcome") in ("aired", "partial"):
        raise _RowUnusable(Reason("unmeasured"))
    if started_at is not None and stopped_at is not None and stopped_at < started_at:
        raise _RowUnusable(Reason("backwards"))
    position = cells.get("position", "")
    return LogRow(
        line=line,
        station=cells.get("station", ""),
        playlist_date=playlist_date,
        position=int(position) if re.fullmatch(r"[0-9]{1,6}", position) else None,
        sha256=sha256,
        title=cells.get("title", "")[:MOST_TITLE],
        started_at=started_at,
        stopped_at=stopped_at,
        note=cells.get("note", "")[:MOST_SHOWN],
    )


def _read_moment(field: str, cells: Mapping[str, str]) -> datetime | None:
    value = cells.get(field, "")
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _unreadable(field, cells) from None
    raise _RowUnusable(Reason("no-offset", {"field": field}))


def _unreadable(field: str, cells: Mapping[str, str]) -> _RowUnusable:
    value = cells.get(field, "")
    return _RowUnusable(Reason("unreadable-field", {"field": field, "value": value[:MOST_SHOWN]}))
