"""MP3 encoded piece by piece, put together into one stream that decodes as if made at a stretch.

Pieces are encoded with a run-in and a run-out of what lies around them, so both sides of a join hold the same
frames. An MP3 frame (ISO/IEC 11172-3) leans on its neighbours in three ways, and each is seen to:

    its window     must meet that of the frame before: a join is made where both sides have long windows
    its overlap    half of every window is added to the next: the run-in gives the same half
    its reservoir  its bits may begin in frames before it: those bytes are carried over into the room that
                   the other side's reservoir leaves there

Constant bit rate at 48 kHz only: every frame then has the same size and none is padded.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Frames = NDArray[np.uint8]
"""Shape (frames, bytes of each)."""

FRAME_SAMPLES = 1152
FRAME_MS = 24
RUN_IN, RUN_OUT = 84, 24
"""Frames around a piece: two seconds until two encoders agree, and enough to find a join behind it."""
HEADER_BYTES = 4
SIDE_BYTES = {1: 17, 2: 32}
NORMAL, START, STOP = 0, 1, 3
"""Block types; 2 is a short one."""
LANES = 2048


class NoJoin(Exception):
    """No frame behind the planned join `number` (counted from 0) is fit for one."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class NotConstant(Exception):
    """Frames of different sizes, another rate, or checksums in them: no pieces that could be joined."""


@dataclass(frozen=True, slots=True)
class EncodedPiece:
    """What an encoder gave: `frames[0]` would be number `first` of the whole."""

    first: int
    frames: Frames
    info: bytes
    """The frame that tells players how much to leave out at both ends."""

    @property
    def channels(self) -> int:
        return 1 if self.frames[0, 3] >> 6 == 3 else 2

    def rest(self, number: int) -> tuple[Frames, int]:
        """The bytes for sound of all frames before `number`, and how many of them `number` needs."""
        at = number - self.first
        return self.frames[:at, self._head :], self._side(at) >> (8 * SIDE_BYTES[self.channels] - 9)

    def types(self, number: int, granule: int) -> list[int]:
        """Block type of each channel in a half of frame `number`."""
        channels, side = self.channels, self._side(number - self.first)
        width = 8 * SIDE_BYTES[channels]
        first = 9 + (5 if channels == 1 else 3) + 4 * channels + granule * channels * 59
        fields = [side >> (width - first - channel * 59 - 59) for channel in range(channels)]
        # part2_3_length, big_values, global_gain, scalefac_compress: 33 bits; then the switch and its type.
        return [(field >> 23) & 3 if (field >> 25) & 1 else NORMAL for field in fields]

    @property
    def _head(self) -> int:
        return HEADER_BYTES + SIDE_BYTES[self.channels]

    def _side(self, at: int) -> int:
        return int.from_bytes(self.frames[at, HEADER_BYTES : self._head].tobytes(), "big")


def read_piece(data: bytes, first: int) -> EncodedPiece:
    """An MP3 file as ffmpeg writes it: ID3, a frame with `Info`, frames.

    Raises:
        NotConstant
    """
    if data[:3] == b"ID3":
        size = sum((byte & 0x7F) << 7 * (3 - place) for place, byte in enumerate(data[6:10]))
        data = data[10 + size :]
    rates = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
    size = 3 * rates[data[2] >> 4]
    if data[1] != 0xFB or data[2] & 0x0E != 0x04 or len(data) % size:
        raise NotConstant
    frames = np.frombuffer(data, np.uint8).reshape(-1, size)
    return EncodedPiece(first, frames[1:], data[:size])


def splice(pieces: Iterator[EncodedPiece], joins: Sequence[int], target: Path) -> None:
    """Write the whole: the first piece, and from each of `joins` (frame numbers) on the next one.

    Raises:
        NoJoin
    """
    left = next(pieces)
    count, crc = 0, 0
    with target.open("wb") as file:
        file.write(left.info)
        start, frames = left.first, left.frames
        for place, planned in enumerate(joins):
            right = next(pieces)
            number = _find_join(left, right, planned)
            if number is None:
                raise NoJoin(place)
            carried, needed = right.rest(number)
            kept = frames[: number - start].copy()
            if needed:
                head = left.frames.shape[1] - carried.shape[1]
                room = np.ascontiguousarray(kept[:, head:]).reshape(-1)
                room[-needed:] = carried.reshape(-1)[-needed:]
                kept[:, head:] = room.reshape(len(kept), -1)
            data = kept.tobytes()
            file.write(data)
            count, crc = count + len(kept), crc16(data, crc)
            left, start, frames = right, number, right.frames[number - right.first :]
        data = frames.tobytes()
        file.write(data)
        info = _inform(left.info, count + len(frames), crc16(data, crc))
        file.seek(0)
        file.write(info)


def _find_join(left: EncodedPiece, right: EncodedPiece, planned: int) -> int | None:
    """The first frame from the planned one on where `right` can follow `left`; None where it nowhere can."""
    for number in range(planned, min(left.first + len(left.frames), planned + RUN_OUT)):
        meets = all(kind in (NORMAL, STOP) for kind in left.types(number - 1, 1)) and all(
            kind in (NORMAL, START) for kind in right.types(number, 0)
        )
        if meets and right.rest(number)[1] <= left.rest(number)[1]:
            return number
    return None


def _inform(info: bytes, count: int, crc: int) -> bytes:
    """The last piece's frame of information, for the whole: what is left out at its end stays."""
    at = info.index(b"Info")
    size = (count + 1) * len(info)
    told = bytearray(info)
    told[at + 8 : at + 16] = count.to_bytes(4, "big") + size.to_bytes(4, "big")
    told[at + 16 : at + 116] = bytes((place * count // 100 * 256) // count for place in range(100))
    told[at + 148 : at + 154] = size.to_bytes(4, "big") + crc.to_bytes(2, "big")
    told[at + 154 : at + 156] = crc16(bytes(told[: at + 154]), 0).to_bytes(2, "big")
    return bytes(told)


def crc16(data: bytes, start: int) -> int:
    """CRC-16 with the polynomial 0x8005, reflected, going on from `start`: what such a file tells of itself.

    Many lanes at once: the sum is linear, so each stretch is summed by itself and carried past the others.
    """
    length = len(data) // (2 * LANES)
    unit = 1 << np.arange(16, dtype=np.uint16)
    if length:
        lanes = np.frombuffer(data, "<u2", length * LANES).reshape(LANES, length).T
        sums = np.concatenate([np.zeros(LANES, np.uint16), unit])
        for pair in np.concatenate([lanes, np.zeros((length, 16), np.uint16)], axis=1):
            sums = _PAIRS[sums ^ pair]
        past = [int(value) for value in sums[LANES:]]
        for value in sums[:LANES].tolist():
            moved = 0
            for bit in range(16):
                if start >> bit & 1:
                    moved ^= past[bit]
            start = moved ^ value
    for byte in data[2 * length * LANES :]:
        start = start >> 8 ^ int(_BYTES[(start ^ byte) & 0xFF])
    return start


def _make_table(bits: int) -> NDArray[np.uint16]:
    table = np.arange(1 << bits, dtype=np.uint16)
    for _ in range(bits):
        table = np.where(table & 1, (table >> 1) ^ 0xA001, table >> 1).astype(np.uint16)
    return table


_BYTES, _PAIRS = _make_table(8), _make_table(16)
