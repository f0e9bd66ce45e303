"""What may be a correction.

Invalid
├── ReadingEmpty           no words, or nothing to read them as
├── CorrectionTooLong
├── CorrectionUnreadable      a sign that nobody can say
├── CorrectionChangesNothing  it is read so already
└── ReadingNotFinal           what it is to be read as would itself be read otherwise
"""

import re

from assets.errors import Invalid
from studio.corrections.scope import Scope
from studio.corrections.standing import Corrections, Standing
from studio.speech.lexicon import national_lexicon, squeeze_key
from studio.speech.overlay import clean_words, words_pattern

MAX_WORDS = 80
MAX_READING = 300
_UNREADABLE = re.compile(r"[^\w\s,'-]|[\d_]")
"""A reading is made of words, commas, apostrophes and hyphens."""
_UNWRITTEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\uf8ff\ufffd-\uffff]")


class ReadingEmpty(Invalid):
    pass


class CorrectionTooLong(Invalid):
    pass


class CorrectionUnreadable(Invalid):
    pass


class CorrectionChangesNothing(Invalid):
    pass


class ReadingNotFinal(Invalid):
    pass


def check_words(words: str) -> str:
    """The words to be corrected, cleaned.

    Raises:
        ReadingEmpty, CorrectionTooLong, CorrectionUnreadable
    """
    if len(words) > 4 * MAX_WORDS:
        raise CorrectionTooLong(text=words[:40], most=MAX_WORDS)
    if found := _UNWRITTEN.search(words.strip()):
        raise CorrectionUnreadable(text=words[:40], sign=f"U+{ord(found[0]):04X}")
    cleaned = clean_words(words)
    if not cleaned:
        raise ReadingEmpty
    if len(cleaned) > MAX_WORDS:
        raise CorrectionTooLong(text=cleaned[:40], most=MAX_WORDS)
    return cleaned


def check_reading(reading: str) -> str:
    """What they are to be read as, cleaned: words, with commas where to pause.

    Raises:
        ReadingEmpty, CorrectionTooLong, CorrectionUnreadable
    """
    if len(reading) > 4 * MAX_READING:
        raise CorrectionTooLong(text=reading[:40], most=MAX_READING)
    cleaned = clean_words(reading)
    if not any(char.isalpha() for char in cleaned):
        raise ReadingEmpty
    if len(cleaned) > MAX_READING:
        raise CorrectionTooLong(text=cleaned[:40], most=MAX_READING)
    if found := _UNREADABLE.search(cleaned):
        raise CorrectionUnreadable(text=cleaned[:40], sign=found[0])
    return cleaned


def check_change(new: Standing, others: Corrections) -> None:
    """Refuse what is read so already without it.

    `others` are those that hold beside it. An abbreviation with several meanings may be settled on any.

    Raises:
        CorrectionChangesNothing
    """
    if new.scope is Scope.VOICE:
        same = new.reading.lower() == new.words.lower()
    elif new.place is not None or len(national_lexicon().abbreviations.get(squeeze_key(new.words), ())) > 1:
        return
    else:
        same = others.read([new.words])[0].spoken == _plain(new.reading)
    if same:
        raise CorrectionChangesNothing(words=new.words, reading=new.reading)


def check_final(new: Standing, others: Corrections) -> None:
    """Refuse what would make reading what was read change something: one reading's words, another's source.

    Raises:
        ReadingNotFinal: names the reading that would not stay.
    """
    if new.scope is Scope.VOICE:
        return
    beside = [
        one
        for one in others.standing
        if one.scope is not Scope.VOICE and words_pattern(new.words).search(one.reading)
    ]
    together = Corrections((new, *others.standing))
    for one in (new, *beside):
        read = together.read([one.reading])[0].spoken
        if read != _plain(one.reading):
            raise ReadingNotFinal(words=one.words, reading=one.reading, read=read)


def _plain(reading: str) -> str:
    """As `Reading.spoken` has it."""
    return " ".join(reading.lower().replace(",", " ").split())
