"""A script made into finished sound, without a database: read, voiced, laid out, mixed, mastered.

`prepare_programme` costs almost nothing and already knows the recipe of every file that
`make_programme` would make; what was made by the same recipe need not be made again.
"""

import hashlib
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlmodel import Session

from assets.messages import say
from assets.sounds.library import Sound, bundled_sounds
from studio.corrections.standing import NO_CORRECTIONS, Corrections
from studio.mixing.layout import lay_out
from studio.mixing.presets import Preset, find_preset
from studio.mixing.recordings import hear_recording
from studio.mixing.render import MIX_VERSION, Verdict, render
from studio.mixing.tags import Tags
from studio.mixing.timeline import Timeline
from studio.production.engines import Voicing, find_engine, give_voices
from studio.production.passages import ReadPassage, join_sounds, list_requests, read_passages
from studio.recordings.register import list_names
from studio.scripts.document import BedOn, Recording, ScriptDocument, Signature, Sting
from studio.scripts.parser import parse_script
from studio.settings import Settings
from studio.takes.shelf import NO_TAKES, TakeShelf, choose_takes, stand_in
from studio.voices.cache import SpeechCache, SpeechRequest
from studio.voices.recorded import VERSION as TAKE_VERSION
from studio.voices.recorded import RecordedVoice
from studio.voices.registry import AnyModel, find_voice, require_consent, voice_engines
from studio.voices.voice import Spoken, WordTiming

Progress = Callable[[float, str], None]
SPEECH_SHARE = 0.3
"""How much of the work voicing is, for the progress bar."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A script understood and read, with what its finished files would be made from."""

    document: ScriptDocument
    script: str
    """Its code, if it has one."""
    passages: tuple[ReadPassage, ...]
    voicing: Voicing
    sounds: Mapping[str, Sound]
    recordings: Mapping[str, Path]
    takes: tuple[tuple[Path, str], ...]
    """Of each passage that a person reads, in order: the file and its sha256."""
    materials: tuple[str, ...]
    """sha256 of each sound and recording in it."""
    recipes: Mapping[str, str]
    """Preset name to the sha256 of all that determines the file."""
    presets: Mapping[str, Preset]


@dataclass(frozen=True, slots=True)
class Programme:
    timeline: Timeline
    verdicts: Mapping[str, Verdict]
    """Preset name to the measure of the delivered file."""
    engine: str
    sentences_made: int
    sentences_reused: int


def known_names(settings: Settings, session: Session | None = None) -> dict[str, Any]:
    """What a script may name: voices, sounds, recordings of the folder and, by `session`, the catalogue."""
    catalogued = list_names(session) if session is not None else []
    return {
        "voices": AnyModel(voice_engines()) if settings.voice_fallback else voice_engines(),
        "sounds": {name: sound.kind for name, sound in bundled_sounds().items()},
        "recordings": [*catalogued, *_find_recordings(settings)],
    }


def prepare_programme(
    text: str,
    *,
    settings: Settings,
    presets: Sequence[str],
    corrections: Corrections = NO_CORRECTIONS,
    script: str = "",
    takes: TakeShelf | Callable[[ScriptDocument], TakeShelf] = NO_TAKES,
    stand_ins: Mapping[str, str] | None = None,
    recordings: Mapping[str, Path] | None = None,
) -> Draft:
    """Read a script as far as that goes without making a sound; `script` is its code, if it has one.

    `takes` are what people have read for it; `stand_ins` are roles that another voice reads instead;
    `recordings` are those of the catalogue, which come before files of the same name in the folder.

    Raises:
        LoaError: the first problem of the script, or a preset that is not known.
        TakesMissing: passages that nobody has read as they are now.
        RoleNotRecorded, VoiceMissing, StandInOfOtherEngine: of `stand_ins`.
    """
    masters = {name: find_preset(name, settings.presets) for name in presets}
    at_hand = {**_find_recordings(settings), **(recordings or {})}
    known = {**known_names(settings), "recordings": list(at_hand)}
    document = parse_script(text, **known)
    if stand_ins:
        document = stand_in(document, {role: find_voice(voice).name for role, voice in stand_ins.items()})
    chosen = choose_takes(document, takes if isinstance(takes, TakeShelf) else takes(document))
    read_aloud = tuple((path, _hash_file(path)) for path in chosen)
    own = corrections.for_script(script, document.header.organisation)
    passages = read_passages(document, own)
    voicing = Voicing(find_engine(passages))
    return _complete(
        document,
        passages,
        voicing,
        bundled_sounds(),
        at_hand,
        takes=read_aloud,
        presets=masters,
        script=script,
    )


def give_engine(draft: Draft, voicing: Voicing) -> Draft:
    """The same programme spoken by the engine of `voicing`, whole."""
    document, passages = give_voices(draft.document, draft.passages, voicing.engine)
    return _complete(
        document,
        passages,
        voicing,
        draft.sounds,
        draft.recordings,
        takes=draft.takes,
        presets=draft.presets,
        script=draft.script,
    )


def _complete(
    document: ScriptDocument,
    passages: tuple[ReadPassage, ...],
    voicing: Voicing,
    sounds: Mapping[str, Sound],
    recordings: Mapping[str, Path],
    *,
    takes: tuple[tuple[Path, str], ...],
    presets: Mapping[str, Preset],
    script: str,
) -> Draft:
    used = {cue.name for cue in document.cues if isinstance(cue, Signature | Sting | BedOn)}
    recordings = {cue.name: recordings[cue.name] for cue in document.cues if isinstance(cue, Recording)}
    files = [sounds[name].path for name in used] + list(recordings.values())
    hashes = {path.name: _hash_file(path) for path in files}
    requests = list_requests(passages)
    versions = {voice: find_voice(voice).version for voice in {request.voice for request in requests}}
    return Draft(
        document=document,
        script=script,
        passages=passages,
        voicing=voicing,
        sounds=sounds,
        recordings=recordings,
        takes=takes,
        materials=tuple(sorted({*hashes.values(), *(sha256 for _, sha256 in takes)})),
        recipes={
            name: _hash_recipe(
                document,
                preset,
                script=script,
                requests=requests,
                versions=versions,
                hashes=hashes,
                takes=[sha256 for _, sha256 in takes],
            )
            for name, preset in presets.items()
        },
        presets=presets,
    )


def make_programme(
    draft: Draft,
    outputs: Mapping[str, Path],
    *,
    settings: Settings,
    progress: Progress,
    cover: bytes | None = None,
) -> Programme:
    """Make the files of `outputs` (preset name to path), each whole and within its preset or not at all.

    `cover` is a picture (PNG or JPEG) that the files carry.

    Raises:
        VoiceFailed: the speech engine gave no sound.
        ConsentMissing: a voice of an outside service, without the centre's consent.
        PresetNotMet: says which limit a file misses and by how much.
    """
    voiced, timeline = voice_programme(
        draft, settings=settings, progress=lambda share, message: progress(share * SPEECH_SHARE, message)
    )
    settings.cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.cache, prefix="mix-") as workdir:
        verdicts = render(
            timeline,
            outputs,
            workdir=Path(workdir),
            tags=_describe(draft, timeline, cover),
            own_presets=settings.presets,
            pieces=settings.cache / "pieces",
            progress=lambda share, message: progress(SPEECH_SHARE + share * (1 - SPEECH_SHARE), message),
        )
    progress(1.0, say("production.done", title=draft.document.header.title))
    return Programme(
        timeline=timeline,
        verdicts=verdicts,
        engine=", ".join(sorted({find_voice(read.passage.voice).version for read in draft.passages})),
        sentences_made=sum(not spoken.reused for spoken in voiced),
        sentences_reused=sum(spoken.reused for spoken in voiced),
    )


def _describe(draft: Draft, timeline: Timeline, cover: bytes | None) -> Tags:
    header = draft.document.header
    return Tags(
        title=header.title,
        artist=header.organisation or "",
        code=draft.script,
        category=header.form or "",
        language=header.language,
        out_cue=timeline.captions[-1].text if timeline.captions else "",
        cover=cover,
    )


def voice_programme(draft: Draft, *, settings: Settings, progress: Progress) -> tuple[list[Spoken], Timeline]:
    """Every sentence said, or found in the cache, and all that sounds laid out in time; nothing is mixed.

    Raises:
        VoiceFailed: the speech engine gave no sound.
        ConsentMissing: a voice of an outside service, without the centre's consent.
    """
    cache = SpeechCache(settings.cache / "speech")
    requests = list_requests(draft.passages)
    require_consent((request.voice for request in requests), given=settings.gtts_consent)
    voiced = cache.speak_all(requests, workers=settings.workers, progress=progress)
    takes = speak_takes(draft, cache)
    heard = {name: hear_recording(path) for name, path in draft.recordings.items()}
    joined = join_sounds(draft.passages, voiced, takes)
    return voiced, lay_out(draft.document, joined, draft.sounds, heard)


def speak_takes(draft: Draft, cache: SpeechCache) -> list[Spoken]:
    """What people have read, trimmed and with the times of its words, from the cache or made now.

    Raises:
        MediaUnreadable, SoundSilent: of a take that was exchanged or damaged since it was heard.
    """
    spoken = []
    recorded = [read for read in draft.passages if read.is_recorded]
    for read, (path, sha256) in zip(recorded, draft.takes, strict=True):
        voice = RecordedVoice({read.spoken: path})
        key = hashlib.sha256(json.dumps([TAKE_VERSION, sha256, read.spoken]).encode()).hexdigest()
        spoken.append(cache.keep(key, partial(_read_aloud, voice, read.spoken)))
    return spoken


def _read_aloud(voice: RecordedVoice, text: str, path: Path) -> tuple[WordTiming, ...]:
    return voice.speak(text, rate=1.0, path=path)


def _find_recordings(settings: Settings) -> dict[str, Path]:
    if not settings.recordings.is_dir():
        return {}
    return {path.name: path for path in sorted(settings.recordings.iterdir()) if path.is_file()}


def _hash_file(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _hash_recipe(
    document: ScriptDocument,
    preset: Preset,
    *,
    script: str,
    requests: Sequence[SpeechRequest],
    versions: Mapping[str, str],
    hashes: Mapping[str, str],
    takes: Sequence[str],
) -> str:
    """Places in the text do not sound, so they do not count."""
    silent = {"line", "column", "breaks", "text"}
    recipe: dict[str, object] = {
        "mix": MIX_VERSION,
        "tags": [getattr(document.header, name) for name in ("title", "organisation", "form", "language")],
        "script": script,
        "preset": asdict(preset),
        "voices": dict(versions),
        "sounds": dict(hashes),
        "sentences": [[request.fed.text, request.voice, request.rate, *request.bent] for request in requests],
        "cues": [
            [type(cue).__name__, {key: value for key, value in asdict(cue).items() if key not in silent}]
            for cue in document.cues
        ],
    }
    if takes:
        recipe["takes"] = [TAKE_VERSION, *takes]
    return hashlib.sha256(json.dumps(recipe, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
