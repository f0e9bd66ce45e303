"""Why something is as it is: a code with its data, put into words only when a person reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assets.messages import say

URGENT = "urgent-bulletin"
"""The reason of an airing that nothing but a person's word removes."""


@dataclass(frozen=True, slots=True)
class Reason:
    """`code` is a key of `[scheduler.reason]` in the message catalogue; `data` are plain JSON values."""

    code: str
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def wording(self) -> str:
        return say(f"scheduler.reason.{self.code}", **self.data) if self.code else ""

    def as_row(self) -> dict[str, object]:
        """The reason as it is kept in a JSON column."""
        return {"code": self.code, "data": dict(self.data)}
