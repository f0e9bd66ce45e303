"""A held log mended by a person: the deed and its record in one transaction."""

from datetime import datetime, timedelta

from sqlmodel import Session

from assets.store import Store
from scheduler.quarantine import Mended, mend
from studio.people.audit import record


def mend_log(
    session: Session,
    store: Store,
    log_id: int,
    *,
    by: str,
    now: datetime,
    code: str | None = None,
    station: str | None = None,
    shift: timedelta | str | None = None,
    dismiss: str | None = None,
) -> Mended:
    """`scheduler.quarantine.mend`, with its entry in the audit log.

    Raises:
        LogMissing, NothingHeld, StationUnknown, MendUnclear, ShiftUnknown
    """
    done = mend(
        session, store, log_id, by=by, now=now, code=code, station=station, shift=shift, dismiss=dismiss
    )
    record(
        session,
        at=now,
        by=by,
        action="log.dismiss" if dismiss is not None else "log.mend",
        subject=f"log/{log_id}",
        after={
            "code": code, "station": station, "shift_minutes": done.shift_minutes, "why": dismiss,
            "lines": done.lines, "matched": done.matched, "held": done.held,
        },
    )  # fmt: skip
    return done
