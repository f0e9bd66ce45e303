"""Coverage-guided search for text that breaks the reader; run by hand, for minutes, not by pytest.

    pip install atheris
    python -m tests.speech.fuzz_reader -max_total_time=300

It starts from the public set and fails on an exception, on a character that has no place in what is said
and on spans that are not those of the source.
"""

import re
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["studio.speech"]):
    from studio.speech.reader import read_text

from tests.speech.scoring import public_cases


def check_text(data: bytes) -> None:
    """What holds for any text whatever."""
    text = data.decode("utf-8", "replace")
    reading = read_text(text)
    spoken = reading.spoken
    assert not re.search(r"[0-9/%°=<>&@#*_]", spoken), spoken
    place = 0
    for sentence in reading.sentences:
        for token in sentence.tokens:
            assert token.start >= place
            assert token.source == text[token.start : token.end]
            place = token.end
    for notice in reading.warnings:
        assert notice.source == text[notice.start : notice.end]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(public_cases()):
            Path(folder, str(number)).write_text(case.source, "utf-8")
        atheris.Setup([*sys.argv, folder, "-max_len=400"], check_text)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
