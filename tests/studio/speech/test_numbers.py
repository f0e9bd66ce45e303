"""The cardinal speller against an independent one, and the forms that radio asks for."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from studio.speech.numbers import say_cardinal, say_count, say_decimal, say_digits, say_month, say_ordinal

ONES = "một|hai|ba|bốn|năm|sáu|bảy|tám|chín"


def as_the_other_says(spoken: str) -> str:
    """Our reading in the words of num2words: it says lẻ for linh and for không trăm, bốn for tư."""
    spoken = spoken.replace(" tư", " bốn")
    spoken = re.sub(r"không trăm (?:linh )?", "lẻ ", spoken)
    return spoken.replace("linh", "lẻ")


def test_cardinals_agree_with_an_independent_speller():
    numbers = [*range(10_100), *range(10_100, 1_000_001, 97), 999_999, 1_000_000]
    for number in numbers:
        assert as_the_other_says(say_cardinal(str(number))) == num2words(number, lang="vi"), number


@pytest.mark.parametrize(
    ("digits", "spoken"),
    [
        ("0", "không"),
        ("10", "mười"),
        ("15", "mười lăm"),
        ("21", "hai mươi mốt"),
        ("24", "hai mươi tư"),
        ("104", "một trăm linh bốn"),
        ("1005", "một nghìn không trăm linh năm"),
        ("2022", "hai nghìn không trăm hai mươi hai"),
        ("1000005", "một triệu không trăm linh năm"),
        ("1050000", "một triệu không trăm năm mươi nghìn"),
        ("1000000000", "một tỷ"),
        ("2000000000000", "hai nghìn tỷ"),
        ("1000000000000000001", "một tỷ tỷ không trăm linh một"),
    ],
)
def test_cardinals(digits, spoken):
    assert say_cardinal(digits) == spoken


@given(st.integers(min_value=0, max_value=10**27 - 1))
@settings(deadline=None, max_examples=200)
def test_every_cardinal_is_words_and_keeps_its_leading_digit(number):
    spoken = say_cardinal(str(number))
    assert re.fullmatch(r"[^\W\d_]+(?: [^\W\d_]+)*", spoken)
    assert say_cardinal("0" + str(number)) == spoken


@given(st.integers(min_value=0, max_value=999_999), st.integers(min_value=0, max_value=999_999))
@settings(deadline=None, max_examples=200)
def test_two_numbers_never_sound_alike(one, other):
    assert (say_cardinal(str(one)) == say_cardinal(str(other))) == (one == other)


def test_long_numbers_are_said_digit_by_digit():
    assert say_cardinal("12" * 20).split()[:2] == ["một", "hai"]
    assert len(say_cardinal("1" * 100_000)) > 100_000


def test_the_small_ones():
    assert say_digits("0260") == "không hai sáu không"
    assert say_count("007") == "không không bảy"
    assert say_count("05") == "năm"
    assert say_decimal("0", "05") == "không phẩy không năm"
    assert say_decimal("95", "25") == "chín mươi lăm phẩy hai mươi lăm"
    assert say_decimal("7", "125") == "bảy phẩy một hai năm"
    assert [say_ordinal(n) for n in ("1", "2", "4", "14")] == ["nhất", "hai", "tư", "mười bốn"]
    assert say_month("04") == "tư"
