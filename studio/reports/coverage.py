"""Coverage in the shapes a reader takes in at once: heat map of place and theme, table of targets."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date

from sqlmodel import Session

from assets.messages import say
from scheduler.goals import covers
from studio.planning.amounts import shorten, write_amount, write_share
from studio.planning.coverage import Coverage, CoverageRow, CoverageStatus, list_family_targets
from studio.planning.models import Measure, Plan, Target
from studio.planning.periods import wanted_between
from studio.planning.scope import read_ground
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


def draw_heat(coverage: Coverage, themes: Sequence[tuple[str, str]]) -> HeatMap | None:
    """Share of the targets met, place by theme: of several in a cell the least covered one.

    Places stand in rows, for there are many of them and a page is higher than wide; `themes` are codes and
    titles in the order they are read in. What is about no theme stands at the end.
    """
    if not coverage.rows:
        return None
    titles = dict(themes)
    columns = [code for code in titles if any(row.theme == code for row in coverage.rows)]
    columns += sorted({row.theme for row in coverage.rows if row.theme and row.theme not in titles})
    rest: list[str | None] = [None] if any(row.theme is None for row in coverage.rows) else []
    cells: dict[tuple[str, str | None], list[CoverageRow]] = defaultdict(list)
    for row in coverage.rows:
        cells[row.station_name, row.theme].append(row)
    lines = []
    for place in sorted({row.station_name for row in coverage.rows}):
        own = tuple(_fill(cells[place, code]) for code in (*columns, *rest))
        lines.append(("", place, own))
    heads = [shorten(titles.get(code, code), 40) for code in columns]
    return HeatMap((*heads, *(say("planning.everything") for _ in rest)), tuple(lines))


def find_wanted(session: Session, plan: Plan | None) -> Callable[[date, date], int | None]:
    """A function that gives what the targets for minutes ask of some days, in milliseconds; None for nothing.

    What lies inside another target asks for nothing more, so only the outermost ones are added up.
    """
    targets: list[Target] = []
    if plan is not None:
        ground = read_ground(session, plan)
        known = [one for one in list_family_targets(session, ground) if one.measure == Measure.MINUTES]
        spots = [(one, ground.theme_of(one), one.station or ground.unit_code_of(one)) for one in known]
        targets = [
            one
            for one, theme, place in spots
            if not any(
                other is not one
                and covers(above, theme)
                and where in (None, place)
                and covers(other.audience, one.audience)
                and covers(other.form, one.form)
                and other.language in (None, one.language)
                and (above, where, other.audience, other.form, other.language)
                != (theme, place, one.audience, one.form, one.language)
                for other, above, where in spots
            )
        ]

    def wanted(first: date, last: date) -> int | None:
        amounts = [wanted_between(one, first, last) for one in targets]
        return sum(amounts) if amounts else None

    return wanted


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
