"""The last step before an engine: words respelled so that this engine says them right.

The words to be said stay as they are for people and captions; only what the engine is fed changes, with the
way back to every character of them.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from studio.speech.cleaning import Cleaned

ENGINES = ("espeak",)
"""Engines with a table `assets/lexicon/<engine>.toml`; the others are fed what is said."""

_WORD = re.compile(r"[^\W\d_]+")


def respell(spoken: str, engine: str) -> Cleaned:
    """What `engine` is fed for `spoken`; a respelled word leads back to its first character."""
    table = _load(engine) if engine in ENGINES else {}
    pieces: list[str] = []
    offsets: list[int] = []
    end = 0
    for match in _WORD.finditer(spoken):
        new = table.get(match[0].lower())
        if engine == "espeak" and new is None and "ọa" in match[0]:
            new = match[0].replace("ọa", "oạ")  # eSpeak NG 1.52 says họa in two syllables
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
