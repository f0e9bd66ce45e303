"""What was said is kept: whole, once, and found again; what is damaged is made again."""

import errno
import hashlib
import os
import subprocess
import sys
import time
import unicodedata
import wave
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

import studio
from assets.loudness import measure_loudness
from studio.voices import cache as cache_room
from studio.voices.cache import SpeechCache, SpeechCacheFull, SpeechCacheUnwritable, SpeechRequest
from studio.voices.registry import find_voice
from studio.voices.voice import NothingSayable

ROOT = Path(studio.__path__[0]).parent
SENTENCES = [SpeechRequest(f"Câu thứ {number} của bản tin hôm nay.", "vi-north-f") for number in range(24)]


@pytest.fixture
def cache(tmp_path):
    return SpeechCache(tmp_path / "speech")


def files(cache):
    return sorted(path for path in cache.folder.rglob("*") if path.is_file())


def digest(cache):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files(cache)}


def test_the_second_time_everything_is_found(cache):
    first = cache.speak_all(SENTENCES, workers=2)
    second = cache.speak_all(SENTENCES, workers=2)
    assert not any(spoken.reused for spoken in first)
    assert all(spoken.reused for spoken in second)
    assert [spoken.words for spoken in first] == [spoken.words for spoken in second]
    assert [spoken.path for spoken in first] == [spoken.path for spoken in second]
    assert len(files(cache)) == len(SENTENCES)


def test_order_is_kept_and_equal_requests_are_said_once(cache):
    asked = [*SENTENCES[:3], *reversed(SENTENCES[:3]), SENTENCES[0]]
    spoken = cache.speak_all(asked, workers=3)
    assert len(files(cache)) == 3
    assert [one.path for one in spoken] == [cache.speak(request).path for request in asked]


def test_an_entry_is_a_sound_file_that_others_read(cache):
    spoken = cache.speak(SENTENCES[0])
    with wave.open(str(spoken.path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, spoken.rate_hz)
        assert round(file.getnframes() * 1000 / spoken.rate_hz) == spoken.duration_ms
    assert abs(measure_loudness(spoken.path).duration_ms - spoken.duration_ms) <= 1
    assert int.from_bytes(spoken.path.read_bytes()[4:8], "little") == spoken.path.stat().st_size - 8


def test_text_is_one_in_nfc_and_nfd(cache):
    nfc = cache.speak(SENTENCES[0])
    nfd = cache.speak(SpeechRequest(unicodedata.normalize("NFD", SENTENCES[0].text), "vi-north-f"))
    assert nfd.path == nfc.path


def test_voice_and_rate_make_another_sound(cache):
    request = SENTENCES[0]
    others = [SpeechRequest(request.text, "vi-north-m"), SpeechRequest(request.text, "vi-north-f", 0.88)]
    assert len({one.key for one in [request, *others]}) == 3


def test_a_word_pronounced_anew_is_another_sound_with_the_times_of_its_own_words(cache):
    plain = SpeechRequest("Làng Ia Tơi họp dân.", "vi-north-f")
    anew = replace(plain, pronounced=(("Ia Tơi", "i a tơi lạ"),))
    other = replace(plain, pronounced=(("Ia Dom", "i a đôm"),))
    assert other.key == plain.key != anew.key
    spoken = cache.speak(anew)
    assert [plain.text[word.start : word.end] for word in spoken.words] == ["Làng", "Ia Tơi", "họp", "dân"]
    times = [(word.start_ms, word.end_ms) for word in spoken.words]
    assert all(start < end <= later for (start, end), (later, _) in pairwise(times))
    assert cache.speak(anew).words == spoken.words


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:100],
        lambda content: content[:-1],
        lambda content: content[:5000] + b"\xff\xff" + content[5002:],
        lambda content: content.replace(b'"words":[[0', b'"words":[[1'),
        lambda content: content[:24] + (8000).to_bytes(4, "little") + content[28:],
        lambda content: content + b"loaw",
        lambda content: b"not a sound at all",
    ],
)
def test_a_damaged_entry_is_made_again(cache, damage):
    path = cache.speak(SENTENCES[0]).path
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert not cache.speak(SENTENCES[0]).reused
    assert path.read_bytes() == whole


def test_a_failure_keeps_what_is_done_and_leaves_no_half_file(cache):
    asked = [*SENTENCES[:4], SpeechRequest("…", "vi-north-f")]
    with pytest.raises(NothingSayable):
        cache.speak_all(asked, workers=1)
    assert len(files(cache)) == 4
    assert all(path.suffix == ".wav" for path in files(cache))


def test_a_full_disk_says_so_and_leaves_no_half_file(cache, monkeypatch):
    def fill(path, chunk):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(cache_room, "_append_words", fill)
    with pytest.raises(SpeechCacheFull) as caught:
        cache.speak(SENTENCES[0])
    assert str(cache.folder) in str(caught.value)
    assert files(cache) == []


def test_a_folder_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "speech").write_text("a file where the folder should be")
    with pytest.raises(SpeechCacheUnwritable):
        SpeechCache(tmp_path / "speech").speak(SENTENCES[0])


def test_progress_is_told_for_what_is_made(cache):
    told = []
    cache.speak_all(SENTENCES[:3], workers=1, progress=lambda share, message: told.append((share, message)))
    assert [round(share, 2) for share, _ in told] == [0.33, 0.67, 1.0]
    assert told[-1][1] == "Đọc câu 3/3"
    told.clear()
    cache.speak_all(SENTENCES[:3], workers=1, progress=lambda share, message: told.append(message))
    assert told == []


def test_pruning_removes_what_was_used_longest_ago(cache):
    spoken = cache.speak_all(SENTENCES[:6], workers=2)
    now_s = time.time()
    for age_days, one in enumerate(spoken):
        os.utime(one.path, (now_s - age_days * 86_400 - 60,) * 2)
    left_behind = spoken[0].path.with_name("abc.part")
    left_behind.write_bytes(b"half")
    os.utime(left_behind, (now_s - 5 * 86_400,) * 2)
    cache.speak(SENTENCES[5])  # used again
    size = sum(one.path.stat().st_size for one in spoken)
    assert cache.prune(now_s=now_s, max_bytes=size) == 1
    assert not left_behind.exists()
    assert cache.prune(now_s=now_s, max_bytes=0) == 4
    assert files(cache) == sorted([spoken[0].path, spoken[5].path])


RUN = """
import pathlib, sys
from studio.voices.cache import SpeechCache, SpeechRequest
asked = [SpeechRequest(f"Câu thứ {n} của bản tin hôm nay.", "vi-north-f") for n in range(24)]
SpeechCache(pathlib.Path(sys.argv[1])).speak_all(asked, workers=2, progress=lambda s, m: print(m, flush=True))
"""


def test_a_run_killed_in_the_middle_is_taken_up_where_it_was(tmp_path):
    calm, killed = SpeechCache(tmp_path / "calm"), SpeechCache(tmp_path / "killed")
    calm.speak_all(SENTENCES, workers=2)
    with subprocess.Popen(
        [sys.executable, "-c", RUN, str(killed.folder)], stdout=subprocess.PIPE, cwd=ROOT
    ) as run:
        for _ in range(7):
            run.stdout.readline()
        run.kill()
    kept = {path.name for path in files(killed) if path.suffix == ".wav"}
    assert 7 <= len(kept) < len(SENTENCES)
    spoken = killed.speak_all(SENTENCES, workers=2)
    assert sum(one.reused for one in spoken) == len(kept)
    assert {name: value for name, value in digest(killed).items() if name.endswith(".wav")} == digest(calm)


def test_two_processes_may_fill_the_same_folder(tmp_path):
    calm, shared = SpeechCache(tmp_path / "calm"), SpeechCache(tmp_path / "shared")
    calm.speak_all(SENTENCES, workers=2)
    runs = [
        subprocess.Popen([sys.executable, "-c", RUN, str(shared.folder)], stdout=subprocess.DEVNULL, cwd=ROOT)
        for _ in range(2)
    ]
    assert [run.wait(timeout=60) for run in runs] == [0, 0]
    assert digest(shared) == digest(calm)


def test_the_key_names_the_version_of_the_voice(monkeypatch):
    request = SpeechRequest("một", "tone")
    before = request.key
    monkeypatch.setattr(type(find_voice("tone")), "version", "tone-3")
    assert request.key != before
