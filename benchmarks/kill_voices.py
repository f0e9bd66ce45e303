"""Twenty programmes rendered while the engines' processes are killed: do all end, and end the same?

    python -m benchmarks.kill_voices [--programmes 20]

Renders the example's scripts twice from an empty cache, two at a time: once in peace, once while every
running speech process is killed (SIGKILL) at random moments. Prints how many kills struck and compares the
files by sha256. Linux only: the processes are found in /proc.
"""

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SCRIPTS = Path(__file__).parent.parent / "studio/example/scripts"


def render_all(scripts: list[Path], folder: Path) -> dict[str, str]:
    """Script to the sha256 of its file, or to what the command said when it failed."""

    def render(script: Path) -> tuple[str, str]:
        target = folder / f"{script.stem}.mp3"
        command = [sys.executable, "-m", "studio.cli.main", "--home", str(folder), "render", str(script)]
        ended = subprocess.run([*command, "-o", str(target)], capture_output=True, text=True, check=False)
        if ended.returncode:
            return script.stem, f"exit {ended.returncode}: {ended.stderr.strip()[-200:]}"
        return script.stem, hashlib.sha256(target.read_bytes()).hexdigest()

    with ThreadPoolExecutor(2) as pool:
        return dict(pool.map(render, scripts))


def find_speakers() -> Iterator[int]:
    """The speech processes that descend from this one."""
    parents, speakers = {}, []
    for entry in Path("/proc").iterdir():
        try:
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if b"espeak_worker" in (entry / "cmdline").read_bytes():
                speakers.append(int(entry.name))
        except (ValueError, OSError):
            continue  # no process, or gone meanwhile
    for speaker in speakers:
        above = speaker
        while above in parents and above != os.getpid():
            above = parents[above]
        if above == os.getpid():
            yield speaker


def kill_until(stop: threading.Event, struck: list[int]) -> None:
    dice = random.Random(1)
    while not stop.wait(dice.uniform(0.05, 0.4)):
        for speaker in find_speakers():
            if dice.random() < 0.5:
                try:
                    os.kill(speaker, signal.SIGKILL)
                    struck.append(speaker)
                except ProcessLookupError:
                    continue


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programmes", type=int, default=20)
    scripts = sorted(SCRIPTS.glob("*.md"))[: parser.parse_args().programmes]
    results = []
    for disturbed in (False, True):
        stop, struck = threading.Event(), list[int]()
        killer = threading.Thread(target=kill_until, args=(stop, struck))
        begin = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            if disturbed:
                killer.start()
            results.append(render_all(scripts, Path(folder)))
            stop.set()
            if disturbed:
                killer.join()
        took_s = time.perf_counter() - begin
        print(f"{len(scripts)} programmes in {took_s:.0f} s, {len(struck)} processes killed")
    calm, struck_by = results
    failed = [f"{name}: {told}" for name, told in struck_by.items() if told.startswith("exit")]
    differing = [name for name in calm if calm[name] != struck_by[name]]
    print(f"failed: {failed or 'none'}; different from the undisturbed run: {differing or 'none'}")
    return 1 if failed or differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
