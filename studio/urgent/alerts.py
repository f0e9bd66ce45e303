"""CAP alerts taken in as drafts of urgent bulletins; nothing of them sounds before a person issues it.

- The same alert again (sender, identifier, sent) is the one that is there.
- An Update is a new draft and dismisses the drafts it is about; one that airs is replaced when the update is
  issued. A Cancel dismisses drafts and calls off what airs, if whoever brings it may; else it asks for that.
- Only what has the same status is touched: the cancel of a test calls off no real alert.
- They may come in any order: what was cancelled or replaced before it came is dismissed when it comes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

from sqlmodel import Session, col, select

from assets.catalogue import fold
from assets.messages import say
from assets.store import Store
from scheduler.models import Station
from scheduler.stations import list_stations
from studio.people.models import User
from studio.people.permissions import Action, may, require
from studio.planning.models import Unit
from studio.planning.units import list_units, read_owners
from studio.urgent.bulletins import (
    MAX_TITLE,
    MOST_TIMES,
    clean_line,
    describe,
    keep_record,
)
from studio.urgent.cap import Alert, Area, Info, read_alert
from studio.urgent.issuing import call_off_bulletin, dismiss
from studio.urgent.models import UrgentBulletin, UrgentState

LIFE = timedelta(hours=24)
"""Of an alert that does not say when it expires."""
EXTREME_TIMES, EXTREME_EVERY = 6, 10
MOST_KEPT = 20_000
"""Characters; what is more than `MAX_TEXT` a person has to shorten before it is voiced."""
_TITLES = (
    "đài truyền thanh", "cụm loa", "trạm truyền thanh", "đài", "xã", "phường", "thị trấn", "huyện", "quận",
    "tỉnh", "thành phố", "commune", "district", "province",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an alert: its bulletin, and those that it ended or asks to end."""

    bulletin: UrgentBulletin
    is_repeated: bool = False
    ended: tuple[UrgentBulletin, ...] = ()
    asked: tuple[UrgentBulletin, ...] = ()


def import_alert(session: Session, store: Store, content: bytes, *, by: User, now: datetime) -> Taken:
    """Take an alert in; its bytes are kept for good.

    Raises:
        NotAllowed, CapTooLarge, CapUnreadable, CapNotAlert, CapFieldUnusable
    """
    require(by, Action.WRITE_URGENT)
    alert = read_alert(content)
    known = session.exec(select(UrgentBulletin).where(UrgentBulletin.cap_key == alert.key)).first()
    if known is not None:
        return Taken(known, is_repeated=True)
    bulletin = _make_draft(session, alert, by=by, now=now)
    bulletin.cap_sha256 = store.put(BytesIO(content))
    session.add(bulletin)
    session.flush()
    keep_record(session, bulletin, "import", by=by.username, now=now, after=describe(bulletin))
    ended, asked = _end_earlier(session, bulletin, by=by, now=now)
    if alert.message == "Cancel":
        dismiss(session, bulletin, say("urgent.is_cancel"), by=by.username, now=now)
    elif (why := _find_later(session, bulletin)) is not None:
        dismiss(session, bulletin, why, by=by.username, now=now)
    return Taken(bulletin, ended=tuple(ended), asked=tuple(asked))


def _make_draft(session: Session, alert: Alert, *, by: User, now: datetime) -> UrgentBulletin:
    infos = alert.choose_infos()
    found, unknown = find_stations(session, (area for info in infos for area in info.areas), now)
    expiries = [info.expires for info in infos if info.expires]
    # The standard leaves the end of an alert that has none to whoever receives it.
    expires_at = max(expiries) if expiries else max(alert.sent, now) + LIFE
    extreme = any(info.severity == "Extreme" and info.urgency == "Immediate" for info in infos)
    return UrgentBulletin(
        title=_make_title(alert, infos),
        text=_make_text(infos),
        stations=found,
        times=min(EXTREME_TIMES, MOST_TIMES) if extreme else 2,
        every_minutes=EXTREME_EVERY if extreme else 30,
        expires_at=expires_at,
        made_by=by.username,
        made_at=now,
        cap_key=alert.key,
        cap_sender=alert.sender,
        cap_status=alert.status,
        cap_message=alert.message,
        cap_scope=alert.scope,
        cap_language=infos[0].language if infos else "vi",
        cap_references=[reference.key for reference in alert.references],
        cap_areas=unknown,
    )


def find_stations(session: Session, areas: Iterable[Area], now: datetime) -> tuple[list[str], list[str]]:
    """Stations by the names of areas, and the areas for which none was found.

    A station is known by its name, and by those of its unit and the units above. Polygons are not read: where
    a station stands is not on record.
    """
    today = now.date()
    stations = {station.id: station for station in list_stations(session, on=today)}
    names = _name_stations(session, stations, now)
    found: set[str] = set()
    unknown: list[str] = []
    for area in areas:
        wanted = [bare_name(part) for part in area.name.replace(";", ",").split(",")]
        wanted = [part for part in wanted if part]
        # "xã Ia Dom, huyện Ia H'Drai" names one place: the first part for which there is a station.
        hits = next((codes for part in wanted if (codes := names.get(part))), None)
        if hits is None:
            unknown.append(clean_line(area.name)[:200])
        else:
            found |= hits
    return sorted(found), list(dict.fromkeys(unknown))


def bare_name(text: str) -> str:
    """A place as one types it in a hurry, without what kind of place it is: `Xã Ia Đal` gives `ia dal`."""
    folded = " ".join(fold(text).split())
    for title in sorted(map(fold, _TITLES), key=len, reverse=True):
        if folded.startswith(f"{title} "):
            return bare_name(folded[len(title) :])
    return folded


def _name_stations(
    session: Session, stations: dict[int | None, Station], now: datetime
) -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    units = {unit.id: unit for unit in list_units(session)}
    today = now.date()
    for station in stations.values():
        for name in (station.name, station.code):
            names.setdefault(bare_name(name), set()).add(station.code)
    for owner in read_owners(session):
        station_owned = stations.get(owner.station_id)
        if station_owned is None or not owner.period.first <= today <= owner.period.last:
            continue
        unit: Unit | None = units.get(owner.unit_id)
        while unit is not None:
            names.setdefault(bare_name(unit.name), set()).add(station_owned.code)
            unit = units.get(unit.parent_id) if unit.parent_id else None
    return names


def _make_title(alert: Alert, infos: Sequence[Info]) -> str:
    if not infos:
        return say("urgent.cancel_title", identifier=alert.identifier)[:MAX_TITLE]
    return clean_line(infos[0].headline or infos[0].event)[:MAX_TITLE] or alert.identifier[:MAX_TITLE]


def _make_text(infos: Sequence[Info]) -> str:
    """Headline, description and instruction of each block, each sentence once."""
    parts = dict.fromkeys(
        clean_line(part)
        for info in infos
        for part in (info.headline or info.event, info.description, info.instruction)
    )
    return "\n".join(part for part in parts if part)[:MOST_KEPT]


def _end_earlier(
    session: Session, bulletin: UrgentBulletin, *, by: User, now: datetime
) -> tuple[list[UrgentBulletin], list[UrgentBulletin]]:
    """What a Cancel or Update ends, and what it asks a person to end."""
    ended: list[UrgentBulletin] = []
    asked: list[UrgentBulletin] = []
    earlier = session.exec(
        select(UrgentBulletin).where(
            col(UrgentBulletin.cap_key).in_(bulletin.cap_references),
            UrgentBulletin.cap_status == bulletin.cap_status,
            UrgentBulletin.cap_sender == bulletin.cap_sender,  # nobody ends what another has said
            col(UrgentBulletin.id) != bulletin.id,
        )
    ).all()
    cancels = bulletin.cap_message == "Cancel"
    why = say("urgent.source_cancelled") if cancels else say("urgent.replaced", title=bulletin.title)
    for old in earlier:
        if old.state is UrgentState.DRAFT:
            dismiss(session, old, why, by=by.username, now=now)
            ended.append(old)
        elif old.state is UrgentState.ISSUED and cancels and may(by, Action.ISSUE_URGENT):
            assert old.id is not None
            call_off_bulletin(session, old.id, reason=why, by=by, now=now)
            ended.append(old)
        elif old.state is UrgentState.ISSUED and not old.is_over(now):
            old.end_asked = True
            session.add(old)
            asked.append(old)
    session.flush()
    return ended, asked


def _find_later(session: Session, bulletin: UrgentBulletin) -> str | None:
    """Why an alert that comes late is not to be issued: what ended it was here before."""
    later = session.exec(
        select(UrgentBulletin).where(
            UrgentBulletin.cap_status == bulletin.cap_status,
            UrgentBulletin.cap_sender == bulletin.cap_sender,
            col(UrgentBulletin.cap_message).in_(("Update", "Cancel")),
            col(UrgentBulletin.id) != bulletin.id,
        )
    )
    for one in later:
        if bulletin.cap_key in one.cap_references:
            cancels = one.cap_message == "Cancel"
            return say("urgent.source_cancelled") if cancels else say("urgent.replaced", title=one.title)
    return None
