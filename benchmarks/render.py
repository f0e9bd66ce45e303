"""What a finished programme costs, made in four ways beside each other.

    .venv/bin/python -m benchmarks [--quick]

    bare       ffmpeg merely encodes the finished sound: the least that anybody pays, and the reference
    loa        mixes, masters, encodes, decodes what it encoded and judges it
    loudnorm   ffmpeg's own filter in two passes over a sound that was mixed for it beforehand
    pydub      sentences, tune, stings and bed laid into one segment, levelled as a whole, exported

Sentences are there already, except where it says cold; each way runs in a process of its own, one after the
other. CPU is user and system time of the process and its children, imports not counted; memory is the most
that process and children held at one moment (what they share counted once), looked at ten times a second.
"""

import argparse
import ctypes
import json
import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Self

from assets.ffmpeg import find_ffmpeg, open_media, run_graph, write_sound
from assets.loudness import measure_loudness
from assets.sounds.library import bundled_sounds
from studio.mixing.mixer import JOIN_GRID_MS
from studio.mixing.presets import find_preset
from studio.mixing.render import render
from studio.mixing.timeline import BedSpan, MusicClip, Timeline, VoiceClip
from studio.production.programme import prepare_programme
from studio.settings import read_settings
from studio.voices.cache import SpeechCache, SpeechRequest
from studio.voices.voice import Spoken

FADES_MS = 400, 2000
KCMP = {"x86_64": 312, "aarch64": 272}
"""The number of the system call that tells whether two processes share something; no library has it."""
KCMP_VM = 1
BED_DB = -6.0


def list_sentences(folder: Path) -> list[SpeechRequest]:
    """Every sentence of the bundled example, each once."""
    settings = read_settings({}, home=folder)
    scripts = sorted(files("studio.example").joinpath("scripts").iterdir(), key=lambda path: path.name)
    return list(
        dict.fromkeys(
            request
            for path in scripts
            for passage in prepare_programme(path.read_text("utf-8"), settings=settings, presets=[]).passages
            for request in passage.requests
        )
    )


def speak(requests: list[SpeechRequest], folder: Path) -> list[tuple[str, Spoken]]:
    voiced = SpeechCache(folder / "speech").speak_all(requests, workers=2, progress=lambda *_: None)
    return [(request.voice, spoken) for request, spoken in zip(requests, voiced, strict=True)]


def make_timeline(sentences: list[tuple[str, Spoken]], minutes: int, *, count: int | None = None) -> Timeline:
    """A tune, sentences (over again where there are too few), a bed under the first half, stings between.

    It ends behind its last sentence: the one that would exceed `minutes` is left out, or
    `count` says how many there are.
    """
    sounds = bundled_sounds()
    tune, sting, bed = sounds["mo-dau"], sounds["chuyen-muc"], sounds["sao-truc"]
    voices, music = [], [MusicClip(tune.path, 200, tune.duration_ms)]
    at, number, bed_end_ms = 200 + tune.duration_ms + 1500, 0, 0
    while True:
        voice, spoken = sentences[number % len(sentences)]
        if number == count or (count is None and at + spoken.duration_ms + 500 > minutes * 60_000):
            break
        voices.append(VoiceClip(spoken.path, at, spoken.duration_ms, voice))
        number += 1
        at += spoken.duration_ms + (800 if number % 4 == 0 else 350)
        if not bed_end_ms and at > minutes * 30_000:
            bed_end_ms = at
        if number % 4 == 0:
            at += -at % JOIN_GRID_MS
        if number % 30 == 0:
            music.append(MusicClip(sting.path, at, sting.duration_ms))
            at += sting.duration_ms + 500
    beds = (BedSpan(bed.path, 200 + tune.duration_ms, bed_end_ms, *FADES_MS, BED_DB),)
    return Timeline(max(voices[-1].end_ms, music[-1].end_ms) + 500, tuple(voices), tuple(music), beds, (), ())


def encode_bare(wave: Path, made: Path, preset: str) -> None:
    """As anybody would at a terminal, without what we do to make ffmpeg cheaper."""
    rate = f"{find_preset(preset).bit_rate_kbps}k"
    encoder = ["-c:a", "libmp3lame", "-b:a", rate, "-f", "mp3"]
    command = [find_ffmpeg(), "-nostdin", "-y", "-i", str(wave), *encoder, str(made)]
    subprocess.run(command, capture_output=True, check=True)


def make_by_loudnorm(wave: Path, made: Path, preset: str) -> None:
    """As its manual has it: measured by a first pass, applied by a second."""
    wanted = find_preset(preset)
    target = f"loudnorm=I={wanted.target_lufs}:TP={wanted.ceiling_dbtp}:LRA=11"
    ffmpeg = [find_ffmpeg(), "-nostdin", "-y", "-i", str(wave)]
    heard = subprocess.run(
        [*ffmpeg, "-af", f"{target}:print_format=json", "-f", "null", "-"],
        capture_output=True,
        check=True,
    )
    found = json.loads(re.findall(rb"\{[^{}]*\}", heard.stderr)[-1])
    names = {"I": "input_i", "TP": "input_tp", "LRA": "input_lra", "thresh": "input_thresh"}
    measured = ":".join(f"measured_{name}={found[key]}" for name, key in names.items())
    applied = f"{target}:{measured}:offset={found['target_offset']}:linear=true"
    output = [
        "-ar",
        "48000",
        "-c:a",
        "libmp3lame",
        "-b:a",
        f"{wanted.bit_rate_kbps}k",
        "-f",
        "mp3",
        str(made),
    ]
    subprocess.run([*ffmpeg, "-af", applied, *output], capture_output=True, check=True)


def make_by_pydub(timeline: Timeline, made: Path, preset: str) -> None:
    """As its users do: overlays on silence, one gain for the whole, a bed that is low all along."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pydub import AudioSegment

    AudioSegment.converter = find_ffmpeg()

    def read(path: Path) -> object:
        raw = subprocess.run(
            [find_ffmpeg(), "-v", "error", "-i", str(path), "-f", "s16le", "-ar", "48000", "-ac", "2", "-"],
            capture_output=True,
            check=True,
        ).stdout
        return AudioSegment(raw, sample_width=2, frame_rate=48_000, channels=2)

    def pieces() -> object:
        for clip in timeline.voices:
            yield clip.start_ms, AudioSegment.from_wav(clip.path).set_frame_rate(48_000).set_channels(2)
        for tune in timeline.music:
            yield tune.start_ms, read(tune.path)

    mixed = AudioSegment.silent(timeline.duration_ms, frame_rate=48_000).set_channels(2)
    # Overlaying copies the whole programme each time: minutes are laid out by themselves and joined.
    whole = AudioSegment.empty()
    laid = sorted(pieces(), key=lambda piece: piece[0])
    for start in range(0, timeline.duration_ms, 60_000):
        part = mixed[start : start + 60_000]
        for at, piece in laid:
            if at < start + 60_000 and at + len(piece) > start:
                part = part.overlay(piece[max(0, start - at) :], position=max(0, at - start))
        whole += part
    for bed in timeline.beds:
        sound = read(bed.path)
        looped = (sound * (1 + (bed.end_ms - bed.start_ms) // len(sound)))[: bed.end_ms - bed.start_ms] - 20
        whole = whole.overlay(looped, position=bed.start_ms)
    whole = whole.apply_gain(find_preset(preset).target_lufs - whole.dBFS)
    whole.export(made, format="mp3", bitrate=f"{find_preset(preset).bit_rate_kbps}k").close()


class Meter:
    """CPU, time and memory of what runs inside the block, children included; not those of looking on."""

    def __enter__(self) -> Self:
        self.peak_mb = self._watching_s = 0.0
        self._stop = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()
        self._cpu, self._start = _cpu_s(), time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.cpu_s, self.wall_s = _cpu_s() - self._cpu, time.perf_counter() - self._start
        self._stop.set()
        self._watcher.join()
        self.cpu_s -= self._watching_s

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            # Twice: while a child starts, what it comes to share is counted whole for the other one still.
            self.peak_mb = max(self.peak_mb, min(_held_by_all_mb(), _held_by_all_mb()))
            self._watching_s = time.thread_time()


def _held_by_all_mb() -> float:
    children = Path("/proc/self/task").glob("*/children")
    pids = ["self"]
    with suppress(OSError):
        pids += [pid for child in children for pid in child.read_text().split()]
    return sum(_held_mb(pid) for pid in pids if not _is_borrowed(pid))


def _is_borrowed(pid: str) -> bool:
    """Whether a child was only just started: until its program is loaded its memory is ours, all of it."""
    if pid == "self" or sys.platform != "linux" or platform.machine() not in KCMP:
        return False
    system = ctypes.CDLL(None).syscall
    return system(KCMP[platform.machine()], os.getpid(), int(pid), KCMP_VM, 0, 0) == 0


def _held_mb(pid: str) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _cpu_s() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def run_way(way: str, minutes: int, presets: list[str], folder: Path) -> dict[str, object]:
    """One way, measured; `folder` holds sentences and, for those that need it, the finished wave."""
    made = {preset: folder / f"{way}-{preset}.mp3" for preset in presets}
    requests = list_sentences(folder)
    sentences = speak(requests, folder)
    timeline = make_timeline(sentences, minutes)
    used = {clip.path for clip in timeline.voices}
    said = [request for request, (_, spoken) in zip(requests, sentences, strict=True) if spoken.path in used]
    waves = {preset: folder / f"{preset}.wav" for preset in presets}

    def cold() -> None:
        with tempfile.TemporaryDirectory(dir=folder) as fresh:
            anew = speak(said, Path(fresh))
            render(make_timeline(anew, minutes), made, workdir=folder)

    def changed() -> None:
        spoken = speak([SpeechRequest(f"Một câu mới lúc {time.time_ns()}.", said[9].voice)], folder)
        sentences[9] = spoken[0]
        other = make_timeline(sentences, minutes, count=len(timeline.voices))
        render(other, made, workdir=folder, pieces=folder / "pieces")

    def each(make: Callable[[Path, Path, str], None]) -> Callable[[], None]:
        return lambda: [make(waves[preset], made[preset], preset) for preset in presets]

    ways: dict[str, Callable[[], object]] = {
        "bare": each(encode_bare),
        "loa": lambda: render(timeline, made, workdir=folder),
        "cold": cold,
        "changed": changed,
        "loudnorm": each(make_by_loudnorm),
        "pydub": lambda: [make_by_pydub(timeline, made[preset], preset) for preset in presets],
    }
    if way == "changed":  # it was made before
        render(timeline, made, workdir=folder, pieces=folder / "pieces")
    with Meter() as meter:
        ways[way]()
    if way == "loa":  # the finished sound, for those who come after
        for preset in presets:
            wave = write_sound(open_media(made[preset]), waves[preset], container="wav")
            run_graph([wave], timeout_s=3600)
    measured = [measure_loudness(path) for path in made.values()]
    return {
        "cpu_s": meter.cpu_s,
        "wall_s": meter.wall_s,
        "peak_mb": meter.peak_mb,
        "lufs": [loudness.integrated_lufs for loudness in measured],
        "dbtp": [loudness.true_peak_dbtp for loudness in measured],
    }


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("way")
    arguments.add_argument("minutes", type=int)
    arguments.add_argument("presets")
    arguments.add_argument("folder", type=Path)
    chosen = arguments.parse_args()
    print(json.dumps(run_way(chosen.way, chosen.minutes, chosen.presets.split(","), chosen.folder)))


if __name__ == "__main__":
    main()
