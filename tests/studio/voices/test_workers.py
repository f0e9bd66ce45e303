"""Processes that die: what the request did counts against it, what others did does not."""

import hashlib
import os
import random
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from studio.production.programme import make_programme, prepare_programme
from studio.settings import read_settings
from studio.voices import espeak, workers
from studio.voices.espeak import EspeakVoice
from studio.voices.frames import read_frame, write_frame
from studio.voices.voice import VoiceFailed
from studio.voices.workers import NoAnswer, Worker, WorkerGone, WorkerPool
from tests.studio.production.scripts import SHORT_SCRIPT

ESPEAK = ("-m", "studio.voices.espeak_worker")
REQUEST = {"text": "một", "timbre": "vi-north-f.txt", "words_per_minute": 125, "volume": 40}


class CountingPool(WorkerPool):
    """Remembers the workers it started; `befall` happens to each before it is handed out."""

    def __init__(self, befall=lambda _worker: None, arguments=ESPEAK):
        self.started: list[Worker] = []
        self.befall = befall
        self.arguments = arguments
        super().__init__(self._begin)

    def _begin(self):
        worker = Worker(self.arguments)
        self.started.append(worker)
        self.befall(worker)
        return worker


@pytest.fixture
def pool():
    made = CountingPool()
    yield made
    made.close()


def kill(worker, number=signal.SIGKILL):
    os.kill(worker.process_id, number)


def test_a_worker_is_used_again_and_ends_when_its_input_ends(pool):
    for _ in range(3):
        assert pool.ask(REQUEST).head["marks"]
    assert len(pool.started) == 1
    pool.close()
    with pytest.raises(ProcessLookupError):
        kill(pool.started[0], 0)


def test_an_idle_worker_that_was_killed_is_replaced(pool):
    before = pool.ask(REQUEST)
    kill(pool.started[0])
    assert pool.ask(REQUEST) == before


def test_a_sentence_outlasts_more_killed_workers_than_it_has_attempts(pool):
    calm = pool.ask(REQUEST)
    kill(pool.started[0])
    pool.befall = lambda worker: kill(worker) if len(pool.started) < 4 * workers.ATTEMPTS else None
    assert pool.ask(REQUEST) == calm
    assert len(pool.started) == 4 * workers.ATTEMPTS


def test_workers_that_are_always_killed_end_the_patience(monkeypatch):
    monkeypatch.setattr(workers, "PATIENCE_S", 3.0)
    begun = []

    def start():
        begun.append(time.monotonic())
        return Worker(("-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"))

    with pytest.raises(NoAnswer, match="exit -9"):
        WorkerPool(start).ask(REQUEST)
    assert len(begun) > workers.ATTEMPTS


def test_a_crash_counts_against_the_request(pool):
    pool.befall = lambda worker: kill(worker, signal.SIGSEGV)
    with pytest.raises(NoAnswer, match="exit -11"):
        pool.ask(REQUEST)
    assert len(pool.started) == workers.ATTEMPTS


def test_a_worker_that_cannot_begin_and_one_that_refuses_are_asked_as_often_as_is_allowed(pool):
    broken = CountingPool(arguments=("-c", "raise SystemExit(3)"))
    with pytest.raises(NoAnswer, match="exit 3"):
        broken.ask(REQUEST)
    with pytest.raises(NoAnswer, match="espeak_ng_SetVoiceByFile"):
        pool.ask(REQUEST | {"timbre": "khong-co.txt"})
    assert len(pool.started) == 1


def test_the_voice_says_what_failed(tmp_path, monkeypatch):
    broken = CountingPool(arguments=("-c", "raise SystemExit(3)"))
    monkeypatch.setattr(espeak, "_workers", broken)
    with pytest.raises(VoiceFailed, match=r"vi-north-f.*exit 3"):
        EspeakVoice("vi-north-f").speak("một", rate=1.0, path=tmp_path / "a.wav")
    assert list(tmp_path.iterdir()) == []


def test_a_worker_that_keeps_silent_is_ended(monkeypatch):
    monkeypatch.setattr(workers, "ANSWER_S", 0.3)
    begun = time.monotonic()
    with pytest.raises(WorkerGone, match=r"0\.3 s") as caught:
        Worker(("-c", "import time; time.sleep(60)"))
    assert time.monotonic() - begun < 10
    assert not caught.value.from_outside


def test_no_room_for_a_process_is_waited_for(pool, monkeypatch):
    refusals = iter([OSError(11, "no room"), OSError(12, "no memory"), *[None] * 9])

    def start():
        if error := next(refusals):
            raise error
        return Worker(ESPEAK)

    patient = WorkerPool(start)
    assert patient.ask(REQUEST).head["marks"]
    patient.close()


def speech_processes():
    """The workers of this process, also those still starting, and their children; by /proc of Linux."""
    found = []
    parents = [os.getpid()]
    while parents:
        for listed in Path(f"/proc/{parents.pop()}/task").glob("*/children"):
            try:
                pids = [int(one) for one in listed.read_text().split()]
                named = [pid for pid in pids if b"espeak_worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]
            except OSError:  # ended meanwhile
                continue
            found += named
            parents += named
    return found


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="finds the processes in /proc")
def test_a_programme_rendered_under_a_hail_of_kills_is_the_same(tmp_path, monkeypatch):
    """Workers and their children are killed, also before they are ready, until the hail has passed."""
    text = SHORT_SCRIPT + "".join(f"\nNỮ: Câu thứ {number} của bản tin.\n" for number in range(30))

    def render(name):
        settings = read_settings({"LOA_WORKERS": "2"}, home=tmp_path / name)
        draft = prepare_programme(text, settings=settings, presets=["web"])
        target = tmp_path / f"{name}.mp3"
        make_programme(draft, {"web": target}, settings=settings, progress=lambda *_: None)
        return hashlib.sha256(target.read_bytes()).hexdigest()

    calm = render("calm")
    struck, over = [], threading.Event()

    def hail():
        dice = random.Random(1)
        while not over.wait(dice.uniform(0.001, 0.06)) and len(struck) < 8 * workers.ATTEMPTS:
            for victim in speech_processes():
                if dice.random() < 0.7:
                    with suppress(ProcessLookupError):
                        os.kill(victim, signal.SIGKILL)
                        struck.append(victim)

    pool = CountingPool()
    monkeypatch.setattr(espeak, "_workers", pool)
    killer = threading.Thread(target=hail)
    killer.start()
    try:
        assert render("hail") == calm
    finally:
        over.set()
        killer.join()
        pool.close()
    assert len(struck) > 2 * workers.ATTEMPTS


def test_a_frame_cut_short_is_no_frame(tmp_path):
    path = tmp_path / "frames"
    with path.open("wb") as pipe:
        write_frame(pipe, {"a": "ắ"}, b"xyz")
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with path.open("rb") as pipe:
            assert read_frame(pipe) is None
    path.write_bytes(whole)
    with path.open("rb") as pipe:
        assert read_frame(pipe) == ({"a": "ắ"}, b"xyz")
