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
from scheduler.logs import RELAY

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
    sessions = [list(session) for _, session in groupby(playlist["entries"], key=lambda one: one["slot"])]
    played = [_play_session(session, incidents) for session in sessions]
    played += [iter([_carry_relay(relay, incidents)]) for relay in playlist.get("relays", [])]
    for rows in played:
        for entry, started, stopped, outcome, note in rows:
            log.writerow(
                {
                    "station": playlist["station"],
                    "device": device,
                    "playlist_date": playlist["day"],
                    "playlist_number": playlist["number"],
                    "position": entry.get("position", ""),
                    "sha256": entry.get("sha256", RELAY),
                    "title": entry.get("title") or entry["source"],
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


def _carry_relay(relay: dict[str, Any], incidents: Sequence[Incident]) -> Played:
    """A block of another's programme, from the first moment at which there is current."""
    begins, ends = _moment(relay, "starts_at"), _moment(relay, "ends_at")
    late = [one.until for one in incidents if isinstance(one, LateStart) and begins <= one.until < ends]
    started = max([begins, *late])
    while (cut := _find_cut(incidents, started)) is not None:
        started = cut.ends
    if started >= ends:
        return relay, None, None, "missed", say("playlists.note.power_cut")
    cut = _find_cut(incidents, started, ends)
    if cut is not None:
        return relay, started, cut.begins, "partial", say("playlists.note.power_cut")
    return relay, started, ends, "aired", ""


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
