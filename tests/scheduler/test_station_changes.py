from datetime import date, time

import pytest

from scheduler.grid import Cluster
from scheduler.models import Technology
from scheduler.slots import RelayTooLong, SlotInQuietHours, add_slot
from scheduler.station_changes import (
    ClusterUnknown,
    ClusterUnusable,
    change_station,
    keep_cluster,
    list_clusters,
    remove_cluster,
)
from scheduler.stations import StationUnknown, StationUnusable, add_station, find_station
from tests.scheduler.fixtures import make_station


@pytest.fixture
def session(database):
    with database.writing() as opened:
        add_station(opened, make_station("ia-dom"))
        add_slot(
            opened, "ia-dom", name="sáng", starts=time(5), duration_minutes=30, valid_from=date(2026, 1, 1)
        )
        yield opened


def test_what_is_changed_is_kept(session):
    changed = change_station(
        session, "ia-dom", area="thôn 1–7", technology=Technology.IP, languages=["vi", "jra"]
    )
    assert (changed.area, changed.technology, changed.languages) == ("thôn 1–7", Technology.IP, ["vi", "jra"])
    with pytest.raises(StationUnknown):
        change_station(session, "ia-xa", area="x")


def test_quiet_hours_that_a_slot_would_break_are_refused_and_nothing_changes(session):
    with pytest.raises(SlotInQuietHours) as caught:
        change_station(session, "ia-dom", quiet_from=time(21), quiet_until=time(5, 0, 1))
    assert "sáng" in str(caught.value)
    assert find_station(session, "ia-dom").quiet_from is None
    assert change_station(session, "ia-dom", quiet_from=time(21), quiet_until=time(5)).quiet_until == time(5)


def test_a_cap_that_a_relay_would_pass_is_refused_and_nothing_changes(session):
    add_slot(
        session, "ia-dom", name="thời sự", starts=time(6), duration_minutes=45, valid_from=date(2026, 1, 1),
        relay_source="VOV1",
    )  # fmt: skip
    with pytest.raises(RelayTooLong) as caught:
        change_station(session, "ia-dom", max_session_minutes=44)
    assert "45" in str(caught.value)
    assert change_station(session, "ia-dom", max_session_minutes=45).max_session_minutes == 45


@pytest.mark.parametrize("fields", [{"name": " "}, {"timezone": "Asia/Kon_Tum"}, {"max_days_per_week": 0}])
def test_a_value_that_cannot_be_used_changes_nothing(session, fields):
    with pytest.raises(StationUnusable):
        change_station(session, "ia-dom", **fields)
    assert find_station(session, "ia-dom").name == "Đài ia-dom"


def test_clusters_are_added_changed_listed_by_day_and_removed(session):
    station = find_station(session, "ia-dom")

    def keep(**fields):
        return keep_cluster(session, station, Cluster(**{"code": "thon-1", "name": "Thôn 1", **fields}))

    kept = keep(horns=4, device="ITC-100")
    again = keep(horns=6, valid_until=date(2026, 6, 30))
    assert again.id == kept.id
    assert (again.horns, again.device) == (6, "")
    keep(code="thon-2", name="Thôn 2", technology=Technology.FM)
    assert [one.code for one in list_clusters(session, station)] == ["thon-1", "thon-2"]
    assert [one.code for one in list_clusters(session, station, on=date(2026, 7, 1))] == ["thon-2"]
    for field, fields in (
        ("code", {"code": "Thôn 1"}),
        ("name", {"name": " "}),
        ("horns", {"horns": 0}),
        ("valid_until", {"valid_from": date(2026, 2, 1), "valid_until": date(2026, 1, 1)}),
    ):
        with pytest.raises(ClusterUnusable) as caught:
            keep(**fields)
        assert caught.value.data["field"] == field
    remove_cluster(session, station, "thon-1")
    with pytest.raises(ClusterUnknown) as unknown:
        remove_cluster(session, station, "thon-1")
    assert "thon-2" in str(unknown.value)
