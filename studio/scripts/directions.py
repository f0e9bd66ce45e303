"""What a direction in brackets sets: the pace, as a factor of the house pace, and the level in decibels."""

from collections.abc import Mapping

from studio.scripts.document import Delivery
from studio.scripts.nearest import normalise_name

DIRECTIONS: Mapping[str, tuple[float, float]] = {
    "chậm": (0.88, 0.0),
    "chậm rãi": (0.88, 0.0),
    "rất chậm": (0.78, 0.0),
    "thong thả": (0.94, 0.0),
    "nhanh": (1.12, 0.0),
    "rất nhanh": (1.22, 0.0),
    "to": (1.0, 2.0),
    "nhỏ": (1.0, -3.0),
    "thì thầm": (0.94, -6.0),
    "nhấn mạnh": (0.92, 1.5),
    "trang trọng": (0.94, 0.0),
    "nghiêm túc": (0.96, 0.0),
    "ân cần": (0.95, -0.5),
    "ấm áp": (0.95, -0.5),
    "tâm tình": (0.93, -1.0),
    "buồn": (0.9, -1.0),
    "vui": (1.06, 0.5),
    "vui vẻ": (1.06, 0.5),
    "phấn khởi": (1.06, 1.0),
    "khẩn trương": (1.1, 1.0),
    "slow": (0.88, 0.0),
    "very slow": (0.78, 0.0),
    "fast": (1.12, 0.0),
    "very fast": (1.22, 0.0),
    "loud": (1.0, 2.0),
    "soft": (1.0, -3.0),
    "whisper": (0.94, -6.0),
    "emphatic": (0.92, 1.5),
    "solemn": (0.94, 0.0),
    "warm": (0.95, -0.5),
    "sad": (0.9, -1.0),
    "cheerful": (1.06, 0.5),
    "urgent": (1.1, 1.0),
}
"""Words to rate and gain in decibels."""
SLOWEST, FASTEST = 0.7, 1.4
SOFTEST_DB, LOUDEST_DB = -9.0, 4.0


def combine_directions(words: str) -> Delivery:
    """The delivery of known directions parted by commas: rates multiply, levels add, within bounds.

    Raises:
        KeyError: one of them is not in `DIRECTIONS`.
    """
    rate, gain_db = 1.0, 0.0
    for piece in words.split(","):
        piece_rate, piece_gain_db = DIRECTIONS[normalise_name(piece)]
        rate *= piece_rate
        gain_db += piece_gain_db
    return Delivery(
        words=words.strip(),
        rate=round(min(max(rate, SLOWEST), FASTEST), 3),
        gain_db=min(max(gain_db, SOFTEST_DB), LOUDEST_DB),
    )
