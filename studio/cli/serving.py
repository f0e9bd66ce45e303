"""`loa serve`, `loa worker`, `loa user add`: the face, the hands and the people."""

import argparse
import gc
import getpass
import socket
import sys

from assets.errors import Unavailable
from assets.messages import say
from studio.cli.output import now
from studio.cli.parser import Commands, add_command, add_group, add_option
from studio.database import open_database
from studio.settings import Settings

PORTS_TRIED = 50


class NoPortFree(Unavailable):
    """No port in the range could be listened on."""


def add_commands(commands: Commands) -> None:
    serve = add_command(commands, "serve", serve_web)
    add_option(serve, "--host", default=None, metavar="HOST")
    add_option(serve, "--port", type=int, default=None, metavar="PORT")
    add_command(commands, "worker", work)
    users = add_group(commands, "user")
    add = add_command(users, "user.add", add_account)
    add_option(add, "username", metavar="NAME")
    add_option(add, "--name", required=True, metavar="FULL NAME", key="full_name")
    add_option(
        add,
        "--role",
        required=True,
        choices=["producer", "approver", "operator", "manager", "administrator"],
    )
    add_option(add, "--station", default=None, metavar="S", key="user_station")


def serve_web(chosen: argparse.Namespace, settings: Settings) -> None:
    """Listen on the first free port from `--port` on, and say where."""
    import uvicorn

    from studio.app import create_app

    host = chosen.host or settings.host
    first = chosen.port or settings.port
    listener = listen(host, first)
    address = f"http://{host}:{listener.getsockname()[1]}/"
    print(say("cli.serve.ready", address=address), flush=True)
    config = uvicorn.Config(create_app(settings), log_config=None, server_header=False, access_log=False)
    # What is loaded stays: searched for cycles again and again, it holds up an answer by 0.15 s each time.
    gc.freeze()
    with listener:
        uvicorn.Server(config).run(sockets=[listener])


def listen(host: str, first: int) -> socket.socket:
    """A listening socket on the first free port of `first` .. `first + 49`.

    Raises:
        NoPortFree: says which were tried.
    """
    for port in range(first, min(first + PORTS_TRIED, 65536)):
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError:
            listener.close()
            continue
        listener.listen(128)
        return listener
    raise NoPortFree(host=host, first=first, last=first + PORTS_TRIED - 1)


def work(_chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.jobs.worker import run_worker

    print(say("cli.worker.ready", home=settings.home), flush=True)
    run_worker(open_database(settings), settings)


def add_account(chosen: argparse.Namespace, settings: Settings) -> None:
    """The password is asked for, or read from standard input; it never stands on the command line."""
    from studio.people.accounts import add_user
    from studio.people.models import Role

    if sys.stdin.isatty():
        password = getpass.getpass(say("cli.user.password"))
    else:
        password = sys.stdin.readline().rstrip("\n")
    with open_database(settings).writing() as session:
        user = add_user(
            session,
            username=chosen.username,
            full_name=chosen.name,
            role=Role(chosen.role),
            password=password,
            station_code=chosen.station,
            now=now(),
        )
    print(say("cli.user.added", username=user.username, role=say(f"people.role.{user.role}")))
