"""Settings, read once from the environment (`LOA_*`), frozen from then on."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from assets.errors import Invalid
from assets.units import VIETNAM


class SettingUnreadable(Invalid):
    """A setting has a value that cannot be used."""


@dataclass(frozen=True, slots=True)
class Settings:
    home: Path
    """The one folder with everything: database, store, cache, logs (`LOA_HOME`)."""
    database_url: str
    """SQLAlchemy address; default is SQLite inside `home` (`LOA_DATABASE_URL`)."""
    language: str
    """What is said to a person: `vi` or `en` (`LOA_LANGUAGE`)."""
    timezone: ZoneInfo
    """Zone of the centre; stations have their own (`LOA_TIMEZONE`)."""
    host: str
    """Where `loa serve` listens (`LOA_HOST`)."""
    port: int
    """First port tried by `loa serve` (`LOA_PORT`)."""
    workers: int
    """Worker processes for speech and rendering (`LOA_WORKERS`)."""
    own_approval: bool
    """Whether the centre lets an author approve her own script (`LOA_OWN_APPROVAL`)."""
    gtts_consent: bool
    """Whether the centre agrees that scripts go to gTTS, an outside service (`LOA_GTTS_CONSENT`)."""
    voice_fallback: tuple[str, ...]
    """Engines in the order in which they take a whole programme over from one that cannot speak it
    (`LOA_VOICE_FALLBACK`, such as `gtts,espeak`); empty: none does."""
    keep_versions_days: int
    """So many days after its last day it is kept what exactly a version of the schedule changed
    (`LOA_KEEP_VERSIONS_DAYS`); who made it, when, why and how much stays for good."""
    log_level: str
    """Least severity written to the log (`LOA_LOG_LEVEL`)."""

    @property
    def has_database(self) -> bool:
        """Whether there is one already: looking must not make a home."""
        default = self.home / "loa.db"
        return self.database_url != f"sqlite:///{default}" or default.is_file()

    @property
    def store(self) -> Path:
        return self.home / "store"

    @property
    def cache(self) -> Path:
        return self.home / "cache"

    @property
    def recordings(self) -> Path:
        """Where `[ghi âm: NAME]` finds its file."""
        return self.home / "recordings"

    @property
    def clips(self) -> Path:
        """Where clips of scripts are kept; they can be made again."""
        return self.home / "clips"

    @property
    def presets(self) -> Path:
        """The centre's own mastering presets, if it has any."""
        return self.home / "presets.toml"

    @property
    def voices(self) -> Path:
        """Where models of Piper lie: NAME.onnx and NAME.onnx.json."""
        return self.home / "voices"

    @property
    def backups(self) -> Path:
        return self.home / "backups"


def read_settings(environment: Mapping[str, str] | None = None, *, home: Path | None = None) -> Settings:
    """Settings from `environment` (default: the process's), `home` overriding `LOA_HOME`.

    Raises:
        SettingUnreadable: names the variable, its value and what it takes.
    """
    env = os.environ if environment is None else environment
    folder = (home or Path(env.get("LOA_HOME") or "loa-home")).expanduser().absolute()
    language = env.get("LOA_LANGUAGE", "vi")
    if language not in ("vi", "en"):
        raise SettingUnreadable(name="LOA_LANGUAGE", value=language, takes="vi, en")
    zone = env.get("LOA_TIMEZONE", VIETNAM.key)
    try:
        timezone = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingUnreadable(name="LOA_TIMEZONE", value=zone, takes=VIETNAM.key) from error
    level = env.get("LOA_LOG_LEVEL", "info").lower()
    if level not in ("debug", "info", "warning", "error"):
        raise SettingUnreadable(name="LOA_LOG_LEVEL", value=level, takes="debug, info, warning, error")
    return Settings(
        home=folder,
        database_url=env.get("LOA_DATABASE_URL") or f"sqlite:///{folder / 'loa.db'}",
        language=language,
        timezone=timezone,
        host=env.get("LOA_HOST", "127.0.0.1"),
        port=_whole(env, "LOA_PORT", 8700, 1, 65535),
        workers=_whole(env, "LOA_WORKERS", os.cpu_count() or 1, 1, 64),
        own_approval=_switch(env, "LOA_OWN_APPROVAL"),
        gtts_consent=_switch(env, "LOA_GTTS_CONSENT"),
        voice_fallback=_names(env, "LOA_VOICE_FALLBACK"),
        keep_versions_days=_whole(env, "LOA_KEEP_VERSIONS_DAYS", 400, 31, 36_500),
        log_level=level,
    )


def _whole(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    value = env.get(name) or str(default)
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise SettingUnreadable(name=name, value=value, takes=f"{low}-{high}")
    return int(value)


def _names(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    value = env.get(name, "").strip()
    names = tuple(piece.strip() for piece in value.split(",")) if value else ()
    if "" in names or len({*names}) < len(names):
        raise SettingUnreadable(name=name, value=value, takes="a,b,c")
    return names


def _switch(env: Mapping[str, str], name: str) -> bool:
    value = env.get(name, "no").lower()
    if value not in ("yes", "no", "1", "0", "true", "false"):
        raise SettingUnreadable(name=name, value=value, takes="yes, no")
    return value in ("yes", "1", "true")
