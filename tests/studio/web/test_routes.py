"""Every route against every role: who is let in is what the permission table says, nothing else."""

from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute

from studio.app import create_app
from studio.people.models import Role
from studio.people.permissions import ALLOWED, Action
from studio.settings import read_settings
from studio.web.access import Allowed, AllowedAtStation, AllowedOwn, get_user
from tests.studio.web.world import PEOPLE, World, csrf_of

OPEN = {
    ("GET", "/calendar/{token}.ics"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("POST", "/api/v1/tokens"),
}
SIGNED_IN = {
    ("GET", "/"),
    ("POST", "/sign-out"),
    ("GET", "/f/{sha256}"),
    ("HEAD", "/f/{sha256}"),
    ("GET", "/api/v1/me"),
    ("DELETE", "/api/v1/tokens/current"),
    ("GET", "/api/v1/stations"),
}
"""Routes for everybody who is signed in; what they show depends on the person."""
VALUES = {
    "{code}": "ia-dom",
    "{day}": "2026-12-01",
    "{job_id}": "1",
    "{number}": "1",
    "{key:path}": "sound/mo-dau",
    "{sha256}": "0" * 64,
    "{activity_id}": "1",
    "{attachment_id}": "1",
    "{target_id}": "1",
    "{log_id}": "1",
    "{report_id}": "1",
    "{reminder_id}": "1",
    "{rule_id}": "1",
    "{royalty_id}": "1",
    "{deed}": "line",
    "{bulletin_id}": "1",
    "{form}": "day",
}


def find_routes(routes, prefix="") -> Iterator[tuple[str, APIRoute]]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield prefix + route.path, route
        elif hasattr(route, "original_router"):  # an included router
            yield from find_routes(route.original_router.routes, prefix + route.include_context.prefix)


def find_guards(dependant) -> Iterator[object]:
    yield dependant.call
    for other in dependant.dependencies:
        yield from find_guards(other)


@pytest.fixture(scope="module")
def routes(tmp_path_factory):
    app = create_app(read_settings({}, home=tmp_path_factory.mktemp("routes")), embedded_worker=False)
    found = {}
    for path, route in find_routes(app.routes):
        guards = list(find_guards(route.dependant))
        for method in route.methods:
            found[method, path] = guards
    app.state.house.database.close()
    return found


def test_every_route_is_guarded(routes):
    assert len(routes) > 40
    for key, guards in routes.items():
        actions = [guard.action for guard in guards if isinstance(guard, Allowed | AllowedAtStation)]
        if key in OPEN:
            assert actions == []
        elif key in SIGNED_IN:
            assert get_user in guards, key
        else:
            assert actions, f"{key} lets anybody in"


def test_every_change_needs_the_token_of_its_page(routes):
    from studio.web.access import check_form, check_request

    for (method, path), guards in routes.items():
        if method in ("GET", "HEAD") or (method, path) in OPEN:
            continue
        expected = check_request if path.startswith("/api/") else check_form
        assert expected in guards, f"{method} {path}"


@pytest.mark.parametrize("username", PEOPLE)
def test_who_is_let_in_is_what_the_table_says(world: World, routes, username: str):
    role, client = PEOPLE[username], world.signed_in(username)
    for (method, path), guards in sorted(routes.items(), key=lambda item: item[0]):
        if (method, path) in OPEN | SIGNED_IN:
            continue
        for code in ("ia-dom", "ia-dal"):
            answer = client.request(method, fill(path, code))
            guarded = [guard for guard in guards if isinstance(guard, Allowed | AllowedAtStation)]
            allowed = all(is_allowed(guard, role, code) for guard in guarded)
            assert (answer.status_code != 403) is allowed or is_missing_token(answer), (
                f"{role} {method} {path} at {code}: {answer.status_code}"
            )


@pytest.mark.parametrize("number", ["0", "-1", str(2**31), "1" + "0" * 20])
def test_a_number_that_no_row_can_have_breaks_nothing(world: World, routes, number: str):
    """A database breaks at the question; who asks is to hear that there is no such thing."""
    clients = {username: world.signed_in(username) for username in ("lan", "sep", "quan")}
    asked = 0
    for method, path in sorted(routes):
        address = fill(path, "ia-dom", number=number)
        if method == "GET" and address != fill(path, "ia-dom"):
            for username, client in clients.items():
                head = {"authorization": f"Bearer {world.token(username)}"} if "/api/" in path else {}
                answer = client.get(address, headers=head)
                assert answer.status_code in (403, 404, 422), (username, address, answer.status_code)
                asked += 1
    assert asked > 40


def test_the_unknown_are_sent_to_the_door(world: World, routes):
    client = world.visitor()
    for method, path in sorted(routes):
        if (method, path) in OPEN:
            continue
        answer = client.request(method, fill(path, "ia-dom"))
        if method in ("GET", "HEAD") and not path.startswith("/api/"):
            assert answer.status_code == 303, (method, path)
            assert answer.headers["location"].startswith("/sign-in?next=")
        else:
            assert answer.status_code in (401, 403, 422), (method, path)


def fill(path: str, code: str, *, number: str = "1") -> str:
    for name, value in (VALUES | {"{code}": code}).items():
        path = path.replace(name, number if value == "1" else value)
    return path.replace("{suffix}", "html" if "report" in path else "json")


def is_allowed(guard: Allowed | AllowedAtStation, role: Role, code: str) -> bool:
    if role not in ALLOWED[guard.action]:
        return False
    if isinstance(guard, AllowedOwn):
        return True  # what is theirs is judged by the unit, under test in test_activities.py
    return role is not Role.OPERATOR or (isinstance(guard, AllowedAtStation) and code == "ia-dom")


def is_missing_token(answer) -> bool:
    """The role may, but the request carries no form token: also 403, with another name."""
    if answer.headers["content-type"].startswith("application/json"):
        return answer.json()["error"]["code"] == "FormExpired"
    return "Trang này đã cũ" in answer.text


def test_an_operator_lands_at_the_own_station_and_sees_no_other(world: World):
    client = world.signed_in("truc")
    assert client.get("/").headers["location"] == "/stations/ia-dom"
    assert "Ia Dom" in client.get("/stations/ia-dom").text
    assert client.get("/stations/ia-dal").status_code == 403
    listed = client.get("/api/v1/stations").json()["items"]
    assert [station["code"] for station in listed] == ["ia-dom"]


@pytest.mark.parametrize(
    ("username", "home"), [("lan", "/today"), ("minh", "/today"), ("quan", "/today"), ("sep", "/coverage")]
)
def test_everybody_has_a_home(world: World, username: str, home: str):
    client = world.signed_in(username)
    assert client.get("/").headers["location"] == home
    assert client.get(home).status_code == 200


def test_forms_of_allowed_pages_carry_the_token(world: World):
    assert csrf_of(world.signed_in("lan"), "/scripts/nhap")
    assert Action.WRITE_SCRIPTS in ALLOWED
