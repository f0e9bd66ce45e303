"""The sounds that come with Loa: signature tunes, stings and beds, each with its measured loudness."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from assets.models import AssetKind
from assets.units import Dbtp, Lufs, Milliseconds

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Sound:
    """A bundled sound: 48 kHz stereo FLAC. A loopable one may be repeated end to start without a seam."""

    name: str
    kind: AssetKind
    title: str
    path: Path
    duration_ms: Milliseconds
    integrated_lufs: Lufs
    true_peak_dbtp: Dbtp
    loopable: bool


@cache
def bundled_sounds() -> Mapping[str, Sound]:
    """Every bundled sound by its name, in the order of `sounds.toml`."""
    tables = tomllib.loads((FOLDER / "sounds.toml").read_text("utf-8"))
    return MappingProxyType({name: _read_sound(name, table) for name, table in tables.items()})


def _read_sound(name: str, table: Mapping[str, str | int | float | bool]) -> Sound:
    return Sound(
        name=name,
        kind=AssetKind(str(table["kind"])),
        title=str(table["title"]),
        path=FOLDER / str(table["file"]),
        duration_ms=Milliseconds(int(table["duration_ms"])),
        integrated_lufs=Lufs(float(table["integrated_lufs"])),
        true_peak_dbtp=Dbtp(float(table["true_peak_dbtp"])),
        loopable=bool(table["loopable"]),
    )
