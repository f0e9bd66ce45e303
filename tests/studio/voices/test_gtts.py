"""The outside voice against a server on this machine that behaves as badly as a real one may."""

import io
import re
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest

import studio
from studio.corrections.standing import NO_CORRECTIONS
from studio.production.hearing import hear_sentence
from studio.production.programme import make_programme, prepare_programme
from studio.production.speaking import speak_text
from studio.settings import read_settings
from studio.voices.cache import SpeechCache
from studio.voices.gtts import GttsVoice
from studio.voices.line import ASKED_AGAIN, LineFailed, Outcome, read_wait
from studio.voices.registry import ConsentMissing
from studio.voices.sound_file import read_wav
from studio.voices.voice import VoiceFailed
from tests.studio.outside import TEXT, quick


@pytest.mark.parametrize(
    ("script", "asked"),
    [
        (["sound"], 1),
        (["429", "sound"], 2),
        (["503", "429", "sound"], 3),
        (["hang", "sound"], 2),
        (["half", "sound"], 2),
    ],
)
def test_what_ends_well(service, script, asked, tmp_path):
    service.script = list(script)
    words = GttsVoice(service.address, quick()).speak(TEXT, rate=1.0, path=tmp_path / "a.wav")
    pcm, rate_hz = read_wav(io.BytesIO((tmp_path / "a.wav").read_bytes()))
    assert rate_hz == 24_000
    duration_ms = len(pcm) // 2 * 1000 // rate_hz
    assert duration_ms == pytest.approx(9 * 350, abs=120)
    assert [TEXT[word.start : word.end] for word in words] == TEXT.replace(",", "").strip(".").split()
    assert all(one.end_ms == other.start_ms for one, other in pairwise(words))
    assert (words[0].start_ms, words[-1].end_ms) == (0, pytest.approx(duration_ms, abs=1))
    assert len(service.bodies) == asked
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


ENDS_BADLY = {
    Outcome.BUSY: (["429"], 3),
    Outcome.BROKEN: (["503"], 3),
    Outcome.SILENT: (["hang"], 3),
    Outcome.SLOW: (["drip"], 2),
    Outcome.BROKEN_OFF: (["half"], 3),
    Outcome.REFUSED: (["404"], 1),
    Outcome.TOO_LARGE: (["large"], 1),
    Outcome.PAGE: (["page"], 1),
    Outcome.NO_SOUND: (["nothing"], 1),
    Outcome.GARBAGE: (["garbage"], 1),
    Outcome.CUT: (["cut"], 1),
}
"""What the service does, and how often it is then asked when two tries (three if it is quick) are allowed."""


@pytest.mark.parametrize(
    ("outcome", "script", "asked"),
    [
        *((outcome, *told) for outcome, told in ENDS_BADLY.items()),
        (Outcome.SLOW, ["drip head"], 2),
        (Outcome.REFUSED, ["302"], 1),
        (Outcome.NO_SOUND, ["not base64"], 1),
        (Outcome.CUT, ["short"], 1),
        (Outcome.BROKEN, ["500", "502", "599"], 3),
    ],
)
def test_what_ends_badly_says_how_and_leaves_nothing(service, outcome, script, asked, tmp_path):
    service.script = list(script)
    line = quick(tries=2, answer_s=0.6) if outcome is Outcome.SLOW else quick()
    with pytest.raises(VoiceFailed) as failed:
        GttsVoice(service.address, line).speak(TEXT, rate=1.0, path=tmp_path / "a.wav")
    cause = failed.value.__cause__
    assert isinstance(cause, LineFailed)
    assert cause.outcome is outcome
    assert str(cause) in str(failed.value)
    assert len(service.bodies) == asked
    assert (asked > 1) == (outcome in ASKED_AGAIN)
    assert list(tmp_path.iterdir()) == []


def test_the_documented_outcomes_are_those_of_the_code():
    page = (Path(studio.__path__[0]).parent / "docs/voices.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \|.*\| (yes|no|–) \|$", page, re.MULTILINE)
    assert [name for name, _ in rows] == list(Outcome)
    assert {name for name, again in rows if again == "yes"} == ASKED_AGAIN
    tested_elsewhere = {Outcome.SOUND, Outcome.UNREACHABLE, Outcome.RESTING}
    assert {*ENDS_BADLY} | tested_elsewhere == {*Outcome}


def test_nobody_there(tmp_path):
    with pytest.raises(VoiceFailed, match="không nối được"):
        GttsVoice("http://127.0.0.1:9/", quick()).speak(TEXT, rate=1.0, path=tmp_path / "a.wav")


@pytest.mark.parametrize("written", ["seconds", "date"])
def test_a_service_that_asks_for_patience_is_given_it_within_bounds(service, written, tmp_path):
    now = datetime.now(UTC)
    service.waits = {
        "seconds": "1",
        "date": format_datetime(now + timedelta(seconds=2), usegmt=True),
        "long seconds": "3600",
        "long date": format_datetime(now + timedelta(hours=1), usegmt=True),
    }
    service.script = [f"429:{written}", "sound"]
    begun = time.monotonic()
    GttsVoice(service.address, quick()).speak(TEXT, rate=1.0, path=tmp_path / "a.wav")
    assert time.monotonic() - begun >= 0.9
    service.script = [f"429:long {written}"]
    with pytest.raises(VoiceFailed, match="429"):
        GttsVoice(service.address, quick()).speak(TEXT, rate=1.0, path=tmp_path / "a.wav")
    assert len(service.bodies) == 3


@pytest.mark.parametrize(
    ("asked", "wait_s"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("Wed, 21 Oct 2015 07:28:09 GMT", 9),
        ("Wed, 21 Oct 2015 07:28:09 -0000", 9),
        ("Wed, 21 Oct 2015 07:27:00 GMT", 0),
        ("tomorrow", 0),
        ("-5", 0),
        ("٧", 0),
        ("1" * 5000, 111_111_111),
        ("", 0),
    ],
)
def test_patience_is_asked_for_in_seconds_or_by_a_date_of_the_service(asked, wait_s):
    assert read_wait({"Retry-After": asked, "Date": "Wed, 21 Oct 2015 07:28:00 GMT"}) == wait_s


def test_the_breaker_opens_and_closes_again(service, tmp_path):
    service.script = ["404"]
    voice = GttsVoice(service.address, quick(opens_after=2))
    for _ in range(4):
        with pytest.raises(VoiceFailed):
            voice.speak(TEXT, rate=1.0, path=tmp_path / "a.wav")
    assert len(service.bodies) == 2
    with pytest.raises(VoiceFailed, match="tạm nghỉ sau 2 lần"):
        voice.speak(TEXT, rate=1.0, path=tmp_path / "a.wav")
    service.script = ["sound"]
    time.sleep(1.05)
    assert voice.speak(TEXT, rate=1.0, path=tmp_path / "a.wav")


def test_a_long_sentence_goes_in_parts(service, tmp_path):
    GttsVoice(service.address, quick()).speak(f"{TEXT} " * 6, rate=1.0, path=tmp_path / "a.wav")
    assert len(service.bodies) > 2


def test_rate_stretches_the_sound(service, tmp_path):
    lengths = []
    for rate in (1.0, 0.8):
        words = GttsVoice(service.address, quick()).speak(TEXT, rate=rate, path=tmp_path / "a.wav")
        lengths.append(words[-1].end_ms)
    assert lengths[1] == pytest.approx(lengths[0] / 0.8, rel=0.03)


SCRIPT = f"""---
title: Thử
theme: 1
audience: 1
form: 2.radio
voices: {{NỮ: gtts}}
---
NỮ: {TEXT}

{TEXT}
"""


def test_nothing_leaves_the_house_without_consent(outside, tmp_path):
    settings = read_settings({}, home=tmp_path)
    draft = prepare_programme(SCRIPT, settings=settings, presets=["web"])
    with pytest.raises(ConsentMissing, match="LOA_GTTS_CONSENT"):
        make_programme(draft, {"web": tmp_path / "a.mp3"}, settings=settings, progress=lambda *_: None)
    with pytest.raises(ConsentMissing):
        speak_text(TEXT, tmp_path / "a.wav", engine="gtts", voice="", rate=1.0, settings=settings)
    with pytest.raises(ConsentMissing):
        hear_sentence(SCRIPT, NO_CORRECTIONS, script="", line=10, column=1, settings=settings)
    assert outside.bodies == []


def test_a_programme_is_voiced_once_and_kept(outside, tmp_path):
    settings = read_settings({"LOA_GTTS_CONSENT": "yes"}, home=tmp_path)
    draft = prepare_programme(SCRIPT, settings=settings, presets=["web"])
    for _ in range(2):
        made = make_programme(draft, {"web": tmp_path / "a.mp3"}, settings=settings, progress=lambda *_: None)
        assert made.engine == GttsVoice.version
    assert len(outside.bodies) == 1  # the sentence stands twice


def test_a_programme_whose_service_fails_is_not_made(outside, tmp_path):
    outside.script = ["sound", "404"]
    settings = read_settings({"LOA_GTTS_CONSENT": "yes"}, home=tmp_path)
    draft = prepare_programme(SCRIPT + "\nCâu cuối cùng.\n", settings=settings, presets=["web"])
    with pytest.raises(VoiceFailed):
        make_programme(draft, {"web": tmp_path / "a.mp3"}, settings=settings, progress=lambda *_: None)
    assert not (tmp_path / "a.mp3").exists()
    cache = SpeechCache(settings.cache / "speech")
    assert [path.suffix for path in cache.folder.rglob("*") if path.is_file()] == [".wav"]
