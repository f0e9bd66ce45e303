"""Accounts and sign-ins.

LoaError
├── Invalid: UsernameUnusable, PasswordTooShort, OperatorNeedsStation
├── Missing: UserMissing
├── Conflict: UsernameTaken
└── Forbidden: SignInFailed, AccessExpired

A password is kept as argon2id (RFC 9106); of a sign-in only the sha256 of its token is kept, so a stolen
database opens no door.
"""

import re
import secrets
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Literal

from pwdlib import PasswordHash
from sqlmodel import Session, col, delete, select

from assets.errors import Conflict, Forbidden, Invalid, Missing
from scheduler.stations import find_station
from studio.people.audit import SYSTEM, record
from studio.people.models import Access, Role, User

Purpose = Literal["web", "device"]

LEAST_PASSWORD_LENGTH = 10
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
_hasher = PasswordHash.recommended()


class UsernameUnusable(Invalid):
    """A user name is 2-40 of a-z, 0-9, dot, dash and underscore."""


class PasswordTooShort(Invalid):
    pass


class OperatorNeedsStation(Invalid):
    """An operator serves exactly one station; nobody else does."""


class UserMissing(Missing):
    pass


class UsernameTaken(Conflict):
    pass


class SignInFailed(Forbidden):
    """Name or password is wrong; it does not say which."""

    http_status = 401


class AccessExpired(Forbidden):
    """The token is unknown, closed or too old."""

    http_status = 401


def add_user(
    session: Session,
    *,
    username: str,
    full_name: str,
    role: Role,
    password: str,
    station_code: str | None = None,
    now: datetime,
    by: str = SYSTEM,
    is_sample: bool = False,
) -> User:
    """Open an account; an operator's is tied to the one station of `station_code`.

    Raises:
        UsernameUnusable, PasswordTooShort, OperatorNeedsStation, UsernameTaken, StationUnknown.
    """
    if not _USERNAME.fullmatch(username):
        raise UsernameUnusable(username=username[:60])
    if len(password) < LEAST_PASSWORD_LENGTH:
        raise PasswordTooShort(least=LEAST_PASSWORD_LENGTH)
    if (role is Role.OPERATOR) != (station_code is not None):
        raise OperatorNeedsStation(username=username)
    if session.exec(select(User).where(User.username == username)).first() is not None:
        raise UsernameTaken(username=username)
    user = User(
        username=username,
        full_name=" ".join(full_name.split()) or username,
        role=role,
        station_id=None if station_code is None else find_station(session, station_code).id,
        password_hash=_hasher.hash(password),
        is_sample=is_sample,
        created_at=now,
    )
    session.add(user)
    session.flush()
    record(
        session,
        at=now,
        by=by,
        action="user.add",
        subject=f"user/{username}",
        after={"full_name": user.full_name, "role": role.value, "station": station_code},
    )
    return user


def set_password(session: Session, user: User, password: str, *, now: datetime, by: str = SYSTEM) -> None:
    """Change the password and end every sign-in of `user`."""
    if len(password) < LEAST_PASSWORD_LENGTH:
        raise PasswordTooShort(least=LEAST_PASSWORD_LENGTH)
    user.password_hash = _hasher.hash(password)
    session.add(user)
    session.exec(delete(Access).where(col(Access.user_id) == user.id))
    record(session, at=now, by=by, action="user.set-password", subject=f"user/{user.username}")


def find_user(session: Session, username: str) -> User:
    user = session.exec(select(User).where(User.username == username)).first()
    if user is None:
        raise UserMissing(username=username)
    return user


def authenticate(session: Session, username: str, password: str) -> User:
    """The active user whose password this is; takes as long for a name that does not exist.

    Raises:
        SignInFailed
    """
    decoy = _decoy()
    user = session.exec(select(User).where(User.username == username.strip().lower())).first()
    verified = _hasher.verify(password, decoy if user is None else user.password_hash)
    if user is None or not user.active or not verified:
        raise SignInFailed
    return user


def open_access(session: Session, user: User, purpose: Purpose, now: datetime, lifetime: timedelta) -> str:
    """A new token (256 random bits) by which `user` is known for `lifetime`; it is told only once."""
    assert user.id is not None
    session.exec(delete(Access).where(col(Access.expires_at) <= now))
    token = secrets.token_urlsafe(32)
    session.add(
        Access(
            token_sha256=_digest(token),
            user_id=user.id,
            purpose=purpose,
            created_at=now,
            expires_at=now + lifetime,
        )
    )
    session.flush()
    return token


def find_by_token(session: Session, token: str, now: datetime) -> User:
    """The active user of an open access.

    Raises:
        AccessExpired
    """
    found = session.exec(
        select(User)
        .join(Access, col(Access.user_id) == col(User.id))
        .where(
            Access.token_sha256 == _digest(token), col(Access.expires_at) > now, col(User.active).is_(True)
        )
    ).first()
    if found is None:
        raise AccessExpired
    return found


def close_access(session: Session, token: str) -> None:
    """End one sign-in; ending it twice is no error."""
    session.exec(delete(Access).where(col(Access.token_sha256) == _digest(token)))


@cache
def _decoy() -> str:
    """Checked when nobody has the name, so that the time to answer does not tell which names exist."""
    return _hasher.hash(secrets.token_urlsafe(16))


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
