"""Until when a script is needed."""

from datetime import date, datetime

from sqlmodel import Session

from studio.people.audit import record
from studio.people.models import User
from studio.scripts.models import Script
from studio.scripts.workflow import find_script


def set_due(session: Session, code: str, due_on: date | None, *, by: User, now: datetime) -> Script:
    """The script shall be approved by `due_on`; None asks for it no more. Saying it again changes nothing.

    Raises:
        ScriptMissing
    """
    script = find_script(session, code)
    if script.due_on == due_on:
        return script
    before: dict[str, object] = {"due_on": script.due_on.isoformat() if script.due_on else None}
    script.due_on = due_on
    session.add(script)
    session.flush()
    record(
        session, at=now, by=by.username, action="script.due", subject=f"script/{code}", before=before,
        after={"due_on": due_on.isoformat() if due_on else None},
    )  # fmt: skip
    return script
