"""What approval means for the air: the approved revision's segment may be placed, older ones no more.

Conflict
└── NothingToRenew
"""

from datetime import datetime

from sqlmodel import Session, col, select

from assets.catalogue import approve_asset, retire_asset
from assets.errors import Conflict
from assets.models import Asset
from studio.corrections.register import load_corrections
from studio.people.models import User
from studio.production.changes import (
    ChangedSentence,
    compare_readings,
    corrections_of,
    find_reading,
    find_unmade,
)
from studio.production.engines import Voicing, give_voices
from studio.production.passages import understand_passages
from studio.scripts import workflow
from studio.scripts.models import Revision, Script, ScriptState


class NothingToRenew(Conflict):
    pass


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
    """Approve the submitted revision as it was heard, and release its segment, if that is made already.

    From now on the revision is read with the corrections that its segment was made with; if it is not made
    yet, with the present ones.

    Raises:
        what `studio.scripts.workflow.approve` raises.
    """
    script = workflow.approve(
        session, code, by=by, now=now, own_approval=own_approval, comment=comment, revision=revision
    )
    _keep_corrections(session, script)
    release_segment(session, script, now=now)
    return script


def renew_reading(session: Session, code: str, *, by: User, now: datetime) -> Script:
    """A new draft of the same text, to be read with what was corrected since it was approved.

    Raises:
        ScriptMissing
        NothingToRenew: nothing in it would be said otherwise.
    """
    script = workflow.find_script(session, code)
    if not find_corrected(session, script):
        raise NothingToRenew(code=code)
    text = workflow.text_of(session, script)
    return workflow.save_revision(
        session, code, text=text, based_on=script.latest_revision, by=by, now=now, anew=True
    )


def find_corrected(session: Session, script: Script) -> list[ChangedSentence]:
    """The sentences of an approved script that corrections made since would say otherwise."""
    if script.state is not ScriptState.APPROVED:
        return []
    text = workflow.text_of(session, script)
    kept = corrections_of(session, script, script.latest_revision)
    before, after = (
        understand_passages(text, one, script=script.code)[1] for one in (kept, load_corrections(session))
    )
    return compare_readings(before, after)


def list_changes(session: Session, script: Script) -> tuple[list[ChangedSentence], list[ChangedSentence]]:
    """What a script's latest text says otherwise than the sound made of it, and than it was approved."""
    made = list_segments(session, script)
    if not made:
        return [], find_corrected(session, script)
    text = workflow.text_of(session, script)
    own = corrections_of(session, script, script.latest_revision)
    document, passages = understand_passages(text, own, script=script.code)
    reading = find_reading(session, made[max(made)].key)
    if document and reading and reading.voicing and (voicing := Voicing.from_row(reading.voicing)).instead_of:
        passages = give_voices(document, passages, voicing.engine)[1]  # another engine is no other wording
    return find_unmade(passages, reading), find_corrected(session, script)


def _keep_corrections(session: Session, script: Script) -> None:
    approved = script.approved_revision
    row = session.exec(
        select(Revision).where(Revision.script_id == script.id, Revision.number == approved)
    ).one()
    made = find_reading(session, segment_key(script.code, approved))
    if made is not None and approved in list_segments(session, script):
        row.corrections = made.corrections
    else:
        own = load_corrections(session).for_script(script.code, script.organisation)
        passages = understand_passages(row.text, own, script=script.code)[1]
        row.corrections = own.concerning([read.passage.text for read in passages]).to_rows()
    session.add(row)
    session.flush()


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
