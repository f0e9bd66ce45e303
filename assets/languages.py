"""Languages as readers call them."""

from babel import Locale

from assets.messages import current_language

_SPOKEN_HERE = {"jra": "Gia Rai", "sed": "Xơ Đăng", "bdq": "Ba Na", "blt": "Thái", "mtq": "Mường"}


def name_language(code: str) -> str:
    """A language by its code, in the reader's own; the code where nobody has named it."""
    name: str | None = Locale.parse(current_language()).languages.get(code)
    return _SPOKEN_HERE.get(code) or (name or code)
