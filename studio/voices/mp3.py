"""The frames of an MP3, to tell a whole one from one that was cut.

Sources: ISO/IEC 11172-3 2.4.1.3 and 2.4.2.3 (header of a frame), 13818-3 (lower sampling rates).
"""

_BITRATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BITRATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES_HZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
"""By the two bits of the version: MPEG-1, MPEG-2, and its extension to low rates."""
_LAYER_3 = 1


class NoFrames(Exception):
    """It is not an MP3, or ends in the middle of a frame; `found` whole ones come before."""

    def __init__(self, found: int) -> None:
        super().__init__(found)
        self.found = found


def measure_frames(content: bytes) -> float:
    """The seconds that the frames of `content` promise.

    Raises:
        NoFrames: something else than frames and tags is in it, or its last frame is not whole.
    """
    place = _skip_tag(content)
    found, seconds = 0, 0.0
    while place < len(content):
        if found and content[place : place + 3] == b"TAG":  # ID3v1, at the very end
            break
        size, frame_s = _read_header(content[place : place + 4])
        if not size or place + size > len(content):
            raise NoFrames(found)
        place += size
        found += 1
        seconds += frame_s
    if not found:
        raise NoFrames(0)
    return seconds


def _skip_tag(content: bytes) -> int:
    """Where the sound begins: behind ID3v2, whose length is written in four times seven bits."""
    if content[:3] != b"ID3" or len(content) < 10:
        return 0
    size = 0
    for byte in content[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size


def _read_header(header: bytes) -> tuple[int, float]:
    """Length in bytes and in seconds of the frame that begins so; (0, 0) if none does."""
    bits = int.from_bytes(header)
    version, layer = bits >> 19 & 3, bits >> 17 & 3
    bitrate, rate, padding = bits >> 12 & 15, bits >> 10 & 3, bits >> 9 & 1
    if len(header) < 4 or bits >> 21 != 0x7FF or version == 1 or layer != _LAYER_3:
        return 0, 0.0
    if rate == 3 or bitrate in (0, 15):
        return 0, 0.0
    bits_per_second = 1000 * (_BITRATES_1 if version == 3 else _BITRATES_2)[bitrate]
    samples = 1152 if version == 3 else 576
    rate_hz = _RATES_HZ[version][rate]
    return samples // 8 * bits_per_second // rate_hz + padding, samples / rate_hz
