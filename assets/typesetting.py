"""Pages set by typst, from a template of ours and data that is never markup.

Damaged
└── PagesNotSet
"""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import typst

from assets.errors import Damaged

TEMPLATE, DATA = "template.typ", "data.json"
UNDATED = "#set document(date: none)\n"
"""Else the moment of typesetting goes into the file, and no two are alike."""


class PagesNotSet(Damaged):
    """The template does not fit its data: a mistake of ours, not of the reader."""


def set_pages(template: str, data: Mapping[str, Any], pictures: Mapping[str, bytes] | None = None) -> bytes:
    """A PDF of `template`, which reads `json("data.json")` and its pictures by name; always the same bytes.

    Only the bundled fonts are seen, so that a page looks alike everywhere and holds what it was set in.
    Words reach typst as JSON strings: `#`, `$` and `*` in a title are letters. Names of pictures are the
    caller's own, never a person's.

    Raises:
        PagesNotSet
    """
    with _open_desk(template, pictures or {}) as desk:
        return desk.set(data)


def fit_pages(
    template: str, data: Mapping[str, Any], pictures: Mapping[str, bytes], *, scales: Sequence[float]
) -> bytes:
    """As `set_pages`, at the largest `data.scale` of `scales` that takes the fewest pages.

    The template states its number of pages as `#metadata(...) <pages>`.

    Raises:
        PagesNotSet
    """
    with _open_desk(template, pictures) as desk:
        best = min(scales, key=lambda scale: (desk.count({**data, "scale": scale}), -scale))
        return desk.set({**data, "scale": best})


@dataclass(frozen=True, slots=True)
class _Desk:
    """A folder with a template and its pictures."""

    folder: Path
    fonts: Path

    def set(self, data: Mapping[str, Any]) -> bytes:
        pages = self._run(data, typst.compile)
        assert isinstance(pages, bytes)
        return pages

    def count(self, data: Mapping[str, Any]) -> int:
        found = self._run(data, partial(typst.query, selector="<pages>", field="value", one=True))
        return int(found)

    def _run(self, data: Mapping[str, Any], work: Callable[..., Any]) -> Any:
        (self.folder / DATA).write_text(json.dumps(data, ensure_ascii=False), "utf-8")
        try:
            return work(
                str(self.folder / TEMPLATE),
                root=str(self.folder),
                font_paths=[str(self.fonts)],
                ignore_system_fonts=True,
            )
        except typst.TypstError as error:
            raise PagesNotSet(reason=str(error).splitlines()[0]) from error


@contextmanager
def _open_desk(template: str, pictures: Mapping[str, bytes]) -> Iterator[_Desk]:
    with (
        tempfile.TemporaryDirectory(prefix="loa-pages-") as name,
        as_file(files("assets").joinpath("fonts")) as fonts,
    ):
        folder = Path(name)
        (folder / TEMPLATE).write_text(UNDATED + template, "utf-8")
        for picture, content in pictures.items():
            (folder / picture).write_bytes(content)
        yield _Desk(folder, fonts)
