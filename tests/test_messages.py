"""Both languages say the same things, with the same placeholders; every error is worded."""

import importlib
import pkgutil
import re
import string
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from assets.errors import all_errors
from assets.messages import LANGUAGES, catalogue, say, speaking

ROOT = Path(__file__).parent.parent
WORKERS = ("espeak_worker", "piper_worker")
"""They run by themselves, and one needs what may not be here."""
FLOORS = ("assets", "scheduler", "playlists", "studio")


def placeholders(wording: str) -> set[str]:
    return {name.split(".")[0] for _, name, _, _ in string.Formatter().parse(wording) if name}


def test_the_languages_have_the_same_keys():
    vietnamese, english = (set(catalogue(language)) for language in LANGUAGES)
    assert vietnamese ^ english == set()


@pytest.mark.parametrize("key", sorted(catalogue("vi")))
def test_the_languages_have_the_same_placeholders(key):
    assert placeholders(catalogue("vi")[key]) == placeholders(catalogue("en")[key])


def test_every_error_is_worded():
    for floor in FLOORS:
        package = importlib.import_module(floor)
        for module in pkgutil.walk_packages(package.__path__, f"{floor}."):
            if not module.name.endswith(WORKERS) and "migrations" not in module.name:
                importlib.import_module(module.name)
    unworded = [kind.__name__ for kind in all_errors() if f"error.{kind.__name__}" not in catalogue("vi")]
    assert unworded == []


def test_no_two_rooms_word_the_same_thing():
    """A key in two files would silently be worded by the later one."""
    for language in LANGUAGES:
        rooms = sorted((ROOT / "assets" / "wording" / language).glob("*.toml"))
        keys = Counter(key for room in rooms for key in flatten(tomllib.loads(room.read_text("utf-8"))))
        assert [key for key, count in keys.items() if count > 1] == []


def flatten(table, prefix=""):
    for name, value in table.items():
        if isinstance(value, dict):
            yield from flatten(value, f"{prefix}{name}.")
        else:
            yield prefix + name


def raised_with() -> list[tuple[str, set[str], str]]:
    """Each `raise Name(key=…)` in the source: the error, its keywords, its place."""
    import ast

    names = {kind.__name__ for kind in all_errors()}
    found = []
    for floor in FLOORS:
        for path in (ROOT / floor).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                    keywords = {keyword.arg for keyword in node.keywords}
                    if None not in keywords:
                        found.append((node.func.id, keywords, f"{path.relative_to(ROOT)}:{node.lineno}"))
    return found


def test_every_error_carries_what_its_wording_needs():
    test_every_error_is_worded()
    short = [
        f"{place}: {name} lacks {missing}"
        for name, keywords, place in raised_with()
        if (missing := placeholders(catalogue("vi")[f"error.{name}"]) - keywords)
    ]
    assert short == []


def test_every_key_that_is_said_is_worded():
    pattern = re.compile(r"""\bsay\(\s*["']([a-z][\w.-]*)["']""")
    texts = {path: path.read_text("utf-8") for floor in FLOORS for path in (ROOT / floor).rglob("*.py")}
    unworded = [
        f"{path.relative_to(ROOT)}: {key}"
        for path, text in texts.items()
        for key in pattern.findall(text)
        if key not in catalogue("vi")
    ]
    assert unworded == []


def test_a_language_holds_inside_its_block_only():
    with speaking("en"):
        assert say("error.Missing") == "Not found."
    assert say("error.Missing") == "Không tìm thấy."
