"""Where a correction holds."""

from enum import StrEnum


class Scope(StrEnum):
    SCRIPT = "script"  # chỉ ở đây
    VOICE = "voice"  # cho giọng này
    ORGANISATION = "organisation"  # trong đơn vị
    ALWAYS = "always"  # luôn luôn
