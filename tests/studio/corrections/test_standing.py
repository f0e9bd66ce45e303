"""What counts where: nearest first, whole words, in any Unicode form, and nothing is read twice over."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.corrections.places import find_occurrences
from studio.corrections.scope import Scope
from studio.corrections.standing import NO_CORRECTIONS, Corrections, Standing

ALWAYS = Standing(Scope.ALWAYS, "", "TT", "trung tâm")
UNIT = Standing(Scope.ORGANISATION, "ia-dom", "TT", "thị trấn")
HERE = Standing(Scope.SCRIPT, "bai", "TT", "thông tin")
TEXTS = ["Gặp TT xã hôm nay.", "TT xã mở cửa. Đến TT sớm."]


def said(corrections, texts=TEXTS, script="bai", organisation="ia-dom"):
    return [reading.spoken for reading in corrections.for_script(script, organisation).read(texts)]


def test_the_nearest_counts():
    every = Corrections((ALWAYS, UNIT, HERE))
    assert said(every)[0] == "gặp thông tin xã hôm nay"
    assert said(every, script="khac")[0] == "gặp thị trấn xã hôm nay"
    assert said(every, script="khac", organisation="ia-toi")[0] == "gặp trung tâm xã hôm nay"
    assert said(every, script="", organisation=None)[0] == "gặp trung tâm xã hôm nay"


def test_one_place_is_nearer_than_the_script():
    second = find_occurrences("TT", TEXTS)[2].place
    one = Standing(Scope.SCRIPT, "bai", "TT", "trạm tin", second)
    corrections = Corrections((HERE, one))
    assert said(corrections) == [
        "gặp thông tin xã hôm nay",
        "thông tin xã mở cửa đến trạm tin sớm",
    ]
    edited = ["Mới thêm một dòng.", "Gặp TT xã hôm nay nhé.", "TT xã mở cửa. Đến TT sớm."]
    assert said(corrections, edited)[2] == "thông tin xã mở cửa đến trạm tin sớm"
    gone = ["Đến TT muộn."]
    assert said(corrections, gone) == ["đến thông tin muộn"]


def test_equal_places_are_told_apart_by_their_number():
    texts = ["Xã TT họp.", "Xã TT họp."]
    places = [found.place for found in find_occurrences("TT", texts)]
    assert places[0] != places[1]
    one = Standing(Scope.SCRIPT, "bai", "TT", "trạm tin", places[1])
    assert said(Corrections((HERE, one)), texts) == ["xã thông tin họp", "xã trạm tin họp"]


def test_a_voice_is_fed_anew_and_nothing_that_people_see_changes():
    voice = Standing(Scope.VOICE, "vi-north-f", "Ia Dom", "i a đôm")
    engine = Standing(Scope.VOICE, "espeak", "Ia Dom", "i a dom")
    corrections = Corrections((engine, voice))
    assert said(corrections, ["Xã Ia Dom."]) == said(NO_CORRECTIONS, ["Xã Ia Dom."])
    assert corrections.pronounced_by("vi-north-f", "Xã Ia Dom.")[0] == ("Ia Dom", "i a đôm")
    assert corrections.pronounced_by("vi-south-m", "Xã Ia Dom.") == (("Ia Dom", "i a dom"),)
    assert corrections.pronounced_by("tone", "Xã Ia Dom.") == ()
    assert corrections.pronounced_by("vi-north-f", "Xã Ia Tơi.") == ()


def test_what_is_kept_is_what_concerns():
    every = Corrections((ALWAYS, UNIT, Standing(Scope.ALWAYS, "", "XYZ", "ích y dét")))
    kept = every.concerning(["Gặp TT xã."])
    assert kept == Corrections((ALWAYS, UNIT))
    assert Corrections.from_rows(kept.to_rows()) == kept
    placed = Standing(Scope.SCRIPT, "bai", "TT", "trạm tin", find_occurrences("TT", TEXTS)[2].place)
    assert Corrections.from_rows(Corrections((placed,)).to_rows()) == Corrections((placed,))


WORDS = ("TT", "TTVH", "TTVH-TT", "họp", "Ia Dom", "12 kg", "Plei")
READINGS = ("trung tâm", "hội họp dân", "i a đôm", "mười hai cân", "làng")
SCOPES = ((Scope.ALWAYS, ""), (Scope.ORGANISATION, "ia-dom"), (Scope.SCRIPT, "bai"))
STANDING = st.builds(
    lambda where, words, reading: Standing(*where, words, reading),
    st.sampled_from(SCOPES),
    st.sampled_from(WORDS),
    st.sampled_from(READINGS),
)
TEXT = st.lists(
    st.sampled_from([*WORDS, "Họp", "hòa", "hoà", "xã", ",", "1.250", "ngày 5/6", "."]), max_size=12
).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(standing=st.lists(STANDING, max_size=6, unique_by=lambda one: (one.scope, one.words)), text=TEXT)
def test_form_and_order_of_making_do_not_matter(standing, text):
    read = Corrections(tuple(standing)).read([text])[0]
    turned = Corrections(tuple(reversed(standing)))
    assert turned.read([text])[0] == read
    decomposed = unicodedata.normalize("NFD", text)
    assert turned.read([decomposed])[0].spoken == read.spoken


@settings(max_examples=60, deadline=None)
@given(standing=STANDING, text=TEXT)
def test_only_sentences_with_the_words_change(standing, text):
    before, after = NO_CORRECTIONS.read([text])[0], Corrections((standing,)).read([text])[0]
    if not Corrections((standing,)).concerning([text]).standing:
        assert after == before


@pytest.mark.parametrize("words", ["TT", "Ia Dom", "họp"])
def test_occurrences_are_counted_in_order(words):
    texts = ["TT Ia Dom họp. Họp TT.", "Ia  Dom"]
    found = find_occurrences(words, texts)
    assert [(one.passage, one.start) for one in found] == sorted((one.passage, one.start) for one in found)
    assert len(found) == 2
