"""A small district in rows: plan, stations, pieces, what was planned and what was logged."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import Session

from assets.models import Asset, AssetKind
from scheduler.models import Airing, AiringState, AsRun, AsRunLog, ItemRole, Slot, Station, StationKind
from scheduler.sums import COUNTED
from studio.planning.document import Heading, PlanDocument, PlanForm, PlanTheme
from studio.planning.models import Measure, Plan, Target
from studio.planning.plans import store_plan

FIRST = date(2026, 11, 1)
LAST = date(2026, 11, 30)
NOW = datetime(2026, 11, 10, 0, 0, tzinfo=UTC)


def make_document(**changes: object) -> PlanDocument:
    """A plan of three themes, one with topics, as read from a document."""
    blank = dict.fromkeys(PlanDocument.__dataclass_fields__, ())
    says = blank | {
        "title": "Truyền thông giảm nghèo năm 2026",
        "number": "15/KH-UBND",
        "issuer": "Ủy ban nhân dân huyện",
        "place": None,
        "date": date(2026, 1, 12),
        "year": 2026,
        "programme": None,
        "project": None,
        "sub_project": None,
        "audiences": (Heading("1", "Bà con"), Heading("2", "Cơ quan")),
        "themes": (
            PlanTheme("1", "Chính sách"),
            PlanTheme("3", "Dịch vụ", (Heading("3.health", "Y tế"), Heading("3.housing", "Nhà ở"))),
            PlanTheme("30", "Việc khác"),
        ),
        "forms": (PlanForm("2", "Sản phẩm", (Heading("2.radio", "Phát thanh"),)),),
    }
    return PlanDocument(**(says | changes))  # type: ignore[arg-type]


@dataclass
class District:
    """What a test puts into the database, row by row."""

    session: Session
    stations: dict[str, Station] = field(default_factory=dict)
    assets: dict[str, Asset] = field(default_factory=dict)
    slots: dict[str, Slot] = field(default_factory=dict)
    logs: dict[str, AsRunLog] = field(default_factory=dict)
    plan: Plan | None = None

    def add_plan(self, *, is_sample: bool = False) -> Plan:
        self.plan = store_plan(
            self.session, make_document(), code="2026", source_sha256="a" * 64, is_sample=is_sample, now=NOW
        )
        return self.plan

    def add_station(self, code: str) -> Station:
        station = Station(code=code, name=f"Đài {code}", kind=StationKind.COMMUNE, preset="loudspeaker")
        self.session.add(station)
        self.session.flush()
        slot = Slot(station_id=station.id, name="Sáng", starts=time(5), duration_minutes=60, valid_from=FIRST)
        log = AsRunLog(
            station_id=station.id, sha256=code.ljust(64, "0"), name="log", received_at=NOW, rows=1, matched=1
        )
        self.session.add_all([slot, log])
        self.session.flush()
        self.stations[code], self.slots[code], self.logs[code] = station, slot, log
        return station

    def add_asset(
        self,
        key: str,
        theme: str | None,
        *,
        seconds: int = 120,
        kind: AssetKind = AssetKind.SEGMENT,
        **labels,
    ) -> Asset:
        asset = Asset(
            key=key, kind=kind, title=labels.pop("title", f"Tiết mục {key}"), theme=theme,
            duration_ms=seconds * 1000, created_at=NOW, approved_at=NOW, **labels,
        )  # fmt: skip
        self.session.add(asset)
        self.session.flush()
        self.assets[key] = asset
        return asset

    def plan_airing(
        self, station: str, key: str, day: date, *, minute: int = 0, state: AiringState = AiringState.PLANNED
    ) -> Airing:
        asset = self.assets[key]
        starts = datetime.combine(day, time(5), UTC) - timedelta(hours=7) + timedelta(minutes=minute)
        airing = Airing(
            station_id=self.stations[station].id, slot_id=self.slots[station].id, local_date=day,
            position=minute, role=ItemRole.SEGMENT, asset_id=asset.id, starts_at=starts,
            ends_at=starts + timedelta(milliseconds=asset.duration_ms), state=state,
        )  # fmt: skip
        self.session.add(airing)
        self.session.flush()
        return airing

    def hear(
        self,
        airing: Airing,
        *,
        state: AiringState = AiringState.AIRED,
        late: int = 0,
        seconds: int | None = None,
    ) -> AsRun:
        """A log row for a planned airing, `late` seconds after its time; it counts once."""
        station = next(code for code, row in self.stations.items() if row.id == airing.station_id)
        length = (airing.ends_at - airing.starts_at).total_seconds() if seconds is None else seconds
        key = next(key for key, asset in self.assets.items() if asset.id == airing.asset_id)
        starts = airing.starts_at + timedelta(seconds=late)
        if airing.state in COUNTED:
            return self.log(station, key, starts, length, state=AiringState.UNCONFIRMED)
        if state in COUNTED:
            airing.state = state
        return self.log(station, key, starts, length, state=state, airing=airing)

    def log(
        self, station: str, key: str | None, starts: datetime, seconds: float, *,
        state: AiringState = AiringState.AIRED, airing: Airing | None = None, day: date | None = None,
    ) -> AsRun:  # fmt: skip
        row = AsRun(
            log_id=self.logs[station].id, line=1, station_id=self.stations[station].id,
            airing_id=airing.id if airing else None, asset_id=self.assets[key].id if key else None,
            sha256=(key or "unknown").replace("/", "").ljust(64, "0"), title=key or "tệp lạ",
            started_at=starts, stopped_at=starts + timedelta(seconds=seconds), aired_ms=round(seconds * 1000),
            state=state,
            local_date=day or (airing.local_date if airing else (starts + timedelta(hours=7)).date()),
        )  # fmt: skip
        self.session.add(row)
        self.session.flush()
        return row


def target(theme: str | None, quantity: int, measure: Measure = Measure.AIRINGS, **parts: object) -> Target:
    says = {"first_date": FIRST, "last_date": LAST} | parts
    return Target(plan_id=0, theme=theme, measure=measure, quantity=quantity, **says)
