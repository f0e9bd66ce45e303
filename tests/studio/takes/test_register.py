"""Takes in the database: added, replaced, removed, taken back; stale ones are told from missing ones."""

from datetime import UTC, datetime

import pytest

from assets.ffmpeg import MediaUnreadable
from assets.store import Store
from studio.people.accounts import add_user
from studio.people.audit import list_entries
from studio.people.models import Role
from studio.production.segments import produce_segment
from studio.scripts.workflow import create_script, find_script, save_revision
from studio.takes.register import (
    NoTakeToUndo,
    PassageChanged,
    PassageMissing,
    PassageNotRecorded,
    TakeTooLarge,
    TakeUnknown,
    add_take,
    find_passage,
    hear_take,
    list_takes,
    match_takes,
    remove_take,
    understand,
    undo,
)
from studio.takes.shelf import TakesMissing
from tests.assets.synth import speech, write_wav
from tests.studio.takes.test_shelf import SCRIPT

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)


@pytest.fixture
def store(settings):
    return Store(settings.store)


@pytest.fixture
def lan(database):
    with database.writing() as session:
        user = add_user(
            session, username="lan", full_name="Y Lan", role=Role.PRODUCER, password="mật khẩu thử", now=NOW
        )
        create_script(session, code="gia", text=SCRIPT, by=user, now=NOW)
    return user


@pytest.fixture
def recorded(store, tmp_path):
    def make(seed):
        path = write_wav(tmp_path / f"{seed}.wav", speech(2, seed=seed), rate=22_050)
        return hear_take(store, path, name=f"thu {seed}.wav")

    return make


def states(session):
    script = find_script(session, "gia")
    readings = match_takes(understand(session, script), list_takes(session, script))
    return {
        one.wanted.number: "ready" if one.take else "stale" if one.stale else "missing" for one in readings
    }


def put(session, number, heard):
    script = find_script(session, "gia")
    return add_take(
        session, script, find_passage(understand(session, script), number), heard, by="lan", now=NOW
    )


def test_added_replaced_removed_and_taken_back_step_by_step(database, lan, recorded):
    first, second = recorded(1), recorded(2)
    with database.writing() as session:
        script = find_script(session, "gia")
        one = put(session, 2, first)
        two = put(session, 2, second)
        assert [take.id for take in list_takes(session, script)] == [two.id]
        remove_take(session, script, two.id, by="lan", now=NOW)
        assert states(session) == {2: "missing", 3: "missing"}
        with pytest.raises(TakeUnknown):
            remove_take(session, script, two.id, by="lan", now=NOW)
        undo(session, script, by="lan", now=NOW)
        assert [take.id for take in list_takes(session, script)] == [two.id]
        undo(session, script, by="lan", now=NOW)
        assert [take.id for take in list_takes(session, script)] == [one.id]
        undo(session, script, by="lan", now=NOW)
        assert states(session) == {2: "missing", 3: "missing"}
        with pytest.raises(NoTakeToUndo):
            undo(session, script, by="lan", now=NOW)
        deeds = [entry.action for entry in list_entries(session, subject="script/gia")]
        assert deeds[:6] == ["take.undo"] * 3 + ["take.remove", "take.add", "take.add"]


def test_words_that_change_leave_a_stale_take_and_moving_does_not(database, lan, recorded):
    heard = recorded(1)
    with database.writing() as session:
        put(session, 3, heard)
        text = SCRIPT.replace("NỮ: Kính thưa bà con.", "NỮ: Một.\n\nNỮ: Hai.")
        save_revision(session, "gia", text=text, based_on=1, by=lan, now=NOW)
        assert states(session) == {3: "missing", 4: "ready"}
        text = text.replace("làm chuồng", "làm chuồng trại")
        save_revision(session, "gia", text=text, based_on=2, by=lan, now=NOW)
        assert states(session) == {3: "missing", 4: "stale"}


def test_only_what_people_read_is_recorded(database, lan):
    with database.reading() as session:
        document = understand(session, find_script(session, "gia"))
    with pytest.raises(PassageMissing, match="từ 1 đến 3"):
        find_passage(document, 4)
    with pytest.raises(PassageNotRecorded, match="tone"):
        find_passage(document, 1)
    with pytest.raises(PassageChanged):
        find_passage(document, 2, words_sha256="0" * 64)


def test_bad_files_are_refused_by_their_own_name_and_leave_nothing(store, tmp_path, monkeypatch):
    path = tmp_path / "x"
    path.write_text("không phải âm thanh", "utf-8")
    with pytest.raises(MediaUnreadable, match=r"giấy mời\.mp3"):
        hear_take(store, path, name="giấy mời.mp3")
    monkeypatch.setattr("studio.takes.register.MAX_BYTES", 5)
    with pytest.raises(TakeTooLarge):
        hear_take(store, path, name="to.wav")
    assert not store.root.exists()


def test_a_segment_is_made_of_takes_and_waits_for_all_of_them(database, lan, store, settings, recorded):
    def produce():
        return produce_segment(
            database,
            store,
            code="gia",
            revision=1,
            settings=settings,
            now=NOW,
            progress=lambda _share, _message: None,
        )

    with pytest.raises(TakesMissing, match="2 đoạn"):
        produce()
    heard = [recorded(1), recorded(2), recorded(3)]
    with database.writing() as session:
        put(session, 2, heard[0])
        put(session, 3, heard[1])
    first = produce()
    assert {heard[0].sha256, heard[1].sha256} <= set(first.made_from)
    made = {one.preset: one.sha256 for one in first.renditions}
    with database.writing() as session:
        put(session, 3, heard[2])
    again = {one.preset: one.sha256 for one in produce().renditions}
    assert all(made[preset] != again[preset] for preset in made)
