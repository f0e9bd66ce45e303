"""What a script is paid for: the words of its approved revision, as they stand there.

Conflict
└── ScriptNotApproved
"""

from dataclasses import dataclass

from sqlmodel import Session

from assets.errors import Conflict
from studio.scripts.document import Passage
from studio.scripts.parser import understand_script
from studio.scripts.workflow import find_script, text_of


class ScriptNotApproved(Conflict):
    """Nothing of the script may be paid yet: no revision of it is approved."""


@dataclass(frozen=True, slots=True)
class PaidScript:
    title: str
    language: str
    words: int
    asset_key: str
    """Of the piece that is made of the approved revision."""


def find_paid_script(session: Session, code: str) -> PaidScript:
    """The approved revision of a script, whatever has been written in it since.

    Raises:
        ScriptMissing, ScriptNotApproved
    """
    script = find_script(session, code.strip())
    if script.approved_revision is None:
        raise ScriptNotApproved(code=script.code)
    return PaidScript(
        title=script.title,
        language=script.language,
        words=count_words(text_of(session, script, script.approved_revision)),
        asset_key=f"script/{script.code}@{script.approved_revision}",
    )


def count_words(text: str) -> int:
    """The words that are read aloud: what stands between spaces and has a letter or a digit in it.

    Headings, cues, roles, directions and notes are not read. Names that are unknown here do not matter.
    """
    document, _ = understand_script(text, voices={}, sounds={}, recordings=None)
    passages = (cue.text for cue in document.cues if isinstance(cue, Passage)) if document else ()
    return sum(any(mark.isalnum() for mark in word) for text in passages for word in text.split())
