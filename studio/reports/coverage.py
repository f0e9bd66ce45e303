"""Coverage in the shapes a reader takes in at once: heat map of theme and station, table of targets."""

from collections.abc import Sequence

from assets.messages import say
from studio.planning.amounts import shorten, write_amount, write_share
from studio.planning.coverage import Coverage, CoverageRow, CoverageStatus
from studio.reports.report import Cell, Column, HeatCell, HeatMap, Table


def tabulate_targets(coverage: Coverage) -> Table:
    """One row per target; amounts of minutes stand as minutes, of airings as counts."""
    columns = (
        Column("target"), Column("station_name"), Column("theme"), Column("audience"), Column("form"),
        Column("station"), Column("from", "day"), Column("to", "day"), Column("measure"),
        Column("wanted", "amount"), Column("scheduled", "amount"), Column("aired_amount", "amount"),
        Column("unconfirmed", "amount"), Column("missing", "amount"), Column("share", "share"),
        Column("status"), Column("advice"), Column("asrun_ids", "ids"), Column("unconfirmed_ids", "ids"),
    )  # fmt: skip
    rows = tuple(
        (row.title, row.station_name, row.theme, row.audience, row.form, row.station, row.first_date,
         row.last_date, say(f"planning.measure.{row.measure}"), *_amounts(row), row.share,
         say(f"planning.status.{row.status}"), row.advice, row.asrun_ids, row.unconfirmed_ids)
        for row in coverage.rows
    )  # fmt: skip
    return Table("targets", columns, rows)


def draw_heat(coverage: Coverage) -> HeatMap | None:
    """Share of the targets met, theme by station: of several in a cell the least covered one."""
    stations = dict.fromkeys((row.station, row.station_name) for row in coverage.rows)
    ordered = sorted(stations, key=lambda known: (known[0] is None, known[0] or ""))
    themes = dict.fromkeys((row.theme, row.theme and row.title) for row in coverage.rows)
    if not coverage.rows:
        return None
    lines = []
    for theme in sorted({code for code, _ in themes}, key=_order_code):
        mine = [row for row in coverage.rows if row.theme == theme]
        plain = [row for row in mine if not row.form and not row.audience]
        title = plain[0].title if plain and theme else (theme or say("planning.everything"))
        cells = tuple(_fill([row for row in mine if row.station == code]) for code, _ in ordered)
        lines.append((theme or "", shorten(title, 48), cells))
    return HeatMap(tuple(name for _, name in ordered), tuple(lines))


def _order_code(code: str | None) -> tuple[bool, str, str]:
    first, _, rest = (code or "").partition(".")
    return code is None, first.zfill(4), rest


def _fill(rows: Sequence[CoverageRow]) -> HeatCell:
    if not rows:
        return HeatCell("–", say("reports.heat.none"), None)
    row = min(rows, key=lambda row: row.share)
    level = 4 if row.status == CoverageStatus.MET else min(int(row.share * 4), 3)
    against = say(
        "reports.heat.note",
        aired=write_amount(row.measure, row.aired),
        wanted=write_amount(row.measure, row.wanted),
    )
    return HeatCell(write_share(row.share), against, level)


def _amounts(row: CoverageRow) -> tuple[Cell, ...]:
    amounts = (row.wanted, row.planned, row.aired, row.unconfirmed, row.missing)
    if row.measure.value == "minutes":
        return tuple(round(amount / 60_000, 3) for amount in amounts)
    return amounts
