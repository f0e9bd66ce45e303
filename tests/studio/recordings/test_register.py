"""The catalogue: heard, compared, described, edited, taken back and done again; nothing is lost."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.store import Store
from studio.people.audit import list_entries
from studio.production.segments import produce_segment
from studio.recordings.edits import Cut, Fade, Gain, GainTooHigh, Keep, length_of
from studio.recordings.fields import RecordingFieldUnfit, RecordingNameUnfit, check_name
from studio.recordings.ingest import RecordingAlike, RecordingTwice, check_new, hear_file
from studio.recordings.register import (
    NothingToRedo,
    NothingToTakeBack,
    RecordingChanged,
    RecordingNameTaken,
    RecordingUnknown,
    add_recording,
    describe,
    edit,
    find_recording,
    list_changes,
    list_names,
    list_recordings,
    make_join,
    pieces_of,
    redo,
    remove,
    undo,
)
from studio.recordings.shelf import bring, find_material
from studio.scripts.workflow import create_script
from tests.assets.synth import speech, write_wav

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)


@pytest.fixture
def store(settings):
    return Store(settings.store)


@pytest.fixture
def add(database, store, tmp_path):
    def make(name="già làng.wav", seed=1, seconds=4, **fields):
        path = write_wav(tmp_path / f"{seed}.wav", speech(seconds, seed=seed), rate=22_050)
        heard = hear_file(store, path, name=name)
        with database.writing() as session:
            return add_recording(session, heard, fields, by="lan", now=NOW).id

    return make


def test_what_is_not_said_comes_from_the_file(database, add):
    add("phỏng vấn [bản 1].wav")
    add("phỏng vấn [bản 1].wav", seed=2)
    with database.reading() as session:
        rows = list_recordings(session)
        assert {row.name for row in rows} == {"phỏng vấn bản 1", "phỏng vấn bản 1 2"}
        assert rows[0].duration_ms == 4000
        assert rows[0].title == "phỏng vấn [bản 1]"


def test_it_is_found_without_marks_by_anything_known_of_it(database, add):
    add("a.wav", 1, title="Già làng nói về vay vốn", speaker="Rơ Châm H'Yéo", language="jra", kind="speech")
    add("b.wav", 2, title="Dân ca Xơ Đăng", place="Mô Rai", kind="music")
    with database.reading() as session:
        for words, expected in (
            ("gia lang", 1), ("RO CHAM h'yeo", 1), ("vay von jra", 1), ("mo rai", 2), ("dan ca xo dang", 2),
            ("", None), ("%", 0), ("không có", 0),
        ):  # fmt: skip
            found = [row.id for row in list_recordings(session, search=words)]
            assert found == ([] if expected == 0 else [2, 1] if expected is None else [expected]), words


def test_the_same_file_and_a_copy_of_the_sound_are_told(database, store, add, tmp_path):
    add("gốc.wav", 1, seconds=20)
    with database.reading() as session:
        known = list_recordings(session)
    same = hear_file(store, tmp_path / "1.wav", name="chép.wav")
    with pytest.raises(RecordingTwice, match="gốc"):
        check_new(same, known, store)
    with pytest.raises(RecordingTwice):
        check_new(same, known, store, anyway=True)
    quieter = write_wav(tmp_path / "x.wav", speech(20, seed=1)[22_050:-22_050] * 0.3, rate=22_050)
    copy = hear_file(store, quieter, name="x.wav")
    with pytest.raises(RecordingAlike, match="gốc"):
        check_new(copy, known, store)
    check_new(copy, known, store, anyway=True)
    noise = np.random.default_rng(3).standard_normal(20 * 22_050) * 0.1
    other = hear_file(store, write_wav(tmp_path / "y.wav", noise, rate=22_050), name="y.wav")
    check_new(other, known, store)


def test_edits_are_laid_on_each_other_and_taken_back_one_by_one(database, store, add, settings):
    number = add(seconds=6)
    with database.writing() as session:
        one = find_recording(session, number)
        edit(session, one, Keep(1000, 5000), by="lan", now=NOW)
        edit(session, one, Cut(1000, 2000), by="lan", now=NOW)
        edit(session, one, Fade(200, 300), by="lan", now=NOW)
        assert length_of(pieces_of(session, one)) == 3000
        with pytest.raises(GainTooHigh):
            edit(session, one, Gain(30), by="lan", now=NOW)
        material = find_material(session, one)
    made = bring(material, store, settings.cache)
    assert made.suffix == ".flac"
    assert bring(material, store, settings.cache) == made
    with database.writing() as session:
        one = find_recording(session, number)
        assert [undo(session, one, by="lan", now=NOW).deed for _ in range(2)] == ["fade", "cut"]
        assert length_of(pieces_of(session, one)) == 4000
        assert redo(session, one, by="lan", now=NOW).deed == "cut"
        edit(session, one, Gain(-3), by="lan", now=NOW)
        with pytest.raises(NothingToRedo):
            redo(session, one, by="lan", now=NOW)
        while [one for one in list_changes(session, one) if one.undone_at is None]:
            undo(session, find_recording(session, number), by="lan", now=NOW)
        one = find_recording(session, number)
        with pytest.raises(NothingToTakeBack):
            undo(session, one, by="lan", now=NOW)
        assert bring(find_material(session, one), store, settings.cache) == store.path(one.sha256)
        deeds = [entry.action for entry in list_entries(session, subject=f"recording/{number}")]
    assert deeds.count("recording.undo") == 5
    assert deeds[-1] == "recording.add"


@given(deeds=st.lists(st.sampled_from(["keep", "gain", "title", "undo", "redo"]), max_size=14))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_undo_and_redo_walk_one_line_of_states(deeds, database, add, store):
    with database.reading() as session:
        known = list_recordings(session)
    number = known[0].id if known else add()

    def state(session):
        one = find_recording(session, number)
        return one.title, one.search_text, pieces_of(session, one)

    with database.writing() as session, session.begin_nested() as step:
        line, at = [state(session)], 0
        for turn, deed in enumerate(deeds):
            one = find_recording(session, number)
            if deed == "undo":
                if at:
                    undo(session, one, by="lan", now=NOW)
                    at -= 1
            elif deed == "redo":
                if at + 1 < len(line):
                    redo(session, one, by="lan", now=NOW)
                    at += 1
            else:
                if deed == "title":
                    describe(session, one, {"title": f"Tên {turn}"}, by="lan", now=NOW)
                elif deed == "gain":
                    edit(session, one, Gain(-1), by="lan", now=NOW)
                else:
                    edit(session, one, Keep(0, length_of(pieces_of(session, one)) - 50), by="lan", now=NOW)
                line = [*line[: at + 1], state(session)]
                at += 1
            assert state(session) == line[at]
        step.rollback()


def test_a_join_keeps_what_was_joined_then(database, store, add, settings):
    first, second = add("a.wav", 1, seconds=2), add("b.wav", 2, seconds=3)
    with database.writing() as session:
        other = find_recording(session, second)
        edit(session, other, Keep(0, 1000), by="lan", now=NOW)
        one = find_recording(session, first)
        edit(session, one, make_join(session, other, gap_ms=500), by="lan", now=NOW)
        remove(session, other, by="lan", now=NOW)
        assert length_of(pieces_of(session, one)) == 3500
        material = find_material(session, one)
    assert bring(material, store, settings.cache).is_file()


def test_names_are_checked_and_one_of_a_kind(database, add):
    first = add("a.wav", 1)
    add("b.wav", 2)
    with database.writing() as session:
        one = find_recording(session, first)
        with pytest.raises(RecordingNameTaken):
            describe(session, one, {"name": "b"}, by="lan", now=NOW)
        describe(session, one, {"name": "Tiếng Gia Rai"}, by="lan", now=NOW)
        assert find_recording(session, "Tiếng Gia Rai").id == first
        with pytest.raises(RecordingFieldUnfit):
            describe(session, one, {"kind": "hát"}, by="lan", now=NOW)
        with pytest.raises(RecordingChanged):
            describe(session, one, {"title": "x"}, by="lan", now=NOW, version=1)
    with pytest.raises(RecordingUnknown), database.reading() as session:
        find_recording(session, "không có")
    for bad in ("", "a/b", "a[b]", ".ẩn", "x" * 81, "a\x00b"):
        with pytest.raises(RecordingNameUnfit):
            check_name(bad)


def test_removed_is_not_offered_and_comes_back(database, add):
    number = add("a.wav", 1)
    with database.writing() as session:
        remove(session, find_recording(session, number), by="lan", now=NOW)
        assert list_recordings(session) == list_names(session) == []
        assert len(list_recordings(session, removed=True)) == 1
        undo(session, find_recording(session, number), by="lan", now=NOW)
        assert list_names(session) == ["a"]


def test_a_script_calls_for_it_by_name_as_it_is_edited(database, store, add, settings):
    from studio.people.accounts import add_user
    from studio.people.models import Role

    number = add("Già làng nói.wav", 1, seconds=6)
    text = "---\ntitle: Lời già làng\nvoices: {NỮ: tone}\n---\nNỮ: Xin nghe.\n\n[ghi âm: Già làng nói]\n"

    def produce():
        return produce_segment(
            database, store, code="gia", revision=1, settings=settings, now=NOW, progress=lambda _s, _m: None
        )

    with database.writing() as session:
        user = add_user(
            session, username="lan", full_name="Lan", role=Role.PRODUCER, password="mật khẩu thử", now=NOW
        )
        create_script(session, code="gia", text=text, by=user, now=NOW)
    first = produce()
    length = first.duration_ms
    with database.writing() as session:
        edit(session, find_recording(session, number), Keep(0, 3000), by="lan", now=NOW)
    assert produce().duration_ms == length - 3000
