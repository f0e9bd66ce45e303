"""Each format is read back by a reader that is not ours."""

import csv
import io
import json
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from playlists.day import Relay, describe_day, read_day
from playlists.formats.registry import FORMATS, FormatUnknown, find_format
from playlists.formats.xspf import NAMESPACE
from tests.playlists.days import at, make_day, make_entry

DAY = make_day(
    [
        make_entry(1, at(5), 8_123, title="Nhạc hiệu", role="signature"),
        make_entry(2, at(5, 0, 8), 240_000, title="Vay vốn"),
        make_entry(3, at(17), 60_000, title="Nước sạch", slot="Buổi chiều"),
    ]
)


def test_an_unknown_format_lists_the_valid_ones():
    with pytest.raises(FormatUnknown, match="m3u8, json, xspf, csv, ical, sheet, zip"):
        find_format("wav")


def test_m3u8_has_seconds_title_and_file_of_each_entry():
    lines = FORMATS["m3u8"].write(DAY).decode().splitlines()
    assert lines[:2] == ["#EXTM3U", "#PLAYLIST:Đài truyền thanh xã Ia Dom 01/12/2026"]
    assert lines[2:5] == [
        "# 2026-12-01T05:00:00.000+07:00",
        "#EXTINF:8.123,Nhạc hiệu",
        f"media/{1:064x}.mp3",
    ]
    assert len(lines) == 2 + 3 * 3


def test_json_carries_every_fact():
    document = json.loads(FORMATS["json"].write(DAY))
    assert document["format"] == "loa-playlist/1"
    assert (document["station"], document["day"], document["number"]) == ("ia-dom", "2026-12-01", 1)
    assert document["entries"][1] | {"title": "Vay vốn", "duration_ms": 240_000} == document["entries"][1]
    assert document["entries"][0]["starts_at"] == "2026-12-01T05:00:00+07:00"


def test_xspf_durations_are_milliseconds():
    tracks = ET.fromstring(FORMATS["xspf"].write(DAY)).findall(f".//{{{NAMESPACE}}}track")
    assert [track.findtext(f"{{{NAMESPACE}}}duration") for track in tracks] == ["8123", "240000", "60000"]


def test_ical_has_one_event_a_slot():
    events = Calendar.from_ical(FORMATS["ical"].write(DAY)).walk("VEVENT")
    assert [event["summary"] for event in events] == [
        "Buổi sáng – Đài truyền thanh xã Ia Dom",
        "Buổi chiều – Đài truyền thanh xã Ia Dom",
    ]
    assert events[0].decoded("dtstart") == at(5)


def test_sheet_marks_sample_data():
    assert "Dữ liệu minh họa" in FORMATS["sheet"].write(DAY).decode()
    assert "Dữ liệu minh họa" not in FORMATS["sheet"].write(make_day([], is_sample=False)).decode()


def test_a_relay_stands_in_every_format_as_far_as_it_can_carry_one():
    relay = Relay("Thời sự", "VOV1", at(6), at(6, 30))
    day = replace(DAY, relays=(relay,))
    written = {name: known.write(day).decode("utf-8-sig") for name, known in FORMATS.items()}
    moments = {"starts_at": "2026-12-01T06:00:00+07:00", "ends_at": "2026-12-01T06:30:00+07:00"}
    assert json.loads(written["json"])["relays"] == [{"slot": "Thời sự", "source": "VOV1", **moments}]
    assert read_day(describe_day(day)) == day
    rows = list(csv.DictReader(io.StringIO(written["csv"])))
    assert [row["role"] for row in rows] == ["signature", "segment", "relay", "segment"]
    assert (rows[2]["title"], rows[2]["duration_ms"], rows[2]["file"]) == ("VOV1", "1800000", "")
    lines = written["m3u8"].splitlines()
    comment = "# 2026-12-01T06:00:00.000+07:00/2026-12-01T06:30:00.000+07:00 tiếp âm VOV1"
    assert lines.index(comment) == 2 + 3 * 2, "a comment in its place, and no file for it"
    assert len(lines) == 2 + 3 * 3 + 1
    playlist = ET.fromstring(written["xspf"])
    assert playlist.findtext(f"{{{NAMESPACE}}}annotation") == "06:00:00–06:30:00 tiếp âm VOV1"
    assert len(playlist.findall(f".//{{{NAMESPACE}}}track")) == 3
    event = Calendar.from_ical(written["ical"]).walk("VEVENT")[-1]
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (at(6), at(6, 30))
    assert "VOV1" in event["description"]
    sheet = written["sheet"]
    assert sheet.index("Buổi sáng") < sheet.index("tiếp âm VOV1") < sheet.index("Buổi chiều")


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)


TITLES = st.text(max_size=40) | st.sampled_from(
    ["=1+1", "@SUM(A1)", "a\n#EXTINF:1,b", "<script>alert(1)</script>", "]]>", "\x00", "-i"]
)


@settings(max_examples=150, deadline=None)
@given(TITLES)
def test_no_title_breaks_out_of_its_field(title):
    day = make_day([make_entry(1, at(5), 1_000, title=title)])
    written = {name: known.write(day) for name, known in FORMATS.items()}
    lines = written["m3u8"].decode("utf-8", "strict").split("\n")
    assert len(lines) == 6
    assert json.loads(written["json"])["entries"][0]["title"] == title
    assert len(list(ET.fromstring(written["xspf"]))) == 3
    rows = list(csv.reader(io.StringIO(written["csv"].decode("utf-8-sig"), newline="")))
    assert len(rows) == 2
    assert rows[1][6][:1] not in ("=", "+", "-", "@")
    assert len(Calendar.from_ical(written["ical"]).walk("VEVENT")) == 1
    tags = Tags()
    tags.feed(written["sheet"].decode())
    assert "script" not in tags.seen
