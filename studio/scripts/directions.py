"""What a direction in brackets sets: pace and pitch, as factors of the voice's own, and level in decibels."""

from collections.abc import Mapping
from typing import NamedTuple

from studio.scripts.document import Delivery
from studio.scripts.nearest import normalise_name


class Manner(NamedTuple):
    rate: float = 1.0
    gain_db: float = 0.0
    pitch: float = 1.0


DIRECTIONS: Mapping[str, Manner] = {
    "chậm": Manner(rate=0.88),
    "chậm rãi": Manner(rate=0.88),
    "rất chậm": Manner(rate=0.78),
    "thong thả": Manner(rate=0.94),
    "nhanh": Manner(rate=1.12),
    "rất nhanh": Manner(rate=1.22),
    "to": Manner(gain_db=2),
    "nhỏ": Manner(gain_db=-3),
    "trầm": Manner(pitch=0.9),
    "cao": Manner(pitch=1.1),
    "thì thầm": Manner(rate=0.94, gain_db=-6, pitch=0.94),
    "nhấn mạnh": Manner(rate=0.92, gain_db=1.5, pitch=1.04),
    "trang trọng": Manner(rate=0.94, pitch=0.96),
    "nghiêm túc": Manner(rate=0.96, pitch=0.97),
    "ân cần": Manner(rate=0.95, gain_db=-0.5),
    "ấm áp": Manner(rate=0.95, gain_db=-0.5),
    "tâm tình": Manner(rate=0.93, gain_db=-1),
    "buồn": Manner(rate=0.9, gain_db=-1, pitch=0.94),
    "vui": Manner(rate=1.06, gain_db=0.5, pitch=1.05),
    "vui vẻ": Manner(rate=1.06, gain_db=0.5, pitch=1.05),
    "phấn khởi": Manner(rate=1.06, gain_db=1, pitch=1.06),
    "khẩn trương": Manner(rate=1.1, gain_db=1, pitch=1.04),
    "slow": Manner(rate=0.88),
    "very slow": Manner(rate=0.78),
    "fast": Manner(rate=1.12),
    "very fast": Manner(rate=1.22),
    "loud": Manner(gain_db=2),
    "soft": Manner(gain_db=-3),
    "low": Manner(pitch=0.9),
    "high": Manner(pitch=1.1),
    "whisper": Manner(rate=0.94, gain_db=-6, pitch=0.94),
    "emphatic": Manner(rate=0.92, gain_db=1.5, pitch=1.04),
    "solemn": Manner(rate=0.94, pitch=0.96),
    "warm": Manner(rate=0.95, gain_db=-0.5),
    "sad": Manner(rate=0.9, gain_db=-1, pitch=0.94),
    "cheerful": Manner(rate=1.06, gain_db=0.5, pitch=1.05),
    "urgent": Manner(rate=1.1, gain_db=1, pitch=1.04),
}
"""Also a table in docs/scripts.md. Measured on the voices: `tests/studio/voices/test_manner.py`."""
SLOWEST, FASTEST = 0.7, 1.4
SOFTEST_DB, LOUDEST_DB = -9.0, 4.0
LOWEST, HIGHEST = 0.85, 1.18


def combine_directions(words: str) -> Delivery:
    """The delivery of known directions parted by commas: factors multiply, levels add, within bounds.

    Raises:
        KeyError: one of them is not in `DIRECTIONS`.
    """
    rate, gain_db, pitch = 1.0, 0.0, 1.0
    for piece in words.split(","):
        manner = DIRECTIONS[normalise_name(piece)]
        rate *= manner.rate
        gain_db += manner.gain_db
        pitch *= manner.pitch
    return Delivery(
        words=words.strip(),
        rate=round(min(max(rate, SLOWEST), FASTEST), 3),
        gain_db=min(max(gain_db, SOFTEST_DB), LOUDEST_DB),
        pitch=round(min(max(pitch, LOWEST), HIGHEST), 3),
    )
