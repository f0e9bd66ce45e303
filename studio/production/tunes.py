"""A bundled tune mastered like everything else, so that it stands beside speech at the same loudness."""

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from assets.errors import Missing
from assets.sounds.library import Sound, bundled_sounds
from studio.mixing.presets import find_preset
from studio.mixing.render import MIX_VERSION, Verdict, render
from studio.mixing.tags import Tags
from studio.mixing.timeline import MusicClip, Timeline
from studio.settings import Settings


class SoundUnknown(Missing):
    """There is no bundled sound of that name."""


@dataclass(frozen=True, slots=True)
class TuneDraft:
    sound: Sound
    sha256: str
    recipes: Mapping[str, str]
    """Preset name to the sha256 of all that determines the file."""


def prepare_tune(name: str, *, presets: Sequence[str]) -> TuneDraft:
    """Raises: SoundUnknown."""
    sounds = bundled_sounds()
    if name not in sounds:
        raise SoundUnknown(name=name, valid=", ".join(sorted(sounds)))
    digest = hashlib.sha256(sounds[name].path.read_bytes()).hexdigest()
    return TuneDraft(
        sound=sounds[name],
        sha256=digest,
        recipes={preset: _hash_recipe(sounds[name].title, digest, preset) for preset in presets},
    )


def make_tune(draft: TuneDraft, outputs: Mapping[str, Path], *, settings: Settings) -> Mapping[str, Verdict]:
    """The tune alone on a timeline, mastered to each preset of `outputs`."""
    sound = draft.sound
    clip = MusicClip(path=sound.path, start_ms=0, duration_ms=sound.duration_ms)
    timeline = Timeline(
        duration_ms=sound.duration_ms, voices=(), music=(clip,), beds=(), chapters=(), captions=()
    )
    with tempfile.TemporaryDirectory(dir=settings.cache, prefix="mix-") as workdir:
        return render(
            timeline,
            outputs,
            workdir=Path(workdir),
            tags=Tags(title=sound.title, code=sound.name, category=sound.kind),
            progress=lambda _share, _message: None,
        )


def _hash_recipe(title: str, digest: str, preset: str) -> str:
    recipe = {"mix": MIX_VERSION, "title": title, "sound": digest, "preset": asdict(find_preset(preset))}
    return hashlib.sha256(json.dumps(recipe, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
