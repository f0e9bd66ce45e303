"""The outside voice on a service of this machine, for every room that speaks."""

import threading
from collections.abc import Iterator

import pytest

from assets.ffmpeg import open_media, run_graph, write_sound
from studio.voices import registry
from studio.voices.gtts import GttsVoice
from studio.voices.registry import find_voice
from studio.voices.tone import ToneVoice
from tests.studio.outside import TEXT, Service, quick


@pytest.fixture(scope="session")
def service_sound(tmp_path_factory) -> bytes:
    """The text as an MP3 of 24 kHz, as the service sends it."""
    folder = tmp_path_factory.mktemp("sound")
    ToneVoice().speak(TEXT, rate=1.0, path=folder / "a.wav")
    stream = open_media(folder / "a.wav")["a:0"]
    run_graph([write_sound(stream, folder / "a.mp3", container="mp3", ar=24_000)], timeout_s=30)
    return (folder / "a.mp3").read_bytes()


@pytest.fixture
def service(service_sound) -> Iterator[Service]:
    served = Service(service_sound)
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield served
    served.released.set()
    served.shutdown()
    thread.join()
    served.server_close()


@pytest.fixture
def outside(service, monkeypatch) -> Service:
    """The voice by its name, on this machine's service."""
    find_voice.cache_clear()
    monkeypatch.setattr(registry, "_make_gtts", lambda: GttsVoice(service.address, quick()))
    registry._makers.cache_clear()
    yield service
    find_voice.cache_clear()
    registry._makers.cache_clear()
