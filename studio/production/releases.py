"""What approval means for the air: the approved revision's segment may be placed, older ones no more."""

from datetime import datetime

from sqlmodel import Session, col, select

from assets.catalogue import approve_asset, retire_asset
from assets.models import Asset
from studio.people.models import User
from studio.scripts import workflow
from studio.scripts.models import Script


def approve_script(
    session: Session,
    code: str,
    *,
    by: User,
    now: datetime,
    own_approval: bool,
    comment: str = "",
    revision: int | None = None,
) -> Script:
    """Approve the submitted revision and release its segment, if that is made already.

    Raises:
        what `studio.scripts.workflow.approve` raises.
    """
    script = workflow.approve(
        session, code, by=by, now=now, own_approval=own_approval, comment=comment, revision=revision
    )
    release_segment(session, script, now=now)
    return script


def release_segment(session: Session, script: Script, *, now: datetime) -> None:
    """Let the approved revision's segment be placed and retire those of other revisions.

    Until the approved one is made, the older one stays on the air: a commune is not left in silence.
    """
    approved = segment_key(script.code, script.approved_revision)
    family = session.exec(
        select(Asset).where(col(Asset.key).startswith(segment_key(script.code), autoescape=True))
    )
    assets = {asset.key: asset for asset in family}
    if approved not in assets or assets[approved].retired_at is not None:
        return
    approve_asset(session, approved, now=now)
    for key, asset in assets.items():
        if key != approved and asset.approved_at is not None:
            retire_asset(session, key, now=now)


def segment_key(code: str, revision: int | None = None) -> str:
    """The catalogue's key of a revision's segment; without a revision, what those of all begin with."""
    return f"script/{code}@{'' if revision is None else revision}"
