"""Whole đồng: read without a fraction, spelled as the national radio reads numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from assets.messages import speaking
from studio.money.amounts import MOST, AmountUnreadable, read_amount, spell_money, write_money


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1200000", 1_200_000), ("1.200.000", 1_200_000), ("1.200.000 đ", 1_200_000),
        ("1 200 000 đồng", 1_200_000), (" 50.000 VNĐ ", 50_000), ("-50.000", -50_000), ("0", 0),
        ("999", 999),
    ],
)  # fmt: skip
def test_what_people_type(text, amount):
    assert read_amount(text) == amount


@pytest.mark.parametrize(
    "text",
    ["", "đồng", "1,5", "1.5", "1.20", "1.2000", "12.00.000", "1e6", "１２", "1.200,00", "--5", "5-",
     "1_000", "nan", "1.000 000 x", "9" * 17],
)  # fmt: skip
def test_what_could_be_read_in_two_ways_is_refused(text):
    with pytest.raises(AmountUnreadable, match="số đồng nguyên"):
        read_amount(text)


@given(st.integers(-MOST, MOST))
def test_an_amount_survives_writing_and_reading(amount):
    assert read_amount(write_money(amount)) == amount
    assert isinstance(read_amount(f"{write_money(amount)} đồng"), int)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (1_200_000, "Một triệu hai trăm nghìn đồng"),
        (0, "Không đồng"),
        (15_000, "Mười lăm nghìn đồng"),
        (1_000_000_021, "Một tỷ không trăm hai mươi mốt đồng"),
        (2_005_000, "Hai triệu không trăm linh năm nghìn đồng"),
        (-50_000, "Âm năm mươi nghìn đồng"),
    ],
)
def test_sums_in_words(amount, words):
    assert spell_money(amount) == words


@given(st.integers(1, 999))
def test_words_of_small_sums_agree_with_an_independent_speller(amount):
    theirs = num2words(amount, lang="vi").replace("lẻ", "linh").replace("tỉ", "tỷ")
    assert fold(spell_money(amount).removesuffix(" đồng").lower()) == fold(theirs)


def fold(words):
    """Where speakers differ: bốn or tư, một or mốt."""
    return words.replace("mươi tư", "mươi bốn").replace("linh tư", "linh bốn").replace("mươi mốt", "mươi một")


def test_english_groups_by_commas():
    with speaking("en"):
        assert write_money(1_200_000) == "1,200,000"
