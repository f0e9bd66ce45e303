"""Extended M3U in UTF-8: what VLC, mpv and the players of loudspeaker receivers open."""

from collections.abc import Iterable

from assets.messages import say
from playlists.day import Entry, Relay, StationDay


class M3u8:
    name = "m3u8"
    suffix = ".m3u8"
    media_type = "audio/x-mpegurl"

    def write(self, day: StationDay) -> bytes:
        return write_m3u8(f"{day.station_name} {day.day:%d/%m/%Y}", day.parts)


def write_m3u8(title: str, entries: Iterable[Entry | Relay]) -> bytes:
    """`entries` as one list; each with its seconds, its title and, as a comment, its planned moment.

    A relay is a comment only: no file stands for it.
    """
    lines = ["#EXTM3U", f"#PLAYLIST:{on_one_line(title)}"]
    for entry in entries:
        begins = entry.starts_at.isoformat(timespec="milliseconds")
        if isinstance(entry, Relay):
            words = say("playlists.week.relay", source=entry.source)
            lines.append(
                f"# {begins}/{entry.ends_at.isoformat(timespec='milliseconds')} {on_one_line(words)}"
            )
            continue
        lines += [
            f"# {begins}",
            f"#EXTINF:{entry.duration_ms / 1000:.3f},{on_one_line(entry.title)}",
            entry.file,
        ]
    return ("\n".join(lines) + "\n").encode()


def on_one_line(text: str) -> str:
    """A title can hold any character; in a list of lines it must not start one."""
    return " ".join(text.split())
