"""The script file: what is understood, what is refused and where."""

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.errors import LoaError
from assets.messages import LANGUAGES, speaking
from assets.models import Priority
from studio.scripts import problems
from studio.scripts.document import (
    BedOff,
    BedOn,
    Breath,
    Delivery,
    Heading,
    Passage,
    Pause,
    Recording,
    Signature,
    Sting,
)
from studio.scripts.parser import (
    MAX_CHARACTERS,
    MAX_LINE_CHARACTERS,
    check_script,
    parse_script,
    read_labels,
    read_script_file,
)
from tests.studio.scripts.samples import HEADER, KNOWN, WHOLE, script


def parse(text):
    return parse_script(text, **KNOWN)


def check(text):
    return check_script(text, **KNOWN)


def only(text):
    """The one problem of a text, worded in both languages."""
    found = check(text)
    assert len(found) == 1, [str(problem) for problem in found]
    for language in LANGUAGES:
        with speaking(language):
            assert str(found[0])
    return found[0]


def passages(body):
    return [cue for cue in parse(script(body)).cues if isinstance(cue, Passage)]


def test_a_whole_script_is_understood():
    document = parse(WHOLE)
    assert document.header.title == "Vay vốn chính sách"
    assert (document.header.theme, document.header.audience, document.header.form) == (
        "3.employment",
        "1",
        "2.radio",
    )
    assert document.header.voices == {"NỮ": "vi-north-f", "NAM": "vi-north-m"}
    slow = Delivery("chậm, nhỏ", 0.88, -3.0)
    assert document.cues == (
        Heading("Mở đầu", 8),
        Signature("mo-dau", 9),
        BedOn("sao-truc", 10),
        Passage("NỮ", "vi-north-f", Delivery(), "Kính thưa bà con, chúng tôi xin bắt đầu.", 11, 5, (18,)),
        Breath(13),
        Passage("NỮ", "vi-north-f", Delivery(), "Thứ nhất: vay vốn.", 14, 1),
        Passage("NAM", "vi-north-m", slow, "Vâng.", 15, 18),
        Pause(1500, 16),
        Passage("NAM", "vi-north-m", slow, "Xin hết.", 18, 1),
        BedOff(19),
        Sting("chuong", 20),
        Recording("gia-rai.mp3", 21),
    )


def test_english_cues_and_keys_say_the_same():
    vietnamese = script(
        "[nhạc hiệu: mo-dau]\n[nhạc nền: t-rung]\nNỮ (chậm): A.\n"
        "[hết nhạc nền]\n[nghỉ 2s]\n[ghi âm: xo-dang.wav]\n"
    )
    english = script(
        "[signature: mo-dau]\n[bed: t-rung]\nNỮ (slow): A.\n[bed off]\n[pause 2s]\n[recording: xo-dang.wav]\n"
    )
    assert [type(cue) for cue in parse(vietnamese).cues] == [type(cue) for cue in parse(english).cues]
    header = (
        "---\ntiêu đề: T\nnội dung: 2\nđối tượng: 1\nhình thức: 2.radio\n"
        "ngôn ngữ: jra\nmức độ: khẩn cấp\ngiọng: {A: tone}\n---\nA: x\n"
    )
    assert parse(header).header.priority is Priority.URGENT
    assert parse(header).header.language == "jra"
    assert parse(header).header.voices == {"A": "tone"}


def test_nfd_crlf_and_a_byte_order_mark_change_nothing():
    other = "\ufeff" + unicodedata.normalize("NFD", WHOLE).replace("\n", "\r\n")
    assert parse(other) == parse(WHOLE)


def test_text_before_any_role_is_said_by_the_first_role_or_the_default_voice():
    assert [(p.role, p.voice) for p in passages("Chào bà con.")] == [("NỮ", "vi-north-f")]
    document = parse("---\ntitle: T\n---\nChào bà con.")
    assert [(p.role, p.voice) for p in document.cues] == [("", "vi-north-f")]


@pytest.mark.parametrize(
    "text", ["Thứ nhất: vay vốn.", "Lưu ý: a", "Lúc 7:30 sáng", "https://a.vn: x", "Ghi nhớ 1: b"]
)
def test_ordinary_text_with_a_colon_is_text(text):
    assert [p.text for p in passages(f"NỮ: A.\n\n{text}")] == ["A.", text]


def test_a_role_is_unknown_where_none_is_declared():
    problem = only("---\ntitle: T\n---\nHỎI: a")
    assert type(problem) is problems.RoleUndeclared
    assert "voices: {HỎI: vi-north-f}" in str(problem)


def test_a_blank_line_is_a_breath_only_between_passages():
    body = "\n\nNỮ: A.\n\n\n\nNAM: B.\n\n[nghỉ 1s]\n\nC.\n\n# Chương\n\nD.\n\n"
    kinds = [type(cue).__name__ for cue in parse(script(body)).cues]
    assert kinds == ["Passage", "Breath", "Passage", "Pause", "Passage", "Heading", "Breath", "Passage"]


def test_a_bed_may_change_and_may_run_to_the_end():
    assert len(parse(script("[bed: sao-truc]\nNỮ: A.\n[bed: t-rung]\nB.")).cues) == 4


PROBLEMS = {
    "[nhạc hiêu: mo-dau]\nNỮ: A.": (problems.UnknownCue, 8, 2, "nhạc hiêu", "nhạc hiệu"),
    "NỮ: A.\n  [ nhac cat : chuong]": (problems.UnknownCue, 9, 5, "nhac cat", "nhạc cắt"),
    "NỮ: A.\n[nhạc nền: sáo-trúc]": (problems.UnknownSound, 9, 12, "sáo-trúc", "sao-truc"),
    "NỮ: A.\n[sting: sao-truc]": (problems.SoundOfOtherKind, 9, 9, "sao-truc", "chuong"),
    "NỮ: A.\n[ghi âm: gia-rai.wav]": (problems.RecordingMissing, 9, 10, "gia-rai.wav", "gia-rai.mp3"),
    "NỮ: A.\n[ghi âm: ../a.mp3]": (problems.RecordingNameUnusable, 9, 10, "../a.mp3", None),
    "NU: A.": (problems.UnknownRole, 8, 1, "NU", "NỮ"),
    "  NAM GIỚI: A.": (problems.UnknownRole, 8, 3, "NAM GIỚI", "NAM"),
    "Nữ: A.": (problems.UnknownRole, 8, 1, "Nữ", "NỮ"),
    "NỮ (chậm, nhẹ): A.": (problems.UnknownDirection, 8, 11, "nhẹ", None),
    "NỮ (chậm: A.": (problems.RoleUnreadable, 8, 1, "NỮ", None),
    "HỎI ĐÁP: A.\nNỮ: B.": (problems.UnknownRole, 8, 1, "HỎI ĐÁP", None),
    "NỮ:\nNAM: A.": (problems.RoleWithoutText, 8, 1, "NỮ", None),
    "NỮ: A [nghỉ 1s] B": (problems.CueNotAlone, 8, 7, "[", None),
    "NỮ: A\n[nghỉ 1s] B": (problems.CueNotAlone, 9, 1, "[", None),
    "NỮ: A\n[nghỉ 1s": (problems.CueNotAlone, 9, 1, "[", None),
    "NỮ: A\n[nghỉ]": (problems.PauseUnreadable, 9, 2, "nghỉ", None),
    "NỮ: A\n[nghỉ 2 phút]": (problems.PauseUnreadable, 9, 2, "nghỉ 2 phút", None),
    "NỮ: A\n[nghỉ 0s]": (problems.PauseUnreadable, 9, 2, "nghỉ 0s", None),
    "NỮ: A\n[pause 31s]": (problems.PauseTooLong, 9, 2, "pause 31s", None),
    "NỮ: A\n[nhạc nền]": (problems.CueWithoutName, 9, 2, "nhạc nền", None),
    "NỮ: A\n[hết nhạc nền: a]": (problems.CueWithoutName, 9, 2, "hết nhạc nền", None),
    "NỮ: A\n[bed off]": (problems.BedNotOn, 9, 2, "bed off", None),
    "NỮ: A\x07": (problems.UnusableCharacter, 8, 6, "\x07", None),
    "// chỉ có ghi chú": (problems.ScriptSilent, 8, 1, "", None),
}


@pytest.mark.parametrize("body", PROBLEMS)
def test_what_is_wrong_is_named_with_its_place(body):
    kind, line, column, name, nearest = PROBLEMS[body]
    text = script(body)
    problem = only(text)
    assert type(problem) is kind
    assert (problem.data["line"], problem.data["column"]) == (line, column)
    assert text.split("\n")[line - 1][column - 1 :].startswith(name)
    if nearest is not None:
        assert problem.data["nearest"] == nearest
    with pytest.raises(kind):
        parse(text)


HEADERS = {
    "title: T\nthem: 2": (problems.UnknownHeaderKey, 3, 1),
    "title: T\ntiêu đề: U": (problems.HeaderKeyTwice, 3, 1),
    "title: T\npriority: khan cap": (problems.UnknownPriority, 3, 11),
    "title: T\nlanguage: tiếng Việt": (problems.UnusableLanguage, 3, 11),
    "title: T\nvoices: {A: vi-north-x}": (problems.UnknownVoice, 3, 13),
    "title: T\nvoices: {Nữ: tone}": (problems.RoleNotCapital, 3, 10),
    "title: T\nvoices: [A]": (problems.HeaderValueUnusable, 3, 9),
    "title: [T]": (problems.HeaderValueUnusable, 2, 8),
    "title: Hỏi: đáp": (problems.HeaderUnreadable, 2, 11),
    "title:": (problems.TitleMissing, 2, 7),
    "theme: 2": (problems.TitleMissing, 2, 1),
    "": (problems.TitleMissing, 2, 1),
    "- a\n- b": (problems.HeaderUnreadable, 2, 1),
    "title: T\n? [a]\n: b": (problems.HeaderUnreadable, 3, 3),
    "a: " + "[" * 2000: (problems.HeaderUnreadable, 2, 1),
    "title: T\nx: &a [*a]": (problems.UnknownHeaderKey, 3, 1),
}


@pytest.mark.parametrize("header", HEADERS)
def test_what_is_wrong_in_the_header_is_named_with_its_place(header):
    kind, line, column = HEADERS[header]
    problem = only(f"---\n{header}\n---\nChào bà con.")
    assert type(problem) is kind
    assert (problem.data["line"], problem.data["column"]) == (line, column)


def test_yaml_that_would_build_objects_builds_none():
    text = '---\ntitle: !!python/object/apply:os.system ["exit 1"]\n---\nA.'
    assert type(only(text)) is problems.HeaderValueUnusable


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", problems.ScriptEmpty),
        (" \n\t\r\n", problems.ScriptEmpty),
        ("Kính thưa bà con.", problems.HeaderMissing),
        ("---\ntitle: T\n", problems.HeaderUnclosed),
        (script("NỮ: " + "a" * 2_000_000), problems.ScriptTooLong),
        (script("NỮ: " + "a" * MAX_LINE_CHARACTERS), problems.LineTooLong),
        (script("NỮ: a\n" * (MAX_CHARACTERS // 5)), problems.ScriptTooLong),
    ],
)
def test_what_is_no_script_is_said_at_once(text, kind):
    assert type(only(text)) is kind


def test_all_problems_are_listed_in_order_and_parsing_names_the_first():
    text = script("[nhạc hiêu: x]\nNU: a [b]\nNỮ (nhẹ): b\n[sting: x]")
    found = check(text)
    places = [(problem.data["line"], problem.data["column"]) for problem in found]
    assert len(found) == 5
    assert places == sorted(places)
    with pytest.raises(LoaError) as caught:
        parse(text)
    assert (type(caught.value), caught.value.data) == (type(found[0]), found[0].data)


def test_a_header_that_cannot_be_read_hides_no_problem_of_the_body_and_adds_none():
    found = check("---\ntitle: a: b\n---\nNỮ: A.\n[sting: x]")
    assert [type(problem) for problem in found] == [problems.HeaderUnreadable, problems.UnknownSound]


def test_recordings_are_not_looked_for_when_nobody_knows_them():
    text = script("[ghi âm: chua-co.mp3]")
    assert check_script(text, **(KNOWN | {"recordings": None})) == []


def test_labels_are_read_from_a_script_that_is_wrong_elsewhere():
    header = read_labels(script("[xyz]\nABC: x"))
    assert header is not None
    assert (header.title, header.theme) == ("Vay vốn chính sách", "3.employment")
    assert read_labels("không có gì") is None


FILES = {
    "pdf": (b"%PDF-1.7\n", problems.ScriptNotText),
    "docx": (b"PK\x03\x04....", problems.ScriptNotText),
    "doc": (b"\xd0\xcf\x11\xe0....", problems.ScriptNotText),
    "utf-16": ("---\ntitle: T".encode("utf-16"), problems.ScriptNotText),
    "utf-16 without mark": ("---\ntitle: T".encode("utf-16-le"), problems.ScriptNotText),
    "windows-1258": (b"---\ntitle: v\xe0o \xf4\xf5\n", problems.ScriptNotText),
    "too long": (b"a" * (4 * MAX_CHARACTERS + 1), problems.ScriptTooLong),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_script_says_what_it_is(name, tmp_path):
    content, kind = FILES[name]
    path = tmp_path / "a.md"
    path.write_bytes(content)
    with pytest.raises(kind) as caught:
        read_script_file(path)
    for language in LANGUAGES:
        with speaking(language):
            assert str(caught.value)


def test_a_file_is_read_with_or_without_a_byte_order_mark(tmp_path):
    path = tmp_path / "a.md"
    path.write_bytes(b"\xef\xbb\xbf" + WHOLE.encode())
    assert read_script_file(path) == WHOLE
    for missing in (tmp_path / "b.md", tmp_path, tmp_path / "a\0b"):
        with pytest.raises(problems.ScriptFileMissing):
            read_script_file(missing)


PIECES = st.one_of(
    st.sampled_from(
        [
            "---\n",
            "NỮ",
            "NAM",
            " (chậm)",
            ": ",
            "[nhạc nền: ",
            "sao-truc",
            "]",
            "\n",
            "\n\n",
            "// ",
            "# ",
            "[nghỉ 1s]",
            "title: T\n",
            "voices: {NỮ: tone}\n",
            "[",
            "(",
            "HỎI: ",
            "e\u0301",
            "\u200b",
            "[hết nhạc nền]\n",
            "{",
            "- ",
        ]
    ),
    st.text(max_size=6),
)


@given(pieces=st.lists(PIECES, max_size=25), with_header=st.booleans())
@settings(max_examples=300, deadline=None)
def test_any_text_is_understood_or_refused_with_a_place_in_it(pieces, with_header):
    text = (HEADER if with_header else "") + "".join(pieces)
    lines = (
        unicodedata.normalize("NFC", text.removeprefix("\ufeff")).replace("\r\n", "\n").replace("\r", "\n")
    )
    lines = lines.split("\n")
    found = check(text)
    for problem in found:
        assert str(problem)
        assert 1 <= problem.data["line"] <= len(lines)
        line = lines[problem.data["line"] - 1]
        assert 1 <= problem.data["column"] <= len(line) + 1
        if type(problem).__name__.startswith("Unknown") or isinstance(problem, problems.CueNotAlone):
            assert line[problem.data["column"] - 1 :].startswith(problem.data["name"].rstrip("…"))
    if found:
        with pytest.raises(LoaError):
            parse(text)
        return
    for cue in parse(text).cues:
        if isinstance(cue, Passage):
            line = lines[cue.line - 1]
            assert cue.text.startswith(line[cue.column - 1 :].rstrip()[:20])
            assert unicodedata.is_normalized("NFC", cue.text)


@pytest.mark.parametrize(
    "line",
    [
        "[x{}]\n",
        "AB{}: c\n",
        "NỮ (d{}): e\n",
        "[nhạc nền: b{}]\n",
        "NỮ: một câu bình thường {}.\n",
        "{}\x07\n",
    ],
)
def test_time_grows_no_faster_than_the_text(line):
    def seconds(count):
        text = script("".join(line.format(number) for number in range(count)))
        started = time.perf_counter()
        check(text)
        return time.perf_counter() - started

    seconds(100)
    assert seconds(4000) < 40 * seconds(500) + 0.5
