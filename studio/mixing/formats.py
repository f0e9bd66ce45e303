"""What a finished piece can be delivered as: a closed list, for each must be tagged and measured."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from assets.units import Decibels


@dataclass(frozen=True, slots=True)
class Format:
    suffix: str
    container: str
    """ffmpeg's name of the muxer."""
    codec: str
    media_type: str
    rates_kbps: tuple[int, int] | None
    """Least and most for two channels; None where nothing is thrown away."""
    encoder_db: Decibels = Decibels(0.0)  # noqa: RUF009 a number
    """What the encoder does to the level: LAME multiplies by 0.95 at all bit rates up to 160."""
    options: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "mp3": Format(".mp3", "mp3", "libmp3lame", "audio/mpeg", (32, 320), Decibels(-0.45)),
        "opus": Format(".opus", "ogg", "libopus", "audio/ogg", (16, 256)),
        "m4a": Format(".m4a", "mp4", "aac", "audio/mp4", (48, 320), options={"movflags": "+faststart"}),
        "flac": Format(".flac", "flac", "flac", "audio/flac", None, options={"sample_fmt": "s16"}),
        "wav": Format(".wav", "wav", "pcm_s16le", "audio/wav", None),
    }
)
