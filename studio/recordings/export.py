"""A recording handed out: as it came, or as it was edited, with its tags.

Invalid
└── ExportKindUnknown
"""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from assets.errors import Invalid
from assets.ffmpeg import open_media, run_graph, write_sound
from assets.store import Store
from studio.mixing.render import deliver
from studio.recordings.models import Recording
from studio.recordings.shelf import Material, bring
from studio.recordings.tags import write_tags

KINDS: Mapping[str, tuple[str, dict[str, object]]] = {
    ".wav": ("wav", {"acodec": "pcm_s16le"}),
    ".flac": ("flac", {"acodec": "flac"}),
    ".mp3": ("mp3", {"acodec": "libmp3lame", "audio_bitrate": "160k"}),
    ".m4a": ("ipod", {"acodec": "aac", "audio_bitrate": "160k"}),
    ".ogg": ("ogg", {"acodec": "libopus", "audio_bitrate": "96k", "ar": 48000}),
}
"""Ending of the name to ffmpeg's container and encoder."""
TIMEOUT_S = 3600.0


class ExportKindUnknown(Invalid):
    pass


def export_file(
    recording: Recording, material: Material, target: Path, *, store: Store, cache: Path, original: bool
) -> None:
    """Write the recording to `target`, whole or not at all; the original keeps its bytes and its own tags.

    Raises:
        ExportKindUnknown: no encoder for that ending.
        ContentMissing, MediaUnreadable, DiskFull, FileNotWritten
    """
    with tempfile.TemporaryDirectory(prefix="export-") as folder:
        made = Path(folder) / f"made{target.suffix.lower() or '.bin'}"
        if original:
            shutil.copyfile(store.path(recording.sha256), made)
        else:
            if target.suffix.lower() not in KINDS:
                raise ExportKindUnknown(name=target.name[:80], valid=", ".join(KINDS))
            container, options = KINDS[target.suffix.lower()]
            source = bring(material, store, cache)
            run_graph(
                [write_sound(open_media(source)["a:0"], made, container=container, **options)],
                timeout_s=TIMEOUT_S,
                source=source,
            )
            said = {"title": recording.title, "artist": recording.speaker, "language": recording.language}
            write_tags(made, {**recording.tags, **{name: value for name, value in said.items() if value}})
        deliver(made, target)
