"""One sentence of a script, said at once: to try out a reading before it is kept.

Missing
└── TextMissing       there is no such sentence in the text
Invalid
└── HearingTooLong
"""

from assets.errors import Invalid, Missing
from studio.corrections.standing import Corrections
from studio.production.passages import understand_passages
from studio.settings import Settings
from studio.voices.cache import SpeechCache
from studio.voices.registry import require_consent
from studio.voices.voice import Spoken

MAX_CHARACTERS = 1_000
"""About a minute of speech."""


class TextMissing(Missing):
    pass


class HearingTooLong(Invalid):
    pass


def hear_sentence(
    text: str, corrections: Corrections, *, script: str, line: int, column: int, settings: Settings
) -> Spoken:
    """The sentence that covers this place of the script's text, from the cache if it was said before.

    Raises:
        TextMissing, HearingTooLong
        VoiceMissing, VoiceFailed, NothingSayable: from the voice.
        ConsentMissing: a voice of an outside service, without the centre's consent.
    """
    _, passages = understand_passages(text, corrections, script=script)
    found = None
    for read in passages:
        for sentence, request in zip(read.sentences, read.requests, strict=True):
            if read.passage.locate(sentence.start) <= (line, column):
                found = request
    if found is None:
        raise TextMissing(line=line)
    if len(found.text) > MAX_CHARACTERS:
        raise HearingTooLong(most=MAX_CHARACTERS)
    require_consent([found.voice], given=settings.gtts_consent)
    return SpeechCache(settings.cache / "speech").speak(found)
