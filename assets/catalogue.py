"""What is kept, by key and label; the rows beside the store's bytes.

Missing
├── AssetMissing
└── RenditionMissing
Conflict
└── AssetRetired

Bytes go into the store first, rows second: a row never names content that is not there.
"""

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, or_, select

from assets.errors import Conflict, Missing
from assets.models import AiringRules, Asset, AssetKind, Rendition

LABELS = (
    "title",
    "duration_ms",
    "theme",
    "audience",
    "form",
    "language",
    "priority",
    "origin",
    *AiringRules.model_fields,
    "made_from",
    "summary",
    "is_sample",
)
"""What a new making of a piece may change; key, kind, approval and retirement stay."""


class AssetMissing(Missing):
    pass


class RenditionMissing(Missing):
    """The asset was not mastered for that preset."""


class AssetRetired(Conflict):
    pass


def add_asset(session: Session, asset: Asset, renditions: Sequence[Rendition]) -> Asset:
    """Catalogue a piece with its delivered files; returns the row that stands in the catalogue.

    A second call with the same key and recipes changes nothing. A rendition with a new recipe takes the
    place of that preset's old one, and brings the labels up to date; approval and retirement stay.
    """
    known = session.exec(select(Asset).where(Asset.key == asset.key)).first()
    if known is None:
        asset.search_text = fold(f"{asset.key} {asset.title} {asset.summary}")
        asset.renditions = list(renditions)
        session.add(asset)
        session.flush()
        return asset
    _replace_renditions(session, known, asset, renditions)
    return known


def find_asset(session: Session, key: str) -> Asset:
    """Raises: AssetMissing."""
    asset = session.exec(select(Asset).where(Asset.key == key)).first()
    if asset is None:
        raise AssetMissing(asset=key)
    return asset


def name_piece(key: str) -> str:
    """What all versions of a piece have in common: `script/nuoc` of `script/nuoc@3`."""
    return key.partition("@")[0]


def list_versions(session: Session, asset: Asset) -> list[int]:
    """The ids of all versions of a piece, this one among them."""
    prefix = f"{name_piece(asset.key)}@"
    same = or_(Asset.id == asset.id, col(Asset.key).startswith(prefix, autoescape=True))
    return [number or 0 for number in session.exec(select(Asset.id).where(same))]


def list_assets(
    session: Session, *, kind: AssetKind | None = None, placeable_on: date | None = None, search: str = ""
) -> list[Asset]:
    """Assets by title. `placeable_on` a local day: approved, not retired, and valid then.

    `search` finds words in key, title and summary, in any case, with or without Vietnamese marks.
    """
    query = select(Asset).order_by(Asset.title, Asset.key)
    if kind is not None:
        query = query.where(Asset.kind == kind)
    if placeable_on is not None:
        query = query.where(
            col(Asset.approved_at).is_not(None),
            col(Asset.retired_at).is_(None),
            or_(col(Asset.valid_from).is_(None), col(Asset.valid_from) <= placeable_on),
            or_(col(Asset.valid_until).is_(None), col(Asset.valid_until) >= placeable_on),
        )
    for word in fold(search).split():
        query = query.where(col(Asset.search_text).contains(word, autoescape=True))
    return list(session.exec(query))


def approve_asset(session: Session, key: str, *, now: datetime) -> Asset:
    """Let the asset be placed; approving twice keeps the first moment.

    Raises:
        AssetMissing, AssetRetired
    """
    asset = find_asset(session, key)
    if asset.retired_at is not None:
        raise AssetRetired(asset=key, title=asset.title)
    asset.approved_at = asset.approved_at or now
    session.flush()
    return asset


def retire_asset(session: Session, key: str, *, now: datetime) -> Asset:
    """Place the asset no more; what aired stays on record.

    Raises:
        AssetMissing
    """
    asset = find_asset(session, key)
    asset.retired_at = asset.retired_at or now
    session.flush()
    return asset


def rendition_for(asset: Asset, preset: str) -> Rendition:
    """Raises: RenditionMissing."""
    for rendition in asset.renditions:
        if rendition.preset == preset:
            return rendition
    made = ", ".join(sorted(rendition.preset for rendition in asset.renditions)) or "-"
    raise RenditionMissing(asset=asset.key, title=asset.title, preset=preset, made=made)


def fold(text: str) -> str:
    """Letters as one types in a hurry: small, without marks, đ as d."""
    bare = "".join(
        letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter)
    )
    return bare.casefold().replace("đ", "d")


def _replace_renditions(
    session: Session, known: Asset, asset: Asset, renditions: Sequence[Rendition]
) -> None:
    made = {rendition.preset: rendition.recipe for rendition in known.renditions}
    fresh = [rendition for rendition in renditions if made.get(rendition.preset) != rendition.recipe]
    if not fresh:
        return
    replaced = {rendition.preset for rendition in fresh}
    known.renditions = [old for old in known.renditions if old.preset not in replaced] + fresh
    for name in LABELS:
        setattr(known, name, getattr(asset, name))
    known.search_text = fold(f"{known.key} {known.title} {known.summary}")
    session.flush()
