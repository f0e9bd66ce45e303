"""What a reader of the plan should look at before it is confirmed: named, kept, shown, never mended."""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from studio.planning.document import Quantity
from studio.planning.findings import Findings
from studio.planning.source import Doubt, fold

_MEMBER = re.compile(
    r"\b(?:noi dung|chu de|theme)\s+(?:so\s+)?(\d{1,2}(?:\.[a-z]\w*)?)(?![\w/%.,]*\d)(?=\s*(?:$|[\s,;:.)-]))"
)
_COMPARED_MOST = 60
"""Targets of one unit and period that are compared pair by pair."""
_ALIKE = 0.75


def find_doubts(findings: Findings) -> list[Doubt]:
    found = [*_find_contradictions(findings.targets), *_find_strangers(findings)]
    found += [
        Doubt("DateImpossible", None, {"number": reference.number or reference.title[:80]})
        for reference in (*findings.legal_bases, *findings.funding)
        if reference.date_text and reference.date is None
    ]
    if not findings.title and not (
        findings.themes or findings.forms or findings.units or findings.legal_bases
    ):
        found.append(Doubt("NotAPlan", None, {}))
    return found


def _find_contradictions(targets: Sequence[Quantity]) -> Iterator[Doubt]:
    """Two numbers for the same thing in the same unit and period."""
    alike: dict[tuple[str, str], list[Quantity]] = {}
    for target in targets:
        alike.setdefault((fold(target.unit), fold(target.per or "")), []).append(target)
    for group in alike.values():
        said = [(target, _subject(target)) for target in group[:_COMPARED_MOST]]
        for (first, words), (second, others) in combinations(said, 2):
            parts = first.line == second.line or first.text == second.text  # of one whole, said at once
            if first.quantity != second.quantity and not parts and _is_same(words, others):
                yield Doubt(
                    "TargetsContradict",
                    second.line,
                    {
                        "what": second.text[:120],
                        "first": first.quantity,
                        "second": second.quantity,
                        "unit": second.unit,
                        "earlier": first.line,
                    },
                )


def _is_same(words: frozenset[str], others: frozenset[str]) -> bool:
    return bool(words) and len(words & others) >= _ALIKE * len(words | others)


def _subject(target: Quantity) -> frozenset[str]:
    """The words of a target without its number, unit and turns of phrase."""
    dropped = {*fold(target.unit).split(), *fold((target.per or "").replace("/", " ")).split()}
    dropped |= {"it", "nhat", "toi", "thieu", "moi", "hang", "hằng", "duoc", "phat", "co", "va", "ve", "tren"}
    return frozenset(re.findall(r"[a-z]+", fold(target.text))) - dropped


def _find_strangers(findings: Findings) -> Iterator[Doubt]:
    """Targets for a theme that the plan does not have."""
    known = {theme.code for theme in findings.themes}
    known |= {topic.code for theme in findings.themes for topic in theme.topics}
    if not known:
        return
    for target in findings.targets:
        for match in _MEMBER.finditer(fold(target.text)):
            if match[1] not in known:
                yield Doubt(
                    "TargetThemeUnknown", target.line, {"code": match[1], "known": ", ".join(sorted(known))}
                )
