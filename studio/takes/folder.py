"""Takes of a script file: a folder `SCRIPT.takes/` beside it, its files named by the number of the passage.

Conflict
└── TakeNumberTwice
Unavailable
└── TakeIndexUnwritable
Damaged
└── TakeIndexDamaged

`takes.json` in the folder remembers for which words each file was first taken. A file that is recorded anew
(other bytes) is taken for the words of that moment; a file that stays while the words change is stale.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

from assets.errors import Conflict, Damaged, Unavailable
from assets.whole import put_whole
from studio.scripts.document import ScriptDocument
from studio.takes.shelf import NO_TAKES, NumberedPassage, TakeKey, TakeShelf, list_recorded

INDEX = "takes.json"
_NUMBER = re.compile(r"0*(\d{1,4})(?!\d)")


class TakeNumberTwice(Conflict):
    pass


class TakeIndexUnwritable(Unavailable):
    pass


class TakeIndexDamaged(Damaged):
    """Without it nobody knows which words were read: it is not guessed."""


def find_folder(script: Path) -> Path:
    """`tin.md` and `tin` both have `tin.takes`."""
    return script.with_name(f"{script.stem}.takes")


def read_folder(script: Path, document: ScriptDocument) -> TakeShelf:
    """What has been read for `document`, the text in `script`; new files are entered in the index.

    Raises:
        TakeNumberTwice: two files for one passage.
        TakeIndexUnwritable, TakeIndexDamaged
    """
    folder = find_folder(script)
    wanted = list_recorded(document)
    if not wanted or not folder.is_dir():
        return NO_TAKES
    numbered = _list_files(folder)
    known = _read_index(folder / INDEX)
    entries = {
        path.name: _bind(path, number, known.get(path.name), wanted) for number, path in numbered.items()
    }
    if any(known.get(name) != entry for name, entry in entries.items()):
        _write_index(folder / INDEX, {**known, **entries})
    files: dict[TakeKey, Path] = {}
    for path in numbered.values():
        entry = entries[path.name]
        if "words_sha256" in entry:
            files.setdefault((entry["role"], entry["words_sha256"]), path)
    stale = {one.number for one in wanted if one.key not in files and one.number in numbered}
    return TakeShelf(files, frozenset(stale))


def _bind(
    path: Path, number: int, known: Mapping[str, str] | None, wanted: list[NumberedPassage]
) -> dict[str, str]:
    """The index entry of a file: as it was entered, or for the words that its passage has now."""
    with path.open("rb") as source:
        sha256 = hashlib.file_digest(source, "sha256").hexdigest()
    if known and known.get("sha256") == sha256 and "words_sha256" in known:
        return dict(known)
    meant = next((one for one in wanted if one.number == number), None)
    if meant is None:
        return {"sha256": sha256}
    role, words_sha256 = meant.key
    return {"sha256": sha256, "role": role, "words_sha256": words_sha256, "words": meant.passage.text}


def _list_files(folder: Path) -> dict[int, Path]:
    found: dict[int, Path] = {}
    for path in sorted(folder.iterdir()):
        match = _NUMBER.match(path.name)
        if match is None or not path.is_file():
            continue
        number = int(match[1])
        if number in found:
            raise TakeNumberTwice(number=number, first=found[number].name, second=path.name)
        found[number] = path
    return found


def _read_index(path: Path) -> dict[str, dict[str, str]]:
    if not path.exists():
        return {}
    try:
        entries = json.loads(path.read_text("utf-8"))["takes"]
        return {
            str(name): {str(key): str(value) for key, value in entry.items()}
            for name, entry in entries.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TakeIndexDamaged(path=str(path)) from error


def _write_index(path: Path, entries: Mapping[str, Mapping[str, str]]) -> None:
    told = json.dumps({"takes": entries}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    try:
        put_whole(path, told.encode())
    except OSError as error:
        raise TakeIndexUnwritable(path=str(path), reason=error.strerror or str(error)) from error
