"""What the parts of a frame are chosen from, by name."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from assets.catalogue import name_piece
from assets.languages import list_languages
from assets.models import Asset, AssetKind
from scheduler.frames import PartKind
from studio.planning.amounts import shorten
from studio.planning.models import Form, Theme
from studio.planning.plans import list_forms, list_plans, list_themes

GREETING_MS = 90_000
"""What greets is no longer."""
Choices = list[tuple[str, str]]
"""Code and name."""


def list_tunes(session: Session) -> Choices:
    """What may open or close a programme."""
    return [(one.key, one.title) for one in _list_standing(session) if one.kind is AssetKind.SIGNATURE]


def list_parts(session: Session) -> list[tuple[PartKind, Choices]]:
    """The kinds of part that need a code, each with what it may be; where plans differ, the latest names."""
    forms: list[Form | Theme] = []
    themes: list[Form | Theme] = []
    for plan in list_plans(session):
        forms += list_forms(session, plan)
        themes += list_themes(session, plan)
    short = [one for one in _list_standing(session) if one.duration_ms <= GREETING_MS]
    greetings = {name_piece(one.key): one.title for one in short}
    return [
        (PartKind.GREETING, list(greetings.items())),
        (PartKind.FORM, _name(forms)),
        (PartKind.THEME, _name(themes)),
        (PartKind.LANGUAGE, list_languages()),
    ]


def _name(rows: Sequence[Form | Theme]) -> Choices:
    titles: dict[str, str] = {}
    for one in rows:
        titles.setdefault(one.code, f"{shorten(one.title, 48)} ({one.code})")
    return list(titles.items())


def _list_standing(session: Session) -> Sequence[Asset]:
    kinds = (AssetKind.SIGNATURE, AssetKind.SEGMENT)
    query = select(Asset).where(
        col(Asset.kind).in_(kinds), col(Asset.retired_at).is_(None), col(Asset.approved_at).is_not(None)
    )
    return session.exec(query.order_by(col(Asset.title))).all()
