"""What a file is, learnt by decoding it: names and headers claim much."""

import re
from dataclasses import dataclass
from pathlib import Path

from assets.decoding import Samples, SoundFormat, decode_sound
from assets.ffmpeg import MediaSoundless
from assets.units import Hertz, Milliseconds, samples_to_ms


@dataclass(frozen=True, slots=True)
class Probe:
    container: str
    """ffmpeg's short names for the format: `mp3`, `wav`, `mov,mp4,m4a,3gp,3g2,mj2`."""
    codec: str
    rate_hz: Hertz
    channels: int
    duration_ms: Milliseconds
    """Counted from the samples decoded."""
    claimed_ms: Milliseconds | None
    """What the header says; much more than `duration_ms` where a file was cut off."""
    faults: int
    """Complaints of the decoder: places where the file is damaged."""


def probe(path: Path) -> Probe:
    """Decode `path` once, in flat memory.

    Raises:
        MediaUnreadable, MediaEmpty
        MediaSoundless: also where a sound is announced and not one sample comes.
    """
    reading = ProbeReading()
    decode_sound(path, reading.take_samples, on_log=reading.take_log, on_fault=reading.take_fault)
    return reading.judge(path)


class ProbeReading:
    """What a decode tells in passing; `judge` when it has ended."""

    def __init__(self) -> None:
        self.container = self.codec = ""
        self.claimed_ms: Milliseconds | None = None
        self.sound: SoundFormat | None = None
        self.frames = 0
        self.faults = 0

    def take_samples(self, sound: SoundFormat, samples: Samples) -> None:
        self.sound = sound
        self.frames += len(samples)

    def take_fault(self, _line: str) -> None:
        self.faults += 1

    def take_log(self, line: str) -> None:
        if found := re.match(r"Input #0, (\S+), from ", line):
            self.container = found[1]
        elif found := re.match(r"\s+Duration: (\d+):(\d\d):(\d\d)\.(\d\d)", line):
            hours, minutes, seconds, hundredths = map(int, found.groups())
            self.claimed_ms = Milliseconds(((hours * 60 + minutes) * 60 + seconds) * 1000 + hundredths * 10)
        elif not self.codec and (found := re.match(r"\s+Stream #0:.*?: Audio: (\w+)", line)):
            self.codec = found[1]

    def judge(self, path: Path) -> Probe:
        if self.sound is None:
            raise MediaSoundless(path=str(path))
        return Probe(
            container=self.container,
            codec=self.codec,
            rate_hz=self.sound.rate_hz,
            channels=self.sound.channels,
            duration_ms=samples_to_ms(self.frames, self.sound.rate_hz),
            claimed_ms=self.claimed_ms,
            faults=self.faults,
        )
