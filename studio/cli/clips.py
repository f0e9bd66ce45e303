"""`loa clip`: a script as a film with captions."""

import argparse
from pathlib import Path

from assets.messages import say
from studio.cli.corrections import add_use, use_corrections
from studio.cli.output import print_json, show_progress
from studio.cli.parser import Commands, add_command, add_json, add_option
from studio.cli.recordings import use_recordings
from studio.settings import Settings


def add_commands(commands: Commands) -> None:
    clip = add_command(commands, "clip", make_clip_file)
    add_option(clip, "script", type=Path, metavar="SCRIPT")
    add_option(clip, "-o", "--output", type=Path, required=True, metavar="FILE.mp4")
    add_option(clip, "--shape", default="16:9", metavar="16:9|1:1|9:16")
    add_option(clip, "--height", type=int, default=720, metavar="N")
    add_option(clip, "--pictures", type=Path, metavar="DIR")
    add_option(clip, "--logo", type=Path, metavar="FILE")
    add_use(clip)
    add_json(clip)


def make_clip_file(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.clips.film import choose_look, make_clip
    from studio.scripts.parser import read_script_file
    from studio.takes.folder import read_folder

    text = read_script_file(chosen.script)
    look = choose_look(chosen.shape, chosen.height, pictures=chosen.pictures, logo=chosen.logo)
    with show_progress() as report:
        clip = make_clip(
            text,
            chosen.output,
            look,
            settings=settings,
            progress=report,
            corrections=use_corrections(chosen, settings),
            script=chosen.script_code,
            takes=lambda document: read_folder(chosen.script, document),
            recordings=use_recordings(text, settings),
        )
    film, srt, vtt, poster = clip.files
    result = {
        "file": str(film),
        "srt": str(srt),
        "vtt": str(vtt),
        "poster": str(poster),
        "width": clip.canvas.width,
        "height": clip.canvas.height,
        "duration_ms": clip.loudness.duration_ms,
        "integrated_lufs": clip.loudness.integrated_lufs,
        "true_peak_dbtp": clip.loudness.true_peak_dbtp,
        "chapters": clip.chapters,
        "captions": clip.captions,
    }
    if chosen.json:
        print_json(result)
    else:
        print(say("cli.clip.done", **result))
