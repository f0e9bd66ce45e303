"""What is done by itself: what comes, what was done, what went wrong; and reminders taken note of."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from assets.messages import say
from scheduler.clock import find_firings
from studio.jobs.desk import find_leader, list_turns
from studio.jobs.timers import list_timers
from studio.people.models import User
from studio.people.permissions import Action
from studio.reminders.board import close_reminder, list_reminders
from studio.web.access import Allowed, In, Now, Reading, Writing, check_form
from studio.web.templating import redirect, render

router = APIRouter(include_in_schema=False)


@router.get("/clock")
def show_clock(
    request: Request,
    *,
    house: In,
    session: Reading,
    now: Now,
    user: Annotated[User, Depends(Allowed(Action.READ_JOBS))],
) -> Response:
    zone = house.settings.timezone
    values = {
        "title": say("web.clock.title"),
        "leader": find_leader(session, now),
        "coming": find_firings(list_timers(house.settings), now, now + timedelta(days=1)),
        "turns": list_turns(session),
        "alarms": [one for one in list_reminders(session, user, now=now, zone=zone) if one.is_event],
    }
    return render(request, "turns.html", values)


@router.post("/reminders/{reminder_id}/close", dependencies=[Depends(check_form)])
def close(
    request: Request,
    *,
    session: Writing,
    now: Now,
    user: Annotated[User, Depends(Allowed(Action.CLOSE_REMINDERS))],
    reminder_id: int,
) -> Response:
    close_reminder(session, reminder_id, by=user, now=now)
    return redirect("/today", request)
