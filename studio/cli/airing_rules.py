"""`loa script airing`: when, where and how often a script's piece may air."""

import argparse
from datetime import date
from typing import Any

from assets.messages import say
from studio.cli.output import now, print_json
from studio.cli.parser import Commands, add_command, add_json, add_option, read_day
from studio.database import open_database
from studio.people.accounts import find_user
from studio.settings import Settings


def add_command_to(verbs: Commands) -> None:
    airing = add_command(verbs, "script.airing", keep)
    add_option(airing, "code", metavar="CODE")
    add_option(airing, "--from", dest="first", type=_read_day, metavar="D", key="airing_from")
    add_option(airing, "--to", dest="last", type=_read_day, metavar="D", key="airing_to")
    add_option(airing, "--station", action="append", metavar="S", key="airing_station")
    add_option(airing, "--apart", type=int, metavar="DAYS", key="airing_apart")
    add_option(airing, "--most", type=int, metavar="N", key="airing_most")
    add_option(airing, "--by", default=None, metavar="USER")
    add_json(airing)


def keep(chosen: argparse.Namespace, settings: Settings) -> None:
    """Without a rule the rules are shown; what is not named stays."""
    from assets.models import AiringRules
    from scheduler.stations import list_stations
    from studio.arranging.airing_rules import describe_airing_rules, read_airing_rules, set_airing_rules
    from studio.scripts.workflow import find_script

    given = _read_given(chosen)
    database = open_database(settings)
    with database.writing() if given else database.reading() as session:
        script = find_script(session, chosen.code)
        if given:
            rules = AiringRules(**{**read_airing_rules(script), **given})
            by = find_user(session, chosen.by or "")
            script = set_airing_rules(session, chosen.code, rules, by=by, now=now())
        names = {one.code: one.name for one in list_stations(session)}
        kept = read_airing_rules(script)
        told = ", ".join(describe_airing_rules(script, names)) or say("cli.script.airing.none")
    if chosen.json:
        print_json({"code": chosen.code, **kept})
    else:
        print(say(f"cli.script.airing.{'done' if given else 'shown'}", code=chosen.code, rules=told))


def _read_given(chosen: argparse.Namespace) -> dict[str, Any]:
    given: dict[str, Any] = {
        "valid_from": chosen.first,
        "valid_until": chosen.last,
        "stations": chosen.station,
        "separation_days": chosen.apart,
        "max_airings": chosen.most,
    }
    given = {name: value for name, value in given.items() if value is not None}
    none = {"valid_from": date.max, "valid_until": date.max, "stations": ["all"], "max_airings": 0}
    cleared: dict[str, Any] = {"valid_from": None, "valid_until": None, "stations": [], "max_airings": None}
    return {name: cleared[name] if value == none.get(name) else value for name, value in given.items()}


def _read_day(text: str) -> date:
    """A day; `none`, which takes the bound back, is the last day there is."""
    return date.max if text == "none" else read_day(text)
