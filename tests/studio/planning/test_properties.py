"""Coverage against a count by hand over random plans, logs and activities; the rollup against a scan."""

import csv
import io
import shutil
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from assets.models import AssetKind, Rendition
from assets.store import Store
from scheduler.asrun import import_log, mark_unconfirmed
from scheduler.models import AiringState, StationMonth
from scheduler.rollup import check_rollup, rebuild_rollup
from studio.activities.models import Activity, ActivityKind, ActivityState
from studio.database import Database, make_engine, open_database
from studio.planning.coverage import compute_coverage
from studio.planning.evidence import show_evidence
from studio.planning.heat import map_minutes
from studio.planning.models import Every, Measure, Target, Theme, Unit, UnitKind
from studio.planning.periods import Period
from studio.planning.plans import place_under, store_plan
from studio.planning.scope import Question, read_ground
from studio.planning.targets import ON_AIR, set_targets
from studio.planning.units import add_unit, assign_station, succeed
from studio.settings import read_settings
from tests.studio.planning.district import District, make_document

START = date(2026, 10, 20)
DAYS = 60
NOW = datetime(2026, 12, 2, 3, tzinfo=UTC)
TODAY = date(2026, 12, 2)
PIECES = {
    "1": ("vi", None),
    "3.health": ("jra", "2.radio"),
    "3.housing": ("vi", "2.radio"),
    "30": ("vi", None),
}
LENGTH = 120
STATIONS = ("dom", "dal", "toi")
MEASURES = sorted(set(Measure) - {Measure.HOUSEHOLDS})
FATES = ("whole", "partial", "silent", "missed", "twice", "two receivers", "shifted", "strange")
day_number = st.integers(0, DAYS - 1)

AIRING = st.tuples(
    st.sampled_from(STATIONS),
    st.sampled_from([*PIECES, "tune"]),
    day_number,
    st.integers(0, 9),  # place in the session
    st.sampled_from(FATES),
    st.integers(0, 60),  # seconds late
)
ACTIVITY = st.tuples(
    st.sampled_from(ActivityKind), st.sampled_from(("x", "y", "z")), day_number,
    st.sampled_from((None, "1", "3.health", "child")), st.sampled_from(ActivityState),
    st.integers(1, 3), st.none() | st.integers(0, 90), st.booleans(),
)  # fmt: skip
TARGET = st.tuples(
    st.sampled_from((None, "1", "3", "3.health", "30")),
    st.sampled_from((None, "2", "2.radio")),
    st.sampled_from((None, "vi", "jra")),
    st.sampled_from((None, "dom", "x", "y", "z", "xy", "all")),
    st.sampled_from(MEASURES),
    st.sampled_from(Every),
    day_number,
    st.integers(0, DAYS),
    st.integers(1, 400),
)


def covers(code, label):
    return code is None or (label is not None and (label == code or label.startswith(code + ".")))


class Case:
    """A random district, played and logged; kept beside it in plain lists is what a person would count."""

    def __init__(self, session, store, merge):
        self.session, self.store = session, store
        self.district = District(session)
        self.plan = self.district.add_plan()
        for code in STATIONS:
            self.district.add_station(code)
        for key in [*PIECES, "tune"]:
            language, form = PIECES.get(key, ("vi", None))
            asset = self.district.add_asset(
                key, None if key == "tune" else key, seconds=LENGTH, language=language, form=form,
                kind=AssetKind.SIGNATURE if key == "tune" else AssetKind.SEGMENT,
            )  # fmt: skip
            asset.renditions = [Rendition(
                preset="loudspeaker", recipe=key, sha256=sha_of(key), size_bytes=1, duration_ms=LENGTH * 1000,
                integrated_lufs=-16, true_peak_dbtp=-2, loudness_range_lu=3, channels=1,
            )]  # fmt: skip
        session.flush()
        self.merge_on = START + timedelta(days=merge)
        self.units = {}
        everything = self._unit("all", UnitKind.DISTRICT, None)
        for code in ("x", "y", "z"):
            self._unit(code, UnitKind.COMMUNE, everything.id)
        for station, code in zip(STATIONS, ("x", "y", "z"), strict=True):
            assign_station(session, station, self.units[code], on=date(2026, 1, 1))
        merged = Unit(code="xy", name="xy", kind=UnitKind.COMMUNE)
        self.units["xy"] = succeed(session, ["x", "y"], merged, on=self.merge_on, by="t", now=NOW)
        child = make_document(title="Xã z", themes=(), forms=(), audiences=())
        self.child = store_plan(session, child, code="z", source_sha256="b" * 64, is_sample=False, now=NOW)
        place_under(session, self.child, self.plan, self.units["z"])
        session.add(Theme(plan_id=self.child.id, code="child", title="z", counts_as="3.health", position=0))
        self.heard, self.held = [], []

    def _unit(self, code, kind, parent):
        unit = Unit(code=code, name=code, kind=kind, parent_id=parent)
        self.units[code] = add_unit(self.session, unit, by="t", now=NOW)
        return self.units[code]

    def play(self, events):
        """Plan, air and log the events; every log arrives twice."""
        logs, taken = defaultdict(list), set()
        for station, key, number, place, fate, late in events:
            if (station, number, place) in taken:
                continue
            taken.add((station, number, place))
            day = START + timedelta(days=number)
            airing = self.district.plan_airing(station, key, day, minute=place * 5)
            if fate == "missed":
                airing.state = AiringState.MISSED
            if fate in ("whole", "twice", "two receivers", "partial"):
                seconds = 40 if fate == "partial" else LENGTH
                self.heard.append((station, key, day, seconds, fate != "partial"))
            for device, row in tell(fate, (station, day, key, airing.starts_at + timedelta(seconds=late))):
                logs[station, device].append(row)
        for (station, device), rows in sorted(logs.items()):
            for _ in range(2):
                import_log(self.session, self.store, station, f"{device}.csv", write_log(rows), now=NOW)
        self.session.flush()

    def hold(self, activities):
        for kind, unit, number, theme, state, sessions, amount, deleted in activities:
            day = START + timedelta(days=number)
            plan = self.child if theme == "child" else self.plan
            self.session.add(Activity(
                plan_id=plan.id, kind=kind, title="t", held_on=day, unit_id=self.units[unit].id, theme=theme,
                state=state, sessions=sessions, people=amount, copies=amount, recorded_by="t",
                recorded_at=NOW, changed_at=NOW, deleted_at=NOW if deleted else None,
            ))  # fmt: skip
            root = "3.health" if theme == "child" else theme
            if state == ActivityState.HELD and not deleted:
                self.held.append((kind, unit, day, root, sessions, amount or 0))
        self.session.flush()

    def unit_of(self, station, day):
        own = {"dom": "x", "dal": "y", "toi": "z"}[station]
        return "xy" if own in ("x", "y") and day >= self.merge_on else own

    def counts_place(self, place, station, day):
        if place in (None, "all") or place == station:
            return True
        unit = self.unit_of(station, day)
        return place == unit or (place == "xy" and unit in ("x", "y"))

    def count(self, row):
        """What a person with pencil and paper would count for a row of coverage."""
        place = row.station or row.unit
        heard = [
            one for one in self.heard
            if one[1] != "tune" and row.first_date <= one[2] <= row.last_date
            and covers(row.theme, one[1]) and covers(row.form, PIECES[one[1]][1])
            and row.language in (None, PIECES[one[1]][0]) and self.counts_place(place, one[0], one[2])
        ]  # fmt: skip
        held = [
            one for one in self.held
            if row.first_date <= one[2] <= row.last_date and covers(row.theme, one[3]) and row.form is None
            and row.language in (None, "vi")
            and (place in (None, "all") or place == one[1] or (place == "xy" and one[1] in ("x", "y")))
            and row.station is None
        ]  # fmt: skip
        talks = [one for one in held if one[0] not in (ActivityKind.POST, ActivityKind.LEAFLETS)]
        return {
            Measure.AIRINGS: sum(one[4] for one in heard),
            Measure.MINUTES: sum(one[3] * 1000 for one in heard),
            Measure.ITEMS: len({one[1] for one in heard if one[4]})
            + sum(one[4] for one in held if one[0] == ActivityKind.POST),
            Measure.PROGRAMMES: len({(one[0], one[2]) for one in heard if one[4]}),
            Measure.SESSIONS: sum(one[4] for one in talks),
            Measure.COPIES: sum(one[5] for one in held),
            Measure.PEOPLE: sum(one[5] for one in held),
        }[row.measure]


def tell(fate, row):
    """The lines of logs, by receiver, that tell of one airing."""
    station, day, key, starts = row
    line = (*row, LENGTH, sha_of(key))
    lines = {
        "whole": [("a", line)],
        "twice": [("a", line), ("a", line)],
        "two receivers": [("a", line), ("b", (*row[:3], starts + timedelta(milliseconds=80), *line[4:]))],
        "partial": [("a", (*row, 40, line[5]))],
        "shifted": [("a", (station, day, key, starts - timedelta(days=365), *line[4:]))],
        "strange": [("a", (*row, LENGTH, sha_of(str(row))))],
    }
    return lines.get(fate, [])


def sha_of(key):
    return sha256(key.encode()).hexdigest()


def write_log(rows):
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(("station", "playlist_date", "sha256", "title", "started_at", "stopped_at", "outcome"))
    for station, day, key, starts, seconds, digest in rows:
        ends = starts + timedelta(seconds=seconds)
        table.writerow((station, day, digest, f"T {key}", starts.isoformat(), ends.isoformat(), "aired"))
    return text.getvalue().encode()


def wish(plan, wanted):
    theme, form, language, place, measure, every, first, length, quantity = wanted
    broadcast = measure in (Measure.AIRINGS, Measure.MINUTES, Measure.ITEMS, Measure.PROGRAMMES)
    station = place if place == "dom" and broadcast else None
    begins = START + timedelta(days=first)
    return Target(
        plan_id=plan.id, theme=theme, form=form, language=language, station=station,
        unit=None if place == "dom" else place, measure=measure, every=every, quantity=quantity,
        first_date=begins, last_date=begins + timedelta(days=length),
    )  # fmt: skip


def compare(session, store, events, activities, wanted, merge, cut):
    case = Case(session, store, merge)
    case.play(events)
    case.hold(activities)
    targets = {}
    for one in wanted:
        targets.setdefault(one[:8], wish(case.plan, one))
    distinct = {}
    for target in targets.values():
        distinct.setdefault(repr(sorted(target.model_dump(exclude={"quantity"}).items(), key=str)), target)
    set_targets(session, case.plan, list(distinct.values()))
    assert check_rollup(session) == []
    first, last = START + timedelta(days=cut[0]), START + timedelta(days=cut[0] + cut[1])
    coverage = compute_coverage(session, case.plan, first, last, now=NOW)
    ground = read_ground(session, case.plan)
    by_id = {one.id: one for one in session.exec(select(Target))}
    for row in coverage.rows:
        assert row.aired == case.count(row), row
        if row.measure in ON_AIR:
            question = Question(
                ground.scope_of(by_id[row.target_id]), row.measure, Period(row.first_date, row.last_date)
            )
            behind, count = show_evidence(session, ground, question, NOW, most=3)
            assert tuple(one.asrun_id for one in behind.aired) == row.asrun_ids[:3]
            assert count == len(row.asrun_ids)
        assert row.missing == max(row.wanted - row.aired, 0)
        if row.measure in (Measure.AIRINGS, Measure.MINUTES):
            assert row.planned >= row.confirmed + row.unconfirmed + row.upcoming
        if row.measure == Measure.AIRINGS:
            assert len(row.asrun_ids) == row.aired
            assert len(row.unconfirmed_ids) == row.unconfirmed
    heat = map_minutes(session, case.plan, Period(first, last))
    assert heat.columns
    for row in heat.rows:
        for unit, (heard, _) in zip(heat.columns, row.cells, strict=True):
            spot = {"theme": row.code, "unit": unit, "station": None, "form": None, "language": None}
            cell = SimpleNamespace(**spot, first_date=first, last_date=last, measure=Measure.MINUTES)
            assert heard == case.count(cell), cell
    kept = [one.model_dump() for one in session.exec(select(StationMonth))]
    rebuild_rollup(session)
    assert sorted(map(str, kept)) == sorted(
        str(one.model_dump()) for one in session.exec(select(StationMonth))
    )


def conserve(session, store, events, merge):
    """Over a merger, the successor has exactly what its parts had, and nothing is lost or counted twice."""
    case = Case(session, store, merge)
    case.play(events)

    def minutes(unit, first, last):
        days = {"first_date": first, "last_date": last}
        whole = Target(plan_id=case.plan.id, unit=unit, measure=Measure.MINUTES, quantity=1, **days)
        set_targets(session, case.plan, [whole])
        (row,) = compute_coverage(session, case.plan, first, last, now=NOW).rows
        return row.aired

    end = START + timedelta(days=DAYS)
    before = case.merge_on - timedelta(days=1)
    parts = [minutes(code, START, before) for code in ("x", "y")] if before >= START else [0, 0]
    after = minutes("xy", case.merge_on, end)
    assert minutes("xy", START, end) == sum(parts) + after
    assert minutes("all", START, end) == minutes("xy", START, end) + minutes("z", START, end)
    assert minutes("x", START, end) == parts[0]  # it has none after its end
    assert minutes("all", START, end) == sum(one[3] * 1000 for one in case.heard if one[1] != "tune")


@pytest.fixture
def fresh(migrated_file, tmp_path_factory):
    def run(action, *arguments):
        folder = tmp_path_factory.mktemp("property")
        shutil.copy(migrated_file, folder / "loa.db")
        database = Database(make_engine(f"sqlite:///{folder / 'loa.db'}"))
        try:
            with database.writing() as session:
                action(session, Store(folder / "store"), *arguments)
        finally:
            database.close()

    return run


CASES = {
    "events": st.lists(AIRING, max_size=30),
    "activities": st.lists(ACTIVITY, max_size=8),
    "wanted": st.lists(TARGET, min_size=1, max_size=6),
    "merge": st.integers(1, DAYS - 1),
    "cut": st.tuples(st.integers(0, DAYS - 1), st.integers(0, DAYS)),
}


def test_coverage_equals_a_count_by_hand(fresh):
    @given(**CASES)
    @settings(max_examples=25, deadline=None)
    def run(events, activities, wanted, merge, cut):
        fresh(compare, events, activities, wanted, merge, cut)

    run()


def test_a_merger_conserves_minutes(fresh):
    @given(events=CASES["events"], merge=CASES["merge"])
    @settings(max_examples=12, deadline=None)
    def run(events, merge):
        fresh(conserve, events, merge)

    run()


@pytest.mark.postgres
def test_postgresql_gives_the_same_figures(tmp_path, postgres_url, database):
    fates = [(station, key, fate) for station in STATIONS for key in PIECES for fate in FATES]
    events = [
        (station, key, number * 3 % DAYS, number % 10, fate, number)
        for number, (station, key, fate) in enumerate(fates)
    ]
    places = (None, "dom", "xy")
    wanted = [
        (theme, None, None, place, measure, Every.MONTH, 3, 45, 40)
        for theme in ("3", None)
        for place in places
        for measure in MEASURES
    ]
    figures = []
    other = open_database(read_settings({"LOA_DATABASE_URL": postgres_url}, home=tmp_path / "pg"))
    try:
        for place, one in (("sqlite", database), ("postgresql", other)):
            with one.writing() as session:
                case = Case(session, Store(tmp_path / place), 20)
                case.play(events)
                mark_unconfirmed(session, "dom", START, now=NOW)
                case.hold([(ActivityKind.TALK, "x", 4, "1", ActivityState.HELD, 1, 40, False)])
                distinct = {repr(w[:8]): wish(case.plan, w) for w in wanted}
                broad = {
                    repr(sorted(t.model_dump(exclude={"id"}).items(), key=str)): t for t in distinct.values()
                }
                set_targets(session, case.plan, list(broad.values()))
                assert check_rollup(session) == []
                rows = compute_coverage(session, case.plan, START, START + timedelta(days=50), now=NOW).rows
                for row in rows:
                    assert row.aired == case.count(row), row
                names = ("title", "first_date", "planned", "confirmed", "unconfirmed", "upcoming", "aired")
                figures.append([[getattr(row, name) for name in names] for row in rows])
    finally:
        other.close()
    assert figures[0] == figures[1]
    assert len(figures[0]) > 20
