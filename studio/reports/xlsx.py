"""The report as a workbook: typed cells, one sheet per table, nothing in it is ever a formula."""

import io
from datetime import date, datetime
from typing import Any

import xlsxwriter

from assets.messages import say
from assets.units import VIETNAM
from studio.planning.amounts import MS_PER_MINUTE
from studio.reports.composing import name_moment, name_period
from studio.reports.report import Cell, CellKind, Report, Table

_FORMATS: dict[CellKind, dict[str, object]] = {
    "text": {"text_wrap": True},
    "count": {"num_format": "#,##0"},
    "amount": {"num_format": "#,##0.#"},
    "duration": {"num_format": "#,##0.0"},
    "share": {"num_format": "0%"},
    "money": {"num_format": "#,##0"},
    "day": {"num_format": "dd/mm/yyyy"},
    "moment": {"num_format": "dd/mm/yyyy hh:mm:ss"},
    "ids": {"font_color": "#6b7280"},
}
_DEEP = "#0f4c4a"
_LEAST_WIDTH, _MOST_WIDTH = 9, 60
_MAX_TEXT = 32_000
"""A cell of Excel holds 32,767 characters."""


class XlsxWriter:
    """A summary, then a sheet per table with frozen, filtered headers, then the rows behind the figures."""

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    traces = True

    def write(self, report: Report) -> bytes:
        file = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
            "remove_timezone": False,
        }
        with xlsxwriter.Workbook(file, options) as book:
            book.set_properties({"title": report.title, "created": report.made_at.replace(tzinfo=None)})
            formats = _Formats(book)
            _write_summary(book, report, formats)
            for table in (*report.tables, *report.records):
                _write_table(book, table, formats)
        return file.getvalue()


class _Formats:
    """The formats of one workbook, made once each."""

    def __init__(self, book: Any) -> None:
        top: dict[str, object] = {"valign": "top"}
        self.cells = {kind: book.add_format(top | props) for kind, props in _FORMATS.items()}
        total: dict[str, object] = {"bold": True, "top": 1, "bg_color": "#eef2f1"}
        self.totals = {kind: book.add_format(total | props) for kind, props in _FORMATS.items()}
        self.header = book.add_format(
            {
                "bold": True,
                "bg_color": _DEEP,
                "font_color": "#ffffff",
                "text_wrap": True,
                "valign": "vcenter",
            }
        )
        self.title = book.add_format({"bold": True, "font_size": 16, "font_color": _DEEP})
        self.strong = book.add_format({"bold": True})
        self.sample = book.add_format({"bold": True, "bg_color": "#fde68a", "font_color": "#7c2d12"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})


def _write_summary(book: Any, report: Report, formats: _Formats) -> None:
    sheet = book.add_worksheet(say("reports.sheet.summary"))
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 18)
    sheet.set_column(2, 2, 64)
    sheet.write_string(0, 0, report.title, formats.title)
    at = 1
    for line in (report.issuer, report.plan_title, name_period(report), name_moment(report)):
        if line:
            sheet.write_string(at, 0, line)
            at += 1
    if report.is_sample:
        sheet.write_string(at, 0, say("reports.sample"), formats.sample)
        at += 1
    sheet.write_string(at + 1, 0, report.verdict, formats.strong)
    at += 3
    for figure in report.figures:
        sheet.write_string(at, 0, figure.label, formats.strong)
        sheet.write_string(at, 1, figure.text)
        sheet.write_string(at, 2, figure.note)
        at += 1
    at += 1
    sheet.write_string(at, 0, say("reports.section.method"), formats.strong)
    for number, note in enumerate(report.method, start=1):
        sheet.merge_range(at + number, 0, at + number, 2, "", formats.wrapped)
        sheet.write_string(at + number, 0, note, formats.wrapped)
        sheet.set_row(at + number, 32)


def _write_table(book: Any, table: Table, formats: _Formats) -> None:
    sheet = book.add_worksheet(table.title[:31])
    sheet.set_row(0, 32)
    widths = [min(max(len(column.title) // 2 + 4, _LEAST_WIDTH), _MOST_WIDTH) for column in table.columns]
    for at, column in enumerate(table.columns):
        sheet.write_string(0, at, column.title, formats.header)
    for number, row in enumerate(table.rows, start=1):
        for at, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            widths[at] = max(widths[at], _write_cell(sheet, (number, at), cell, column.kind, formats.cells))
    if table.totals:
        for at, (cell, column) in enumerate(zip(table.totals, table.columns, strict=True)):
            _write_cell(sheet, (len(table.rows) + 1, at), cell, column.kind, formats.totals)
    for at, width in enumerate(widths):
        sheet.set_column(at, at, min(width, _MOST_WIDTH))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _write_cell(
    sheet: Any, at: tuple[int, int], cell: Cell, kind: CellKind, formats: dict[CellKind, Any]
) -> int:
    """Write one cell by its type; the width it wants, in characters."""
    shape = formats[kind]
    if cell is None or cell == ():
        sheet.write_blank(*at, None, shape)
        return 0
    if isinstance(cell, str):
        sheet.write_string(*at, cell[:_MAX_TEXT], formats["text"])
        return len(cell) + 2
    if isinstance(cell, tuple):
        sheet.write_string(*at, " ".join(str(number) for number in cell)[:_MAX_TEXT], shape)
        return 18
    if isinstance(cell, datetime):
        sheet.write_datetime(*at, cell.astimezone(VIETNAM).replace(tzinfo=None, microsecond=0), shape)
        return 20
    if isinstance(cell, date):
        sheet.write_datetime(*at, cell, shape)
        return 12
    sheet.write_number(*at, cell / MS_PER_MINUTE if kind == "duration" else cell, shape)
    return 10
