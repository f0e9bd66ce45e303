"""XSPF version 1, the XML playlist of xspf.org; durations in milliseconds as the specification has them."""

from xml.etree import ElementTree as ET

from assets.messages import say
from playlists.day import Relay, StationDay

NAMESPACE = "http://xspf.org/ns/0/"


class Xspf:
    name = "xspf"
    suffix = ".xspf"
    media_type = "application/xspf+xml"

    def write(self, day: StationDay) -> bytes:
        playlist = ET.Element("playlist", {"version": "1", "xmlns": NAMESPACE})
        _add(playlist, "title", f"{day.station_name} {day.day:%d/%m/%Y}")
        if day.relays:  # no track stands for a relay
            _add(playlist, "annotation", "; ".join(_word(relay) for relay in day.relays))
        _add(playlist, "identifier", f"urn:loa:{day.name}")
        tracks = ET.SubElement(playlist, "trackList")
        for entry in day.entries:
            track = ET.SubElement(tracks, "track")
            _add(track, "location", entry.file)
            _add(track, "identifier", f"urn:sha256:{entry.sha256}")
            _add(track, "title", entry.title)
            _add(track, "annotation", f"{entry.starts_at.isoformat()} {entry.slot}")
            _add(track, "trackNum", str(entry.position))
            _add(track, "duration", str(entry.duration_ms))
        ET.indent(playlist)
        return bytes(ET.tostring(playlist, encoding="utf-8", xml_declaration=True)) + b"\n"


def _word(relay: Relay) -> str:
    words = say("playlists.week.relay", source=relay.source)
    return f"{relay.starts_at:%H:%M:%S}–{relay.ends_at:%H:%M:%S} {words}"


def _add(parent: ET.Element, name: str, text: str) -> None:
    # XML 1.0 has no place for control characters, not even escaped.
    ET.SubElement(parent, name).text = "".join(c for c in text if c >= " " or c in "\t\n")
