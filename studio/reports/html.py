"""The report as one page that stands alone: style, charts and fonts are inside it."""

import base64
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from assets.messages import current_language, say
from assets.units import VIETNAM
from studio.planning.amounts import (
    write_amount,
    write_day,
    write_minutes,
    write_moment,
    write_share,
)
from studio.reports.composing import name_moment, name_period
from studio.reports.report import Report
from studio.reports.showing import choose_columns, show_cell

SHORT_SHOWN = 10
ROWS_SHOWN = 150
_WEIGHTS = (400, 600)
_SUBSETS = {
    "latin": "U+0000-00FF,U+0131,U+0152-0153,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2212",
    "vietnamese": "U+0102-0103,U+0110-0111,U+0128-0129,U+0168-0169,U+01A0-01A1,U+01AF-01B0,U+0300-0301,"
    "U+0303-0304,U+0308-0309,U+0323,U+0329,U+1EA0-1EF9,U+20AB",
}


class HtmlWriter:
    media_type = "text/html; charset=utf-8"
    traces = False

    def write(self, report: Report) -> bytes:
        page = (
            _environment()
            .get_template("report.html")
            .render(
                report=report,
                language=current_language(),
                style=Markup(_read_style()),  # noqa: S704 (our own file)
                fonts=Markup(_embed_fonts()),  # noqa: S704 (base64 of bundled files)
                period=name_period(report),
                made_at=name_moment(report),
                short_shown=SHORT_SHOWN,
                rows_shown=ROWS_SHOWN,
            )
        )
        return page.encode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("studio.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["moment"] = lambda moment: write_moment(moment, VIETNAM)
    environment.globals |= {
        "say": say,
        "show": show_cell,
        "choose_columns": choose_columns,
        "write_amount": write_amount,
        "write_day": write_day,
        "write_minutes": write_minutes,
        "write_share": write_share,
    }
    return environment


@cache
def _read_style() -> str:
    return files("studio.reports").joinpath("templates", "report.css").read_text("utf-8")


@cache
def _embed_fonts() -> str:
    """Be Vietnam Pro as data, from the bundled subsets of the web; without them the system's font serves."""
    folder = files("studio").joinpath("web", "static", "vendor", "fonts")
    faces = []
    for weight in _WEIGHTS:
        for subset, letters in _SUBSETS.items():
            font = folder.joinpath(f"be-vietnam-pro-{subset}-{weight}-normal.woff2")
            if font.is_file():
                data = base64.b64encode(font.read_bytes()).decode("ascii")
                faces.append(
                    f"@font-face{{font-family:'Be Vietnam Pro';font-weight:{weight};font-display:swap;"
                    f"src:url(data:font/woff2;base64,{data}) format('woff2');unicode-range:{letters}}}"
                )
    return "\n".join(faces)
