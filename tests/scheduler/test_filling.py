import itertools
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlmodel import func, select

from assets.models import AssetKind, Priority
from scheduler.filling import PeriodBackwards, fill_schedule, list_airings
from scheduler.models import Airing, AiringState, ItemRole, PlacementRun
from scheduler.proof import tell_proof
from scheduler.slots import add_slot, find_slot
from scheduler.stations import StationUnknown, add_station
from tests.scheduler.fixtures import NOW, add_piece, make_goal, make_station

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 8)


@pytest.fixture
def session(database):
    with database.writing() as opened:
        add_station(opened, make_station("ia-dom", quiet_from=time(21), quiet_until=time(4, 30)))
        add_station(opened, make_station("ia-dal"))
        add_station(opened, make_station("district-radio", preset="radio"))
        for code in ("ia-dom", "ia-dal", "district-radio"):
            for name, starts in (("sáng", time(5)), ("chiều", time(17))):
                add_slot(
                    opened,
                    code,
                    name=name,
                    starts=starts,
                    duration_minutes=30,
                    valid_from=date(2026, 1, 1),
                    signature_key="sound/mo-dau",
                    closing_key="sound/ket-thuc",
                )
        add_piece(opened, "sound/mo-dau", minutes=0.25, kind=AssetKind.SIGNATURE, theme=None)
        add_piece(opened, "sound/ket-thuc", minutes=0.25, kind=AssetKind.SIGNATURE, theme=None)
        for number in range(12):
            add_piece(opened, f"script/{number}@1", minutes=4 + number / 7, theme=f"{number % 4 + 1}")
        yield opened


def fill(session, *stations, now=NOW, goals=(), **more):
    return fill_schedule(
        session, stations=stations or ("ia-dom",), first=FIRST, last=LAST, goals=goals, now=now, **more
    )


def snapshot(session):
    return [row.model_dump() for row in session.exec(select(Airing).order_by(Airing.id))]


def test_fills_whole_sessions_with_tunes_and_exact_times(session):
    result = fill(session)
    rows = list_airings(session, station="ia-dom", first=FIRST, last=LAST)
    assert len(rows) == result.airings == result.added
    morning = [row for row in rows if row.local_date == FIRST][:8]
    morning = [row for row in morning if row.slot_id == morning[0].slot_id]
    assert morning[0].role is ItemRole.SIGNATURE
    assert morning[-1].role is ItemRole.CLOSING
    assert morning[0].starts_at == datetime(2026, 3, 1, 22, tzinfo=UTC)
    assert all(one.ends_at == other.starts_at for one, other in itertools.pairwise(morning))
    assert morning[-1].ends_at <= morning[0].starts_at + timedelta(minutes=30)
    assert all(row.reason for row in rows)


def test_filling_again_changes_nothing(session):
    goals = [make_goal("1", 20), make_goal("2", 30, station="ia-dom", measure="minutes")]
    once = fill(session, "ia-dom", "ia-dal", goals=goals)
    before = snapshot(session)
    again = fill(session, "ia-dal", "ia-dom", goals=goals[::-1], now=NOW + timedelta(hours=1))
    assert snapshot(session) == before
    assert (again.added, again.removed, again.run_id) == (0, 0, once.run_id)
    assert again.airings == once.airings
    assert session.exec(select(func.count()).select_from(PlacementRun)).one() == 1


def test_what_began_or_was_downloaded_is_kept(session):
    fill(session)
    rows = list_airings(session, station="ia-dom", first=FIRST, last=LAST)
    held = next(row for row in rows if row.local_date == date(2026, 3, 6))
    held.state = AiringState.DOWNLOADED
    session.add(held)
    now = datetime(2026, 3, 4, 22, 10, tzinfo=UTC)  # ten minutes into the morning of the 5th
    kept = {
        row.id: row.model_dump()
        for row in rows
        if row.starts_at < now
        or (row.slot_id, row.local_date) == (held.slot_id, held.local_date)
        or (row.local_date == date(2026, 3, 5) and row.slot_id == rows[0].slot_id)
    }
    for number in range(12, 30):
        add_piece(session, f"script/{number}@1", minutes=3, theme="4", priority=Priority.PRIORITY)
    changed = fill(session, now=now, goals=[make_goal("4", 50)], seed=9)
    assert changed.added
    assert changed.removed
    after = {row["id"]: row for row in snapshot(session)}
    assert {id_: after.get(id_) for id_ in kept} == kept


def test_what_stands_counts_for_goals_and_what_was_missed_does_not(session):
    fill(session, "ia-dom")
    rows = [
        row for row in list_airings(session, station="ia-dom", first=FIRST) if row.role is ItemRole.SEGMENT
    ]
    for row in rows:
        row.state = AiringState.AIRED
    rows[0].state = AiringState.MISSED
    session.flush()
    goal = make_goal(None, 100, station="ia-dom", last_date=FIRST)
    result = fill(session, "ia-dom", goals=[goal], now=datetime(2026, 3, 3, tzinfo=UTC))
    assert result.goals[0].placed == len(rows) - 1
    assert result.goals[0].missing == 100 - len(rows) + 1


def test_refusals_name_the_piece_and_the_cause(session):
    add_piece(session, "script/draft@1", approved=False)
    add_piece(session, "script/horn@1", presets=("loudspeaker",))
    add_piece(session, "script/gia-rai@1", language="jra")
    add_piece(session, "script/old@1", valid_until=date(2026, 2, 1))
    add_piece(session, "script/long@1", minutes=40)
    add_piece(session, "script/gone@1", retired_at=NOW)
    result = fill(session, "ia-dom", "district-radio")
    why = {refusal.name: refusal.reason.code for refusal in result.refusals if refusal.subject == "item"}
    assert why == {
        "script/draft@1": "not-approved",
        "script/horn@1": "no-rendition",
        "script/gia-rai@1": "no-language",
        "script/old@1": "not-valid",
        "script/long@1": "too-long",
    }
    assert all(refusal.wording for refusal in result.refusals)
    run = session.exec(select(PlacementRun)).one()
    assert len(run.refusals) == len(result.refusals)


def test_a_piece_for_which_there_was_no_room_is_told_and_leaves_no_row(session):
    for number in range(200):
        add_piece(session, f"script/more-{number}@1", minutes=29)
    result = fill(session)
    idle = [one for one in result.refusals if one.reason.code == "not-chosen"]
    assert len(idle) > 150
    run = session.exec(select(PlacementRun)).one()
    assert len(run.refusals) == len(result.refusals) - len(idle)
    assert not [row for row in run.refusals if row["code"] == "not-chosen"]


def test_a_slot_that_is_gone_takes_its_airings_along(session):
    fill(session)
    slot = find_slot(session, "ia-dom", "sáng")
    slot.valid_until = date(2026, 3, 4)
    session.flush()
    result = fill(session)
    assert result.removed
    rows = list_airings(session, station="ia-dom", first=date(2026, 3, 5), last=LAST)
    assert {row.slot_id for row in rows} == {find_slot(session, "ia-dom", "chiều").id}


def test_a_renamed_seed_and_an_empty_library_are_fine(session):
    for asset in list(session.exec(select(Airing))):
        session.delete(asset)
    assert fill(session, seed=1).airings
    with pytest.raises(StationUnknown):
        fill(session, "ia-mo")
    with pytest.raises(PeriodBackwards):
        fill_schedule(session, stations=["ia-dom"], first=LAST, last=FIRST, goals=[], now=NOW)


def test_why_a_goal_stays_short_is_kept_with_the_run(session):
    goal = make_goal("1", 25, first_date=FIRST, last_date=LAST, station="ia-dom")
    result = fill(session, goals=[goal], explain=True)
    assert [one["goal"] for one in result.proofs] == [goal.label]
    run = session.exec(select(PlacementRun)).one()
    kept = run.goals[0]["proof"]
    assert kept == {name: value for name, value in result.proofs[0].items() if name not in ("goal", "name")}
    assert (kept["binding"]["code"], kept["missing"], kept["most"]) == ("too-few-items", 4, 21)
    assert tell_proof(kept)[1] == "thêm 1 tiết mục đã duyệt về 1, mỗi tiết mục không quá 5 phút"
    add_piece(session, "script/them@1", minutes=5)
    assert fill(session, goals=[goal]).goals[0].missing == 0
