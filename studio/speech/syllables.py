"""Which strings are Vietnamese syllables, and how letters are called when a string is none."""

import re
import unicodedata

_ONSETS = "b|c|ch|d|đ|g|gh|gi|h|k|kh|l|m|n|ng|ngh|nh|p|ph|qu|r|s|t|th|tr|v|x"
_RHYMES = (
    "a|ac|ach|ai|am|an|ang|anh|ao|ap|at|au|ay|ăc|ăm|ăn|ăng|ăp|ăt|âc|âm|ân|âng|âp|ât|âu|ây|e|ec|em|en|eng|eo|ep|et|"
    "ê|êch|êm|ên|ênh|êp|êt|êu|i|ia|ich|iêc|iêm|iên|iêng|iêp|iêt|iêu|im|in|inh|ip|it|iu|"
    "o|oa|oac|oach|oai|oam|oan|oang|oanh|oao|oap|oat|oay|oăc|oăm|oăn|oăng|oăt|oc|oe|oen|oeo|oet|oi|om|on|ong|ooc|oong|op|ot|"
    "ô|ôc|ôi|ôm|ôn|ông|ôp|ôt|ơ|ơi|ơm|ơn|ơp|ơt|u|ua|uân|uâng|uât|uây|uc|uê|uêch|uênh|ui|um|un|ung|uôc|uôi|uôm|uôn|uông|uôt|"
    "uơ|up|ut|uy|uya|uych|uyên|uyêt|uynh|uyt|uyu|ư|ưa|ưc|ưi|ưm|ưng|ươc|ươi|ươm|ươn|ương|ươp|ươt|ươu|ưt|ưu|"
    "y|yêm|yên|yêng|yêt|yêu"
)
_SYLLABLE = re.compile(rf"(?:{_ONSETS})?(?:{_RHYMES})")
_PLAIN_SYLLABLE = re.compile(
    "".join(
        char
        for char in unicodedata.normalize("NFD", rf"(?:{_ONSETS})?(?:{_RHYMES})".replace("đ", "d"))
        if char.isascii()
    )
)
_STOPPED = re.compile(r".*(?:c|ch|p|t)")
_TONES = "\u0300\u0301\u0303\u0309\u0323"

_VOWELS = [unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in ("", *_TONES)]
LOWER = "a-zđ" + "".join(vowel for vowel in _VOWELS if not vowel.isascii())
UPPER = LOWER.upper()
"""All small and all capital letters of Vietnamese, to stand in a character class."""

LETTERS = {
    "a": "a", "ă": "á", "â": "ớ", "b": "bê", "c": "xê", "d": "dê", "đ": "đê", "e": "e", "ê": "ê", "f": "ép",
    "g": "giê", "h": "hát", "i": "i", "j": "gi", "k": "ca", "l": "e lờ", "m": "em mờ", "n": "en nờ", "o": "o",
    "ô": "ô", "ơ": "ơ", "p": "pê", "q": "quy", "r": "e rờ", "s": "ét sì", "t": "tê", "u": "u", "ư": "ư",
    "v": "vê", "w": "vê kép", "x": "ích xì", "y": "i dài", "z": "dét",
}  # fmt: skip
"""The names of the letters as they are said when an abbreviation is spelled on air."""


def is_syllable(word: str) -> bool:
    """Whether `word`, in any case, can be a written Vietnamese syllable; a stop needs its tone."""
    bare, tone = split_tone(word.lower())
    if _SYLLABLE.fullmatch(bare) is None:
        return False
    return not _STOPPED.fullmatch(bare) or tone in ("\u0301", "\u0323")


def is_plain_syllable(letters: str) -> bool:
    """Whether `letters` (a-z) can be a syllable whose marks were left out: nghien, duoc."""
    return _PLAIN_SYLLABLE.fullmatch(letters) is not None


def split_tone(word: str) -> tuple[str, str]:
    """`word` without its tone mark, and the mark ("" for the level tone)."""
    if word.isascii():
        return word, ""
    decomposed = unicodedata.normalize("NFD", word)
    tone = "".join(char for char in decomposed if char in _TONES)
    bare = "".join(char for char in decomposed if char not in _TONES)
    return unicodedata.normalize("NFC", bare), tone


def spell_letters(letters: str) -> str:
    """Letter by letter; what has no name here is said as it stands."""
    return " ".join(
        LETTERS.get(letter) or LETTERS.get(split_tone(letter)[0]) or letter
        for letter in letters.lower()
        if letter.isalpha()
    )
