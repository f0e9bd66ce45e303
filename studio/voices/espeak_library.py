"""eSpeak NG by ctypes, as far as Loa needs it. Only the worker process loads it: threads crash it.

API: `speak_lib.h` revision 12 and `espeak_ng.h` of eSpeak NG 1.52.
"""

import ctypes
import math
from dataclasses import dataclass
from pathlib import Path

import espeakng_loader

_SYNCHRONOUS = 2  # espeak_AUDIO_OUTPUT
_DONT_EXIT = 0x8000  # espeakINITIALIZE_DONT_EXIT
_UTF8 = 1  # espeakCHARS_UTF8
_BY_CHARACTER = 1  # espeak_POSITION_TYPE
_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4  # espeak_PARAMETER
_WORD, _END = 1, 5  # espeak_EVENT_TYPE
_SEED = 1


class EngineFailed(Exception):
    """eSpeak NG refused; says in what."""


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


@dataclass(frozen=True, slots=True)
class Speech:
    """Mono 16-bit PCM, and where its words begin.

    `marks` are (0-based character, sample) in the order of the sound; character -1 ends a clause.
    """

    pcm: bytes
    marks: tuple[tuple[int, int], ...]


class Engine:
    """An initialised eSpeak NG. Its first utterance is always the same; later ones are not."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = str(espeakng_loader.get_data_path()).encode()
        self.rate_hz = self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, _DONT_EXIT)
        if self.rate_hz <= 0:
            raise EngineFailed(f"espeak_Initialize: {self.rate_hz}")

    def speak(self, text: str, *, timbre: Path, words_per_minute: int, volume: int, pitch: float) -> Speech:
        """Say `text` with the voice file `timbre`.

        `pitch` is a factor. Measured: 72 steps of the engine's pitch are an octave when its range follows at
        half the pace, and then the tones stay as far apart in semitones as they are.

        eSpeak NG looks voice files up in lower case: `timbre` must be such a name in the working folder.
        """
        pcm: list[bytes] = []
        marks: list[tuple[int, int]] = []

        def receive(samples: object, count: int, events: "ctypes._Pointer[_Event]") -> int:
            if count > 0:
                pcm.append(ctypes.string_at(samples, count * 2))  # type: ignore[arg-type]
            index = 0
            while (kind := events[index].type) != 0:
                if kind in (_WORD, _END):
                    place = events[index].text_position - 1 if kind == _WORD else -1
                    marks.append((place, events[index].sample))
                index += 1
            return 0

        callback = _CALLBACK(receive)  # kept alive until the sound is complete
        library = self._library
        library.espeak_ng_SetRandSeed(ctypes.c_long(_SEED))
        library.espeak_SetSynthCallback(callback)
        self._demand("espeak_ng_SetVoiceByFile", library.espeak_ng_SetVoiceByFile(str(timbre).encode()))
        self._demand("espeak_SetParameter", library.espeak_SetParameter(_RATE, words_per_minute, 0))
        self._demand("espeak_SetParameter", library.espeak_SetParameter(_VOLUME, volume, 0))
        if pitch != 1.0:
            steps = 72 * math.log2(pitch)
            for parameter, value in ((_PITCH, 50 + steps), (_RANGE, 50 + steps / 2)):
                self._demand("espeak_SetParameter", library.espeak_SetParameter(parameter, round(value), 0))
        data = text.replace("\0", " ").encode("utf-8", "replace")
        size = ctypes.c_size_t(len(data) + 1)
        status = library.espeak_Synth(data, size, 0, _BY_CHARACTER, 0, _UTF8, None, None)
        self._demand("espeak_Synth", status)
        self._demand("espeak_Synchronize", library.espeak_Synchronize())
        return Speech(b"".join(pcm), tuple(marks))

    @staticmethod
    def _demand(call: str, status: int) -> None:
        if status != 0:
            raise EngineFailed(f"{call}: {status:#x}")
