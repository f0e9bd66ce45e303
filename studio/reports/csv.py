"""The report's main table as CSV (RFC 4180), in UTF-8 with the mark that Excel wants."""

import csv
import io
from datetime import date, datetime

from assets.units import VIETNAM
from studio.planning.amounts import to_minutes
from studio.reports.report import Cell, CellKind, Report

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class CsvWriter:
    """One table under a header of keys: numbers with a point, days and moments in ISO 8601."""

    media_type = "text/csv; charset=utf-8"
    traces = True

    def write(self, report: Report) -> bytes:
        table = report.main
        sheet = io.StringIO(newline="")
        writer = csv.writer(sheet)
        writer.writerow([column.key.replace("_ms", "_minutes") for column in table.columns])
        for row in table.rows:
            writer.writerow(
                [_plain(cell, column.kind) for cell, column in zip(row, table.columns, strict=True)]
            )
        return b"\xef\xbb\xbf" + sheet.getvalue().encode()


def _plain(cell: Cell, kind: CellKind) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        # A spreadsheet would run what begins like a formula; the quote mark makes it text.
        return f"'{cell}" if cell.startswith(_FORMULA) else cell
    if isinstance(cell, datetime):
        return cell.astimezone(VIETNAM).isoformat(timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, tuple):
        return " ".join(str(number) for number in cell)
    return str(to_minutes(int(cell))) if kind == "duration" else str(round(cell, 4))
