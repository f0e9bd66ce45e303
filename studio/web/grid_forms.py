"""The forms of the grid as words, and what they come to."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import zip_longest
from typing import Any

from pydantic import BaseModel
from sqlmodel import Session

from assets.errors import Invalid
from assets.messages import say
from assets.units import VIETNAM
from scheduler.frames import find_frame, keep_frame, make_frame
from scheduler.grid import Campaign, CampaignMode, Cluster
from scheduler.models import DayUse, Slot, Station, StationKind, Technology
from scheduler.rule_words import WEEKDAYS, read_weekdays
from scheduler.slots import Override
from studio.grid.words import choose_rule, read_clock, read_number, split_codes
from studio.web.access import parse_day


class ChoiceUnknown(Invalid):
    """A choice of a form that it does not offer."""


class SlotForm(BaseModel):
    """A slot as it is typed; `slot` and `day` name what is changed."""

    slot: str = ""
    day: str = ""
    name: str = ""
    starts: str = ""
    minutes: str = ""
    repeat: str = "daily"
    days: list[str] = []
    every: str = "1"
    rule: str = ""
    first: str = ""
    last: str = ""
    use: str = "any"
    relay: str = ""
    campaign: str = ""
    replaces: str = ""
    signature: str = ""
    closing: str = ""
    part: list[str] = []
    """Kinds, with the code where they have one: `rest`, `form:2.news`."""
    part_minutes: list[str] = []
    over: str = ""
    reason: str = ""
    csrf: str = ""

    def read(self) -> dict[str, Any]:
        """What changes of a slot that is there.

        Raises:
            ClockUnreadable, NumberUnreadable, DaysNotChosen, DayUnreadable, ChoiceUnknown, FrameUnusable
        """
        return {
            "name": self.name,
            "starts": read_clock(self.starts),
            "duration_minutes": read_number("duration_minutes", self.minutes),
            "rrule": choose_rule(self.repeat, self.days, self.every, self.rule),
            "valid_until": parse_day(self.last) if self.last.strip() else None,
            "use": choose(DayUse, self.use),
            "relay_source": " ".join(self.relay.split()),
            "signature_key": self.signature or None,
            "closing_key": self.closing or None,
            "frame": keep_frame(make_frame(self._list_parts())),
        }

    @property
    def frame_rows(self) -> list[tuple[str, str]]:
        """The parts as chosen, with their minutes as typed; rows that are cut off are empty."""
        return list(zip_longest(self.part, self.part_minutes, fillvalue=""))

    def _list_parts(self) -> Iterator[tuple[str, str, str]]:
        for part, minutes in self.frame_rows:
            kind, _, code = part.partition(":")
            if kind:
                yield kind, code, minutes.strip()

    def read_new(self) -> dict[str, Any]:
        """What a new slot is. Raises: as `read`."""
        fields = self.read() | {"valid_from": parse_day(self.first)}
        if self.campaign:
            fields["campaign_id"] = read_number("campaign", self.campaign)
        if self.campaign and self.replaces:
            fields["replaces_id"] = read_number("replaces_id", self.replaces)
        return fields

    def read_override(self, by: str, now: datetime) -> Override | None:
        return Override(by=by, reason=self.over, at=now) if self.over.strip() else None


def fill_form(slot: Slot) -> SlotForm:
    """The slot in the words of its form."""
    days, frame = read_weekdays(slot.rrule), find_frame(slot.frame)
    repeat = "rule" if days is None else ("daily" if days == WEEKDAYS else "weekly")
    return SlotForm(
        slot=str(slot.id),
        name=slot.name,
        starts=f"{slot.starts:%H:%M}",
        minutes=str(slot.duration_minutes),
        repeat=repeat,
        days=list(days or ()),
        rule="" if repeat != "rule" else slot.rrule,
        first=f"{slot.valid_from:%d/%m/%Y}",
        last=f"{slot.valid_until:%d/%m/%Y}" if slot.valid_until else "",
        use=slot.use,
        relay=slot.relay_source,
        signature=slot.signature_key or "",
        closing=slot.closing_key or "",
        part=[replace(one, minutes=0).text for one in frame],
        part_minutes=[str(one.minutes or "") for one in frame],
    )


class StationForm(BaseModel):
    """What is left empty or unticked is empty, never what a new station would start from (`NEW_STATION`)."""

    code: str = ""
    name: str = ""
    kind: str = ""
    preset: str = ""
    area: str = ""
    technology: str = ""
    timezone: str = ""
    languages: list[str] = []
    quiet_from: str = ""
    quiet_until: str = ""
    max_session_minutes: str = ""
    max_sessions_per_day: str = ""
    max_days_per_week: str = ""
    valid_from: str = ""
    valid_until: str = ""
    csrf: str = ""

    def read(self) -> dict[str, Any]:
        """Raises: ClockUnreadable, NumberUnreadable, DayUnreadable, ChoiceUnknown."""
        caps = ("max_session_minutes", "max_sessions_per_day", "max_days_per_week")
        return {
            "name": " ".join(self.name.split()),
            "kind": choose(StationKind, self.kind),
            "preset": self.preset.strip(),
            "area": " ".join(self.area.split()),
            "technology": choose(Technology, self.technology) if self.technology else None,
            "timezone": self.timezone.strip(),
            "languages": split_codes(" ".join(self.languages)),
            **{name: read_clock(text) if text.strip() else None for name, text in self._list_clocks()},
            **{
                name: read_number(name, text) if (text := getattr(self, name)).strip() else None
                for name in caps
            },
            "valid_from": _read_day(self.valid_from),
            "valid_until": _read_day(self.valid_until),
        }

    def _list_clocks(self) -> Sequence[tuple[str, str]]:
        return ("quiet_from", self.quiet_from), ("quiet_until", self.quiet_until)


NEW_STATION = StationForm(kind="commune", preset="loudspeaker", timezone=VIETNAM.key, languages=["vi"])


def fill_station(station: Station) -> StationForm:
    values = {
        name: f"{value:%d/%m/%Y}" if isinstance(value, date) else value
        for name, value in station.model_dump(exclude={"id", "is_sample"}).items()
    }
    for name in ("quiet_from", "quiet_until"):
        values[name] = f"{values[name]:%H:%M}" if values[name] else ""
    words: dict[str, Any] = {name: "" if value is None else str(value) for name, value in values.items()}
    return StationForm(**(words | {"languages": station.languages}))


class ClusterForm(BaseModel):
    code: str = ""
    name: str = ""
    place: str = ""
    horns: str = ""
    technology: str = ""
    device: str = ""
    valid_from: str = ""
    valid_until: str = ""
    csrf: str = ""

    def read(self, station: Station) -> Cluster:
        """Raises: NumberUnreadable, DayUnreadable, ChoiceUnknown."""
        return Cluster(
            station_id=station.id or 0,
            code=self.code.strip(),
            name=" ".join(self.name.split()),
            place=" ".join(self.place.split()),
            horns=read_number("horns", self.horns),
            technology=choose(Technology, self.technology) if self.technology else None,
            device=" ".join(self.device.split()),
            valid_from=_read_day(self.valid_from),
            valid_until=_read_day(self.valid_until),
        )


class CampaignForm(BaseModel):
    campaign: str = ""
    name: str = ""
    first: str = ""
    last: str = ""
    mode: str = "adds"
    use: str = "any"
    stations: list[str] = []
    csrf: str = ""

    def read(self) -> dict[str, Any]:
        """Raises: DayUnreadable, ChoiceUnknown."""
        return {
            "first": parse_day(self.first),
            "last": parse_day(self.last),
            "mode": choose(CampaignMode, self.mode),
            "use": choose(DayUse, self.use),
            "stations": self.stations,
        }


def fill_campaign(campaign: Campaign, stations: Sequence[Station]) -> CampaignForm:
    return CampaignForm(
        campaign=str(campaign.id),
        name=campaign.name,
        first=f"{campaign.first_date:%d/%m/%Y}",
        last=f"{campaign.last_date:%d/%m/%Y}",
        mode=campaign.mode,
        use=campaign.use,
        stations=[one.code for one in stations],
    )


def choose(kind: Any, text: str) -> Any:
    """Raises: ChoiceUnknown."""
    if text not in set(kind):
        raise ChoiceUnknown(choice=text[:20] or "–", valid=", ".join(kind))
    return kind(text)


def demand_at(session: Session, station: Station, number: str) -> Slot:
    """The slot of that number, if it is the station's. Raises: SlotUnknown."""
    from scheduler.slots import find_slot

    return find_slot(session, station.code, str(read_number("slot", number)))


def _read_day(text: str) -> date | None:
    return parse_day(text) if text.strip() else None


def name_weekdays() -> list[tuple[str, str]]:
    return [(code, say(f"scheduler.rule.day.{code}")) for code in WEEKDAYS]
