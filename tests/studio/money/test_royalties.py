"""Royalties: by the centre's own table, whole đồng, never beyond the cap of the day."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlmodel import Session

from studio.money.models import RoyaltyRule, RoyaltyUnit
from studio.money.royalties import (
    RateMissing,
    RateUnusable,
    RoyaltyMissing,
    Work,
    WorkUnusable,
    add_rule,
    cap,
    choose_rule,
    end_rule,
    list_royalties,
    list_rules,
    pay,
    price,
    take_back,
)
from tests.studio.planning.district import NOW

WHO = {"by": "sep", "now": NOW}
DAY = date(2026, 11, 3)


def rule(genre="Tin", amount=70_000, unit=RoyaltyUnit.PAGE, **parts):
    return RoyaltyRule(genre=genre, amount=amount, unit=unit, **({"valid_from": date(2026, 1, 1)} | parts))


def work(**parts):
    return Work(
        **({"person": "Y Lan", "day": DAY, "genre": "Tin", "title": "Nước sạch", "words": 350} | parts)
    )


@pytest.fixture
def session(database):
    with database.writing() as session:
        yield session


@pytest.mark.parametrize(
    ("words", "amount"), [(350, 70_000), (175, 35_000), (1, 200), (700, 140_000), (525, 105_000)]
)
def test_a_page_is_350_words_and_a_part_is_paid_in_its_share(words, amount):
    assert price(rule(), words=words, count=1) == amount


def test_the_language_goes_before_the_general_rule_and_the_latest_before_the_old(session):
    general = add_rule(session, rule(), **WHO)
    jrai = add_rule(session, rule(language="jra", amount=100_000), **WHO)
    later = add_rule(session, rule(amount=80_000, valid_from=date(2026, 6, 1)), **WHO)
    rules = list_rules(session)
    assert choose_rule(rules, work(language="jra")) is jrai
    assert choose_rule(rules, work()) is later
    assert choose_rule(rules, work(day=date(2026, 3, 1), genre=" tin ")) is general
    assert choose_rule(rules, work(day=date(2025, 3, 1))) is None
    with pytest.raises(RateMissing, match="Phóng sự"):
        pay(session, work(genre="Phóng sự"), **WHO)


def test_a_session_of_reading_is_capped_by_day(session):
    add_rule(session, rule("Đọc", 50_000, RoyaltyUnit.SESSION, cap_per_day=120_000), **WHO)
    paid = [pay(session, work(genre="Đọc", words=0), **WHO) for _ in range(4)]
    assert [(one.full_amount, one.amount) for one in paid] == [
        (50_000, 50_000), (50_000, 50_000), (50_000, 20_000), (50_000, 0),
    ]  # fmt: skip
    assert pay(session, work(genre="Đọc", words=0, day=date(2026, 11, 4)), **WHO).amount == 50_000
    assert pay(session, work(genre="Đọc", words=0, person="A Minh"), **WHO).amount == 50_000
    take_back(session, paid[0].id, **WHO)
    assert len(list_royalties(session, DAY, DAY)) == 4
    with pytest.raises(RoyaltyMissing):
        take_back(session, paid[0].id, **WHO)


def test_what_cannot_be_is_refused(session):
    for wrong in ({"genre": " "}, {"amount": 0}, {"cap_per_day": 0}, {"valid_until": date(2025, 1, 1)}):
        with pytest.raises(RateUnusable):
            add_rule(session, rule(**wrong), **WHO)
    kept = add_rule(session, rule(), **WHO)
    for wrong in ({"person": " "}, {"title": ""}, {"words": 0}, {"words": -1}, {"count": 0}):
        with pytest.raises(WorkUnusable):
            pay(session, work(**wrong), **WHO)
    with pytest.raises(RateUnusable):
        end_rule(session, kept.id, last=date(2025, 1, 1), **WHO)
    end_rule(session, kept.id, last=date(2026, 11, 2), **WHO)
    with pytest.raises(RateMissing):
        pay(session, work(), **WHO)


@given(st.integers(1, 10**9), st.integers(0, 10**6))
def test_a_price_is_the_nearest_whole_dong(amount, words):
    found = price(rule(amount=amount), words=words, count=1)
    assert type(found) is int
    assert abs(Fraction(found) - Fraction(amount * words, 350)) <= Fraction(1, 2)


@given(st.lists(st.integers(0, 500_000), max_size=12), st.integers(1, 600_000))
def test_caps_never_pay_more_than_the_cap_nor_less_than_is_left(fulls, most):
    paid = 0
    for full in fulls:
        one = cap(full, paid, most)
        assert 0 <= one <= full
        paid += one
    assert paid == min(sum(fulls), most)


@given(
    st.lists(
        st.tuples(st.sampled_from(["Y Lan", "A Minh"]), st.integers(1, 2), st.integers(1, 3000)), max_size=10
    )
)
@hypothesis_settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_paid_sums_are_those_of_the_rows_and_within_the_caps(database, works):
    with Session(database.engine) as session:  # nothing is kept
        add_rule(session, rule(cap_per_day=300_000), **WHO)
        for person, day, words in works:
            pay(session, work(person=person, day=date(2026, 11, day), words=words), **WHO)
        rows = list_royalties(session, DAY.replace(day=1), DAY)
        for person in ("Y Lan", "A Minh"):
            for day in (1, 2):
                own = [one for one, _ in rows if (one.person, one.day.day) == (person, day)]
                assert sum(one.amount for one in own) == min(sum(one.full_amount for one in own), 300_000)
        session.rollback()
