"""A centre's own presets: what may be left out, what is refused, and in which words."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.loudness import measure_loudness
from studio.cli.main import main
from studio.mixing.chain import BUTTERWORTH, Step
from studio.mixing.formats import FORMATS
from studio.mixing.presets import (
    PresetsUnreadable,
    PresetUnfit,
    PresetUnknown,
    all_presets,
    find_preset,
    load_presets,
)

SCRIPT = (
    "---\ntitle: Thử\nvoices: {NỮ: vi-north-f}\n---\n"
    "# Mở đầu\nNỮ: Kính thưa bà con trong thôn, hôm nay trời nắng đẹp.\n"
)


def read(tmp_path, text):
    path = tmp_path / "presets.toml"
    path.write_text(text, "utf-8")
    return all_presets(path)


def test_what_is_left_out_has_a_default(tmp_path):
    preset = read(tmp_path, '[xa]\nformat = "opus"\nbit_rate_kbps = 32\ntarget_lufs = -18\n')["xa"]
    assert (preset.tolerance_lu, preset.ceiling_dbtp, preset.limit_dbfs) == (0.5, -1.0, -2.0)
    assert (preset.channels, preset.chain, preset.form.suffix) == (2, (), ".opus")


def test_a_preset_that_extends_another_keeps_what_it_does_not_say(tmp_path):
    known = read(tmp_path, '[loa-xa]\nextends = "loudspeaker"\ntarget_lufs = -14\n')
    assert known["loa-xa"].chain == known["loudspeaker"].chain
    assert (known["loa-xa"].target_lufs, known["loa-xa"].bit_rate_kbps) == (-14, 64)
    kept = read(tmp_path, '[luu]\nextends = "radio"\nformat = "flac"\nceiling_dbtp = -3\n')["luu"]
    assert (kept.bit_rate_kbps, kept.limit_dbfs) == (None, -3.5)


def test_a_step_of_a_chain_has_defaults(tmp_path):
    (step,) = read(tmp_path, '[a]\nchain = [{name = "highpass", frequency_hz = 80}]\n' + GOOD)["a"].chain
    assert step == Step("highpass", {"frequency_hz": 80, "q": BUTTERWORTH})


def test_those_that_come_with_loa_stay(tmp_path):
    assert set(load_presets()) == {"radio", "web", "loudspeaker", "clip", "broadcast"}
    assert dict(load_presets()).items() <= dict(read(tmp_path, "")).items()
    assert all_presets(tmp_path / "none.toml") == load_presets()


GOOD = 'format = "mp3"\nbit_rate_kbps = 64\ntarget_lufs = -16\n'
REFUSED = {
    "unknown key": ("[a]\nloudness = 3\n" + GOOD, "a.*loudness.*target_lufs"),
    "no target": ('[a]\nformat = "wav"\n', "target_lufs.*None.*-40 … -8"),
    "no format": ("[a]\ntarget_lufs = -20\n", "format.*mp3, opus"),
    "target too loud": ("[a]\n" + GOOD.replace("-16", "-3"), "target_lufs = -3.*-40 … -8"),
    "target a word": ("[a]\n" + GOOD.replace("-16", '"to"'), "target_lufs = to"),
    "target a truth": ("[a]\n" + GOOD.replace("-16", "true"), "target_lufs = True"),
    "target no number": ("[a]\n" + GOOD.replace("-16", "nan"), "target_lufs = nan"),
    "three channels": ("[a]\nchannels = 3\n" + GOOD, "channels = 3.*1, 2"),
    "a format of pictures": ("[a]\n" + GOOD.replace("mp3", "png"), "format = png.*flac"),
    "a rate too high": ("[a]\n" + GOOD.replace("64", "640"), "bit_rate_kbps = 640.*32 … 320"),
    "a rate for what has none": ('[a]\nformat = "wav"\nbit_rate_kbps = 64\ntarget_lufs = -16\n', "bit_rate"),
    "a limit over the ceiling": ("[a]\nlimit_dbfs = -0.5\n" + GOOD, "limit_dbfs.*ceiling_dbtp = -1"),
    "a filter that reads files": (
        '[a]\nchain = [{name = "amovie", filename = "/etc/passwd"}]\n' + GOOD,
        "chain = amovie.*compressor",
    ),
    "an option that is none": (
        '[a]\nchain = [{name = "highpass", hertz = 3}]\n' + GOOD,
        "highpass = hertz.*frequency_hz",
    ),
    "an option with a graph in it": (
        '[a]\nchain = [{name = "highpass", frequency_hz = "200,amovie=x"}]\n' + GOOD,
        r"highpass\.frequency_hz = 200,amovie=x.*10 … 20000",
    ),
    "an option that must be said": (
        '[a]\nchain = [{name = "peak", frequency_hz = 200}]\n' + GOOD,
        r"peak\.gain_db = None.*-24 … 24",
    ),
    "a step without a name": ("[a]\nchain = [{frequency_hz = 200}]\n" + GOOD, "chain = .*name"),
    "a chain that is none": ('[a]\nchain = "highpass"\n' + GOOD, "chain = highpass"),
    "a name that is taken": ("[radio]\n" + GOOD, "name = radio"),
    "a name with a path": ('["../x"]\n' + GOOD, "name = ../x"),
    "a value outside a table": ("target_lufs = -20\n", "target_lufs"),
    "extends nothing": ('[a]\nextends = "tivi"\n', "extends = tivi.*radio"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_used_is_refused_with_what_can(case, tmp_path):
    text, pattern = REFUSED[case]
    with pytest.raises(PresetUnfit, match=r"presets\.toml.*" + pattern):
        read(tmp_path, text)


def test_a_file_that_is_no_toml_is_refused_with_its_line(tmp_path):
    with pytest.raises(PresetsUnreadable, match="line 2"):
        read(tmp_path, "[a]\nformat = mp3\n")
    (tmp_path / "presets.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(PresetsUnreadable):
        all_presets(tmp_path / "presets.toml")


values = st.one_of(
    st.integers(), st.floats(), st.booleans(), st.text(max_size=9), st.lists(st.integers(), max_size=2)
)
keys = st.sampled_from(
    ["format", "target_lufs", "ceiling_dbtp", "limit_dbfs", "channels", "bit_rate_kbps", "chain"]
)


@settings(max_examples=200, deadline=None)
@given(table=st.dictionaries(keys, st.one_of(values, st.sampled_from(sorted(FORMATS))), max_size=7))
def test_any_table_is_read_or_refused(table, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "any.toml"
    lines = [f"{key} = {json.dumps(value)}" for key, value in table.items()]
    path.write_text("[a]\n" + "\n".join(lines) + "\n", "utf-8")
    try:
        preset = all_presets(path)["a"]
    except (PresetUnfit, PresetsUnreadable):
        return
    assert preset.limit_dbfs <= preset.ceiling_dbtp
    assert preset.format in FORMATS


def test_a_name_that_is_not_there_lists_the_centres_too(tmp_path):
    (tmp_path / "presets.toml").write_text("[xa]\n" + GOOD, "utf-8")
    with pytest.raises(PresetUnknown, match=r"radio.*broadcast, xa"):
        find_preset("tivi", tmp_path / "presets.toml")


def test_a_script_is_rendered_by_the_centres_preset(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LOA_HOME", str(tmp_path))
    (tmp_path / "presets.toml").write_text(
        '[xa]\nformat = "flac"\ntarget_lufs = -19\nchannels = 1\n', "utf-8"
    )
    (tmp_path / "a.md").write_text(SCRIPT, "utf-8")
    made = tmp_path / "made.mp3"
    assert main(["render", str(tmp_path / "a.md"), "-o", str(made), "--preset", "radio,xa", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["file"].rpartition(".made")[2] for row in told]
    assert {row["preset"] for row in told} == {"radio", "xa"}
    measured = measure_loudness(tmp_path / "made.xa.flac")
    assert measured.integrated_lufs == pytest.approx(-19, abs=0.5)
    assert measured.channels == 1


def test_a_preset_that_cannot_be_met_says_so_as_json(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LOA_HOME", str(tmp_path))
    (tmp_path / "presets.toml").write_text(
        '[xa]\nextends = "web"\ntarget_lufs = -8\nceiling_dbtp = -12\ntolerance_lu = 0.1\n',
        "utf-8",
    )
    (tmp_path / "a.md").write_text(SCRIPT, "utf-8")
    made = tmp_path / "made.mp3"
    assert main(["render", str(tmp_path / "a.md"), "-o", str(made), "--preset", "xa", "--json"]) == 2
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert (told["error"], told["preset"], told["target"]) == ("LoudnessNotMet", "xa", -8)
    assert told["off"] == pytest.approx(told["measured"] - told["target"], abs=0.01)
    assert "LUFS" in said.err
    assert not made.exists()
