from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from scheduler.models import Station, StationKind
from studio.database import Database
from studio.people.accounts import (
    AccessExpired,
    OperatorNeedsStation,
    PasswordTooShort,
    SignInFailed,
    UserMissing,
    UsernameTaken,
    UsernameUnusable,
    add_user,
    authenticate,
    close_access,
    find_by_token,
    find_user,
    open_access,
    set_password,
)
from studio.people.audit import list_entries
from studio.people.models import Access, Role, User

NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
PASSWORD = "một mật khẩu dài"


def add(session, username="lan", role=Role.PRODUCER, password=PASSWORD, **more) -> User:
    return add_user(
        session, username=username, full_name="Y Lan", role=role, password=password, now=NOW, **more
    )


def test_a_person_signs_in_with_the_password_and_with_nothing_else(database: Database) -> None:
    with database.writing() as session:
        add(session)
    with database.reading() as session:
        assert authenticate(session, " LAN ", PASSWORD).username == "lan"
        for username, password in (("lan", "sai"), ("lan", ""), ("mai", PASSWORD), ("", "")):
            with pytest.raises(SignInFailed):
                authenticate(session, username, password)


def test_neither_password_nor_token_stands_in_the_database(database: Database) -> None:
    with database.writing() as session:
        user = add(session)
        token = open_access(session, user, "web", NOW, timedelta(hours=1))
    content = b"".join(
        path.read_bytes()
        for path in (database.engine.url.database, database.engine.url.database + "-wal")
        for path in [__import__("pathlib").Path(path)]
        if path.exists()
    )
    assert b"lan" in content
    assert token.encode() not in content
    assert PASSWORD.encode() not in content


def test_an_access_ends_with_time_with_sign_out_and_with_the_account(database: Database) -> None:
    hour = timedelta(hours=1)
    with database.writing() as session:
        user = add(session)
        first, second = (open_access(session, user, "web", NOW, hour) for _ in range(2))
        assert find_by_token(session, first, NOW + hour - timedelta(seconds=1)).id == user.id
        with pytest.raises(AccessExpired):
            find_by_token(session, first, NOW + hour)
        close_access(session, first)
        close_access(session, first)
        with pytest.raises(AccessExpired):
            find_by_token(session, first, NOW)
        user.active = False
        session.flush()
        with pytest.raises(AccessExpired):
            find_by_token(session, second, NOW)
        with pytest.raises(SignInFailed):
            authenticate(session, "lan", PASSWORD)


def test_a_new_password_ends_every_sign_in(database: Database) -> None:
    with database.writing() as session:
        user = add(session)
        token = open_access(session, user, "web", NOW, timedelta(hours=1))
        set_password(session, user, "mật khẩu khác", now=NOW)
        with pytest.raises(AccessExpired):
            find_by_token(session, token, NOW)
        assert authenticate(session, "lan", "mật khẩu khác").id == user.id
        with pytest.raises(PasswordTooShort):
            set_password(session, user, "ngắn", now=NOW)


def test_opening_an_access_sweeps_the_expired_ones(database: Database) -> None:
    with database.writing() as session:
        user = add(session)
        open_access(session, user, "web", NOW, timedelta(hours=1))
        open_access(session, user, "web", NOW + timedelta(days=1), timedelta(hours=1))
        assert len(session.exec(select(Access)).all()) == 1


def test_an_operator_serves_exactly_one_station(database: Database) -> None:
    with database.writing() as session:
        station = Station(code="ia-dom", name="Ia Dom", kind=StationKind.COMMUNE, preset="loudspeaker")
        session.add(station)
        session.flush()
        assert add(session, "truc", Role.OPERATOR, station_code="ia-dom").station_id == station.id
        with pytest.raises(OperatorNeedsStation):
            add(session, "truc2", Role.OPERATOR)
        with pytest.raises(OperatorNeedsStation):
            add(session, "sep", Role.MANAGER, station_code="ia-dom")


def test_names_are_checked_and_unique_and_the_record_tells(database: Database) -> None:
    with database.writing() as session:
        add(session)
        with pytest.raises(UsernameTaken):
            add(session)
        for username in ("", "a", "Hoa", "y lan", "../x", "đ" * 5, "a" * 41):
            with pytest.raises(UsernameUnusable):
                add(session, username)
        with pytest.raises(PasswordTooShort):
            add(session, "mai", password="123456789")
        with pytest.raises(UserMissing):
            find_user(session, "mai")
        (entry,) = list_entries(session, subject="user/lan")
        assert (entry.action, entry.by) == ("user.add", "system")
        assert entry.after == {"full_name": "Y Lan", "role": "producer", "station": None}


@given(token=st.text(max_size=80))
@settings(max_examples=30, deadline=None)
def test_no_invented_token_opens_a_door(migrated_file, token: str) -> None:
    from studio.database import make_engine

    database = Database(make_engine(f"sqlite:///{migrated_file}"))
    with database.reading() as session, pytest.raises(AccessExpired):
        find_by_token(session, token, NOW)
    database.close()
