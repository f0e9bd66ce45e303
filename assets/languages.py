"""Languages as readers call them."""

from babel import Locale

from assets.messages import current_language

# The languages in which Vietnamese stations air, by ISO 639-3; those of the central highlands first.
_SPOKEN_HERE = {
    "jra": "Gia Rai", "sed": "Xơ Đăng", "bdq": "Ba Na", "jeh": "Giẻ Triêng", "rad": "Ê Đê", "cmo": "M’Nông",
    "kpm": "Cơ Ho", "blt": "Thái", "mtq": "Mường", "tyz": "Tày", "nut": "Nùng", "hmn": "Mông", "ium": "Dao",
    "ktv": "Cơ Tu", "bru": "Bru – Vân Kiều", "cjm": "Chăm", "km": "Khmer",
}  # fmt: skip


def name_language(code: str) -> str:
    """A language by its code, in the reader's own; the code where nobody has named it."""
    name: str | None = Locale.parse(current_language()).languages.get(code)
    return _SPOKEN_HERE.get(code) or (name or code)


def list_languages(*also: str) -> list[tuple[str, str]]:
    """What a reader chooses from, as (code, name): Vietnamese first; `also` are codes that stand already."""
    codes = dict.fromkeys(("vi", *_SPOKEN_HERE, *filter(None, also)))
    return [(code, name_language(code)) for code in codes]
