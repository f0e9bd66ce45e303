"""Takes are bound to words: found wherever the passage stands, never used for other words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.corrections.standing import NO_CORRECTIONS
from studio.production.passages import understand_passages
from studio.takes.shelf import (
    RoleNotRecorded,
    TakeShelf,
    TakesMissing,
    choose_takes,
    hash_words,
    list_recorded,
    number_passages,
    stand_in,
)

SCRIPT = """---
title: Lời già làng
voices: {NỮ: tone, GIÀ: recorded}
---
NỮ: Kính thưa bà con.

GIÀ: Năm nay được mùa.

GIÀ: Bà con nhớ làm chuồng.
"""


def document(text=SCRIPT):
    return understand_passages(text, NO_CORRECTIONS, script="")[0]


def shelf(tmp_path, *texts, role="GIÀ"):
    return TakeShelf({(role, hash_words(text)): tmp_path / f"{n}.wav" for n, text in enumerate(texts)})


def test_numbers_count_every_passage():
    assert [one.number for one in number_passages(document())] == [1, 2, 3]
    assert [one.number for one in list_recorded(document())] == [2, 3]


def test_all_that_is_missing_is_told_at_once(tmp_path):
    with pytest.raises(TakesMissing) as refused:
        choose_takes(document(), TakeShelf(stale=frozenset({3})))
    assert refused.value.exit_code == 3
    said = str(refused.value)
    assert "đoạn 2 (GIÀ, dòng 7)" in said
    assert "đoạn 3 (GIÀ, dòng 9; lời đã đổi sau khi thu)" in said


def test_a_take_follows_its_words_and_no_others(tmp_path):
    both = shelf(tmp_path, "Năm nay được mùa.", "Bà con nhớ làm chuồng.")
    assert [path.name for path in choose_takes(document(), both)] == ["0.wav", "1.wav"]
    moved = SCRIPT.replace("NỮ: Kính thưa bà con.", "NỮ: Một.\n\nNỮ: Hai.")
    assert [path.name for path in choose_takes(document(moved), both)] == ["0.wav", "1.wav"]
    with pytest.raises(TakesMissing, match="đoạn 2"):
        choose_takes(document(SCRIPT.replace("được mùa", "mất mùa")), both)
    with pytest.raises(TakesMissing):
        choose_takes(document(), shelf(tmp_path, "Năm nay được mùa.", "Bà con nhớ làm chuồng.", role="NỮ"))


def test_a_whole_role_may_be_read_by_another_voice():
    instead = stand_in(document(), {"GIÀ": "tone"})
    assert list_recorded(instead) == []
    assert [one.passage.voice for one in number_passages(instead)] == ["tone"] * 3
    with pytest.raises(RoleNotRecorded, match="GIÀ"):
        stand_in(document(), {"NỮ": "tone"})


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_hash_is_of_the_words(one, other):
    same = " ".join(one.split()) == " ".join(other.split())
    if same:
        assert hash_words(one) == hash_words(other)
    assert hash_words(f" {one}\n") == hash_words(one)


def test_composed_and_decomposed_are_the_same_words():
    import unicodedata

    text = "Bà con nhớ làm chuồng."
    assert hash_words(unicodedata.normalize("NFD", text)) == hash_words(text)
    assert hash_words(text) != hash_words(text.lower())
