from pathlib import Path

from studio.voices.estimate import TONE_MS, TONE_REST_MS
from studio.voices.registry import find_voice
from studio.voices.sound_file import read_wav


def speak(text: str, rate: float, path: Path):
    words = find_voice("tone").speak(text, rate=rate, path=path)
    with path.open("rb") as file:
        pcm, rate_hz = read_wav(file)
    return words, len(pcm) // 2 * 1000 / rate_hz, path.read_bytes()


def test_a_tone_has_the_predicted_length_and_is_always_the_same(tmp_path):
    for rate in (0.8, 1.0, 1.3):
        words, duration_ms, content = speak("một hai một", rate, tmp_path / "a.wav")
        assert [(word.start, word.end) for word in words] == [(0, 3), (4, 7), (8, 11)]
        assert abs(duration_ms - 3 * (TONE_MS + TONE_REST_MS) / rate) < 3
        assert speak("một hai một", rate, tmp_path / "b.wav")[2] == content
    assert speak("một ba một", 1.3, tmp_path / "b.wav")[2] != content
