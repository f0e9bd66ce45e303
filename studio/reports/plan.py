"""The plan itself as tables: what it covers, who does what, what was not read."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlmodel import Session

from assets.messages import say
from studio.planning.models import Audience, Form, Plan, Theme
from studio.planning.plans import list_audiences, list_forms, list_targets, list_themes
from studio.reports.report import Cell, Column, Table


def tabulate_plan(session: Session, plan: Plan) -> list[Table]:
    """Themes, audiences, forms, targets, units, legal bases, funding, and the lines without a place."""
    found: dict[str, Any] = plan.document
    return [
        _tabulate_headings("plan_themes", list_themes(session, plan)),
        _tabulate_headings("plan_audiences", list_audiences(session, plan)),
        _tabulate_headings("plan_forms", list_forms(session, plan)),
        _tabulate_targets(session, plan),
        Table(
            "plan_units",
            (Column("unit"), Column("duty")),
            tuple((unit["name"], duty) for unit in found.get("units", []) for duty in unit["duties"] or [""]),
        ),
        _tabulate_references("plan_legal_bases", found.get("legal_bases", [])),
        _tabulate_references("plan_funding", found.get("funding", [])),
        Table(
            "plan_unread",
            (Column("line", "count"), Column("text")),
            tuple((rest["line"], rest["text"]) for rest in found.get("unread", [])),
        ),
    ]


def _tabulate_headings(key: str, rows: Sequence[Theme | Form | Audience]) -> Table:
    return Table(
        key,
        (Column("code"), Column("heading")),
        tuple((row.code, row.title) for row in rows),
        depths=tuple(row.code.count(".") for row in rows),
    )


def _tabulate_targets(session: Session, plan: Plan) -> Table:
    columns = (
        Column("theme"), Column("audience"), Column("form"), Column("station"), Column("from", "day"),
        Column("to", "day"), Column("quantity", "count"), Column("measure"), Column("weight", "count"),
    )  # fmt: skip
    rows: Iterable[tuple[Cell, ...]] = (
        (target.theme, target.audience, target.form, target.station, target.first_date, target.last_date,
         target.quantity, say(f"planning.measure.{target.measure}"), target.weight)
        for target in list_targets(session, plan)
    )  # fmt: skip
    return Table("plan_targets", columns, tuple(rows))


def _tabulate_references(key: str, references: Sequence[dict[str, Any]]) -> Table:
    columns = (Column("number"), Column("date_signed"), Column("issuer"), Column("about"))
    rows = tuple(
        (each["number"], each["date"], each["issuer"], f"{each['kind']}: {each['title']}")
        for each in references
    )
    return Table(key, columns, rows)
