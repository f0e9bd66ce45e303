"""A relay from the grid over publication and the log to the report: only what was measured in it counts."""

import csv
import io
import json
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from assets.store import Store
from playlists.builder import NothingPlanned, publish_day, read_version
from scheduler.asrun import import_log, mark_unconfirmed
from scheduler.filling import fill_schedule
from scheduler.models import AiringState, AsRun, Relay
from scheduler.relays import (
    RelayNotOver,
    RelayTimesWrong,
    RelayTold,
    RelayUnknown,
    count_relay,
    keep_relays,
    list_relays,
    note_relay,
    sum_relays,
)
from scheduler.slot_changes import end_slot
from scheduler.slots import add_slot, find_slot
from scheduler.stations import add_station, find_station
from studio.planning.periods import Period
from studio.reports.composing import make_report
from tests.scheduler.fixtures import add_piece, find_sha, make_station
from tests.scheduler.test_logs import HEADER

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


@pytest.fixture
def session(database):
    with database.writing() as opened:
        add_station(opened, make_station("ia-dom"))
        for name, hour, source in (("thời sự", 6, "VOV1"), ("tỉnh", 11, "Đài tỉnh")):
            add_slot(
                opened, "ia-dom", name=name, starts=time(hour), duration_minutes=30,
                valid_from=date(2026, 1, 1), relay_source=source,
            )  # fmt: skip
        yield opened


def at(hour, minute=0, second=0):
    return datetime(2026, 3, 2, hour, minute, second, tzinfo=UTC) - timedelta(hours=7)


def row(started=None, stopped=None, *, title="VOV1", note=""):
    moments = [one.isoformat() if one else "" for one in (started, stopped)]
    fields = ("ia-dom", "d1", str(DAY), 1, "", "relay", title, *moments, "", note)
    return dict(zip(HEADER.split(","), fields, strict=True))


def send(session, store, *rows, name="log.csv"):
    text = io.StringIO()
    table = csv.DictWriter(text, HEADER.split(","))
    table.writeheader()
    table.writerows(rows)
    return import_log(session, store, "ia-dom", name, text.getvalue().encode(), now=LATER)


def relays(session):
    session.expire_all()
    return list_relays(session, [find_station(session, "ia-dom")], DAY)


def report(session):
    found = make_report(session, kind="airtime", first=DAY, last=DAY, now=LATER)
    return {table.key: table for table in found.tables}


def test_a_day_of_nothing_but_relays_is_published_with_their_exact_times(session):
    version = publish_day(session, "ia-dom", DAY, now=NOW)
    day = read_version(version)
    assert [(one.source, one.starts_at, one.ends_at) for one in day.relays] == [
        ("VOV1", at(6), at(6, 30)), ("Đài tỉnh", at(11), at(11, 30)),
    ]  # fmt: skip
    assert [one.state for one in relays(session)] == [AiringState.PLANNED] * 2
    assert publish_day(session, "ia-dom", DAY, now=NOW).number == 1
    slot = find_slot(session, "ia-dom", "tỉnh")
    end_slot(session, slot, DAY)
    assert publish_day(session, "ia-dom", DAY, now=NOW).number == 2
    assert [one.source for one in relays(session)] == ["VOV1"]
    end_slot(session, find_slot(session, "ia-dom", "thời sự"), DAY)
    with pytest.raises(NothingPlanned):
        publish_day(session, "ia-dom", DAY, now=NOW)


def test_a_log_tells_of_relays_and_only_what_lies_inside_counts(session, store):
    publish_day(session, "ia-dom", DAY, now=NOW)
    result = send(session, store, row(at(5, 59), at(6, 40)), row(title="Đài tỉnh", note="mất điện"))
    assert (result.matched, result.problems) == (2, ())
    whole, missed = relays(session)
    assert (whole.state, whole.aired_ms) == (AiringState.AIRED, 30 * 60_000)
    assert (missed.state, missed.aired_ms) == (AiringState.MISSED, 0)
    assert "mất điện" in missed.state_reason
    # Said again it is not counted again, whatever the times.
    again = send(session, store, row(at(5, 59), at(6, 40)), row(at(6), at(6, 10)), name="again.csv")
    assert [one.reason.code for one in again.problems] == ["repeated-row", "counted-already"]
    assert relays(session)[0].aired_ms == 30 * 60_000
    assert session.exec(select(AsRun)).all() == []


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([row(at(14, 10), at(14, 20))], "clock-off"),
        ([row(at(6, 31), at(6, 50))], "nothing-aired"),
        ([row(at(6), at(6, 20)), row(at(10, 40), at(11, 25))], None),
        ([row(title="VOV5")], "relay-unknown"),
    ],
)
def test_a_row_that_cannot_be_counted_says_why(session, store, rows, code):
    publish_day(session, "ia-dom", DAY, now=NOW)
    result = send(session, store, *rows)
    assert [one.reason.code for one in result.problems] == ([code] if code else [])
    for problem in result.problems:
        assert problem.reason.wording
    if code:
        assert all(one.state is AiringState.PLANNED for one in relays(session))


@pytest.mark.parametrize("relay_first", [True, False])
def test_a_relay_and_a_piece_cannot_both_have_sounded(session, store, relay_first):
    add_slot(session, "ia-dom", name="sáng", starts=time(5), duration_minutes=30, valid_from=date(2026, 1, 1))
    add_piece(session, "script/1@1", minutes=5)
    fill_schedule(session, stations=["ia-dom"], first=DAY, last=DAY, goals=[], now=NOW)
    relay = row(at(5, 53), at(6, 30))
    piece = row(at(5, 50), at(5, 55)) | {"sha256": find_sha("script/1@1"), "position": 1}
    told = [
        send(session, store, one, name=f"{one['sha256']}.csv")
        for one in (relay, piece)[:: 1 if relay_first else -1]
    ]
    codes = [[problem.reason.code for problem in result.problems] for result in told]
    assert codes == [[], ["overlapping-row"]]


def test_without_a_log_a_person_notes_the_times(session):
    station = find_station(session, "ia-dom")
    slot = find_slot(session, "ia-dom", "thời sự").id
    with pytest.raises(RelayNotOver) as early:
        note_relay(session, station, slot, DAY, times=None, who="Y Trúc", now=at(6, 10))
    assert "06:30" in str(early.value)
    for times in ((time(7), time(8)), (time(6, 20), time(6, 10))):
        with pytest.raises(RelayTimesWrong):
            note_relay(session, station, slot, DAY, times=times, who="Y Trúc", now=LATER)
    with pytest.raises(RelayUnknown):
        note_relay(session, station, 10_000, DAY, times=None, who="Y Trúc", now=LATER)
    note_relay(session, station, slot, DAY, times=(time(6, 3), time(6, 30)), who="Y Trúc", now=LATER)
    (relay, _) = relays(session)
    assert (relay.state, relay.aired_ms) == (AiringState.PARTIAL, 27 * 60_000)
    assert "Y Trúc" in relay.state_reason
    note_relay(session, station, slot, DAY, times=None, who="Y Trúc", now=LATER)  # a slip is mended
    assert relays(session)[0].state is AiringState.MISSED


def test_what_a_log_has_told_nobody_notes(session, store):
    send(session, store, row(at(6), at(6, 30)))
    slot = find_slot(session, "ia-dom", "thời sự").id
    with pytest.raises(RelayTold):
        note_relay(session, find_station(session, "ia-dom"), slot, DAY, times=None, who="Y Trúc", now=LATER)


def test_the_report_tells_relays_apart_and_counts_them_once(session, store):
    publish_day(session, "ia-dom", DAY, now=NOW)
    send(session, store, row(at(6), at(6, 30)))
    assert mark_unconfirmed(session, "ia-dom", DAY, now=LATER) == 1
    tables = report(session)
    by_key = {
        key: [dict(zip((c.key for c in table.columns), cells, strict=True)) for cells in table.rows]
        for key, table in tables.items()
    }
    relayed = by_key["origins"][-1]
    assert (relayed["planned"], relayed["aired"], relayed["unconfirmed"]) == (2, 1, 1)
    assert relayed["aired_ms"] == 30 * 60_000
    assert [(one["source"], one["aired"]) for one in by_key["relays"]] == [("VOV1", 1), ("Đài tỉnh", 0)]
    (station,) = by_key["stations"]
    assert station["relayed_ms"] == station["aired_ms"] == 30 * 60_000
    assert [one["piece"] for one in by_key["incidents"]] == ["tiếp âm Đài tỉnh"]
    assert not tables["incidents"].left_out
    themes = tables["themes"]
    assert sum(cells[-2] or 0 for cells in themes.rows) == themes.totals[-2]


def test_a_day_with_nothing_but_a_relay_is_a_day_on_air(session, store):
    def count_days(first=DAY, last=DAY + timedelta(days=2)):
        tables = {
            one.key: one
            for one in make_report(session, kind="airtime", first=first, last=last, now=LATER).tables
        }
        columns = [column.key for column in tables["stations"].columns]
        return [dict(zip(columns, cells, strict=True))["days_on_air"] for cells in tables["stations"].rows]

    publish_day(session, "ia-dom", DAY, now=NOW)
    assert count_days() == [0]
    send(session, store, row(at(6), at(6, 30)), row(at(11), at(11, 30), title="Đài tỉnh"))
    assert count_days() == count_days(DAY - timedelta(days=70)) == [1]
    for relay in relays(session):
        relay.aired_ms = 0
        session.flush()
    assert count_days() == [0]


@settings(max_examples=60, deadline=None)
@given(starts=st.integers(-3000, 3000), length=st.integers(1, 6000), minutes=st.integers(1, 90))
def test_what_counts_is_the_time_inside_the_block(starts, length, minutes):
    begin = datetime(2026, 3, 2, tzinfo=UTC)
    relay = Relay(
        station_id=1, slot_id=1, local_date=DAY, source="VOV1",
        starts_at=begin, ends_at=begin + timedelta(minutes=minutes),
    )  # fmt: skip
    started = begin + timedelta(seconds=starts)
    count_relay(relay, started, started + timedelta(seconds=length), log_id=None)
    inside = sum(0 <= second < minutes * 60 for second in range(starts, starts + length))
    assert relay.aired_ms == inside * 1000
    assert (relay.state is AiringState.AIRED) == (inside >= 0.98 * minutes * 60)


def test_sums_are_those_of_the_rows_by_day_and_by_month(session, store):
    station = find_station(session, "ia-dom")
    for number in range(40):
        keep_relays(session, station, DAY + timedelta(days=number))
    send(session, store, row(at(6), at(6, 29, 50)))
    last = DAY + timedelta(days=39)
    whole = sum_relays(session, DAY, last, LATER)
    assert sum(one.planned for one in whole.values()) == 80
    for first in (DAY, DAY + timedelta(days=5)):
        found = make_report(session, kind="airtime", first=first, last=last, now=LATER)
        (table,) = [one for one in found.tables if one.key == "origins"]
        assert table.rows[-1][1] == 2 * Period(first, last).days
    assert json.dumps(relays(session)[0].state_data) == '{"percent": 99}'
