"""The docs say what the code does: settings, commands, formats, presets, errors, links, paths."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)")
CODE_PATH = re.compile(r"`((?:assets|scheduler|playlists|studio|tests|docs|benchmarks)/[\w./-]+)`")


def test_the_reference_is_what_the_code_says():
    checked = subprocess.run(
        [sys.executable, "docs/make_reference.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_paths_lead_somewhere(page):
    text = page.read_text("utf-8")
    lost = [target for target in LINK.findall(text) if not (page.parent / target).exists()]
    lost += [path for path in CODE_PATH.findall(text) if not (ROOT / path).exists()]
    assert lost == []


def test_the_readme_has_the_two_commands():
    text = (ROOT / "README.md").read_text("utf-8")
    for command in (
        "python3 -m venv .venv && .venv/bin/pip install -q -e . && .venv/bin/loa demo",
        "python3 -m venv .venv && .venv/bin/pip install -q -e '.[test]' && .venv/bin/python -m pytest -q",
    ):
        assert command in text


def test_every_command_has_its_words_in_the_changelog_readers():
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    for reader in ("### Producers", "### Operators", "### Managers", "### Developers"):
        assert reader in text


def test_bundled_data_state_their_origin():
    for folder in (
        "assets/sounds",
        "assets/fonts",
        "assets/lexicon",
        "studio/example",
        "studio/web/static/vendor",
    ):
        assert (ROOT / folder / "SOURCES.md").is_file(), folder
