import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from assets.errors import Invalid, Unavailable
from studio.database import Database, open_database
from studio.jobs.models import Job, JobState
from studio.jobs.queue import JobMissing, enqueue, find_job, find_open, list_jobs
from studio.jobs.worker import Pace, Worker
from studio.settings import read_settings

START = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
FAST = Pace(lease=timedelta(seconds=60), pulse_seconds=0.02, poll_seconds=0.02)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_seconds(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def ask(database: Database, kind: str = "count", key: str | None = None, **payload: object) -> int:
    with database.writing() as session:
        job = enqueue(session, kind=kind, payload=payload, dedupe_key=key, now=START)
    assert job.id is not None
    return job.id


def look(database: Database, job_id: int) -> Job:
    with database.reading() as session:
        job = find_job(session, job_id)
        session.expunge(job)
    return job


def wait_for(condition, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "nothing came of it"
        time.sleep(0.01)


def test_the_same_work_is_asked_for_once_until_it_ends(database: Database) -> None:
    first = ask(database, key="produce/a@1")
    assert ask(database, key="produce/a@1") == first
    assert ask(database) != ask(database)
    worker = Worker(database, {"count": lambda *_: None}, clock=Clock(), pace=FAST)
    while worker.run_once():
        pass
    again = ask(database, key="produce/a@1")
    assert again != first
    with database.reading() as session:
        assert find_open(session, "produce/a@1").id == again
        assert [job.id for job in list_jobs(session, state=JobState.WAITING)] == [again]
        with pytest.raises(JobMissing):
            find_job(session, 999)


def test_work_asked_for_in_a_failed_transaction_is_not_done(database: Database) -> None:
    def ask_and_break() -> None:
        with database.writing() as session:
            enqueue(session, kind="count", payload={}, dedupe_key=None, now=START)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask_and_break()
    assert not Worker(database, {}, clock=Clock()).run_once()


def test_a_job_is_done_with_progress_and_result(database: Database) -> None:
    job_id = ask(database, number=3)
    seen: list[tuple[float, str]] = []

    def count(_database, payload, progress):
        progress(0.5, "một nửa")
        wait_for(lambda: look(database, job_id).message == "một nửa")
        seen.append((look(database, job_id).progress, look(database, job_id).message))
        return {"number": payload["number"] + 1}

    assert Worker(database, {"count": count}, clock=Clock(), pace=FAST).run_once()
    job = look(database, job_id)
    assert seen == [(0.5, "một nửa")]
    assert (job.state, job.progress, job.result, job.attempts) == (JobState.DONE, 1.0, {"number": 4}, 1)
    assert job.finished_at == START
    assert job.leased_until is None


def test_out_of_reach_is_tried_again_later_and_at_last_given_up(database: Database) -> None:
    clock = Clock()

    def fail(*_):
        raise Unavailable

    worker = Worker(database, {"count": fail}, clock=clock, pace=FAST)
    job_id = ask(database)
    for wait in (10, 20):
        assert worker.run_once()
        job = look(database, job_id)
        assert job.state is JobState.WAITING
        assert job.run_after == clock.now + timedelta(seconds=wait)
        assert job.error == str(Unavailable())
        clock.pass_seconds(wait - 1)
        assert not worker.run_once(), "too early"
        clock.pass_seconds(1)
    assert worker.run_once()
    assert look(database, job_id).state is JobState.FAILED
    clock.pass_seconds(10_000)
    assert not worker.run_once()


@pytest.mark.parametrize(("error", "sentence"), [(Invalid(), "không hợp lệ"), (ValueError("x"), "Có lỗi")])
def test_what_cannot_succeed_fails_at_once_in_words(database: Database, error, sentence: str) -> None:
    def fail(*_):
        raise error

    job_id = ask(database, key="k")
    Worker(database, {"count": fail}, clock=Clock(), pace=FAST).run_once()
    job = look(database, job_id)
    assert (job.state, job.attempts, job.dedupe_key) == (JobState.FAILED, 1, None)
    assert sentence in (job.error or "")


def test_an_unknown_kind_fails_and_does_not_stop_the_worker(database: Database) -> None:
    first, second = ask(database, kind="what"), ask(database)
    worker = Worker(database, {"count": lambda *_: None}, clock=Clock(), pace=FAST)
    assert worker.run_once()
    assert worker.run_once()
    assert look(database, first).state is JobState.FAILED
    assert look(database, second).state is JobState.DONE


def test_a_dead_workers_job_is_taken_over_after_its_lease(database: Database) -> None:
    clock, done = Clock(), []
    job_id = ask(database)
    dead = Worker(database, {}, clock=clock, pace=FAST)
    assert dead._claim() is not None  # and then the power goes
    heir = Worker(database, {"count": lambda *_: done.append(1)}, clock=clock, pace=FAST)
    clock.pass_seconds(60)
    assert not heir.run_once(), "the lease still holds"
    clock.pass_seconds(1)
    assert heir.run_once()
    assert done == [1]
    job = look(database, job_id)
    assert (job.state, job.attempts) == (JobState.DONE, 2)


def test_a_job_that_kills_its_workers_is_given_up(database: Database) -> None:
    clock = Clock()
    job_id = ask(database)
    for _ in range(3):
        assert Worker(database, {}, clock=clock, pace=FAST)._claim() is not None
        clock.pass_seconds(61)
    assert not Worker(database, {}, clock=clock, pace=FAST).run_once()
    job = look(database, job_id)
    assert job.state is JobState.FAILED
    assert "3 lần" in (job.error or "")


def test_a_worker_that_lost_its_lease_stops_and_keeps_quiet(database: Database) -> None:
    clock = Clock()
    job_id = ask(database)
    reached_end = []

    def slow(_database, _payload, progress):
        with database.writing() as session:
            find_job(session, job_id).worker = "somebody else"
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            progress(0.1, "vẫn làm")
            time.sleep(0.01)
        reached_end.append(1)

    Worker(database, {"count": slow}, clock=clock, pace=FAST).run_once()
    job = look(database, job_id)
    assert reached_end == []
    assert (job.state, job.worker) == (JobState.RUNNING, "somebody else")


def test_the_lease_of_long_work_is_renewed(database: Database) -> None:
    clock = Clock()
    job_id = ask(database)

    def slow(*_):
        clock.pass_seconds(40)
        wait_for(lambda: look(database, job_id).leased_until == START + timedelta(seconds=100))

    Worker(database, {"count": slow}, clock=clock, pace=FAST).run_once()
    assert look(database, job_id).state is JobState.DONE


def test_two_workers_share_the_queue_and_do_everything_once(database: Database) -> None:
    done: list[int] = []
    for number in range(20):
        ask(database, number=number)
    handlers = {"count": lambda _database, payload, _progress: done.append(payload["number"])}
    workers = [Worker(database, handlers, clock=Clock(), pace=FAST) for _ in range(2)]
    for worker in workers:
        worker.start()
    wait_for(lambda: len(done) >= 20)
    for worker in workers:
        worker.stop()
    assert sorted(done) == list(range(20))
    with database.reading() as session:
        mine = [job for job in session.exec(select(Job)) if "number" in job.payload]
        assert {job.state for job in mine} == {JobState.DONE}


@pytest.fixture
def postgres(tmp_path: Path, postgres_url: str) -> Iterator[Database]:
    opened = open_database(read_settings({"LOA_DATABASE_URL": postgres_url}, home=tmp_path / "home"))
    yield opened
    opened.close()


@pytest.mark.postgres
def test_workers_on_postgresql_pass_over_each_others_claims(postgres: Database) -> None:
    first, second = ask(postgres, key="a"), ask(postgres, key="b")
    assert ask(postgres, key="a") == first
    mine, other = (Worker(postgres, {}, clock=Clock(), pace=FAST) for _ in range(2))
    with postgres.writing() as session:
        session.exec(select(Job).where(Job.id == first).with_for_update()).one()
        claimed = other._claim()
        assert claimed is not None, "a row that somebody claims right now is passed over, not waited for"
        assert claimed.id == second
    assert mine._claim().id == first
    test_two_workers_share_the_queue_and_do_everything_once(postgres)


def test_stopping_hands_the_job_back_uncounted(database: Database) -> None:
    job_id = ask(database)
    started = threading.Event()

    def endless(_database, _payload, progress):
        while True:
            progress(0.2, "đang làm")
            started.set()
            time.sleep(0.01)

    worker = Worker(database, {"count": endless}, clock=Clock(), pace=FAST)
    worker.start()
    assert started.wait(10)
    worker.stop(timeout_seconds=10)
    job = look(database, job_id)
    assert (job.state, job.attempts, job.worker) == (JobState.WAITING, 0, None)
    assert Worker(database, {"count": lambda *_: None}, clock=Clock(), pace=FAST).run_once()
