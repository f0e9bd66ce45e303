"""A station's day made by hand, with media that are really in a store."""

import io
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from assets.store import Store
from playlists.day import Entry, StationDay

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = date(2026, 12, 1)


def make_entry(position: int, starts_at: datetime, duration_ms: int, **facts: object) -> Entry:
    defaults: dict[str, object] = {
        "slot": "Buổi sáng",
        "role": "segment",
        "asset_key": f"script/bai-{position}@1",
        "title": f"Bài {position}",
        "theme": "3.health",
        "audience": "1",
        "form": "2.radio",
        "language": "vi",
        "priority": "normal",
        "sha256": f"{position:064x}",
        "size_bytes": 10,
        "integrated_lufs": -16.0,
        "true_peak_dbtp": -2.0,
        "reason": "",
    }
    return Entry(
        position=position,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(milliseconds=duration_ms),
        duration_ms=duration_ms,
        **{**defaults, **facts},  # type: ignore[arg-type]
    )


def make_day(entries: list[Entry], **facts: object) -> StationDay:
    defaults: dict[str, object] = {
        "station": "ia-dom",
        "station_name": "Đài truyền thanh xã Ia Dom",
        "timezone": "Asia/Ho_Chi_Minh",
        "day": DAY,
        "number": 1,
        "preset": "loudspeaker",
        "is_sample": True,
    }
    return StationDay(entries=tuple(entries), **{**defaults, **facts})  # type: ignore[arg-type]


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 12, 1, hour, minute, second, tzinfo=ZONE)


def stored_day(store: Store, titles: list[str] | None = None) -> StationDay:
    """Two slots; the tune airs twice and is the same bytes."""
    tune, *pieces = (
        (store.put(io.BytesIO(content)), len(content))
        for content in (b"tune" * 100, b"first" * 200, b"second" * 300)
    )
    names = titles or ["Nhạc hiệu", "Vay vốn", "Nước sạch"]
    morning = [
        make_entry(1, at(5), 8_000, sha256=tune[0], size_bytes=tune[1], title=names[0], role="signature"),
        make_entry(2, at(5, 0, 8), 240_000, sha256=pieces[0][0], size_bytes=pieces[0][1], title=names[1]),
    ]
    evening = [
        make_entry(
            3,
            at(17),
            8_000,
            sha256=tune[0],
            size_bytes=tune[1],
            title=names[0],
            role="signature",
            slot="Buổi chiều",
        ),
        make_entry(
            4,
            at(17, 0, 8),
            180_000,
            sha256=pieces[1][0],
            size_bytes=pieces[1][1],
            title=names[2],
            slot="Buổi chiều",
        ),
    ]
    return make_day(morning + evening)
