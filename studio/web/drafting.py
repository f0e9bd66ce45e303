"""Help for whoever writes: a frame to start from, and cue buttons."""

from dataclasses import dataclass

import yaml

from assets.messages import say
from assets.models import AssetKind
from assets.sounds.library import bundled_sounds

_CUES = {
    AssetKind.SIGNATURE: "nhạc hiệu",
    AssetKind.STING: "nhạc cắt",
    AssetKind.BED: "nhạc nền",
}
"""How a script calls for each kind of sound."""


@dataclass(frozen=True, slots=True)
class CueButton:
    label: str
    text: str


def draft_text(title: str, *, theme: str = "", audience: str = "", form: str = "") -> str:
    """A script that is whole from the start: header, tune, two roles, closing."""
    labels = {"title": " ".join(title.split()), "theme": theme, "audience": audience, "form": form}
    header = yaml.safe_dump(
        {name: value for name, value in labels.items() if value},
        allow_unicode=True,
        sort_keys=False,
        width=10_000,
    )
    return (
        f"---\n{header}voices: {{NỮ: vi-north-f, NAM: vi-north-m}}\n---\n"
        f"[nhạc hiệu: mo-dau]\n\nNỮ: {say('web.new.opening')}\n\n[nhạc cắt: chuong]\n\n"
        f"NAM: {say('web.new.closing')}\n\n[nhạc hiệu: ket-thuc]\n"
    )


def list_cues() -> list[CueButton]:
    """The buttons of the editor: every bundled sound, and what else a script may say."""
    buttons = [CueButton(say("web.cue.pause"), "[nghỉ 1s]")]
    for kind, cue in _CUES.items():
        buttons += [
            CueButton(sound.title, f"[{cue}: {sound.name}]")
            for sound in bundled_sounds().values()
            if sound.kind is kind
        ]
    buttons.append(CueButton(say("web.cue.bed_off"), "[hết nhạc nền]"))
    buttons.append(CueButton(say("web.cue.heading"), "# "))
    return buttons
