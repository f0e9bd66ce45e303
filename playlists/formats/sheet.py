"""The day as a page to print and hang beside the amplifier: stands alone, no script, no network.

On a screen each piece is played by a touch, from the files of the bundle beside the page.
"""

from html import escape

from assets.messages import say
from playlists.day import Entry, Relay, StationDay

STYLE = """
@page { size: A4; margin: 18mm 15mm }
body { font: 11pt/1.45 "Be Vietnam Pro", "Segoe UI", Roboto, sans-serif; color: #1b2420;
  margin: 2rem auto; max-width: 180mm; padding: 0 1rem }
h1 { font-size: 17pt; margin: 0 }
p.day { font-size: 13pt; margin: .2em 0 1.2em }
h2 { font-size: 13pt; margin: 1.4em 0 .4em; border-bottom: 2px solid #14614a; break-after: avoid }
table { width: 100%; border-collapse: collapse }
th { text-align: left; font-size: 9pt; color: #55605b; font-weight: 600 }
td, th { padding: .35em .5em .35em 0; border-bottom: 1px solid #d5dcd8; vertical-align: top }
td.time, td.length { font-variant-numeric: tabular-nums; white-space: nowrap }
td.tick { width: 2em }
td.tick span { display: inline-block; width: 1em; height: 1em; border: 1.5px solid #55605b }
td.noted { width: 6em; border-bottom: 1.5px dotted #55605b }
tr.tune td { color: #55605b }
td a { color: inherit }
@media print { td a { text-decoration: none } }
.sample { background: #fff3cd; padding: .4em .7em; border-left: 4px solid #c98a00 }
footer { margin-top: 2em; font-size: 9pt; color: #55605b }
"""


class Sheet:
    name = "sheet"
    suffix = ".html"
    media_type = "text/html; charset=utf-8"

    def write(self, day: StationDay) -> bytes:
        parts = [(entries[0].starts_at, _table(slot, entries)) for slot, entries in day.slots().items()]
        parts += [(relay.starts_at, _relay(relay)) for relay in day.relays]
        tables = "".join(part for _, part in sorted(parts, key=lambda one: one[0]))
        sample = f'<p class="sample">{escape(say("playlists.sheet.sample"))}</p>' if day.is_sample else ""
        weekday = say(f"playlists.weekday.{day.day.weekday()}")
        return f"""<!doctype html>
<html lang="vi"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(day.station_name)} {day.day:%d/%m/%Y}</title><style>{STYLE}</style></head>
<body><h1>{escape(say("playlists.sheet.title"))} – {escape(day.station_name)}</h1>
<p class="day">{escape(weekday)}, {day.day:%d/%m/%Y}</p>{sample}{tables}
<footer>{escape(say("playlists.sheet.version", number=day.number))}</footer></body></html>
""".encode()


def _table(slot: str, entries: tuple[Entry, ...]) -> str:
    head = "".join(
        f"<th>{escape(say(f'playlists.sheet.{name}'))}</th>"
        for name in ("time", "title_column", "length", "tick")
    )
    rows = "".join(_row(entry) for entry in entries)
    span = f"{entries[0].starts_at:%H:%M} – {entries[-1].ends_at:%H:%M}"
    return (
        f"<h2>{escape(slot)} ({span})</h2><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _relay(relay: Relay) -> str:
    """Whose programme, from when to when, and lines to note when it really began and ended."""
    head = "".join(
        f"<th>{escape(say(f'playlists.sheet.{name}'))}</th>"
        for name in ("time", "relay_column", "began", "ended", "tick")
    )
    line = '<td class="noted"></td>'
    return (
        f"<h2>{escape(relay.slot)} ({relay.starts_at:%H:%M} – {relay.ends_at:%H:%M})</h2>"
        f'<table><thead><tr>{head}</tr></thead><tbody><tr><td class="time">{relay.starts_at:%H:%M:%S}</td>'
        f"<td>{escape(say('playlists.week.relay', source=relay.source))}</td>{line}{line}"
        f'<td class="tick"><span></span></td></tr></tbody></table>'
    )


def _row(entry: Entry) -> str:
    seconds = round(entry.duration_ms / 1000)
    kind = "segment" if entry.role == "segment" else "tune"
    return (
        f'<tr class="{kind}"><td class="time">{entry.starts_at:%H:%M:%S}</td>'
        f'<td><a href="{entry.file}">{escape(entry.title)}</a></td>'
        f'<td class="length">{seconds // 60}:{seconds % 60:02d}</td><td class="tick"><span></span></td></tr>'
    )
