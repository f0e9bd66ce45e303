"""What mixing, mastering and encoding cost beside merely encoding the finished sound.

    .venv/bin/python -m benchmarks.render

Prints one table, all of it from this run. CPU is user and system time of the process and its ffmpeg; memory
is the peak of the process plus the peak of the largest ffmpeg, which is more than they ever hold together.
Sentences are there already (voicing is not part of this); each case runs in a process of its own.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from importlib.resources import files
from pathlib import Path

from assets.ffmpeg import open_media, run_graph, write_sound
from assets.sounds.library import bundled_sounds
from studio.mixing.presets import find_preset
from studio.mixing.render import render
from studio.mixing.timeline import BedSpan, MusicClip, Timeline, VoiceClip
from studio.production.programme import prepare_programme
from studio.settings import read_settings
from studio.voices.cache import SpeechCache
from studio.voices.voice import Spoken

CASES = ((15, "radio"), (15, "loudspeaker"), (15, "web"), (15, "radio,loudspeaker"), (60, "radio"))


def voice_sentences(folder: Path) -> list[tuple[str, Spoken]]:
    """Sentences of the bundled example with their voices, spoken before the clock starts."""
    settings = read_settings({}, home=folder)
    requests = [
        request
        for path in sorted(files("studio.example").joinpath("scripts").iterdir(), key=lambda path: path.name)[
            :4
        ]
        for passage in prepare_programme(path.read_text("utf-8"), settings=settings, presets=[]).passages
        for request in passage.requests
    ]
    voiced = SpeechCache(folder / "speech").speak_all(requests, workers=2, progress=lambda *_: None)
    return [(request.voice, spoken) for request, spoken in zip(requests, voiced, strict=True)]


def make_timeline(sentences: list[tuple[str, Spoken]], minutes: int) -> Timeline:
    """A tune, real sentences over and over, a bed under the first half, stings between."""
    sounds = bundled_sounds()
    tune, sting, bed = sounds["mo-dau"], sounds["chuyen-muc"], sounds["sao-truc"]
    end_ms = minutes * 60_000
    voices, music = [], [MusicClip(tune.path, 200, tune.duration_ms)]
    at, number = 200 + tune.duration_ms + 1500, 0
    while at + sentences[number % len(sentences)][1].duration_ms + 500 < end_ms:
        voice, spoken = sentences[number % len(sentences)]
        voices.append(VoiceClip(spoken.path, at, spoken.duration_ms, voice))
        number += 1
        at += spoken.duration_ms + (800 if number % 4 == 0 else 350)
        if number % 30 == 0 and at + sting.duration_ms < end_ms:
            music.append(MusicClip(sting.path, at, sting.duration_ms))
            at += sting.duration_ms + 500
    beds = (BedSpan(bed.path, 200 + tune.duration_ms, end_ms // 2, 400, 2000, -6.0),)
    return Timeline(end_ms, tuple(voices), tuple(music), beds, (), ())


def run_case(folder: Path, minutes: int, presets: list[str]) -> dict[str, object]:
    """Render and then merely encode; runs in its own process, so that its peaks are its own."""
    timeline = make_timeline(voice_sentences(folder), minutes)
    before, start = _cpu_s(), time.perf_counter()
    verdicts = render(timeline, {name: folder / f"{name}.mp3" for name in presets}, workdir=folder)
    loa_s, loa_wall_s = _cpu_s() - before, time.perf_counter() - start
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    bare_s = bare_wall_s = 0.0
    for name in presets:
        wave = folder / f"{name}.wav"
        run_graph([write_sound(open_media(verdicts[name].path), wave, container="wav")], timeout_s=600)
        before, start = _cpu_s(resource.RUSAGE_CHILDREN), time.perf_counter()
        encoded = write_sound(
            open_media(wave),
            folder / "bare.mp3",
            container="mp3",
            acodec="libmp3lame",
            audio_bitrate=f"{find_preset(name).bit_rate_kbps}k",
        )
        run_graph([encoded], timeout_s=3600)
        bare_s += _cpu_s(resource.RUSAGE_CHILDREN) - before
        bare_wall_s += time.perf_counter() - start
    return {
        "bare_s": bare_s,
        "loa_s": loa_s,
        "bare_wall_s": bare_wall_s,
        "loa_wall_s": loa_wall_s,
        "memory_mb": sum(peaks) / 1024,
        "verdicts": [f"{v.integrated_lufs:.1f} LUFS {v.true_peak_dbtp:.1f} dBTP" for v in verdicts.values()],
    }


def _cpu_s(*whose: int) -> float:
    usages = [resource.getrusage(who) for who in whose or (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--case", nargs=2, metavar=("MINUTES", "PRESETS"), help="one case, as JSON")
    case = arguments.parse_args().case
    if case:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(run_case(Path(folder), int(case[0]), case[1].split(","))))
        return
    print(
        f"{'minutes':>7} {'presets':<18} {'bare CPU s':>10} {'Loa CPU s':>10} {'ratio':>6} "
        f"{'wall':>6} {'MB':>5}  delivered"
    )
    for minutes, presets in CASES:
        command = [sys.executable, "-m", "benchmarks.render", "--case", str(minutes), presets]
        found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        print(
            f"{minutes:>7} {presets:<18} {found['bare_s']:>10.1f} {found['loa_s']:>10.1f} "
            f"{found['loa_s'] / found['bare_s']:>6.2f} {found['loa_wall_s'] / found['bare_wall_s']:>6.2f} "
            f"{found['memory_mb']:>5.0f}  {'; '.join(found['verdicts'])}",
            flush=True,
        )


if __name__ == "__main__":
    main()
