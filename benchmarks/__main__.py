"""`python -m benchmarks`: the table of `docs/performance.md` on rendering, all of it from one run."""

import argparse
import json
import subprocess
import sys
import tempfile

from benchmarks import render

CASES = (
    (15, "radio", ("loa", "bare", "cold", "changed", "loudnorm", "pydub")),
    (15, "loudspeaker", ("loa", "bare", "cold", "changed")),
    (15, "web", ("loa", "bare", "cold", "changed")),
    (15, "radio,loudspeaker", ("loa", "bare")),
    (180, "radio", ("loa", "bare")),
)
QUICK = ((5, "radio", ("loa", "bare", "changed", "loudnorm", "pydub")),)


def run(way: str, minutes: int, presets: str, folder: str) -> dict[str, object] | None:
    command = [sys.executable, "-m", "benchmarks.render", way, str(minutes), presets, folder]
    found = subprocess.run(command, capture_output=True, check=False)
    if found.returncode:
        print(found.stderr.decode("utf-8", "replace").strip().splitlines()[-1], file=sys.stderr)
        return None
    return json.loads(found.stdout)


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=render.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--quick", action="store_true", help="five minutes, one preset")
    cases = QUICK if arguments.parse_args().quick else CASES
    print("| minutes | presets | way | CPU s | CPU ratio | wall ratio | MB | LUFS | dBTP |")
    print("|---|---|---|---|---|---|---|---|---|")
    for minutes, presets, ways in cases:
        with tempfile.TemporaryDirectory() as folder:
            found = {way: run(way, minutes, presets, folder) for way in ways}
        bare = found["bare"]
        for way, one in found.items():
            if one is None or bare is None:
                print(f"| {minutes} | {presets} | {way} | – | – | – | – | – | – |", flush=True)
                continue
            loudness, peaks = (", ".join(f"{value:.1f}" for value in one[key]) for key in ("lufs", "dbtp"))
            print(
                f"| {minutes} | {presets} | {way} | {one['cpu_s']:.1f} | {one['cpu_s'] / bare['cpu_s']:.2f} "
                f"| {one['wall_s'] / bare['wall_s']:.2f} | {one['peak_mb']:.0f} | {loudness} | {peaks} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
