import csv
import io
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from assets.store import Store
from playlists.bundle import BundleDamaged, write_bundle
from playlists.day import Relay
from playlists.simulator import LOG_COLUMNS, MAX_GAP_MS, LateStart, PowerCut, play_bundle
from tests.playlists.days import at, stored_day


@pytest.fixture
def bundle(tmp_path):
    store = Store(tmp_path / "store")
    write_bundle(stored_day(store), store, tmp_path / "day.zip")
    return tmp_path / "day.zip"


def rows_of(log: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(log.decode())))


def outcomes(log: bytes) -> list[tuple[str, str]]:
    return [(row["outcome"], row["note"]) for row in rows_of(log)]


def test_an_undisturbed_day_airs_whole(bundle):
    rows = rows_of(play_bundle(bundle, device="usb-1"))
    assert tuple(rows[0]) == LOG_COLUMNS
    assert [row["outcome"] for row in rows] == ["aired"] * 4
    for row, seconds in zip(rows, (8, 240, 8, 180), strict=True):
        started, stopped = (datetime.fromisoformat(row[name]) for name in ("started_at", "stopped_at"))
        assert stopped - started == timedelta(seconds=seconds)
    starts = [datetime.fromisoformat(row["started_at"]) for row in rows]
    for start, planned in zip(starts, (at(5), at(5, 0, 8), at(17), at(17, 0, 8)), strict=True):
        assert timedelta(0) <= start - planned <= timedelta(milliseconds=2 * MAX_GAP_MS)


def test_nothing_overlaps(bundle):
    rows = rows_of(play_bundle(bundle, device="usb-1"))
    for earlier, later in pairwise(rows):
        assert earlier["stopped_at"] <= later["started_at"]


def test_the_same_day_gives_the_same_log(bundle):
    assert play_bundle(bundle, device="usb-1") == play_bundle(bundle, device="usb-1")


def test_a_power_cut_stops_the_piece_that_sounds(bundle):
    log = play_bundle(bundle, device="usb-1", incidents=[PowerCut(at(5, 1), at(5, 30))])
    assert outcomes(log)[:2] == [("aired", ""), ("partial", "mất điện")]
    assert datetime.fromisoformat(rows_of(log)[1]["stopped_at"]) == at(5, 1)
    assert outcomes(log)[2:] == [("aired", "")] * 2


def test_nothing_starts_while_the_power_is_off(bundle):
    log = play_bundle(bundle, device="usb-1", incidents=[PowerCut(at(16, 50), at(17, 30))])
    assert outcomes(log)[2:] == [("missed", "mất điện")] * 2
    assert rows_of(log)[2]["started_at"] == ""


def test_a_late_start_never_loses_the_head_of_a_piece(bundle):
    log = play_bundle(bundle, device="usb-1", incidents=[LateStart(at(5, 0, 5))])
    rows = rows_of(log)
    assert datetime.fromisoformat(rows[0]["started_at"]) >= at(5, 0, 5)
    assert (rows[0]["outcome"], rows[1]["outcome"]) == ("aired", "missed")


def test_a_damaged_bundle_is_not_played(bundle, tmp_path):
    bundle.write_bytes(bundle.read_bytes()[:-100])
    with pytest.raises(BundleDamaged):
        play_bundle(bundle, device="usb-1")


@pytest.mark.parametrize(
    ("incidents", "outcome", "heard"),
    [
        ([], "aired", (at(6), at(6, 30))),
        ([PowerCut(at(5, 50), at(6, 10))], "aired", (at(6, 10), at(6, 30))),
        ([PowerCut(at(6, 10), at(6, 12))], "partial", (at(6), at(6, 10))),
        ([PowerCut(at(5), at(7))], "missed", None),
        ([LateStart(at(6, 5))], "aired", (at(6, 5), at(6, 30))),
    ],
)
def test_a_relay_is_told_of_in_the_log(tmp_path, incidents, outcome, heard):
    store = Store(tmp_path / "store")
    day = replace(stored_day(store), relays=(Relay("Thời sự", "VOV1", at(6), at(6, 30)),))
    write_bundle(day, store, tmp_path / "day.zip")
    (row,) = [
        one
        for one in rows_of(play_bundle(tmp_path / "day.zip", device="usb-1", incidents=incidents))
        if one["sha256"] == "relay"
    ]
    assert (row["title"], row["outcome"]) == ("VOV1", outcome)
    moments = [row[name] and datetime.fromisoformat(row[name]) for name in ("started_at", "stopped_at")]
    assert moments == (list(heard) if heard else ["", ""])
