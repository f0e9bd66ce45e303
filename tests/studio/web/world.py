"""A small district for pages and API: people of every role, two communes, a published day, scripts."""

import io
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assets.catalogue import add_asset
from assets.models import Asset, AssetKind, Rendition
from assets.store import Store
from playlists.builder import publish_day
from scheduler.models import Airing, ItemRole, Slot, Station, StationKind
from studio.app import create_app
from studio.database import Database, make_engine
from studio.people.accounts import add_user, find_user, open_access
from studio.people.models import Role
from studio.production.programme import known_names
from studio.scripts.workflow import approve, create_script, submit
from studio.settings import Settings, read_settings
from studio.web.access import SESSION_COOKIE

PASSWORD = "mật khẩu thử"
NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)  # ten in the morning in Ia H'Drai
DAY = date(2026, 12, 1)
PEOPLE = {
    "lan": Role.PRODUCER,
    "minh": Role.APPROVER,
    "truc": Role.OPERATOR,
    "sep": Role.MANAGER,
    "quan": Role.ADMINISTRATOR,
}
TEXT = """---
title: Nước sạch cho thôn 1
voices: {NỮ: vi-north-f}
---
[nhạc hiệu: mo-dau]

NỮ: Kính chào bà con. Hôm nay thôn ta bàn về nước sạch.
"""


def sound(number: int) -> bytes:
    return bytes([number]) * (40_000 + number)


def build(settings: Settings) -> None:
    """Fill the migrated, empty database of `settings`."""
    store = Store(settings.store)
    hashes = [store.put(io.BytesIO(sound(number))) for number in range(4)]
    database = Database(make_engine(settings.database_url))
    with database.writing() as session:
        for code, name in (("ia-dom", "Ia Dom"), ("ia-dal", "Ia Đal")):
            session.add(
                Station(code=code, name=name, kind=StationKind.COMMUNE, preset="loudspeaker", is_sample=True)
            )
        session.flush()
        for username, role in PEOPLE.items():
            add_user(
                session,
                username=username,
                full_name=f"Y {username.title()}",
                role=role,
                password=PASSWORD,
                station_code="ia-dom" if role is Role.OPERATOR else None,
                now=NOW,
            )
        for number, sha256 in enumerate(hashes):
            add_asset(session, *describe_sound(number, sha256))
        session.flush()
        for station_id in (1, 2):
            add_day(session, station_id)
        publish_day(session, "ia-dom", DAY, now=NOW - timedelta(hours=12))
        lan, minh = find_user(session, "lan"), find_user(session, "minh")
        names = known_names(settings)
        for code in ("nhap", "cho-duyet", "da-duyet"):
            create_script(session, code=code, text=TEXT, by=lan, now=NOW)
        for code in ("cho-duyet", "da-duyet"):
            submit(session, code, by=lan, now=NOW, **names)
        approve(session, "da-duyet", by=minh, now=NOW, own_approval=False)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def describe_sound(number: int, sha256: str) -> tuple[Asset, list[Rendition]]:
    tune = number == 0
    asset = Asset(
        key="sound/mo-dau" if tune else f"script/bai-{number}@1",
        kind=AssetKind.SIGNATURE if tune else AssetKind.SEGMENT,
        title="Nhạc hiệu" if tune else f"Tiết mục {number}",
        duration_ms=60_000 + number,
        theme=None if tune else "3.water",
        approved_at=NOW,
        created_at=NOW,
    )
    rendition = Rendition(
        preset="loudspeaker",
        recipe=sha256,
        sha256=sha256,
        size_bytes=len(sound(number)),
        duration_ms=asset.duration_ms,
        integrated_lufs=-16.0,
        true_peak_dbtp=-1.6,
        loudness_range_lu=3.0,
        channels=1,
    )
    return asset, [rendition]


def add_day(session, station_id: int) -> None:
    """Five in the morning (over at NOW) and five in the afternoon; station 2 does not play the last piece."""
    for name, hour in (("Sáng", 5), ("Chiều", 17)):
        slot = Slot(
            station_id=station_id,
            name=name,
            starts=time(hour),
            duration_minutes=30,
            valid_from=date(2026, 1, 1),
        )
        session.add(slot)
        session.flush()
        start = datetime(2026, 12, 1, hour, tzinfo=UTC) - timedelta(hours=7)
        for position, asset_id in enumerate((1, 2, 3 if station_id == 2 else 4)):
            begins = start + timedelta(minutes=2 * position)
            session.add(
                Airing(
                    station_id=station_id,
                    slot_id=slot.id,
                    local_date=DAY,
                    position=position,
                    role=ItemRole.SEGMENT if position else ItemRole.SIGNATURE,
                    asset_id=asset_id,
                    starts_at=begins,
                    ends_at=begins + timedelta(seconds=60),
                )
            )
    session.flush()


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class World:
    """The running application on a copy of the district, and a browser for each person."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = Clock()
        self.app = create_app(settings, embedded_worker=False, clock=self.clock)
        self.database: Database = self.app.state.house.database
        self.store: Store = self.app.state.house.store
        self._clients: list[TestClient] = []

    def visitor(self) -> TestClient:
        client = TestClient(self.app, follow_redirects=False, client=("192.0.2.1", 5000))
        self._clients.append(client)
        return client

    def signed_in(self, username: str) -> TestClient:
        client = self.visitor()
        client.cookies.set(SESSION_COOKIE, self.token(username))
        return client

    def token(self, username: str) -> str:
        with self.database.writing() as session:
            user = find_user(session, username)
            return open_access(session, user, "web", self.clock.now, timedelta(days=1))

    def close(self) -> None:
        for client in self._clients:
            client.close()
        self.database.close()


def csrf_of(client: TestClient, address: str = "/sign-in") -> str:
    """The token that the forms of a page carry."""
    page = client.get(address, follow_redirects=True)
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page.text)
    assert found, f"{address} has no form"
    return found[1]


@pytest.fixture(scope="session")
def district_home(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Path:
    home = tmp_path_factory.mktemp("district") / "home"
    home.mkdir()
    shutil.copy(migrated_file, home / "loa.db")
    build(read_settings({}, home=home))
    return home


@pytest.fixture
def world(tmp_path: Path, district_home: Path) -> Iterator[World]:
    shutil.copytree(district_home, tmp_path / "home")
    world = World(read_settings({"LOA_LOG_LEVEL": "error"}, home=tmp_path / "home"))
    yield world
    world.close()
