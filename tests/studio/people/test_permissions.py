from datetime import UTC, datetime

import pytest

from scheduler.models import Station, StationKind
from studio.people.models import Role, User
from studio.people.permissions import ALLOWED, Action, NotAllowed, may, require

OWN = Station(id=1, code="ia-dom", name="Ia Dom", kind=StationKind.COMMUNE, preset="loudspeaker")
OTHER = Station(id=2, code="ia-dal", name="Ia Đal", kind=StationKind.COMMUNE, preset="loudspeaker")


def person(role: Role) -> User:
    return User(
        username="x",
        full_name="Y Xuân",
        role=role,
        station_id=1 if role is Role.OPERATOR else None,
        password_hash="-",
        created_at=datetime(2026, 12, 1, tzinfo=UTC),
    )


def test_the_table_names_every_action() -> None:
    assert set(ALLOWED) == set(Action)
    assert all(ALLOWED.values())


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_every_role_may_do_what_the_table_says_and_no_more(action: Action, role: Role) -> None:
    user = person(role)
    for station in (None, OWN, OTHER):
        allowed = role in ALLOWED[action] and (role is not Role.OPERATOR or station is OWN)
        assert may(user, action, station) is allowed
        if allowed:
            require(user, action, station)
        else:
            with pytest.raises(NotAllowed, match="Y Xuân"):
                require(user, action, station)


def test_who_makes_does_not_decide_and_who_watches_does_not_make() -> None:
    assert ALLOWED[Action.DECIDE_SCRIPTS] == {Role.APPROVER}
    assert Role.MANAGER not in ALLOWED[Action.WRITE_SCRIPTS] | ALLOWED[Action.FILL_SCHEDULE]
    assert Role.PRODUCER not in ALLOWED[Action.MANAGE_USERS]
