"""The worker of one Piper model: loads it, says a word to itself, then what it is asked.

    python -m studio.voices.piper_worker MODEL.onnx CONFIG.json

Frames in: `{"text", "rate"}`. Frames out: first `{"rate_hz"}`, or `{"error"}` where the model cannot be used;
then for each request `{}` with the PCM as body, or `{"error"}`. It ends when its input ends.

One thread per worker: as many workers run as there are sentences at a time, and sums have one order.
"""

import json
import math
import os
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from piper import PiperVoice, SynthesisConfig
from piper.config import PiperConfig

from studio.voices.frames import read_frame, write_frame

Samples = NDArray[np.int16]
CLOSE_ENOUGH = 0.02
MOST_TRIES = 5


def main(model: Path, config: Path) -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is Loa's to handle: it closes our input
    source, sink = sys.stdin.buffer, _keep_output()
    try:
        voice = load(model, config)
        say(voice, "a", 1.0)
    except Exception as error:  # noqa: BLE001 whatever a model that is none makes the libraries raise
        write_frame(sink, {"error": _shorten(error)})
        return 1
    write_frame(sink, {"rate_hz": voice.config.sample_rate})
    while request := read_frame(source):
        try:
            samples = say_at(voice, str(request[0]["text"]), float(request[0]["rate"]))
        except Exception as error:  # noqa: BLE001 the next sentence may be said
            write_frame(sink, {"error": _shorten(error)})
        else:
            write_frame(sink, {}, samples.tobytes())
    return 0


def load(model: Path, config: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    return PiperVoice(session, PiperConfig.from_dict(json.loads(config.read_text("utf-8"))))


def say(voice: Any, text: str, length: float) -> Samples:
    """`text` with sounds `length` times as long as the model has them."""
    settings = SynthesisConfig(
        length_scale=voice.config.length_scale * length,
        noise_scale=0.0,
        noise_w_scale=0.0,
        normalize_audio=False,
    )
    chunks = [chunk.audio_int16_array for chunk in voice.synthesize(text, settings)]
    return np.concatenate(chunks).astype("<i2") if chunks else np.zeros(0, "<i2")


def say_at(voice: Any, text: str, rate: float) -> Samples:
    """`text` at `rate` times the model's own pace: met within 2 %, or the best of five tries.

    A model gives each sound a whole number of frames, so a length of 1/1.3 came out as a pace of 1.16
    (measured) and the way from length to pace has steps: the length is searched between one that is too
    short and one that is too long.
    """
    plain = best = say(voice, text, 1.0)
    if rate == 1.0 or not len(plain):
        return plain
    wanted = len(plain) / rate
    short, long = ((1.0, len(plain)) if rate < 1 else None), ((1.0, len(plain)) if rate > 1 else None)
    length = 1 / rate
    for _ in range(MOST_TRIES):
        tried = say(voice, text, length)
        if abs(len(tried) / wanted - 1) < abs(len(best) / wanted - 1):
            best = tried
        if abs(len(best) / wanted - 1) <= CLOSE_ENOUGH:
            break
        if len(tried) < wanted:
            short = (length, len(tried))
        else:
            long = (length, len(tried))
        if short and long:
            share = math.log(wanted / short[1]) / math.log(long[1] / short[1])
            length = short[0] * (long[0] / short[0]) ** min(0.9, max(0.1, share))
        else:
            length *= (wanted / max(1, len(tried))) ** 1.5
    return best


def _keep_output() -> BinaryIO:
    """Our own way out: what a library prints must not get between frames."""
    sink = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    with Path(os.devnull).open("wb") as nothing:
        os.dup2(nothing.fileno(), sys.stdout.fileno())
    return sink


def _shorten(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), Path(sys.argv[2])))
