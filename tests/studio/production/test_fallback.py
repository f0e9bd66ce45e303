"""One engine speaks a programme: when it cannot speak all of it, another one does, and it is said."""

import json
from dataclasses import replace

import pytest

from assets.store import Store
from studio.cli.main import main
from studio.jobs.handlers import make_handlers
from studio.people.accounts import add_user
from studio.people.models import Role
from studio.production.changes import find_reading
from studio.production.engines import (
    EngineNotKnown,
    Refusal,
    StandInOfOtherEngine,
    Voicing,
    cast_roles,
    list_further,
)
from studio.production.fallback import make_with_fallback
from studio.production.programme import known_names, make_programme, prepare_programme
from studio.production.releases import list_changes, segment_key
from studio.production.segments import produce_segment
from studio.scripts.parser import check_script
from studio.scripts.problems import EnginesMixed, UnknownVoice
from studio.scripts.workflow import create_script, find_script
from studio.settings import SettingUnreadable, read_settings
from studio.voices.gtts import GttsVoice
from studio.voices.registry import ConsentMissing, voices_of
from studio.voices.voice import NothingSayable, VoiceFailed
from tests.studio.production.test_changes import NOW

CONSENT = {"LOA_GTTS_CONSENT": "yes", "LOA_WORKERS": "1"}
FALLBACK = CONSENT | {"LOA_VOICE_FALLBACK": "gtts,espeak"}
SENTENCES = [f"Câu thứ {number} của bản tin." for number in range(1, 13)]


def write_script(nu="gtts", nam="gtts"):
    said = "\n\n".join(f"{'NỮ' if n % 2 else 'NAM'}: {text}" for n, text in enumerate(SENTENCES))
    return f"---\ntiêu đề: Mười hai câu\ngiọng: {{NỮ: {nu}, NAM: {nam}}}\n---\n{said}\n"


def make(text, settings, target):
    draft = prepare_programme(text, settings=settings, presets=["web"])
    told = []
    made = make_with_fallback(
        draft,
        lambda one: (
            one,
            make_programme(one, {"web": target}, settings=settings, progress=lambda *_: None),
        ),
        settings=settings,
        progress=lambda _share, message: told.append(message),
    )
    return *made, told


def test_a_service_that_dies_in_the_middle_leaves_nothing_of_it_in_the_programme(outside, tmp_path):
    """Sentence 7 of 12 fails: the file is, byte for byte, the one that eSpeak NG makes alone."""
    outside.script = [*["sound"] * 6, "404"]
    settings = read_settings(FALLBACK, home=tmp_path / "home")
    used, programme, told = make(write_script(), settings, tmp_path / "a.mp3")
    assert len(outside.bodies) in (7, 8)  # the next may have been under way
    assert used.voicing.engine == "espeak"
    ((engine, reason),) = [(one.engine, one.reason) for one in used.voicing.instead_of]
    assert engine == "gtts"
    assert "HTTP 404" in reason
    assert any("gtts" in message and "espeak" in message for message in told)
    assert programme.engine.count("espeakng-loader") == 2
    assert "gtts" not in programme.engine
    assert (programme.sentences_made, programme.sentences_reused) == (12, 0)
    alone, _, _ = make(write_script("vi-north-f", "vi-north-m"), settings, tmp_path / "b.mp3")
    assert used.recipes == alone.recipes
    assert (tmp_path / "a.mp3").read_bytes() == (tmp_path / "b.mp3").read_bytes()


def test_a_service_that_answers_is_the_only_one_to_speak(outside, tmp_path):
    settings = read_settings(FALLBACK, home=tmp_path / "home")
    used, programme, _ = make(write_script(), settings, tmp_path / "a.mp3")
    assert used.voicing == Voicing("gtts")
    assert programme.engine == GttsVoice.version


def test_without_an_order_nothing_takes_over(outside, tmp_path):
    outside.script = ["sound", "404"]
    settings = read_settings(CONSENT, home=tmp_path / "home")
    with pytest.raises(VoiceFailed, match="404"):
        make(write_script(), settings, tmp_path / "a.mp3")
    assert not (tmp_path / "a.mp3").exists()


def test_without_consent_nothing_leaves_the_house_and_the_next_engine_speaks(outside, tmp_path):
    settings = read_settings({"LOA_VOICE_FALLBACK": "gtts,espeak"}, home=tmp_path / "home")
    used, _, _ = make(write_script(), settings, tmp_path / "a.mp3")
    assert outside.bodies == []
    assert used.voicing.engine == "espeak"
    assert "LOA_GTTS_CONSENT" in used.voicing.instead_of[0].reason
    later = read_settings({"LOA_VOICE_FALLBACK": "espeak,gtts"}, home=tmp_path / "home")
    with pytest.raises(ConsentMissing):  # nothing stands behind gtts in this order
        make(write_script(), later, tmp_path / "b.mp3")


def test_when_nobody_can_the_first_reason_is_told(outside, tmp_path):
    outside.script = ["404"]
    settings = read_settings(CONSENT | {"LOA_VOICE_FALLBACK": "gtts,tone"}, home=tmp_path / "home")
    draft = prepare_programme(write_script(), settings=settings, presets=["web"])

    def refuse(one):
        raise VoiceFailed(voice=one.voicing.engine, reason="hỏng")

    with pytest.raises(VoiceFailed, match="gtts"):
        make_with_fallback(draft, refuse, settings=settings, progress=lambda *_: None)


def test_what_is_wrong_with_the_words_is_no_reason_to_change(tmp_path):
    settings = read_settings(FALLBACK, home=tmp_path / "home")
    draft = prepare_programme(write_script(), settings=settings, presets=["web"])
    tried = []

    def refuse(one):
        tried.append(one.voicing.engine)
        raise NothingSayable(text="…")

    with pytest.raises(NothingSayable):
        make_with_fallback(draft, refuse, settings=settings, progress=lambda *_: None)
    assert tried == ["gtts"]


def test_the_command_says_which_engine_spoke_and_why(outside, tmp_path, monkeypatch, capsys):
    for name, value in FALLBACK.items():
        monkeypatch.setenv(name, value)
    outside.script = ["503"]
    script = tmp_path / "a.md"
    script.write_text(write_script(), "utf-8")
    home = ["--home", str(tmp_path / "home")]
    assert main([*home, "render", str(script), "-o", str(tmp_path / "a.mp3"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["spoken_by"] == "espeak"
    assert [one["engine"] for one in told["instead_of"]] == ["gtts"]
    assert "503" in told["instead_of"][0]["reason"]
    assert main([*home, "render", str(script), "-o", str(tmp_path / "a.mp3")]) == 0
    assert "espeak thay cho gtts" in capsys.readouterr().out
    monkeypatch.delenv("LOA_VOICE_FALLBACK")
    assert main([*home, "render", str(script), "-o", str(tmp_path / "b.mp3")]) == 6
    assert not (tmp_path / "b.mp3").exists()


def test_a_segment_keeps_who_spoke_it_and_sounds_so_for_ever(outside, database, tmp_path):
    settings = read_settings(FALLBACK, home=tmp_path / "home")
    store = Store(settings.store)
    with database.writing() as session:
        lan = add_user(
            session, username="lan", full_name="Lan", role=Role.PRODUCER, password="mật khẩu thử", now=NOW
        )
        create_script(session, code="muoi-hai", text=write_script(), by=lan, now=NOW)
    outside.script = ["404"]
    produce = make_handlers(settings, store, lambda: NOW)["produce"]
    result = produce(database, {"code": "muoi-hai", "revision": 1}, lambda *_: None)
    assert result["engine"] == "espeak"
    assert result["instead_of"][0]["engine"] == "gtts"
    key = segment_key("muoi-hai", 1)
    with database.writing() as session:
        reading = find_reading(session, key)
        assert Voicing.from_row(reading.voicing).engine == "espeak"
        assert {row["voice"] for row in reading.sentences} == {"vi-north-f", "vi-north-m"}
        script = find_script(session, "muoi-hai")
        assert list_changes(session, script) == ([], [])  # another engine is no other wording
        script.approved_revision = 1
        session.add(script)
    outside.script = ["sound"]
    asked = len(outside.bodies)
    again = produce_segment(
        database, store, code="muoi-hai", revision=1, settings=settings, now=NOW, progress=lambda *_: None
    )
    assert len(outside.bodies) == asked  # it was approved as eSpeak NG spoke it
    assert again.key == key
    with database.reading() as session:
        assert find_reading(session, key).voicing["engine"] == "espeak"


def test_a_header_of_two_engines_is_refused_at_its_place(settings):
    (problem,) = check_script(write_script("gtts", "vi-north-m"), **known_names(settings))
    assert isinstance(problem, EnginesMixed)
    assert (problem.data["line"], problem.data["column"]) == (3, 24)
    assert (problem.data["engine"], problem.data["first"]) == ("espeak", "gtts")
    assert check_script(write_script("recorded", "gtts"), **known_names(settings)) == []


def test_a_stand_in_is_of_the_engine_that_speaks_the_rest(settings):
    with pytest.raises(StandInOfOtherEngine):
        prepare_programme(
            write_script("recorded", "gtts"),
            settings=settings,
            presets=["web"],
            stand_ins={"NỮ": "vi-north-f"},
        )


def test_the_order_counts_from_the_engine_of_the_script():
    assert list_further("gtts", ("gtts", "espeak", "tone")) == ["espeak", "tone"]
    assert list_further("espeak", ("gtts", "espeak", "tone")) == ["tone"]
    assert list_further("tone", ("gtts", "espeak")) == ["gtts", "espeak"]
    assert list_further("gtts", ()) == []
    with pytest.raises(EngineNotKnown, match="espeak, gtts"):
        list_further("gtts", ("esspeak",))


def test_a_model_that_is_not_here_may_be_named_where_another_engine_takes_over(tmp_path):
    """A check says what a rendering would say; a name that is no model's stays a slip."""
    text = write_script("piper:vi_VN-khong-co", "piper:vi_VN-cung-khong")
    alone, covered = (read_settings(env, home=tmp_path) for env in ({}, FALLBACK))
    assert {type(one) for one in check_script(text, **known_names(alone))} == {UnknownVoice}
    assert check_script(text, **known_names(covered)) == []
    assert prepare_programme(text, settings=covered, presets=[]).document.header.voices
    slip = write_script("vi-nort-f", "pipe-x")
    assert len(check_script(slip, **known_names(covered))) == 2
    mixed = write_script("piper:vi_VN-khong-co", "vi-north-m")
    assert {type(one) for one in check_script(mixed, **known_names(covered))} == {EnginesMixed}


def test_the_setting_is_a_list_of_names(tmp_path):
    assert read_settings({"LOA_VOICE_FALLBACK": " gtts , espeak "}, home=tmp_path).voice_fallback == (
        "gtts",
        "espeak",
    )
    for value in ("gtts,", "gtts,gtts", ","):
        with pytest.raises(SettingUnreadable, match="LOA_VOICE_FALLBACK"):
            read_settings({"LOA_VOICE_FALLBACK": value}, home=tmp_path)


def test_men_get_mens_voices_and_each_role_its_own_as_far_as_they_last():
    names = voices_of("espeak")
    assert cast_roles(["NỮ", "NAM", "ÔNG BA", "BÀ TƯ"], names) == {
        "NỮ": "vi-north-f",
        "NAM": "vi-north-m",
        "ÔNG BA": "vi-central-m",
        "BÀ TƯ": "vi-central-f",
    }
    assert cast_roles(["A", "NAM"], ["gtts"]) == {"A": "gtts", "NAM": "gtts"}
    assert len({*cast_roles("ABCDEFG", names).values()}) == 3


def test_a_voicing_is_kept_whole():
    voicing = Voicing("espeak", (Refusal("gtts", "“HTTP 404”"), Refusal("piper", "không có")))
    assert Voicing.from_row(json.loads(json.dumps(voicing.to_row()))) == voicing
    assert replace(voicing, instead_of=()) == Voicing("espeak")
