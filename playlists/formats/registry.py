"""The playlist formats by name."""

from assets.errors import Invalid
from playlists.formats.csv import Csv
from playlists.formats.format import PlaylistFormat
from playlists.formats.ical import Ical
from playlists.formats.json import Json
from playlists.formats.m3u8 import M3u8
from playlists.formats.sheet import Sheet
from playlists.formats.xspf import Xspf

FORMATS: dict[str, PlaylistFormat] = {
    known.name: known for known in (M3u8(), Json(), Xspf(), Csv(), Ical(), Sheet())
}


class FormatUnknown(Invalid):
    """A format was asked for that is not there."""


def find_format(name: str) -> PlaylistFormat:
    """The format called `name`.

    Raises:
        FormatUnknown: lists the valid names.
    """
    try:
        return FORMATS[name]
    except KeyError:
        raise FormatUnknown(name=name, valid=", ".join([*FORMATS, "zip"])) from None
