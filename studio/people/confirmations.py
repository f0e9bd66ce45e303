"""What a person says about a programme when no log has come: kept as a statement, never as measured airtime.

Conflict
├── SlotNotOver
└── NothingToConfirm
"""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from assets.errors import Conflict
from scheduler.models import Airing, AiringState, Slot, Station
from scheduler.relays import note_relay
from studio.people.audit import record
from studio.people.models import User

_OPEN = (AiringState.PLANNED, AiringState.DOWNLOADED, AiringState.UNCONFIRMED)


class SlotNotOver(Conflict):
    pass


def is_untold(airing: Airing) -> bool:
    """Whether no log has told how it fared: a word of a person may be taken back."""
    return airing.state in _OPEN or airing.state_code == "said-missed"


class NothingToConfirm(Conflict):
    """Every airing of the slot is already settled by a log."""


def confirm_slot(
    session: Session, station: Station, slot_id: int, day: date, *, aired: bool, by: User, now: datetime
) -> int:
    """Keep that `by` says the slot of `day` aired or did not; returns how many airings that settles.

    What a log has measured stays as it is; what a person said before gives way. "Aired" without a log counts
    as unconfirmed: airtime comes from measured start and stop only.

    Raises:
        SlotNotOver, NothingToConfirm
    """
    airings = session.exec(
        select(Airing)
        .where(Airing.station_id == station.id, Airing.slot_id == slot_id, Airing.local_date == day)
        .order_by(col(Airing.starts_at))
    ).all()
    if airings and now < airings[-1].ends_at:
        raise SlotNotOver(ends_at=f"{airings[-1].ends_at.astimezone(ZoneInfo(station.timezone)):%H:%M}")
    open_airings = [airing for airing in airings if is_untold(airing)]
    if not open_airings:
        raise NothingToConfirm
    state, word = (AiringState.UNCONFIRMED, "aired") if aired else (AiringState.MISSED, "missed")
    for airing in open_airings:
        airing.state = state
        airing.state_code, airing.state_data = f"said-{word}", {"who": by.full_name}
        session.add(airing)
    slot = session.get_one(Slot, slot_id)
    record(
        session,
        at=now,
        by=by.username,
        action=f"slot.confirm-{word}",
        subject=f"station/{station.code}/{day.isoformat()}",
        after={"slot": slot.name, "airings": len(open_airings)},
    )
    return len(open_airings)


def confirm_relay(
    session: Session,
    station: Station,
    slot_id: int,
    day: date,
    *,
    times: tuple[time, time] | None,
    by: User,
    now: datetime,
) -> None:
    """Keep when `by` says the relay of `day` began and ended (local times), or that it was not carried.

    No receiver of ours plays a relay, so a person's times are the measure where no log has told.

    Raises:
        RelayUnknown, RelayNotOver, RelayTold, RelayTimesWrong
    """
    relay = note_relay(session, station, slot_id, day, times=times, who=by.full_name, now=now)
    record(
        session,
        at=now,
        by=by.username,
        action="relay.note",
        subject=f"station/{station.code}/{day.isoformat()}",
        after={"source": relay.source, "state": relay.state.value, "aired_ms": relay.aired_ms},
    )
