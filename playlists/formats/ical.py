"""The day's slots as iCalendar (RFC 5545): one event a slot, for the calendar of the operator's phone."""

from icalendar import Calendar, Event

from playlists.day import StationDay


class Ical:
    name = "ical"
    suffix = ".ics"
    media_type = "text/calendar; charset=utf-8"

    def write(self, day: StationDay) -> bytes:
        calendar = Calendar()
        calendar.add("prodid", "-//Loa//vi")
        calendar.add("version", "2.0")
        calendar.add("x-wr-calname", day.station_name)
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
        return bytes(calendar.to_ical())
