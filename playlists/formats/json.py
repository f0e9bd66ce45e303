"""The day as JSON: the format others build on; moments in ISO 8601, durations in milliseconds."""

import json

from playlists.day import StationDay, describe_day

FORMAT = "loa-playlist/1"


class Json:
    name = "json"
    suffix = ".json"
    media_type = "application/json"

    def write(self, day: StationDay) -> bytes:
        content = describe_day(day)
        entries = [
            {**entry, "file": piece.file}
            for entry, piece in zip(content["entries"], day.entries, strict=True)
        ]
        document = {"format": FORMAT, **content, "entries": entries}
        return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
