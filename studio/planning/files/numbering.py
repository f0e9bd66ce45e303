"""The numbers that Word writes before paragraphs by itself: they stand in no text, only in its lists."""

import re
from typing import Any

from docx.oxml.ns import qn

_MAX_STYLES = 20
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


class Numbering:
    """Counts through a document; ask once for each paragraph, in order (ECMA-376 part 1, 17.9)."""

    def __init__(self, paper: Any) -> None:
        self._levels: dict[str, dict[int, Any]] = {}
        self._lists: dict[str, str] = {}
        self._starts: dict[str, dict[int, int]] = {}
        self._started: set[tuple[str, int]] = set()
        self._counts: dict[str, dict[int, int]] = {}
        self._styles = {
            style.get(qn("w:styleId")): style for style in paper.styles.element.iter(qn("w:style"))
        }
        part = next(
            (rel.target_part for rel in paper.part.rels.values() if rel.reltype.endswith("/numbering")), None
        )
        if part is None:
            return
        from docx.oxml import parse_xml

        root = parse_xml(part.blob)
        for outline in root.iter(qn("w:abstractNum")):
            levels = {int(level.get(qn("w:ilvl"), "0")): level for level in outline.iter(qn("w:lvl"))}
            self._levels[outline.get(qn("w:abstractNumId"))] = levels
        for entry in root.iter(qn("w:num")):
            self._read_list(entry)

    def next_label(self, paragraph: Any) -> str:
        """What Word prints before this paragraph: `II.`, `b)`, `-`; empty without a list."""
        number, level = self._find_list(paragraph)
        outline = self._lists.get(number or "")
        shape = self._levels.get(outline or "", {}).get(level)
        if number is None or outline is None or shape is None:
            return ""
        counts = self._counts.setdefault(outline, {})
        start = self._starts.get(number, {}).get(level)
        if start is not None and (number, level) not in self._started:
            counts[level] = start
        elif level in counts:
            counts[level] += 1
        else:
            counts[level] = _value(shape, "w:start", 1)
        self._started.add((number, level))
        for deeper in [known for known in counts if known > level]:
            del counts[deeper]
        return self._write(outline, level, counts)

    def _read_list(self, entry: Any) -> None:
        number = entry.get(qn("w:numId"))
        outline = entry.find(qn("w:abstractNumId"))
        if outline is not None:
            self._lists[number] = outline.get(qn("w:val"))
        for change in entry.iter(qn("w:lvlOverride")):
            start = change.find(qn("w:startOverride"))
            if start is not None:
                level = int(change.get(qn("w:ilvl"), "0"))
                self._starts.setdefault(number, {})[level] = int(start.get(qn("w:val"), "1"))

    def _find_list(self, paragraph: Any) -> tuple[str | None, int]:
        """List and level: the paragraph's own, else its style's, else those of the style beneath."""
        own = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        name = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        style = self._styles.get(name.get(qn("w:val"))) if name is not None else None
        level: int | None = None
        for _ in range(_MAX_STYLES):
            if own is not None:
                level = _value(own, "w:ilvl", None) if level is None else level
                number = own.find(qn("w:numId"))
                if number is not None:
                    chosen = number.get(qn("w:val"))
                    return (None, 0) if chosen == "0" else (chosen, level or 0)
            if style is None:
                break
            own = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            beneath = style.find(qn("w:basedOn"))
            style = self._styles.get(beneath.get(qn("w:val"))) if beneath is not None else None
        return None, 0

    def _write(self, outline: str, level: int, counts: dict[int, int]) -> str:
        levels = self._levels[outline]
        shape = levels[level]
        text = shape.find(qn("w:lvlText"))
        pattern = (text.get(qn("w:val")) or "") if text is not None else ""
        if _kind(shape) == "bullet":
            return "+" if pattern in ("+", "o", "○", "◦") else "-"

        def fill(match: re.Match[str]) -> str:
            other = int(match[1]) - 1
            meant = levels.get(other, shape)
            kind = "decimal" if shape.find(qn("w:isLgl")) is not None else _kind(meant)
            return write_count(counts.get(other, _value(meant, "w:start", 1) or 1), kind)

        return re.sub(r"%([1-9])", fill, pattern).strip()


def write_count(count: int, kind: str) -> str:
    """A count in Word's kind of number: decimal, upperRoman, lowerLetter ..."""
    if kind in ("upperRoman", "lowerRoman"):
        text, left = "", min(count, 3999)
        for value, letters in _ROMAN:
            text += letters * (left // value)
            left %= value
        return text.upper() if kind == "upperRoman" else text
    if kind in ("upperLetter", "lowerLetter") and count > 0:
        letter = chr(ord("a") + (count - 1) % 26) * min((count - 1) // 26 + 1, 9)
        return letter.upper() if kind == "upperLetter" else letter
    if kind == "decimalZero":
        return f"{count:02d}"
    return "" if kind == "none" else str(count)


def _kind(level: Any) -> str:
    kind = level.find(qn("w:numFmt"))
    return str(kind.get(qn("w:val"), "decimal")) if kind is not None else "decimal"


def _value(element: Any, name: str, default: Any) -> Any:
    found = element.find(qn(name))
    return int(found.get(qn("w:val"), "0")) if found is not None else default
