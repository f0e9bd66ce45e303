"""Money on pages: given, entered, never beyond the line in silence; royalties by the table."""

import pytest
from sqlmodel import select

from studio.money.models import Expense, FundingLine, MoneyEntry, Royalty, RoyaltyRule
from studio.planning.plans import store_plan
from tests.studio.planning.district import make_document
from tests.studio.web.world import NOW, World, csrf_of

NASTY = "<script>alert(1)</script>"


@pytest.fixture
def funded(world: World) -> World:
    with world.database.writing() as session:
        store_plan(session, make_document(), code="2026", source_sha256="a" * 64, is_sample=True, now=NOW)
    client = world.signed_in("sep")
    assert post(client, "/money/decision", number="440/QĐ-UBND", signed_on="16/12/2025").status_code == 303
    line = {"decision": "440/QĐ-UBND", "code": "TDA2", "title": "Truyền thông", "amount": "10.000.000 đ"}
    assert post(client, "/money/line", **line).status_code == 303
    assert post(client, "/money/expense", line="1", title=NASTY).status_code == 303
    return world


def post(client, address, **fields):
    return client.post(address, data=fields | {"csrf": csrf_of(client, "/money")})


def enter(client, **changes):
    fields = {"expense": "1", "stage": "commitment", "amount": "10.000.000", "day": "01/12/2026"}
    return post(client, "/money/entry", **(fields | changes))


def test_without_a_plan_the_page_says_what_comes_first(world: World):
    assert "kế hoạch" in world.signed_in("sep").get("/money").text.lower()


def test_an_entry_is_summed_shown_and_spelled(funded: World):
    client = funded.signed_in("sep")
    assert enter(client, stage="settlement", amount="4.500.000").status_code == 303
    page = client.get("/money").text
    assert "4.500.000" in page
    assert "Bốn triệu năm trăm nghìn đồng" in page
    assert NASTY not in page
    with funded.database.reading() as session:
        assert session.exec(select(FundingLine)).one().amount == 10_000_000
        assert session.exec(select(MoneyEntry)).one().amount == 4_500_000


def test_beyond_the_line_is_asked_for_a_reason_and_what_was_typed_stays(funded: World):
    client = funded.signed_in("sep")
    enter(client)
    answer = enter(client, amount="1.000", note="Thêm xăng xe")
    assert answer.status_code == 409
    assert "vượt 1.000 đồng" in answer.text
    assert "Thêm xăng xe" in answer.text
    assert 'value="1.000"' in answer.text
    assert enter(client, amount="1.000", over="Được giao thêm việc").status_code == 303
    assert "Được giao thêm việc" in client.get("/money").text


@pytest.mark.parametrize(
    "changes",
    [{"amount": "1,5"}, {"amount": ""}, {"day": "31/2/2026"}, {"expense": "9"}, {"expense": "x"},
     {"amount": "-5"}, {"stage": "gift"}],
)  # fmt: skip
def test_what_cannot_be_entered_is_named_and_nothing_is_kept(funded: World, changes):
    answer = enter(funded.signed_in("sep"), **changes)
    assert answer.status_code in (404, 409, 422)
    assert 'role="alert"' in answer.text
    with funded.database.reading() as session:
        assert session.exec(select(MoneyEntry)).all() == []


def test_royalties_follow_the_rates_of_the_centre(funded: World):
    client = funded.signed_in("sep")
    rate = {"genre": "Tin", "amount": "70.000", "unit": "page", "first": "01/01/2026", "cap": "100.000"}
    assert post(client, "/royalties/rules", **rate).status_code == 303
    work = {"person": "Y Lan", "title": NASTY, "genre": "Tin", "words": "350", "day": "01/12/2026"}
    for _ in range(2):
        assert post(client, "/royalties", **work).status_code == 303
    page = client.get("/royalties?month=2026-12").text
    assert "Một trăm nghìn đồng" in page
    assert "trước mức trần 70.000" in page
    assert NASTY not in page
    assert post(client, "/royalties", **(work | {"genre": "Phóng sự"})).status_code == 404
    assert post(client, "/royalties", **(work | {"words": "một"})).status_code == 422
    assert post(client, "/royalties/rules", **(rate | {"amount": "0"})).status_code == 422
    assert post(client, "/royalties/1/remove").status_code == 303
    assert post(client, "/royalties/rules/1/end", last="01/12/2026").status_code == 303
    with funded.database.reading() as session:
        assert [one.amount for one in session.exec(select(Royalty).order_by(Royalty.id))] == [70_000, 30_000]
        assert session.exec(select(RoyaltyRule)).one().valid_until is not None
        assert session.exec(select(Expense)).one().title == NASTY


def test_an_approved_script_gives_title_and_words(funded: World):
    client = funded.signed_in("sep")
    rate = {"genre": "Bài", "unit": "page", "amount": "70.000", "first": "01/01/2026"}
    assert post(client, "/royalties/rules", **rate).status_code == 303
    page = client.get("/royalties").text
    assert '<option value="da-duyet"' in page
    work = {"person": "Y Lan", "genre": "Bài", "day": "03/12/2026", "count": "1"}
    assert post(client, "/royalties", **work, script="da-duyet").status_code == 303
    assert post(client, "/royalties", **work, script="da-duyet", words="9").status_code == 303
    assert post(client, "/royalties", **work, script="khong-co").status_code == 404
    with funded.database.reading() as session:
        first, second = session.exec(select(Royalty).order_by(Royalty.id)).all()
        assert first.title == second.title != ""
        assert (first.asset_key, second.words) == ("script/da-duyet@1", 9)
        assert first.words > 9


@pytest.mark.parametrize("who", ["lan", "truc"])
def test_money_is_for_those_who_answer_for_it(funded: World, who):
    client = funded.signed_in(who)
    assert client.get("/money").status_code == 403
    assert client.get("/royalties").status_code == 403
