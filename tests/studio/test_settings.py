from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.units import VIETNAM
from studio.settings import SettingUnreadable, read_settings


def test_the_defaults_need_nothing():
    settings = read_settings({})
    assert settings.home == Path.cwd() / "loa-home"
    assert settings.database_url == f"sqlite:///{settings.home / 'loa.db'}"
    assert (settings.language, settings.timezone.key, settings.own_approval) == (
        "vi",
        "Asia/Ho_Chi_Minh",
        False,
    )


def test_a_home_given_outright_wins(tmp_path):
    assert read_settings({"LOA_HOME": "/elsewhere"}, home=tmp_path).home == tmp_path


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOA_LANGUAGE", "fr"),
        ("LOA_TIMEZONE", "Mars/Olympus"),
        ("LOA_TIMEZONE", "../etc"),
        ("LOA_PORT", "0"),
        ("LOA_PORT", "70000"),
        ("LOA_PORT", "８７"),
        ("LOA_WORKERS", "-1"),
        ("LOA_OWN_APPROVAL", "maybe"),
        ("LOA_LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_value_is_named_with_what_it_takes(name, value):
    with pytest.raises(SettingUnreadable, match=name):
        read_settings({name: value})


@given(
    st.dictionaries(
        st.sampled_from(["LOA_LANGUAGE", "LOA_TIMEZONE", "LOA_PORT", "LOA_WORKERS", "LOA_OWN_APPROVAL"]),
        st.text(max_size=30),
    )
)
def test_any_text_is_read_or_refused(environment):
    try:
        settings = read_settings(environment)
    except SettingUnreadable:
        return
    assert 1 <= settings.port <= 65535
    assert 1 <= settings.workers <= 64


def test_the_zone_of_the_country_is_written_in_one_place():
    root = Path(__file__).parents[2]
    sources = [
        path
        for floor in ("assets", "scheduler", "playlists", "studio")
        for path in (root / floor).rglob("*.py")
    ]
    named = [
        path.relative_to(root).as_posix() for path in sources if "Ho_Chi_Minh" in path.read_text("utf-8")
    ]
    assert named == ["assets/units.py"]
    assert read_settings({}).timezone == VIETNAM
