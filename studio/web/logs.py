"""What was held of the logs, with the mend beside each."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from assets.messages import say
from scheduler.quarantine import AUTO, MendUnclear, list_held
from scheduler.stations import list_stations
from studio.people.mending import mend_log
from studio.people.models import User
from studio.people.permissions import Action
from studio.web.access import Allowed, In, Now, Reading, Writing, check_form
from studio.web.templating import redirect, render

router = APIRouter(include_in_schema=False)

Mender = Annotated[User, Depends(Allowed(Action.MEND_LOGS))]


@router.get("/logs")
def show_held(request: Request, *, session: Reading, _user: Mender) -> Response:
    values = {
        "title": say("web.logs.title"),
        "held": list_held(session),
        "stations": list_stations(session),
    }
    return render(request, "logs.html", values)


@router.post("/logs/{log_id}/mend", dependencies=[Depends(check_form)])
def mend_one(
    request: Request, *, session: Writing, user: Mender, house: In, now: Now, log_id: int,
    code: Annotated[str, Form()] = "", station: Annotated[str, Form()] = "",
    shift: Annotated[str, Form()] = "", dismiss: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    minutes: timedelta | str | None = None
    if shift == AUTO:
        minutes = AUTO
    elif shift.strip():
        if not shift.strip().lstrip("+-").isdecimal() or len(shift) > 9:
            raise MendUnclear
        minutes = timedelta(minutes=int(shift))
    mend_log(
        session, house.store, log_id, by=user.username, now=now, code=code or None,
        station=station or None, shift=minutes, dismiss=dismiss or None,
    )  # fmt: skip
    return redirect("/logs", request)
