"""The whole report as JSON: raw figures, and the ids of the rows behind each."""

import json
from datetime import date, datetime

from studio.reports.report import Cell, Report, Table


class JsonWriter:
    """Durations are milliseconds, shares parts of 1, days and moments ISO 8601 (moments in UTC)."""

    media_type = "application/json"
    traces = True

    def write(self, report: Report) -> bytes:
        content = {
            "kind": report.kind.value,
            "title": report.title,
            "plan": report.plan_title,
            "issuer": report.issuer,
            "first": report.first.isoformat(),
            "last": report.last.isoformat(),
            "made_at": report.made_at.isoformat(),
            "is_sample": report.is_sample,
            "verdict": report.verdict,
            "figures": [{"label": f.label, "text": f.text, "note": f.note} for f in report.figures],
            "results": list(report.results),
            "difficulties": list(report.difficulties),
            "proposals": list(report.proposals),
            "letter": report.letter.to_json(),
            "closing": {
                "at": report.closing.at.isoformat(),
                "by": report.closing.by,
                "sha256": report.closing.sha256,
            }
            if report.closing
            else None,
            "short": [row.to_json() for row in report.short],
            "tables": {table.key: _rows(table) for table in (*report.tables, *report.records)},
            "totals": {table.key: _row(table, table.totals) for table in report.tables if table.totals},
            "method": list(report.method),
        }
        return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _rows(table: Table) -> list[dict[str, object]]:
    return [_row(table, row) for row in table.rows]


def _row(table: Table, cells: tuple[Cell, ...]) -> dict[str, object]:
    return {column.key: _plain(cell) for column, cell in zip(table.columns, cells, strict=True)}


def _plain(cell: Cell) -> object:
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    return list(cell) if isinstance(cell, tuple) else cell
