"""The plan itself as tables: what it covers, who does what, what was not read."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from assets.messages import say
from studio.planning.coverage import name_target
from studio.planning.models import Audience, Form, Plan, Theme
from studio.planning.plans import list_audiences, list_forms, list_targets, list_themes
from studio.planning.scope import read_ground
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
    """Codes beside names: what a reader sees are the names."""
    ground = read_ground(session, plan)
    columns = (
        Column("target"), Column("station_name"), Column("theme"), Column("audience"), Column("form"),
        Column("language"), Column("station"), Column("unit_code"), Column("from", "day"),
        Column("to", "day"), Column("every"), Column("quantity", "count"), Column("maximum", "count"),
        Column("measure"), Column("weight", "count"),
    )  # fmt: skip
    rows: Iterable[tuple[Cell, ...]] = (
        (*name_target(ground, target), target.theme, target.audience, target.form, target.language,
         target.station, target.unit, target.first_date, target.last_date,
         say(f"planning.every.{target.every}"), target.quantity, target.maximum,
         say(f"planning.measure.{target.measure}"), target.weight)
        for target in list_targets(session, plan)
    )  # fmt: skip
    return Table("plan_targets", columns, tuple(rows))


def _tabulate_references(key: str, references: Sequence[dict[str, Any]]) -> Table:
    columns = (Column("number"), Column("date_signed", "day"), Column("issuer"), Column("about"))
    rows = tuple(
        (
            each["number"],
            date.fromisoformat(each["date"]) if each["date"] else None,
            each["issuer"],
            _name_document(each["kind"], each["title"]),
        )
        for each in references
    )
    return Table(key, columns, rows)


def _name_document(kind: str, title: str) -> str:
    """The title reads on behind the kind where it says what it is about ("về việc …")."""
    return f"{kind} {title}" if title.lower().startswith("về ") else f"{kind}: {title}"
