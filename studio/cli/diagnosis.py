"""`loa doctor`: what works here, and how to get the rest."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from assets.errors import LoaError
from assets.messages import say
from studio.cli.output import print_json
from studio.cli.parser import Commands, add_command, add_json
from studio.settings import Settings

LEAST_FREE_BYTES = 2_000_000_000


def add_commands(commands: Commands) -> None:
    add_json(add_command(commands, "doctor", diagnose))


def diagnose(chosen: argparse.Namespace, settings: Settings) -> int:
    """Try each part for real; exit code 6 when one that the main job needs does not work."""
    found = [
        {
            "part": name,
            "works": works,
            "detail": detail,
            "mend": "" if works else say(f"cli.doctor.mend.{name}"),
        }
        for name, works, detail in check_parts(settings)
    ]
    if chosen.json:
        print_json(found)
    else:
        for part in found:
            mark = "✓" if part["works"] else "✗"
            name = say(f"cli.doctor.part.{part['part']}")
            print(f"{mark} {name}: {part['detail']}")
            if part["mend"]:
                print(f"  → {part['mend']}")
    return 0 if all(part["works"] for part in found) else 6


def check_parts(settings: Settings) -> Iterator[tuple[str, bool, str]]:
    parts: dict[str, Callable[[Settings], str]] = {
        "python": lambda _settings: sys.version.split()[0],
        "home": _try_home,
        "disk": _try_disk,
        "database": _try_database,
        "ffmpeg": _try_ffmpeg,
        "speech": _try_speech,
        "sounds": _try_sounds,
        "gtts": _tell_gtts,
        "piper": _try_piper,
    }
    for name, attempt in parts.items():
        try:
            yield name, True, attempt(settings)
        except (LoaError, OSError) as error:
            yield name, False, " ".join(str(error).split())


def _tell_gtts(settings: Settings) -> str:
    return say("cli.doctor.gtts_on" if settings.gtts_consent else "cli.doctor.gtts_off")


def _try_piper(settings: Settings) -> str:
    """What models there are, each heard saying a word; nothing is missing where there are none."""
    from studio.voices.piper import PiperAbsent, PiperVoice, find_models, piper_version

    models = find_models(settings.voices)
    try:
        installed = piper_version()
    except PiperAbsent as absent:
        if models:
            raise
        return str(absent)
    if not models:
        return say("cli.doctor.piper_empty", version=installed, folder=settings.voices)
    with tempfile.TemporaryDirectory() as folder:
        for name in models:
            PiperVoice(name, settings.voices).speak("Loa", rate=1.0, path=Path(folder) / "piper.wav")
    return f"{installed}: {', '.join(models)}"


def _try_home(settings: Settings) -> str:
    settings.home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=settings.home) as probe:
        probe.write(b"loa")
    return str(settings.home)


def _try_disk(settings: Settings) -> str:
    free = shutil.disk_usage(settings.home).free
    if free < LEAST_FREE_BYTES:
        raise OSError(say("cli.doctor.free", gigabytes=f"{free / 1e9:.1f}"))
    return say("cli.doctor.free", gigabytes=f"{free / 1e9:.1f}")


def _try_database(settings: Settings) -> str:
    from studio.database import open_database

    database = open_database(settings)
    with database.writing() as session:
        session.connection()
    database.close()
    return database.engine.dialect.name


def _try_ffmpeg(_settings: Settings) -> str:
    from assets.ffmpeg import ffmpeg_version

    return ffmpeg_version()


def _try_speech(settings: Settings) -> str:
    from assets.loudness import measure_loudness
    from studio.production.speaking import speak_text

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "doctor.wav"
        speak_text(
            say("cli.doctor.sentence"), path, engine=None, voice="vi-north-f", rate=1.0, settings=settings
        )
        measured = measure_loudness(path)
    return f"vi-north-f {measured.duration_ms} ms, {measured.integrated_lufs:.1f} LUFS"


def _try_sounds(_settings: Settings) -> str:
    from assets.sounds.library import bundled_sounds

    return str(len(bundled_sounds()))
