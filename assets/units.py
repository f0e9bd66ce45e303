"""Units in the names of types, so that a millisecond is never added to a decibel unseen."""

from typing import NewType
from zoneinfo import ZoneInfo

Milliseconds = NewType("Milliseconds", int)
"""Time on tape, whole milliseconds counted from samples."""

Hertz = NewType("Hertz", int)

Lufs = NewType("Lufs", float)
"""Loudness relative to full scale, ITU-R BS.1770-5."""

LoudnessUnits = NewType("LoudnessUnits", float)
"""A difference of two loudnesses (LU), EBU Tech 3342 for ranges."""

Dbtp = NewType("Dbtp", float)
"""True peak in decibels relative to full scale, ITU-R BS.1770-5 annex 2."""

Decibels = NewType("Decibels", float)

Sha256 = NewType("Sha256", str)
"""64 lower-case hexadecimal digits."""

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
"""In which plans, money and reports count their days; centres and stations that name no zone are in it."""


def samples_to_ms(samples: int, rate_hz: int) -> Milliseconds:
    """The whole milliseconds that `samples` at `rate_hz` fill, rounded to the nearest."""
    return Milliseconds((samples * 1000 + rate_hz // 2) // rate_hz)


def ms_to_samples(duration_ms: int, rate_hz: int) -> int:
    return (duration_ms * rate_hz + 500) // 1000
