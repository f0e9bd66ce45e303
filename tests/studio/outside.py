"""A service on this machine that stands in for the outside one, and behaves as badly as a real one may."""

import base64
import json
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

from assets.ffmpeg import open_media, run_graph, write_sound
from studio.voices.line import MAX_ANSWER_BYTES, Line
from studio.voices.mp3 import NoFrames, measure_frames
from studio.voices.tone import ToneVoice
from studio.voices.voice import find_words

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
        self.speak: Callable[[str], bytes] | None = None
        """The sound of a text; without it, `sound` is answered whatever was asked."""

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
        if self.server.speak:
            self.server.sound = self.server.speak(text_of(self.server.bodies[-1]))
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


def text_of(body: str) -> str:
    """What a request asks to be said."""
    (request,) = parse_qs(body)["f.req"]
    return str(json.loads(json.loads(request)[0][0][1])[0])


def speak_in_tones(folder: Path) -> Callable[[str], bytes]:
    """Any text as tones, as an MP3 of 24 kHz; also the pieces without a word that gTTS may cut."""

    def speak(text: str) -> bytes:
        ToneVoice().speak(text if find_words(text) else "a", rate=1.0, path=folder / "a.wav")
        stream = open_media(folder / "a.wav")["a:0"]
        run_graph([write_sound(stream, folder / "a.mp3", container="mp3", ar=24_000)], timeout_s=30)
        return (folder / "a.mp3").read_bytes()

    return speak


def whole_frames(sound: bytes, at_least: int) -> bytes:
    """The first frames of `sound`: nothing in them says that more should follow."""
    for size in range(at_least, len(sound)):
        with suppress(NoFrames):
            measure_frames(sound[:size])
            return sound[:size]
    raise AssertionError


def quick(**changes) -> Line:
    return Line(
        **{"backoff_s": 0.01, "gap_s": 0.0, "closed_for_s": 1.0, "silence_s": 0.5, "answer_s": 2.0, **changes}
    )
