"""The day's slots as iCalendar (RFC 5545): one event a slot, for the calendar of the operator's phone."""

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
            event = Event()
            first, last = entries[0], entries[-1]
            event.add("uid", f"{day.station}-{first.starts_at:%Y%m%dT%H%M%S}@loa")
            event.add("summary", f"{slot} – {day.station_name}")
            event.add("dtstart", first.starts_at)
            event.add("dtend", last.ends_at)
            # Stamped with the day itself: the same playlist gives the same file.
            event.add("dtstamp", first.starts_at)
            event.add("description", "\n".join(f"{e.starts_at:%H:%M:%S} {e.title}" for e in entries))
            calendar.add_component(event)
        for relay in day.relays:
            event = Event()
            event.add("uid", f"{day.station}-{relay.starts_at:%Y%m%dT%H%M%S}@loa")
            event.add("summary", f"{relay.slot} – {day.station_name}")
            event.add("dtstart", relay.starts_at)
            event.add("dtend", relay.ends_at)
            event.add("dtstamp", relay.starts_at)
            event.add("description", say("playlists.week.relay", source=relay.source))
            calendar.add_component(event)
        return bytes(calendar.to_ical())


def write_calendar(week: Week) -> bytes:
    """Days of a station for a calendar that is read again and again.

    A session keeps its UID as long as it stands at its time, so that a calendar app changes the event it has.
    """
    calendar = _open_calendar(week.station_name)
    for one in week.days:
        for session in one.sessions:
            event = Event()
            event.add("uid", f"{week.station}-{session.starts_at:%Y%m%dT%H%M%S}@loa")
            mark = f"{say('playlists.week.urgent')}: " if session.is_urgent else ""
            event.add("summary", f"{mark}{session.slot} – {week.station_name}")
            event.add("dtstart", session.starts_at)
            event.add("dtend", session.ends_at)
            event.add("dtstamp", session.starts_at)
            lines = [f"{piece.starts_at:%H:%M} {piece.title}" for piece in session.segments]
            event.add("description", "\n".join(lines) or session.note)
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def _open_calendar(name: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Loa//vi")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    return calendar
