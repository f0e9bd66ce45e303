"""A correction changes exactly the sentences concerned; what is approved stays as it was approved."""

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from assets.store import Store
from studio.corrections.register import load_corrections
from studio.corrections.scope import Scope
from studio.corrections.standing import NO_CORRECTIONS, Corrections, Standing
from studio.people.accounts import add_user
from studio.people.models import Role
from studio.planning.models import Unit, UnitKind
from studio.planning.units import UnitUnknown, add_unit
from studio.production.changes import find_effects, find_reading
from studio.production.correcting import (
    PlaceWithoutScript,
    ScopeUnreadable,
    make_correction,
    read_scope,
    undo_correction,
)
from studio.production.programme import known_names, make_programme, prepare_programme
from studio.production.releases import NothingToRenew, approve_script, list_changes, renew_reading
from studio.production.segments import produce_segment
from studio.scripts.models import Revision, ScriptState
from studio.scripts.workflow import ScriptMissing, create_script, find_script, save_revision, submit
from studio.voices.registry import VoiceMissing

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
TEXT = """---
title: Nước sạch
voices: {NỮ: vi-north-f, NAM: vi-north-m}
---
NỮ: Chào bà con. TTBVN họp.

NAM: Xin hết. TTBVN
xin chào.
"""
OTHER = TEXT.replace("TTBVN", "Trạm").replace("title: Nước sạch", "title: Khác\norganisation: ia-dom")


@pytest.fixture
def people(database, settings):
    with database.writing() as session:
        lan, minh = (
            add_user(session, username=name, full_name=name, role=role, password="mật khẩu thử", now=NOW)
            for name, role in (("lan", Role.PRODUCER), ("minh", Role.APPROVER))
        )
        create_script(session, code="nuoc", text=TEXT, by=lan, now=NOW)
        create_script(session, code="khac", text=OTHER, by=lan, now=NOW)
        unit = Unit(code="ia-dom", name="Xã Ia Dom", kind=UnitKind.COMMUNE)
        add_unit(session, unit, by="lan", now=NOW)
        return lan, minh


def correct(database, words, reading, scope="always", place=None):
    name, target = read_scope(scope)
    with database.writing() as session:
        return make_correction(
            session, words=words, reading=reading, scope=name, target=target, place=place, by=None, now=NOW
        )


def effects(database, outcome):
    with database.reading() as session:
        return {
            effect.code: [(one.line, one.source, one.before, one.after) for one in effect.sentences]
            for effect in find_effects(session, outcome.before, outcome.after)
        }


def produce(database, settings, code="nuoc", revision=1):
    return produce_segment(
        database,
        Store(settings.store),
        code=code,
        revision=revision,
        settings=settings,
        now=NOW,
        progress=lambda _share, _message: None,
    )


def test_the_sentences_concerned_and_no_others_and_back(database, people):
    outcome = correct(database, "TTBVN", "trạm bơm")
    spelled = "tê tê bê vê en nờ"
    assert effects(database, outcome) == {
        "nuoc": [
            (5, "TTBVN họp.", f"{spelled} họp.", "trạm bơm họp."),
            (7, "TTBVN xin chào.", f"{spelled} xin chào.", "trạm bơm xin chào."),
        ]
    }
    with database.writing() as session:
        back = undo_correction(session, outcome.correction.id, by=None, now=NOW)
    assert back.after == outcome.before
    assert {code: len(found) for code, found in effects(database, back).items()} == {"nuoc": 2}


def test_each_scope_reaches_its_own(database, people):
    assert list(effects(database, correct(database, "Chào", "Kính chào", "organisation:ia-dom"))) == ["khac"]
    assert list(effects(database, correct(database, "Xin hết", "Hết rồi", "script:nuoc"))) == ["nuoc"]
    placed = effects(database, correct(database, "TTBVN", "trạm bơm", "script:nuoc", place=2))
    assert placed == {"nuoc": [(7, "TTBVN xin chào.", "tê tê bê vê en nờ xin chào.", "trạm bơm xin chào.")]}
    voiced = effects(database, correct(database, "chào", "chàu", "voice:vi-north-m"))
    assert {code: [line for line, *_ in found] for code, found in voiced.items()} == {
        "khac": [8],
        "nuoc": [7],
    }


@pytest.mark.parametrize(
    ("scope", "place", "error"),
    [
        ("script:khong-co", None, ScriptMissing),
        ("organisation:khong-co", None, UnitUnknown),
        ("voice:khong-co", None, VoiceMissing),
        ("always", 1, PlaceWithoutScript),
        ("always:x", None, ScopeUnreadable),
        ("script", None, ScopeUnreadable),
        ("huyện", None, ScopeUnreadable),
    ],
)
def test_a_scope_that_is_not_there_is_named(database, people, scope, place, error):
    with pytest.raises(error) as refused:
        correct(database, "TTBVN", "trạm bơm", scope, place)
    assert str(refused.value)


def test_only_what_is_concerned_is_said_again(settings, tmp_path):
    own = Corrections((Standing(Scope.ALWAYS, "", "TTBVN", "trạm bơm"),))
    unconcerned = Corrections((*own.standing, Standing(Scope.ALWAYS, "", "QLDA", "quản lý dự án")))

    def prepare(corrections):
        return prepare_programme(TEXT, settings=settings, presets=["radio"], corrections=corrections)

    def make(draft):
        made = make_programme(
            draft, {"radio": tmp_path / "a.mp3"}, settings=settings, progress=lambda _share, _message: None
        )
        return made.sentences_made, made.sentences_reused

    plain, corrected = prepare(NO_CORRECTIONS), prepare(own)
    assert make(plain) == (4, 0)
    assert make(corrected) == (2, 2)
    assert plain.recipes != corrected.recipes == prepare(unconcerned).recipes
    assert make(prepare(NO_CORRECTIONS)) == (0, 4)


def test_a_made_segment_tells_what_it_says_when_and_what_has_changed_since(database, people, settings):
    lan, _ = people
    asset = produce(database, settings)
    with database.reading() as session:
        rows = find_reading(session, asset.key).sentences
        assert list_changes(session, find_script(session, "nuoc")) == ([], [])
    assert [(row["line"], row["source"]) for row in rows] == [
        (5, "Chào bà con."), (5, "TTBVN họp."), (7, "Xin hết."), (7, "TTBVN xin chào."),
    ]  # fmt: skip
    for row in rows:
        assert 0 < row["start_ms"] < row["end_ms"] <= asset.duration_ms
        heard = [row["source"][start:end] for start, end, _, _ in row["words"]]
        assert heard == [word.strip(".") for word in row["source"].split()]
        assert all(row["start_ms"] <= start <= end <= row["end_ms"] for _, _, start, end in row["words"])
    correct(database, "TTBVN", "trạm bơm", "script:nuoc", place=1)
    with database.reading() as session:
        unmade, corrected = list_changes(session, find_script(session, "nuoc"))
    assert ([(one.source, one.before, one.after) for one in unmade], corrected) == (
        [("TTBVN họp.", "tê tê bê vê en nờ họp.", "trạm bơm họp.")],
        [],
    )
    produce(database, settings)
    with database.writing() as session:
        assert list_changes(session, find_script(session, "nuoc")) == ([], [])
        save_revision(session, "nuoc", text=TEXT.replace("Xin hết", "Xin dừng"), based_on=1, by=lan, now=NOW)
    with database.reading() as session:
        unmade, _ = list_changes(session, find_script(session, "nuoc"))
    assert [one.source for one in unmade] == ["Xin dừng."]


def test_what_is_approved_sounds_as_it_was_heard_until_it_is_renewed(database, people, settings):
    lan, minh = people

    def decide(session):
        submit(session, "nuoc", by=lan, now=NOW, **known_names(settings))
        return approve_script(session, "nuoc", by=minh, now=NOW, own_approval=False)

    first = produce(database, settings)
    outcome = correct(database, "TTBVN", "trạm bơm")  # after it was heard, before it is approved
    with database.writing() as session:
        decide(session)
    assert produce(database, settings).renditions[0].sha256 == first.renditions[0].sha256
    with database.reading() as session:
        script = find_script(session, "nuoc")
        unmade, corrected = list_changes(session, script)
        assert (unmade, [one.after for one in corrected]) == (
            [],
            ["trạm bơm họp.", "trạm bơm xin chào."],
        )
        assert [one.is_kept for one in find_effects(session, outcome.before, outcome.after)] == [True]
    with database.writing() as session:
        script = renew_reading(session, "nuoc", by=lan, now=NOW)
        assert (script.state, script.latest_revision, script.approved_revision) == (ScriptState.DRAFT, 2, 1)
        decide(session)
        with pytest.raises(NothingToRenew):
            renew_reading(session, "nuoc", by=lan, now=NOW)
        kept = session.exec(select(Revision.corrections).order_by(Revision.number)).all()
    assert [[row["words"] for row in rows] for rows in kept if rows is not None] == [[], ["TTBVN"]]
    second = produce(database, settings, revision=2)
    assert second.renditions[0].sha256 != first.renditions[0].sha256
    with database.reading() as session:
        assert load_corrections(session) == outcome.after
        assert find_reading(session, second.key).sentences[1]["said"] == "trạm bơm họp."
