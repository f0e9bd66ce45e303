"""Urgent bulletins written, changed, found; how their words become a script that is clean by construction.

Missing
└── BulletinMissing
Invalid
└── BulletinUnusable
Conflict
├── BulletinNotDraft
└── BulletinOutdated
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import yaml
from sqlmodel import Session, col, select

from assets.errors import Conflict, Invalid, Missing
from assets.messages import say
from assets.models import Asset
from scheduler.stations import find_station
from studio.people.audit import record
from studio.people.models import User
from studio.people.permissions import Action, require
from studio.scripts.parser import normalise_text
from studio.urgent.models import MAX_TEXT, UrgentBulletin, UrgentState

MAX_TITLE = 200
MOST_TIMES = 24
SHORTEST_EVERY = 1
LONGEST_LIFE = timedelta(days=14)
VOICE = "vi-north-f"
STING = "chuong"
_STRANGE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\uf8ff\ufffd-\uffff]")
"""What a script may not hold."""


class BulletinMissing(Missing):
    pass


class BulletinUnusable(Invalid):
    pass


class BulletinNotDraft(Conflict):
    """It was issued or dismissed already."""


class BulletinOutdated(Conflict):
    """Somebody else changed it in between."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a bulletin is to say, where, how often, and until when."""

    title: str
    text: str
    stations: Sequence[str]
    expires_at: datetime
    times: int = 2
    every_minutes: int = 15


def write_bulletin(session: Session, wanted: Wanted, *, by: User, now: datetime) -> UrgentBulletin:
    """A new draft.

    Raises:
        NotAllowed
        BulletinUnusable: names the field. StationUnknown
    """
    require(by, Action.WRITE_URGENT)
    bulletin = UrgentBulletin(title="", text="", expires_at=now, made_by=by.username, made_at=now)
    _fill(session, bulletin, wanted, now)
    session.add(bulletin)
    session.flush()
    keep_record(session, bulletin, "write", by=by.username, now=now, after=describe(bulletin))
    return bulletin


def change_bulletin(
    session: Session,
    bulletin_id: int,
    wanted: Wanted,
    *,
    revision: int,
    by: User,
    now: datetime,
) -> UrgentBulletin:
    """Change a draft; other words are another revision, which must be voiced and heard anew.

    Raises:
        NotAllowed, BulletinMissing, BulletinNotDraft, BulletinOutdated, BulletinUnusable, StationUnknown
    """
    require(by, Action.WRITE_URGENT)
    bulletin = find_bulletin(session, bulletin_id, lock=True)
    demand_draft(bulletin)
    if bulletin.revision != revision:
        raise BulletinOutdated(number=bulletin_id)
    before = describe(bulletin)
    said = (bulletin.title, bulletin.text)
    _fill(session, bulletin, wanted, now)
    if (bulletin.title, bulletin.text) != said:
        bulletin.revision += 1
        # Whoever wrote other words over a foreign text has written it in Vietnamese.
        bulletin.cap_language = bulletin.cap_language and "vi"
    session.add(bulletin)
    session.flush()
    if describe(bulletin) != before:
        keep_record(
            session, bulletin, "change", by=by.username, now=now, before=before, after=describe(bulletin)
        )
    return bulletin


def find_bulletin(session: Session, bulletin_id: int, *, lock: bool = False) -> UrgentBulletin:
    """Raises: BulletinMissing."""
    bulletin = session.get(UrgentBulletin, bulletin_id, with_for_update=lock or None)
    if bulletin is None:
        raise BulletinMissing(number=bulletin_id)
    return bulletin


def list_bulletins(session: Session, *, limit: int = 50) -> list[UrgentBulletin]:
    """The latest first, what airs before drafts, drafts before what has ended."""
    rows = session.exec(select(UrgentBulletin).order_by(col(UrgentBulletin.id).desc()).limit(limit))
    rank = {UrgentState.ISSUED: 0, UrgentState.DRAFT: 1}
    return sorted(rows, key=lambda one: rank.get(one.state, 2))


def find_sound(session: Session, bulletin: UrgentBulletin) -> Asset | None:
    """The sound of the bulletin's present words, once it is made."""
    asset = session.exec(select(Asset).where(Asset.key == bulletin.asset_key)).first()
    return asset if asset is not None and asset.renditions else None


def compose_script(title: str, text: str) -> str:
    """The words as a script: a bell, the text in one voice, the bell again; its signs mean nothing here."""
    header = yaml.safe_dump(
        {"title": clean_line(title), "priority": "urgent", "voices": {"NỮ": VOICE}},
        allow_unicode=True,
        sort_keys=False,
        width=100_000,
    )
    lines = (clean_line(line) for line in normalise_text(text).split("\n"))
    passages = "\n\n".join(f"NỮ: {line.replace('[', '(').replace(']', ')')}" for line in lines if line)
    return f"---\n{header}---\n[nhạc cắt: {STING}]\n\n{passages}\n\n[nhạc cắt: {STING}]\n"


def clean_line(text: str) -> str:
    return " ".join(_STRANGE.sub(" ", text).split())


def demand_draft(bulletin: UrgentBulletin) -> None:
    if bulletin.state is not UrgentState.DRAFT:
        raise BulletinNotDraft(number=bulletin.id, state=say(f"urgent.state.{bulletin.state}"))


def describe(bulletin: UrgentBulletin) -> dict[str, object]:
    """What the audit log keeps."""
    names = {
        "title", "text", "revision", "state", "stations", "times", "every_minutes", "expires_at", "reason",
        "in_quiet_hours", "cap_key", "cap_status",
    }  # fmt: skip
    return bulletin.model_dump(mode="json", include=names)


def keep_record(
    session: Session,
    bulletin: UrgentBulletin,
    deed: str,
    *,
    by: str,
    now: datetime,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    subject = f"urgent/{bulletin.id}"
    record(session, at=now, by=by, action=f"urgent.{deed}", subject=subject, before=before, after=after)
    session.flush()


def _fill(session: Session, bulletin: UrgentBulletin, wanted: Wanted, now: datetime) -> None:
    title = clean_line(wanted.title)
    text = _STRANGE.sub(" ", wanted.text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    for field, value, good in (
        ("title", title[:60], 0 < len(title) <= MAX_TITLE),
        ("text", f"{text[:60]}…", any(map(str.isalnum, text)) and len(text) <= MAX_TEXT),
        ("times", wanted.times, 1 <= wanted.times <= MOST_TIMES),
        ("every_minutes", wanted.every_minutes, SHORTEST_EVERY <= wanted.every_minutes <= 24 * 60),
        ("expires_at", f"{wanted.expires_at:%d/%m/%Y}", now < wanted.expires_at <= now + LONGEST_LIFE),
    ):
        if not good:
            raise BulletinUnusable(field=say(f"urgent.field.{field}"), value=value)
    codes = sorted({find_station(session, code).code for code in wanted.stations})
    bulletin.title, bulletin.text, bulletin.stations = title, text, codes
    bulletin.times, bulletin.every_minutes = wanted.times, wanted.every_minutes
    bulletin.expires_at = wanted.expires_at.astimezone(UTC)
