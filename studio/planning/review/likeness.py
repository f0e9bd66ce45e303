"""How alike two wordings are: the same heading in a plan of last year and of this one."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from studio.planning.source import fold

ALIKE = 0.55
"""From here on two headings are taken for one that was reworded."""
NEARLY_SAME = 0.85
_COMPARED_MOST = 200_000
"""Pairs that are weighed; of longer lists only equal wordings are paired."""


def weigh_likeness(one: str, other: str) -> float:
    """1 for the same words in the same order, 0 for none in common; accents and case do not matter."""
    return _weigh(_grams(one), _grams(other))


def find_alike(words: str, among: Sequence[str]) -> int | None:
    """Where the same words stand, or nearly the same; None where nothing is near."""
    if not words:
        return None
    plain = fold(words)
    for at, other in enumerate(among):
        if fold(other) == plain:
            return at
    grams = _grams(words)
    weights = [_weigh(grams, _grams(other)) for other in among]
    best = max(range(len(weights)), key=weights.__getitem__, default=None)
    return best if best is not None and weights[best] >= NEARLY_SAME else None


def pair_alike(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """For each of `new` that is one of `old`, its place there: equal wordings first, then the likest."""
    pairs: dict[int, int] = {}
    places: dict[str, list[int]] = {}
    for at, words in enumerate(old):
        places.setdefault(fold(words), []).append(at)
    for at, words in enumerate(new):
        if same := places.get(fold(words)):
            pairs[at] = same.pop(0)
    left_old = sorted(set(range(len(old))) - set(pairs.values()))
    left_new = [at for at in range(len(new)) if at not in pairs]
    if len(left_old) * len(left_new) > _COMPARED_MOST:
        return pairs
    grams = {at: _grams(old[at]) for at in left_old}
    weighed = sorted(
        (
            (-weight, abs(there - here), here, there)
            for here in left_new
            for words in [_grams(new[here])]
            for there in left_old
            if (weight := _weigh(words, grams[there])) >= ALIKE
        ),
    )
    taken = set(pairs.values())
    for _, _, here, there in weighed:
        if here not in pairs and there not in taken:
            pairs[here] = there
            taken.add(there)
    return pairs


def _grams(text: str) -> Counter[str]:
    words = "".join(letter if letter.isalnum() else " " for letter in fold(text)).split()
    return Counter([*words, *(f"{one} {two}" for one, two in pairwise(words))])


def _weigh(one: Counter[str], other: Counter[str]) -> float:
    size = one.total() + other.total()
    return 2 * (one & other).total() / size if size else 1.0
