"""From a file to rows and back again: review, undo, a new version that keeps targets and history."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from assets.store import Store
from studio.people.audit import list_entries
from studio.people.models import AuditEntry
from studio.planning.models import Every, Measure, Plan, Target, Theme, Unit, UnitKind
from studio.planning.plans import PlanMissing, PlanTitleMissing, list_targets, list_themes
from studio.planning.review.confirming import confirm_import, guess_kind, propose_for
from studio.planning.review.corrections import Deed
from studio.planning.review.imports import (
    ImportClosed,
    ImportMissing,
    NothingToUndo,
    choose_plan,
    compare_import,
    correct_import,
    discard_import,
    find_import,
    list_imports,
    read_corrected,
    read_upload,
    redo_correction,
    reopen_import,
    start_import,
    undo_correction,
)
from studio.planning.review.models import ImportState
from studio.planning.targets import TargetsContradict, add_targets
from tests.studio.planning.district import NOW
from tests.studio.planning.review.test_corrections import TEXT

BY = {"by": "sep", "now": NOW}


@pytest.fixture
def session(database):
    with database.writing() as session:
        yield session


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def start(session, store, text=TEXT, name="ke-hoach.txt"):
    return start_import(session, read_upload(store, text.encode(), name), **BY)


def confirm(session, row, code="2026", **more):
    return confirm_import(session, row, code=code, year=None, **BY, **more)


def test_a_plan_is_reviewed_and_confirmed(session, store):
    row = start(session, store)
    assert store.path(row.source_sha256).read_text("utf-8") == TEXT
    correct_import(session, row, Deed.MOVE, "7", "themes.2+", **BY)
    correct_import(session, row, Deed.EDIT, "audiences.1", "Hộ nghèo", **BY)
    undo_correction(session, row, **BY)
    plan = confirm(session, row, targets={1})
    assert (row.state, row.plan_code, row.closed_by) == (ImportState.CONFIRMED, "2026", "sep")
    assert [theme.title for theme in list_themes(session, plan)][-1] == "Giữ nguồn nước Một câu chen vào giữa"
    target = list_targets(session, plan)[0]
    assert (target.form, target.measure, target.quantity, target.every) == (
        "1",
        Measure.PROGRAMMES,
        12,
        Every.YEAR,
    )
    assert (target.first_date, target.source) == (date(2026, 1, 1), "Loa xã, 12 chương trình/năm")
    unit = session.exec(select(Unit)).one()
    assert (unit.code, unit.kind) == ("phong-noi-vu", UnitKind.OFFICE)
    actions = [entry.action for entry in list_entries(session, subject=f"plan-import/{row.id}")]
    assert actions[::-1] == [
        "plan.import.start", "plan.import.correct", "plan.import.correct", "plan.import.undo",
        "plan.import.confirm",
    ]  # fmt: skip
    for change in (
        lambda: correct_import(session, row, Deed.DROP, "themes.1", **BY),
        lambda: confirm(session, row),
    ):
        with pytest.raises(ImportClosed):
            change()


def test_undo_and_redo_walk_through_the_corrections(session, store):
    row = start(session, store)
    with pytest.raises(NothingToUndo):
        undo_correction(session, row, **BY)
    correct_import(session, row, Deed.SET, "title", "Một", **BY)
    correct_import(session, row, Deed.SET, "title", "Hai", **BY)
    undo_correction(session, row, **BY)
    assert read_corrected(row)[0].title == "Một"
    undo_correction(session, row, **BY)
    assert read_corrected(row)[0].title == "Truyền thông thử năm 2026"
    redo_correction(session, row, **BY)
    redo_correction(session, row, **BY)
    assert read_corrected(row)[0].title == "Hai"
    with pytest.raises(NothingToUndo):
        redo_correction(session, row, **BY)
    undo_correction(session, row, **BY)
    correct_import(session, row, Deed.SET, "title", "Ba", **BY)
    assert (read_corrected(row)[0].title, row.undone) == ("Ba", [])


def test_a_new_version_replays_corrections_keeps_codes_and_closes_what_is_gone(session, store):
    first = start(session, store)
    correct_import(session, first, Deed.MOVE, "7", "dropped", **BY)
    plan = confirm(session, first, targets={1})
    theme = session.exec(select(Theme).where(Theme.code == "1")).one()
    add_targets(session, plan, [target_for(plan, "1.2")], **BY)
    changed = TEXT.replace(
        "1. Vay vốn làm ăn:\na) Cách làm hồ sơ;\nb) Nơi nộp hồ sơ.\n", "1. Chuyển đổi số\n"
    )
    second = start(session, store, changed)
    assert (second.plan_code, second.inherited) == ("2026", 1)
    assert read_corrected(second)[0].unread == ()
    assert {
        (one.change.value, one.part, one.before, one.after) for one in compare_import(session, second)
    } == {
        ("removed", "themes", "1 Vay vốn làm ăn", ""),
        ("removed", "themes", "1.1 Cách làm hồ sơ", ""),
        ("removed", "themes", "1.2 Nơi nộp hồ sơ", ""),
        ("added", "themes", "", "3 Chuyển đổi số"),
    }
    again = confirm_import(session, second, code="2026", year=None, by="sep", now=NOW + timedelta(days=1))
    rows = {row.code: (row.title, row.closed_on) for row in list_themes(session, again)}
    gone = (NOW + timedelta(days=1)).date()
    assert rows == {
        "3": ("Chuyển đổi số", None),  # 1 means something else for ever
        "2": ("Giữ nguồn nước", None),
        "1": ("Vay vốn làm ăn", gone),
        "1.2": ("Nơi nộp hồ sơ", gone),
    }
    assert theme.id == session.exec(select(Theme.id).where(Theme.code == "1")).one()
    assert {target.theme for target in list_targets(session, again)} == {None, "1.2"}
    third = start(session, store)
    confirm(session, third)
    assert {row.code for row in list_themes(session, again) if not row.closed_on} == {"1", "1.1", "1.2", "2"}


def target_for(plan: Plan, theme: str):
    from studio.planning.models import Target

    return Target(
        plan_id=plan.id,
        theme=theme,
        first_date=date(2026, 1, 1),
        last_date=date(2026, 12, 31),
        measure=Measure.AIRINGS,
        quantity=4,
    )


def test_the_same_file_under_review_is_one_review(session, store):
    assert start(session, store).id == start(session, store, name="khac.txt").id
    assert len(list_imports(session)) == 1


def test_a_plan_of_its_own_inherits_nothing(session, store):
    first = start(session, store)
    correct_import(session, first, Deed.SET, "title", "Tên khác", **BY)
    confirm(session, first)
    second = start(session, store, TEXT + "\nmột dòng thêm\n")
    assert second.plan_code is None
    correct_import(session, second, Deed.SET, "issuer", "UBND xã", **BY)
    choose_plan(session, second, "2026", **BY)
    document, _ = read_corrected(second)
    assert (document.title, document.issuer, second.inherited) == ("Tên khác", "UBND xã", 1)
    choose_plan(session, second, None, **BY)
    document, _ = read_corrected(second)
    assert (document.title, document.issuer, second.inherited) == ("Truyền thông thử năm 2026", "UBND xã", 0)
    with pytest.raises(PlanMissing):
        choose_plan(session, second, "1999", **BY)


def test_a_discarded_import_writes_nothing_and_may_come_back(session, store):
    row = start(session, store)
    discard_import(session, row, **BY)
    with pytest.raises(ImportClosed):
        undo_correction(session, row, **BY)
    assert session.exec(select(Plan)).all() == []
    reopen_import(session, row, **BY)
    assert row.state is ImportState.OPEN
    confirm(session, row)
    with pytest.raises(ImportClosed):
        reopen_import(session, row, **BY)
    with pytest.raises(ImportMissing):
        find_import(session, 99)


def test_what_is_no_plan_is_not_confirmed(session, store):
    row = start(session, store, "Chiều về bên suối\nKhói bếp lên nương\n")
    with pytest.raises(PlanTitleMissing):
        confirm(session, row)
    assert row.state is ImportState.OPEN


def test_a_number_that_is_kept_takes_the_place_of_the_plans_own(session, store):
    first = confirm(session, start(session, store), targets={1})
    (target,) = list_targets(session, first)
    row = start(session, store, TEXT.replace("12 chương trình", "15 chương trình"))
    confirm(session, row, targets={1})
    assert [(one.id, one.quantity) for one in list_targets(session, first)] == [(target.id, 15)]
    told = session.exec(select(AuditEntry).where(AuditEntry.action == "target.change")).one()
    assert (told.before["quantity"], told.after["quantity"]) == (12, 15)


def test_a_number_beyond_a_limit_of_the_plan_is_told_and_refused(session, store):
    plan = confirm(session, start(session, store), targets={1})
    (target,) = list_targets(session, plan)
    limit = Target(**{**target.model_dump(exclude={"id"}), "form": None, "quantity": 0, "maximum": 13})
    add_targets(session, plan, [limit], **BY)
    row = start(session, store, TEXT.replace("12 chương trình", "15 chương trình"))
    proposals, _ = propose_for(session, row, 2026)
    assert [one.doubts for one in proposals] == [("stored",)]
    with pytest.raises(TargetsContradict):
        confirm(session, row, targets={1})
    assert sorted(one.quantity for one in list_targets(session, plan)) == [0, 12]
    row = start(session, store, TEXT.replace("12 chương trình/năm", "15 chương trình/quý"))
    proposals, problems = propose_for(session, row, 2026)
    assert [one.doubts for one in proposals] == [("contradicts",)]
    assert problems


def test_the_same_number_said_twice_is_one_target(session, store):
    text = TEXT.replace("12 chương trình/năm", "12 chương trình/năm; duy trì 12 chương trình/năm")
    row = start(session, store, text)
    proposals, _ = propose_for(session, row, 2026)
    plan = confirm(session, row, targets={one.number for one in proposals})
    assert (len(proposals), [one.quantity for one in list_targets(session, plan)]) == (2, [12])


def test_what_is_asked_of_each_commune_is_changed_in_each(session, store):
    for name in ("Ia Rong", "Ia Mơr"):
        session.add(Unit(code=f"xa-{name[-2:].lower()}", name=f"Xã {name}", kind=UnitKind.COMMUNE))
    text = TEXT.replace("12 chương trình/năm", "24 tin, bài/xã/năm")
    plan = confirm(session, start(session, store, text), targets={1})
    row = start(session, store, text.replace("24 tin", "30 tin"))
    proposals, _ = propose_for(session, row, 2026)
    assert [(one.doubts, one.stored.quantity) for one in proposals] == [(("each_commune", "stored"), 24)]
    assert "24" in proposals[0].open_points[1]
    confirm(session, row, targets={1})
    assert [one.quantity for one in list_targets(session, plan)] == [30, 30]


def test_numbers_become_proposals_that_say_what_is_open(session, store):
    for name in ("Ia Rong", "Ia Mơr"):
        session.add(Unit(code=f"xa-{name[-2:].lower()}", name=f"Xã {name}", kind=UnitKind.COMMUNE))
    text = TEXT.replace(
        "- Loa xã, 12 chương trình/năm.",
        "- Loa xã: phát 02 lần/tuần;\n- Bảng tin: ít nhất 24 tin, bài/xã/năm;\n- 100% thôn họp;\n"
        "- Đối thoại 01 buổi/quý;\n- Mỗi tháng 4 chương trình 15 phút;\n- 90% hộ nghèo nghe đài;\n"
        "- Phát 500 tờ rơi.",
    )
    row = start(session, store, text)
    proposals, problems = propose_for(session, row, 2026)
    assert problems == []
    told = [
        (one.target and one.target.measure.value, one.target and one.target.quantity,
         one.target and one.target.every.value, one.doubts)
        for one in proposals
    ]  # fmt: skip
    assert told == [
        ("airings", 104, "once", ("summed",)),
        ("items", 24, "year", ("each_commune",)),
        (None, None, None, ("uncounted",)),
        ("sessions", 1, "quarter", ()),
        ("programmes", 4, "month", ()),
        (None, None, None, ("length",)),
        ("households", 90, "once", ()),
        ("copies", 500, "once", ()),
    ]
    plan = confirm(session, row, targets={2, 3, 4})
    assert sorted((one.unit or "", one.quantity) for one in list_targets(session, plan)) == [
        ("", 1),
        ("xa-ng", 24),
        ("xa-ơr", 24),
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Phòng Nội vụ", UnitKind.OFFICE),
        ("Ủy ban nhân dân xã Ia Rong", UnitKind.COMMUNE),
        ("Ủy ban nhân dân các xã", None),
        ("Hội Phụ nữ huyện", UnitKind.ORGANISATION),
        ("Ủy ban nhân dân huyện", UnitKind.DISTRICT),
        ("các bên", None),
    ],
)
def test_one_organisation_is_told_from_many(name, kind):
    assert guess_kind(name) is kind


def test_two_numbers_for_the_same_are_not_both_kept_unasked(session, store):
    row = start(session, store, TEXT.replace("12 chương trình/năm", "in 45 tờ gấp và 15 tờ gấp tiếng Thái"))
    proposals, _ = propose_for(session, row, 2026)
    assert [(one.quantity.quantity, one.doubts) for one in proposals] == [(45, ()), (15, ("rival",))]


def test_a_changed_number_leaves_the_stored_target_and_is_told_once(session, store):
    plan = confirm(session, start(session, store, TEXT), targets={1})
    row = start(session, store, TEXT.replace("12 chương trình/năm", "15 chương trình/năm"))
    proposals, problems = propose_for(session, row, 2026)
    assert [(one.doubts, one.is_ready) for one in proposals] == [(("stored",), False)]
    assert problems == []
    changed = [one for one in compare_import(session, row) if one.part == "targets"]
    assert len(changed) == 1
    confirm(session, row, targets=[one.number for one in proposals if one.is_ready])
    assert [target.quantity for target in list_targets(session, plan)] == [12]


def test_words_around_a_number_are_no_change_of_the_number(session, store):
    confirm(session, start(session, store, TEXT))
    row = start(session, store, TEXT.replace("Loa xã, 12 chương", "Loa xã và loa thôn, 12 chương"))
    assert {one.part for one in compare_import(session, row)} == {"forms"}


def test_a_number_for_half_a_year_is_a_target_of_that_half(session, store):
    text = TEXT + "III. CHỈ TIÊU\n| TT | Việc | ĐVT | 6 tháng cuối năm |\n| 1 | Họp dân | buổi | 6 |\n"
    proposals, _ = propose_for(session, start(session, store, text), 2026)
    target = proposals[-1].target
    assert target
    assert (target.first_date, target.last_date) == (date(2026, 7, 1), date(2026, 12, 31))


QUARTERS = (
    "KẾ HOẠCH\nThử năm 2026\n\nI. NỘI DUNG\n1. Vay vốn\n\nII. CHỈ TIÊU\n"
    "| TT | Sản phẩm | Đơn vị tính | Cả năm | Quý I | Quý II | Quý III | Quý IV |\n"
    "| 1 | Bản tin | bản tin | 40 | 10 | 10 | 8 | 12 |\n"
    "| TT | Xã | Số tin, bài (tin, bài/tháng) |\n"
    "| 1 | Ia Rô | 4 |\n"
    "| 2 | Ia Blo | 3 |\n"
)


def test_numbers_of_quarters_and_communes_become_targets_of_these(session, store):
    session.add(Unit(code="xa-ia-ro", name="Xã Ia Rô", kind=UnitKind.COMMUNE))
    session.flush()
    row = start(session, store, QUARTERS)
    proposals, _ = propose_for(session, row, 2026)
    assert [(one.quantity.quantity, one.doubts) for one in proposals] == [
        (40, ("sum",)), (10, ()), (10, ()), (8, ()), (12, ()), (4, ()), (3, ("whose",)),
    ]  # fmt: skip
    plan = confirm(session, row, targets=[one.number for one in proposals if one.is_ready])
    targets = list_targets(session, plan)
    assert sorted((one.first_date, one.last_date, one.quantity) for one in targets if not one.unit) == [
        (date(2026, 1, 1), date(2026, 3, 31), 10),
        (date(2026, 4, 1), date(2026, 6, 30), 10),
        (date(2026, 7, 1), date(2026, 9, 30), 8),
        (date(2026, 10, 1), date(2026, 12, 31), 12),
    ]
    assert [(one.quantity, one.unit, one.every) for one in targets if one.unit] == [
        (4, "xa-ia-ro", Every.MONTH)
    ]
