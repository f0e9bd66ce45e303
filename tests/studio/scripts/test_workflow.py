"""A script's way: what may follow what, who may approve, and that nothing is lost."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from assets.models import Priority
from studio.people.models import AuditEntry, Role, User
from studio.scripts.models import Decision, Revision, ScriptState
from studio.scripts.problems import ScriptTooLong, UnusableCharacter
from studio.scripts.workflow import (
    ALLOWED,
    CommentMissing,
    OwnWorkNotApprovable,
    RevisionMissing,
    RevisionOutdated,
    ScriptCodeTaken,
    ScriptCodeUnusable,
    ScriptMissing,
    ScriptNotClean,
    TransitionNotAllowed,
    UnknownState,
    approve,
    create_script,
    find_script,
    list_scripts,
    read_state,
    reject,
    save_revision,
    submit,
    text_of,
)
from tests.studio.scripts.samples import KNOWN, WHOLE

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def session(database):
    with database.writing() as opened:
        for name, role in (("lan", Role.PRODUCER), ("minh", Role.APPROVER), ("hoa", Role.APPROVER)):
            opened.add(
                User(username=name, full_name=name.title(), role=role, password_hash="-", created_at=NOW)
            )
        opened.flush()
        yield opened


@pytest.fixture
def people(session):
    return {user.username: user for user in session.exec(select(User))}


@pytest.fixture
def lan(people):
    return people["lan"]


@pytest.fixture
def minh(people):
    return people["minh"]


@pytest.fixture
def vay_von(session, lan):
    return create_script(session, code="vay-von", text=WHOLE, by=lan, now=NOW)


def entries(session):
    return [(entry.by, entry.action, entry.subject) for entry in session.exec(select(AuditEntry))]


def test_from_draft_to_approval_with_every_step_on_record(session, lan, minh, vay_von):
    assert (vay_von.state, vay_von.latest_revision) == (ScriptState.DRAFT, 1)
    save_revision(session, "vay-von", text=WHOLE + "\nNỮ: Thêm.", based_on=1, by=lan, now=NOW)
    submit(session, "vay-von", by=lan, now=NOW, **KNOWN)
    reject(session, "vay-von", by=minh, now=LATER, comment=" Sửa số liệu. ")
    save_revision(session, "vay-von", text=WHOLE, based_on=2, by=lan, now=LATER)
    submit(session, "vay-von", by=lan, now=LATER, **KNOWN)
    script = approve(session, "vay-von", by=minh, now=LATER, own_approval=False, revision=3)
    assert (script.state, script.approved_revision) == (ScriptState.APPROVED, 3)
    assert [(d.state, d.revision, d.comment) for d in session.exec(select(Decision))] == [
        ("submitted", 2, ""),
        ("rejected", 2, "Sửa số liệu."),
        ("submitted", 3, ""),
        ("approved", 3, ""),
    ]
    verbs = ["create", "save", "submit", "reject", "save", "submit", "approve"]
    names = ["lan", "lan", "lan", "minh", "lan", "lan", "minh"]
    assert entries(session) == [
        (by, f"script.{verb}", "script/vay-von") for by, verb in zip(names, verbs, strict=True)
    ]
    last = session.exec(select(AuditEntry)).all()[-1]
    assert (last.before["state"], last.after["state"]) == ("submitted", "approved")


def test_an_approved_script_stays_approved_while_the_next_revision_is_written(session, lan, minh, vay_von):
    submit(session, "vay-von", by=lan, now=NOW, **KNOWN)
    approve(session, "vay-von", by=minh, now=NOW, own_approval=False)
    script = save_revision(session, "vay-von", text=WHOLE + "//", based_on=1, by=lan, now=LATER)
    assert (script.state, script.approved_revision, script.latest_revision) == (ScriptState.DRAFT, 1, 2)
    assert text_of(session, script, 1) == WHOLE
    assert text_of(session, script) == WHOLE + "//"


def test_nobody_approves_what_he_wrote_unless_the_centre_lets_him(session, lan, minh, people, vay_von):
    save_revision(session, "vay-von", text=WHOLE + "//", based_on=1, by=minh, now=NOW)
    submit(session, "vay-von", by=lan, now=NOW, **KNOWN)
    for writer in (lan, minh):
        with pytest.raises(OwnWorkNotApprovable):
            approve(session, "vay-von", by=writer, now=NOW, own_approval=False)
    approve(session, "vay-von", by=people["hoa"], now=NOW, own_approval=False)
    save_revision(session, "vay-von", text=WHOLE, based_on=2, by=lan, now=NOW)
    submit(session, "vay-von", by=lan, now=NOW, **KNOWN)
    approve(session, "vay-von", by=minh, now=NOW, own_approval=False)  # his part was approved before


def test_own_approval_is_a_rule_of_the_centre(session, minh):
    create_script(session, code="a", text=WHOLE, by=minh, now=NOW)
    submit(session, "a", by=minh, now=NOW, **KNOWN)
    assert approve(session, "a", by=minh, now=NOW, own_approval=True).state is ScriptState.APPROVED


def test_only_what_the_table_allows_can_happen(session, lan, minh):
    steps = {
        ScriptState.SUBMITTED: lambda code: submit(session, code, by=lan, now=NOW, **KNOWN),
        ScriptState.APPROVED: lambda code: approve(session, code, by=minh, now=NOW, own_approval=False),
        ScriptState.REJECTED: lambda code: reject(session, code, by=minh, now=NOW, comment="x"),
        ScriptState.DRAFT: lambda code: save_revision(
            session, code, text=WHOLE + "//", based_on=1, by=lan, now=NOW
        ),
    }
    for number, (state, wanted) in enumerate(itertools.product(ScriptState, ScriptState)):
        code = f"s{number}"
        script = create_script(session, code=code, text=WHOLE, by=lan, now=NOW)
        script.state = state
        session.flush()
        if wanted in ALLOWED[state]:
            assert steps[wanted](code).state is wanted
        else:
            with pytest.raises(TransitionNotAllowed):
                steps[wanted](code)
            assert find_script(session, code).state is state


def test_a_save_upon_an_old_revision_is_refused_and_loses_nothing(session, lan, minh, vay_von):
    save_revision(session, "vay-von", text=WHOLE + "// lan", based_on=1, by=lan, now=NOW)
    with pytest.raises(RevisionOutdated):
        save_revision(session, "vay-von", text=WHOLE + "// minh", based_on=1, by=minh, now=NOW)
    assert text_of(session, vay_von).endswith("// lan")
    submit(session, "vay-von", by=lan, now=NOW, **KNOWN)
    with pytest.raises(RevisionOutdated):
        approve(session, "vay-von", by=minh, now=NOW, own_approval=False, revision=1)


def test_saving_the_same_text_makes_no_revision(session, lan, minh, vay_von):
    submit(session, "vay-von", by=lan, now=NOW, **KNOWN)
    same = "\ufeff" + WHOLE.replace("\n", "\r\n")
    script = save_revision(session, "vay-von", text=same, based_on=1, by=lan, now=LATER)
    assert (script.state, script.latest_revision) == (ScriptState.SUBMITTED, 1)
    assert len(entries(session)) == 2


def test_a_broken_draft_is_kept_and_cannot_be_submitted(session, lan):
    script = create_script(session, text="chưa có gì [", by=lan, now=NOW)
    assert script.title == "Chưa có tiêu đề"
    assert script.code == "chua-co-tieu-de"
    with pytest.raises(ScriptNotClean) as caught:
        submit(session, script.code, by=lan, now=NOW, **KNOWN)
    assert "2" in str(caught.value)
    assert script.state is ScriptState.DRAFT


def test_labels_follow_the_header_and_survive_a_broken_one(session, lan, vay_von):
    assert (vay_von.theme, vay_von.audience, vay_von.form) == ("3.employment", "1", "2.radio")
    changed = WHOLE.replace("theme: 3.employment", "theme: 2\nưu tiên: khẩn cấp\nngôn ngữ: jra")
    save_revision(session, "vay-von", text=changed, based_on=1, by=lan, now=NOW)
    assert (vay_von.theme, vay_von.priority, vay_von.language) == ("2", Priority.URGENT, "jra")
    save_revision(session, "vay-von", text="title: a: b", based_on=2, by=lan, now=NOW)
    assert (vay_von.theme, vay_von.title) == ("2", "Vay vốn chính sách")


def test_codes_come_from_the_title_and_are_unique(session, lan):
    codes = [create_script(session, text=WHOLE, by=lan, now=NOW).code for _ in range(3)]
    assert codes == ["vay-von-chinh-sach", "vay-von-chinh-sach-2", "vay-von-chinh-sach-3"]
    odd = WHOLE.replace("Vay vốn chính sách", "«…»")
    assert create_script(session, text=odd, by=lan, now=NOW).code == "kich-ban"
    with pytest.raises(ScriptCodeTaken):
        create_script(session, code=codes[0], text=WHOLE, by=lan, now=NOW)
    for code in ("Vay Vốn", "-a", "a--b", "a/b", "a" * 81):
        with pytest.raises(ScriptCodeUnusable):
            create_script(session, code=code, text=WHOLE, by=lan, now=NOW)


def test_scripts_are_found_without_marks(session, lan, minh):
    create_script(session, code="a", text=WHOLE, by=lan, now=NOW)
    water = WHOLE.replace("Vay vốn chính sách", "Đường nước sạch")
    create_script(session, code="b", text=water, by=lan, now=LATER)
    assert [script.code for script in list_scripts(session)] == ["b", "a"]
    assert [script.code for script in list_scripts(session, search="duong SẠCH")] == ["b"]
    assert list_scripts(session, search="khong co") == []
    submit(session, "a", by=lan, now=LATER, **KNOWN)
    assert [script.code for script in list_scripts(session, state=ScriptState.SUBMITTED)] == ["a"]


def test_what_is_not_there_is_named(session, vay_von):
    with pytest.raises(ScriptMissing):
        find_script(session, "khong-co")
    with pytest.raises(RevisionMissing):
        text_of(session, vay_von, 2)
    with pytest.raises(UnknownState):
        read_state("done")
    assert read_state("draft") is ScriptState.DRAFT


def test_a_script_is_returned_with_a_reason_only(session, lan, minh, vay_von):
    submit(session, "vay-von", by=lan, now=NOW, **KNOWN)
    with pytest.raises(CommentMissing):
        reject(session, "vay-von", by=minh, now=NOW, comment=" \n")


@pytest.mark.parametrize("text", [WHOLE + "a\0b", WHOLE + "\ud800"])
def test_what_no_database_keeps_is_refused_with_its_place(session, lan, text):
    with pytest.raises(UnusableCharacter) as caught:
        create_script(session, text=text, by=lan, now=NOW)
    assert caught.value.data["line"] == WHOLE.count("\n") + 1


def test_text_without_end_is_refused(session, lan):
    with pytest.raises(ScriptTooLong):
        create_script(session, text="a\n" * 300_000, by=lan, now=NOW)
    assert session.exec(select(Revision)).all() == []
