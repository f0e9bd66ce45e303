"""The door every playlist format enters by."""

from typing import Protocol

from playlists.day import StationDay


class PlaylistFormat(Protocol):
    """A way to write a station's day as one file."""

    name: str
    """As asked for on the command line: `m3u8`."""
    suffix: str
    media_type: str

    def write(self, day: StationDay) -> bytes: ...
