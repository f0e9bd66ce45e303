"""A goal of a change as a person reads it: its name, what stands before and after, why it stays short."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from assets.messages import say
from scheduler.models import Station
from scheduler.proof import tell_proof
from scheduler.reasons import Reason
from studio.planning.amounts import shorten
from studio.planning.models import Audience, Form, Theme


@dataclass(frozen=True, slots=True)
class ShownGoal:
    name: str
    measure: str
    wanted: int
    before: int
    after: int
    missing: int
    why: str
    proof: tuple[str, ...] = ()
    """Why it cannot be met, then each way in which it could."""

    @property
    def turn(self) -> str:
        """`better`, `worse` or `same`."""
        before, after = min(self.before, self.wanted), min(self.after, self.wanted)
        return "same" if before == after else ("better" if after > before else "worse")

    @property
    def is_met(self) -> bool:
        return self.after >= self.wanted


def show_goal(session: Session, row: Mapping[str, Any], stations: Mapping[str, Station]) -> ShownGoal:
    """The goal in the words of the newest plan that has its codes."""
    parts = []
    for name, table in (("theme", Theme), ("audience", Audience), ("form", Form)):
        code = row.get(name)
        if code:
            titles = select(table.title).where(table.code == code).order_by(col(table.id).desc())
            parts.append(shorten(session.exec(titles).first() or code))
    if row.get("language"):
        parts.append(row["language"])
    if row.get("station"):
        parts.append(stations[row["station"]].name if row["station"] in stations else row["station"])
    why = Reason(row["why"]["code"], row["why"]["data"]).wording if row["why"] else ""
    name = " · ".join(parts) or say("planning.everything")
    proof = tuple(tell_proof(row["proof"])) if row.get("proof") else ()
    figures = (row["wanted"], row["before"], row["after"], row["missing"])
    return ShownGoal(name, row["measure"], *figures, why, proof)
