"""`apn-emu lightpath`: create, list, show and delete lightpaths of a running network."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from apn_emu.cli.files import PATH
from apn_emu.control.north.schemas import PROTECTIONS
from apn_emu.planning.plan import REST_PORT
from apn_emu.rest_client import ControllerClient, lightpath_path

INSIDE_NAME = "controller"
INSIDE_URL = f"http://{INSIDE_NAME}:{REST_PORT}"
"""The controller on every emulated server."""

Connect = Callable[[], ControllerClient]

as_json = click.option("--json", "as_json", is_flag=True, help="Print the controller's JSON.")
wait = click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(0, 3600),
    default=300,
    show_default=True,
    help="Seconds that the controller may take to finish.",
)


@click.group(name="lightpath")
@click.option(
    "--url",
    envvar="APN_EMU_CONTROLLER",
    help="The controller, if not that of a shell session here. Also from the environment:"
    f" APN_EMU_CONTROLLER. On an emulated server: {INSIDE_URL}.",
)
@click.option(
    "--socket",
    "socket_file",
    type=PATH,
    help="Socket of a shell session, where several run.",
)
@click.pass_context
def command(context: click.Context, url: str | None, socket_file: Path | None) -> None:
    """Create, list, show and delete lightpaths of a running network.

    That is the one of `apn-emu shell` in another terminal, or the one around an emulated server.

    \b
    Examples:
      apn-emu lightpath create tokyo chiba --rate 100G --id backup
      apn-emu lightpath show backup
      apn-emu lightpath delete backup
    """
    context.obj = partial(_connect, url, socket_file)


@command.command()
@click.argument("source")
@click.argument("destination")
@click.option("--rate", default="100G", show_default=True, help="Rate that the client gets.")
@click.option("--id", "name", help="Your name for it: asking again then changes nothing.")
@click.option("--protection", type=click.Choice(PROTECTIONS), default="none", show_default=True)
@click.option("--priority", type=click.IntRange(0, 1000), default=0, show_default=True)
@wait
@as_json
@click.pass_obj
def create(
    connect: Connect,
    source: str,
    destination: str,
    rate: str,
    name: str | None,
    protection: str,
    priority: int,
    wait_s: float,
    as_json: bool,
) -> None:
    """Set up a lightpath between two sites, and wait until light passes.

    \b
    Examples:
      apn-emu lightpath create tokyo chiba --rate 400G
      apn-emu lightpath create tokyo chiba --id gold --protection 1+1 --json
    """
    from apn_emu.errors import InputError
    from apn_emu.units import RATE, QuantityError, parse

    try:
        rate_bps = round(parse(RATE, rate))
    except QuantityError as error:
        raise InputError(f"--rate: {error}") from error
    wanted = {"source": source, "destination": destination, "rate_bps": rate_bps}
    wanted |= {"protection": protection, "priority": priority} | ({"id": name} if name else {})
    _print([connect().ask("POST", "/v1/lightpaths", wanted, wait_s)], as_json, single=True)


@command.command(name="list")
@as_json
@click.pass_obj
def list_(connect: Connect, as_json: bool) -> None:
    """List all lightpaths.

    \b
    Examples:
      apn-emu lightpath list
      apn-emu lightpath list --json
    """
    _print(connect().ask("GET", "/v1/lightpaths"), as_json)


@command.command()
@click.argument("name")
@as_json
@click.pass_obj
def show(connect: Connect, name: str, as_json: bool) -> None:
    """Show the lightpath NAME.

    \b
    Examples:
      apn-emu lightpath show gold --json
    """
    _print([connect().ask("GET", lightpath_path(name))], as_json, single=True)


@command.command()
@click.argument("name")
@wait
@as_json
@click.pass_obj
def delete(connect: Connect, name: str, wait_s: float, as_json: bool) -> None:
    """Take the lightpath NAME down, the light first.

    \b
    Examples:
      apn-emu lightpath delete gold
      apn-emu lightpath --url http://controller:8181 delete gold
    """
    connect().ask("DELETE", lightpath_path(name), wait_s=wait_s)
    click.echo(json.dumps({"id": name, "deleted": True}) if as_json else f"{name}: deleted")


@command.command()
def openapi() -> None:
    """Print the OpenAPI description of the controller's interface; no controller is needed.

    \b
    Examples:
      apn-emu lightpath openapi > openapi.json
    """
    from apn_emu.control.north.openapi import description

    click.echo(json.dumps(description(), indent=1))


def _connect(url: str | None, socket_file: Path | None) -> ControllerClient:
    """Return a client of the controller that is named, else of the one that there is."""
    from apn_emu.engine.shell_socket import sessions
    from apn_emu.errors import InputError

    if url and socket_file:
        raise InputError("--url and --socket name two controllers; give one of them")
    if url or socket_file:
        return ControllerClient(url or "", socket_file)
    found = sessions()
    if len(found) > 1:
        named = "\n".join(f"  --socket {file}" for file in found)
        raise InputError(f"several shell sessions run; say which one:\n{named}")
    if not found and not _is_known(INSIDE_NAME):
        raise InputError(
            "no shell session runs here; begin one with `apn-emu shell FILE`, or name a controller"
            " with --url"
        )
    return ControllerClient(INSIDE_URL, next(iter(found), None))


def _is_known(name: str) -> bool:
    try:
        socket.gethostbyname(name)
    except OSError:
        return False
    return True


def _print(lightpaths: list[dict[str, Any]], as_json: bool, single: bool = False) -> None:
    if as_json:
        click.echo(json.dumps(lightpaths[0] if single else lightpaths, indent=1))
        return
    from apn_emu.cli.printer import Printer
    from apn_emu.results.layout import plain_table
    from apn_emu.units import format_rate

    table = plain_table(
        "Lightpaths", ["lightpath", "route"], ["rate", "THz", "mode", "margin", "state"]
    )
    for lightpath in lightpaths:
        if "segments" in lightpath:  # a parent controller's
            table.add_row(*_end_to_end(lightpath))
            continue
        for path in lightpath["paths"]:
            first = path["role"] == "working"
            table.add_row(
                lightpath["id"] if first else "",
                "-".join(path["route"]),
                format_rate(lightpath["rate_bps"]) if first else "",
                f"{path['centre_thz']:g}",
                path["mode"],
                f"{path['qot'].get('margin_db', 0):.1f} dB",
                _state(lightpath) if first else "",
            )
    Printer().print(table)


def _end_to_end(lightpath: dict[str, Any]) -> tuple[str, ...]:
    from apn_emu.units import format_rate

    segments = (f"{s['source']}-{s['destination']}" for s in lightpath["segments"])
    rate = format_rate(lightpath["rate_bps"])
    return lightpath["id"], " | ".join(segments), rate, "", "", "", _state(lightpath)


def _state(lightpath: dict[str, Any]) -> str:
    lifecycle, operational = lightpath["lifecycle_state"], lightpath["operational_state"]
    return operational if lifecycle == "INSTALLED" else lifecycle
