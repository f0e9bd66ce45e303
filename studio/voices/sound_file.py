"""Mono 16-bit PCM as WAV."""

import wave
from pathlib import Path
from typing import BinaryIO


def write_wav(path: Path, pcm: bytes, rate_hz: int) -> None:
    with path.open("wb") as opened, wave.open(opened, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(pcm)


def read_wav(source: BinaryIO) -> tuple[bytes, int]:
    """The samples of a mono 16-bit WAV, and their rate.

    Raises:
        wave.Error, EOFError: it is not one.
    """
    with wave.open(source, "rb") as file:
        if (file.getnchannels(), file.getsampwidth()) != (1, 2):
            raise wave.Error
        return file.readframes(file.getnframes()), file.getframerate()
