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
    """Let the approved revision's segment be placed instead of earlier ones, if it is made.

    Until it is made, the earlier one stays on the air: a commune is not left in silence.
    """
    made = list_segments(session, script)
    approved = script.approved_revision
    if approved is None or approved not in made or made[approved].retired_at is not None:
        return
    approve_asset(session, made[approved].key, now=now)
    for number, asset in made.items():
        if number < approved and asset.retired_at is None:
            retire_asset(session, asset.key, now=now)


def list_segments(session: Session, script: Script) -> dict[int, Asset]:
    """The segments made of a script, by revision."""
    prefix = segment_key(script.code)
    found = session.exec(select(Asset).where(col(Asset.key).startswith(prefix, autoescape=True)))
    return {int(asset.key.removeprefix(prefix)): asset for asset in found if asset.renditions}


def segment_key(code: str, revision: int | None = None) -> str:
    """The catalogue's key of a revision's segment; without a revision, what those of all begin with."""
    return f"script/{code}@{'' if revision is None else revision}"
