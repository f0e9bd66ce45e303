"""Piper as voices of Loa: models that the centre lays into a folder, each a voice `piper:NAME`.

A model is `NAME.onnx` with `NAME.onnx.json` (or `NAME.json`) beside it. Models are looked for anew each time,
so one that is laid in speaks without a restart, and one that is exchanged is another version. The engine runs
in worker processes with its model loaded (`piper_worker`); without chance in it (both noises 0, no scaling to
the peak of each sentence), the same words are the same bytes.

Missing
└── ModelMissing
Unavailable
└── PiperAbsent     the extra `piper` is not installed
Invalid
└── ModelUnusable   names the file, what is wrong and the mend
"""

import hashlib
import json
import re
import threading
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from assets.errors import Invalid, Missing, Unavailable
from assets.messages import say
from studio.voices.estimate import share_out
from studio.voices.sound_file import write_wav
from studio.voices.voice import VoiceFailed, WordTiming, check_sayable
from studio.voices.workers import NoAnswer, Worker, WorkerPool

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PREFIX = "piper:"
PHONEME_TYPES = ("espeak", "text")
"""What Piper itself turns words into sounds with; the others fetch models of their own from elsewhere."""
MAX_CONFIG_BYTES = 1_000_000
_RECIPE = 1
"""To be raised when what this file or the worker does to the sound changes."""
_AUDIBLE = 300
"""Samples beyond this (-41 dBFS) are speech: a model breathes some hundredths of a second around it."""
_NAME = re.compile(r"[\w.-]{1,80}")


class ModelMissing(Missing):
    pass


class PiperAbsent(Unavailable):
    pass


class ModelUnusable(Invalid):
    pass


@dataclass(frozen=True, slots=True)
class Model:
    """The two files of a voice."""

    name: str
    sound: Path
    config: Path

    @property
    def stamp(self) -> tuple[tuple[str, int, int], ...]:
        """Changes when a file does."""
        found = [(path, path.stat()) for path in (self.sound, self.config)]
        return tuple((str(path), status.st_mtime_ns, status.st_size) for path, status in found)


def find_models(folder: Path | None) -> dict[str, Model]:
    """The voices in `folder`, by name, as they lie there now; a model without its config is none."""
    if folder is None or not folder.is_dir():
        return {}
    found = {}
    for sound in sorted(folder.glob("*.onnx")):
        configs = [sound.with_name(f"{sound.name}.json"), sound.with_suffix(".json")]
        config = next((path for path in configs if path.is_file()), None)
        if config and _NAME.fullmatch(sound.stem):
            found[PREFIX + sound.stem] = Model(PREFIX + sound.stem, sound, config)
    return found


def piper_version() -> str:
    """Raises: PiperAbsent."""
    try:
        return version("piper-tts")
    except PackageNotFoundError:
        raise PiperAbsent from None


class PiperVoice:
    """A model by its name; whether it is there is asked when it is to speak."""

    def __init__(self, name: str, folder: Path | None) -> None:
        self.name, self._folder = name, folder

    @property
    def version(self) -> str:
        try:
            model = self._find()
            return f"piper-{piper_version()}/{_hash_files(model.stamp)}/{_RECIPE}"
        except (ModelMissing, PiperAbsent, OSError) as absent:
            return f"piper-absent/{type(absent).__name__}"

    def speak(self, text: str, *, rate: float, path: Path, pitch: float = 1.0) -> tuple[WordTiming, ...]:
        """See `Voice.speak`. Words share the speech, without the breath around it, by predicted lengths.

        Raises:
            ModelMissing, PiperAbsent, ModelUnusable
        """
        import numpy as np

        check_sayable(text, rate, pitch)
        piper_version()
        model = self._find()
        check_config(model.config)
        try:
            answer = _pool_of(model).ask({"text": keep_plain(text), "rate": rate / pitch})
        except NoAnswer as error:
            if error.at_start:
                raise ModelUnusable(file=model.sound, reason=str(error)) from error
            raise VoiceFailed(voice=self.name, reason=str(error)) from error
        samples = raise_pitch(np.frombuffer(answer.body, "<i2"), pitch)
        audible = np.flatnonzero(np.abs(samples.astype(np.int32)) > _AUDIBLE)
        if not len(audible):
            raise VoiceFailed(voice=self.name, reason=say("voices.piper.mute"))
        write_wav(path, samples.astype("<i2").tobytes(), answer.rate_hz)
        begin_ms, end_ms = (int(at) * 1000 // answer.rate_hz for at in (audible[0], audible[-1] + 1))
        return share_out(text, max(1, end_ms - begin_ms), begin_ms)

    def _find(self) -> Model:
        models = find_models(self._folder)
        if self.name not in models:
            raise ModelMissing(
                name=self.name, folder=self._folder or "LOA_HOME/voices", valid=", ".join(models) or "–"
            )
        return models[self.name]


def raise_pitch(samples: "NDArray[np.int16]", pitch: float) -> "NDArray[np.int16]":
    """`samples` played `pitch` times as fast: the model was asked to speak as much slower."""
    if pitch == 1.0:
        return samples
    import numpy as np

    places = np.arange(0, len(samples) - 1, pitch)
    bent: NDArray[np.int16] = np.interp(places, np.arange(len(samples)), samples).round().astype(np.int16)
    return bent


def keep_plain(text: str) -> str:
    """`text` without what Piper would take for a command: `[[` begins phonemes, a zero ends the text."""
    return text.translate({ord("["): " ", ord("]"): " ", 0: " "})


def check_config(path: Path) -> None:
    """See that a config is one that this engine speaks with.

    Raises:
        ModelUnusable
    """
    try:
        with path.open("rb") as file:
            config = json.loads(file.read(MAX_CONFIG_BYTES))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelUnusable(file=path, reason=say("voices.piper.not_json")) from error
    wrong = _find_flaw(config)
    if wrong:
        raise ModelUnusable(file=path, reason=wrong)


def _find_flaw(config: object) -> str:
    if not isinstance(config, dict):
        return say("voices.piper.not_json")
    kind = config.get("phoneme_type", PHONEME_TYPES[0])
    if kind not in PHONEME_TYPES:
        return say("voices.piper.phonemes", kind=str(kind)[:40], valid=", ".join(PHONEME_TYPES))
    audio, espeak, ids = (config.get(key) for key in ("audio", "espeak", "phoneme_id_map"))
    keys = {
        "audio.sample_rate": isinstance(audio, dict) and _is_whole(audio.get("sample_rate"), 8_000, 48_000),
        "espeak.voice": isinstance(espeak, dict) and isinstance(espeak.get("voice"), str),
        "num_symbols": _is_whole(config.get("num_symbols"), 1, 100_000),
        "num_speakers": _is_whole(config.get("num_speakers"), 0, 100_000),
        "phoneme_id_map": isinstance(ids, dict)
        and ids
        and all(isinstance(one, list) for one in ids.values()),
    }
    return next((say("voices.piper.key", key=key) for key, is_right in keys.items() if not is_right), "")


def _is_whole(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


@lru_cache(maxsize=64)
def _hash_files(stamp: tuple[tuple[str, int, int], ...]) -> str:
    digest = hashlib.sha256()
    for name, _, _ in stamp:
        with Path(name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]


_pools: dict[str, tuple[object, WorkerPool]] = {}
_pools_change = threading.Lock()


def _pool_of(model: Model) -> WorkerPool:
    """The workers of a model; those of the files it had before are ended."""
    with _pools_change:
        stamp, pool = _pools.get(model.name, (None, None))
        if pool is None or stamp != model.stamp:
            if pool:
                pool.close()
            arguments = ("-m", "studio.voices.piper_worker", str(model.sound), str(model.config))
            pool = WorkerPool(partial(Worker, arguments))
            _pools[model.name] = (model.stamp, pool)
        return pool
