"""What a job was told, read out of its payload.

Invalid
└── JobPayloadUnusable
"""

from collections.abc import Mapping
from datetime import date

from assets.errors import Invalid


class JobPayloadUnusable(Invalid):
    pass


def read_text(kind: str, payload: Mapping[str, object], name: str) -> str:
    value = payload.get(name)
    if not isinstance(value, str) or not value:
        raise JobPayloadUnusable(kind=kind, name=name)
    return value


def read_whole(kind: str, payload: Mapping[str, object], name: str) -> int:
    value = payload.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise JobPayloadUnusable(kind=kind, name=name)
    return value


def read_names(kind: str, payload: Mapping[str, object], name: str) -> list[str]:
    value = payload.get(name)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise JobPayloadUnusable(kind=kind, name=name)
    return value


def read_day(kind: str, payload: Mapping[str, object], name: str) -> date:
    try:
        return date.fromisoformat(read_text(kind, payload, name))
    except ValueError as error:
        raise JobPayloadUnusable(kind=kind, name=name) from error
