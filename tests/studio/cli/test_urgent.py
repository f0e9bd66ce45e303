"""`loa urgent`, through its arguments and exit codes."""

import json

import pytest

from studio.cli.main import main
from tests.studio.urgent.samples import alert, refer
from tests.studio.web.world import World

BY = ("--by", "minh")


@pytest.fixture
def run(world: World, capsys, monkeypatch):
    monkeypatch.setenv("LOA_HOME", str(world.settings.home))

    def call(*arguments):
        code = main(["urgent", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_from_words_to_the_air_and_off_it(run):
    code, out, _ = run(
        "new", "Nước lên nhanh.", "--title", "Lũ quét", "--station", "ia-dom", "--times", "1", "--json", *BY
    )
    assert code == 0
    assert json.loads(out)["file"].startswith("/")
    assert run("issue", "1", "--reason", "lệnh", *BY)[0] == 2, "it was not heard"
    assert run("issue", "1", "--reason", "lệnh", "--heard", "--by", "lan")[0] == 5
    code, out, _ = run("issue", "1", "--reason", "lệnh", "--heard", *BY)
    assert code == 0
    assert out.startswith("Tin khẩn số 1: 1 lần phát, đã phát hành lại ")
    assert "đang phát" in run("list")[1]
    assert run("cancel", "1", "--reason", "hết", *BY)[0] == 0
    assert run("cancel", "1", "--reason", "hết", *BY)[0] == 4
    assert run("cancel", "9", "--reason", "hết", *BY)[0] == 3


def test_alerts_are_taken_in_each_by_itself(run, tmp_path):
    files = {
        "a.xml": alert("A", expires=None), "b.xml": b"junk",
        "c.xml": alert("C", message="Cancel", references=refer("A"), infos=[]),
    }  # fmt: skip
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    code, out, err = run("import", *(str(tmp_path / name) for name in files), *BY)
    assert code == 2
    assert "b.xml" in err
    assert "đã dừng tin khẩn số 1" in out
    assert [one["state"] for one in json.loads(run("list", "--json")[1])] == ["dismissed", "dismissed"]
