"""What a person says of a recording, checked: its name in scripts, its kind, words about it.

Invalid
├── RecordingNameUnfit
└── RecordingFieldUnfit
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date

from assets.errors import Invalid
from studio.recordings.models import RecordingKind

MAX_NAME = 80
TEXTS: Mapping[str, int] = {"title": 200, "speaker": 120, "place": 120, "note": 2000, "language": 12}
"""What a person may say of a recording, and how long it may be."""
FIELDS = (*TEXTS, "name", "kind", "recorded_on")
UNFIT = re.compile(r"[\[\]/\\\x00-\x1f\x7f]")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class RecordingNameUnfit(Invalid):
    pass


class RecordingFieldUnfit(Invalid):
    pass


def check_name(name: str) -> str:
    """A name that a script can hold in its brackets.

    Raises:
        RecordingNameUnfit
    """
    plain = " ".join(unicodedata.normalize("NFC", name).split())
    if not plain or len(plain) > MAX_NAME or UNFIT.search(name) or plain.startswith("."):
        raise RecordingNameUnfit(name=plain[:MAX_NAME], most=MAX_NAME)
    return plain


def check_fields(fields: Mapping[str, object], *, lenient: bool = False) -> dict[str, object]:
    checks: dict[str, Callable[[object], object]] = {
        "name": lambda value: check_name(str(value)),
        "kind": lambda value: RecordingKind(str(value)),
        "recorded_on": lambda value: (
            date.fromisoformat(value) if isinstance(value, str) and value else value or None
        ),
    }
    checked: dict[str, object] = {}
    for name, value in fields.items():
        try:
            if name in TEXTS:
                text = unicodedata.normalize("NFC", str(value or "")).replace("\x00", "").strip()
                fits = len(text) <= TEXTS[name] and (name != "language" or _LANGUAGE.fullmatch(text))
                if not lenient and (not fits or (name == "title" and not text)):
                    raise RecordingFieldUnfit(field=name, value=text[:60], most=TEXTS[name])
                checked[name] = text
            else:
                checked[name] = checks[name](value)
        except (ValueError, KeyError) as error:
            raise RecordingFieldUnfit(field=name, value=str(value)[:60], most=0) from error
    return checked


def plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def plain_all(values: Mapping[str, object]) -> dict[str, object]:
    return {name: plain(value) for name, value in values.items()}


def read_kind(text: str) -> RecordingKind:
    """Raises: RecordingFieldUnfit."""
    try:
        return RecordingKind(text)
    except ValueError:
        raise RecordingFieldUnfit(field="kind", value=text[:60], most=0) from None
