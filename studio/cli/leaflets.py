"""`loa leaflet`: a script on paper."""

import argparse
from pathlib import Path

from assets.messages import say
from studio.cli.parser import Commands, add_command, add_option
from studio.settings import Settings


def add_commands(commands: Commands) -> None:
    leaflet = add_command(commands, "leaflet", make_leaflet_file)
    add_option(leaflet, "script", type=Path, metavar="SCRIPT")
    add_option(leaflet, "-o", "--output", type=Path, required=True, metavar="FILE.pdf")
    add_option(leaflet, "--size", type=str.lower, default="a5", metavar="a5|a4")
    add_option(leaflet, "--issuer", default="", metavar="TEXT")
    add_option(leaflet, "--label", default="", metavar="TEXT")
    add_option(leaflet, "--address", default="", metavar="URL")
    add_option(leaflet, "--logo", type=Path, metavar="FILE")


def make_leaflet_file(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.clips.cards import encode_logo
    from studio.leaflets.leaflet import Imprint, make_leaflet, write_leaflet
    from studio.production.programme import known_names
    from studio.scripts.parser import parse_script, read_script_file

    document = parse_script(read_script_file(chosen.script), **{**known_names(settings), "recordings": None})
    imprint = Imprint(
        size=chosen.size,
        issuer=chosen.issuer,
        label=chosen.label,
        address=chosen.address,
        logo=encode_logo(chosen.logo) if chosen.logo else b"",
    )
    write_leaflet(make_leaflet(document, imprint), chosen.output)
    print(say("cli.leaflet.done", file=chosen.output))
