"""The outside voice against a server on this machine that behaves as badly as a real one may."""

import base64
import io
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest

from assets.ffmpeg import find_ffmpeg, open_media, run_graph, write_sound
from studio.corrections.standing import NO_CORRECTIONS
from studio.production.hearing import hear_sentence
from studio.production.programme import make_programme, prepare_programme
from studio.production.speaking import speak_text
from studio.settings import read_settings
from studio.voices import gtts, registry
from studio.voices.cache import SpeechCache
from studio.voices.gtts import GttsVoice, Line
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
        if kind.isdigit():
            self.send_response(int(kind))
            self.send_header("Retry-After", "0")
            self.end_headers()
            return
        content = self.compose(kind)
        self.send_response(200)
        self.send_header("Content-Length", str(len(content) * (2 if kind == "half" else 1)))
        self.end_headers()
        self.wfile.write(content)

    def compose(self, kind: str) -> bytes:
        sound = self.server.sound[: len(self.server.sound) // 5] if kind == "clipped" else self.server.sound
        if kind == "garbage":
            sound = b"no sound at all " * 40
        coded = base64.b64encode(sound).decode()
        if kind == "nothing":
            return b")]}'\n\n[]\n"
        rows = [["wrb.fr", "jQ1olc", json.dumps([coded])]]
        return b")]}'\n\n" + json.dumps(rows, separators=(",", ":")).encode() + b"\n"

    def log_message(self, *_said: object) -> None:
        pass


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
def service(sound, monkeypatch) -> Iterator[Service]:
    monkeypatch.setattr(gtts, "TIMEOUT_S", (0.4, 0.4))
    served = Service(sound)
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield served
    served.released.set()
    served.shutdown()
    thread.join()
    served.server_close()


def quick(**changes) -> Line:
    return Line(**{"backoff_s": 0.01, "gap_s": 0.0, "closed_for_s": 0.3, **changes})


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


@pytest.mark.parametrize(
    ("script", "asked", "told"),
    [
        (["429"], 3, "HTTP 429"),
        (["503"], 3, "HTTP 503"),
        (["404"], 1, "HTTP 404"),
        (["hang"], 3, "không trả lời"),
        (["half"], 3, "không nối được"),
        (["garbage"], 1, "MediaUnreadable"),
        (["nothing"], 1, "không phải âm thanh"),
        (["clipped"], 1, "bị cụt"),
    ],
)
def test_what_ends_badly_leaves_nothing(service, script, asked, told, tmp_path):
    service.script = list(script)
    with pytest.raises(VoiceFailed) as failed:
        GttsVoice(service.address, quick()).speak(TEXT, rate=1.0, path=tmp_path / "a.wav")
    assert told in str(failed.value)
    assert len(service.bodies) == asked
    assert list(tmp_path.iterdir()) == []


def test_nobody_there(tmp_path):
    with pytest.raises(VoiceFailed, match="không nối được"):
        GttsVoice("http://127.0.0.1:9/", quick()).speak(TEXT, rate=1.0, path=tmp_path / "a.wav")


def test_a_service_that_asks_for_much_patience_is_not_waited_for(service, tmp_path):
    service.script = ["429"]
    line = quick(longest_wait_s=0.0)
    with pytest.raises(VoiceFailed):
        GttsVoice(service.address, line).speak(TEXT, rate=1.0, path=tmp_path / "a.wav")
    assert len(service.bodies) == 1


def test_the_breaker_opens_and_closes_again(service, tmp_path):
    service.script = ["404"]
    voice = GttsVoice(service.address, quick(opens_after=2))
    for _ in range(4):
        with pytest.raises(VoiceFailed):
            voice.speak(TEXT, rate=1.0, path=tmp_path / "a.wav")
    assert len(service.bodies) == 2
    service.script = ["sound"]
    time.sleep(0.35)
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
        assert made.engine == "gtts-1"
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
