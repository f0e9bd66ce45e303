"""Plays a bundle on a fast clock, as a station's receiver would, and writes the log it would send back.

What it takes from a real receiver: it plays only files that are whole, from their first second to their
last; a late start moves the session on and leaves out what no longer fits, it never seeks into a piece; a
power cut stops the piece that sounds; every line has the measured start and stop, never the planned length.
"""

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from assets.messages import say
from playlists.bundle import read_bundle

LOG_COLUMNS = (
    "station",
    "device",
    "playlist_date",
    "playlist_number",
    "position",
    "sha256",
    "title",
    "started_at",
    "stopped_at",
    "outcome",
    "note",
)
MAX_GAP_MS = 120
"""A receiver takes up to this long to open the next file."""


@dataclass(frozen=True, slots=True)
class PowerCut:
    """No current from `begins` to `ends` (aware)."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class LateStart:
    """The amplifier is switched on only at `until`, in a session that should have begun before."""

    until: datetime


Incident = PowerCut | LateStart


def play_bundle(path: Path, *, device: str, incidents: Sequence[Incident] = ()) -> bytes:
    """The as-run log (CSV, UTF-8) of a day on which `incidents` happened.

    The same bundle and incidents give the same log.

    Raises:
        BundleDamaged: nothing plays from a bundle that is not whole.
    """
    playlist: dict[str, Any] = read_bundle(path).playlist
    text = io.StringIO()
    log = csv.DictWriter(text, LOG_COLUMNS, lineterminator="\n")
    log.writeheader()
    for _, session in groupby(playlist["entries"], key=lambda entry: entry["slot"]):
        for entry, started, stopped, outcome, note in _play_session(list(session), incidents):
            log.writerow(
                {
                    "station": playlist["station"],
                    "device": device,
                    "playlist_date": playlist["day"],
                    "playlist_number": playlist["number"],
                    "position": entry["position"],
                    "sha256": entry["sha256"],
                    "title": entry["title"],
                    "started_at": started.isoformat(timespec="milliseconds") if started else "",
                    "stopped_at": stopped.isoformat(timespec="milliseconds") if stopped else "",
                    "outcome": outcome,
                    "note": note,
                }
            )
    return text.getvalue().encode()


Played = tuple[dict[str, Any], datetime | None, datetime | None, str, str]


def _play_session(entries: list[dict[str, Any]], incidents: Sequence[Incident]) -> Iterator[Played]:
    """One slot, piece after piece."""
    begins, ends = _moment(entries[0], "starts_at"), _moment(entries[-1], "ends_at")
    clock = begins
    for incident in incidents:
        if isinstance(incident, LateStart) and begins <= incident.until < ends:
            clock = incident.until
    # A piece that would pass the end of the session by more than opening files costs is not started.
    limit = ends + timedelta(milliseconds=MAX_GAP_MS * len(entries))
    for entry in entries:
        clock = max(clock, _moment(entry, "starts_at"))
        started = clock + timedelta(milliseconds=_gap_ms(entry))
        cut = _find_cut(incidents, started)
        if cut is not None:
            yield entry, None, None, "missed", say("playlists.note.power_cut")
            clock = max(clock, min(cut.ends, _moment(entry, "ends_at")))
            continue
        stopped = started + timedelta(milliseconds=entry["duration_ms"])
        if stopped > limit:
            yield entry, None, None, "missed", say("playlists.note.no_time")
            continue
        cut = _find_cut(incidents, started, stopped)
        if cut is not None:
            yield entry, started, cut.begins, "partial", say("playlists.note.power_cut")
            clock = max(cut.begins, min(cut.ends, _moment(entry, "ends_at")))
            continue
        yield entry, started, stopped, "aired", ""
        clock = stopped


def _find_cut(
    incidents: Sequence[Incident], begins: datetime, ends: datetime | None = None
) -> PowerCut | None:
    """The power cut that holds at `begins`, or with `ends` the first that begins before it."""
    cuts = [incident for incident in incidents if isinstance(incident, PowerCut)]
    if ends is None:
        return next((cut for cut in cuts if cut.begins <= begins < cut.ends), None)
    return min((cut for cut in cuts if begins < cut.begins < ends), key=lambda cut: cut.begins, default=None)


def _moment(entry: dict[str, Any], name: str) -> datetime:
    return datetime.fromisoformat(entry[name])


def _gap_ms(entry: dict[str, Any]) -> int:
    digest = hashlib.sha256(f"{entry['position']}{entry['sha256']}{entry['starts_at']}".encode()).digest()
    return digest[0] * MAX_GAP_MS // 255
