"""Pins and bans set by a person, each on record."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from scheduler import by_hand
from scheduler.changes import HandRule
from studio.people.audit import record
from studio.people.models import User
from studio.people.permissions import Action, require


def pin_piece(
    session: Session,
    asset_key: str,
    *,
    station: str,
    slot: str,
    day: date,
    by: User,
    now: datetime,
    reason: str = "",
) -> HandRule:
    """Raises: NotAllowed, and as `by_hand.pin`."""
    require(by, Action.FILL_SCHEDULE)
    rule = by_hand.pin(
        session,
        station=station,
        slot=slot,
        day=day,
        asset_key=asset_key,
        by=by.username,
        now=now,
        reason=reason,
    )
    return _record(session, rule, "pin", asset_key, by=by, now=now)


def ban_piece(
    session: Session,
    asset_key: str,
    *,
    by: User,
    now: datetime,
    zone: ZoneInfo,
    station: str | None = None,
    slot: str | None = None,
    first: date | None = None,
    last: date | None = None,
    reason: str = "",
) -> HandRule:
    """Raises: NotAllowed, and as `by_hand.ban`."""
    require(by, Action.FILL_SCHEDULE)
    rule = by_hand.ban(
        session,
        asset_key=asset_key,
        by=by.username,
        now=now,
        zone=zone,
        station=station,
        slot=slot,
        first=first,
        last=last,
        reason=reason,
    )
    return _record(session, rule, "ban", asset_key, by=by, now=now)


def lift_rule(session: Session, number: int, *, by: User, now: datetime) -> HandRule:
    """Raises: NotAllowed, HandRuleUnknown."""
    require(by, Action.FILL_SCHEDULE)
    rule = by_hand.lift(session, number, by=by.username, now=now)
    record(session, at=now, by=by.username, action="schedule.lift", subject=f"hand/{number}")
    return rule


def _record(
    session: Session, rule: HandRule, deed: str, asset_key: str, *, by: User, now: datetime
) -> HandRule:
    """Saying again what stands is no deed."""
    if rule.made_at == now and rule.made_by == by.username:
        where = rule.model_dump(
            mode="json", include={"station_id", "slot_id", "first_date", "last_date", "reason"}
        )
        record(
            session,
            at=now,
            by=by.username,
            action=f"schedule.{deed}",
            subject=f"hand/{rule.id}",
            after={"asset": asset_key, **where},
        )
    return rule
