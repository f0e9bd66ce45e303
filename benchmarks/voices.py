"""How fast a text becomes speech, cold and from the cache.

    python -m benchmarks.voices

About 1,000 words of the example's scripts are read and voiced by processes of their own: first with an empty
cache (start of Python, reading and start of the engines included in the clock), then again with what the
first left behind. The reference is the length of the speech itself: times real time. Below stand the ratios
that are promised: cold at least 300 times real time, from the cache at least 50 times as fast as that.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from studio.scripts.parser import parse_script
from studio.settings import read_settings

WORDS = 1_000
SCRIPTS = Path(__file__).parent.parent / "studio/example/scripts"


def say_words(folder: Path) -> dict[str, float]:
    """Voice the text with the cache in `folder`; what it came to."""
    from studio.production.passages import list_requests, read_passages
    from studio.production.programme import known_names
    from studio.voices import espeak
    from studio.voices.cache import SpeechCache

    settings = read_settings(home=folder)
    known = known_names(settings)
    requests = []
    words = 0
    for path in sorted(SCRIPTS.glob("*.md")):
        for request in list_requests(read_passages(parse_script(path.read_text("utf-8"), **known))):
            if words < WORDS:
                words += len(request.text.split())
                requests.append(request)
    begin, begin_cpu = time.perf_counter(), count_cpu_s()
    voiced = SpeechCache(settings.cache / "speech").speak_all(requests, workers=2)
    voicing_s = time.perf_counter() - begin
    espeak.close_workers()  # what they took is counted when they have ended
    return {
        "words": words,
        "speech_s": sum(one.duration_ms for one in voiced) / 1000,
        "voicing_s": voicing_s,
        "cpu_s": count_cpu_s() - begin_cpu,
        "made": sum(not one.reused for one in voiced),
    }


def count_cpu_s() -> float:
    """What this process and those that it started and that have ended took."""
    return time.process_time() + os.times().children_user + os.times().children_system


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(say_words(Path(sys.argv[1]))))
        return
    names = ("words", "speech, s", "voicing, s", "x", "CPU, s", "x", "with start, s", "x")
    print(" " * 16 + "".join(f"{name:>14}" for name in names))
    paces = []
    with tempfile.TemporaryDirectory() as folder:
        for name in ("empty cache", "the same again"):
            begin = time.perf_counter()
            command = [sys.executable, "-m", "benchmarks.voices", folder]
            told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            speech_s = told["speech_s"]
            figures = [told["words"], speech_s]
            for took_s in (told["voicing_s"], told["cpu_s"], time.perf_counter() - begin):
                figures += [took_s, speech_s / max(took_s, 0.001)]
            paces.append(figures[3])
            print(f"{name:16}" + "".join(f"{figure:14,.3f}" for figure in figures))
    cold, cached = paces
    print(f"cold: {cold:,.0f} times real time (promised 300): {cold / 300:.1f}")
    print(f"cached: {cached:,.0f} times real time (promised 15,000): {cached / 15_000:.1f}")
    print(f"cached to cold, in this run: {cached / cold:.0f}")


if __name__ == "__main__":
    main()
