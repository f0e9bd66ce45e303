"""The same rows give the same report on SQLite and on PostgreSQL, from the rollup as from single days."""

import json
from datetime import date, timedelta

import pytest

from assets.models import Origin
from scheduler.models import AiringState
from studio.database import open_database
from studio.money.ledger import add_decision, add_expense, add_line, enter, list_lines
from studio.money.models import Stage
from studio.planning.models import Every, Measure
from studio.planning.targets import set_targets
from studio.reports.composing import KINDS, make_report
from studio.reports.periods import add_period, close_period, read_report
from studio.reports.registry import find_writer
from studio.settings import read_settings
from tests.studio.planning.district import FIRST, NOW, District, target

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
SPANS = (YEAR, (date(2026, 10, 16), date(2027, 4, 15)), (FIRST, FIRST + timedelta(days=9)))
WHO = {"by": "sep", "now": NOW}


def fill(session):
    """Three months of two stations, with everything that can happen to an airing."""
    district = District(session)
    plan = district.add_plan()
    for code in ("ia-dom", "ia-dal"):
        district.add_station(code)
    district.add_asset("1", "1")
    district.add_asset("3.health", "3.health", seconds=200, origin=Origin.SUPPLIED)
    district.add_asset("30", "30", seconds=90, origin=Origin.RELAYED)
    for number in range(70):
        day = date(2026, 9, 15) + timedelta(days=number)
        for minute, key in enumerate(("1", "3.health", "30")):
            station = ("ia-dom", "ia-dal")[(number + minute) % 2]
            airing = district.plan_airing(station, key, day, minute=minute * 5)
            if number % 7 == 1:
                airing.state, airing.state_code = AiringState.MISSED, "missed"
            elif number % 7 == 2:
                district.hear(airing, state=AiringState.PARTIAL, seconds=33)
            elif number % 7 != 3 and day <= NOW.date():
                district.hear(airing)
    district.log("ia-dom", None, NOW - timedelta(days=5), 60, state=AiringState.UNCONFIRMED)
    wishes = [
        target("1", 9), target("3", 30, Measure.MINUTES, station="ia-dom"),
        target("3", 60, Measure.MINUTES, first_date=YEAR[0], last_date=YEAR[1], every=Every.MONTH),
    ]  # fmt: skip
    set_targets(session, plan, wishes)
    decision = add_decision(session, plan, number="440/QĐ-UBND", signed_on=FIRST, **WHO)
    line = add_line(session, decision, code="A", title="A", amount=9_000_000_000_000, **WHO)
    enter(
        session, add_expense(session, line, title="K", **WHO), stage=Stage.SETTLEMENT,
        amount=8_000_000_000_001, day=FIRST, **WHO,
    )  # fmt: skip
    session.flush()
    return plan


def read_all(session, plan):
    """Every kind over every span, as data."""
    found = {}
    for kind in KINDS:
        for first, last in SPANS:
            report = make_report(session, kind=kind, first=first, last=last, now=NOW, plan=plan)
            found[kind, first] = json.loads(find_writer("json").write(report))
    return found


def test_a_long_period_from_the_rollup_says_what_its_rows_say(database):
    with database.writing() as session:
        reports = read_all(session, fill(session))
    data = reports["airtime", YEAR[0]]
    lengths = {row["asrun_id"]: row["aired_ms"] for row in data["tables"]["records"]}
    for table in ("themes", "stations", "origins", "days"):
        for row in data["tables"][table]:
            assert row["aired_ms"] == sum(lengths[number] for number in row["asrun_ids"]), table
    total = data["totals"]["themes"]
    assert total["aired_ms"] == sum(row["aired_ms"] for row in data["tables"]["months"])
    assert total["aired_ms"] == sum(
        row[f"{origin}_ms"] for row in data["tables"]["stations"] for origin in ("own", "supplied", "relayed")
    )
    assert total["missed"] == 30
    assert total["missed"] + total["unconfirmed"] + total["partial"] <= len(data["tables"]["incidents"])


@pytest.mark.postgres
def test_both_databases_make_the_same_reports(database, postgres_url, tmp_path):
    other = open_database(read_settings({"LOA_DATABASE_URL": postgres_url}, home=tmp_path / "pg"))
    try:
        both = []
        for one in (database, other):
            with one.writing() as session:
                plan = fill(session)
                reports = read_all(session, plan)
                days = {"first": SPANS[1][0], "last": SPANS[1][1]}
                period = add_period(session, plan, kind="coverage", name="T", **days, **WHO)
                closed = close_period(session, period, **WHO)
                assert read_report(session, period, now=NOW + timedelta(days=40)).tables == closed.tables
                both.append((reports, period.sha256, list_lines(session, plan)[0].sums))
        assert both[0][0] == both[1][0]
        assert both[0][1:] == both[1][1:]
    finally:
        other.close()
