"""Targets as a table that a manager edits in place; what is wrong stands in the row that it is about."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import partial
from itertools import groupby
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request, Response
from pydantic import BaseModel
from sqlmodel import Session

from assets.errors import LoaError
from assets.messages import say
from assets.units import VIETNAM
from scheduler.stations import list_stations
from studio.people.models import User
from studio.people.permissions import Action
from studio.planning.amendments import list_amendments
from studio.planning.coverage import list_narrowing, name_place
from studio.planning.models import Every, Measure, Plan, Target
from studio.planning.plans import (
    find_plan,
    list_audiences,
    list_family,
    list_forms,
    list_plans,
    list_targets,
    list_themes,
)
from studio.planning.scope import Ground, read_ground
from studio.planning.sheets import read_fields, write_sheet
from studio.planning.targets import add_targets, change_target, find_problems, remove_target
from studio.planning.tasks import list_tasks
from studio.planning.units import list_units
from studio.web.access import Allowed, Now, Reading, Writing, check_form
from studio.web.templating import redirect, render

router = APIRouter(include_in_schema=False)

Reader = Annotated[User, Depends(Allowed(Action.READ_COVERAGE))]
Editor = Annotated[User, Depends(Allowed(Action.EDIT_TARGETS))]
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TargetForm(BaseModel):
    """The cells of a row, as words."""

    plan: str = ""
    theme: str = ""
    audience: str = ""
    form: str = ""
    place: str = ""
    language: str = ""
    measure: str = "airings"
    every: str = "once"
    first_date: str = ""
    last_date: str = ""
    quantity: str = ""
    maximum: str = ""
    weight: str = "1"
    csrf: str = ""

    def cells(self) -> dict[str, str]:
        """As a table gives them: a place is a station or a unit."""
        kind, _, code = self.place.partition(":")
        return self.model_dump(exclude={"plan", "place", "csrf"}) | {
            "station": code if kind == "station" else "",
            "unit": code if kind == "unit" else "",
        }


@router.get("/targets")
def show_targets(request: Request, *, session: Reading, _user: Reader, now: Now, plan: str = "") -> Response:
    return _show(request, session, find_plan(session, plan or None), now)


@router.get("/targets.xlsx")
def send_sheet(*, session: Reading, _user: Reader, plan: str = "") -> Response:
    content = write_sheet(list_targets(session, find_plan(session, plan or None)))
    headers = {"content-disposition": 'attachment; filename="chi-tieu.xlsx"'}
    return Response(content, media_type=_XLSX, headers=headers)


@router.post("/targets", dependencies=[Depends(check_form)])
def add_one(
    request: Request, *, session: Writing, user: Editor, now: Now, given: Annotated[TargetForm, Form()]
) -> Response:
    plan = find_plan(session, given.plan or None)
    try:
        fields: dict[str, Any] = {"plan_id": plan.id, **read_fields(given.cells())}
        days = {"first_date": date(plan.year, 1, 1), "last_date": date(plan.year, 12, 31)}
        target = Target(**{**fields, **{name: fields.get(name) or day for name, day in days.items()}})
        add_targets(session, plan, [target], by=user.username, now=now)
    except LoaError as error:
        return _show(request, session, plan, now, wrong=(None, given, error))
    return redirect(f"/targets?plan={quote(plan.code)}", request)


@router.post("/targets/{target_id}", dependencies=[Depends(check_form)])
def change_one(
    request: Request, *, session: Writing, user: Editor, now: Now, target_id: int,
    given: Annotated[TargetForm, Form()],
) -> Response:  # fmt: skip
    plan = find_plan(session, given.plan or None)
    try:
        fields = {
            name: one for name, one in read_fields(given.cells()).items() if name not in _REQUIRED or one
        }
        change_target(session, plan, target_id, fields, by=user.username, now=now)
    except LoaError as error:
        return _show(request, session, plan, now, wrong=(target_id, given, error))
    return redirect(f"/targets?plan={quote(plan.code)}#t{target_id}", request)


@router.post("/targets/{target_id}/remove", dependencies=[Depends(check_form)])
def remove_one(
    request: Request, *, session: Writing, user: Editor, now: Now, target_id: int,
    plan: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    chosen = find_plan(session, plan or None)
    remove_target(session, chosen, target_id, by=user.username, now=now)
    return redirect(f"/targets?plan={quote(chosen.code)}", request)


def _show(
    request: Request, session: Session, plan: Plan, now: datetime,
    wrong: tuple[int | None, TargetForm, LoaError] | None = None,
) -> Response:  # fmt: skip
    targets = list_targets(session, plan)
    today = now.astimezone(VIETNAM).date()
    problems: dict[int | None, LoaError] = {
        targets[one.place].id: one.error for one in find_problems(session, plan, targets)
    }
    if wrong is not None:
        problems[wrong[0]] = wrong[2]
    typed = {wrong[0]: wrong[1]} if wrong is not None else {}
    ground = read_ground(session, plan)
    values = {
        "title": say("web.targets.title"),
        "plan": plan,
        "plans": list_plans(session),
        "family": [one for one in list_family(session, plan) if one.id != plan.id],
        "amendments": list_amendments(session, plan),
        "targets": targets,
        "groups": _group_by_theme(targets, ground),
        "narrowing": partial(list_narrowing, ground),
        "place_of": partial(name_place, ground),
        "typed": typed,
        "problems": problems,
        "given": typed.get(None, TargetForm()),
        "themes": list_themes(session, plan),
        "audiences": list_audiences(session, plan),
        "forms": list_forms(session, plan),
        "stations": list_stations(session),
        "units": list_units(session, on=today),
        "measures": list(Measure),
        "everies": list(Every),
        "tasks": [(task, task.is_overdue(today)) for task in list_tasks(session, plan)],
        "unit_names": {unit.code: unit.name for unit in list_units(session)},
    }
    return render(request, "targets.html", values, wrong[2].http_status if wrong is not None else 200)


def _group_by_theme(targets: Iterable[Target], ground: Ground) -> list[tuple[str, list[Target]]]:
    """Targets come by theme; each group under the theme's words."""
    groups = groupby(targets, key=lambda target: target.theme)
    return [
        (ground.names.get(("theme", theme), theme) if theme else say("planning.everything"), list(rows))
        for theme, rows in groups
    ]


_REQUIRED = frozenset({"first_date", "last_date"})
