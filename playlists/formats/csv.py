"""The day as CSV for a spreadsheet: UTF-8 with a byte order mark, so that Excel shows Vietnamese."""

import csv
import io

from playlists.day import StationDay

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
        for entry in day.entries:
            rows.writerow([disarm(getattr(entry, column)) for column in COLUMNS])
        return b"\xef\xbb\xbf" + text.getvalue().encode()


def disarm(value: object) -> object:
    """A text that a spreadsheet would take for a formula, made plain text (OWASP, CSV injection)."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value
