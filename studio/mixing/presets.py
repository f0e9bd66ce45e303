"""How a piece is mastered, as data: `presets.toml`, where each number has its reason.

A centre adds its own in `LOA_HOME/presets.toml`, in the same form; what is left out is taken from the preset
that it `extends`, or from the defaults below.

Missing
└── PresetUnknown
Invalid
├── PresetsUnreadable
└── PresetUnfit
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from assets.errors import Invalid, Missing
from assets.units import Dbtp, Decibels, LoudnessUnits, Lufs
from studio.mixing.chain import KNOBS, Knob, Step
from studio.mixing.formats import FORMATS, Format


class PresetUnknown(Missing):
    pass


class PresetsUnreadable(Invalid):
    """The centre's file is no TOML; `reason` has the line."""


class PresetUnfit(Invalid):
    """A value of a preset cannot be used; `takes` says what can."""


@dataclass(frozen=True, slots=True)
class Preset:
    name: str
    target_lufs: Lufs
    tolerance_lu: LoudnessUnits
    ceiling_dbtp: Dbtp
    limit_dbfs: Decibels
    channels: int
    format: str
    bit_rate_kbps: int | None
    """None where nothing is thrown away."""
    chain: tuple[Step, ...]

    @property
    def form(self) -> Format:
        return FORMATS[self.format]


NUMBERS: Mapping[str, tuple[float, float]] = {
    "target_lufs": (-40, -8),
    "tolerance_lu": (0.1, 2),
    "ceiling_dbtp": (-12, 0),
    "limit_dbfs": (-18, 0),
}
DEFAULTS: Mapping[str, Any] = {"tolerance_lu": 0.5, "ceiling_dbtp": -1.0, "channels": 2, "chain": []}
LOSSY_ROOM_DB, LOSSLESS_ROOM_DB = 1.0, 0.5
"""How far below its ceiling a preset limits where it does not say."""
KEYS = (*NUMBERS, "channels", "format", "bit_rate_kbps", "chain", "extends")
NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")


@cache
def load_presets() -> Mapping[str, Preset]:
    """The presets that come with Loa, by name."""
    text = files("studio.mixing").joinpath("presets.toml").read_text("utf-8")
    return MappingProxyType(dict(_read_tables(tomllib.loads(text), {}, "presets.toml")))


def all_presets(own: Path | None) -> Mapping[str, Preset]:
    """Those that come with Loa and those of the centre's file `own`, where there is one.

    Raises:
        PresetsUnreadable, PresetUnfit: name the file, the preset, the value and what it takes.
    """
    known = load_presets()
    if own is None or not own.exists():
        return known
    try:
        tables = tomllib.loads(own.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PresetsUnreadable(path=str(own), reason=str(error)) from error
    return MappingProxyType(dict(known) | dict(_read_tables(tables, known, str(own))))


def find_preset(name: str, own: Path | None = None) -> Preset:
    """Raises: PresetUnknown, naming those there are."""
    presets = all_presets(own)
    if name not in presets:
        raise PresetUnknown(name=name, valid=", ".join(presets))
    return presets[name]


def _read_tables(
    tables: Mapping[str, Any], known: Mapping[str, Preset], path: str
) -> Iterable[tuple[str, Preset]]:
    for name, table in tables.items():
        reader = _Reader(name, path)
        if name in known or not NAME.fullmatch(name):
            raise reader.unfit("name", name, f"{NAME.pattern}, != {', '.join(known)}")
        if not isinstance(table, dict):
            raise reader.unfit(name, table, f"[{name}]")
        yield name, reader.read(table, known)


@dataclass(frozen=True, slots=True)
class _Reader:
    preset: str
    path: str

    def unfit(self, key: str, value: object, takes: str) -> PresetUnfit:
        return PresetUnfit(path=self.path, preset=self.preset, key=key, value=str(value)[:60], takes=takes)

    def read(self, given: Mapping[str, Any], known: Mapping[str, Preset]) -> Preset:
        for key in given:
            if key not in KEYS:
                raise self.unfit(key, given[key], ", ".join(KEYS))
        table = dict(DEFAULTS)
        if "extends" in given:
            if given["extends"] not in known:
                raise self.unfit("extends", given["extends"], ", ".join(known))
            table |= _write_table(known[given["extends"]])
            if given.get("format", table["format"]) != table["format"]:
                del table["bit_rate_kbps"]
            if "ceiling_dbtp" in given:
                del table["limit_dbfs"]
        table |= given
        form = self._choose("format", table.get("format"), FORMATS)
        room_db = LOSSLESS_ROOM_DB if FORMATS[form].rates_kbps is None else LOSSY_ROOM_DB
        ceiling = self._number("ceiling_dbtp", table["ceiling_dbtp"])
        limit = self._number("limit_dbfs", table.get("limit_dbfs", ceiling - room_db))
        if limit > ceiling:
            raise self.unfit("limit_dbfs", limit, f"<= ceiling_dbtp = {ceiling:g}")
        return Preset(
            name=self.preset,
            target_lufs=Lufs(self._number("target_lufs", table.get("target_lufs"))),
            tolerance_lu=LoudnessUnits(self._number("tolerance_lu", table["tolerance_lu"])),
            ceiling_dbtp=Dbtp(ceiling),
            limit_dbfs=Decibels(limit),
            channels=self._choose("channels", table["channels"], (1, 2)),
            format=form,
            bit_rate_kbps=self._rate(table.get("bit_rate_kbps"), FORMATS[form]),
            chain=tuple(self._steps(table["chain"])),
        )

    def _number(self, key: str, value: object) -> float:
        return self._between(key, value, *NUMBERS[key])

    def _between(self, key: str, value: object, low: float, high: float) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise self.unfit(key, value, f"{low:g} … {high:g}")
        return float(value)

    def _choose(self, key: str, value: Any, valid: Iterable[Any]) -> Any:
        if isinstance(value, bool) or value not in list(valid):
            raise self.unfit(key, value, ", ".join(map(str, valid)))
        return value

    def _rate(self, value: object, form: Format) -> int | None:
        if form.rates_kbps is None:
            if value is not None:
                raise self.unfit("bit_rate_kbps", value, "–")
            return None
        low, high = form.rates_kbps
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.unfit("bit_rate_kbps", value, f"{low} … {high}")
        return value

    def _steps(self, steps: object) -> Iterable[Step]:
        for step in steps if isinstance(steps, list) else [steps]:
            if not isinstance(step, dict) or "name" not in step:
                raise self.unfit("chain", step, "[{ name = … }]")
            name = self._choose("chain", step["name"], KNOBS)
            knobs = KNOBS[name]
            for key in step:
                self._choose(name, key, ["name", *knobs])
            yield Step(
                name, {key: self._turn(f"{name}.{key}", knob, step.get(key)) for key, knob in knobs.items()}
            )

    def _turn(self, key: str, knob: Knob, value: object) -> float:
        return self._between(key, knob.default if value is None else value, knob.least, knob.most)


def _write_table(preset: Preset) -> dict[str, Any]:
    """The table that reads as `preset`."""
    table: dict[str, Any] = {key: getattr(preset, key) for key in (*NUMBERS, "channels", "format")}
    table["bit_rate_kbps"] = preset.bit_rate_kbps
    table["chain"] = [{"name": step.name, **step.options} for step in preset.chain]
    return table
