"""Why something is as it is: a code with its data, put into words only when a person reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assets.languages import name_language
from assets.messages import catalogue, say

URGENT = "urgent-bulletin"
"""The reason of an airing that nothing but a person's word removes."""

NOT_CHOSEN = "not-chosen"
"""The reason of a piece that nothing refuses: there was no room left for it."""


@dataclass(frozen=True, slots=True)
class Reason:
    """`code` is a key of `[scheduler.reason]` in the message catalogue; `data` are plain JSON values."""

    code: str
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def wording(self) -> str:
        return say(f"scheduler.reason.{self.code}", **self._tell()) if self.code else ""

    @property
    def mend(self) -> str:
        """What a person can do about it; empty where nothing is to be done."""
        key = f"scheduler.mend.{self.code}"
        return say(key, **self._tell()) if key in catalogue("vi") else ""

    def named(self, **names: str) -> "Reason":
        """The reason with what its codes are called, by the keys of `data`; the codes stay."""
        return Reason(self.code, {**self.data, "named": names})

    def _tell(self) -> dict[str, Any]:
        """The data as people know them."""
        told = {**self.data, **self.data.get("named", {})}
        if "language" in told:
            told["language"] = name_language(told["language"])
        if (key := f"scheduler.preset.{told.get('preset')}") in catalogue("vi"):
            told["preset"] = say(key)
        return told

    def as_row(self) -> dict[str, object]:
        """The reason as it is kept in a JSON column."""
        return {"code": self.code, "data": dict(self.data)}
