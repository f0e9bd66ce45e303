"""The nine bundled pieces: one scale, one motif.

All are written in G pentatonic (G A B D E), so any tune, sting and bed may follow another. The station's
motif climbs D G A B D: `mo-dau` opens with it and arrives high, `ket-thuc` turns it round and comes home,
`ban-tin` hurries it, `chuyen-muc` sweeps through it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from numpy.random import Generator

from assets.models import AssetKind
from assets.sounds.instruments import (
    beat_drum,
    pluck_zither,
    ring_bell,
    strike_bamboo,
    strike_gong,
    strike_stone,
    swell_pad,
)
from assets.sounds.score import Event, Place, Room, play, sing


@dataclass(frozen=True, slots=True)
class Piece:
    """What is written of one sound: its score and the frame it is rendered in."""

    name: str
    kind: AssetKind
    title: str
    seconds: float
    room: Room
    write: Callable[[Generator], Iterator[Event]]

    @property
    def loopable(self) -> bool:
        return self.kind is AssetKind.BED


SWEEP = "D4 .08 E4 .08 G4 .075 A4 .07 B4 .065 D5 .06 E5 .06"


def write_opening(rng: Generator) -> Iterator[Event]:
    start, beat = 0.62, 0.6
    yield from play(pluck_zither, SWEEP, Place(1.0, 0.06, -0.3, 0.36, 0.003), rng, accents=(0.6, 0.7, 0.8))
    melody = Place(beat, start, -0.15, 0.80)
    tune = "D4 .5 G4 1 A4 .5 B4 1 D5 1.5 E5 .5 D5 .5 B4 .5 A4 .5 B4 .5 D5 1 G5 2"
    yield from play(pluck_zither, tune, melody, rng, accents=(0.85, 1, 0.85, 0.95, 1))
    high = "D5 .5 G5 1 A5 .5 B5 1 D6 1.5 - 3.5 G5 2"
    yield from play(strike_stone, high, Place(beat, start, 0.4, 0.30), rng, accents=(0.7,))
    yield from sing(
        "- 3 D5 1.5 E5 .5 D5 .5 B4 .5 A4 .5 B4 .5 D5 1 G5 2.6", Place(beat, start, 0.2, 0.20), rng
    )
    bass = "G3+D4 1 D4 1 E3+B3 1 B3 1 D3+A3 1 E4 1 A3+E4 1 D3+A3 1 G3+D4 1"
    yield from play(strike_bamboo, bass, Place(beat, start, -0.45, 0.36), rng, accents=(0.95, 0.6))
    pulse = "- .5 G4 .5 - .5 E4 .5 - .5 D4 .5 - .5 G4 .5 - .5 A4 .5 - .5 E4 .5 - .5 D4 .5 A4 .5 B4 .25 D5 .25"
    yield from play(strike_bamboo, pulse, Place(beat, start, 0.5, 0.30), rng, accents=(0.6, 0.7))
    yield from play(
        strike_gong, "G2 4 D3 4 G2+D3 1", Place(beat, start, 0.1, 0.30), rng, accents=(0.8, 0.5, 0.75)
    )
    drum = "G2 2 - 1 D2 1 G2 2 D2 .5 D2 .5 G2 .5 G2 .5 G2 1"
    yield from play(beat_drum, drum, Place(beat, start, 0.0, 0.36), rng, accents=(0.9, 0.4, 0.5, 0.7))
    for note, pan in (("G3", -0.5), ("D4", 0.5), ("B3", 0.0)):
        yield Event(start, swell_pad(note, 6.6, rng), pan, 0.14)
    yield from play(ring_bell, "G5 1", Place(1.0, start + 8 * beat, 0.15, 0.30, 0.001), rng)
    chord = "G3 .05 D4 .05 G4 .05 B4 .05 D5 .05 G5 .05"
    yield from play(pluck_zither, chord, Place(1.0, start + 8 * beat, -0.2, 0.15, 0.002), rng)


def write_closing(rng: Generator) -> Iterator[Event]:
    start, beat = 0.08, 0.66
    tune = "D5 1 B4 .5 A4 .5 G4 1 E4 .5 D4 .5 G4 2"
    yield from play(
        pluck_zither, tune, Place(beat, start, -0.15, 0.70), rng, accents=(1, 0.8, 0.8, 0.95, 0.8, 0.8, 0.95)
    )
    yield from sing("D5 1 B4 .5 A4 .5 G4 1 E4 .5 D4 .5 G4 2.4", Place(beat, start, 0.25, 0.22), rng)
    bass = "G3+D4 1 D4 1 E3+B3 1 D3+A3 1 G3+D4 1"
    yield from play(
        strike_bamboo, bass, Place(beat, start, -0.45, 0.36), rng, accents=(0.9, 0.6, 0.85, 0.7, 0.9)
    )
    yield from play(
        strike_stone, "- 4 G5 .25 D5 .25 B4 .25 G4 1", Place(beat, start, 0.4, 0.30), rng, accents=(0.6,)
    )
    yield from play(strike_gong, "D3 4 G2+D3 1", Place(beat, start, 0.1, 0.29), rng, accents=(0.6, 0.9))
    yield from play(
        beat_drum,
        "G2 2 - 1 D2 .5 D2 .5 G2 1",
        Place(beat, start, 0.0, 0.38),
        rng,
        accents=(0.8, 0.3, 0.4, 0.8),
    )
    for note, pan in (("G3", -0.5), ("D4", 0.5), ("B3", 0.0)):
        yield Event(start, swell_pad(note, 5.6, rng), pan, 0.15)


def write_news(rng: Generator) -> Iterator[Event]:
    start, beat = 0.06, 60 / 132
    tune = "D4 .5 G4 .5 A4 .5 B4 .5 D5 1 E5 .25 D5 .25 B4 .5 A4 .5 B4 .5 D5 1 G5 2"
    yield from play(strike_stone, tune, Place(beat, start, -0.1, 0.55), rng, accents=(0.8, 0.95))
    yield from play(pluck_zither, tune, Place(beat, start, 0.15, 0.42), rng, accents=(0.8, 0.95))
    pulse = "G4 .25 D4 .25 D4 .25 G4 .25 D4 .25 D4 .25 G4 .25 D4 .25 " * 3 + "G4 .25"
    yield from play(strike_bamboo, pulse, Place(beat, start, 0.55, 0.29), rng, accents=(0.9, 0.5, 0.5))
    bass = "G3 1 G3 1 E3 1 E3 1 D3 1 D3 .5 D3 .5 G3+D4 1"
    yield from play(strike_bamboo, bass, Place(beat, start, -0.5, 0.42), rng, accents=(1, 0.7))
    drum = "G2 1.5 D2 .5 G2 1.5 D2 .5 G2 1 D2 .5 D2 .5 G2 1"
    yield from play(beat_drum, drum, Place(beat, start, 0.0, 0.50), rng, accents=(1, 0.6))
    yield from play(strike_gong, "G3 6 G2+D3 1", Place(beat, start, 0.1, 0.26), rng, accents=(0.6, 1))
    yield Event(start + 1.2, swell_pad("D4", 3.4, rng), -0.4, 0.14)
    yield Event(start + 1.2, swell_pad("G3", 3.4, rng), 0.4, 0.14)


def write_chime(rng: Generator) -> Iterator[Event]:
    yield from play(ring_bell, "D5 .34 G5 1", Place(1.0, 0.03, -0.1, 0.7, 0.001), rng, accents=(0.8, 0.9))
    yield from play(strike_stone, "- .34 G4 1", Place(1.0, 0.03, 0.3, 0.25, 0.001), rng, accents=(0.6,))


def write_section(rng: Generator) -> Iterator[Event]:
    sweep = "D4 .1 E4 .095 G4 .09 A4 .085 B4 .08"
    yield from play(
        pluck_zither, sweep, Place(1.0, 0.04, -0.25, 0.55, 0.003), rng, accents=(0.7, 0.75, 0.8, 0.9)
    )
    yield from play(pluck_zither, "G4+D5 1", Place(1.0, 0.50, -0.1, 0.60), rng)
    yield from play(strike_stone, "D5+G5 1", Place(1.0, 0.50, 0.35, 0.30), rng, accents=(0.8,))
    yield from play(strike_gong, "G3 1", Place(1.0, 0.49, 0.1, 0.30), rng, accents=(0.7,))
    yield from play(strike_bamboo, "D4 .12 G4 .12 D4 1", Place(1.0, 0.80, 0.5, 0.25), rng, accents=(0.6,))


def write_gongs(rng: Generator) -> Iterator[Event]:
    yield from play(strike_gong, "B3 .3 D4 .3", Place(1.0, 0.03, 0.35, 0.70, 0.003), rng, accents=(0.7, 0.8))
    yield from play(strike_gong, "D3 1", Place(1.0, 0.63, -0.1, 0.75, 0.003), rng, accents=(0.9,))
    yield from play(strike_gong, "G2 1", Place(1.0, 0.68, 0.1, 0.45, 0.003), rng, accents=(0.9,))
    yield from play(
        strike_gong, "- .6 D4 .3 B3 .3", Place(1.0, 0.63, -0.45, 0.22, 0.003), rng, accents=(0.5,)
    )


def write_flute_bed(rng: Generator) -> Iterator[Event]:
    beat = 60 / 64
    air = (
        "- 1 D4 1 G4 1.5 A4 .5 B4 2.5 A4 .5 G4 1 E4 3 - 5 "
        "G4 1 A4 .5 B4 .5 D5 2.5 B4 .5 A4 1 G4 .5 A4 .5 E4 1 D4 1 G4 3.5 - 4"
    )
    yield from sing(air, Place(beat, 0.0, 0.18, 0.36), rng)
    chords = (("G3", "D4"), ("E3", "B3"), ("A3", "E4"), ("D3", "A3")) * 2
    for bar, chord in enumerate(chords):
        for note, pan in zip(chord, (-0.55, 0.55), strict=True):
            yield Event((bar * 4 - 1) % 32 * beat, swell_pad(note, 6 * beat, rng), pan, 0.26)
    yield Event(0.0, swell_pad("G3", 32 * beat, rng), 0.0, 0.06)
    strings = (
        "G3 1 D4 1 G4 2 | E3 1 B3 1 E4 2 | A3 1 E4 3 | D3 1 A3 1 D4 2 |"
        "G3 1 D4 1 B4 2 | E3 1 B3 3 | A3 1 E4 1 A4 2 | D3 1 A3 1 D4 1 E4 1"
    )
    yield from play(
        pluck_zither, strings, Place(beat, 0.0, -0.35, 0.55, 0.012), rng, accents=(0.55, 0.4, 0.4)
    )


def write_bamboo_bed(rng: Generator) -> Iterator[Event]:
    beat = 0.6
    high = (
        "G4 .5 D4 .5 A4 .5 D4 .5 B4 1 - 1 | A4 .5 D4 .5 G4 .5 D4 .5 E4 1 - 1 |"
        "D4 .5 E4 .5 G4 .5 A4 .5 B4 .5 A4 .5 G4 1 | E4 .5 G4 .5 D4 1 - 2 |"
        "G4 .5 D4 .5 A4 .5 D4 .5 B4 .5 D5 .5 B4 1 | A4 .5 E4 .5 B4 .5 A4 .5 G4 1 - 1 |"
    )
    rest = (
        "E4 .5 G4 .5 A4 1 - 1 G4 .5 E4 .5 | D4 1 - 1 A3 .5 D4 .5 E4 1 |"
        "B4 .5 A4 .5 G4 1 - 1 D4 .5 E4 .5 | G4 1.5 A4 .5 E4 1 - 1 |"
        "D4 .5 G4 .5 A4 .5 B4 .5 A4 1 - 1 | D4 .5 E4 .5 D4 1 - 2"
    )
    yield from play(
        strike_bamboo, high + rest, Place(beat, 0.0, 0.3, 0.50, 0.009), rng, accents=(0.75, 0.5, 0.6, 0.5)
    )
    low = "G3 1.5 D4 .5 D3 1 D4 1 | E3 1.5 B3 .5 E3 1 B3 1 | A3 1.5 E4 .5 D3 1 A3 1 |" * 4
    yield from play(
        strike_bamboo, low, Place(beat, 0.0, -0.35, 0.55, 0.009), rng, accents=(0.7, 0.45, 0.55, 0.4)
    )
    for bar, note in enumerate(("G3", "E3", "A3") * 4):
        yield Event((bar * 4 - 1) % 48 * beat, swell_pad(note, 6 * beat, rng), 0.3 - 0.6 * (bar % 2), 0.17)
    yield from play(strike_gong, "D3 24 G3 24", Place(beat, 0.0, 0.0, 0.10), rng, accents=(0.4,))


def write_stone_bed(rng: Generator) -> Iterator[Event]:
    beat = 60 / 72
    tune = (
        "G4 1.5 A4 .5 B4 2 | D5 1.5 B4 .5 A4 2 | G4 1 E4 1 D4 2 | E4 .5 G4 .5 A4 3 |"
        "B4 1.5 A4 .5 G4 2 | A4 .5 G4 .5 E4 3 | D4 1 G4 1 A4 1 B4 1 | G4 2 - 2"
    )
    yield from play(
        strike_stone, tune, Place(beat, 0.0, 0.25, 0.50, 0.010), rng, accents=(0.6, 0.5, 0.65, 0.5)
    )
    roots = ("G3", "E3", "D3", "A3", "E3", "A3", "D3", "G3")
    fifths = {"G3": "D4", "E3": "B3", "D3": "A3", "A3": "E4"}
    tops = {"G3": "B4", "E3": "G4", "D3": "D4", "A3": "A4"}
    strings = " ".join(f"{root} 1 {fifths[root]} 1 {tops[root]} .5 {fifths[root]} 1.5" for root in roots)
    yield from play(
        pluck_zither, strings, Place(beat, 0.0, -0.3, 0.62, 0.012), rng, accents=(0.6, 0.45, 0.4, 0.35)
    )
    for bar, root in enumerate(roots):
        for note, pan in ((root, -0.4), (fifths[root], 0.4)):
            yield Event((bar * 4 - 1) % 32 * beat, swell_pad(note, 6 * beat, rng), pan, 0.15)


PIECES = (
    Piece("mo-dau", AssetKind.SIGNATURE, "Nhạc hiệu mở đầu", 7.6, Room(1.5, -6), write_opening),
    Piece("ket-thuc", AssetKind.SIGNATURE, "Nhạc hiệu kết thúc", 6.0, Room(1.6, -6), write_closing),
    Piece("ban-tin", AssetKind.SIGNATURE, "Nhạc hiệu bản tin", 5.0, Room(1.1, -9), write_news),
    Piece("chuong", AssetKind.STING, "Tiếng chuông", 2.2, Room(1.2, -7), write_chime),
    Piece("chuyen-muc", AssetKind.STING, "Nhạc cắt chuyển mục", 2.6, Room(1.2, -7), write_section),
    Piece("cong-chieng", AssetKind.STING, "Cồng chiêng", 3.8, Room(1.6, -7), write_gongs),
    Piece("sao-truc", AssetKind.BED, "Nền sáo trúc", 30.0, Room(2.0, -3), write_flute_bed),
    Piece("t-rung", AssetKind.BED, "Nền đàn T’rưng", 28.8, Room(1.6, -5), write_bamboo_bed),
    Piece("dan-da", AssetKind.BED, "Nền đàn đá", 80 / 3, Room(1.8, -4), write_stone_bed),
)
