"""A plan is stored once, renewed without loss, and refuses targets that cannot be meant."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from studio.planning.document import Heading, PlanTheme
from studio.planning.models import Measure
from studio.planning.plans import (
    NoPlanYet,
    PlanMissing,
    PlanTitleMissing,
    PlanYearMissing,
    find_plan,
    list_forms,
    list_plans,
    list_targets,
    list_themes,
    store_plan,
)
from studio.planning.targets import TargetCodeUnknown, TargetOutOfRange, TargetTwice, set_targets
from tests.studio.planning.district import FIRST, LAST, NOW, District, make_document, target

LATER = NOW + timedelta(days=1)


@pytest.fixture
def session(database):
    with database.writing() as session:
        yield session


def store(session, document, sha="a", **changes):
    says = {"code": "2026", "source_sha256": sha * 64, "is_sample": False, "now": NOW} | changes
    return store_plan(session, document, **says)


def test_a_plan_is_stored_with_its_headings(session):
    plan = store(session, make_document())
    themes = [(theme.code, theme.parent_code) for theme in list_themes(session, plan)]
    assert themes == [("1", None), ("3", None), ("3.health", "3"), ("3.housing", "3"), ("30", None)]
    assert [form.code for form in list_forms(session, plan)] == ["2", "2.radio"]
    assert (plan.year, plan.number, plan.signed_on) == (2026, "15/KH-UBND", date(2026, 1, 12))
    assert plan.document["title"] == plan.title


def test_the_same_source_again_changes_nothing(session):
    plan = store(session, make_document())
    ids = [theme.id for theme in list_themes(session, plan)]
    again = store(session, make_document(), now=LATER)
    assert (again.id, again.imported_at) == (plan.id, NOW)
    assert [theme.id for theme in list_themes(session, plan)] == ids


def test_a_changed_source_renews_titles_and_keeps_targets(session):
    plan = store(session, make_document())
    set_targets(session, plan, [target("3.health", 4), target("30", 2)])
    changed = make_document(
        themes=(PlanTheme("1", "Chủ trương", (Heading("1.legal", "Pháp lý"),)), PlanTheme("3", "Dịch vụ"))
    )
    again = store(session, changed, "b", now=LATER)
    assert (again.id, again.imported_at) == (plan.id, LATER)
    themes = {theme.code: theme.title for theme in list_themes(session, plan)}
    # 3.housing is gone; 3.health and 30 stay, because targets speak of them.
    assert themes == {
        "1": "Chủ trương",
        "1.legal": "Pháp lý",
        "3": "Dịch vụ",
        "3.health": "Y tế",
        "30": "Việc khác",
    }
    assert [(each.theme, each.quantity) for each in list_targets(session, plan)] == [
        ("3.health", 4),
        ("30", 2),
    ]


def test_plans_are_found_by_code_and_the_latest_by_default(session):
    with pytest.raises(NoPlanYet):
        find_plan(session)
    old = store(session, make_document(year=2025), code="2025")
    new = store(session, make_document())
    assert list_plans(session) == [new, old]
    assert find_plan(session) == new
    assert find_plan(session, "2025") == old
    with pytest.raises(PlanMissing, match="2026, 2025"):
        find_plan(session, "2024")


def test_a_document_without_title_or_year_is_refused(session):
    with pytest.raises(PlanTitleMissing):
        store(session, make_document(title=None))
    with pytest.raises(PlanYearMissing):
        store(session, make_document(year=None))
    assert store(session, make_document(year=None), year=2027).year == 2027


def test_targets_are_set_whole_and_keep_their_rows(session):
    plan = store(session, make_document())
    first = set_targets(session, plan, [target("1", 3), target("3", 60, Measure.MINUTES)])
    second = set_targets(session, plan, [target("3", 90, Measure.MINUTES), target("30", 1)])
    assert [(each.theme, each.quantity) for each in second] == [("3", 90), ("30", 1)]
    assert second[0].id == first[1].id
    assert set_targets(session, plan, second) == second


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ([target("3.helth", 1)], TargetCodeUnknown),
        ([target("1", 1, station="ia-xa")], TargetCodeUnknown),
        ([target("1", 1, form="9")], TargetCodeUnknown),
        ([target("1", 0)], TargetOutOfRange),
        ([target("1", 1, weight=0)], TargetOutOfRange),
        ([target("1", 1, first_date=LAST, last_date=FIRST)], TargetOutOfRange),
        ([target("1", 1), target("1", 2)], TargetTwice),
    ],
)
def test_targets_that_cannot_be_meant_are_named(session, wrong, error):
    plan = store(session, make_document())
    District(session).add_station("ia-dom")
    with pytest.raises(error) as caught:
        set_targets(session, plan, wrong)
    assert str(caught.value)


def test_an_unknown_code_names_the_nearest(session):
    plan = store(session, make_document())
    with pytest.raises(TargetCodeUnknown, match=r"3\.health"):
        set_targets(session, plan, [target("3.helth", 1)])


def test_a_document_is_a_value():
    assert replace(make_document(), year=2030).year == 2030
