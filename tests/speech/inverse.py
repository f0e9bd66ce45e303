"""The way back: what numbers can be heard in a reading. Written apart from the reader, to check it.

It knows nothing of rules: it takes the spoken words, finds the numbers said in them and gives the figures
that a writer may have meant by them. `lost_figures` compares them with the figures of the source.
"""

import re
from itertools import pairwise

ONES = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6,
    "bảy": 7, "tám": 8, "chín": 9, "nhất": 1,
}  # fmt: skip
SCALES = {"nghìn": 10**3, "ngàn": 10**3, "triệu": 10**6, "tỷ": 10**9}
WORDS = {*ONES, *SCALES, "mười", "mươi", "trăm", "linh", "lẻ", "phẩy", "chấm"}


def lost_figures(source: str, spoken: str) -> list[str]:
    """The figures of `source` that nobody could write down from `spoken`; thousands are one figure."""
    plain = re.sub(r"(?<=[a-zA-Z])[23](?![0-9])|QH[0-9]{2}|(?<=[h:g ])00(?![0-9])", " ", source)
    heard = hear_figures(spoken)
    figures = re.findall(r"(?<![0-9.])[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?![0-9])|[0-9]+", plain)
    return [figure for figure in figures if not _is_heard(figure.replace(".", ""), heard)]


def _is_heard(figure: str, heard: str) -> bool:
    """As a count, or figure by figure inside a longer number that was dictated."""
    value = figure.lstrip("0") or "0"
    if re.search(rf"(?<![0-9])0*{value}(?![0-9])", heard):
        return True
    return len(figure) > 1 and any(figure in run for run in heard.split())


def hear_figures(spoken: str) -> str:
    """Every way of writing the numbers heard, with spaces between: as one count, and figure by figure."""
    runs = re.findall(rf"(?:(?:{'|'.join(sorted(WORDS, key=len, reverse=True))})(?!\w) ?)+", spoken)
    written = []
    for run in runs:
        words = run.split()
        written.append("".join(str(ONES[word]) if word in ONES else "." for word in words))
        for start in range(len(words)):
            for end in range(start + 1, min(len(words), start + 24) + 1):
                value = count(words[start:end])
                if value is not None:
                    written.append(str(value))
    return " ".join(written)


def count(words: list[str]) -> int | None:
    """The value of a whole count said in full, else None."""
    total, block, below = 0, 0, 10**18
    for index, word in enumerate(words):
        if word in SCALES:
            if block == 0 and index == 0:
                return None
            scale = SCALES[word]
            total = total + block * scale if scale < below else (total + block) * scale
            block, below = 0, scale
        elif word == "trăm":
            block *= 100
        elif word == "mươi":
            block = block // 10 * 10 + block % 10 * 10 if block >= 100 else block * 10
        elif word == "mười":
            block += 10
        elif word in ("linh", "lẻ"):
            continue
        elif word in ONES:
            if index and words[index - 1] in ONES and words[index - 1] != "không":
                return None
            block += ONES[word]
        else:
            return None
    return total + block


def signs_lost(source: str, spoken: str) -> bool:
    """A minus before a figure of temperature that is not said, or one said that was not written."""
    written = re.search(r"(?<![\w.,)%°-])[-−–][0-9]+(?:[.,][0-9]+)? ?(?:°|độ)", source) is not None
    said = any(first == "âm" and second in WORDS for first, second in pairwise(spoken.split()))
    return written and not said
