"""The script makes the bundled files again: same music, same levels, same list."""

import tomllib

import numpy as np
import pytest

from assets.models import AssetKind
from assets.sounds.compose import compose, describe, main, render_piece
from assets.sounds.library import bundled_sounds
from assets.sounds.pieces import PIECES, Piece
from assets.sounds.score import Event, Room
from tests.assets.sounds.listening import decode


@pytest.mark.parametrize("name", ["chuong", "chuyen-muc"])
def test_composing_again_gives_the_bundled_sound(name, tmp_path):
    main(["--to", str(tmp_path / "new"), "--only", name])
    assert [path.name for path in (tmp_path / "new").iterdir()] == [f"{name}.flac"]
    again, bundled = decode(tmp_path / "new" / f"{name}.flac"), decode(bundled_sounds()[name].path)
    assert np.abs(again - bundled).max() <= 2 / 32_768


def test_a_bed_renders_to_the_bundled_waveform():
    piece = next(piece for piece in PIECES if piece.name == "dan-da")
    rendered, bundled = render_piece(piece), decode(bundled_sounds()["dan-da"].path)
    scale = np.abs(bundled).max() / np.abs(rendered).max()
    assert np.abs(rendered * scale - bundled).max() < 3 / 32_768


def test_a_table_of_the_list_reads_back(tmp_path):
    def write(_rng):
        yield Event(0.1, np.sin(np.arange(48_000) / 20.0) * np.hanning(48_000))

    piece = Piece("thu", AssetKind.STING, "Tiếng thử", 1.5, Room(0.5, -12), write)
    measured = compose(piece, tmp_path)
    table = tomllib.loads(describe(piece, measured))["thu"]
    assert table["duration_ms"] == 1500
    assert table["integrated_lufs"] == pytest.approx(-18, abs=0.2)
    assert table["kind"] == "sting"
    assert table["loopable"] is False
    assert table["title"] == "Tiếng thử"


def test_an_unknown_name_is_refused(capsys, tmp_path):
    with pytest.raises(SystemExit) as stopped:
        main(["--to", str(tmp_path), "--only", "khong-co"])
    assert stopped.value.code == 2
    assert "mo-dau" in capsys.readouterr().err
