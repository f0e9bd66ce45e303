"""Everything a user reads, by key, Vietnamese first and English second.

The wording stands in `assets/wording/<language>/<room>.toml`; each table is a namespace, so
`[error] StoreFull = "…{path}…"` is the key `error.StoreFull`. A missing key is a defect: `say` raises
`KeyError`, and a test compares the languages key by key and placeholder by placeholder.
"""

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

LANGUAGES = ("vi", "en")
_language: ContextVar[str] = ContextVar("language", default="vi")


def say(key: str, /, **data: object) -> str:
    """The wording of `key` in the current language, with `{name}` filled from `data`."""
    return catalogue(_language.get())[key].format(**data)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Use `language` ("vi" or "en") for what is said inside the block."""
    token = _language.set(language if language in LANGUAGES else LANGUAGES[0])
    try:
        yield
    finally:
        _language.reset(token)


def set_language(language: str) -> None:
    """Use `language` from here on in this context: a command does it once, at its start."""
    _language.set(language if language in LANGUAGES else LANGUAGES[0])


def current_language() -> str:
    return _language.get()


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All wording of one language, key to sentence."""
    found: dict[str, str] = {}
    for room in sorted(files("assets").joinpath("wording", language).iterdir(), key=lambda path: path.name):
        if room.name.endswith(".toml"):
            found.update(_flatten("", tomllib.loads(room.read_text("utf-8"))))
    return found


def _flatten(prefix: str, table: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flatten(f"{prefix}{name}.", value)
        else:
            yield f"{prefix}{name}", str(value)
