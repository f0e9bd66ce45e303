"""`loa station …`: stations and their clusters of horns."""

import argparse
from typing import Any

from assets.messages import say
from studio.cli.output import now, print_json, print_table
from studio.cli.parser import Commands, Parser, add_command, add_group, add_json, add_option, read_day
from studio.database import open_database
from studio.people.audit import SYSTEM
from studio.settings import Settings

TECHNOLOGIES = ("fm", "cable", "ip")


def add_commands(commands: Commands) -> None:
    stations = add_group(commands, "station")
    listed = add_command(stations, "station.list", list_all)
    add_option(listed, "--on", type=read_day, default=None, metavar="D", key="station_on")
    show = add_command(stations, "station.show", show_one)
    add_option(show, "station", metavar="S", key="station_code")
    for command in (listed, show):
        add_json(command)
    fresh = add_command(stations, "station.add", add)
    change = add_command(stations, "station.change", change_one)
    for command, needed in ((fresh, True), (change, False)):
        _add_fields(command, needed=needed)
    cluster = add_command(stations, "station.cluster", keep_cluster)
    add_option(cluster, "station", metavar="S", key="station_code")
    add_option(cluster, "code", metavar="CODE", key="cluster_code")
    add_option(cluster, "--name", default="", metavar="TEXT", key="cluster_name")
    add_option(cluster, "--place", default="", metavar="TEXT", key="cluster_place")
    add_option(cluster, "--horns", type=int, default=1, metavar="N", key="cluster_horns")
    add_option(cluster, "--technology", choices=TECHNOLOGIES, default=None, key="technology")
    add_option(cluster, "--device", default="", metavar="TEXT", key="cluster_device")
    add_option(cluster, "--remove", action="store_true", key="cluster_remove")
    for command in (fresh, change, cluster):
        add_option(command, "--by", default=SYSTEM, metavar="USER", key="grid_by")


def _add_fields(command: Parser, *, needed: bool) -> None:
    add_option(command, "station", metavar="S", key="station_code")
    add_option(command, "--name", required=needed, default=None, metavar="TEXT", key="station_name")
    kinds = ("commune", "district", "web")
    add_option(command, "--kind", choices=kinds, default="commune" if needed else None, key="station_kind")
    preset = "loudspeaker" if needed else None
    add_option(command, "--preset", default=preset, metavar="P", key="station_preset")
    add_option(command, "--area", default=None, metavar="TEXT", key="station_area")
    add_option(command, "--technology", choices=TECHNOLOGIES, default=None, key="technology")
    add_option(command, "--timezone", default=None, metavar="ZONE", key="station_zone")
    add_option(command, "--languages", default=None, metavar="L,L", key="station_languages")
    add_option(command, "--quiet", default=None, metavar="HH:MM-HH:MM", key="station_quiet")
    for cap in ("minutes", "sessions", "days"):
        add_option(command, f"--most-{cap}", type=int, default=None, metavar="N", key=f"station_{cap}")
    add_option(command, "--from", dest="first", type=read_day, default=None, metavar="D", key="station_from")
    add_option(command, "--to", dest="last", type=read_day, default=None, metavar="D", key="station_to")


def list_all(chosen: argparse.Namespace, settings: Settings) -> None:
    from scheduler.station_changes import list_clusters
    from scheduler.stations import list_stations

    with open_database(settings).reading() as session:
        found = [(one, len(list_clusters(session, one))) for one in list_stations(session, on=chosen.on)]
    if chosen.json:
        print_json(
            [one.model_dump(mode="json", exclude={"id"}) | {"clusters": count} for one, count in found]
        )
        return
    names = ("code", "title", "kind", "technology", "area", "clusters", "quiet", "from", "to")
    print_table(
        [say(f"cli.column.{name}") for name in names],
        [
            (
                one.code,
                one.name,
                say(f"web.station.kind.{one.kind}"),
                say(f"scheduler.technology.{one.technology}") if one.technology else "—",
                one.area or "—",
                count,
                f"{one.quiet_from:%H:%M}-{one.quiet_until:%H:%M}"
                if one.quiet_from and one.quiet_until
                else "—",
                f"{one.valid_from:%d/%m/%Y}" if one.valid_from else "—",
                f"{one.valid_until:%d/%m/%Y}" if one.valid_until else "—",
            )
            for one, count in found
        ],
    )


def show_one(chosen: argparse.Namespace, settings: Settings) -> None:
    from scheduler.station_changes import list_clusters
    from scheduler.stations import find_station

    with open_database(settings).reading() as session:
        station = find_station(session, chosen.station)
        clusters = list_clusters(session, station)
    if chosen.json:
        rows = [one.model_dump(mode="json", exclude={"id", "station_id"}) for one in clusters]
        print_json(station.model_dump(mode="json", exclude={"id"}) | {"clusters": rows})
        return
    values = station.model_dump(mode="json", exclude={"id", "is_sample"})
    print_table(
        [say("cli.column.field"), say("cli.column.value")],
        [
            (say(f"web.grid.field.{name}"), "—" if one in (None, "", []) else one)
            for name, one in values.items()
        ],
    )
    if clusters:
        print_table(
            [say(f"cli.column.{name}") for name in ("code", "title", "place", "horns", "device")],
            [(one.code, one.name, one.place or "—", one.horns, one.device or "—") for one in clusters],
        )


def add(chosen: argparse.Namespace, settings: Settings) -> None:
    _keep(chosen, settings, is_new=True)


def change_one(chosen: argparse.Namespace, settings: Settings) -> None:
    _keep(chosen, settings, is_new=False)


def _keep(chosen: argparse.Namespace, settings: Settings, *, is_new: bool) -> None:
    from studio.grid.changes import set_station

    with open_database(settings).writing() as session:
        set_station(session, chosen.station, by=chosen.by, now=now(), is_new=is_new, **_read_fields(chosen))
    print(say("cli.station.kept", code=chosen.station))


def _read_fields(chosen: argparse.Namespace) -> dict[str, Any]:
    from scheduler.models import StationKind, Technology
    from studio.grid.words import read_clock, split_codes

    given: dict[str, Any] = {
        "name": chosen.name,
        "kind": StationKind(chosen.kind) if chosen.kind else None,
        "preset": chosen.preset,
        "area": chosen.area,
        "technology": Technology(chosen.technology) if chosen.technology else None,
        "timezone": chosen.timezone,
        "languages": split_codes(chosen.languages) if chosen.languages is not None else None,
        "max_session_minutes": chosen.most_minutes,
        "max_sessions_per_day": chosen.most_sessions,
        "max_days_per_week": chosen.most_days,
        "valid_from": chosen.first,
        "valid_until": chosen.last,
    }
    fields = {name: value for name, value in given.items() if value is not None}
    if chosen.quiet is not None:
        begins, _, ends = chosen.quiet.partition("-")
        none = chosen.quiet.strip() == "none"
        fields |= {
            "quiet_from": None if none else read_clock(begins),
            "quiet_until": None if none else read_clock(ends),
        }
    return fields


def keep_cluster(chosen: argparse.Namespace, settings: Settings) -> None:
    from scheduler.grid import Cluster
    from scheduler.models import Technology
    from scheduler.stations import find_station
    from studio.grid import changes

    with open_database(settings).writing() as session:
        station = find_station(session, chosen.station)
        if chosen.remove:
            changes.drop_cluster(session, station, chosen.code, by=chosen.by, now=now())
        else:
            cluster = Cluster(
                station_id=station.id or 0,
                code=chosen.code,
                name=chosen.name or chosen.code,
                place=chosen.place,
                horns=chosen.horns,
                technology=Technology(chosen.technology) if chosen.technology else None,
                device=chosen.device,
            )
            changes.set_cluster(session, station, cluster, by=chosen.by, now=now())
    print(say("cli.station.kept", code=chosen.station))
