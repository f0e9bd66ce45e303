"""Pages set by typst, from a template of ours and data that is never markup.

Damaged
└── PagesNotSet
"""

import json
import tempfile
from collections.abc import Mapping
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import typst

from assets.errors import Damaged

TEMPLATE, DATA = "template.typ", "data.json"


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
    with (
        tempfile.TemporaryDirectory(prefix="loa-pages-") as name,
        as_file(files("assets").joinpath("fonts")) as fonts,
    ):
        folder = Path(name)
        (folder / TEMPLATE).write_text(template, "utf-8")
        (folder / DATA).write_text(json.dumps(data, ensure_ascii=False), "utf-8")
        for picture, content in (pictures or {}).items():
            (folder / picture).write_bytes(content)
        try:
            pages = typst.compile(
                str(folder / TEMPLATE), root=name, font_paths=[str(fonts)], ignore_system_fonts=True
            )
        except typst.TypstError as error:
            raise PagesNotSet(reason=str(error).splitlines()[0]) from error
    assert isinstance(pages, bytes)
    return pages
