"""The form of a script's airing rules."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from pydantic import BaseModel
from sqlmodel import Session

from assets.errors import LoaError
from assets.models import AiringRules
from scheduler.stations import list_stations
from studio.arranging.airing_rules import describe_airing_rules, set_airing_rules
from studio.grid.words import read_number
from studio.people.models import User
from studio.people.permissions import Action
from studio.scripts.models import Script
from studio.scripts.workflow import find_script
from studio.web.access import Allowed, In, Now, check_form, parse_day
from studio.web.templating import redirect, render

router = APIRouter(include_in_schema=False)


class RulesForm(BaseModel):
    first: str = ""
    last: str = ""
    apart: str = ""
    most: str = ""
    stations: list[str] = []
    csrf: str = ""

    def read(self) -> AiringRules:
        """Raises: DayUnreadable, NumberUnreadable."""
        return AiringRules(
            valid_from=parse_day(self.first) if self.first.strip() else None,
            valid_until=parse_day(self.last) if self.last.strip() else None,
            stations=self.stations,
            separation_days=read_number("separation_days", self.apart.strip() or "1"),
            max_airings=read_number("max_airings", self.most) if self.most.strip() else None,
        )


@router.post("/scripts/{code}/airing", dependencies=[Depends(check_form)])
def keep(
    request: Request,
    *,
    house: In,
    user: Annotated[User, Depends(Allowed(Action.FILL_SCHEDULE))],
    now: Now,
    code: str,
    given: Annotated[RulesForm, Form()],
) -> Response:
    problem = None
    try:
        with house.database.writing() as session:
            set_airing_rules(session, code, given.read(), by=user, now=now)
    except LoaError as error:
        if not request.headers.get("hx-request"):
            raise
        problem = error
    if not request.headers.get("hx-request"):
        return redirect(f"/scripts/{code}#airing", request)
    with house.database.reading() as session:
        values = describe_rules(session, find_script(session, code), given, problem)
        return render(request, "airing_rules.html", values)


def describe_rules(
    session: Session, script: Script, given: RulesForm | None = None, problem: LoaError | None = None
) -> dict[str, object]:
    """What the card of the rules shows; what was typed stands there if it could not be kept."""
    stations = list_stations(session)
    return {
        "script": script,
        "rules": given if given and problem else _fill_form(script),
        "rules_told": describe_airing_rules(script, {one.code: one.name for one in stations}),
        "rules_problem": problem,
        "all_stations": stations,
    }


def _fill_form(script: Script) -> RulesForm:
    return RulesForm(
        first=f"{script.valid_from:%d/%m/%Y}" if script.valid_from else "",
        last=f"{script.valid_until:%d/%m/%Y}" if script.valid_until else "",
        apart=str(script.separation_days),
        most=str(script.max_airings or ""),
        stations=script.stations,
    )
