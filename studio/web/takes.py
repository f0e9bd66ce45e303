"""Takes of a script: the reading sheet, recording or uploading, hearing, removing, taking back."""

import base64
import hashlib
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response, UploadFile
from fastapi.responses import FileResponse, HTMLResponse
from sqlmodel import Session

from assets.errors import LoaError
from assets.messages import say
from studio.people.models import User
from studio.people.permissions import Action
from studio.production.changes import corrections_of
from studio.production.passages import read_passages
from studio.scripts.models import Script
from studio.scripts.workflow import find_script
from studio.takes.register import (
    MAX_BYTES,
    add_take,
    find_last_change,
    find_passage,
    find_take,
    hear_take,
    list_takes,
    match_takes,
    remove_take,
    understand,
)
from studio.takes.register import undo as undo_change
from studio.takes.sheet import make_sheet, read_style, write_sheet
from studio.web.access import Allowed, In, Now, Reading, Writing, check_form
from studio.web.headers import CONTENT_SECURITY_POLICY
from studio.web.templating import redirect, render
from studio.web.uploads import FORM_BYTES, MEDIA_TYPES, UploadRoute, receive

router = APIRouter(include_in_schema=False, route_class=UploadRoute)

Reader = Annotated[User, Depends(Allowed(Action.READ_SCRIPTS))]
Writer = Annotated[User, Depends(Allowed(Action.WRITE_SCRIPTS))]


@router.get("/scripts/{code}/takes")
def show_takes(request: Request, *, session: Reading, _user: Reader, code: str) -> Response:
    return _show(request, session, find_script(session, code))


@router.post(
    "/scripts/{code}/takes", dependencies=[Depends(check_form)], max_body_size=MAX_BYTES + FORM_BYTES
)
def add(
    request: Request,
    *,
    house: In,
    user: Writer,
    now: Now,
    code: str,
    number: Annotated[int, Form()],
    words: Annotated[str, Form(max_length=64)],
    file: UploadFile,
) -> Response:
    """The take of passage `number`, whose words the reader saw with the hash `words`."""
    try:
        with house.database.reading() as session:
            find_passage(understand(session, find_script(session, code)), number, words_sha256=words)
        with receive(house, file) as path:
            heard = hear_take(house.store, path, name=file.filename or say("takes.unnamed"))
        with house.database.writing() as session:
            script = find_script(session, code)
            wanted = find_passage(understand(session, script), number, words_sha256=words)
            add_take(session, script, wanted, heard, by=user.username, now=now)
    except LoaError as error:
        if request.headers.get("hx-request"):
            raise
        with house.database.reading() as session:
            return _show(request, session, find_script(session, code), error=error)
    return redirect(f"/scripts/{code}/takes#p{number}", request)


@router.post("/scripts/{code}/takes/undo", dependencies=[Depends(check_form)])
def undo(request: Request, *, session: Writing, user: Writer, now: Now, code: str) -> Response:
    undo_change(session, find_script(session, code), by=user.username, now=now)
    return redirect(f"/scripts/{code}/takes", request)


@router.post("/scripts/{code}/takes/{number}/remove", dependencies=[Depends(check_form)])
def remove(request: Request, *, session: Writing, user: Writer, now: Now, code: str, number: int) -> Response:
    take = remove_take(session, find_script(session, code), number, by=user.username, now=now)
    return redirect(f"/scripts/{code}/takes#p{take.number}", request)


@router.get("/scripts/{code}/takes/{number}/sound")
def send_take(*, house: In, session: Reading, _user: Reader, code: str, number: int) -> Response:
    """The take as it came."""
    take = find_take(session, find_script(session, code), number)
    return FileResponse(
        house.store.path(take.sha256),
        media_type=MEDIA_TYPES.get(take.container, "application/octet-stream"),
        headers={"cache-control": "private, max-age=31536000, immutable", "etag": f'"{take.sha256}"'},
    )


@router.get("/scripts/{code}/sheet")
def show_sheet(*, session: Reading, _user: Reader, code: str) -> Response:
    """The reading sheet, a page that stands alone: only its own style may be in it."""
    script = find_script(session, code)
    document = understand(session, script)
    own = corrections_of(session, script, script.latest_revision).for_script(code, script.organisation)
    page = write_sheet(make_sheet(document, read_passages(document, own), code=code))
    digest = base64.b64encode(hashlib.sha256(read_style().encode()).digest()).decode()
    policy = CONTENT_SECURITY_POLICY.replace("style-src 'self'", f"style-src 'sha256-{digest}'")
    return HTMLResponse(page, headers={"content-security-policy": policy})


def _show(request: Request, session: Session, script: Script, *, error: LoaError | None = None) -> Response:
    document = understand(session, script)
    own = corrections_of(session, script, script.latest_revision).for_script(script.code, script.organisation)
    readings = match_takes(document, list_takes(session, script))
    sheet = make_sheet(document, read_passages(document, own), code=script.code)
    rows = {row.number: row for row in sheet.passages}
    values = {
        "title": say("web.takes.title"),
        "script": script,
        "rows": [{"reading": one, "sheet": rows[one.wanted.number]} for one in readings],
        "ready": sum(one.take is not None for one in readings),
        "stale": sum(one.stale is not None for one in readings),
        "last": find_last_change(session, script),
        "playable": MEDIA_TYPES,
        "error": error,
    }
    return render(request, "takes.html", values, error.http_status if error else 200)
