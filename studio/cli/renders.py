"""`loa render` and `loa loudness`: a script as a finished programme, and the measure of any sound."""

import argparse
import time
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from assets.messages import say
from studio.cli.corrections import add_use, use_corrections
from studio.cli.output import print_json, print_table, show_progress
from studio.cli.parser import Commands, CommandUnreadable, add_command, add_json, add_option, find_file
from studio.cli.recordings import use_recordings
from studio.mixing.presets import Preset
from studio.production.engines import Voicing
from studio.settings import Settings


def add_commands(commands: Commands) -> None:
    render = add_command(commands, "render", render_script)
    add_option(render, "script", type=Path, metavar="SCRIPT")
    add_option(render, "-o", "--output", type=Path, required=True, metavar="FILE")
    add_option(render, "--preset", default="radio", metavar="NAME[,NAME]")
    add_option(render, "--cover", type=find_file, metavar="PICTURE")
    add_option(
        render,
        "--stand-in",
        action="append",
        default=[],
        type=read_stand_in,
        metavar="ROLE=VOICE",
        key="stand_in",
    )
    add_use(render)
    add_json(render)
    loudness = add_command(commands, "loudness", print_loudness)
    add_option(loudness, "files", type=find_file, nargs="+", metavar="FILE")
    add_json(loudness)


def render_script(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.mixing.tags import read_cover
    from studio.production.fallback import make_with_fallback
    from studio.production.programme import make_programme, prepare_programme
    from studio.scripts.parser import read_script_file
    from studio.takes.folder import read_folder

    started = time.monotonic()
    presets, text = read_presets(chosen.preset), read_script_file(chosen.script)
    draft = prepare_programme(
        text,
        settings=settings,
        presets=presets,
        corrections=use_corrections(chosen, settings),
        script=chosen.script_code,
        takes=lambda document: read_folder(chosen.script, document),
        recordings=use_recordings(text, settings),
        stand_ins=dict(chosen.stand_in),
    )
    outputs = name_outputs(chosen.output, draft.presets)
    cover = read_cover(chosen.cover) if chosen.cover else None
    with show_progress() as report, _misses_told(as_json=chosen.json):
        draft, programme = make_with_fallback(
            draft,
            lambda one: (
                one,
                make_programme(one, outputs, settings=settings, progress=report, cover=cover),
            ),
            settings=settings,
            progress=report,
        )
    seconds = round(time.monotonic() - started, 2)
    results = [
        {
            "file": str(outputs[preset]),
            "preset": preset,
            "duration_ms": verdict.duration_ms,
            "integrated_lufs": verdict.integrated_lufs,
            "true_peak_dbtp": verdict.true_peak_dbtp,
            "loudness_range_lu": verdict.loudness_range_lu,
            "engine": programme.engine,
            "spoken_by": draft.voicing.engine,
            "instead_of": draft.voicing.to_row()["instead_of"],
            "takes": len(draft.takes),
            "stand_ins": dict(chosen.stand_in),
            "seconds": seconds,
            "sentences_reused": programme.sentences_reused,
            "sentences_made": programme.sentences_made,
        }
        for preset, verdict in programme.verdicts.items()
    ]
    if chosen.json:
        print_json(results[0] if len(results) == 1 else results)
        return
    for role, voice in chosen.stand_in:
        print(say("cli.render.stood_in", role=role, voice=voice))
    print_refusals(draft.voicing)
    for result in results:
        print(say("cli.render.done", **result))


@contextmanager
def _misses_told(*, as_json: bool) -> Iterator[None]:
    """Which limit a file misses and by how much, also for a program that reads the answer."""
    from studio.mixing.mastering import PresetNotMet

    try:
        yield
    except PresetNotMet as error:
        if as_json:
            print_json({"error": error.code, **error.data})
        raise


def read_stand_in(text: str) -> tuple[str, str]:
    """`ROLE=VOICE`: who reads a role for which no person is at hand.

    Raises:
        CommandUnreadable
    """
    role, sign, voice = text.rpartition("=")
    if not sign or not voice.strip():
        raise CommandUnreadable(message=f"--stand-in {text}", command="loa render")
    return " ".join(unicodedata.normalize("NFC", role).split()), voice.strip()


def print_refusals(voicing: Voicing) -> None:
    """Which engine spoke instead of which, and why."""
    for refused in voicing.instead_of:
        print(say("cli.render.instead", engine=voicing.engine, refused=refused.engine, reason=refused.reason))


def read_presets(text: str) -> list[str]:
    """`radio, web` as names."""
    return [name.strip() for name in text.split(",") if name.strip()]


def name_outputs(output: Path, presets: Mapping[str, Preset]) -> dict[str, Path]:
    """Where each preset goes: the name as given for one, `NAME.<preset>.<format>` for several."""
    if len(presets) == 1:
        return dict.fromkeys(presets, output)
    return {
        name: output.with_name(f"{output.stem}.{name}{preset.form.suffix}")
        for name, preset in presets.items()
    }


def print_loudness(chosen: argparse.Namespace, _settings: Settings) -> None:
    from dataclasses import asdict

    from assets.loudness import measure_loudness

    measured = [(path, measure_loudness(path)) for path in chosen.files]
    if chosen.json:
        rows = [{"file": str(path), **asdict(loudness)} for path, loudness in measured]
        print_json(rows[0] if len(rows) == 1 else rows)
        return
    names = (
        "file",
        "integrated_lufs",
        "loudness_range_lu",
        "true_peak_dbtp",
        "max_momentary_lufs",
        "max_short_term_lufs",
        "duration_ms",
        "channels",
    )
    print_table(
        [say(f"cli.column.{name}") for name in names],
        [[path, *(_tidy(getattr(loudness, name)) for name in names[1:])] for path, loudness in measured],
    )


def _tidy(value: float) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)
