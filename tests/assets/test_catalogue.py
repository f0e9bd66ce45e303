from datetime import UTC, date, datetime

import pytest

from assets.catalogue import (
    AssetMissing,
    AssetRetired,
    RenditionMissing,
    add_asset,
    approve_asset,
    find_asset,
    list_assets,
    rendition_for,
    retire_asset,
)
from assets.models import Asset, AssetKind, Rendition

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


def make_asset(key="script/vay-von@1", **data) -> Asset:
    return Asset(
        **{"key": key, "kind": AssetKind.SEGMENT, "title": "Vay vốn cho hộ nghèo", "duration_ms": 180_000}
        | {"created_at": NOW}
        | data
    )


def make_rendition(preset="radio", recipe="r1", sha256="a" * 64, **data) -> Rendition:
    return Rendition(
        **{"preset": preset, "recipe": recipe, "sha256": sha256, "size_bytes": 1000, "duration_ms": 180_000}
        | {"integrated_lufs": -23.0, "true_peak_dbtp": -3.0, "loudness_range_lu": 5.0, "channels": 2}
        | data
    )


def test_adding_twice_changes_nothing(database):
    with database.writing() as session:
        first = add_asset(session, make_asset(), [make_rendition(), make_rendition("loudspeaker")])
        approve_asset(session, first.key, now=NOW)
    with database.writing() as session:
        add_asset(session, make_asset(title="Khác"), [make_rendition(), make_rendition("loudspeaker")])
    with database.reading() as session:
        asset = find_asset(session, "script/vay-von@1")
        assert (asset.id, asset.title, asset.approved_at) == (first.id, "Vay vốn cho hộ nghèo", NOW)
        assert [rendition.preset for rendition in asset.renditions] == ["loudspeaker", "radio"]


def test_a_new_recipe_replaces_that_preset_only(database):
    with database.writing() as session:
        add_asset(session, make_asset(), [make_rendition(), make_rendition("web", sha256="b" * 64)])
    with database.writing() as session:
        again = make_asset(title="Vay vốn", made_from=["x"])
        add_asset(session, again, [make_rendition(recipe="r2", sha256="c" * 64)])
    with database.reading() as session:
        asset = find_asset(session, "script/vay-von@1")
        assert {r.preset: r.sha256[0] for r in asset.renditions} == {"radio": "c", "web": "b"}
        assert (asset.title, asset.made_from) == ("Vay vốn", ["x"])
        assert rendition_for(asset, "web").sha256 == "b" * 64
        with pytest.raises(RenditionMissing, match="radio, web"):
            rendition_for(asset, "loudspeaker")


@pytest.mark.parametrize(
    ("labels", "placeable"),
    [
        ({}, False),
        ({"approved_at": NOW}, True),
        ({"approved_at": NOW, "retired_at": NOW}, False),
        ({"approved_at": NOW, "valid_from": date(2026, 3, 2)}, False),
        ({"approved_at": NOW, "valid_from": date(2026, 3, 1), "valid_until": date(2026, 3, 1)}, True),
        ({"approved_at": NOW, "valid_until": date(2026, 2, 28)}, False),
    ],
)
def test_what_may_be_placed_on_a_day(database, labels, placeable):
    with database.writing() as session:
        add_asset(session, make_asset(**labels), [])
        assert len(list_assets(session, placeable_on=date(2026, 3, 1))) == placeable


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", 2),
        ("vay von", 1),
        ("VAY VỐN", 1),
        ("đào tạo", 1),
        ("dao", 1),
        ("%", 0),
        ("_", 0),
        ("nghèo vay", 1),
    ],
)
def test_search_forgives_case_and_marks(database, search, found):
    with database.writing() as session:
        add_asset(session, make_asset(), [])
        add_asset(session, make_asset("script/nghe@1", title="Nghề mới", summary="Đào tạo nghề"), [])
        assert len(list_assets(session, search=search)) == found
        assert list_assets(session, kind=AssetKind.BED) == []


def test_approval_and_retirement(database):
    later = datetime(2026, 4, 1, tzinfo=UTC)
    with database.writing() as session:
        add_asset(session, make_asset(), [])
        assert approve_asset(session, "script/vay-von@1", now=NOW).approved_at == NOW
        assert approve_asset(session, "script/vay-von@1", now=later).approved_at == NOW
        assert retire_asset(session, "script/vay-von@1", now=later).retired_at == later
        with pytest.raises(AssetRetired):
            approve_asset(session, "script/vay-von@1", now=later)
        with pytest.raises(AssetMissing, match="khong-co"):
            find_asset(session, "khong-co")
