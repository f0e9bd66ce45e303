"""`loa schedule campaign`, `loa schedule holidays`: what lies over the standing grid."""

import argparse
from datetime import date

from assets.messages import say
from studio.cli.output import now, print_json, print_table
from studio.cli.parser import Commands, add_command, add_group, add_json, add_option, read_day
from studio.database import open_database
from studio.people.audit import SYSTEM
from studio.settings import Settings


def add_commands(schedule: Commands) -> None:
    campaigns = add_group(schedule, "campaign", path="schedule.campaign")
    add_json(add_command(campaigns, "schedule.campaign.list", list_all))
    keep = add_command(campaigns, "schedule.campaign.set", keep_one)
    add_option(keep, "name", metavar="NAME", key="campaign_name")
    add_option(keep, "--from", dest="first", type=read_day, required=True, metavar="D", key="campaign_from")
    add_option(keep, "--to", dest="last", type=read_day, required=True, metavar="D", key="campaign_to")
    add_option(keep, "--station", action="append", default=[], metavar="S", key="campaign_station")
    add_option(keep, "--mode", choices=("adds", "replaces"), default="adds", key="campaign_mode")
    add_option(keep, "--use", choices=("any", "workdays", "holidays"), default="any", key="slot_use")
    drop = add_command(campaigns, "schedule.campaign.remove", drop_one)
    add_option(drop, "name", metavar="NAME", key="campaign_name")
    moon = add_command(schedule, "schedule.holidays", show_holidays)
    add_option(moon, "--year", type=int, default=None, metavar="Y", key="holidays_year")
    add_option(moon, "--move", type=read_day, default=None, metavar="D", key="holidays_move")
    add_option(moon, "--name", default="", metavar="TEXT", key="holidays_name")
    add_json(moon)
    for command in (keep, drop, moon):
        add_option(command, "--by", default=SYSTEM, metavar="USER", key="grid_by")


def list_all(chosen: argparse.Namespace, settings: Settings) -> None:
    from scheduler.campaigns import list_campaigns, list_stations_of

    with open_database(settings).reading() as session:
        found = [
            (one, [station.code for station in list_stations_of(session, one)])
            for one in list_campaigns(session)
        ]
    if chosen.json:
        print_json([one.model_dump(mode="json") | {"stations": codes} for one, codes in found])
        return
    names = ("number", "title", "from", "to", "kind", "use", "stations")
    print_table(
        [say(f"cli.column.{name}") for name in names],
        [
            (
                one.id,
                one.name,
                f"{one.first_date:%d/%m/%Y}",
                f"{one.last_date:%d/%m/%Y}",
                say(f"scheduler.campaign.{one.mode}"),
                say(f"scheduler.use.{one.use}"),
                ", ".join(codes),
            )
            for one, codes in found
        ],
    )


def keep_one(chosen: argparse.Namespace, settings: Settings) -> None:
    from scheduler.campaigns import list_campaigns
    from scheduler.grid import CampaignMode
    from scheduler.models import DayUse
    from scheduler.stations import list_stations
    from studio.grid.changes import set_campaign

    with open_database(settings).writing() as session:
        known = next((one for one in list_campaigns(session) if one.name == chosen.name), None)
        codes = chosen.station or [one.code for one in list_stations(session, on=chosen.first)]
        set_campaign(
            session,
            chosen.name,
            campaign=known,
            first=chosen.first,
            last=chosen.last,
            stations=codes,
            mode=CampaignMode(chosen.mode),
            use=DayUse(chosen.use),
            by=chosen.by,
            now=now(),
        )
    print(say("cli.schedule.campaign.kept", campaign=chosen.name, stations=len(codes)))


def drop_one(chosen: argparse.Namespace, settings: Settings) -> None:
    from scheduler.campaigns import find_campaign
    from studio.grid.changes import drop_campaign

    with open_database(settings).writing() as session:
        drop_campaign(session, find_campaign(session, chosen.name), by=chosen.by, now=now())
    print(say("cli.schedule.campaign.removed", campaign=chosen.name))


def show_holidays(chosen: argparse.Namespace, settings: Settings) -> None:
    from scheduler.layers import read_holidays
    from studio.grid.changes import move_holiday

    database = open_database(settings)
    if chosen.move is not None:
        with database.writing() as session:
            move_holiday(session, chosen.move, chosen.name, by=chosen.by, now=now())
    year = chosen.year or (chosen.move or now().astimezone(settings.timezone).date()).year
    year = min(max(year, date.min.year), date.max.year)
    with database.reading() as session:
        found = read_holidays(session).within(date(year, 1, 1), date(year, 12, 31))
    if chosen.json:
        print_json([{"day": day.isoformat(), "name": name} for day, name in found.items()])
        return
    print_table(
        [say(f"cli.column.{name}") for name in ("day", "weekday", "title")],
        [(f"{day:%d/%m/%Y}", say(f"playlists.weekday.{day.weekday()}"), name) for day, name in found.items()],
    )
