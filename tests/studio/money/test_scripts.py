"""Royalties by script: the words of what was approved, corrected by hand where somebody says so."""

from datetime import date

import pytest

from studio.money.models import RoyaltyRule, RoyaltyUnit
from studio.money.royalties import Work, add_rule, fill_in, pay
from studio.money.scripts import ScriptNotApproved, count_words, find_paid_script
from studio.people.models import Role, User
from studio.scripts.workflow import ScriptMissing, approve, create_script, save_revision, submit
from tests.studio.planning.district import NOW
from tests.studio.scripts.samples import KNOWN

HEADER = """---
title: Nước sạch
language: jra
voices: {NỮ: vi-north-f}
---
"""
BODY = """# Mở đầu cho hay
// ghi chú không đọc
[nghỉ 1,5s]
NỮ (chậm): Bà con nhớ đun sôi nước
trong 5 phút – rồi hãy uống.
"""
WORDS = ["Bà", "con", "nhớ", "đun", "sôi", "nước", "trong", "5", "phút", "rồi", "hãy", "uống."]


def test_only_what_is_read_aloud_is_counted():
    assert count_words(HEADER + BODY) == len(WORDS)
    assert count_words("") == 0


@pytest.fixture
def session(database):
    with database.writing() as opened:
        for name in ("lan", "minh"):
            opened.add(
                User(username=name, full_name=name, role=Role.APPROVER, password_hash="-", created_at=NOW)
            )
        opened.flush()
        add_rule(
            opened,
            RoyaltyRule(genre="Bài", amount=350, unit=RoyaltyUnit.PAGE, valid_from=date(2026, 1, 1)),
            by="sep",
            now=NOW,
        )
        yield opened


def write(session, *, approved=True):
    lan, minh = (session.get_one(User, number) for number in (1, 2))
    script = create_script(session, code="nuoc-sach", text=HEADER + BODY, by=lan, now=NOW)
    if approved:
        submit(session, script.code, by=lan, now=NOW, **KNOWN)
        approve(session, script.code, by=minh, now=NOW, own_approval=False)
        save_revision(session, script.code, text=HEADER + BODY * 2, based_on=1, by=lan, now=NOW)


def test_the_approved_revision_is_paid_whatever_was_written_since(session):
    write(session)
    bare = Work(person="Lan", day=date(2026, 11, 3), genre="Bài")
    filled = fill_in(session, bare, "nuoc-sach")
    assert (filled.title, filled.language, filled.words) == ("Nước sạch", "jra", len(WORDS))
    royalty = pay(session, filled, by="sep", now=NOW)
    assert (royalty.amount, royalty.asset_key) == (len(WORDS), "script/nuoc-sach@1")


def test_what_is_given_by_hand_goes_before_the_script(session):
    write(session)
    work = Work(person="Lan", day=date(2026, 11, 3), genre="Bài", title="Khác", language="vi", words=700)
    filled = fill_in(session, work, " nuoc-sach ")
    assert (filled.title, filled.language, filled.words) == ("Khác", "vi", 700)


def test_nothing_is_paid_for_what_is_not_approved_or_not_there(session):
    write(session, approved=False)
    with pytest.raises(ScriptNotApproved, match="nuoc-sach"):
        find_paid_script(session, "nuoc-sach")
    with pytest.raises(ScriptMissing):
        find_paid_script(session, "khong-co")
