"""A station's week on one A4 sheet across, to hang beside the amplifier."""

from functools import cache
from importlib.resources import files
from typing import Any

from assets.messages import say
from assets.typesetting import fit_pages
from playlists.week import Week, WeekSession

SCALES = (1.3, 1.15, 1.0, 0.92, 0.85, 0.78, 0.7)
"""As large as one page allows; a full week is set smaller, never below what can be read on a wall."""


def write_week_sheet(week: Week) -> bytes:
    """The sheet as a PDF with its fonts in it; the same week gives the same bytes.

    Raises:
        PagesNotSet
    """
    data = {
        "title": say("playlists.week.title", station=week.station_name),
        "span": f"{week.first:%d/%m/%Y} – {week.last:%d/%m/%Y}",
        "closed": say("playlists.week.closed"),
        "days": [
            {
                "name": say(f"playlists.weekday.{one.day.weekday()}"),
                "date": f"{one.day:%d/%m}",
                "holiday": one.holiday,
                "sessions": [_describe(session) for session in one.sessions],
            }
            for one in week.days
        ],
    }
    return fit_pages(_read_template(), data, {}, scales=SCALES)


def _describe(session: WeekSession) -> dict[str, Any]:
    return {
        "slot": session.slot,
        "time": f"{session.starts_at:%H:%M}–{session.ends_at:%H:%M}",
        "urgent": session.is_urgent,
        "relay": bool(session.relay_source),
        "note": session.note,
        "pieces": [{"time": f"{piece.starts_at:%H:%M}", "title": piece.title} for piece in session.segments],
    }


@cache
def _read_template() -> str:
    return files("playlists").joinpath("week.typ").read_text("utf-8")
