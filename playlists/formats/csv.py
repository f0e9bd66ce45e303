"""The day as CSV for a spreadsheet: UTF-8 with a byte order mark, so that Excel shows Vietnamese."""

import csv
import io
from datetime import timedelta

from playlists.day import Relay, StationDay
from scheduler.logs import RELAY

COLUMNS = (
    "position",
    "slot",
    "role",
    "starts_at",
    "ends_at",
    "duration_ms",
    "title",
    "theme",
    "audience",
    "form",
    "language",
    "priority",
    "asset_key",
    "sha256",
    "file",
)


class Csv:
    name = "csv"
    suffix = ".csv"
    media_type = "text/csv; charset=utf-8"

    def write(self, day: StationDay) -> bytes:
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\r\n")
        rows.writerow(COLUMNS)
        for one in day.parts:
            fields = _describe_relay(one) if isinstance(one, Relay) else {c: getattr(one, c) for c in COLUMNS}
            rows.writerow([disarm(fields.get(column, "")) for column in COLUMNS])
        return b"\xef\xbb\xbf" + text.getvalue().encode()


def _describe_relay(relay: Relay) -> dict[str, object]:
    """A row without a file: from when to when, and whose programme."""
    return {
        "slot": relay.slot,
        "role": RELAY,
        "starts_at": relay.starts_at,
        "ends_at": relay.ends_at,
        "duration_ms": (relay.ends_at - relay.starts_at) // timedelta(milliseconds=1),
        "title": relay.source,
    }


def disarm(value: object) -> object:
    """A text that a spreadsheet would take for a formula, made plain text (OWASP, CSV injection)."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value
