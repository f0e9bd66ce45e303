"""Royalties by the centre's own table: a rate for a genre and language, by page, piece or session, and a cap.

Missing
├── RateMissing
└── RoyaltyMissing
Invalid
├── RateUnusable
└── WorkUnusable

A page has 350 words; a part of one is paid in its share, rounded half up to whole đồng. The cap of a rule is
what a person gets by it on a day at most: what comes later that day gets what is left.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from assets.errors import Invalid, Missing
from assets.messages import say
from studio.money.amounts import check_amount, write_money
from studio.money.models import Royalty, RoyaltyRule, RoyaltyUnit
from studio.money.scripts import find_paid_script
from studio.people.audit import record
from studio.planning.amounts import write_day

WORDS_PER_PAGE = 350
MOST_WORDS = 1_000_000
MOST_COUNT = 1_000


class RateMissing(Missing):
    """No rule pays for this genre on this day."""


class RoyaltyMissing(Missing):
    """There is no royalty of this number."""


class RateUnusable(Invalid):
    """A rule without a genre, of less than nothing, or that ends before it begins."""


class WorkUnusable(Invalid):
    """Work without a person, or whose words or number cannot be."""


@dataclass(frozen=True, slots=True)
class Work:
    """What somebody did: `words` for what is paid by the page, `count` for pieces and sessions."""

    person: str
    day: date
    genre: str
    title: str = ""
    language: str = ""
    """Empty is Vietnamese."""
    words: int = 0
    count: int = 1
    asset_key: str | None = None


def fill_in(session: Session, work: Work, script: str) -> Work:
    """What is left open, from the approved revision of a script: its title, language and number of words.

    Raises:
        ScriptMissing, ScriptNotApproved
    """
    paid = find_paid_script(session, script)
    return replace(
        work,
        title=work.title.strip() or paid.title,
        language=work.language.strip() or paid.language,
        words=work.words or paid.words,
        asset_key=paid.asset_key,
    )


def price(rule: RoyaltyRule, *, words: int, count: int) -> int:
    """What the rule pays, before its cap: whole đồng."""
    if rule.unit is RoyaltyUnit.PAGE:
        return (2 * rule.amount * words + WORDS_PER_PAGE) // (2 * WORDS_PER_PAGE)
    return rule.amount * count


def cap(full: int, paid_before: int, most: int | None) -> int:
    """What is left of the day's cap for this work."""
    return full if most is None else max(min(full, most - paid_before), 0)


def choose_rule(rules: Sequence[RoyaltyRule], work: Work) -> RoyaltyRule | None:
    """The rule of the genre on the day: that of the language before the general one, the latest first."""
    fitting = [
        rule
        for rule in rules
        if rule.genre.casefold() == work.genre.strip().casefold()
        and rule.language in ("", work.language or "vi")
        and rule.valid_from <= work.day <= (rule.valid_until or date.max)
    ]
    return max(fitting, key=lambda rule: (rule.language != "", rule.valid_from, rule.id or 0), default=None)


def add_rule(session: Session, rule: RoyaltyRule, *, by: str, now: datetime) -> RoyaltyRule:
    """Raises: RateUnusable, AmountUnreadable."""
    rule.genre = " ".join(rule.genre.split())[:60]
    rule.language = rule.language.strip()[:10]
    check_amount(rule.amount)
    if not rule.genre or rule.amount <= 0 or (rule.cap_per_day is not None and rule.cap_per_day <= 0):
        raise RateUnusable(genre=rule.genre or "–", amount=write_money(rule.amount))
    if rule.valid_until is not None and rule.valid_until < rule.valid_from:
        raise RateUnusable(genre=rule.genre, amount=write_day(rule.valid_until))
    session.add(rule)
    session.flush()
    record(
        session, at=now, by=by, action="money.add-rule", subject=f"royalty-rule/{rule.id}",
        after=rule.model_dump(mode="json"),
    )  # fmt: skip
    return rule


def end_rule(session: Session, number: int, *, last: date, by: str, now: datetime) -> None:
    """Let a rule hold until a day; what it paid stays.

    Raises:
        RateMissing, RateUnusable
    """
    rule = session.get(RoyaltyRule, number)
    if rule is None:
        raise RateMissing(genre=number, day="–")
    if last < rule.valid_from:
        raise RateUnusable(genre=rule.genre, amount=write_day(last))
    before = rule.model_dump(mode="json")
    rule.valid_until = last
    record(
        session, at=now, by=by, action="money.end-rule", subject=f"royalty-rule/{number}", before=before,
        after=rule.model_dump(mode="json"),
    )  # fmt: skip


def list_rules(session: Session) -> list[RoyaltyRule]:
    order = (col(RoyaltyRule.genre), col(RoyaltyRule.language), col(RoyaltyRule.valid_from))
    return list(session.exec(select(RoyaltyRule).order_by(*order)))


def pay(session: Session, work: Work, *, by: str, now: datetime) -> Royalty:
    """Reckon what a piece of work is paid, and keep it.

    Raises:
        WorkUnusable, RateMissing
    """
    person, title = " ".join(work.person.split())[:120], " ".join(work.title.split())[:300]
    if not person or not title or not 0 <= work.words <= MOST_WORDS or not 1 <= work.count <= MOST_COUNT:
        raise WorkUnusable(person=person or "–", title=title or "–")
    rule = choose_rule(list_rules(session), work)
    if rule is None:
        raise RateMissing(genre=work.genre[:60], day=write_day(work.day))
    if rule.unit is RoyaltyUnit.PAGE and work.words == 0:
        raise WorkUnusable(person=person, title=title)
    # Until the transaction ends, nobody else is paid by this rule: two must not use up the same cap.
    session.exec(select(RoyaltyRule.id).where(RoyaltyRule.id == rule.id).with_for_update()).all()
    full = price(rule, words=work.words, count=work.count)
    before = session.exec(
        select(func.coalesce(func.sum(Royalty.amount), 0)).where(
            Royalty.rule_id == rule.id, Royalty.person == person, Royalty.day == work.day,
            col(Royalty.deleted_at).is_(None),
        )
    ).one()  # fmt: skip
    assert rule.id is not None
    royalty = Royalty(
        rule_id=rule.id, person=person, day=work.day, title=title, asset_key=work.asset_key,
        words=work.words, count=work.count, full_amount=full, amount=cap(full, int(before), rule.cap_per_day),
        added_by=by, added_at=now,
    )  # fmt: skip
    session.add(royalty)
    session.flush()
    record(
        session, at=now, by=by, action="money.pay", subject=f"royalty/{royalty.id}",
        after=royalty.model_dump(mode="json"),
    )  # fmt: skip
    return royalty


def take_back(session: Session, number: int, *, by: str, now: datetime) -> None:
    """Strike a royalty out; it stays in the record. What the cap kept from others that day stays as it is.

    Raises:
        RoyaltyMissing
    """
    royalty = session.get(Royalty, number)
    if royalty is None or royalty.deleted_at is not None:
        raise RoyaltyMissing(number=number)
    royalty.deleted_at = now
    record(session, at=now, by=by, action="money.take-back", subject=f"royalty/{number}")


def list_royalties(session: Session, first: date, last: date) -> list[tuple[Royalty, RoyaltyRule]]:
    """Those of some days that were not struck out, by day and person."""
    query = (
        select(Royalty, RoyaltyRule)
        .join(RoyaltyRule, col(RoyaltyRule.id) == col(Royalty.rule_id))
        .where(col(Royalty.deleted_at).is_(None), col(Royalty.day).between(first, last))
        .order_by(col(Royalty.day), col(Royalty.person), col(Royalty.id))
    )
    return list(session.exec(query))


def name_unit(unit: RoyaltyUnit) -> str:
    return say(f"money.unit.{unit}", words=WORDS_PER_PAGE)
