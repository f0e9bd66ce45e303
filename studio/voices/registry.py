"""The voices by name. Ours and those of other packages enter by the same door.

Piper's are the models in one folder, which `look_in` names at the start of Loa.

A package adds a voice with an entry point in the group `loa.voices`: its name is the voice's name, its
object is called without arguments and gives a `Voice`. A name of ours is not overridden.

Missing
└── VoiceMissing
Forbidden
└── ConsentMissing
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from assets.errors import Forbidden, Missing
from studio.voices.espeak import VOLUMES, EspeakVoice
from studio.voices.piper import PREFIX, ModelMissing, ModelUnusable, PiperAbsent, PiperVoice, find_models
from studio.voices.voice import RECORDED, Voice, VoiceFailed

GROUP = "loa.voices"
ESPEAK = "espeak"
PIPER = "piper"
_OURS = (ESPEAK, "gtts", PIPER, "tone")
_MODEL = re.compile(rf"{re.escape(PREFIX)}[\w.-]+")
OUTSIDE = frozenset({"gtts"})
"""Voices whose words leave the house."""


class VoiceMissing(Missing):
    """A voice was asked for that is not there."""


class ConsentMissing(Forbidden):
    """A text would go to an outside service, and the centre has not agreed to that."""


@cache
def _makers() -> Mapping[str, Callable[[], Voice]]:
    others = {entry.name: partial(_load, entry) for entry in entry_points(group=GROUP)}
    ours: dict[str, Callable[[], Voice]] = {name: partial(EspeakVoice, name) for name in VOLUMES}
    return (
        ours
        | {"tone": _make_tone, "gtts": _make_gtts, RECORDED: _make_recorded}
        | {name: make for name, make in others.items() if name not in ours}
    )


def _load(entry: EntryPoint) -> Voice:
    voice: Voice = entry.load()()
    return voice


# What an engine brings (HTTP, arrays of samples) is loaded when it is to speak, not when a text is only read.


def _make_gtts() -> Voice:
    from studio.voices.gtts import GttsVoice

    return GttsVoice()


def _make_tone() -> Voice:
    from studio.voices.tone import ToneVoice

    return ToneVoice()


def _make_recorded() -> Voice:
    from studio.voices.recorded import RecordedVoice

    return RecordedVoice()


def require_consent(voices: Iterable[str], *, given: bool) -> None:
    """Refuse voices of outside services unless the centre agreed (`LOA_GTTS_CONSENT`).

    Raises:
        ConsentMissing: names the voice.
    """
    outside = sorted(OUTSIDE.intersection(voices))
    if outside and not given:
        raise ConsentMissing(voice=outside[0])


class _Folder:
    path: Path | None = None


_folder = _Folder()


def look_in(folder: Path | None) -> None:
    """Where models lie, None for nowhere; said once, where the settings are read."""
    _folder.path = folder


def find_voice(name: str) -> Voice:
    """The voice called `name`; whether a model is there is seen when it is to speak.

    Raises:
        VoiceMissing: lists the valid names.
    """
    return PiperVoice(name, _folder.path) if name.startswith(PREFIX) else _find_fixed(name)


@cache
def _find_fixed(name: str) -> Voice:
    make = _makers().get(name)
    if make is None:
        raise VoiceMissing(name=name, valid=", ".join(voice_names()))
    return make()


CANNOT_SPEAK = (VoiceFailed, VoiceMissing, ConsentMissing, ModelMissing, ModelUnusable, PiperAbsent)
"""What a voice raises when another engine may do better; what is wrong with the words is not among it."""


def engine_names() -> list[str]:
    """The engines that may speak, a person not among them."""
    return list(dict.fromkeys([*_OURS, *(engine for engine in voice_engines().values() if engine)]))


def is_engine(name: str) -> bool:
    """Whether `name` stands for all voices of an engine."""
    return name in (ESPEAK, PIPER)


def engine_of(voice: str) -> str:
    """The engine of a voice; a voice of another package is its own engine."""
    if voice.startswith(PREFIX):
        return PIPER
    return ESPEAK if voice in VOLUMES else voice


def voices_of(engine: str) -> list[str]:
    """The names of an engine's voices, in the order of `voice_names`."""
    return [name for name in voice_names() if engine_of(name) == engine]


def voice_engines() -> dict[str, str]:
    """Every voice with its engine; a person goes with every engine, and has none."""
    return {name: "" if name == RECORDED else engine_of(name) for name in voice_names()}


class AnyModel(dict[str, str]):
    """Voices with their engines, and any model by its name: for one not here another engine speaks."""

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or (isinstance(name, str) and bool(_MODEL.fullmatch(name)))

    def __missing__(self, name: str) -> str:
        if name in self:
            return PIPER
        raise KeyError(name)


def voice_names() -> list[str]:
    """The names of all voices, ours first; models as they lie in their folder now."""
    return [*_makers(), *find_models(_folder.path)]
