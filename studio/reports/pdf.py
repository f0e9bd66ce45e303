"""The report as PDF in the layout of Decree 30/2020/ND-CP, with its fonts inside."""

from dataclasses import asdict
from functools import cache
from importlib.resources import files

from assets.typesetting import set_pages
from studio.reports.official import compose_official
from studio.reports.report import Report


class PdfWriter:
    media_type = "application/pdf"
    traces = False

    def write(self, report: Report) -> bytes:
        return set_pages(_read_template(), asdict(compose_official(report)))


@cache
def _read_template() -> str:
    return files("studio.reports").joinpath("templates", "report.typ").read_text("utf-8")
