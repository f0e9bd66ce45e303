"""Coverage by hand-made cases, and against a brute-force count over random plans and logs."""

import random
import re
import shutil
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from assets.models import AssetKind
from scheduler.models import Airing, AiringState
from scheduler.sums import COUNTED, OPEN
from studio.database import Database, make_engine
from studio.planning.coverage import CoverageStatus, PeriodReversed, compute_coverage
from studio.planning.models import Measure
from studio.planning.periods import wanted_between
from studio.planning.targets import set_targets
from tests.studio.planning.district import FIRST, LAST, NOW, District, target

MINUTE = 60_000
DAY = date(2026, 11, 5)
LATE = NOW + timedelta(days=60)


@pytest.fixture
def district(database):
    with database.writing() as session:
        district = District(session)
        district.add_plan()
        for code in ("ia-dom", "ia-dal"):
            district.add_station(code)
        for theme in ("1", "3.health", "3.housing", "30"):
            district.add_asset(theme, theme)
        yield district


def cover(district, *targets, now=LATE, first=FIRST, last=LAST):
    set_targets(district.session, district.plan, list(targets))
    return compute_coverage(district.session, district.plan, first, last, now=now).rows


def test_a_code_covers_what_is_under_it_and_nothing_beside_it(district):
    for key in district.assets:
        district.hear(district.plan_airing("ia-dom", key, DAY, minute=len(key)))
    rows = {row.theme: row.aired for row in cover(district, target("3", 5), target("30", 5), target(None, 5))}
    assert rows == {"3": 2, "30": 1, None: 4}


def test_a_partial_airing_counts_its_minutes_but_not_an_airing(district):
    district.hear(district.plan_airing("ia-dom", "1", DAY), state=AiringState.PARTIAL, seconds=45)
    airings, minutes = cover(district, target("1", 2), target("1", 2, Measure.MINUTES))
    assert (airings.aired, minutes.aired) == (0, 45_000)
    assert (airings.missing, minutes.missing) == (2, 2 * MINUTE - 45_000)


def test_what_has_no_log_is_unconfirmed_never_aired(district):
    airing = district.plan_airing("ia-dom", "1", DAY)
    (row,) = cover(district, target("1", 1))
    assert (row.planned, row.aired, row.unconfirmed, row.unconfirmed_ids) == (1, 0, 1, (airing.id,))
    assert row.status == CoverageStatus.WAITING
    assert "Đài ia-dom" not in row.advice
    assert "nhật ký" in row.advice


def test_what_is_still_to_come_is_neither(district):
    district.plan_airing("ia-dom", "1", LAST)
    (row,) = cover(district, target("1", 1), now=NOW)
    assert (row.aired, row.unconfirmed, row.upcoming, row.status) == (0, 0, 1, CoverageStatus.ON_TRACK)


def test_what_was_missed_closes_nothing(district):
    district.plan_airing("ia-dom", "1", DAY, state=AiringState.MISSED)
    (row,) = cover(district, target("1", 1))
    assert (row.planned, row.unconfirmed, row.upcoming, row.missing) == (1, 0, 0, 1)
    assert row.status == CoverageStatus.SHORT


def test_a_log_that_comes_twice_counts_once(district):
    airing = district.plan_airing("ia-dom", "1", DAY)
    first = district.hear(airing)
    district.hear(airing, late=2)
    airings, minutes = cover(district, target("1", 2), target("1", 9, Measure.MINUTES))
    assert (airings.aired, airings.asrun_ids) == (1, (first.id,))
    assert minutes.aired == 120_000


def test_rows_that_touch_within_the_rounding_of_players_do_not_overlap(district):
    first = district.plan_airing("ia-dom", "1", DAY)
    second = district.plan_airing("ia-dom", "3.health", DAY, minute=2)
    district.hear(first, seconds=120.6)
    district.hear(second)
    (row,) = cover(district, target(None, 9, Measure.MINUTES))
    assert row.aired == 240_600


def test_tunes_and_unknown_files_meet_no_target(district):
    district.add_asset("tune", None, kind=AssetKind.SIGNATURE)
    district.hear(district.plan_airing("ia-dom", "tune", DAY))
    district.log("ia-dom", None, NOW - timedelta(days=3), 60, state=AiringState.UNCONFIRMED)
    (row,) = cover(district, target(None, 1, Measure.MINUTES))
    assert (row.planned, row.aired) == (0, 0)


def test_stations_are_told_apart(district):
    district.hear(district.plan_airing("ia-dal", "1", DAY))
    rows = {
        row.station: row.aired for row in cover(district, target("1", 1, station="ia-dom"), target("1", 1))
    }
    assert rows == {"ia-dom": 0, None: 1}


def test_a_met_target_says_so_and_a_past_gap_asks_for_the_next_period(district):
    district.hear(district.plan_airing("ia-dom", "1", DAY))
    met, short = cover(district, target("1", 1), target("30", 3))
    assert (met.status, met.share, met.missing) == (CoverageStatus.MET, 1.0, 0)
    assert "3 lượt" in short.advice
    assert "kỳ sau" in short.advice


@pytest.mark.parametrize("seed", range(12))
def test_doing_what_the_sentence_asks_for_closes_the_gap(district, seed):
    """The number is read out of the sentence; one less is not enough, all of it aired is."""
    chance = random.Random(seed)
    measure = Measure.MINUTES if seed % 2 else Measure.AIRINGS
    district.add_asset("short", "1", seconds=6)  # a tenth of a minute, which is what sentences round to
    for minute in range(chance.randrange(8)):
        fate = chance.choice(("aired", "partial", "silent", "missed", "to come"))
        day = DAY if fate != "to come" else LAST
        state = AiringState.MISSED if fate == "missed" else AiringState.PLANNED
        airing = district.plan_airing("ia-dom", "1", day, minute=minute, state=state)
        if fate == "aired":
            district.hear(airing)
        elif fate == "partial":
            district.hear(airing, state=AiringState.PARTIAL, seconds=chance.randrange(1, 100))
    wish = target("1", chance.randrange(16, 24), measure)
    (row,) = cover(district, wish, now=NOW)
    assert row.status == CoverageStatus.SHORT
    found = re.search(r"Cần xếp thêm ([0-9]+(?:,[0-9])?) (phút|lượt) “", row.advice)
    assert found, row.advice
    assert f"{LAST:%d/%m/%Y}" in row.advice
    amount = Decimal(found[1].replace(",", "."))
    count = int(amount * 10) if measure == Measure.MINUTES else int(amount)
    added = [district.plan_airing("ia-dal", "short", LAST, minute=number) for number in range(count - 1)]
    (row,) = compute_coverage(district.session, district.plan, FIRST, LAST, now=NOW).rows
    assert row.status == CoverageStatus.SHORT
    added.append(district.plan_airing("ia-dal", "short", LAST, minute=count))
    (row,) = compute_coverage(district.session, district.plan, FIRST, LAST, now=NOW).rows
    waits = row.unconfirmed > 0 and row.missing > row.upcoming
    assert row.status == (CoverageStatus.WAITING if waits else CoverageStatus.ON_TRACK)
    for airing in district.session.exec(select(Airing)).all():
        if airing.state in OPEN:
            district.hear(airing)
    (row,) = compute_coverage(district.session, district.plan, FIRST, LAST, now=LATE).rows
    assert row.status == CoverageStatus.MET


def test_the_least_covered_comes_first(district):
    for minute in (0, 10):
        district.hear(district.plan_airing("ia-dom", "1", DAY, minute=minute))
    set_targets(district.session, district.plan, [target("1", 3), target("30", 3), target("3", 1)])
    coverage = compute_coverage(district.session, district.plan, FIRST, LAST, now=LATE)
    assert [row.theme for row in coverage.short] == ["3", "30", "1"]
    assert coverage.to_json()["targets"] == 3


def test_a_reversed_period_is_named(district):
    with pytest.raises(PeriodReversed, match="30/11/2026"):
        compute_coverage(district.session, district.plan, LAST, FIRST, now=NOW)


@given(
    quantity=st.integers(1, 400),
    cuts=st.lists(st.integers(1, 29), unique=True, max_size=6).map(sorted),
    measure=st.sampled_from(sorted(set(Measure) - {Measure.HOUSEHOLDS})),
)
@settings(deadline=None)
def test_the_shares_of_following_periods_add_up_to_the_target(quantity, cuts, measure):
    whole = target("1", quantity, measure)
    edges = [0, *cuts, 30]
    parts = [
        wanted_between(whole, FIRST + timedelta(days=start), FIRST + timedelta(days=end - 1))
        for start, end in pairwise(edges)
    ]
    assert sum(parts) == quantity * (MINUTE if measure == Measure.MINUTES else 1)
    assert min(parts) >= 0


SCHEDULED = (Measure.AIRINGS, Measure.MINUTES)
THEMES = ("1", "3", "3.health", "30", None)
PIECES = ("1", "3.health", "3.housing", "30", "tune")
EVENT = st.tuples(
    st.sampled_from(PIECES),
    st.sampled_from(("ia-dom", "ia-dal")),
    st.integers(0, 3),  # day
    st.integers(0, 9),  # place in the hour
    st.sampled_from(("aired", "partial", "twice", "silent", "missed", "unplanned")),
    st.integers(0, 90),  # seconds late
)


@given(
    events=st.lists(EVENT, max_size=14),
    wanted=st.lists(
        st.tuples(
            st.sampled_from(THEMES), st.sampled_from((None, "ia-dom")), st.sampled_from(SCHEDULED),
            st.integers(1, 9),
        ),
        min_size=1, max_size=4, unique_by=lambda each: each[:3],
    ),
)  # fmt: skip
@settings(max_examples=20, deadline=None)
def test_coverage_equals_a_count_of_the_rows(events, wanted, migrated_file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("count")
    shutil.copy(migrated_file, folder / "loa.db")
    database = Database(make_engine(f"sqlite:///{folder / 'loa.db'}"))
    try:
        with database.writing() as session:
            _compare(session, events, wanted)
    finally:
        database.close()


def _play(district, events):
    """The rows of random events: (airings that no log tells of, rows of the log)."""
    silent, logged = [], []
    seen = set()
    for key, station, day, place, fate, late in events:
        if (key, station, day, place) in seen:
            continue
        seen.add((key, station, day, place))
        broadcast_day = FIRST + timedelta(days=day)
        state = AiringState.MISSED if fate == "missed" else AiringState.PLANNED
        airing = district.plan_airing(station, key, broadcast_day, minute=place * 2, state=state)
        if fate == "silent":
            silent.append((key, station, airing))
        elif fate == "unplanned":
            # It went out under a name of its own: the airing stays without a log.
            silent.append((key, station, airing))
            starts = airing.starts_at + timedelta(hours=3, seconds=late, milliseconds=37 * len(seen))
            logged.append((key, station, district.log(station, key, starts, 120, day=broadcast_day)))
        elif fate != "missed":
            heard = AiringState.PARTIAL if fate == "partial" else AiringState.AIRED
            for extra in (0, 5) if fate == "twice" else (0,):
                row = district.hear(
                    airing, state=heard, late=late + extra, seconds=40 if fate == "partial" else None
                )
                logged.append((key, station, row))
    return silent, logged


def _compare(session, events, wanted):
    district = District(session)
    plan = district.add_plan()
    for code in ("ia-dom", "ia-dal"):
        district.add_station(code)
    for key in PIECES:
        kind = AssetKind.SIGNATURE if key == "tune" else AssetKind.SEGMENT
        district.add_asset(key, None if key == "tune" else key, kind=kind)
    silent, logged = _play(district, events)
    targets = [target(theme, count, measure, station=station) for theme, station, measure, count in wanted]
    set_targets(session, plan, targets)
    for row in compute_coverage(session, plan, FIRST, LAST, now=LATE).rows:
        matching = [
            (log, station) for key, station, log in sorted(logged, key=lambda each: each[2].started_at)
            if _counts(row, key, station)
        ]  # fmt: skip
        counted = [log for log, _ in matching if log.state in COUNTED]
        if row.measure == Measure.AIRINGS:
            assert row.aired == sum(log.state == AiringState.AIRED for log in counted)
        else:
            assert row.aired == sum(log.aired_ms for log in counted)
        unconfirmed = [airing for key, station, airing in silent if _counts(row, key, station)]
        assert set(row.unconfirmed_ids) == {airing.id for airing in unconfirmed}
        assert row.missing == max(row.wanted - row.aired, 0)


def _counts(row, key, station):
    theme = row.theme
    covered = theme is None or key == theme or key.startswith(f"{theme}.")
    return key != "tune" and covered and row.station in (None, station)
