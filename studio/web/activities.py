"""Activities beside broadcasting: recorded from a phone, with photos, found again, corrected."""

from datetime import date, datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request, Response, UploadFile
from pydantic import BaseModel
from sqlmodel import Session

from assets.errors import LoaError
from assets.messages import say
from studio.activities.activities import (
    ActivityUnusable,
    add_activity,
    change_activity,
    delete_activity,
    find_activity,
    list_activities,
    list_attachments,
    list_own_units,
    require_own,
    restore_activity,
)
from studio.activities.attachments import attach, count_attachments, detach, find_attachment
from studio.activities.models import Activity, ActivityKind, ActivityState
from studio.people.audit import list_entries
from studio.people.models import Role, User
from studio.people.permissions import Action
from studio.planning.plans import find_plan, list_audiences, list_forms, list_themes
from studio.planning.units import list_units
from studio.web.access import AllowedOwn, House, In, Now, Reading, Writing, check_form, parse_day, read_day
from studio.web.templating import redirect, render

router = APIRouter(include_in_schema=False)

Reader = Annotated[User, Depends(AllowedOwn(Action.READ_ACTIVITIES))]
Writer = Annotated[User, Depends(AllowedOwn(Action.WRITE_ACTIVITIES))]
PAGE = 50


@router.get("/activities")
def show_activities(
    request: Request, *, session: Reading, user: Reader, house: In, now: Now, q: str = "", kind: str = "",
    deleted: bool = False, page: int = 1,
) -> Response:  # fmt: skip
    today = read_day(None, house.settings.timezone, now)
    own = [unit.id or 0 for unit in list_own_units(session, user, today)]
    found = list_activities(
        session,
        words=q,
        units=own if user.role is Role.OPERATOR else None,
        kind=ActivityKind(kind) if kind in set(ActivityKind) else None,
        deleted=deleted,
        limit=PAGE,
        offset=PAGE * (max(page, 1) - 1),
    )
    values = {
        "title": say("web.activities.title"),
        "found": found,
        "files": count_attachments(session, [one.id or 0 for one in found.items]),
        "units": {unit.id: unit.name for unit in list_units(session)},
        "kinds": list(ActivityKind),
        "q": q,
        "kind": kind,
        "deleted": deleted,
        "page": max(page, 1),
        "pages": -(-found.total // PAGE),
    }
    return render(request, "activities.html", values)


@router.get("/activities/new")
def new_activity(request: Request, *, session: Reading, user: Writer, house: In, now: Now) -> Response:
    today = read_day(None, house.settings.timezone, now)
    values: dict[str, object] = {"title": say("web.activities.new"), "activity": None}
    values |= {"given": {}, "problem": None}
    return render(request, "activity.html", values | _choices(session, user, today))


@router.get("/activities/{activity_id}")
def show_activity(
    request: Request, *, session: Reading, user: Reader, house: In, now: Now, activity_id: int
) -> Response:
    activity = find_activity(session, activity_id)
    require_own(session, user, activity)
    return _show(request, session, user, activity, read_day(None, house.settings.timezone, now))


@router.get("/activities/{activity_id}/files/{attachment_id}")
def send_file(*, session: Reading, user: Reader, house: In, activity_id: int, attachment_id: int) -> Response:
    activity = find_activity(session, activity_id)
    require_own(session, user, activity)
    attachment = find_attachment(session, activity, attachment_id)
    shown = "inline" if attachment.media_type.startswith("image/") else "attachment"
    with house.store.open(attachment.sha256) as stream:
        content = stream.read()
    # The name's letters go as RFC 8187 asks; what was uploaded is never run by a browser.
    name = quote(attachment.name)
    headers = {
        "content-disposition": f"{shown}; filename*=UTF-8''{name}",
        "x-content-type-options": "nosniff",
    }
    return Response(content, media_type=attachment.media_type, headers=headers)


class ActivityForm(BaseModel):
    """The fields as the page sends them; what they must be is checked in one place, with words for people."""

    kind: str = ""
    title: str = ""
    held_on: str = ""
    place: str = ""
    unit: str = ""
    theme: str = ""
    audience: str = ""
    form: str = ""
    language: str = "vi"
    state: str = "held"
    sessions: str = "1"
    people: str = ""
    copies: str = ""
    households: str = ""
    link: str = ""
    note: str = ""
    csrf: str = ""
    files: list[UploadFile] = []


@router.post("/activities", dependencies=[Depends(check_form)])
def record_activity(
    request: Request, *, session: Writing, user: Writer, house: In, now: Now,
    given: Annotated[ActivityForm, Form()],
) -> Response:  # fmt: skip
    today = read_day(None, house.settings.timezone, now)
    try:
        with session.begin_nested():
            activity = add_activity(
                session, find_plan(session), given.unit, _read_fields(given, today), by=user.username,
                now=now, user=user,
            )  # fmt: skip
            _attach_all(house, session, activity, given.files, by=user.username, now=now)
    except LoaError as error:
        values = {
            "title": say("web.activities.new"),
            "activity": None,
            "given": given.model_dump(),
            "problem": error,
        }
        return render(request, "activity.html", values | _choices(session, user, today), error.http_status)
    return redirect(f"/activities/{activity.id}", request)


@router.post("/activities/{activity_id}", dependencies=[Depends(check_form)])
def correct_activity(
    request: Request, *, session: Writing, user: Writer, house: In, now: Now, activity_id: int,
    given: Annotated[ActivityForm, Form()],
) -> Response:  # fmt: skip
    today = read_day(None, house.settings.timezone, now)
    activity = find_activity(session, activity_id)
    try:
        with session.begin_nested():
            change_activity(
                session, activity, _read_fields(given, today), by=user.username, now=now, user=user,
                unit_code=given.unit,
            )  # fmt: skip
            _attach_all(house, session, activity, given.files, by=user.username, now=now)
    except LoaError as error:
        return _show(request, session, user, activity, today, given=given.model_dump(), problem=error)
    return redirect(f"/activities/{activity.id}", request)


@router.post("/activities/{activity_id}/delete", dependencies=[Depends(check_form)])
def delete_one(request: Request, *, session: Writing, user: Writer, now: Now, activity_id: int) -> Response:
    delete_activity(session, find_activity(session, activity_id), by=user.username, now=now, user=user)
    return redirect(f"/activities/{activity_id}", request)


@router.post("/activities/{activity_id}/restore", dependencies=[Depends(check_form)])
def restore_one(request: Request, *, session: Writing, user: Writer, now: Now, activity_id: int) -> Response:
    restore_activity(session, find_activity(session, activity_id), by=user.username, now=now, user=user)
    return redirect(f"/activities/{activity_id}", request)


@router.post("/activities/{activity_id}/files/{attachment_id}/remove", dependencies=[Depends(check_form)])
def remove_file(
    request: Request, *, session: Writing, user: Writer, now: Now, activity_id: int, attachment_id: int
) -> Response:
    activity = find_activity(session, activity_id)
    require_own(session, user, activity)
    detach(session, find_attachment(session, activity, attachment_id), by=user.username, now=now)
    return redirect(f"/activities/{activity_id}", request)


def _show(
    request: Request, session: Session, user: User, activity: Activity, today: date, *,
    given: dict[str, object] | None = None, problem: LoaError | None = None,
) -> Response:  # fmt: skip
    units = {unit.id: unit for unit in list_units(session)}
    values = {
        "title": activity.title,
        "activity": activity,
        "unit": units[activity.unit_id],
        "given": given or {},
        "problem": problem,
        "files": list_attachments(session, activity),
        "history": list_entries(session, subject=f"activity/{activity.id}"),
    }
    status = problem.http_status if problem is not None else 200
    return render(request, "activity.html", values | _choices(session, user, today), status)


def _choices(session: Session, user: User, today: date) -> dict[str, object]:
    """What the form offers: a commune officer the own unit only."""
    plan = find_plan(session)
    units = [unit for unit in list_own_units(session, user, today) if (unit.valid_until or today) >= today]
    return {
        "today": today,
        "kinds": list(ActivityKind),
        "states": list(ActivityState),
        "own_units": units,
        "themes": list_themes(session, plan),
        "audiences": list_audiences(session, plan),
        "forms": list_forms(session, plan),
    }


def _read_fields(given: ActivityForm, today: date) -> dict[str, object]:
    fields: dict[str, object] = {
        name: getattr(given, name).strip() for name in ("title", "place", "link", "note", "language")
    }
    fields |= {name: getattr(given, name).strip() or None for name in ("theme", "audience", "form")}
    fields["kind"] = ActivityKind(given.kind) if given.kind in set(ActivityKind) else ActivityKind.OTHER
    fields["state"] = ActivityState(given.state) if given.state in set(ActivityState) else ActivityState.HELD
    fields["held_on"] = parse_day(given.held_on) if given.held_on.strip() else today
    for name in ("sessions", "people", "copies", "households"):
        text = getattr(given, name).replace(".", "").replace(" ", "")
        if text and not (text.isdecimal() and len(text) < 10):
            raise ActivityUnusable(field=say(f"web.activities.{name}"), value=text[:40])
        fields[name] = int(text) if text else (1 if name == "sessions" else None)
    return fields


def _attach_all(
    house: House, session: Session, activity: Activity, files: list[UploadFile], *, by: str, now: datetime
) -> None:
    for one in files:
        content = one.file.read()
        if content:
            attach(session, house.store, activity, one.filename or "tep", content, by=by, now=now)
