"""The append-only record of who did what, when, and what it was before."""

from datetime import datetime

from sqlmodel import Session, col, select

from studio.people.models import AuditEntry

SYSTEM = "system"


def record(
    session: Session,
    *,
    at: datetime,
    by: str,
    action: str,
    subject: str,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    """Write one entry in the caller's transaction: the deed and its record stand or fall together.

    `by` is a user name or "system", `action` a verb on a noun (`script.approve`), `subject` what it was
    done to (`script/vay-von`). Nothing in Loa changes or deletes an entry.
    """
    session.add(AuditEntry(at=at, by=by, action=action, subject=subject, before=before, after=after))


def list_entries(session: Session, *, subject: str | None = None, limit: int = 100) -> list[AuditEntry]:
    """The latest entries first, of one subject if named."""
    query = select(AuditEntry).order_by(col(AuditEntry.id).desc()).limit(limit)
    if subject is not None:
        query = query.where(AuditEntry.subject == subject)
    return list(session.exec(query))
