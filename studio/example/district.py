"""The example district as values: what `district.toml`, `plan.txt` and `scripts/` hold."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.models import Station, StationKind
from studio.people.models import Role
from studio.planning.models import Measure, Target
from studio.scripts.models import ScriptState

EXAMPLE = files("studio.example")


@dataclass(frozen=True, slots=True)
class Person:
    username: str
    full_name: str
    role: Role
    station: str | None


@dataclass(frozen=True, slots=True)
class Incident:
    """What goes wrong in the demo week; `starts` is None where only an end is known."""

    kind: str
    station: str
    day: date
    starts: datetime | None
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class District:
    name: str
    timezone: ZoneInfo
    plan_code: str
    plan_text: str
    first: date
    days: int
    seed: int
    people: tuple[Person, ...]
    incidents: tuple[Incident, ...]
    scripts: Mapping[str, str]
    """Code to text."""
    desk: Mapping[str, ScriptState]
    """How far the scripts got that are not approved."""
    facts: Mapping[str, Any]

    @property
    def last(self) -> date:
        return self.first + timedelta(days=self.days - 1)

    @property
    def week(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range(self.days)]

    def at(self, day: date, hour: int) -> datetime:
        """A moment of the example's own clock, so that every run is the same."""
        return datetime.combine(day, time(hour), self.timezone)

    def stations(self) -> list[Station]:
        """Fresh rows, not yet added to a session."""
        return [
            Station(**{**fields, "kind": StationKind(fields["kind"])}, is_sample=True)
            for fields in self.facts["stations"]
        ]

    def slots(self) -> list[tuple[str, dict[str, Any]]]:
        """Station code and facts of each slot, as `add_slot` takes them."""
        found = []
        for group in self.facts["slots"]:
            fields = {key: value for key, value in group.items() if key != "stations"}
            found += [(code, fields) for code in group["stations"]]
        return found

    def comment_on(self, code: str) -> str:
        """Why the approver returned a script."""
        comment: str = self.facts["desk"]["rejected"][code]
        return comment

    def targets(self, plan_id: int) -> list[Target]:
        """Fresh rows of the plan's targets."""
        found = []
        for group in self.facts["targets"]:
            fields = {key: value for key, value in group.items() if key != "stations"}
            fields["measure"] = Measure(fields["measure"])
            stations = group.get("stations", [None])
            found += [Target(**fields, plan_id=plan_id, station=code) for code in stations]
        return found


def read_district() -> District:
    """The bundled example."""
    facts = tomllib.loads(EXAMPLE.joinpath("district.toml").read_text("utf-8"))
    zone = ZoneInfo(facts["district"]["timezone"])
    first: date = facts["demo"]["first_date"]
    scripts = {
        path.name.removesuffix(".md"): path.read_text("utf-8")
        for path in sorted(EXAMPLE.joinpath("scripts").iterdir(), key=lambda path: path.name)
        if path.name.endswith(".md")
    }
    return District(
        name=facts["district"]["name"],
        timezone=zone,
        plan_code=facts["district"]["plan_code"],
        plan_text=EXAMPLE.joinpath("plan.txt").read_text("utf-8"),
        first=first,
        days=facts["demo"]["days"],
        seed=facts["demo"]["seed"],
        people=tuple(
            Person(one["username"], one["full_name"], Role(one["role"]), one.get("station"))
            for one in facts["people"]
        ),
        incidents=tuple(_read_incident(one, first, zone) for one in facts["incidents"]),
        scripts=scripts,
        desk={code: ScriptState(state) for state, codes in facts["desk"].items() for code in codes},
        facts=facts,
    )


def _read_incident(fields: Mapping[str, Any], first: date, zone: ZoneInfo) -> Incident:
    day = first + timedelta(days=fields["day"] - 1)

    def moment(name: str) -> datetime | None:
        return datetime.combine(day, fields[name], zone) if name in fields else None

    return Incident(
        kind=fields["kind"], station=fields["station"], day=day, starts=moment("starts"), ends=moment("ends")
    )
