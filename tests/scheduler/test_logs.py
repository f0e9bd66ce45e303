import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.logs import MAX_BYTES, MAX_LINES, LogTooLarge, LogUnreadable, name_station, read_log

SHA = "a" * 64
HEADER = (
    "station,device,playlist_date,playlist_number,position,sha256,title,started_at,stopped_at,outcome,note"
)
ROW = f"ia-dom,d1,2026-03-02,1,2,{SHA},Bản tin,2026-03-02T05:00:15+07:00,2026-03-02T05:05:15.250+07:00,aired,"
PLAIN = f"{HEADER}\n{ROW}\n"


def read(text, name="log.csv"):
    return read_log(name, text if isinstance(text, bytes) else text.encode())


def test_a_row_as_players_write_it():
    (row,), problems = read(PLAIN)
    assert problems == []
    assert (row.line, row.station, row.playlist_date, row.position) == (2, "ia-dom", date(2026, 3, 2), 2)
    assert row.started_at == datetime(2026, 3, 1, 22, 0, 15, tzinfo=UTC)
    assert (row.stopped_at - row.started_at).total_seconds() == 300.25


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode(),
        f"{HEADER}\n\n{ROW}\n\n\n".encode(),
        f"{HEADER.upper()}\n{ROW}".encode(),
        f"{HEADER}\n{ROW}\n{HEADER}\n".encode(),
        (json.dumps(dict(zip(HEADER.split(","), ROW.split(","), strict=True))) + "\n").encode(),
        (
            json.dumps(
                dict(zip(HEADER.split(","), [*ROW.split(",")[:4], 2, *ROW.split(",")[5:]], strict=True))
            )
        ).encode(),
    ],
)
def test_every_dialect_says_the_same(content):
    (row,), problems = read(content)
    assert problems == []
    assert (row.sha256, row.title, row.position) == (SHA, "Bản tin", 2)
    assert row.started_at == datetime(2026, 3, 1, 22, 0, 15, tzinfo=UTC)


def test_an_entry_that_did_not_play_has_no_times():
    (row,), problems = read(f"{HEADER}\nia-dom,d1,2026-03-02,1,2,{SHA},x,,,missed,power-cut\n")
    assert (row.started_at, row.stopped_at, row.note, problems) == (None, None, "power-cut", [])


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (SHA, "xyz", "unreadable-field"),
        (SHA, "", "unreadable-field"),
        ("2026-03-02,", "02/03/2026,", "unreadable-field"),
        ("2026-03-02T05:00:15+07:00", "5 giờ sáng", "unreadable-field"),
        ("2026-03-02T05:00:15+07:00", "2026-03-02T05:00:15", "no-offset"),
        ("2026-03-02T05:00:15+07:00", "0001-01-01T00:00:00+07:00", "unreadable-field"),
        ("2026-03-02T05:00:15+07:00", "", "unreadable-field"),
        ("2026-03-02T05:05:15.250+07:00", "", "unreadable-field"),
        ("2026-03-02T05:05:15.250+07:00", "2026-03-02T05:00:14+07:00", "backwards"),
        (",aired,", ",aired,,,,", "unreadable-row"),
        ("Bản tin", '"Bản tin', "unreadable-row"),
        ("Bản tin", "x" * 140_000, "unreadable-row"),
    ],
)
def test_a_bad_row_is_reported_with_its_line_and_takes_no_other_along(old, new, code):
    rows, problems = read(f"{HEADER}\n{ROW}\n{ROW.replace(old, new, 1)}\n{ROW}\n")
    assert [row.line for row in rows] == [2, 4]
    assert [(problem.line, problem.reason.code) for problem in problems] == [(3, code)]
    assert "3" in problems[0].wording


def test_a_claim_without_measure_is_no_airing():
    _, problems = read(f"{HEADER}\nia-dom,d1,2026-03-02,1,2,{SHA},x,,,aired,\n")
    assert [problem.reason.code for problem in problems] == ["unmeasured"]


def test_a_line_in_another_encoding_is_reported():
    rows, problems = read(PLAIN.encode() + ROW.replace("Bản tin", "B\u1ea3n").encode("utf-16") + b"\n")
    assert len(rows) == 1
    assert {problem.reason.code for problem in problems} == {"unreadable-text"}


@pytest.mark.parametrize("line", ["[1, 2]", "{", '"x"', "[" * 100_000, '{"station": {"a": 1}}', "{}"])
def test_bad_json_lines_are_reported(line):
    good = json.dumps(dict(zip(HEADER.split(","), ROW.split(","), strict=True)))
    rows, problems = read(f"{good}\n{line}\n{good}")
    assert len(rows) == 2
    assert [problem.line for problem in problems] == [2]


@pytest.mark.parametrize("title", ['"B\\u0000"', '"B\\ud800"', '"\\ud83d\\ude42"'])
def test_what_no_database_can_keep_is_taken_out_of_the_text(title):
    good = json.dumps(dict(zip(HEADER.split(","), ROW.split(","), strict=True)))
    (row,), problems = read(good.replace(json.dumps("Bản tin"), title))
    assert problems == []
    assert row.title in ("B", "B?", "\N{SLIGHTLY SMILING FACE}")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"\xef\xbb\xbf",
        b"hello\n",
        b"\x00\xff\xd8",
        "a;b;c\n1;2;3".encode("utf-16"),
        b"PK\x03\x04",
    ],
)
def test_what_is_no_log_is_refused(content):
    with pytest.raises(LogUnreadable) as caught:
        read(content)
    assert "log.csv" in str(caught.value)


def test_size_is_limited():
    with pytest.raises(LogTooLarge):
        read(b"x" * (MAX_BYTES + 1))
    with pytest.raises(LogUnreadable):
        read(b"x\n" * (MAX_LINES + 1))


cell = st.one_of(
    st.text(max_size=12),
    st.sampled_from([SHA, "2026-03-02", "2026-03-02T05:00:15+07:00", "aired", "", "ia-dom", '"', "\x00"]),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(cell, min_size=9, max_size=13).map(",".join), max_size=6), st.binary(max_size=30))
def test_every_line_is_a_row_or_a_problem(lines, noise):
    body = "\n".join(lines).encode("utf-8", "surrogatepass") + b"\n" + noise
    expected = [
        line
        for line in body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        if line.strip() and line != HEADER.encode()
    ]
    rows, problems = read(HEADER.encode() + b"\n" + body)
    assert len(rows) + len(problems) == len(expected)
    assert all(problem.wording for problem in problems)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_log_or_an_error(content):
    try:
        rows, problems = read(content)
    except LogUnreadable:
        return
    assert len(rows) + len(problems) <= len(content)  # a line is at least one byte


@pytest.mark.parametrize(
    ("head", "station"),
    [
        (PLAIN, "ia-dom"),
        (PLAIN + ROW[:40], "ia-dom"),
        (f"{HEADER}\nx\n{ROW}\n", "ia-dom"),
        (json.dumps({"station": "ia-dal"}), "ia-dal"),
        (HEADER, ""),
        ("", ""),
        ("no log at all", ""),
    ],
)
def test_the_station_of_a_log_is_known_by_its_first_bytes(head, station):
    assert name_station(head.encode()) == station
