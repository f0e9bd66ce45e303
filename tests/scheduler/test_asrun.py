import csv
import io
import json
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlmodel import select

from assets.models import Asset, AssetKind
from assets.store import Store
from scheduler.asrun import import_log, mark_unconfirmed
from scheduler.filling import fill_schedule, list_airings
from scheduler.models import Airing, AiringState, AsRun, AsRunLog
from scheduler.slots import add_slot
from scheduler.stations import StationUnknown, add_station
from tests.scheduler.fixtures import NOW, add_piece, find_sha, make_station
from tests.scheduler.test_logs import HEADER

DAY = date(2026, 3, 2)
LATER = datetime(2026, 3, 3, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


@pytest.fixture
def session(database):
    with database.writing() as opened:
        for code in ("ia-dom", "ia-dal"):
            add_station(opened, make_station(code))
            for name, starts in (("sáng", time(5)), ("chiều", time(17))):
                add_slot(
                    opened,
                    code,
                    name=name,
                    starts=starts,
                    duration_minutes=30,
                    valid_from=DAY,
                    signature_key="sound/mo-dau",
                )
        add_piece(opened, "sound/mo-dau", minutes=0.25, kind=AssetKind.SIGNATURE, theme=None)
        for number in range(8):
            add_piece(opened, f"script/{number}@1", minutes=5, theme=f"{number % 2 + 1}")
        fill_schedule(
            opened, stations=["ia-dom", "ia-dal"], first=DAY, last=DAY + timedelta(days=1), goals=[], now=NOW
        )
        yield opened


def planned(session, station="ia-dom", day=DAY):
    """The rows that a player would write if all went as planned."""
    rows = []
    for position, airing in enumerate(list_airings(session, station=station, first=day), start=1):
        asset = session.get_one(Asset, airing.asset_id)
        rows.append(
            {
                "station": station,
                "device": "d1",
                "playlist_date": str(day),
                "playlist_number": 1,
                "position": position,
                "sha256": find_sha(asset.key),
                "title": asset.title,
                "started_at": airing.starts_at,
                "stopped_at": airing.ends_at,
                "outcome": "aired",
                "note": "",
            }
        )
    return rows


def write(rows):
    text = io.StringIO()
    table = csv.DictWriter(text, HEADER.split(","))
    table.writeheader()
    for row in rows:
        table.writerow({k: v.isoformat() if isinstance(v, datetime) else v for k, v in row.items()})
    return text.getvalue().encode()


def take(session, store, rows, station="ia-dom", name="log.csv"):
    return import_log(session, store, station, name, write(rows), now=LATER)


def states(session, station="ia-dom"):
    return [airing.state for airing in list_airings(session, station=station, first=DAY)]


def counted(session):
    return [row for row in session.exec(select(AsRun)) if row.state in ("aired", "partial")]


def test_a_whole_day_is_matched_and_kept(session, store):
    rows = planned(session)
    result = take(session, store, rows)
    assert (result.rows, result.matched, result.problems) == (len(rows), len(rows), ())
    assert set(states(session)) == {AiringState.AIRED}
    log = session.exec(select(AsRunLog)).one()
    assert store.path(log.sha256).read_bytes() == write(rows)
    for row in counted(session):
        airing = session.get_one(Airing, row.airing_id)
        assert (row.started_at, row.asset_id) == (airing.starts_at, airing.asset_id)
        assert row.aired_ms == (airing.ends_at - airing.starts_at) // timedelta(milliseconds=1)
    assert {airing.state_reason for airing in list_airings(session, station="ia-dom", first=DAY)} == {
        "phát đủ 100 % thời lượng"
    }


def test_json_lines_say_the_same(session, store):
    rows = planned(session)
    text = "\n".join(json.dumps(row, default=lambda moment: moment.isoformat()) for row in rows)
    result = import_log(session, store, None, "log.jsonl", text.encode(), now=LATER)
    assert result.matched == len(rows)


def test_the_same_log_twice_and_the_same_rows_again_count_once(session, store):
    rows = planned(session)
    first = take(session, store, rows)
    before = [row.model_dump() for row in session.exec(select(AsRun))]
    again = take(session, store, rows)
    assert again.is_repeated
    assert (again.log_id, again.rows, again.matched) == (first.log_id, first.rows, first.matched)
    reordered = take(session, store, rows[::-1])
    assert reordered.matched == 0
    assert {problem.reason.code for problem in reordered.problems} == {"repeated-row"}
    assert [row.model_dump() for row in session.exec(select(AsRun))] == before


def test_a_second_device_does_not_count_twice(session, store):
    rows = planned(session)
    take(session, store, rows)
    minutes = sum(row.aired_ms for row in counted(session))
    late = [
        {**row, "device": "d2", "started_at": row["started_at"] + timedelta(milliseconds=80)} for row in rows
    ]
    result = take(session, store, late)
    assert result.matched == 0
    assert {problem.reason.code for problem in result.problems} == {"counted-already"}
    assert sum(row.aired_ms for row in counted(session)) == minutes


@pytest.mark.parametrize(
    ("share", "state"),
    [(1.0, "aired"), (0.98, "aired"), (0.979, "partial"), (0.01, "partial")],
)
def test_from_98_percent_on_a_piece_has_aired(session, store, share, state):
    row = planned(session)[1]
    length = row["stopped_at"] - row["started_at"]
    row["stopped_at"] = row["started_at"] + timedelta(
        milliseconds=round(length / timedelta(milliseconds=1) * share)
    )
    take(session, store, [{**row, "note": "power-cut"}])
    (aired,) = counted(session)
    assert aired.state == state
    assert aired.aired_ms == round(length / timedelta(milliseconds=1) * share)
    airing = session.get_one(Airing, aired.airing_id)
    assert airing.state == state
    assert airing.state_data["percent"] == int(share * 100)
    assert airing.state_reason


def test_what_did_not_play_is_missed_with_its_note_and_may_be_mended(session, store):
    rows = planned(session)
    silent = [{**rows[2], "started_at": "", "stopped_at": "", "outcome": "missed", "note": "power-cut"}]
    assert take(session, store, silent).matched == 1
    airing = list_airings(session, station="ia-dom", first=DAY)[2]
    assert (airing.state, airing.state_reason) == (AiringState.MISSED, "không phát (power-cut)")
    assert counted(session) == []
    take(session, store, rows[2:3])
    assert airing.state is AiringState.AIRED
    assert take(session, store, [{**silent[0], "note": "x"}]).problems[0].reason.code == "counted-already"
    assert airing.state is AiringState.AIRED


def test_a_tune_that_airs_twice_a_day_goes_to_the_nearest(session, store):
    rows = planned(session)
    tunes = [row for row in rows if row["sha256"] == find_sha("sound/mo-dau")]
    assert len(tunes) == 2
    late = {**tunes[1], "position": "", "started_at": tunes[1]["started_at"] + timedelta(minutes=9)}
    late["stopped_at"] = late["started_at"] + timedelta(seconds=15)
    take(session, store, [late])
    (row,) = counted(session)
    assert session.get_one(Airing, row.airing_id).starts_at == tunes[1]["started_at"]


def bend(row, **fields):
    return {**row, **fields}


def shift(row, delta):
    return bend(row, started_at=row["started_at"] + delta, stopped_at=row["stopped_at"] + delta)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda row: shift(row, timedelta(days=365)), "clock-off"),
        (lambda row: shift(row, timedelta(hours=-7)), "clock-off"),
        (lambda row: bend(row, sha256="0" * 64), "unknown-file"),
        (lambda row: bend(row, playlist_date="2025-03-02"), "day-empty"),
        (lambda row: bend(row, stopped_at=row["stopped_at"] + timedelta(hours=10)), "longer-than-file"),
        (lambda row: bend(row, stopped_at=row["started_at"]), "nothing-aired"),
        (lambda row: bend(row, station="ia-dal"), "other-station"),
    ],
)
def test_what_cannot_be_is_kept_with_its_reason_and_not_counted(session, store, change, code):
    row = {**planned(session)[1], "position": 99}
    result = take(session, store, [change(row)])
    assert result.matched == 0
    assert [(problem.line, problem.reason.code) for problem in result.problems] == [(2, code)]
    assert counted(session) == []
    kept = session.exec(select(AsRun)).all()
    assert [one.reason_code for one in kept] == ([] if code == "other-station" else [code])
    assert not any(state is AiringState.AIRED for state in states(session))
    assert session.exec(select(AsRunLog)).one().problems[0]["code"] == code


def test_overlapping_rows_are_kept_but_only_the_first_counts(session, store):
    first, second = planned(session)[1:3]
    second = shift(second, timedelta(minutes=-2))
    result = take(session, store, [second, first])
    assert [problem.reason.code for problem in result.problems] == ["overlapping-row"]
    assert len(counted(session)) == 1
    assert len(session.exec(select(AsRun)).all()) == 2
    airing = list_airings(session, station="ia-dom", first=DAY)[2]
    assert (airing.state, airing.state_code) == (AiringState.UNCONFIRMED, "overlapping-row")


def test_whole_seconds_do_not_overlap(session, store):
    rows = [
        {**row, "stopped_at": row["stopped_at"] + timedelta(milliseconds=900)} for row in planned(session)
    ]
    assert take(session, store, rows).problems == ()


def test_a_piece_mastered_anew_is_known_by_place_and_title(session, store):
    row = {**planned(session)[3], "sha256": "b" * 64}
    assert take(session, store, [row]).matched == 1
    assert take(session, store, [{**row, "sha256": "c" * 64, "title": "khác"}]).matched == 0


def test_a_day_without_log_is_unconfirmed_never_aired(session, store):
    assert mark_unconfirmed(session, "ia-dom", DAY, now=datetime(2026, 3, 2, 5, tzinfo=UTC)) < len(
        states(session)
    )
    mark_unconfirmed(session, "ia-dom", DAY, now=LATER)
    assert set(states(session)) == {AiringState.UNCONFIRMED}
    assert mark_unconfirmed(session, "ia-dom", DAY, now=LATER) == 0
    assert {one.state_code for one in list_airings(session, station="ia-dom", first=DAY)} == {"no-log"}
    assert set(states(session, "ia-dal")) == {AiringState.PLANNED}
    take(session, store, planned(session))  # it came after all
    assert set(states(session)) == {AiringState.AIRED}


def test_what_the_log_does_not_mention_is_told_apart(session, store):
    take(session, store, planned(session)[:3])
    mark_unconfirmed(session, "ia-dom", DAY, now=LATER)
    codes = [one.state_code for one in list_airings(session, station="ia-dom", first=DAY)]
    assert codes[:3] == ["aired"] * 3
    assert set(codes[3:]) == {"not-in-log"}


def test_the_station_is_read_from_the_rows_or_asked_for(session, store):
    content = write(planned(session, "ia-dal"))
    assert import_log(session, store, None, "x.csv", content, now=LATER).matched
    mixed = write([*planned(session, "ia-dal"), *planned(session)])
    held = import_log(session, store, None, "x.csv", mixed, now=LATER)
    assert (held.station, held.matched) == (None, 0)
    assert held.held == len(held.problems)
    assert {problem.reason.code for problem in held.problems} == {"unknown-station"}
    mixed += b"\n"
    result = import_log(session, store, "ia-dom", "x.csv", mixed, now=LATER)
    assert {problem.reason.code for problem in result.problems} == {"other-station"}
    with pytest.raises(StationUnknown):
        import_log(session, store, "ia-mo", "x.csv", content + b"\n", now=LATER)
