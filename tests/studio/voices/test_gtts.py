"""The outside voice against a server on this machine that behaves as badly as a real one may."""

import base64
import io
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import pytest

import studio
from assets.ffmpeg import find_ffmpeg, open_media, run_graph, write_sound
from studio.corrections.standing import NO_CORRECTIONS
from studio.production.hearing import hear_sentence
from studio.production.programme import make_programme, prepare_programme
from studio.production.speaking import speak_text
from studio.settings import read_settings
from studio.voices import registry
from studio.voices.cache import SpeechCache
from studio.voices.gtts import GttsVoice
from studio.voices.line import ASKED_AGAIN, MAX_ANSWER_BYTES, Line, LineFailed, Outcome, read_wait
from studio.voices.mp3 import NoFrames, measure_frames
from studio.voices.registry import ConsentMissing, find_voice
from studio.voices.sound_file import read_wav
from studio.voices.tone import ToneVoice
from studio.voices.voice import VoiceFailed

TEXT = "Kính thưa bà con, hôm nay trời nắng đẹp."


class Service(ThreadingHTTPServer):
    """Answers each request with the next of `script`, the last one for ever."""

    daemon_threads = True

    def __init__(self, sound: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.sound = sound
        self.script: list[str] = ["sound"]
        self.bodies: list[str] = []
        self.released = threading.Event()
        self.waits: dict[str, str] = {}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/rpc"


class Answering(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        script = self.server.script
        kind = script.pop(0) if len(script) > 1 else script[0]
        if kind == "hang":
            self.server.released.wait(10)
            return
        status, _, wait = kind.partition(":")
        if status.isdigit():
            self.send_response(int(status))
            self.send_header("Retry-After", self.server.waits.get(wait, "0"))
            self.send_header("Location", self.server.address)
            self.end_headers()
            return
        content = self.compose(kind)
        if kind == "drip head":
            self.drip(b"HTTP/1.1 200 OK\r\nServer: " + b"x" * 1000)
            return
        self.send_response(200)
        self.send_header("Content-Type", {"page": "text/html"}.get(kind, "\xff;;=garbage/"))
        self.send_header("Content-Length", str(len(content) * (2 if kind == "half" else 1)))
        self.end_headers()
        if kind == "drip":
            self.drip(content)
        else:
            self.wfile.write(content)

    def drip(self, content: bytes) -> None:
        """A byte at a time, each well before the reader loses patience."""
        with suppress(OSError):
            for byte in content:
                if self.server.released.wait(0.05):
                    return
                self.wfile.write(bytes([byte]))

    def compose(self, kind: str) -> bytes:
        whole = self.server.sound
        sound = {
            "garbage": b"no sound at all " * 40,
            "cut": whole[: len(whole) * 4 // 5 + 7],
            "short": whole_frames(whole, len(whole) // 5),
        }.get(kind, whole)
        match kind:
            case "nothing":
                return b")]}'\n\n[]\n"
            case "page":
                return b"<!doctype html><title>Wi-Fi</title>"
            case "not base64":
                return b'[["wrb.fr","jQ1olc","[\\"abc\\"]"]]'
            case "large":
                return b" " * (MAX_ANSWER_BYTES + 1)
        rows = [["wrb.fr", "jQ1olc", json.dumps([base64.b64encode(sound).decode()])]]
        return b")]}'\n\n" + json.dumps(rows, separators=(",", ":")).encode() + b"\n"

    def log_message(self, *_said: object) -> None:
        pass


def whole_frames(sound: bytes, at_least: int) -> bytes:
    """The first frames of `sound`: nothing in them says that more should follow."""
    for size in range(at_least, len(sound)):
        with suppress(NoFrames):
            measure_frames(sound[:size])
            return sound[:size]
    raise AssertionError


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> bytes:
    """The text as an MP3 of 24 kHz, as the service sends it."""
    folder = tmp_path_factory.mktemp("sound")
    ToneVoice().speak(TEXT, rate=1.0, path=folder / "a.wav")
    assert find_ffmpeg()
    stream = open_media(folder / "a.wav")["a:0"]
    run_graph([write_sound(stream, folder / "a.mp3", container="mp3", ar=24_000)], timeout_s=30)
    return (folder / "a.mp3").read_bytes()


@pytest.fixture
def service(sound) -> Iterator[Service]:
    served = Service(sound)
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield served
    served.released.set()
    served.shutdown()
    thread.join()
    served.server_close()


def quick(**changes) -> Line:
    return Line(
        **{"backoff_s": 0.01, "gap_s": 0.0, "closed_for_s": 1.0, "silence_s": 0.5, "answer_s": 2.0, **changes}
    )


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


@pytest.fixture
def outside(service, monkeypatch) -> Service:
    """The voice by its name, on this machine's service."""
    find_voice.cache_clear()
    monkeypatch.setattr(registry, "_make_gtts", lambda: GttsVoice(service.address, quick()))
    registry._makers.cache_clear()
    yield service
    find_voice.cache_clear()
    registry._makers.cache_clear()


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
