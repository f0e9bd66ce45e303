"""The formats a report can be written in, by one door."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from sqlmodel import Session

from assets.errors import Invalid, Unavailable
from assets.whole import put_whole
from studio.planning.models import Plan
from studio.reports.composing import make_report
from studio.reports.csv import CsvWriter
from studio.reports.docx import DocxWriter
from studio.reports.html import HtmlWriter
from studio.reports.json import JsonWriter
from studio.reports.pdf import PdfWriter
from studio.reports.report import Report
from studio.reports.xlsx import XlsxWriter


class ReportFormatUnknown(Invalid):
    """No writer knows this format."""


class ReportNotWritten(Unavailable):
    """The file could not be written: the disk is full, or the folder may not be written to."""


class ReportWriter(Protocol):
    """Turns a report into the bytes of a file."""

    media_type: str
    traces: bool
    """Whether it lists the rows behind the figures."""

    def write(self, report: Report) -> bytes: ...


WRITERS: Mapping[str, ReportWriter] = {
    "html": HtmlWriter(),
    "xlsx": XlsxWriter(),
    "csv": CsvWriter(),
    "json": JsonWriter(),
    "docx": DocxWriter(),
    "pdf": PdfWriter(),
}


def find_writer(name: str) -> ReportWriter:
    """The writer of a format.

    Raises:
        ReportFormatUnknown: names the formats there are.
    """
    if name not in WRITERS:
        raise ReportFormatUnknown(format=name[:20], valid=", ".join(WRITERS))
    return WRITERS[name]


def write_report(
    session: Session,
    *,
    kind: str,
    first: date,
    last: date,
    format: str,  # noqa: A002 (the word of the command)
    path: Path,
    now: datetime,
    plan: Plan | None = None,
) -> Path:
    """Write the report of a period to `path`, whole or not at all.

    Raises:
        ReportFormatUnknown, ReportKindUnknown, PeriodReversed, NoPlanYet, ReportNotWritten
    """
    writer = find_writer(format)
    report = make_report(session, kind=kind, first=first, last=last, now=now, plan=plan, traced=writer.traces)
    keep_file(writer.write(report), path)
    return path


def write_period(report: Report, format: str, path: Path) -> Path:  # noqa: A002
    """Write a report that is there already, such as that of a closed period.

    Raises:
        ReportFormatUnknown, ReportNotWritten
    """
    keep_file(find_writer(format).write(report), path)
    return path


def keep_file(content: bytes, path: Path) -> None:
    """Write a file whole or not at all.

    Raises:
        ReportNotWritten
    """
    try:
        put_whole(path, content)
    except OSError as error:
        raise ReportNotWritten(path=path, why=error.strerror or str(error)) from error
