"""What is held of a log is mended by a person: whose it is, what the clock should say, or put aside."""

from datetime import timedelta

import pytest
from sqlmodel import select

from scheduler.asrun import import_log
from scheduler.models import AsRun, AsRunLog
from scheduler.quarantine import (
    AUTO,
    LogMissing,
    MendUnclear,
    NothingHeld,
    ShiftUnknown,
    list_held,
    mend,
)
from scheduler.rollup import check_rollup
from tests.scheduler.test_asrun import LATER, bend, counted, planned, session, shift, store, take, write

__all__ = ["session", "store"]
WHO = {"by": "lan", "now": LATER}


def test_a_log_of_an_unknown_station_is_kept_and_counts_once_it_is_known(session, store):
    rows = planned(session)
    content = write([bend(row, station="may-moi") for row in rows])
    held = import_log(session, store, None, "moi.csv", content, now=LATER)
    assert (held.station, held.matched, held.held) == (None, 0, len(rows))
    assert counted(session) == []
    assert store.path(session.exec(select(AsRunLog)).one().sha256).read_bytes() == content
    (one,) = list_held(session)
    assert (one.code, one.station, len(one.lines)) == ("unknown-station", None, len(rows))
    done = mend(session, store, held.log_id, station="ia-dom", **WHO)
    assert (done.matched, done.held) == (len(rows), 0)
    assert len(counted(session)) == len(rows)
    assert check_rollup(session) == []
    assert list_held(session) == []
    closed = session.exec(select(AsRunLog)).one().problems[0]["closed"]
    assert (closed["how"], closed["by"], closed["station"]) == ("mended", "lan", "ia-dom")


@pytest.mark.parametrize("amount", [AUTO, timedelta(days=365)])
def test_a_clock_that_is_a_year_off_is_named_and_set_right(session, store, amount):
    late = timedelta(seconds=7)
    rows = [shift(row, late - timedelta(days=365)) for row in planned(session)]
    result = take(session, store, rows)
    assert {problem.reason.code for problem in result.problems} == {"clock-off"}
    assert (result.matched, result.held) == (0, len(rows))
    done = mend(session, store, result.log_id, shift=amount, code="clock-off", **WHO)
    assert (done.matched, done.held, done.shift_minutes) == (len(rows), 0, 365 * 24 * 60)
    starts = [row["started_at"] + timedelta(days=365) for row in rows]
    assert sorted(row.started_at for row in counted(session)) == sorted(starts)
    assert len(session.exec(select(AsRun)).all()) == len(rows)
    assert check_rollup(session) == []


def test_a_player_that_takes_the_day_from_a_wrong_clock_is_set_right_with_it(session, store):
    year = timedelta(days=365)
    rows = [bend(shift(row, -year), playlist_date="2025-03-02") for row in planned(session)]
    result = take(session, store, rows)
    assert {problem.reason.code for problem in result.problems} == {"day-empty"}
    with pytest.raises(ShiftUnknown):
        mend(session, store, result.log_id, shift=AUTO, **WHO)
    assert mend(session, store, result.log_id, shift=year, **WHO).matched == len(rows)
    assert check_rollup(session) == []


def test_overlapping_rows_are_put_aside_with_a_reason_and_never_counted(session, store):
    first, second = planned(session)[1:3]
    result = take(session, store, [first, shift(second, timedelta(minutes=-2))])
    assert result.held == 1
    with pytest.raises(MendUnclear):
        mend(session, store, result.log_id, dismiss=" ", **WHO)
    with pytest.raises(MendUnclear):
        mend(session, store, result.log_id, **WHO)
    assert mend(session, store, result.log_id, dismiss="hai máy cùng ghi", **WHO).held == 0
    assert len(counted(session)) == 1
    assert len(session.exec(select(AsRun)).all()) == 2
    with pytest.raises(NothingHeld):
        mend(session, store, result.log_id, dismiss="lần nữa", **WHO)
    with pytest.raises(LogMissing):
        mend(session, store, 99, dismiss="x", **WHO)


def test_what_was_counted_before_waits_for_nobody(session, store):
    rows = planned(session)
    take(session, store, rows)
    twice = [shift(row, timedelta(milliseconds=80)) for row in rows]
    result = take(session, store, twice)
    assert {problem.reason.code for problem in result.problems} == {"counted-already"}
    assert (result.held, list_held(session)) == (0, [])
