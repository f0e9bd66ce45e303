"""What stands at the head of a line to order it: 1. a) - + (2) II."""

import re

from studio.speech.numbers import say_cardinal
from studio.speech.reading import Kind
from studio.speech.scanner import Place, Rule, Said
from studio.speech.syllables import LETTERS, UPPER


def _read_bullet(_: re.Match[str], place: Place) -> Said | None:
    return Said("", Kind.MARKER) if place.opens_line else None


def _read_number(match: re.Match[str], place: Place) -> Said | None:
    if not place.opens_line:
        return None
    words = [say_cardinal(part) for part in re.findall("[0-9]+", match[0])]
    return Said(" chấm ".join(words) + ",", Kind.MARKER)


def _read_bracketed(match: re.Match[str], _: Place) -> Said:
    item = match["item"]
    return Said(
        (say_cardinal(item) if item.isdigit() else LETTERS.get(item.lower(), item)) + ",", Kind.MARKER
    )


def _read_letter(match: re.Match[str], place: Place) -> Said | None:
    if not place.opens_line:
        return None
    return Said(LETTERS.get(match["item"].lower(), match["item"]) + ",", Kind.MARKER)


RULES = (
    Rule("bullet", ".", re.compile(r"[-+*•●○◦▪■□►▶→⇒✓✔❖➢➤·—]{1,3}(?=\s|\*|[^\W\d_]|\()"), _read_bullet),
    Rule(
        "heading number",
        "0",
        re.compile(rf"[0-9]{{1,2}}(?:\.[0-9]{{1,2}}){{0,4}}(?:[.)]|[/-](?=\s))(?=\s+\D|\s*$|[{UPPER}])"),
        _read_number,
    ),
    Rule(
        "heading number",
        "0",
        re.compile(rf"[0-9]{{1,2}}(?:\.[0-9]{{1,2}}){{1,4}}(?=\s+[{UPPER}])"),
        _read_number,
    ),
    Rule("item in brackets", ".", re.compile(r"\((?P<item>[0-9]{1,2}|[a-hđ])\)"), _read_bracketed),
    Rule("item letter", "A", re.compile(r"(?P<item>[a-zđ])(?:[.)]|[/-](?=\s))(?=\s)"), _read_letter),
    Rule("item letter", "A", re.compile(rf"(?P<item>[A-HKLMĐ])[.)](?=\s+[{UPPER}])"), _read_letter),
)
