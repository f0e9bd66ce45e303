"""The grid as a program meets it: slots, single days, campaigns, holidays, who may, and nonsense."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.people.audit import list_entries
from tests.studio.api.test_api import V1, bearer
from tests.studio.web.world import World

DOM = f"{V1}/stations/ia-dom"
NOON = {"name": "Trưa", "starts": "11:30", "minutes": 30, "first": "2026-12-03"}
CAMPAIGN = {"name": "Tháng cao điểm", "first": "2026-12-10", "last": "2026-12-20", "stations": ["ia-dom"]}


def ask(client, method, path, status, **body):
    answer = client.request(method, path, json=body or None)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def error(client, method, path, status, **body):
    return ask(client, method, path, status, **body)["error"]


def test_a_slot_is_made_changed_from_a_day_on_and_ended(world: World):
    lan = bearer(world, "lan")
    made = ask(lan, "POST", f"{DOM}/slots", 201, **NOON)
    assert (made["starts"], made["minutes"], made["last"], made["use"]) == ("11:30:00", 30, None, "any")
    slot = f"{DOM}/slots/{made['number']}"
    changed = ask(lan, "PATCH", slot, 200, day="2026-12-05", starts="11:00", minutes=45)
    assert (changed["since"], changed["slot"]["starts"], changed["slot"]["name"]) == (
        "2026-12-05", "11:00:00", "Trưa",
    )  # fmt: skip
    follower = changed["slot"]["number"]
    assert changed["slot"]["continues"] == made["number"]
    assert ask(lan, "GET", slot, 200)["last"] == "2026-12-04", "what was stays"
    assert [one["number"] for one in ask(lan, "GET", f"{DOM}/slots", 200)] == [1, follower, 2]
    past = ask(lan, "GET", f"{DOM}/slots?past=true", 200)
    assert [one["number"] for one in past] == [1, follower, made["number"], 2]
    assert ask(lan, "POST", f"{DOM}/slots/{follower}/end", 200, day="2026-12-08") == {"since": "2026-12-08"}
    assert ask(lan, "PATCH", f"{DOM}/slots/1", 200, day="2026-12-01", minutes=20)["since"] == "2026-12-02", (
        "the first day that is not published"
    )
    deeds = ask(lan, "GET", f"{DOM}/grid/changes", 200)
    assert [(one["by"], one["undoable"]) for one in deeds] == [("lan", True)] * 2 + [("lan", False)] * 2
    ask(lan, "POST", f"{DOM}/grid/changes/{deeds[0]['number']}/undo", 204)
    assert ask(lan, "GET", f"{DOM}/slots/1", 200)["last"] is None
    assert error(lan, "POST", f"{DOM}/grid/changes/{deeds[0]['number']}/undo", 409)["code"] == "DeedUndone"


def test_a_slot_has_a_frame(world: World):
    lan = bearer(world, "lan")
    made = ask(lan, "POST", f"{DOM}/slots", 201, **NOON, frame="form:2.news=5, rest")
    slot = f"{DOM}/slots/{made['number']}"
    assert ask(lan, "GET", slot, 200)["frame"] == "form:2.news=5, rest"
    changed = ask(lan, "PATCH", slot, 200, day="2026-12-05", frame="")
    assert changed["slot"]["frame"] == ""
    assert error(lan, "POST", f"{DOM}/slots", 422, **NOON, frame="nine")["code"] == "FrameUnusable"


def test_a_conflict_says_which_occurrence_and_gives_way_to_a_name_and_a_reason(world: World):
    lan = bearer(world, "lan")
    late = NOON | {"starts": "17:15", "rrule": "FREQ=WEEKLY;BYDAY=FR"}
    clash = error(lan, "POST", f"{DOM}/slots", 409, **late)
    assert clash["code"] == "SlotsOverlap"
    assert {name: clash["data"][name] for name in ("slot", "other", "day", "shared_from")} == {
        "slot": "Trưa", "other": "Chiều", "day": "2026-12-04", "shared_from": "2026-12-04T10:15:00+00:00",
    }  # fmt: skip
    assert "17:15 04/12/2026" in clash["message"]
    assert len(ask(lan, "GET", f"{DOM}/slots", 200)) == 2
    assert error(lan, "POST", f"{DOM}/slots", 409, **late, override="  ")["code"] == "SlotsOverlap"
    over = ask(lan, "POST", f"{DOM}/slots", 201, **late, override="họp dân")
    (word,) = ask(lan, "GET", f"{DOM}/slots/{over['number']}", 200)["overrides"]
    assert (word["over"], word["reason"], word["by"]) == (2, "họp dân", "lan")
    with world.database.reading() as session:
        assert [one.action for one in list_entries(session, subject="grid/ia-dom")] == ["grid.slot-add-over"]


def test_one_day_is_moved_cancelled_and_given_back(world: World):
    lan = bearer(world, "lan")
    day = f"{DOM}/slots/1/days/2026-12-04"
    assert ask(lan, "PUT", day, 200, starts="06:00", minutes=20, reason="mất điện") == {
        "day": "2026-12-04", "cancelled": False, "starts": "06:00:00", "minutes": 20, "reason": "mất điện",
    }  # fmt: skip
    clash = error(lan, "PUT", day, 409, starts="17:10")
    assert (clash["code"], clash["data"]["day"]) == ("SlotsOverlap", "2026-12-04")
    ask(lan, "PUT", day, 200, starts="17:10", override="một lần")
    assert ask(lan, "PUT", day, 200, reason="nghỉ")["cancelled"] is True
    assert [one["day"] for one in ask(lan, "GET", f"{DOM}/slots/1", 200)["days"]] == ["2026-12-04"]
    ask(lan, "DELETE", day, 204)
    assert error(lan, "DELETE", day, 404)["code"] == "OccurrenceUnknown"
    assert error(lan, "PUT", f"{DOM}/slots/1/days/2026-12-01", 409, reason="x")["code"] == "DayPublished"
    assert error(lan, "PUT", f"{DOM}/slots/1/days/2026-11-30", 409, reason="x")["code"] == "DayOver"


def test_campaigns_and_their_slots(world: World):
    lan = bearer(world, "lan")
    made = ask(lan, "POST", f"{V1}/campaigns", 201, **CAMPAIGN)
    assert (made["mode"], made["stations"]) == ("adds", ["ia-dom"])
    assert error(lan, "POST", f"{V1}/campaigns", 409, **CAMPAIGN)["code"] == "CampaignTaken"
    number = made["number"]
    slot = ask(lan, "POST", f"{DOM}/slots", 201, **NOON, campaign=number, replaces=1)
    assert (slot["campaign"], slot["replaces"]) == (number, 1)
    changed = CAMPAIGN | {"last": "2026-12-25", "mode": "replaces"}
    assert ask(lan, "PUT", f"{V1}/campaigns/{number}", 200, **changed)["last"] == "2026-12-25"
    assert error(lan, "DELETE", f"{V1}/campaigns/{number}", 409)["code"] == "CampaignHasSlots"
    ask(lan, "POST", f"{DOM}/slots/{slot['number']}/end", 200, day="2026-12-03")
    ask(lan, "DELETE", f"{V1}/campaigns/{number}", 204)
    assert ask(lan, "GET", f"{V1}/campaigns", 200) == []
    assert error(lan, "DELETE", f"{V1}/campaigns/{number}", 404)["code"] == "CampaignUnknown"


def test_a_slot_names_only_what_its_station_has(world: World):
    lan = bearer(world, "lan")
    ask(lan, "POST", f"{V1}/campaigns", 201, **(CAMPAIGN | {"stations": ["ia-dal"]}))
    assert error(lan, "POST", f"{DOM}/slots", 404, **NOON, campaign=1)["code"] == "CampaignUnknown"
    assert error(lan, "POST", f"{DOM}/slots", 404, **NOON, campaign=99)["code"] == "CampaignUnknown"
    dal = f"{V1}/stations/ia-dal/slots"
    assert error(lan, "POST", dal, 404, **NOON, campaign=1, replaces=1)["code"] == "SlotUnknown"
    assert error(lan, "PATCH", f"{dal}/1", 404, day="2026-12-05", minutes=5)["code"] == "SlotUnknown"
    assert error(lan, "GET", f"{dal}/99", 404)["data"]["valid"] == "3, 4"


def test_a_holiday_is_moved(world: World):
    lan = bearer(world, "lan")
    tet = ask(lan, "GET", f"{V1}/holidays?year=2027", 200)
    assert any(one["day"] == "2027-02-06" for one in tet)
    ask(lan, "PUT", f"{V1}/holidays/2026-12-24", 200, name="Nghỉ bù")
    assert {"day": "2026-12-24", "name": "Nghỉ bù"} in ask(lan, "GET", f"{V1}/holidays?year=2026", 200)
    assert ask(lan, "PUT", f"{V1}/holidays/2026-12-24", 200, name="")["name"] == ""
    assert error(lan, "GET", f"{V1}/holidays?year=99999", 422)["code"] == "RequestUnreadable"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"{DOM}/slots", NOON),
        ("PATCH", f"{DOM}/slots/1", {"day": "2026-12-05", "minutes": 5}),
        ("POST", f"{DOM}/slots/1/end", {"day": "2026-12-05"}),
        ("PUT", f"{DOM}/slots/1/days/2026-12-05", {"reason": "x"}),
        ("DELETE", f"{DOM}/slots/1/days/2026-12-05", {}),
        ("POST", f"{DOM}/grid/changes/1/undo", {}),
        ("POST", f"{V1}/campaigns", CAMPAIGN),
        ("PUT", f"{V1}/campaigns/1", CAMPAIGN),
        ("DELETE", f"{V1}/campaigns/1", {}),
        ("PUT", f"{V1}/holidays/2026-12-24", {"name": "x"}),
    ],
)
def test_who_may_not_edit_the_grid_changes_nothing(world: World, method, path, body):
    for username in ("truc", "sep"):
        assert error(bearer(world, username), method, path, 403, **body)["code"] == "NotAllowed"
    for stranger in (world.visitor(), world.signed_in("lan")):
        assert error(stranger, method, path, 403, **body)["code"] == "FormExpired", "a cookie proves nothing"
    stranger.headers["authorization"] = "Bearer nobody"
    assert error(stranger, method, path, 401, **body)["code"] == "AccessExpired"


def test_a_commune_sees_its_own_grid_only(world: World):
    truc = bearer(world, "truc")
    assert len(ask(truc, "GET", f"{DOM}/slots", 200)) == 2
    ask(truc, "GET", f"{DOM}/slots/1", 200)
    ask(truc, "GET", f"{DOM}/grid/changes", 200)
    for path in ("slots", "slots/3", "grid/changes"):
        assert error(truc, "GET", f"{V1}/stations/ia-dal/{path}", 403)["code"] == "NotAllowed"
    for path in ("campaigns", "holidays?year=2026"):
        assert error(truc, "GET", f"{V1}/{path}", 403)["code"] == "NotAllowed"
    ask(bearer(world, "sep"), "GET", f"{V1}/campaigns", 200)


def test_it_describes_itself_with_its_conflicts(world: World):
    paths = world.visitor().get(f"{V1}/openapi.json").json()["paths"]
    put = paths[f"{V1}/stations/{{code}}/slots/{{number}}/days/{{day}}"]["put"]
    assert "shared_from" in put["responses"]["409"]["description"]
    assert (
        "data.draft"
        in paths[f"{V1}/schedule/changes/{{number}}/apply"]["post"]["responses"]["409"]["description"]
    )


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**70), max_value=2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30)
    | st.sampled_from(
        ["11:30", "24:00", "05:00", "2026-12-05", "2000-01-01", "2099-12-31", "9999-12-31", "0001-01-01",
         "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=FR", "FREQ=YEARLY;BYYEARDAY=366", "FREQ=DAILY;COUNT=1", "ia-dom",
         "adds", "replaces", "holidays", "\x00", "\ud800"]
    ),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)  # fmt: skip
FIELDS = (
    "name", "starts", "minutes", "rrule", "first", "last", "use", "relay", "signature", "closing", "campaign",
    "replaces", "override", "day", "reason", "stations", "mode",
)  # fmt: skip


@given(given_fields=st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=5), data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nonsense_is_refused_not_crashed_on(world: World, given_fields, data):
    """Sound requests with some fields replaced by anything: an answer of ours, never a crash."""
    day = data.draw(
        st.sampled_from(["2026-12-05", "2099-12-31", "2000-01-01", "9999-12-31", "0001-01-01", "x"])
    )
    number = data.draw(st.sampled_from([1, 2, 3, 0, -1, 2**31, 2**70, "x"]))
    method, path, sound = data.draw(
        st.sampled_from(
            [
                ("POST", f"{DOM}/slots", NOON),
                ("PATCH", f"{DOM}/slots/{number}", {"day": day}),
                ("POST", f"{DOM}/slots/{number}/end", {"day": day}),
                ("PUT", f"{DOM}/slots/{number}/days/{day}", {"reason": "x"}),
                ("DELETE", f"{DOM}/slots/{number}/days/{day}", {}),
                ("POST", f"{DOM}/grid/changes/{number}/undo", {}),
                ("POST", f"{V1}/campaigns", CAMPAIGN),
                ("PUT", f"{V1}/campaigns/{number}", CAMPAIGN),
                ("DELETE", f"{V1}/campaigns/{number}", {}),
                ("PUT", f"{V1}/holidays/{day}", {"name": "x"}),
            ]
        )
    )
    answer = bearer(world, "lan").request(
        method,
        path,
        content=json.dumps(sound | given_fields),  # half a character stays an escape
        headers={"content-type": "application/json"},
    )
    assert answer.status_code in (200, 201, 204, 404, 409, 422), (path, given_fields, answer.text)
    if answer.status_code >= 400:
        assert answer.json()["error"]["code"]
