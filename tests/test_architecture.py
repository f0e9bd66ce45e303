"""The house rules, enforced: floors, homes of libraries, no cycles, small files and functions.

Each rule is a function from source files to the list of its breaches, so that the rules themselves are
under test: a tree with a breach in it must be caught.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ("assets", "scheduler", "playlists", "studio")  # each may import itself and those before it
EDGES = ("studio.api", "studio.web", "studio.cli", "studio.app")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60

HOMES = {
    "alembic": ("studio.migrations",),
    "apscheduler": ("scheduler.clock",),
    "dateutil": ("scheduler.recurrence",),
    "defusedxml": ("studio.urgent",),
    "docx": ("studio.planning.files", "studio.reports.docx"),
    "espeakng_loader": ("studio.voices",),
    "fastapi": ("studio.app", "studio.api", "studio.web"),
    "PIL": ("studio.clips",),
    "ffmpeg": ("assets.ffmpeg", "assets.stills"),
    "gtts": ("studio.voices",),
    "highspy": ("scheduler.solver",),
    "imageio_ffmpeg": ("assets.ffmpeg",),
    "jinja2": ("studio.web", "studio.reports", "studio.takes.sheet"),
    "pdfminer": ("studio.planning.files",),
    "pdfplumber": ("studio.planning.files",),
    "pwdlib": ("studio.people",),
    "mutagen": ("studio.mixing.tags", "studio.recordings.tags"),
    "onnxruntime": ("studio.voices.piper_worker",),
    "piper": ("studio.voices.piper_worker",),
    "openpyxl": ("studio.planning.sheets",),
    "pydub": ("studio.mixing.editing",),
    "pysubs2": ("studio.clips",),
    "requests": ("studio.voices.line",),
    "rich": ("studio.cli",),
    "soundfile": ("assets.decoding",),
    "starlette": ("studio.app", "studio.api", "studio.web"),
    "structlog": ("studio.app", "studio.logs", "studio.web", "studio.api", "studio.jobs"),
    "subprocess": ("assets.ffmpeg", "studio.voices"),
    "segno": ("studio.leaflets",),
    "typst": ("assets.typesetting",),
    "urllib3": ("studio.voices.line",),
    "uvicorn": ("studio.cli",),
    "xlsxwriter": ("studio.reports",),
}
"""The only modules that may import a library; its own sub-modules included."""


@dataclass(frozen=True, slots=True)
class Module:
    name: str
    path: Path
    tree: ast.Module
    lines: int

    @property
    def imports(self) -> set[str]:
        return set(imported(self))


def load_modules(root: Path) -> list[Module]:
    modules = []
    for floor in FLOORS:
        for path in sorted((root / floor).rglob("*.py")):
            if "versions" in path.parts:
                continue
            parts = path.relative_to(root).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            text = path.read_text("utf-8")
            modules.append(Module(name, path, ast.parse(text), text.count("\n") + 1))
    return modules


def imported(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module.name}: relative import in line {node.lineno}"
            assert node.module
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, rooms: tuple[str, ...]) -> bool:
    return any(name == room or name.startswith(room + ".") for room in rooms)


def upward_imports(modules: list[Module]) -> list[str]:
    """Imports of a higher floor, and of an edge (page, API, command) by a room."""
    found = []
    for module in modules:
        floor = FLOORS.index(module.name.split(".")[0])
        for name in sorted(module.imports):
            top = name.split(".")[0]
            if top in FLOORS and FLOORS.index(top) > floor:
                found.append(f"{module.name} imports {name}")
            elif within(name, EDGES) and not within(module.name, (*EDGES, "studio.example")):
                found.append(f"{module.name} imports the edge {name}")
    return found


def strayed_libraries(modules: list[Module]) -> list[str]:
    return sorted(
        {
            f"{module.name} imports {name.split('.')[0]}, at home in {', '.join(HOMES[name.split('.')[0]])}"
            for module in modules
            for name in module.imports
            if name.split(".")[0] in HOMES and not within(module.name, HOMES[name.split(".")[0]])
        }
    )


def environment_readers(modules: list[Module]) -> list[str]:
    """Settings are read in one place."""
    return [
        f"{module.name} reads the environment in line {node.lineno}"
        for module in modules
        if module.name != "studio.settings"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    ]


def import_cycles(modules: list[Module]) -> list[str]:
    """Cycles among our modules, by imports at any depth of the file."""
    known = {module.name for module in modules}
    graph = {
        module.name: {name for name in module.imports if name in known and name != module.name}
        for module in modules
    }
    found: list[str] = []
    done: set[str] = set()

    def visit(name: str, trail: list[str]) -> None:
        if name in trail:
            found.append(" -> ".join([*trail[trail.index(name) :], name]))
            return
        if name in done:
            return
        for other in sorted(graph[name]):
            visit(other, [*trail, name])
        done.add(name)

    for name in sorted(graph):
        visit(name, [])
    return found


def long_files(modules: list[Module]) -> list[str]:
    return [f"{m.name} has {m.lines} lines" for m in modules if m.lines > MAX_FILE_LINES]


def long_functions(modules: list[Module]) -> list[str]:
    return [
        f"{module.name}.{node.name} has {node.end_lineno - node.lineno + 1} lines"
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > MAX_FUNCTION_LINES
    ]


def vague_names(modules: list[Module]) -> list[str]:
    vague = {"utils", "util", "helpers", "helper", "manager", "common", "misc", "core", "base"}
    return [m.name for m in modules if vague & set(m.name.split("."))]


RULES = (
    upward_imports,
    strayed_libraries,
    environment_readers,
    import_cycles,
    long_files,
    long_functions,
    vague_names,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_rules(rule):
    assert rule(load_modules(ROOT)) == []


def test_the_top_level_stays_what_it_is():
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    assert folders - {"loa.egg-info", "build", "dist", "loa-home"} <= {*FLOORS, "tests", "docs", "benchmarks"}


BREACHES = {
    "assets/stray.py": (
        "from scheduler.models import Slot\n",
        upward_imports,
        "assets.stray imports scheduler",
    ),
    "studio/scripts/x.py": ("import studio.web.pages\n", upward_imports, "imports the edge studio.web.pages"),
    "scheduler/x.py": ("def cut():\n    import pydub\n", strayed_libraries, "scheduler.x imports pydub"),
    "playlists/x.py": ("import os\nx = os.environ['A']\n", environment_readers, "playlists.x reads"),
    "assets/a.py": ("import assets.b\n", import_cycles, "assets.a -> assets.b -> assets.a"),
    "assets/long.py": ("x = 1\n" * 500, long_files, "assets.long has 501 lines"),
    "assets/f.py": ("def f():\n" + "    x = 1\n" * 60, long_functions, "assets.f.f has 61 lines"),
    "studio/utils.py": ("", vague_names, "studio.utils"),
}


@pytest.mark.parametrize("path", BREACHES)
def test_a_breach_is_caught(path, tmp_path):
    text, rule, expected = BREACHES[path]
    for folder in FLOORS:
        (tmp_path / folder).mkdir()
    (tmp_path / "assets/b.py").write_text("import assets.a\n" if path == "assets/a.py" else "", "utf-8")
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(text, "utf-8")
    found = rule(load_modules(tmp_path))
    assert any(expected in line for line in found), found
