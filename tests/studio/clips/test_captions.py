"""Phrases in time with the words, and lines that are even and never part what belongs together."""

from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.clips.captions import Phrase, balance_lines, cut_captions, split_phrases, write_srt, write_vtt
from studio.mixing.timeline import Caption, TimedWord

SAID = "Bà con ở xã Ia H'Drai thân mến, mỗi nhà nhận 12 kg gạo, 3 lít dầu; mời bà con đến nhà văn hóa thôn."


def caption(text, *, timed=True):
    words, at = [], 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        words.append(TimedWord(start, at, 1000 + start * 60, 1000 + at * 60))
    return Caption("NỮ", text, 1000, 1000 + len(text) * 60, text, 1, 1, tuple(words) if timed else ())


def test_a_phrase_begins_with_its_first_word():
    said = caption(SAID)
    phrases = cut_captions([said], most=50)
    assert " ".join(phrase.text for phrase in phrases) == SAID
    assert len(phrases) >= 2
    starts = {SAID[word.source_start : word.source_end]: word.start_ms for word in said.words}
    for phrase in phrases[1:]:
        place = SAID.index(phrase.text)
        assert phrase.start_ms == 1000 + place * 60
    assert starts["Bà"] == phrases[0].start_ms
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(phrases))


def test_phrases_end_at_punctuation_and_keep_names_and_amounts():
    texts = [SAID[a:b] for a, b in split_phrases(SAID, most=50)]
    assert all(text[-1] in ",;." for text in texts)
    for most in range(12, 60):
        texts = [SAID[a:b] for a, b in split_phrases(SAID, most=most)]
        assert any("Ia H'Drai" in text for text in texts)
        assert any("12 kg" in text for text in texts)


def test_without_times_of_words_a_phrase_begins_by_its_share():
    phrases = cut_captions([caption(SAID, timed=False)], most=50)
    assert phrases[1].start_ms == pytest.approx(1000 + SAID.index(phrases[1].text) * 60, abs=2)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("abcdefgh", min_size=1, max_size=9), min_size=1, max_size=12), st.integers(9, 40))
def test_no_other_break_is_less_ragged(words, width):
    lines = balance_lines(" ".join(words), width=width, measure=len, most=3)
    ways = []
    for breaks in product((False, True), repeat=len(words) - 1):
        made = [[words[0]]]
        for word, broken in zip(words[1:], breaks, strict=True):
            made.append([word]) if broken else made[-1].append(word)
        texts = [" ".join(line) for line in made]
        if len(texts) <= 3 and max(map(len, texts)) <= width:
            ways.append(texts)
    if lines is None:
        assert not ways
        return
    fewest = [way for way in ways if len(way) == min(map(len, ways))]
    assert sum((width - len(line)) ** 2 for line in lines) == min(
        sum((width - len(line)) ** 2 for line in way) for way in fewest
    )


def test_subtitle_files_say_the_same():
    phrases = [Phrase("Giá < 5.000 đồng & rẻ", 3_661_040, 3_662_000)]
    assert write_srt(phrases) == "1\n01:01:01,040 --> 01:01:02,000\nGiá < 5.000 đồng & rẻ\n\n"
    assert "01:01:01.040 --> 01:01:02.000\nGiá &lt; 5.000 đồng &amp; rẻ" in write_vtt(phrases)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Nó khoe với má: có anh kia quen trên mạng,", ["Nó khoe với má:", "có anh kia quen trên mạng,"]),
        (
            "Còn vay bao nhiêu là vừa, tôi khuyên thật lòng:",
            ["Còn vay bao nhiêu là vừa,", "tôi khuyên thật lòng:"],
        ),
        ("Đường đúng có không", ["Đường đúng có không"]),
        ("Lịch tiêm chủng cho trẻ em mang thai", ["Lịch tiêm chủng", "cho trẻ em mang thai"]),
        ("A, mời bà con nghe thông báo của xã", ["A, mời bà con nghe", "thông báo của xã"]),
    ],
)
def test_lines_end_with_a_mark_and_not_with_a_little_word(text, lines):
    assert balance_lines(text, width=30, measure=len) == lines
