"""The day's slots as iCalendar (RFC 5545): one event a slot, for the calendar of the operator's phone."""

from datetime import datetime

from icalendar import Calendar, Event

from assets.messages import say
from playlists.day import StationDay
from playlists.week import Week


class Ical:
    name = "ical"
    suffix = ".ics"
    media_type = "text/calendar; charset=utf-8"

    def write(self, day: StationDay) -> bytes:
        calendar = _open_calendar(day.station_name)
        for slot, entries in day.slots().items():
            lines = [f"{one.starts_at:%H:%M:%S} {one.title}" for one in entries]
            moments = entries[0].starts_at, entries[-1].ends_at
            _add_event(calendar, day, slot, moments, "\n".join(lines))
        for relay in day.relays:
            words = say("playlists.week.relay", source=relay.source)
            _add_event(calendar, day, relay.slot, (relay.starts_at, relay.ends_at), words)
        return bytes(calendar.to_ical())


def write_calendar(week: Week) -> bytes:
    """Days of a station for a calendar that is read again and again.

    A session keeps its UID as long as it stands at its time, so that a calendar app changes the event it has.
    """
    calendar = _open_calendar(week.station_name)
    for one in week.days:
        for session in one.sessions:
            mark = f"{say('playlists.week.urgent')}: " if session.is_urgent else ""
            lines = [f"{piece.starts_at:%H:%M} {piece.title}" for piece in session.segments]
            moments = session.starts_at, session.ends_at
            _add_event(calendar, week, mark + session.slot, moments, "\n".join(lines) or session.note)
    return bytes(calendar.to_ical())


def _open_calendar(name: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Loa//vi")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    return calendar


def _add_event(
    calendar: Calendar,
    where: StationDay | Week,
    title: str,
    moments: tuple[datetime, datetime],
    description: str,
) -> None:
    """A session from its begin to its end, stamped with itself: the same playlist gives the same file."""
    begins, ends = moments
    event = Event()
    event.add("uid", f"{where.station}-{begins:%Y%m%dT%H%M%S}@loa")
    event.add("summary", f"{title} – {where.station_name}")
    event.add("dtstart", begins)
    event.add("dtend", ends)
    event.add("dtstamp", begins)
    event.add("description", description)
    calendar.add_component(event)
