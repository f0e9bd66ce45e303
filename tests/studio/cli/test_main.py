"""The command as a person types it: words, exit codes, errors in one line, JSON for programs."""

import json
import subprocess
import sys
from importlib.metadata import version

import pytest

from studio.cli.main import COMMANDS, EXIT_PIPE_CLOSED, build_parser, find_command, main
from tests.studio.production.scripts import SHORT_SCRIPT


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LOA_WORKERS", "1")
    return tmp_path / "home"


@pytest.fixture
def script_file(tmp_path):
    path = tmp_path / "bai.md"
    path.write_text(SHORT_SCRIPT, "utf-8")
    return path


def commands(parser, path=()):
    for action in parser._actions:
        if hasattr(action, "choices") and isinstance(action.choices, dict):
            for name, command in action.choices.items():
                yield from commands(command, (*path, name))
            return
    yield path


def test_each_command_is_in_the_module_that_is_loaded_for_it():
    assert list(COMMANDS) == list(dict.fromkeys(path[0] for path in commands(build_parser())))
    for command in COMMANDS:
        assert command in {path[0] for path in commands(build_parser(command))}


def test_a_folder_may_be_named_like_a_command():
    assert find_command(["--home", "script", "unit", "list"]) == "unit"
    assert find_command(["--home", "script"]) is None


def test_reading_a_text_loads_neither_database_nor_samples(tmp_path):
    read = "import sys; from studio.cli.main import main; main(['spoken', '5 km']); print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", read], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    spoken, loaded = ran.stdout.splitlines()
    assert spoken == "năm ki lô mét"
    assert not {"sqlalchemy", "sqlmodel", "numpy", "fastapi", "requests"} & set(loaded.split())


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_command_has_help_in_both_languages(language, monkeypatch, capsys):
    monkeypatch.setenv("LOA_LANGUAGE", language)
    for path in commands(build_parser()):
        with pytest.raises(SystemExit) as left:
            main([*path, "--help"])
        assert left.value.code == 0
        assert ("cách dùng: loa" if language == "vi" else "usage: loa") in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["script"], ["loudness"], ["plan", "amend"]])
def test_who_says_nothing_is_told_what_there_is(arguments, capsys):
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(" ".join(["cách dùng: loa", *arguments]))


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out == f"loa {version('loa')}\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nonsense"], 2, "LỆNH không thể là 'nonsense'; hãy chọn một trong 'demo'"),
        (["--home", "x"], 2, "còn thiếu LỆNH. Xem cách dùng bằng loa --help"),
        (["loudness", "--json"], 2, "còn thiếu FILE. Xem cách dùng bằng loa loudness --help"),
        (["clock", "list", "--limit"], 2, "--limit cần kèm giá trị"),
        (["clock", "list", "--limit", "x"], 2, "--limit không thể là 'x'"),
        (["clock", "list", "--nine"], 2, "không có --nine"),
        (["render", "no-such.md", "-o", "x.mp3"], 3, "no-such.md"),
        (["loudness", "no-such.mp3"], 3, "no-such.mp3"),
        (["plan", "import", "no-such.txt"], 3, "no-such.txt"),
        (["plan", "show"], 3, "loa plan import"),
        (["script", "submit", "no-such", "--by", "nobody"], 3, "nobody"),
        (["playlist", "export", "--station", "mars", "--date", "2026-12-01", "-o", "out"], 3, "mars"),
        (["playlist", "export", "--station", "x", "--date", "32/13/2026", "-o", "out"], 2, "32/13/2026"),
        (
            ["report", "airtime", "--from", "2026-12-01", "--to", "2026-12-02", "-o", "x", "--plan", "1999"],
            3,
            "loa plan import",
        ),
        (["asrun", "import", "no-such.csv"], 3, "no-such.csv"),
        (["speak", "xin chào", "-o", "x.wav", "--voice", "vi-west-f"], 3, "vi-north-f"),
        (["speak", "...", "-o", "x.wav"], 2, "từ"),
    ],
)
def test_an_error_is_one_line_with_its_exit_code(arguments, code, said, home, capsys):
    assert main(arguments) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.strip().splitlines()) == 1
    assert said in shown.err


def test_spoken_answers_line_for_line(monkeypatch, capsys):
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("Có 3 xã.\n\nNgày 5/6.\n"))
    assert main(["spoken", "--lines"]) == 0
    lines = capsys.readouterr().out.split("\n")
    assert "có ba xã" in lines[0].lower()
    assert lines[1] == ""
    assert "tháng sáu" in lines[2].lower()
    assert len(lines) == 4


def test_spoken_json_ties_words_to_their_source(capsys):
    assert main(["spoken", "--json", "Có 3 xã."]) == 0
    found = json.loads(capsys.readouterr().out)
    three = next(token for token in found["tokens"] if token["source"] == "3")
    assert (three["spoken"], three["start"], three["end"]) == ("ba", 3, 4)


def test_render_says_what_it_delivered(home, script_file, tmp_path, capsys):
    target = tmp_path / "bai.mp3"
    assert main(["render", str(script_file), "-o", str(target), "--preset", "loudspeaker", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert target.stat().st_size > 10_000
    assert abs(result["integrated_lufs"] + 16) <= 0.5
    assert result["true_peak_dbtp"] <= -1
    assert (result["sentences_made"], result["sentences_reused"]) == (3, 0)
    assert main(["loudness", str(target), "--json"]) == 0
    measured = json.loads(capsys.readouterr().out)
    assert measured["integrated_lufs"] == pytest.approx(result["integrated_lufs"], abs=0.05)
    assert measured["duration_ms"] == result["duration_ms"]


def test_several_presets_get_their_names(home, script_file, tmp_path, capsys):
    assert main(["render", str(script_file), "-o", str(tmp_path / "b.mp3"), "--preset", "radio,web"]) == 0
    assert (tmp_path / "b.radio.mp3").exists()
    assert (tmp_path / "b.web.mp3").exists()


def test_check_lists_every_problem(home, tmp_path, capsys):
    bad = tmp_path / "bad.md"
    bad.write_text(SHORT_SCRIPT + "\n[nhạc nềnn: x]\n[nhạc cắt: chuongg]\n", "utf-8")
    assert main(["script", "check", str(bad), "--json"]) == 2
    assert [problem["code"] for problem in json.loads(capsys.readouterr().out)] == [
        "UnknownCue",
        "UnknownSound",
    ]


def test_a_user_signs_with_a_password_from_standard_input(home, monkeypatch, capsys):
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("mat-khau-dai-lam\n"))
    assert main(["user", "add", "lan", "--name", "Hoàng Lan", "--role", "producer"]) == 0
    assert "mat-khau" not in capsys.readouterr().out


def test_doctor_tries_each_part(home, capsys):
    assert main(["doctor", "--json"]) == 0
    parts = {part["part"]: part for part in json.loads(capsys.readouterr().out)}
    assert set(parts) == {"python", "home", "disk", "database", "ffmpeg", "speech", "sounds", "gtts", "piper"}
    assert all(part["works"] for part in parts.values())


def test_a_closed_pipe_is_no_error(tmp_path):
    (tmp_path / "lines.txt").write_text("Có 3 xã.\n" * 20_000, "utf-8")
    with (tmp_path / "lines.txt").open("rb") as lines:
        command = [sys.executable, "-m", "studio.cli.main", "spoken", "--lines"]
        spoken = subprocess.Popen(command, stdin=lines, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert spoken.stdout.readline()
        spoken.stdout.close()
        assert spoken.wait(60) == EXIT_PIPE_CLOSED
        assert spoken.stderr.read() == b""
        spoken.stderr.close()
