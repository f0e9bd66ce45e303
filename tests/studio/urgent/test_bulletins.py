"""From words to the air and off it again, with real speech, on either database."""

import io
import zipfile
from contextlib import closing
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as fuzz
from hypothesis import strategies as st
from sqlmodel import select

from assets.models import Asset
from assets.store import Store
from playlists.builder import latest_version, publish_day, read_version
from playlists.bundle import write_bundle
from playlists.models import Playlist
from scheduler.filling import fill_schedule, list_airings
from scheduler.models import Airing, AiringState
from scheduler.preempting import URGENT
from scheduler.slots import add_slot
from scheduler.stations import add_station, find_station
from studio.database import open_database
from studio.jobs.handlers import make_handlers
from studio.jobs.models import Job
from studio.jobs.worker import Worker
from studio.people.accounts import add_user
from studio.people.audit import list_entries
from studio.people.models import Role
from studio.people.permissions import NotAllowed
from studio.planning.models import Unit, UnitKind
from studio.planning.units import add_unit, assign_station
from studio.production.programme import known_names
from studio.scripts.parser import check_script
from studio.settings import read_settings
from studio.urgent.alerts import bare_name, import_alert
from studio.urgent.bulletins import (
    BulletinNotDraft,
    BulletinOutdated,
    BulletinUnusable,
    Wanted,
    change_bulletin,
    clean_line,
    compose_script,
    find_bulletin,
    find_sound,
    write_bulletin,
)
from studio.urgent.issuing import (
    BulletinInQuietHours,
    BulletinNotHeard,
    BulletinNotReal,
    BulletinNotVietnamese,
    BulletinNotVoiced,
    BulletinOver,
    BulletinWithoutReason,
    BulletinWithoutStation,
    call_off_bulletin,
    issue_bulletin,
)
from studio.urgent.models import UrgentState
from studio.urgent.showing import list_orders
from studio.urgent.voicing import ask_for_voice, voice_bulletin
from tests.scheduler.fixtures import add_piece, make_station
from tests.scheduler.test_preempting import HANOI
from tests.studio.urgent.samples import alert, info, refer

NAMES = known_names(read_settings({}))
DAY = date(2026, 12, 1)


def at(hour, minute=0, day=1):
    return datetime(2026, 12, day, hour, minute, tzinfo=HANOI)


NOW = at(16, 55)
TEXT = "Nước sông Sa Thầy lên nhanh. Bà con thôn 1 chuyển ngay lên nhà văn hóa."


class Centre:
    """Two communes with an evening session that is published, a producer and an approver."""

    def __init__(self, settings, database):
        self.settings, self.database, self.store = settings, database, Store(settings.store)
        with database.writing() as session:
            district = add_unit(
                session, Unit(code="h", name="Huyện Ia H'Drai", kind=UnitKind.DISTRICT), by="t", now=NOW
            )
            for code, name in (("ia-dom", "Ia Dom"), ("ia-dal", "Ia Đal")):
                add_station(
                    session,
                    make_station(
                        code, name=f"Đài truyền thanh xã {name}", quiet_from=time(21), quiet_until=time(4, 30)
                    ),
                )
                unit = Unit(code=code, name=f"Xã {name}", kind=UnitKind.COMMUNE, parent_id=district.id)
                assign_station(session, code, add_unit(session, unit, by="t", now=NOW), on=date(2026, 1, 1))
                add_slot(
                    session, code, name="Chiều", starts=time(17), duration_minutes=20,
                    valid_from=date(2026, 1, 1),
                )  # fmt: skip
            for number in range(4):
                add_piece(session, f"script/{number}@1", minutes=6)
            fill_schedule(
                session, stations=["ia-dom", "ia-dal"], first=DAY, last=DAY, goals=(), now=at(8), seed=1
            )
            for code in ("ia-dom", "ia-dal"):
                publish_day(session, code, DAY, now=at(9))
            for name, role in (("lan", Role.PRODUCER), ("minh", Role.APPROVER)):
                setattr(self, name, add_user(session, username=name, full_name=f"Y {name.title()}", role=role,
                                             password="mật khẩu thử", now=NOW))  # fmt: skip

    def write(self, **changes):
        wanted = Wanted(**{
            "title": "Lũ quét", "text": TEXT, "stations": ["ia-dom"], "expires_at": at(23), "times": 2,
            "every_minutes": 60, **changes,
        })  # fmt: skip
        with self.database.writing() as session:
            return write_bulletin(session, wanted, by=self.lan, now=NOW)

    def voice(self, bulletin):
        return voice_bulletin(
            self.database, self.store, bulletin_id=bulletin.id, revision=bulletin.revision,
            settings=self.settings, now=NOW, progress=lambda _share, _words: None,
        )  # fmt: skip

    def issue(self, bulletin, *, by=None, now=NOW, reason="Lệnh của Ban chỉ huy PCTT", heard=True, **more):
        with self.database.writing() as session:
            return issue_bulletin(
                session, bulletin.id, reason=reason, heard=heard, by=by or self.minh, now=now, **more
            )

    def take(self, content, *, by=None, now=NOW):
        with self.database.writing() as session:
            return import_alert(session, self.store, content, by=by or self.lan, now=now)

    def see(self, bulletin):
        with self.database.reading() as session:
            return find_bulletin(session, bulletin.id)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def centre(request, tmp_path):
    environment = {"LOA_LOG_LEVEL": "error", "LOA_WORKERS": "1"}
    if request.param == "postgresql":
        environment["LOA_DATABASE_URL"] = request.getfixturevalue("postgres_url")
    settings = read_settings(environment, home=tmp_path / "home")
    with closing(open_database(settings)) as database:
        yield Centre(settings, database)


def test_the_whole_way_from_words_to_the_air(centre):
    bulletin = centre.write()
    with pytest.raises(BulletinNotVoiced):
        centre.issue(bulletin)
    asset = centre.voice(bulletin)
    assert {one.preset for one in asset.renditions} >= {"loudspeaker", "radio"}
    assert asset.duration_ms > 4_000
    for refused, changes in (
        (NotAllowed, {"by": centre.lan}),
        (BulletinNotHeard, {"heard": False}),
        (BulletinWithoutReason, {"reason": "  "}),
        (BulletinNotVoiced, {"revision": 2}),
        (BulletinOver, {"now": at(23)}),
    ):
        with pytest.raises(refused):
            centre.issue(bulletin, **changes)
    with pytest.raises(BulletinOver) as over:
        centre.issue(bulletin, now=at(23))
    assert "hết hiệu lực lúc 23:00 01/12/2026;" in str(over.value), "as clocks show it here"
    done = centre.issue(bulletin, now=at(17, 2))
    assert (done.airings, done.failed) == (2, ())
    assert ("ia-dom", DAY) in done.published
    with centre.database.reading() as session:
        rows = list_airings(session, station="ia-dom", first=DAY)
        urgent = [one for one in rows if one.reason_code == URGENT]
        assert [one.starts_at for one in urgent] == [at(17, 3), at(18, 3)]
        assert any(one.state is AiringState.PREEMPTED for one in rows)
        assert any(one.reason_code == "resumed" for one in rows)
        versions = session.exec(select(Playlist).order_by(Playlist.id)).all()
        last = versions[-1]
        assert (last.number, last.published_at) == (2, at(17, 2))
        keys = [entry["asset_key"] for entry in last.content["entries"]]
        assert keys.count(bulletin.asset_key) == 2
        (entry, *_) = list_entries(session, subject=f"urgent/{bulletin.id}")
        assert (entry.by, entry.action) == ("minh", "urgent.issue")
        assert entry.after["reason"] == "Lệnh của Ban chỉ huy PCTT"
        (order,) = list_orders(session, find_station(session, "ia-dom"), at(17, 2))
        assert order.coming == (at(17, 3), at(18, 3))
        assert order.sha256
    with pytest.raises(BulletinNotDraft):
        centre.issue(bulletin)


def test_no_plan_places_a_bulletin_further(centre):
    bulletin = centre.write()
    centre.voice(bulletin)
    centre.issue(bulletin)
    with centre.database.writing() as session:
        for code in ("ia-dom", "ia-dal"):
            fill_schedule(
                session, stations=[code], first=DAY, last=DAY + timedelta(days=7), goals=(), now=NOW
            )
        urgent = session.exec(select(Asset.id).where(Asset.key == bulletin.asset_key)).one()
        aired = session.exec(select(Airing.station_id).where(Airing.asset_id == urgent)).all()
    assert aired == [1, 1], "twice at the one station, as ordered"


def test_quiet_hours_only_with_a_word_and_a_name(centre):
    bulletin = centre.write(expires_at=at(6, day=2))
    centre.voice(bulletin)
    with pytest.raises(BulletinInQuietHours) as refused:
        centre.issue(bulletin, now=at(22))
    assert "Ia Dom" in str(refused.value)
    assert "22:01 01/12/2026" in str(refused.value)
    centre.issue(bulletin, now=at(22), in_quiet_hours=True)
    kept = centre.see(bulletin)
    assert (kept.in_quiet_hours, kept.issued_by) == (True, "minh")
    with centre.database.reading() as session:
        assert list_entries(session, subject=f"urgent/{bulletin.id}")[0].after["in_quiet_hours"] is True


def test_permission_for_quiet_hours_is_not_on_record_where_none_was_needed(centre):
    bulletin = centre.write()
    centre.voice(bulletin)
    centre.issue(bulletin, in_quiet_hours=True)
    assert centre.see(bulletin).in_quiet_hours is False


def test_another_piece_that_cannot_be_published_does_not_hold_it_up(centre):
    bulletin = centre.write()
    centre.voice(bulletin)
    with centre.database.writing() as session:
        for asset in session.exec(select(Asset).where(Asset.key != bulletin.asset_key)):
            asset.renditions.clear()
    done = centre.issue(bulletin)
    assert done.airings == 2
    assert done.failed == (("ia-dom", DAY),)
    with centre.database.reading() as session:
        assert len(list_orders(session, find_station(session, "ia-dom"), NOW)) == 1


def test_called_off_the_day_is_as_it_was(centre):
    def sounds():
        with centre.database.reading() as session:
            rows = list_airings(session, station="ia-dom", first=DAY)
            return [(one.asset_id, one.starts_at) for one in rows if one.state is not AiringState.PREEMPTED]

    before = sounds()
    bulletin = centre.write()
    centre.voice(bulletin)
    centre.issue(bulletin, now=at(16, 58))
    assert sounds() != before
    for by, reason, error in ((centre.lan, "hết", NotAllowed), (centre.minh, " ", BulletinWithoutReason)):
        with pytest.raises(error), centre.database.writing() as session:
            call_off_bulletin(session, bulletin.id, reason=reason, by=by, now=at(16, 58))
    with centre.database.writing() as session:
        call_off_bulletin(session, bulletin.id, reason="Nước đã rút", by=centre.minh, now=at(16, 58))
        assert session.exec(select(Playlist.number).order_by(Playlist.id.desc())).first() == 3
    assert sounds() == before
    assert centre.see(bulletin).state is UrgentState.CALLED_OFF


def test_other_words_must_be_heard_anew_and_nobody_overwrites_anybody(centre):
    bulletin = centre.write()
    centre.voice(bulletin)
    wanted = Wanted("Lũ quét", TEXT + " Không qua ngầm.", ["ia-dom"], at(23))
    with centre.database.writing() as session:
        changed = change_bulletin(session, bulletin.id, wanted, revision=1, by=centre.lan, now=NOW)
        assert changed.revision == 2
        assert find_sound(session, changed) is None
    with pytest.raises(BulletinOutdated), centre.database.writing() as session:
        change_bulletin(session, bulletin.id, wanted, revision=1, by=centre.lan, now=NOW)
    with pytest.raises(BulletinNotVoiced):
        centre.issue(bulletin)
    assert centre.voice(bulletin) is None, "a job for words that are no more makes nothing"


def test_it_is_voiced_before_all_work_that_waits(centre):
    bulletin = centre.write()
    with centre.database.writing() as session:
        session.add(Job(kind="publish", payload={}, run_after=NOW - timedelta(days=9), created_at=NOW))
        ask_for_voice(session, bulletin, now=NOW)
    handlers = make_handlers(centre.settings, centre.store, lambda: NOW)
    Worker(centre.database, handlers, clock=lambda: NOW).run_once()
    with centre.database.reading() as session:
        assert find_sound(session, bulletin) is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"title": " "}, {"title": "a" * 201}, {"text": "…!"}, {"text": "a" * 5001}, {"times": 0},
        {"times": 25}, {"every_minutes": 0}, {"expires_at": NOW}, {"expires_at": NOW + timedelta(days=15)},
    ],
)  # fmt: skip
def test_a_bulletin_that_cannot_be_is_refused_by_its_field(centre, changes):
    with pytest.raises(BulletinUnusable):
        centre.write(**changes)


@fuzz(max_examples=300, deadline=None)
@given(st.text(max_size=80), st.text(min_size=1, max_size=300))
def test_any_words_become_a_script_without_a_flaw(title, text):
    if not clean_line(title) or not any(map(str.isalnum, clean_line(text))):
        return
    assert check_script(compose_script(title, text), **NAMES) == []


# CAP ----------------------------------------------------------------------------------------------------


def test_an_alert_becomes_a_draft_with_its_stations(centre):
    taken = centre.take(alert(infos=[info(areas=("Xã Ia Đal", "xã Mô Rai")), info(language="en-US")]))
    draft = taken.bulletin
    assert (draft.state, draft.stations, draft.cap_areas) == (UrgentState.DRAFT, ["ia-dal"], ["xã Mô Rai"])
    assert draft.title == "Cảnh báo lũ quét trên sông Sa Thầy"
    assert draft.text.splitlines()[-1] == "Bà con vùng thấp chuyển lên nhà văn hóa thôn."
    assert draft.expires_at == at(20)
    assert centre.store.path(draft.cap_sha256).read_bytes().startswith(b"<?xml")
    centre.voice(draft)
    centre.issue(draft)
    assert centre.take(alert(areas=("x",))).is_repeated
    assert centre.take(alert(sent="2026-12-01T09:31:00+07:00")).is_repeated is False


@pytest.mark.parametrize(
    ("area", "stations"),
    [
        ("Ia Dom", ["ia-dom"]), ("XÃ IA DOM", ["ia-dom"]), ("Xã Ia Dom, huyện Ia H'Drai", ["ia-dom"]),
        ("huyện Ia H'Drai", ["ia-dal", "ia-dom"]), ("Ia Tơi; xã Ia Đal", ["ia-dal"]), ("tỉnh Kon Tum", []),
    ],
)  # fmt: skip
def test_areas_are_known_by_name(centre, area, stations):
    assert centre.take(alert(areas=(area,))).bulletin.stations == stations


@pytest.mark.parametrize("status", ["Exercise", "System", "Test", "Draft"])
def test_a_test_never_sounds(centre, status):
    draft = centre.take(alert(status=status)).bulletin
    centre.voice(draft)
    with pytest.raises(BulletinNotReal):
        centre.issue(draft)
    with centre.database.reading() as session:
        assert session.exec(select(Airing).where(Airing.reason_code == URGENT)).all() == []


def test_what_is_not_for_the_public_and_what_is_foreign_and_what_names_no_station_waits(centre):
    for content, error in (
        (alert("1", scope="Private"), BulletinNotReal),
        (alert("2", language="en-US"), BulletinNotVietnamese),
        (alert("3", areas=()), BulletinWithoutStation),
        (alert("4", expires="2026-12-01T16:00:00+07:00"), BulletinOver),
    ):
        draft = centre.take(content).bulletin
        with pytest.raises(error):
            centre.issue(draft)


def test_foreign_words_that_were_written_anew_may_be_issued(centre):
    draft = centre.take(alert(language="en-US", headline="Flash flood")).bulletin
    with centre.database.writing() as session:
        assert ask_for_voice(session, draft, now=NOW) is None
        wanted = Wanted("Lũ quét", TEXT, draft.stations, at(20))
        draft = change_bulletin(session, draft.id, wanted, revision=1, by=centre.lan, now=NOW)
    centre.voice(draft)
    assert centre.issue(draft).airings == 2


def test_an_update_takes_the_place_of_what_it_is_about(centre):
    first = centre.take(alert("A")).bulletin
    second = centre.take(alert("B", message="Update", references=refer("A"))).bulletin
    assert centre.see(first).state is UrgentState.DISMISSED
    centre.voice(second)
    centre.issue(second)
    taken = centre.take(alert("C", message="Update", references=refer("B")))
    assert [one.id for one in taken.asked] == [second.id]
    assert centre.see(second).end_asked
    centre.voice(taken.bulletin)
    centre.issue(taken.bulletin)
    assert centre.see(second).state is UrgentState.CALLED_OFF
    assert centre.see(taken.bulletin).state is UrgentState.ISSUED


def test_a_cancel_ends_what_it_is_about_if_who_brings_it_may(centre):
    drafts = [centre.take(alert(name)).bulletin for name in "AB"]
    for draft in drafts:
        centre.voice(draft)
        centre.issue(draft)
    taken = centre.take(alert("C", message="Cancel", references=refer("A"), infos=[]))
    assert (taken.ended, [one.id for one in taken.asked]) == ((), [drafts[0].id])
    taken = centre.take(alert("D", message="Cancel", references=refer("B"), infos=[]), by=centre.minh)
    assert [one.id for one in taken.ended] == [drafts[1].id]
    assert centre.see(taken.bulletin).state is UrgentState.DISMISSED
    with centre.database.reading() as session:
        left = session.exec(select(Airing.reason_data).where(Airing.reason_code == URGENT)).all()
    assert {row["bulletin"] for row in left} == {drafts[0].id}


def test_the_cancel_of_a_test_or_of_another_sender_ends_nothing(centre):
    draft = centre.take(alert("A")).bulletin
    for changes in ({"status": "Test"}, {"sender": "ai-do@example"}):
        taken = centre.take(
            alert("B", message="Cancel", references=refer("A"), infos=[], **changes), by=centre.minh
        )
        assert taken.ended == ()
    assert centre.see(draft).state is UrgentState.DRAFT


def test_alerts_may_come_in_any_order(centre):
    centre.take(alert("B", message="Update", references=refer("A")))
    centre.take(alert("D", message="Cancel", references=refer("C"), infos=[]))
    for late in "AC":
        assert centre.take(alert(late)).bulletin.state is UrgentState.DISMISSED


def test_names_are_compared_without_marks_and_titles():
    assert bare_name("Đài truyền thanh xã Ia Đal") == "ia dal"
    assert bare_name("  THỊ TRẤN  Sa Thầy") == "sa thay"


def test_the_bundle_of_a_station_holds_the_bulletin(centre, tmp_path):
    bulletin = centre.write(times=1)
    centre.voice(bulletin)
    with centre.database.writing() as session:
        for airing in session.exec(select(Airing)):
            session.delete(airing)
    centre.issue(bulletin)
    with centre.database.reading() as session:
        day = read_version(latest_version(session, find_station(session, "ia-dom"), DAY))
    write_bundle(day, centre.store, tmp_path / "day.zip")
    with zipfile.ZipFile(io.BytesIO((tmp_path / "day.zip").read_bytes())) as archive:
        names = archive.namelist()
    assert "1656-khan-cap-16-56.m3u8" in names
