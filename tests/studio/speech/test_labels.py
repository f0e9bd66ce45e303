import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.speech.labels import split_label, squeeze_label
from studio.speech.lexicon import national_lexicon
from studio.speech.reader import read_text

KNOWN = national_lexicon().labels


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("dichvucong", "dịch vụ công"),
        ("truyenthanhsathay", "truyền thanh sa thầy"),
        ("ubndxaiadom", "ủy ban nhân dân xã ia dom"),
        ("congankontum", "công an kon tum"),
        ("nguyenvana", "nguyen van a"),
        ("hanoi", "hà nội"),
        # Of other languages, too short to tell, or one syllable alone: as they stand.
        ("youtube", None),
        ("facebook", None),
        ("agribank", None),
        ("vnexpress", None),
        ("media", None),
        ("lan", None),
        ("", None),
    ],
)
def test_what_is_run_together_is_parted(label, words):
    assert split_label(label, KNOWN) == words


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", max_size=80))
def test_letters_without_short_forms_stay_in_their_order(label):
    spoken = split_label(label, {key: words for key, words in KNOWN.items() if squeeze_label(words) == key})
    assert spoken is None or squeeze_label(spoken) == label


def test_an_address_is_said_in_words():
    spoken = read_text("Gửi về vanphongubnd.iatoi@kontum.gov.vn.").spoken
    assert spoken.startswith("gửi về văn phòng ủy ban nhân dân chấm ia tơi a còng kon tum chấm gov")
