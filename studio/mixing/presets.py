"""How a piece is mastered, as data: `presets.toml`, where each number has its reason.

Missing
└── PresetUnknown
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from assets.errors import Missing
from assets.units import Dbtp, Decibels, LoudnessUnits, Lufs


class PresetUnknown(Missing):
    pass


@dataclass(frozen=True, slots=True)
class Filter:
    """An ffmpeg filter and its options."""

    name: str
    options: Mapping[str, int | float | str]


@dataclass(frozen=True, slots=True)
class Preset:
    name: str
    target_lufs: Lufs
    tolerance_lu: LoudnessUnits
    ceiling_dbtp: Dbtp
    limit_dbfs: Decibels
    channels: int
    container: str
    codec: str
    bit_rate_kbps: int
    media_type: str
    encoder_db: Decibels
    chain: tuple[Filter, ...]


@cache
def load_presets() -> Mapping[str, Preset]:
    """Every preset by its name."""
    text = files("studio.mixing").joinpath("presets.toml").read_text("utf-8")
    return MappingProxyType({name: _read_preset(name, table) for name, table in tomllib.loads(text).items()})


def find_preset(name: str) -> Preset:
    """Raises: PresetUnknown, naming those there are."""
    presets = load_presets()
    if name not in presets:
        raise PresetUnknown(name=name, valid=", ".join(presets))
    return presets[name]


def _read_preset(name: str, table: Mapping[str, Any]) -> Preset:
    chain = tuple(Filter(step["name"], step["options"]) for step in table["chain"])
    return Preset(name=name, **{**table, "chain": chain})
