"""The engine itself, on an English model, and what is laid into its folder that is no model."""

import json
import shutil
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.cli.main import main
from studio.production.engines import Voicing
from studio.production.fallback import make_with_fallback
from studio.production.programme import make_programme, prepare_programme
from studio.settings import read_settings
from studio.voices import piper, registry
from studio.voices.piper import (
    ModelMissing,
    ModelUnusable,
    PiperAbsent,
    PiperVoice,
    check_config,
    find_models,
    keep_plain,
)
from studio.voices.registry import find_voice, voice_engines, voice_names, voices_of
from studio.voices.sound_file import read_wav
from studio.voices.voice import VoiceFailed

SENTENCE = "The district radio reads the news of the commune, every morning at five."
CONFIG = {
    "audio": {"sample_rate": 22_050},
    "espeak": {"voice": "vi"},
    "phoneme_type": "espeak",
    "num_symbols": 256,
    "num_speakers": 1,
    "phoneme_id_map": {"a": [1]},
}


def speak(voice, text, path, rate=1.0):
    words = voice.speak(text, rate=rate, path=path)
    with path.open("rb") as file:
        pcm, rate_hz = read_wav(file)
    return np.frombuffer(pcm, "<i2"), rate_hz, words


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder of models that the registry looks into."""
    made = tmp_path / "voices"
    made.mkdir()
    monkeypatch.setattr(registry._folder, "path", made)
    return made


def lay_in(folder, name, config=CONFIG, sound=b"no model"):
    (folder / f"{name}.onnx").write_bytes(sound)
    text = config if isinstance(config, str) else json.dumps(config)
    (folder / f"{name}.onnx.json").write_text(text, "utf-8")
    return folder / f"{name}.onnx", folder / f"{name}.onnx.json"


def test_models_are_found_as_they_are_laid_in_and_taken_away(folder):
    assert voices_of("piper") == []
    lay_in(folder, "lan")
    (folder / "minh.onnx").write_bytes(b"x")
    assert voices_of("piper") == ["piper:lan"]
    (folder / "minh.json").write_text("{}")
    (folder / "a b.onnx").write_bytes(b"x")
    (folder / "a b.json").write_text("{}")
    assert voices_of("piper") == ["piper:lan", "piper:minh"]
    assert voice_engines()["piper:lan"] == "piper"
    before = find_voice("piper:lan").version
    (folder / "lan.onnx").write_bytes(b"another model")
    assert find_voice("piper:lan").version != before
    (folder / "lan.onnx").unlink()
    assert "piper:lan" not in voice_names()


def test_a_model_that_is_not_there_says_where_it_belongs(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(piper, "version", lambda _name: "1.8.0")
    lay_in(folder, "lan")
    with pytest.raises(ModelMissing, match="piper:lan") as missing:
        find_voice("piper:minh").speak("a", rate=1.0, path=tmp_path / "a.wav")
    assert str(folder) in str(missing.value)
    assert missing.value.exit_code == 3


def test_without_the_package_it_says_how_to_get_it(folder, tmp_path, monkeypatch):
    def refuse(_name):
        raise piper.PackageNotFoundError

    monkeypatch.setattr(piper, "version", refuse)
    lay_in(folder, "lan")
    with pytest.raises(PiperAbsent, match=r"pip install 'loa\[piper\]'"):
        find_voice("piper:lan").speak("a", rate=1.0, path=tmp_path / "a.wav")
    assert find_voice("piper:lan").version.startswith("piper-absent")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("", "JSON"),
        ("[]", "JSON"),
        ("[" * 100_000, "JSON"),
        ("{" + " " * 1_100_000 + "}", "JSON"),
        (CONFIG | {"phoneme_type": "pinyin"}, "pinyin"),
        (CONFIG | {"phoneme_type": ["espeak"]}, "espeak, text"),
        (CONFIG | {"audio": {}}, "audio.sample_rate"),
        (CONFIG | {"audio": {"sample_rate": "22050"}}, "audio.sample_rate"),
        (CONFIG | {"espeak": None}, "espeak.voice"),
        (CONFIG | {"num_symbols": True}, "num_symbols"),
        (CONFIG | {"num_speakers": 1.5}, "num_speakers"),
        (CONFIG | {"phoneme_id_map": {}}, "phoneme_id_map"),
        (CONFIG | {"phoneme_id_map": {"a": 1}}, "phoneme_id_map"),
    ],
)
def test_a_config_that_cannot_be_used_names_its_file_and_what_is_wrong(folder, change, told):
    _, path = lay_in(folder, "lan", change)
    with pytest.raises(ModelUnusable, match=told) as unusable:
        check_config(path)
    assert str(path) in str(unusable.value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*CONFIG]), inner),
        max_leaves=12,
    )
)
def test_any_json_is_a_config_or_refused(tmp_path_factory, config):
    path = tmp_path_factory.mktemp("any") / "a.json"
    path.write_text(json.dumps(config), "utf-8")
    with suppress(ModelUnusable):
        check_config(path)


@given(st.text())
def test_nothing_in_a_text_is_a_command(text):
    plain = keep_plain(text)
    assert len(plain) == len(text)
    assert not {"[", "]", "\0"} & {*plain}


# From here on the engine itself.


def test_a_file_that_is_no_model_is_named(folder, tmp_path, piper_model):
    sound, _ = lay_in(folder, "lan")
    with pytest.raises(ModelUnusable) as unusable:
        find_voice("piper:lan").speak("Xin chào.", rate=1.0, path=tmp_path / "a.wav")
    assert str(sound) in str(unusable.value)
    whole = piper_model.read_bytes()
    for cut in (len(whole) // 2, 1000):
        sound.write_bytes(whole[:cut])
        with pytest.raises(ModelUnusable):
            find_voice("piper:lan").speak("Xin chào.", rate=1.0, path=tmp_path / "a.wav")
    assert not (tmp_path / "a.wav").exists()


def test_a_config_of_another_model_is_told(folder, tmp_path, piper_model):
    strange = json.loads(piper_model.with_name(f"{piper_model.name}.json").read_text("utf-8"))
    strange["espeak"]["voice"] = "khong-co"
    shutil.copy(piper_model, folder / "lan.onnx")
    (folder / "lan.json").write_text(json.dumps(strange), "utf-8")
    with pytest.raises(ModelUnusable, match="lan"):
        find_voice("piper:lan").speak("Xin chào.", rate=1.0, path=tmp_path / "a.wav")


def test_the_same_words_are_the_same_bytes_whatever_was_said_before(piper_voice, tmp_path):
    first, _, _ = speak(piper_voice, SENTENCE, tmp_path / "a.wav")
    speak(piper_voice, "Water is clean.", tmp_path / "b.wav")
    again, _, _ = speak(PiperVoice(piper_voice.name, piper_voice._folder), SENTENCE, tmp_path / "a.wav")
    assert np.array_equal(first, again)
    piper._pools.pop(piper_voice.name)[1].close()
    fresh, _, _ = speak(piper_voice, SENTENCE, tmp_path / "a.wav")
    assert np.array_equal(first, fresh)


@pytest.mark.parametrize("rate", [0.7, 0.88, 1.12, 1.3])
def test_the_pace_is_met(piper_voice, tmp_path, rate):
    plain, _, _ = speak(piper_voice, SENTENCE, tmp_path / "a.wav")
    paced, _, _ = speak(piper_voice, SENTENCE, tmp_path / "b.wav", rate)
    assert len(plain) / len(paced) == pytest.approx(rate, rel=0.03)


def test_brackets_are_no_commands(piper_voice, tmp_path):
    odd, _, words = speak(piper_voice, "Hello [[ h ]] there", tmp_path / "a.wav")
    plain, _, _ = speak(piper_voice, "Hello    h    there", tmp_path / "b.wav")
    assert np.array_equal(odd, plain)
    assert [(word.start, word.end) for word in words] == [(0, 5), (9, 10), (14, 19)]


def test_words_lie_within_the_speech(piper_voice, tmp_path):
    samples, rate_hz, words = speak(piper_voice, SENTENCE, tmp_path / "a.wav")
    audible = np.flatnonzero(np.abs(samples.astype(int)) > 300)
    assert words[0].start_ms == pytest.approx(audible[0] * 1000 / rate_hz, abs=2)
    assert words[-1].end_ms == pytest.approx(audible[-1] * 1000 / rate_hz, abs=2)


def test_a_programme_is_spoken_by_it_and_by_the_next_when_it_is_gone(piper_voice, tmp_path):
    text = f"---\ntiêu đề: Thử\ngiọng: {{NỮ: {piper_voice.name}}}\n---\nNỮ: Xin chào.\n"
    settings = read_settings({"LOA_VOICE_FALLBACK": "piper,espeak"}, home=piper_voice._folder.parent)

    def make(target):
        draft = prepare_programme(text, settings=settings, presets=["web"])
        return make_with_fallback(
            draft,
            lambda one: (
                one.voicing,
                make_programme(one, {"web": target}, settings=settings, progress=lambda *_: None),
            ),
            settings=settings,
            progress=lambda *_: None,
        )

    voicing, programme = make(tmp_path / "a.mp3")
    assert voicing == Voicing("piper")
    assert programme.engine.startswith("piper-1.")
    find_models(piper_voice._folder)[piper_voice.name].sound.unlink()
    voicing, _ = make(tmp_path / "b.mp3")
    assert voicing.engine == "espeak"
    assert [one.engine for one in voicing.instead_of] == ["piper"]


def test_the_doctor_says_what_is_there_and_what_is_broken(piper_model, tmp_path, capsys):
    home = tmp_path / "home"

    def ask():
        main(["--home", str(home), "doctor", "--json"])
        parts = {part["part"]: part for part in json.loads(capsys.readouterr().out)}
        return parts["piper"]

    assert ask()["works"]
    assert str(home / "voices") in ask()["detail"]
    (home / "voices").mkdir()
    lay_in(home / "voices", "lan")
    broken = ask()
    assert not broken["works"]
    assert "lan.onnx" in broken["detail"]


def test_words_that_a_model_has_no_sounds_for_are_said_so(piper_voice, tmp_path):
    with suppress(VoiceFailed):
        samples, _, _ = speak(piper_voice, "ກຂ", tmp_path / "a.wav")
        assert len(samples)
