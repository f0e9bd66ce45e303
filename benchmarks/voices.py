"""How fast a text becomes speech, cold and from the cache.

    python -m benchmarks.voices

About 1,000 words of the example's scripts are read and voiced by processes of their own: first with an empty
cache (start of Python, reading and start of the engines included in the clock), then again with what the
first left behind. The reference is the length of the speech itself: times real time.
"""

import json
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
    begin = time.perf_counter()
    voiced = SpeechCache(settings.cache / "speech").speak_all(requests, workers=2)
    return {
        "words": words,
        "speech_s": sum(one.duration_ms for one in voiced) / 1000,
        "voicing_s": time.perf_counter() - begin,
        "made": sum(not one.reused for one in voiced),
    }


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(say_words(Path(sys.argv[1]))))
        return
    print(f"{'':24}{'words':>8}{'speech, s':>12}{'voicing, s':>12}{'x':>9}{'with start, s':>15}{'x':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for name in ("empty cache", "the same again"):
            begin = time.perf_counter()
            command = [sys.executable, "-m", "benchmarks.voices", folder]
            told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            whole_s = time.perf_counter() - begin
            print(
                f"{name:24}{told['words']:8}{told['speech_s']:12.1f}{told['voicing_s']:12.3f}"
                f"{told['speech_s'] / told['voicing_s']:9,.0f}{whole_s:15.2f}"
                f"{told['speech_s'] / whole_s:8.0f}"
            )


if __name__ == "__main__":
    main()
