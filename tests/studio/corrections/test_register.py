"""Corrections as data: versions, undo to the letter, refusals that name the mend, nothing lost in a race."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from studio.corrections.checking import (
    CorrectionChangesNothing,
    CorrectionTooLong,
    CorrectionUnreadable,
    ReadingEmpty,
    ReadingNotFinal,
)
from studio.corrections.models import Correction
from studio.corrections.register import (
    CorrectionMissing,
    CorrectionOutdated,
    CorrectionWithdrawn,
    OthersCorrection,
    ScopeWithoutTarget,
    correct,
    list_corrections,
    list_versions,
    load_corrections,
    undo,
    withdraw,
)
from studio.corrections.scope import Scope
from studio.database import open_database
from studio.people.accounts import add_user
from studio.people.audit import list_entries
from studio.people.models import Role
from studio.settings import read_settings

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)


@pytest.fixture
def people(database):
    with database.writing() as session:
        return {
            name: add_user(
                session, username=name, full_name=name.title(), role=role, password="mật khẩu thử", now=NOW
            )
            for name, role in (("lan", Role.PRODUCER), ("hoa", Role.PRODUCER), ("minh", Role.APPROVER))
        }


def make(session, words, reading, *, scope=Scope.ALWAYS, target="", by=None, now=NOW, **rest):
    return correct(session, words=words, reading=reading, scope=scope, target=target, by=by, now=now, **rest)


def state(session):
    return {
        (row.scope, row.target, row.words, row.place): row.reading
        for row in session.exec(select(Correction))
        if row.reading is not None
    }


def test_every_state_is_kept(database, people):
    with database.writing() as session:
        row = make(session, " TTBVN ", "trung tâm  bảo vệ nước", by=people["lan"])
        assert (row.words, row.reading, row.version) == ("TTBVN", "trung tâm bảo vệ nước", 1)
        again = make(session, "TTBVN", "trạm bảo vệ nước", by=people["hoa"], now=NOW + timedelta(hours=1))
        assert (again.id, again.version) == (row.id, 2)
        withdraw(session, row.id, by=people["minh"], now=NOW)
        assert load_corrections(session).standing == ()
        undo(session, row.id, by=people["minh"], now=NOW)
        versions = list_versions(session, row.id)
    assert [(one.number, one.before, one.after, one.by, one.undoes) for one in versions] == [
        (4, None, "trạm bảo vệ nước", "minh", 3),
        (3, "trạm bảo vệ nước", None, "minh", None),
        (2, "trung tâm bảo vệ nước", "trạm bảo vệ nước", "hoa", None),
        (1, None, "trung tâm bảo vệ nước", "lan", None),
    ]
    with database.reading() as session:
        entries = list_entries(session, subject=f"correction/{row.id}")
    assert [entry.action for entry in entries] == [
        "correction.undo", "correction.withdraw", "correction.make", "correction.make",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "reading", "error"),
    [
        ("", "trung tâm", ReadingEmpty),
        ("\u200b \u00a0", "trung tâm", ReadingEmpty),
        ("TTBVN", "  ", ReadingEmpty),
        ("TTBVN", ",,", ReadingEmpty),
        ("T" * 81, "trung tâm", CorrectionTooLong),
        ("TTBVN", "a " * 200, CorrectionTooLong),
        ("TT\nBVN", "trung tâm", CorrectionUnreadable),
        ("TT\x07", "trung tâm", CorrectionUnreadable),
        ("TTBVN", "có 5 người", CorrectionUnreadable),
        ("TTBVN", "trung tâm ☺", CorrectionUnreadable),
        ("UBND", "ủy ban nhân dân", CorrectionChangesNothing),
        ("UBND", "Uỷ ban nhân dân", CorrectionChangesNothing),
        ("TTBVN", "UBND xã", ReadingNotFinal),
    ],
)
def test_what_cannot_be_a_correction_is_refused(database, words, reading, error):
    with database.writing() as session:
        with pytest.raises(error) as refused:
            make(session, words, reading)
        assert str(refused.value)
        assert state(session) == {}


def test_an_abbreviation_with_several_meanings_may_be_settled_on_any(database):
    with database.writing() as session:
        assert make(session, "TT", "thông tư").version == 1


def test_two_corrections_may_not_read_each_other(database):
    with database.writing() as session:
        make(session, "TTBVN", "trạm bơm nước")
        with pytest.raises(ReadingNotFinal, match="trạm bơm nước"):
            make(session, "bơm", "bôm")
        make(session, "bơm", "bơm điện", scope=Scope.VOICE, target="espeak")
        with pytest.raises(ReadingNotFinal):
            make(session, "XYZ", "trạm TTBVN")


def test_an_undo_that_would_contradict_what_came_since_is_refused(database):
    with database.writing() as session:
        first = make(session, "TTBVN", "trạm bơm nước")
        undo(session, first.id, by=None, now=NOW)
        make(session, "bơm", "bôm")
        with pytest.raises(ReadingNotFinal):
            undo(session, first.id, by=None, now=NOW)


def test_a_scope_must_say_whose(database):
    with database.writing() as session, pytest.raises(ScopeWithoutTarget):
        make(session, "TTBVN", "trạm bơm", scope=Scope.ORGANISATION)


def test_who_may_take_back_what(database, people):
    with database.writing() as session:
        row = make(session, "TTBVN", "trạm bơm", by=people["lan"])
        with pytest.raises(OthersCorrection, match="lan"):
            undo(session, row.id, by=people["hoa"], now=NOW)
        with pytest.raises(OthersCorrection):
            withdraw(session, row.id, by=people["hoa"], now=NOW)
        undo(session, row.id, by=people["lan"], now=NOW)
        with pytest.raises(CorrectionWithdrawn):
            withdraw(session, row.id, by=people["minh"], now=NOW)
        undo(session, row.id, by=people["minh"], now=NOW)
        with pytest.raises(CorrectionMissing):
            undo(session, 99, by=people["minh"], now=NOW)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(database):
    with database.writing() as session:
        row = make(session, "TTBVN", "trạm bơm", version=0)
        make(session, "TTBVN", "trạm nước", version=1)
        for attempt in (
            lambda: make(session, "TTBVN", "trạm điện", version=1),
            lambda: undo(session, row.id, by=None, now=NOW, version=1),
            lambda: withdraw(session, row.id, by=None, now=NOW, version=1),
        ):
            with pytest.raises(CorrectionOutdated, match="trạm nước"):
                attempt()


def test_corrections_are_found_without_marks(database):
    with database.writing() as session:
        make(session, "TTBVN", "trạm bơm nước")
        make(session, "TTBVN", "trạm bảo vệ", scope=Scope.ORGANISATION, target="ia-dom")
        gone = make(session, "QLDA", "quản lý dự án nước")
        withdraw(session, gone.id, by=None, now=NOW)

        def find(**wanted):
            return sorted(row.id for row in list_corrections(session, **wanted))

        assert find(search="bom nuoc") == [1]
        assert find(search="ttbvn") == [1, 2]
        assert find(search="IA-DOM") == [2]
        assert find(scope=Scope.ALWAYS) == [1, 3]
        assert find(withdrawn=False) == [1, 2]
        assert find(search="khong co") == []


def race(database, attempts):
    """All `attempts` at once; what each made, or its error."""
    barrier, results = Barrier(len(attempts)), [None] * len(attempts)

    def run(number, attempt):
        barrier.wait()
        try:
            with database.writing() as session:
                results[number] = attempt(session).version
        except CorrectionOutdated as error:
            results[number] = error

    threads = [Thread(target=run, args=item) for item in enumerate(attempts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def check_race(database):
    readings = ["trạm bơm", "trạm nước", "trạm điện", "trạm xá"]
    made = race(database, [lambda s, r=r: make(s, "TTBVN", r) for r in readings])
    assert sorted(made) == [1, 2, 3, 4]
    with database.reading() as session:
        versions = list_versions(session, 1)
        assert sorted(one.after for one in versions) == sorted(readings)
        assert [one.before for one in versions[:-1]] == [one.after for one in versions[1:]]
        assert load_corrections(session).standing[0].reading == versions[0].after
    seen = race(database, [lambda s, r=r: make(s, "QLDA", r, version=0) for r in readings])
    assert seen.count(1) == 1
    assert sum(isinstance(one, CorrectionOutdated) for one in seen) == 3


def test_two_people_correct_the_same_words_at_once(database):
    check_race(database)


@pytest.mark.postgres
def test_two_people_correct_the_same_words_at_once_on_postgresql(tmp_path, postgres_url):
    database = open_database(read_settings({"LOA_DATABASE_URL": postgres_url}, home=tmp_path))
    check_race(database)
    database.close()


WORDS = ["TTBVN", "QLDA", "họp"]
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("make"), st.sampled_from(WORDS), st.sampled_from(["một", "hai", "ba"])),
        st.tuples(st.just("withdraw"), st.integers(1, 3), st.none()),
    ),
    max_size=8,
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES, number=st.integers(1, 3))
def test_undo_restores_and_undoing_it_does_anew(database, changes, number):
    text = ["TTBVN và QLDA họp. Họp QLDA."]
    with database.reading() as session:  # never committed: every example begins with nothing
        history = []
        for deed, what, reading in changes:
            before = state(session), load_corrections(session).read(text)
            try:
                if deed == "make":
                    row = make(session, what, reading)
                else:
                    row = withdraw(session, what, by=None, now=NOW)
            except (CorrectionChangesNothing, CorrectionMissing, CorrectionWithdrawn):
                assert (state(session), load_corrections(session).read(text)) == before
                continue
            after = state(session), load_corrections(session).read(text)
            history.append(row.id)
            undo(session, row.id, by=None, now=NOW)
            assert (state(session), load_corrections(session).read(text)) == before
            undo(session, row.id, by=None, now=NOW)
            assert (state(session), load_corrections(session).read(text)) == after
        session.rollback()
