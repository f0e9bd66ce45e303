"""The scorer: a reading is right when it equals one of the accepted ones, word for word.

A set is lines of `category<TAB>input<TAB>accepted`; `{a|b|}` are alternatives (an empty one allowed),
` || ` separates whole alternatives. Case, punctuation, Unicode form and tone placement do not count.

    python -m tests.speech.scoring [--table] [--misses] [FILE.tsv ...]
"""

# ruff: noqa: T201 - a command prints

import argparse
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.speech.cleaning import clean_text
from studio.speech.reader import read_text

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Case:
    category: str
    source: str
    accepted: str
    file: str
    line: int

    def accepts(self, spoken: str) -> bool:
        words = f" {normalise(spoken)}"
        return any(compile_accepted(whole).fullmatch(words) for whole in self.accepted.split(" || "))


def load_cases(paths: Iterable[Path]) -> Iterator[Case]:
    for path in paths:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if line.strip() and not line.startswith("#"):
                category, source, accepted = line.split("\t")
                yield Case(category, source, accepted, path.name, number)


def public_cases() -> list[Case]:
    return list(load_cases(sorted(FOLDER.glob("*.tsv"))))


def normalise(text: str) -> str:
    """Lower case, NFC, house tone placement, no punctuation, single spaces."""
    text = unicodedata.normalize("NFC", clean_text(text).text.lower())
    return " ".join(re.sub(r"[^\w\s]|_", " ", text).split())


def compile_accepted(accepted: str) -> re.Pattern[str]:
    """The pattern of one whole alternative; every word is preceded by one space, the first by none."""
    parts = []
    for group, plain in re.findall(r"\{([^{}]*)\}|([^{}]+)", accepted):
        if plain:
            parts.append("".join(rf" {re.escape(word)}" for word in normalise(plain).split()))
        else:
            choices = ["".join(rf" {re.escape(w)}" for w in normalise(c).split()) for c in group.split("|")]
            parts.append(f"(?:{'|'.join(choices)})")
    return re.compile("".join(parts))


def tabulate(cases: list[Case], missed: list[Case]) -> str:
    """Right and all, by category, in Markdown."""
    total, wrong = Counter(case.category for case in cases), Counter(case.category for case in missed)
    lines = ["| category | sentences | right | share |", "|---|---:|---:|---:|"]
    for category in sorted(total):
        right = total[category] - wrong[category]
        lines.append(f"| {category} | {total[category]} | {right} | {right / total[category]:.1%} |")
    right = len(cases) - len(missed)
    lines.append(f"| **all** | {len(cases)} | {right} | {right * 10_000 // max(1, len(cases)) / 100:.2f}% |")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--table", action="store_true", help="results per category, in Markdown")
    parser.add_argument("--misses", action="store_true", help="every sentence read otherwise")
    options = parser.parse_args(arguments)
    cases = list(load_cases(options.files)) if options.files else public_cases()
    missed = [case for case in cases if not case.accepts(read_text(case.source).spoken)]
    if options.misses:
        for case in missed:
            print(f"{case.file}:{case.line} [{case.category}] {case.source}")
            print(f"    read     {read_text(case.source).spoken}\n    accepted {case.accepted}")
    if options.table:
        print(tabulate(cases, missed))
    print(f"{len(cases) - len(missed)} of {len(cases)} right")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
