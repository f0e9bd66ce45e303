"""A script's way from draft to approval; every save is a revision, every step is on record.

Invalid
├── ScriptCodeUnusable, UnknownState
├── ScriptNotClean       it cannot be submitted while something in it is wrong
└── CommentMissing       whoever returns a script says why
Missing
├── ScriptMissing
└── RevisionMissing
Conflict
├── ScriptCodeTaken
├── TransitionNotAllowed
└── RevisionOutdated     somebody else saved in between
Forbidden
└── OwnWorkNotApprovable
"""

import re
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from assets.catalogue import fold
from assets.errors import Conflict, Forbidden, Invalid, Missing
from assets.messages import say
from assets.models import AssetKind
from studio.people.audit import record
from studio.people.models import User
from studio.scripts.models import Decision, Revision, Script, ScriptState
from studio.scripts.parser import check_script, normalise_text, read_labels
from studio.scripts.problems import UnusableCharacter

ALLOWED: Mapping[ScriptState, frozenset[ScriptState]] = {
    # Every save leads to DRAFT; a returned script may be submitted again as it is.
    ScriptState.DRAFT: frozenset({ScriptState.DRAFT, ScriptState.SUBMITTED}),
    ScriptState.SUBMITTED: frozenset({ScriptState.DRAFT, ScriptState.APPROVED, ScriptState.REJECTED}),
    ScriptState.REJECTED: frozenset({ScriptState.DRAFT, ScriptState.SUBMITTED}),
    ScriptState.APPROVED: frozenset({ScriptState.DRAFT}),
}
MAX_CODE_CHARACTERS = 80
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LABELS = ("title", "theme", "audience", "form", "organisation", "language", "priority")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class ScriptCodeUnusable(Invalid):
    pass


class UnknownState(Invalid):
    pass


class ScriptNotClean(Invalid):
    pass


class CommentMissing(Invalid):
    pass


class ScriptMissing(Missing):
    pass


class RevisionMissing(Missing):
    pass


class ScriptCodeTaken(Conflict):
    pass


class TransitionNotAllowed(Conflict):
    pass


class RevisionOutdated(Conflict):
    pass


class OwnWorkNotApprovable(Forbidden):
    pass


def create_script(
    session: Session,
    *,
    text: str,
    by: User,
    now: datetime,
    code: str | None = None,
    is_sample: bool = False,
) -> Script:
    """A new draft; `code` is made from the title if none is given. A text full of mistakes is kept too.

    Raises:
        ScriptCodeUnusable, ScriptCodeTaken
        ScriptTooLong, LineTooLong, UnusableCharacter: no database would keep the text.
    """
    text = _make_storable(text)
    assert by.id is not None
    script = Script(
        code="",
        title=say("scripts.untitled"),
        author_id=by.id,
        latest_revision=1,
        is_sample=is_sample,
        created_at=now,
        updated_at=now,
    )
    _refresh_labels(script, text)
    script.code = _check_code(session, code) if code else _choose_code(session, script.title)
    session.add(script)
    session.flush()
    _add_revision(session, script, text, by, now)
    _record(session, "script.create", script, by, now, before=None)
    return script


def save_revision(
    session: Session, code: str, *, text: str, based_on: int, by: User, now: datetime, anew: bool = False
) -> Script:
    """Keep `text` as the next revision, a draft again; the approved revision stays approved.

    Saving what the latest revision says already changes nothing, unless it shall be read `anew`.

    Raises:
        RevisionOutdated: `based_on` is not the latest revision: somebody else saved in between.
        ScriptMissing, ScriptTooLong, LineTooLong, UnusableCharacter
    """
    script = find_script(session, code)
    _demand_latest(script, based_on)
    text = _make_storable(text)
    if text == text_of(session, script) and not anew:
        return script
    before = _describe(script)
    _move(script, ScriptState.DRAFT)
    script.latest_revision += 1
    script.updated_at = now
    _refresh_labels(script, text)
    _add_revision(session, script, text, by, now)
    _record(session, "script.save", script, by, now, before=before)
    return script


def submit(
    session: Session,
    code: str,
    *,
    by: User,
    now: datetime,
    voices: Mapping[str, str],
    sounds: Mapping[str, AssetKind],
    recordings: Collection[str] | None,
) -> Script:
    """Hand the latest revision to the approver.

    Raises:
        ScriptNotClean: says how much is wrong and what is first.
        ScriptMissing, TransitionNotAllowed
    """
    script = find_script(session, code)
    _demand_transition(script, ScriptState.SUBMITTED)
    problems = check_script(text_of(session, script), voices=voices, sounds=sounds, recordings=recordings)
    if problems:
        raise ScriptNotClean(code=code, count=len(problems), first=str(problems[0]))
    return _decide(session, script, ScriptState.SUBMITTED, by, now, action="script.submit")


def approve(
    session: Session,
    code: str,
    *,
    by: User,
    now: datetime,
    own_approval: bool,
    comment: str = "",
    revision: int | None = None,
) -> Script:
    """Let the submitted revision go on air.

    `revision` is the one the approver has read, if that is known. `own_approval` says whether the centre
    lets somebody approve what he or she wrote since the last approval.

    Raises:
        OwnWorkNotApprovable
        RevisionOutdated: another revision was submitted since.
        ScriptMissing, TransitionNotAllowed
    """
    script = find_script(session, code)
    _demand_transition(script, ScriptState.APPROVED)
    _demand_latest(script, revision)
    if not own_approval and by.id in _list_writers(session, script):
        raise OwnWorkNotApprovable(who=by.full_name, code=code)
    return _decide(session, script, ScriptState.APPROVED, by, now, action="script.approve", comment=comment)


def reject(
    session: Session, code: str, *, by: User, now: datetime, comment: str, revision: int | None = None
) -> Script:
    """Return the submitted revision to its author, with the reason.

    Raises:
        CommentMissing, RevisionOutdated, ScriptMissing, TransitionNotAllowed
    """
    script = find_script(session, code)
    _demand_transition(script, ScriptState.REJECTED)
    _demand_latest(script, revision)
    if not comment.strip():
        raise CommentMissing(code=code)
    return _decide(session, script, ScriptState.REJECTED, by, now, action="script.reject", comment=comment)


def find_script(session: Session, code: str) -> Script:
    """The script called `code`.

    Raises:
        ScriptMissing
    """
    script = session.exec(select(Script).where(Script.code == code)).first()
    if script is None:
        raise ScriptMissing(code=code)
    return script


def list_scripts(session: Session, *, state: ScriptState | None = None, search: str = "") -> list[Script]:
    """The scripts, last changed first; `search` looks for all its words in title and code, without marks."""
    query = select(Script).order_by(col(Script.updated_at).desc(), col(Script.id).desc())
    if state is not None:
        query = query.where(Script.state == state)
    words = fold(search).split()
    return [
        script
        for script in session.exec(query)
        if all(word in f"{fold(script.title)} {script.code}" for word in words)
    ]


def text_of(session: Session, script: Script, revision: int | None = None) -> str:
    """The text of `revision`, by default of the latest.

    Raises:
        RevisionMissing
    """
    number = script.latest_revision if revision is None else revision
    query = select(Revision.text).where(Revision.script_id == script.id, Revision.number == number)
    text = session.exec(query).first()
    if text is None:
        raise RevisionMissing(code=script.code, number=number, latest=script.latest_revision)
    return text


def read_state(name: str) -> ScriptState:
    """The state called `name`.

    Raises:
        UnknownState: lists the valid ones.
    """
    try:
        return ScriptState(name)
    except ValueError:
        raise UnknownState(name=name, valid=", ".join(ScriptState)) from None


def _make_storable(text: str) -> str:
    text = normalise_text(text)
    if found := _UNSTORABLE.search(text):
        line_start = text.rfind("\n", 0, found.start()) + 1
        raise UnusableCharacter(
            line=text.count("\n", 0, found.start()) + 1,
            column=found.start() - line_start + 1,
            sign=f"U+{ord(found[0]):04X}",
        )
    return text


def _refresh_labels(script: Script, text: str) -> None:
    """Take over what the header says; a header that cannot be read leaves the labels as they were."""
    header = read_labels(text)
    if header is None:
        return
    for name in _LABELS:
        setattr(script, name, getattr(header, name))
    script.title = header.title or say("scripts.untitled")


def _check_code(session: Session, code: str) -> str:
    if len(code) > MAX_CODE_CHARACTERS or not _CODE.fullmatch(code):
        raise ScriptCodeUnusable(code=code[:MAX_CODE_CHARACTERS], most=MAX_CODE_CHARACTERS)
    if session.exec(select(Script.id).where(Script.code == code)).first() is not None:
        raise ScriptCodeTaken(code=code)
    return code


def _choose_code(session: Session, title: str) -> str:
    """The title as a code, numbered if it is taken."""
    stem = re.sub(r"[^a-z0-9]+", "-", fold(title))[:60].strip("-") or "kich-ban"
    taken = set(session.exec(select(Script.code).where(col(Script.code).startswith(stem))))
    number, code = 1, stem
    while code in taken:
        number += 1
        code = f"{stem}-{number}"
    return code


def _add_revision(session: Session, script: Script, text: str, by: User, now: datetime) -> None:
    assert script.id is not None
    assert by.id is not None
    number = script.latest_revision
    session.add(Revision(script_id=script.id, number=number, text=text, made_by=by.id, made_at=now))
    session.flush()


def _list_writers(session: Session, script: Script) -> set[int]:
    """Who wrote what is not approved yet."""
    since = script.approved_revision or 0
    query = select(Revision.made_by).where(Revision.script_id == script.id, Revision.number > since)
    return set(session.exec(query))


def _demand_latest(script: Script, revision: int | None) -> None:
    if revision is not None and revision != script.latest_revision:
        raise RevisionOutdated(code=script.code, based_on=revision, latest=script.latest_revision)


def _demand_transition(script: Script, state: ScriptState) -> None:
    if state not in ALLOWED[script.state]:
        raise TransitionNotAllowed(
            code=script.code,
            state=say(f"scripts.state.{script.state}"),
            wanted=say(f"scripts.state.{state}"),
        )


def _move(script: Script, state: ScriptState) -> None:
    _demand_transition(script, state)
    script.state = state


def _decide(
    session: Session,
    script: Script,
    state: ScriptState,
    by: User,
    now: datetime,
    *,
    action: str,
    comment: str = "",
) -> Script:
    before = _describe(script)
    _move(script, state)
    script.updated_at = now
    if state is ScriptState.APPROVED:
        script.approved_revision = script.latest_revision
    assert script.id is not None
    assert by.id is not None
    session.add(
        Decision(
            script_id=script.id,
            revision=script.latest_revision,
            state=state,
            by=by.id,
            at=now,
            comment=comment.strip(),
        )
    )
    _record(session, action, script, by, now, before=before, comment=comment.strip())
    return script


def _describe(script: Script) -> dict[str, object]:
    """What the audit log keeps of a script."""
    return {
        "state": script.state.value,
        "revision": script.latest_revision,
        "approved_revision": script.approved_revision,
        **{name: getattr(script, name) for name in _LABELS},
    }


def _record(
    session: Session,
    action: str,
    script: Script,
    by: User,
    now: datetime,
    *,
    before: dict[str, object] | None,
    comment: str = "",
) -> None:
    after = _describe(script) | ({"comment": comment} if comment else {})
    subject = f"script/{script.code}"
    record(session, at=now, by=by.username, action=action, subject=subject, before=before, after=after)
    session.flush()
