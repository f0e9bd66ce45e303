"""A script as a leaflet or handout: made when it is asked for, never kept."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Response

from studio.leaflets.leaflet import Imprint, make_leaflet
from studio.people.models import User
from studio.people.permissions import Action
from studio.production.programme import known_names
from studio.scripts.parser import parse_script
from studio.scripts.workflow import find_script, text_of
from studio.web.access import Allowed, In, Reading

router = APIRouter(include_in_schema=False)


@router.get("/scripts/{code}/leaflet.pdf")
def send_leaflet(
    code: str,
    *,
    house: In,
    session: Reading,
    _user: Annotated[User, Depends(Allowed(Action.READ_SCRIPTS))],
    size: str = "a5",
    address: str = "",
    issuer: str = "",
) -> Response:
    """The approved words; while there are none, the draft, and every page says that it is one."""
    script = find_script(session, code)
    text = text_of(session, script, script.approved_revision)
    document = parse_script(text, **known_names(house.settings, session))
    imprint = Imprint(
        size=size,
        issuer=issuer.strip()[:200],
        address=address.strip(),
        approved=script.approved_revision is not None,
    )
    pages = make_leaflet(document, imprint)
    name = quote(f"{script.code}-{size}.pdf", safe="")
    return Response(
        pages,
        media_type="application/pdf",
        headers={"content-disposition": f"inline; filename*=UTF-8''{name}"},
    )
