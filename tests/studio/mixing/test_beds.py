"""The bundled beds under real voices: far below every syllable, and without a seam however long they play."""

import numpy as np
import pytest

from assets.models import AssetKind
from assets.sounds.library import bundled_sounds
from studio.mixing.reel import record_reel
from studio.mixing.timeline import BedSpan, Timeline, VoiceClip
from studio.voices.cache import SpeechCache, SpeechRequest
from tests.studio.mixing.test_timelines import SOUNDING_LU, UNDER_SPEECH_DB, mix_all, momentary

BEDS = [name for name, sound in bundled_sounds().items() if sound.kind == AssetKind.BED]
SENTENCES = (
    ("Kính thưa bà con, hôm nay chúng ta nói về vay vốn chính sách cho hộ nghèo.", "vi-north-f"),
    ("Lãi suất thấp, thủ tục đơn giản, vay đến 100 triệu đồng.", "vi-south-m"),
    ("Xin mời bà con đến nhà văn hoá thôn vào tối thứ sáu.", "vi-central-f"),
)


@pytest.fixture(scope="module")
def voiced(tmp_path_factory):
    requests = [SpeechRequest(text, voice) for text, voice in SENTENCES]
    cache = SpeechCache(tmp_path_factory.mktemp("speech"))
    return [
        (request.voice, spoken)
        for request, spoken in zip(
            requests, cache.speak_all(requests, workers=1, progress=lambda *_: None), strict=True
        )
    ]


@pytest.mark.parametrize("name", BEDS)
def test_a_bed_stays_under_every_syllable_of_a_real_voice(name, voiced, tmp_path):
    clips, at = [], 2000
    for voice, spoken in voiced * 2:
        clips.append(VoiceClip(spoken.path, at, spoken.duration_ms, voice))
        at += spoken.duration_ms + 350
    bed = BedSpan(bundled_sounds()[name].path, 0, at + 2000, 400, 2000, -6.0)
    timeline = Timeline(at + 2000, tuple(clips), (), (bed,), (), ())
    takes = record_reel(timeline, tmp_path)
    under = mix_all(Timeline(at + 2000, (), (), (bed,), (), ()), takes)
    speech = mix_all(Timeline(at + 2000, tuple(clips), (), (), (), ()), takes)
    bed_alone = mix_all(timeline, takes) - speech
    for clip in clips:
        window = slice(clip.start_ms * 48, clip.end_ms * 48)
        said, played = momentary(speech[window]), momentary(bed_alone[window])
        sounding = said > said.max() - SOUNDING_LU
        assert (said - played)[sounding].min() >= UNDER_SPEECH_DB
    assert momentary(under).max() == pytest.approx(-29, abs=0.3)


@pytest.mark.parametrize("name", BEDS)
def test_a_bed_goes_round_without_a_seam(name, tmp_path):
    """Where it begins again it steps no further than just before and after."""
    sound = bundled_sounds()[name]
    end_ms = 2 * sound.duration_ms + 1000
    bed = BedSpan(sound.path, 0, end_ms, 5, 5, 0.0)
    timeline = Timeline(end_ms, (), (), (bed,), (), ())
    takes = record_reel(timeline, tmp_path)
    frames = takes[sound.path].frames
    assert frames == pytest.approx(sound.duration_ms * 48, abs=24)  # not shortened: it closes by itself
    steps = np.abs(np.diff(mix_all(timeline, takes), axis=0)).max(axis=1)
    for turn in (1, 2):
        seam = turn * frames - 1
        assert steps[seam] <= max(steps[seam - 2400 : seam].max(), steps[seam + 1 : seam + 2400].max())
