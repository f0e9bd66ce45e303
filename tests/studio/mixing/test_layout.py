import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.mixing.layout import (
    BED_FADE_OUT_MS,
    BED_LEAD_MS,
    BREATH_MS,
    HEAD_MS,
    MUSIC_ROOM_MS,
    SENTENCE_GAP_MS,
    TAIL_MS,
    TURN_GAP_MS,
    NothingToHear,
    RecordingNotAtHand,
    SoundNotAtHand,
    SpokenPassage,
    gap_after,
    lay_out,
)
from studio.mixing.mixer import JOIN_GRID_MS
from studio.scripts.document import (
    BedOff,
    BedOn,
    Breath,
    Header,
    Heading,
    Passage,
    Pause,
    Recording,
    ScriptDocument,
    Signature,
    Sting,
)
from studio.speech.reader import read_text
from studio.voices.voice import WordTiming
from tests.studio.mixing.pieces import Piece, make_passage, make_spoken

SOUNDS = {
    name: Piece(Path(name), ms)
    for name, ms in {"open": 5000, "bell": 1200, "flute": 8000, "zither": 7000}.items()
}
RECORDINGS = {"gia-rai.mp3": Piece(Path("gia-rai.mp3"), 60_000)}
ONE, TWO = make_passage("NỮ", "Một. Hai.", 3), make_passage("NAM", "Ba.", 5, gain_db=-2.0)


def voice(passage, *sounds):
    return SpokenPassage(passage, tuple(zip(read_text(passage.text).sentences, sounds, strict=True)))


SPOKEN = {
    ONE: voice(ONE, make_spoken("1", 1001), make_spoken("2", 2002)),
    TWO: voice(TWO, make_spoken("3", 3003)),
}


def lay(*cues):
    document = ScriptDocument(Header("Thử"), cues)
    return lay_out(document, [SPOKEN[cue] for cue in cues if isinstance(cue, Passage)], SOUNDS, RECORDINGS)


def gaps(timeline):
    sounding = sorted((clip.start_ms, clip.duration_ms) for clip in (*timeline.voices, *timeline.music))
    ends = [0] + [start + length for start, length in sounding]
    return [start - end for (start, _), end in zip(sounding, ends, strict=False)]


def test_sentences_and_turns():
    timeline = lay(ONE, TWO)
    assert gaps(timeline) == [HEAD_MS, SENTENCE_GAP_MS, TURN_GAP_MS]
    assert timeline.duration_ms == HEAD_MS + 1001 + SENTENCE_GAP_MS + 2002 + TURN_GAP_MS + 3003 + TAIL_MS
    assert [clip.level_group for clip in timeline.voices] == ["voice-NỮ", "voice-NỮ", "voice-NAM"]
    assert [clip.gain_db for clip in timeline.voices] == [0, 0, -2.0]


@pytest.mark.parametrize(
    ("between", "gap"),
    [
        ([Pause(1500, 4)], 1500),
        ([Breath(4), Pause(100, 4), Breath(4)], 100),
        ([Pause(1000, 4), Pause(500, 4)], 1500),
        ([BedOff(4)], TURN_GAP_MS),
    ],
)
def test_what_lies_between_two_passages(between, gap):
    assert gaps(lay(ONE, *between, TWO))[2] == gap


@pytest.mark.parametrize(
    ("between", "gap"),
    [
        ([Breath(4)], BREATH_MS),
        ([Breath(4), Heading("Tin", 4), Breath(4)], BREATH_MS),
        ([BedOn("flute", 4)], TURN_GAP_MS + BED_LEAD_MS),
    ],
)
def test_after_a_breath_speech_begins_on_the_grid_of_joins(between, gap):
    timeline = lay(ONE, *between, TWO)
    assert gap <= gaps(timeline)[2] < gap + JOIN_GRID_MS
    assert timeline.voices[2].start_ms % JOIN_GRID_MS == 0


@pytest.mark.parametrize(
    ("spoken", "gap"),
    [
        ("Hết.", 350),
        ("Hết", 350),
        ("Ai?", 450),
        ("“Ai?”", 450),
        ("Thế…", 550),
        ("Thế...", 550),
        ("Nhanh lên!", 400),
        ("Gồm:", 300),
        ("(một;)", 300),
        ("", 350),
        ("”", 350),
    ],
)
def test_the_silence_after_a_sentence_follows_its_last_mark(spoken, gap):
    assert gap_after(spoken) == gap


def test_music_has_room_around_it():
    timeline = lay(Signature("open", 1), ONE, Sting("bell", 4), TWO)
    assert gaps(timeline) == [HEAD_MS, MUSIC_ROOM_MS, SENTENCE_GAP_MS, MUSIC_ROOM_MS, MUSIC_ROOM_MS]
    assert [clip.duration_ms for clip in timeline.music] == [5000, 1200]


def test_a_bed_lasts_until_it_is_ended():
    timeline = lay(BedOn("flute", 1), ONE, BedOff(4), TWO)
    (bed,) = timeline.beds
    second = timeline.voices[1]
    assert bed.start_ms == HEAD_MS
    assert bed.end_ms == second.start_ms + second.duration_ms + TURN_GAP_MS + BED_FADE_OUT_MS


def test_a_new_bed_fades_in_while_the_old_one_fades_out():
    first, second = lay(BedOn("flute", 1), ONE, BedOn("zither", 4), TWO).beds
    assert first.end_ms == second.start_ms + BED_FADE_OUT_MS


def test_a_bed_left_on_ends_with_the_programme():
    timeline = lay(BedOn("flute", 1), TWO)
    end = timeline.voices[0].start_ms + 3003
    assert timeline.duration_ms == timeline.beds[0].end_ms == end + TAIL_MS + BED_FADE_OUT_MS


def test_a_pause_at_the_end_is_kept():
    assert lay(TWO, Pause(4000, 6)).duration_ms == HEAD_MS + 3003 + 4000


def test_chapters_begin_with_what_sounds_next():
    timeline = lay(
        Heading("Mở đầu", 1), Signature("open", 2), Heading("Tin", 3), Breath(4), TWO, Heading("Cuối", 9)
    )
    assert [(chapter.title, chapter.start_ms) for chapter in timeline.chapters] == [
        ("Mở đầu", HEAD_MS),
        ("Tin", timeline.voices[0].start_ms),
        ("Cuối", timeline.duration_ms),
    ]


def test_captions_are_in_step():
    timeline = lay(ONE, TWO)
    assert [(c.role, c.text) for c in timeline.captions] == [("NỮ", "Một."), ("NỮ", "Hai."), ("NAM", "Ba.")]
    assert [(c.source, c.line, c.column) for c in timeline.captions] == [
        ("Một.", 3, 1),
        ("Hai.", 3, 6),
        ("Ba.", 5, 1),
    ]
    assert [(c.start_ms, c.end_ms - c.start_ms) for c in timeline.captions] == [
        (clip.start_ms, clip.duration_ms) for clip in timeline.voices
    ]


def test_every_written_word_knows_when_it_sounds():
    passage = make_passage("NỮ", "Xin chào. UBND xã chi 12 tỷ, mai họp.", 7, breaks=(28,))
    spending = read_text(passage.text).sentences[1]
    assert spending.spoken == "ủy ban nhân dân xã chi mười hai tỷ, mai họp."
    words = tuple(
        WordTiming(match.start(), match.end(), 100 * number, 100 * number + 90)
        for number, match in enumerate(re.finditer(r"[^\W_]+", spending.spoken))
    )
    sounds = (make_spoken("a", 500), replace(make_spoken("b", 1100), words=words))
    document = ScriptDocument(Header("Thử"), (passage,))
    first, second = lay_out(document, [voice(passage, *sounds)], {}, {}).captions
    assert (first.words, second.line, second.column) == ((), 7, 11)
    assert second.source == "UBND xã chi 12 tỷ, mai họp."
    start = second.start_ms
    assert [
        (second.source[w.source_start : w.source_end], w.start_ms - start, w.end_ms - start)
        for w in second.words
    ] == [
        ("UBND", 0, 390),
        ("xã", 400, 490),
        ("chi", 500, 590),
        ("12", 600, 790),
        ("tỷ", 800, 890),
        ("mai", 900, 990),
        ("họp", 1000, 1090),
    ]


def test_a_sentence_on_a_later_line_knows_its_place():
    passage = make_passage("NỮ", "Xin chào bà con. Mai họp.", 7, breaks=(9, 17))
    assert [passage.locate(place) for place in (0, 8, 9, 16, 17, 24)] == [
        (7, 1), (7, 9), (8, 1), (8, 8), (9, 1), (9, 8)
    ]  # fmt: skip


def test_a_recording_speaks_for_itself():
    timeline = lay(ONE, Recording("gia-rai.mp3", 4), TWO)
    assert [clip.level_group for clip in timeline.voices][2] == "recording gia-rai.mp3"
    assert gaps(timeline)[2] == TURN_GAP_MS
    assert BREATH_MS <= gaps(timeline)[3] < BREATH_MS + JOIN_GRID_MS


def test_what_is_missing_is_named_with_its_line():
    with pytest.raises(SoundNotAtHand, match=r"7.*trong.*bell"):
        lay(ONE, Sting("bel", 7))
    with pytest.raises(RecordingNotAtHand, match=r"8.*x\.mp3"):
        lay(Recording("x.mp3", 8))
    with pytest.raises(NothingToHear):
        lay(Heading("Chỉ có tiêu đề", 1), BedOn("flute", 2))
    with pytest.raises(ValueError, match="line 3"):
        lay_out(ScriptDocument(Header("x"), (ONE,)), [], SOUNDS, RECORDINGS)


CUES = [ONE, TWO, Breath(1), Pause(700, 1), Heading("A", 1), BedOn("flute", 1), BedOn("zither", 1), BedOff(1)]
CUES += [Sting("bell", 1), Signature("open", 1), Recording("gia-rai.mp3", 1)]


@settings(max_examples=60, deadline=None)
@given(cues=st.lists(st.sampled_from(CUES), max_size=14))
def test_any_order_of_cues_is_a_sound_timeline(cues):
    timeline = lay(ONE, *cues)
    assert all(gap >= 100 for gap in gaps(timeline))
    ends = [clip.start_ms + clip.duration_ms for clip in (*timeline.voices, *timeline.music)]
    ends += [bed.end_ms for bed in timeline.beds]
    assert max(ends) <= timeline.duration_ms
    starts = [chapter.start_ms for chapter in timeline.chapters]
    assert starts == sorted(starts)
    assert all(bed.start_ms < bed.end_ms for bed in timeline.beds)
