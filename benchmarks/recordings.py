"""What taking a recording in costs: times real time by CPU and by the clock, and memory for 1 and 3 hours.

    python -m benchmarks.recordings

In one decode: format, length, loudness with true peak, outline, cue points, flaws, speech, fingerprint. Then
the bytes go into the store. Editing is measured on the same file: a cut, two fades, a level, made into FLAC.

Each case runs in its own process, on speech-like stereo MP3 made for it.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from assets.ffmpeg import find_ffmpeg
from assets.store import Store
from studio.mixing.editing import write_pieces
from studio.recordings.edits import Cut, Fade, Gain, apply_all, length_of, whole
from studio.recordings.ingest import hear_file

CASES = (("mp3", 60), ("wav", 60), ("mp3", 180))
RATE_HZ = 44_100
BURSTS = "0.2*sin(2*PI*160*t)*max(0\\,sin(2*PI*2.3*t))*lt(mod(t\\,7)\\,5)+0.001*random(0)"


def make_recording(path: Path, minutes: int) -> None:
    minute = path.with_suffix(".minute.wav")
    subprocess.run(
        [find_ffmpeg(), "-v", "error", "-y", "-f", "lavfi", "-i",
         f"aevalsrc={BURSTS}|{BURSTS}:s={RATE_HZ}:d=60", "-c:a", "pcm_s16le", minute],
        check=True,
    )  # fmt: skip
    subprocess.run(
        [find_ffmpeg(), "-v", "error", "-y", "-stream_loop", str(minutes - 1), "-i", minute, path],
        check=True,
    )  # fmt: skip


def run_case(path: Path) -> dict[str, float]:
    store = Store(path.parent / "store")
    start = time.perf_counter()
    taken = hear_file(store, path, name=path.name)
    wall_s, cpu_s = time.perf_counter() - start, measure_cpu()
    taken_mb = measure_memory()
    seconds = taken.heard.probe.duration_ms / 1000
    start = time.perf_counter()
    edits = [Cut(60_000, 90_000), Fade(2_000, 4_000), Gain(-3)]
    pieces = apply_all(whole(taken.sha256, taken.heard.probe.duration_ms), edits)
    made = path.parent / "made.flac"
    write_pieces(pieces, made, channels=2, find=store.path, workdir=path.parent)
    edited_s = time.perf_counter() - start
    made.unlink()
    shutil.rmtree(store.root)
    return {
        "wall": seconds / wall_s,
        "cpu": seconds / cpu_s,
        "memory_mb": taken_mb,
        "edited": length_of(pieces) / 1000 / edited_s,
        "edited_mb": measure_memory(),
    }


def measure_cpu() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def measure_memory() -> float:
    """Peak of this process and of its largest child, MB."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_maxrss for usage in usages) / 1024


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--case", type=Path, metavar="FILE", help="one case, as JSON")
    case = arguments.parse_args().case
    if case:
        print(json.dumps(run_case(case)))
        return
    print(
        f"{'file':<5} {'minutes':>7} {'x real time':>12} {'x per CPU s':>12} {'MB':>5} "
        f"{'edited x':>9} {'MB':>5}"
    )
    with tempfile.TemporaryDirectory() as folder:
        for kind, minutes in CASES:
            path = Path(folder) / f"{minutes}.{kind}"
            make_recording(path, minutes)
            command = [sys.executable, "-m", "benchmarks.recordings", "--case", str(path)]
            found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            path.unlink()
            print(
                f"{kind:<5} {minutes:>7} {found['wall']:>12.0f} {found['cpu']:>12.0f} "
                f"{found['memory_mb']:>5.0f} {found['edited']:>9.0f} {found['edited_mb']:>5.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
