"""The API as a program meets it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.planning.models import Measure, Plan, Target
from tests.studio.web.world import DAY, NOW, PASSWORD, TEXT, World

V1 = "/api/v1"


def bearer(world: World, username: str):
    client = world.visitor()
    client.headers["authorization"] = f"Bearer {world.token(username)}"
    return client


def test_a_token_is_given_for_the_password_and_ends_on_demand(world: World):
    client = world.visitor()
    refused = client.post(f"{V1}/tokens", json={"username": "truc", "password": "sai"})
    assert refused.status_code == 401
    error = refused.json()["error"]
    assert (error["code"], error["data"]) == ("SignInFailed", {})
    answer = client.post(f"{V1}/tokens", json={"username": "truc", "password": PASSWORD})
    assert answer.status_code == 201
    client.headers["authorization"] = f"Bearer {answer.json()['token']}"
    me = client.get(f"{V1}/me").json()
    assert (me["username"], me["role"], me["station"]) == ("truc", "operator", "ia-dom")
    assert "import-log" in me["actions"]
    assert client.delete(f"{V1}/tokens/current").status_code == 204
    assert client.get(f"{V1}/me").json()["error"]["code"] == "AccessExpired"


def test_guessing_over_the_api_is_slowed_down_too(world: World):
    client = world.visitor()
    wrong = {"username": "lan", "password": "sai"}
    codes = [client.post(f"{V1}/tokens", json=wrong).status_code for _ in range(6)]
    assert codes == [401] * 5 + [429]


def test_a_cookie_alone_changes_nothing(world: World):
    client = world.signed_in("lan")
    answer = client.post(f"{V1}/scripts", json={"text": TEXT})
    assert answer.json()["error"]["code"] == "FormExpired"


def test_a_script_goes_its_way(world: World):
    lan, minh = bearer(world, "lan"), bearer(world, "minh")
    made = lan.post(f"{V1}/scripts", json={"text": TEXT}).json()
    address = f"{V1}/scripts/{made['code']}"
    assert made["code"] == "nuoc-sach-cho-thon-1"
    saved = lan.post(f"{address}/revisions", json={"text": TEXT + "\nNỮ: Xin chào.\n", "based_on": 1})
    assert saved.json()["latest_revision"] == 2
    late = lan.post(f"{address}/revisions", json={"text": TEXT, "based_on": 1})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "RevisionOutdated")
    assert late.json()["error"]["data"]["latest"] == 2
    assert lan.post(f"{address}/submit").json()["state"] == "submitted"
    assert lan.post(f"{address}/approve", json={}).status_code == 403
    done = minh.post(f"{address}/approve", json={"comment": "Tốt", "revision": 2}).json()
    assert (done["state"], done["approved_revision"]) == ("approved", 2)
    assert lan.get(address, params={"revision": 1}).json()["text"].strip() == TEXT.strip()
    job = lan.post(f"{address}/produce").json()
    assert (job["kind"], job["state"], job["payload"]) == (
        "produce",
        "waiting",
        {"code": made["code"], "revision": 2},
    )
    assert lan.get(f"{V1}/jobs/{job['id']}").json() == job
    assert lan.get(f"{V1}/jobs", params={"state": "waiting"}).json()["total"] == 1


def test_problems_are_told_with_code_and_place(world: World):
    lan = bearer(world, "lan")
    found = lan.post(f"{V1}/scripts/check", json={"text": TEXT.replace("mo-dau", "x")}).json()
    assert [(problem["code"], problem["line"]) for problem in found] == [("UnknownSound", 5)]


def test_lists_come_in_pages(world: World):
    lan = bearer(world, "lan")
    whole = lan.get(f"{V1}/scripts").json()
    assert (whole["total"], len(whole["items"])) == (3, 3)
    part = lan.get(f"{V1}/scripts", params={"limit": 1, "offset": 1}).json()
    assert part == {"items": whole["items"][1:2], "total": 3, "limit": 1, "offset": 1}
    for wrong in ({"limit": 0}, {"limit": 1000}, {"offset": -1}, {"limit": "x"}):
        assert lan.get(f"{V1}/scripts", params=wrong).status_code == 422
    assert lan.get(f"{V1}/assets", params={"search": "tiet muc"}).json()["total"] == 3
    asset = lan.get(f"{V1}/assets/sound/mo-dau").json()
    assert lan.get(f"/f/{asset['renditions'][0]['sha256']}").status_code == 200


@pytest.mark.parametrize("form", ["json", "m3u8", "xspf", "csv", "ical", "sheet"])
def test_the_published_day_is_there_in_every_format(world: World, form: str):
    truc = bearer(world, "truc")
    address = f"{V1}/stations/ia-dom/days/{DAY}/playlist.{form}"
    answer = truc.get(address)
    assert answer.status_code == 200
    assert "Tiết mục 1" in answer.text
    assert truc.get(address, headers={"if-none-match": answer.headers["etag"]}).status_code == 304


def test_a_station_takes_its_day_and_says_so(world: World):
    truc = bearer(world, "truc")
    day = f"{V1}/stations/ia-dom/days/{DAY}"
    assert truc.get(f"{day}/bundle.zip").content[:2] == b"PK"
    receipt = truc.post(f"{day}/receipts", json={"number": 1, "device": "hop-1"})
    assert receipt.status_code == 201
    states = {airing["state"] for airing in truc.get(f"{day}/airings").json()}
    assert states == {"downloaded"}
    assert truc.post(f"{day}/receipts", json={"number": 9, "device": "hop-1"}).status_code == 404
    assert truc.get(f"{V1}/stations/ia-dal/days/{DAY}/bundle.zip").status_code == 403


def test_unknown_things_are_named(world: World):
    lan = bearer(world, "lan")
    for path, code in (
        ("/scripts/khong-co", "ScriptMissing"),
        ("/stations/ia-dm", "StationUnknown"),
        ("/jobs/99", "JobMissing"),
        ("/assets/sound/x", "AssetMissing"),
        (f"/stations/ia-dal/days/{DAY}/playlist.json", "DayNotPublished"),
        ("/stations/ia-dom/days/hom-nay/airings", "DayUnreadable"),
        (f"/stations/ia-dom/days/{DAY}/playlist.mp9", "FormatUnknown"),
        ("/khong-co", "PageMissing"),
        ("/coverage", "NoPlanYet"),
    ):
        error = lan.get(V1 + path).json()["error"]
        assert error["code"] == code
        assert error["message"].endswith((".", "…"))
    assert "ia-dom" in lan.get(f"{V1}/stations/ia-dm").json()["error"]["message"]


def test_coverage_is_told_in_figures(world: World):
    with world.database.writing() as session:
        plan = Plan(
            code="kh", title="Kế hoạch", year=2026, source_sha256="0" * 64, document={}, imported_at=NOW
        )
        session.add(plan)
        session.flush()
        session.add(
            Target(
                plan_id=plan.id,
                first_date=DAY,
                last_date=DAY,
                measure=Measure.AIRINGS,
                quantity=5,
                theme=None,
            )
        )
    answer = bearer(world, "sep").get(f"{V1}/coverage").json()
    (row,) = answer["rows"]
    assert (row["wanted"], row["aired"], row["planned"], row["status"]) == (5, 0, 8, "waiting")
    assert (answer["plan"], answer["met"]) == ("kh", 0)


def test_the_api_describes_itself(world: World):
    described = world.visitor().get(f"{V1}/openapi.json").json()
    paths = described["paths"]
    assert all(path.startswith(V1) for path in paths)
    for path in ("/scripts", "/jobs/{job_id}", "/stations/{code}/days/{day}/bundle.zip", "/coverage", "/me"):
        assert V1 + path in paths
    assert "ErrorAnswer" in described["components"]["schemas"]


@given(body=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nonsense_is_refused_not_crashed_on(world: World, body: bytes):
    lan = bearer(world, "lan")
    for path in ("/scripts", "/scripts/check", "/scripts/nhap/revisions"):
        for kind in ("application/json", "text/plain", "multipart/form-data"):
            answer = lan.post(V1 + path, content=body, headers={"content-type": kind})
            assert answer.status_code in (400, 422), (path, answer.text)
            assert answer.json()["error"]["code"]
