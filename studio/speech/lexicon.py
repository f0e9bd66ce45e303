"""The words that spelling alone does not tell: abbreviations, units, names; national, or an organisation's.

The national table stands in `assets/lexicon/*.toml`; an organisation's own readings are laid over it.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from studio.speech.labels import squeeze_label
from studio.speech.overlay import Overlay, OwnReading, clean_words, make_overlay
from studio.speech.syllables import LOWER, UPPER


@dataclass(frozen=True, slots=True)
class Choice:
    """One meaning of an abbreviation and the neighbours it needs; patterns that are None always fit."""

    spoken: str
    after: re.Pattern[str] | None = None
    before: re.Pattern[str] | None = None
    near: re.Pattern[str] | None = None

    @property
    def conditional(self) -> bool:
        return any((self.after, self.before, self.near))

    def fits(self, left: str, right: str) -> bool:
        return (
            (self.after is None or self.after.search(left) is not None)
            and (self.before is None or self.before.match(right) is not None)
            and (self.near is None or self.near.search(f"{left} {right}") is not None)
        )


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All tables; keys of abbreviations are squeezed (`squeeze_key`)."""

    abbreviations: Mapping[str, tuple[Choice, ...]]
    dotted: Mapping[str, str]
    slashed: Mapping[str, str]
    small: Mapping[str, str]
    codes: Mapping[str, str]
    """Parts of the codes of documents, type and issuer: QĐ, TTg."""
    units: Mapping[str, str]
    money: Mapping[str, str]
    names: Mapping[str, str]
    labels: Mapping[str, str]
    """Words in names on the net, by their letters without marks."""
    overlay: Overlay
    """Own readings: they go before every rule."""
    lower_keys: frozenset[str]
    """Words in small letters that are not always read as written."""

    def overlaid(self, readings: Mapping[str, str] | Sequence[OwnReading]) -> "Lexicon":
        """With own readings and no others: `{"TTVH": "trung tâm văn hóa huyện"}`."""
        if isinstance(readings, Mapping):
            readings = [OwnReading(clean_words(words), spoken) for words, spoken in readings.items()]
        overlay = make_overlay(readings)
        return replace(self, overlay=overlay, lower_keys=self.lower_keys | overlay.keys())

    def expand(self, key: str, left: str, right: str) -> str | None:
        """The reading of an abbreviation between these neighbours (lower case left, as written right)."""
        for choice in self.abbreviations.get(key, ()):
            if choice.fits(left, right):
                return choice.spoken
        return None

    def is_guess(self, key: str, spoken: str) -> bool:
        """Whether this reading of several is the one taken when no neighbour tells."""
        *others, last = self.abbreviations.get(key, (Choice(spoken),))
        return not last.conditional and last.spoken == spoken and any(o.spoken != spoken for o in others)


def squeeze_key(written: str) -> str:
    """LĐ-TB&XH, LĐ,TB & XH -> LĐTBXH."""
    return re.sub(r"[^\w]", "", written)


@cache
def national_lexicon() -> Lexicon:
    return read_lexicon({name: _load(name) for name in ("abbreviations", "units", "names")})


def read_lexicon(tables: Mapping[str, Mapping[str, Any]]) -> Lexicon:
    """A lexicon from the parsed files `abbreviations`, `units` and `names`."""
    words = tables["abbreviations"]
    meanings: dict[str, tuple[Choice, ...]] = {}
    for entry in words["choice"]:
        key = squeeze_key(entry["key"])
        meanings[key] = (*meanings.get(key, ()), _make_choice(entry))
    for key, spoken in words["plain"].items():
        meanings[squeeze_key(key)] = (*meanings.get(squeeze_key(key), ()), Choice(spoken))
    for key, choices in meanings.items():  # what needs a neighbour is asked before what always fits
        meanings[key] = tuple(sorted(choices, key=lambda choice: not choice.conditional))
    units, money = tables["units"]["units"], tables["units"]["money"]
    return Lexicon(
        abbreviations=meanings,
        dotted=words["dotted"],
        slashed=words["slashed"],
        small=words["small"],
        codes={squeeze_key(key) if "-" not in key else key: said for key, said in words["codes"].items()},
        units=units,
        money=money,
        names={**tables["names"]["names"], **tables["names"]["foreign"]},
        labels={squeeze_label(words): words for words in tables["names"]["labels"]["words"]}
        | tables["names"]["labels"]["letters"],
        overlay={},
        lower_keys=frozenset(
            key for table in (words["small"], units, money) for key in table if key.isalpha()
        ),
    )


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(files("assets").joinpath("lexicon", f"{name}.toml").read_text("utf-8"))


def _make_choice(entry: Mapping[str, Any]) -> Choice:
    after = _alternatives(entry.get("after", ()))
    before = _alternatives(entry.get("before", ()))
    near = _alternatives(entry.get("near", ()))
    return Choice(
        entry["say"],
        re.compile(rf"(?:^|\W){after}\W{{0,3}}$") if after else None,
        re.compile(rf"[\s(:,-]{{0,3}}{before}") if before else None,
        re.compile(rf"(?i:{near})") if near else None,
    )


_SPECIAL = {
    "<name>": f"[{UPPER}][{LOWER}]",
    "<person>": f"[{UPPER}][{LOWER}]+ [{UPPER}]",
    "<number>": "[1-9]",
    "<digits>": "[0-9.]{1,7}",
    "<colon>": "(?<=:)",
    "<end>": r"\s*$",
}


def _alternatives(words: Iterable[str]) -> str:
    parts = [_SPECIAL.get(word) or rf"(?i:{re.escape(word)})(?!\w)" for word in words]
    return f"(?:{'|'.join(parts)})" if parts else ""
