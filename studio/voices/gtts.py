"""The voice of an outside service, through gTTS: only with the centre's consent, never trusted to answer.

gTTS cuts the text and words the requests. They are sent by our own `line`, because gTTS switches the check of
certificates off, waits for ever and never tries again. What comes back is believed when it is a whole MP3,
long enough for its words.
"""

import base64
import binascii
import re
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
from gtts import gTTS

from assets.decoding import Samples, SoundFormat, decode_sound
from assets.errors import LoaError
from assets.ffmpeg import Stream
from assets.units import samples_to_ms
from studio.voices.estimate import estimate_ms, share_out
from studio.voices.line import Line, LineFailed, Outcome, Reply
from studio.voices.mp3 import NoFrames, measure_frames
from studio.voices.sound_file import write_wav
from studio.voices.voice import VoiceFailed, WordTiming, check_sayable

ADDRESS = "https://translate.google.com/_/TranslateWebserverUi/data/batchexecute"
LEAST_SHARE = 0.4
"""An answer shorter than this share of the predicted length has lost words."""
_SERVICE_HZ = 24_000
_LOST_S = 0.2
"""So much of what its frames promise a decoder may leave out, as an encoder's delay and padding."""
_RECIPE = 2
"""To be raised when what this file does to the sound changes."""
_SOUND = re.compile(rb'jQ1olc","\[\\"([A-Za-z0-9+/=]*)\\"\]')


class GttsVoice:
    """One Vietnamese voice of the service; `rate` and `pitch` bend its sound, each by itself."""

    name = "gtts"
    version = f"gtts-{version('gtts')}/{_RECIPE}"

    def __init__(self, address: str = ADDRESS, line: Line | None = None) -> None:
        self._address, self._line = address, line or _LINE

    def speak(self, text: str, *, rate: float, path: Path, pitch: float = 1.0) -> tuple[WordTiming, ...]:
        """See `Voice.speak`. The service gives no timings: words share the sound by their predicted lengths.

        The service may answer the same text differently on another day: the sentence cache keeps the first.
        """
        check_sayable(text, rate, pitch)
        try:
            bodies = gTTS(text, lang="vi", lang_check=False).get_bodies()
            sounds = self._line.fetch(self._address, bodies, headers=gTTS.GOOGLE_TTS_HEADERS, read=read_reply)
            pcm, rate_hz = _decode(b"".join(sounds), path.parent, rate, pitch)
            _demand_whole(text, sounds, rate * len(pcm) // 2 / rate_hz)
        except LineFailed as failed:
            raise VoiceFailed(voice=self.name, reason=str(failed)) from failed
        write_wav(path, pcm, rate_hz)
        return share_out(text, samples_to_ms(len(pcm) // 2, rate_hz))


def read_reply(reply: Reply) -> bytes:
    """The MP3 in a reply, whole.

    Raises:
        LineFailed: PAGE, NO_SOUND, GARBAGE or CUT.
    """
    found = _SOUND.search(reply.content)
    try:
        sound = base64.b64decode(found[1], validate=True) if found else b""
    except binascii.Error:
        sound = b""
    if not sound:
        is_page = reply.media_type.lower().startswith("text/html") or reply.content[:15].lstrip()[:1] == b"<"
        raise LineFailed(Outcome.PAGE if is_page else Outcome.NO_SOUND)
    try:
        measure_frames(sound)
    except NoFrames as broken:
        raise LineFailed(Outcome.CUT if broken.found else Outcome.GARBAGE) from broken
    return sound


def _demand_whole(text: str, sounds: list[bytes], sounding_s: float) -> None:
    """`sounding_s` is the length at rate 1.0.

    Raises:
        LineFailed: CUT.
    """
    promised_s = sum(measure_frames(sound) - _LOST_S for sound in sounds)
    if sounding_s < max(promised_s, LEAST_SHARE * estimate_ms(text) / 1000):
        raise LineFailed(Outcome.CUT)


def _bend(stream: Stream, rate: float, pitch: float) -> Stream:
    """Another pace at the same pitch, and another pitch at the same pace."""
    if pitch != 1.0:
        stream = stream.filter("asetrate", round(_SERVICE_HZ * pitch)).filter("aresample", _SERVICE_HZ)
    return stream if rate == pitch else stream.filter("atempo", rate / pitch)


def _decode(sound: bytes, folder: Path, rate: float, pitch: float) -> tuple[bytes, int]:
    """Mono 16-bit samples and their rate; the file beside the target is gone in any case."""
    blocks: list[Samples] = []
    formats: list[SoundFormat] = []

    def take(form: SoundFormat, samples: Samples) -> None:
        formats.append(form)
        blocks.append(samples.mean(axis=1))

    with tempfile.NamedTemporaryFile(dir=folder, prefix=".answer-", suffix=".mp3", delete=False) as answer:
        answer.write(sound)
    source = Path(answer.name)  # closed: not every system lets another program open what is being written
    try:
        decode_sound(source, take, tap=lambda stream: _bend(stream, rate, pitch))
    except LoaError as error:
        raise LineFailed(Outcome.GARBAGE) from error
    finally:
        source.unlink(missing_ok=True)
    if not blocks:
        raise LineFailed(Outcome.GARBAGE)
    samples = np.clip(np.concatenate(blocks) * 32767, -32768, 32767).round().astype("<i2")
    return samples.tobytes(), formats[0].rate_hz


_LINE = Line()
