"""Coverage in the shapes a reader takes in at once: heat map of theme and station, table of targets."""

from collections.abc import Iterable, Sequence

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


def draw_heat(coverage: Coverage, themes: Sequence[str], stations: Sequence[str]) -> HeatMap | None:
    """Share of the targets met, theme by station: of several in a cell the least covered one.

    `themes` and `stations` are all codes in the order they are read in; without a code stands at the end.
    """
    if not coverage.rows:
        return None
    columns = _order((row.station for row in coverage.rows), stations)
    lines = []
    for theme in _order((row.theme for row in coverage.rows), themes):
        mine = [row for row in coverage.rows if row.theme == theme]
        plain = min(mine, key=lambda row: bool(row.form) + bool(row.audience))
        cells = tuple(_fill([row for row in mine if row.station == code]) for code in columns)
        lines.append((theme or "", shorten(plain.title, 48), cells))
    names = {row.station: row.station_name for row in coverage.rows}
    return HeatMap(tuple(names[code] for code in columns), tuple(lines))


def _order(present: Iterable[str | None], known: Sequence[str]) -> list[str | None]:
    places = {code: place for place, code in enumerate(known)}
    return sorted(
        set(present), key=lambda code: (code is None, places.get(code or "", len(places)), code or "")
    )


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
