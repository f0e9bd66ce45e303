"""What directions do to real sound: length, level and pitch, measured in the samples alone."""

import numpy as np
import pytest

from assets.loudness import measure_loudness
from studio.production.passages import list_requests, read_passages
from studio.production.programme import make_programme, prepare_programme
from studio.scripts.directions import DIRECTIONS, combine_directions
from studio.settings import read_settings
from studio.voices import espeak
from studio.voices.cache import SpeechCache, SpeechRequest
from studio.voices.piper import raise_pitch
from studio.voices.registry import find_voice
from studio.voices.sound_file import read_wav
from studio.voices.voice import HIGHEST, LOWEST, PitchUnusable
from tests.studio.voices.test_espeak import SENTENCE, find_onsets_ms, pitch_hz

TEXT = f"{SENTENCE} Bà con đến nhà văn hoá thôn lúc bảy giờ sáng."


def speak(voice, path, text=TEXT, rate=1.0, pitch=1.0):
    words = voice.speak(text, rate=rate, pitch=pitch, path=path)
    with path.open("rb") as file:
        pcm, rate_hz = read_wav(file)
    return np.frombuffer(pcm, "<i2") / 32768, rate_hz, words


def find_pitch(samples, rate_hz):
    """The median in hertz, and how far the tones spread around it in semitones."""
    heard = pitch_hz(samples, rate_hz)
    semitones = 12 * np.log2(heard / np.median(heard))
    return np.median(heard), np.std(semitones[np.abs(semitones) < 10])


@pytest.mark.parametrize("name", espeak.VOLUMES)
@pytest.mark.parametrize("pitch", [0.85, 0.9, 1.1, 1.18])
def test_the_pitch_moves_as_asked_and_neither_pace_nor_tones_with_it(name, pitch, tmp_path):
    plain, rate_hz, _ = speak(find_voice(name), tmp_path / "a.wav")
    bent, _, _ = speak(find_voice(name), tmp_path / "b.wav", pitch=pitch)
    own_hz, own_spread = find_pitch(plain, rate_hz)
    bent_hz, bent_spread = find_pitch(bent, rate_hz)
    assert bent_hz / own_hz == pytest.approx(pitch, rel=0.04)
    assert bent_spread == pytest.approx(own_spread, rel=0.2)
    assert len(bent) == pytest.approx(len(plain), rel=0.02)
    assert np.abs(bent).max() < 0.8


def test_tones_and_the_outside_service_bend_too(tmp_path, service):
    from studio.voices.gtts import GttsVoice
    from tests.studio.outside import quick

    for voice in (find_voice("tone"), GttsVoice(service.address, quick())):
        plain, rate_hz, _ = speak(voice, tmp_path / "a.wav", "Kính thưa bà con, hôm nay trời nắng đẹp.")
        for pitch in (0.9, 1.1):
            bent, _, _ = speak(
                voice, tmp_path / "b.wav", "Kính thưa bà con, hôm nay trời nắng đẹp.", pitch=pitch
            )
            moved = find_pitch(bent, rate_hz)[0] / find_pitch(plain, rate_hz)[0]
            assert moved == pytest.approx(pitch, rel=0.04)
            assert len(bent) == pytest.approx(len(plain), rel=0.05)


def test_a_model_bends_too(piper_voice, tmp_path):
    """Its sound is played faster or slower: told on a pure tone, for a creaking voice has no one pitch."""
    tone = np.round(8000 * np.sin(2 * np.pi * 200 * np.arange(22_050) / 22_050)).astype(np.int16)
    for pitch in (0.9, 1.1):
        assert find_pitch(raise_pitch(tone, pitch) / 32768, 22_050)[0] == pytest.approx(200 * pitch, rel=0.01)
    text = "The district radio reads the news of the commune, every morning at five."
    plain, _, _ = speak(piper_voice, tmp_path / "a.wav", text)
    for pitch in (0.9, 1.1):
        bent, _, words = speak(piper_voice, tmp_path / "b.wav", text, pitch=pitch)
        assert len(bent) == pytest.approx(len(plain), rel=0.05)
        assert not np.array_equal(bent[: len(plain)], plain[: len(bent)])
        assert words[-1].end_ms <= len(bent) * 1000 / 22_050 + 1


@pytest.mark.parametrize("pitch", [LOWEST - 0.01, HIGHEST + 0.01, float("nan"), 0.0])
def test_a_pitch_out_of_bounds_is_refused(pitch, tmp_path):
    for name in ("vi-north-f", "tone", "recorded"):
        with pytest.raises(PitchUnusable):
            find_voice(name).speak("một", rate=1.0, pitch=pitch, path=tmp_path / "a.wav")


def test_the_cache_tells_pitches_apart_and_keeps_what_has_none(tmp_path):
    plain = SpeechRequest("một", "vi-north-f")
    assert plain.key == SpeechRequest("một", "vi-north-f", pitch=1.0).key
    assert plain.key != SpeechRequest("một", "vi-north-f", pitch=1.1).key
    cache = SpeechCache(tmp_path)
    assert cache.speak(SpeechRequest("một", "vi-north-f", pitch=1.1)).path != cache.speak(plain).path


SCRIPT = """---
tiêu đề: Cách đọc
giọng: {{NỮ: vi-north-f}}
---
NỮ{directions}: {text}
"""


@pytest.mark.parametrize(
    "words", ["trầm", "cao", "nhỏ", "to", "rất chậm", "nhanh", "nhấn mạnh", "trầm, chậm"]
)
def test_a_direction_in_a_script_is_heard(words, tmp_path):
    """Level is measured in the mix before it is mastered: the gain of the voice's clip."""
    settings = read_settings({}, home=tmp_path / "home")
    asked = combine_directions(words)

    def voice(directions):
        draft = prepare_programme(
            SCRIPT.format(directions=directions, text=TEXT), settings=settings, presets=["web"]
        )
        (read,) = read_passages(draft.document)
        spoken = SpeechCache(tmp_path / "speech").speak_all(list_requests([read]), workers=2)
        with spoken[0].path.open("rb") as file:
            pcm, rate_hz = read_wav(file)
        return np.frombuffer(pcm, "<i2") / 32768, rate_hz, read.passage.delivery

    plain, rate_hz, _ = voice("")
    directed, _, delivery = voice(f" ({words})")
    assert delivery == asked
    assert len(plain) / len(directed) == pytest.approx(asked.rate, rel=0.05)
    moved = find_pitch(directed, rate_hz)[0] / find_pitch(plain, rate_hz)[0]
    assert moved == pytest.approx(asked.pitch, rel=0.04)


def test_levels_differ_in_the_finished_file_by_as_many_decibels(tmp_path):
    """Two passages of the same words, one of them soft: measured where each is heard."""
    settings = read_settings({}, home=tmp_path / "home")
    text = SCRIPT.format(directions="", text=TEXT) + f"\nNỮ (nhỏ): {TEXT}\n"
    draft = prepare_programme(text, settings=settings, presets=["web"])
    target = tmp_path / "a.wav"
    made = make_programme(draft, {"web": tmp_path / "a.mp3"}, settings=settings, progress=lambda *_: None)
    from assets.ffmpeg import open_media, run_graph, write_sound

    halves = []
    clips = made.timeline.voices
    for first, last in ((clips[0], clips[1]), (clips[2], clips[3])):
        stream = open_media(tmp_path / "a.mp3")["a:0"].filter(
            "atrim", start=first.start_ms / 1000, end=(last.start_ms + last.duration_ms) / 1000
        )
        run_graph([write_sound(stream, target, container="wav")], timeout_s=30)
        halves.append(measure_loudness(target).integrated_lufs)
    assert halves[1] - halves[0] == pytest.approx(DIRECTIONS["nhỏ"].gain_db, abs=0.7)


@pytest.mark.parametrize("rate", [0.7, 1.3])
def test_words_begin_when_the_sound_does_also_when_slow_or_fast(rate, tmp_path):
    """As at the house pace: found in the sound alone. What begins with closed lips is met latest."""
    spoken = "Năm, mười, hai, bà, nhà, lúa, vườn, mưa, rừng, bò, làng, mía, gạo."
    samples, rate_hz, words = speak(find_voice("vi-north-f"), tmp_path / "a.wav", spoken, rate)
    onsets_ms = find_onsets_ms(samples, rate_hz)
    assert len(onsets_ms) == len(words) == 13
    apart_ms = [abs(word.start_ms - onset) for word, onset in zip(words, onsets_ms, strict=True)]
    assert max(apart_ms) <= 80 / rate, apart_ms
