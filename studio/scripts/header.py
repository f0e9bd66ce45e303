"""The front matter of a script: YAML between two lines of three dashes, keys in Vietnamese or English."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

from assets.models import Priority
from studio.scripts.document import Header
from studio.scripts.nearest import find_nearest, normalise_name, shorten
from studio.scripts.problems import (
    EnginesMixed,
    HeaderKeyTwice,
    HeaderUnreadable,
    HeaderValueUnusable,
    Place,
    Problems,
    RoleNotCapital,
    TitleMissing,
    UnknownHeaderKey,
    UnknownPriority,
    UnknownVoice,
    UnusableLanguage,
)

KEYS: Mapping[str, str] = {
    "title": "title",
    "tiêu đề": "title",
    "theme": "theme",
    "nội dung": "theme",
    "audience": "audience",
    "đối tượng": "audience",
    "form": "form",
    "hình thức": "form",
    "organisation": "organisation",
    "đơn vị": "organisation",
    "language": "language",
    "ngôn ngữ": "language",
    "priority": "priority",
    "mức độ": "priority",
    "ưu tiên": "priority",
    "mức độ ưu tiên": "priority",
    "voices": "voices",
    "giọng": "voices",
}
PRIORITIES: Mapping[str, Priority] = {
    "normal": Priority.NORMAL,
    "priority": Priority.PRIORITY,
    "urgent": Priority.URGENT,
    "thông thường": Priority.NORMAL,
    "ưu tiên": Priority.PRIORITY,
    "khẩn cấp": Priority.URGENT,
}
MAX_HEADER_CHARACTERS = 10_000
MAX_VALUE_CHARACTERS = 200
ROLE_NAME = r"[^\W\d_][\w-]*(?:[ \t]+[\w-]+){0,3}"
"""One to four words; whether they are capitals is asked separately."""
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*")


def is_capital(name: str) -> bool:
    return name == name.upper() != name.lower()


def read_header(
    text: str, *, first_line: int, voices: Mapping[str, str], problems: Problems
) -> Header | None:
    """The header written in `text`, whose first line is line `first_line` of the script.

    What is wrong is added to `problems`; None if it cannot be read at all, so that its roles are unknown.
    """
    return _HeaderReader(first_line, voices, problems).read(text)


class _HeaderReader:
    """Takes key after key; a value that is not usable is reported and left at its default."""

    def __init__(self, first_line: int, voices: Mapping[str, str], problems: Problems) -> None:
        self._first_line = first_line
        self._voices = voices
        self._problems = problems
        self._seen: dict[str, str] = {}

    def read(self, text: str) -> Header | None:
        node = self._compose(text)
        if node is None:
            return None
        header = Header(title="")
        for key, value in self._pairs(node):
            name = KEYS.get(normalise_name(key.name))
            if name is None:
                self._problems.report(UnknownHeaderKey, key, nearest=find_nearest(key.name, KEYS))
            elif name in self._seen:
                self._problems.report(HeaderKeyTwice, key, other=self._seen[name])
            else:
                self._seen[name] = shorten(key.name)
                header = self._set(header, name, value)
        if "title" not in self._seen:
            self._problems.report(TitleMissing, Place(self._first_line, 1))
        return header

    def _compose(self, text: str) -> MappingNode | None:
        """The YAML as nodes, which know their places; nothing is constructed from them."""
        place = Place(self._first_line, 1)
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader) if len(text) <= MAX_HEADER_CHARACTERS else ""
            if node is None:
                self._problems.report(TitleMissing, place)
                return None
            if isinstance(node, MappingNode):
                return node
        except yaml.MarkedYAMLError as error:
            if error.problem_mark is not None:
                place = self._place(error.problem_mark)
        except (yaml.YAMLError, RecursionError):
            pass  # the place is not known: the header as a whole
        self._problems.report(HeaderUnreadable, place)
        return None

    def _place(self, mark: yaml.Mark, name: str = "") -> Place:
        return Place(mark.line + self._first_line, mark.column + 1, name)

    def _pairs(self, node: MappingNode) -> Iterator[tuple[Place, Node]]:
        for key, value in node.value:
            if isinstance(key, ScalarNode):
                yield self._place(key.start_mark, key.value), value
            else:
                self._problems.report(HeaderUnreadable, self._place(key.start_mark))

    def _set(self, header: Header, name: str, node: Node) -> Header:
        if name == "voices":
            return replace(header, voices=self._read_voices(node))
        value = " ".join(node.value.split()) if isinstance(node, ScalarNode) else None
        if value is None or len(value) > MAX_VALUE_CHARACTERS:
            self._problems.report(HeaderValueUnusable, self._place(node.start_mark, name))
            return header
        place = self._place(node.start_mark, value)
        match name:
            case "title" if not value:
                self._problems.report(TitleMissing, place)
            case "priority" if normalise_name(value) not in PRIORITIES:
                self._problems.report(UnknownPriority, place, nearest=find_nearest(value, PRIORITIES))
            case "priority":
                return replace(header, priority=PRIORITIES[normalise_name(value)])
            case "language" if not _LANGUAGE.fullmatch(value):
                self._problems.report(UnusableLanguage, place)
            case _ if value:
                labels: dict[str, Any] = {name: value}
                return replace(header, **labels)
        return header

    def _read_voices(self, node: Node) -> dict[str, str]:
        if not isinstance(node, MappingNode):
            self._problems.report(HeaderValueUnusable, self._place(node.start_mark, "voices"))
            return {}
        found: dict[str, str] = {}
        engine = ""
        for key, value in self._pairs(node):
            role = " ".join(key.name.split())
            if role in found:
                self._problems.report(HeaderKeyTwice, key, other=shorten(role))
            elif not (re.fullmatch(ROLE_NAME, role) and is_capital(role)):
                self._problems.report(RoleNotCapital, key, nearest=shorten(role.upper()))
            found[role] = value.value if isinstance(value, ScalarNode) else ""
            if found[role] not in self._voices:
                place = self._place(value.start_mark, found[role])
                self._problems.report(UnknownVoice, place, nearest=find_nearest(place.name, self._voices))
                continue
            engine = engine or self._voices[found[role]]
            if self._voices[found[role]] not in ("", engine):
                place = self._place(value.start_mark, found[role])
                self._problems.report(EnginesMixed, place, engine=self._voices[found[role]], first=engine)
        return found
