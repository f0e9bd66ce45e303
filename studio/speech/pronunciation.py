"""The last steps before an engine: words respelled so that this engine says them right.

First what the house has corrected for one voice (`pronounce`), then the table of the engine (`respell`).

The words to be said stay as they are for people and captions; only what the engine is fed changes, with the
way back to every character of them.
"""

import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files

from studio.speech.cleaning import Cleaned
from studio.speech.overlay import words_pattern

ENGINES = ("espeak",)
"""Engines with a table `assets/lexicon/<engine>.toml`; the others are fed what is said."""

_WORD = re.compile(r"[^\W\d_]+")


def respell(spoken: str, engine: str) -> Cleaned:
    """What `engine` is fed for `spoken`; a respelled word leads back to its first character."""
    table = _load(engine) if engine in ENGINES else {}

    def find_new(match: re.Match[str]) -> str | None:
        new = table.get(match[0].lower())
        if engine == "espeak" and new is None and "ọa" in match[0]:
            return match[0].replace("ọa", "oạ")  # eSpeak NG 1.52 says họa in two syllables
        return new

    return _replace(spoken, _WORD, find_new)


def pronounce(spoken: str, pairs: Sequence[tuple[str, str]]) -> Cleaned:
    """`spoken` with each of these words (by the rule of `words_pattern`) spelled anew, the longest first."""
    ordered = sorted(pairs, key=lambda pair: -len(pair[0]))
    wanted = "|".join(f"({words_pattern(words).pattern})" for words, _ in ordered)
    if not wanted:
        return Cleaned(spoken, range(len(spoken) + 1))
    return _replace(spoken, re.compile(wanted), lambda match: ordered[(match.lastindex or 1) - 1][1])


def _replace(
    spoken: str, pattern: re.Pattern[str], find_new: Callable[[re.Match[str]], str | None]
) -> Cleaned:
    pieces: list[str] = []
    offsets: list[int] = []
    end = 0
    for match in pattern.finditer(spoken):
        new = find_new(match)
        if new is not None:
            pieces += [spoken[end : match.start()], new]
            offsets += [*range(end, match.start()), *[match.start()] * len(new)]
            end = match.end()
    return Cleaned("".join([*pieces, spoken[end:]]), [*offsets, *range(end, len(spoken) + 1)])


@cache
def respelling_version(engine: str) -> str:
    """Changes whenever the engine's table does; part of the recipe of what it says."""
    return hashlib.sha256(_read(engine).encode()).hexdigest()[:12]


@cache
def _load(engine: str) -> Mapping[str, str]:
    words: Mapping[str, str] = tomllib.loads(_read(engine))["words"]
    return words


def _read(engine: str) -> str:
    return files("assets").joinpath("lexicon", f"{engine}.toml").read_text("utf-8")
