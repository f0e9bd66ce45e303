"""What stands under the picture and when: sentences cut at punctuation, in time with the words."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from studio.mixing.timeline import Caption

SHORT_CHARACTERS = 14
"""A phrase below this flickers; it is joined to its neighbour where both fit."""
LONGEST_NAME = 22
"""Capitalised words in a row are a name and stay together up to this length."""

MARK_GAIN, LITTLE_COST = 0.12, 0.06
LITTLE_WORDS = frozenset(
    re.findall(
        r"\w+",
        "ở tại từ đến tới về với cho của và hay hoặc là thì mà để do bởi vì nếu khi như trong ngoài trên "
        "dưới các những mỗi một không chưa đã đang sẽ được bị có phải cũng đều còn rất hơn theo qua",
    )
)
"""Prepositions, conjunctions and the like: they stand before what they belong to."""


@dataclass(frozen=True, slots=True)
class Phrase:
    text: str
    start_ms: int
    end_ms: int


def cut_captions(captions: Iterable[Caption], *, most: int) -> list[Phrase]:
    """Phrases of at most `most` characters, as far as words allow; none overlaps the next."""
    phrases = [phrase for caption in captions for phrase in _cut(caption, most)]
    closed = [
        Phrase(p.text, p.start_ms, max(p.start_ms + 1, min(p.end_ms, following.start_ms)))
        for p, following in pairwise(phrases)
    ]
    return closed + phrases[-1:]


def _cut(caption: Caption, most: int) -> Iterator[Phrase]:
    spans = split_phrases(caption.source, most=most)
    starts = [caption.start_ms, *(_time_of(caption, start) for start, _ in spans[1:])]
    first = min((word.start_ms for word in caption.words), default=caption.start_ms)
    starts[:1] = [first]
    for (start, end), begin, stop in zip(spans, starts, [*starts[1:], caption.end_ms], strict=True):
        yield Phrase(" ".join(caption.source[start:end].split()), begin, stop)


def _time_of(caption: Caption, place: int) -> int:
    """When the word at `place` sounds; by its share of the text where the voice tells no times."""
    for word in caption.words:
        if word.source_end > place:
            return word.start_ms
    share = place / max(len(caption.source), 1)
    return caption.start_ms + round((caption.end_ms - caption.start_ms) * share)


def split_phrases(text: str, *, most: int) -> list[tuple[int, int]]:
    """Half-open spans of `text`: cut at punctuation where possible, of like lengths, never inside a unit."""
    units = find_units(text)
    best: list[tuple[float, int]] = [(0.0, 0)]
    for stop in range(1, len(units) + 1):
        choices = []
        for start in range(stop - 1, -1, -1):
            length = units[stop - 1][1] - units[start][0]
            if length > most and start < stop - 1:
                break
            choices.append((best[start][0] + _cost(text[units[start][0] : units[stop - 1][1]], most), start))
        best.append(min(choices))
    spans: list[tuple[int, int]] = []
    stop = len(units)
    while stop:
        start = best[stop][1]
        spans.append((units[start][0], units[stop - 1][1]))
        stop = start
    return spans[::-1] or [(0, len(text))]


def _cost(phrase: str, most: int) -> float:
    closed = 0.0 if re.search(r"[.,;:!?…–][\"”’)]*$", phrase) else 1.0
    short = max(0, SHORT_CHARACTERS - len(phrase)) / SHORT_CHARACTERS
    return 0.4 + closed + 2 * short + 0.3 * (len(phrase) / most) ** 2


def find_units(text: str) -> list[tuple[int, int]]:
    """Spans that no line may break: words, a number with what it counts, a name of several words."""
    units: list[tuple[int, int]] = []
    for found in re.finditer(r"\S+", text):
        if units and _belongs(text[units[-1][0] : units[-1][1]], found.group()):
            units[-1] = (units[-1][0], found.end())
        else:
            units.append(found.span())
    return units


def _belongs(before: str, word: str) -> bool:
    last = before.rsplit(maxsplit=1)[-1]
    if last[-1] in ".,;:!?…–" or len(before) + 1 + len(word) > LONGEST_NAME:
        return False
    if re.fullmatch(r"[–—-]", word):
        return True  # a dash never begins a line
    return last[0].isdigit() or (last[0].isupper() and word[0].isupper())


def balance_lines(
    text: str, *, width: float, measure: Callable[[str], float], most: int = 2
) -> list[str] | None:
    """The fewest lines that fit `width`, as even as can be; None where `most` lines do not hold it.

    A line rather ends with a mark, and not with a little word that belongs to what follows.
    """
    words = [text[start:end] for start, end in find_units(text)]
    for count in range(1, most + 1):
        found = _even(words, count, width, measure)
        if found is not None:
            return found[1]
    return None


def _even(
    words: Sequence[str], count: int, width: float, measure: Callable[[str], float]
) -> tuple[float, list[str]] | None:
    """Least cost over all ways to make `count` lines."""
    if count == 1:
        line = " ".join(words)
        return ((1 - measure(line) / width) ** 2, [line]) if measure(line) <= width else None
    best: tuple[float, list[str]] | None = None
    for place in range(1, len(words) - count + 2):
        head = " ".join(words[:place])
        if measure(head) > width:
            break
        rest = _even(words[place:], count - 1, width, measure)
        if rest is not None:
            cost = (1 - measure(head) / width) ** 2 + _cost_of_break(words[place - 1]) + rest[0]
            if best is None or cost < best[0]:
                best = cost, [head, *rest[1]]
    return best


def _cost_of_break(last: str) -> float:
    """What it costs to end a line with a word, in squares of lines left empty."""
    if re.search(r"[.,;:!?…–][\"”’)]*$", last):
        return -MARK_GAIN
    return LITTLE_COST if last.rsplit(maxsplit=1)[-1].lower() in LITTLE_WORDS else 0.0


def write_srt(phrases: Sequence[Phrase]) -> str:
    return "".join(
        f"{number}\n{_clock(p.start_ms, ',')} --> {_clock(p.end_ms, ',')}\n{p.text}\n\n"
        for number, p in enumerate(phrases, 1)
    )


def write_vtt(phrases: Sequence[Phrase]) -> str:
    escape = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
    return "WEBVTT\n\n" + "".join(
        f"{_clock(p.start_ms, '.')} --> {_clock(p.end_ms, '.')}\n{p.text.translate(escape)}\n\n"
        for p in phrases
    )


def _clock(ms: int, point: str) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}{point}{ms % 1000:03}"
