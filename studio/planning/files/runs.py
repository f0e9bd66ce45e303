"""The words of a Word paragraph as they are printed."""

from typing import Any

from docx.oxml.ns import qn

from studio.speech.encodings import Encoding, convert_text

_SKIPPED = frozenset(
    map(qn, ("w:del", "w:moveFrom", "w:txbxContent", "w:pPr", "w:instrText", "w:delText", "w:rPr"))
)
_SIGNS = {
    qn("w:tab"): "\t",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
    qn("w:sym"): "•",
}


def read_lines(paragraph: Any) -> list[str]:
    """The lines of a paragraph: parted where its writer broke them by hand.

    Deleted text that is still tracked, fields' instructions and boxes are left out.
    """
    parts: list[str] = []
    _read(paragraph, parts)
    return "".join(parts).split("\n")


def _read(element: Any, parts: list[str]) -> None:
    for child in element:
        if child.tag in _SKIPPED or str(child.tag).endswith("}Fallback"):
            continue
        if child.tag == qn("w:t"):
            parts.append(_print(child.text or "", element))
        elif child.tag in _SIGNS:
            parts.append(_SIGNS[child.tag])
        else:
            _read(child, parts)


def _print(text: str, run: Any) -> str:
    """`text` as the run's font and dress show it: .Vn* fonts are TCVN3, VNI-* fonts VNI, *H fonts capital."""
    dress = run.find(qn("w:rPr"))
    if dress is None:
        return text
    fonts = dress.find(qn("w:rFonts"))
    font = (fonts.get(qn("w:ascii")) or fonts.get(qn("w:hAnsi")) or "") if fonts is not None else ""
    if font.startswith(".Vn"):
        text = convert_text(text, Encoding.TCVN3)
        text = text.upper() if font.endswith("H") else text
    elif font.upper().startswith("VNI-"):
        text = convert_text(text, Encoding.VNI)
    caps = dress.find(qn("w:caps"))
    if caps is not None and caps.get(qn("w:val"), "1") not in ("0", "false", "off"):
        text = text.upper()
    return text
