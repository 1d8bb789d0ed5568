"""`apn-emu topologies`: the networks that ship with the package, listed and drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from apn_emu.cli.files import FILE

if TYPE_CHECKING:
    from apn_emu.network.model import Network


@click.command(short_help="List and draw the shipped networks.")
@click.argument("name", required=False)
@click.option(
    "--svg",
    "svg_file",
    type=FILE,
    help="Write the map of NAME as an SVG picture.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(name: str | None, svg_file: Path | None, as_json: bool) -> None:
    """List the networks that ship with the package, or draw NAME.

    NAME is a shipped network or a file: our YAML or JSON, GNPy topology JSON, GraphML, GML, or
    SNDlib XML with lengths added.

    \b
    Examples:
      apn-emu topologies
      apn-emu topologies jpn48 --svg jpn48.svg
    """
    from apn_emu.network.loading import load_network, shipped_networks

    if name is None:
        if svg_file is not None:
            raise click.UsageError("--svg needs the NAME of a network.")
        _list([load_network(shipped) for shipped in shipped_networks()], as_json)
        return
    network = load_network(name)
    if svg_file is not None:
        from apn_emu.cli.files import write_file
        from apn_emu.results.network_map import network_map

        write_file(svg_file, network_map(network))
    _show(network, as_json)


def _summary(network: Network) -> dict[str, Any]:
    return {
        "name": network.name,
        "nodes": len(network.nodes),
        "links": len(network.links),
        "km": round(sum(link.length_km for link in network.links), 1),
        "source": network.source,
    }


def _list(networks: list[Network], as_json: bool) -> None:
    if as_json:
        import json

        click.echo(json.dumps([_summary(network) for network in networks], indent=1))
        return
    from rich import box
    from rich.table import Table

    from apn_emu.cli.printer import Printer

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    table.add_column("name", no_wrap=True)
    for number in ("nodes", "links", "km"):
        table.add_column(number, justify="right", no_wrap=True)
    table.add_column("source", no_wrap=True, overflow="ellipsis", ratio=1)
    for network in networks:
        row = _summary(network)
        numbers = (str(row["nodes"]), str(row["links"]), f"{row['km']:,.1f}")
        table.add_row(network.name, *numbers, network.source)
    Printer().print(table)
    click.echo("`apn-emu topologies NAME` draws one and gives its source in full.")


def _show(network: Network, as_json: bool) -> None:
    if as_json:
        import json
        from dataclasses import asdict

        record = {**_summary(network), **asdict(network)}
        click.echo(json.dumps(record, indent=1, ensure_ascii=False))
        return
    import shutil

    from apn_emu.network.drawing import has_places, text_map

    row = _summary(network)
    click.echo(f"{network.name}: {network.title}" if network.title else network.name)
    click.echo(f"{row['nodes']} nodes, {row['links']} links, {row['km']:,.1f} km of fibre pairs")
    columns, rows = shutil.get_terminal_size((80, 30))
    click.echo(text_map(network, max(40, columns - 1), max(16, min(rows - 6, columns // 3))))
    if not has_places(network):
        click.echo("The file gives no coordinates: nodes stand on a circle, in its order.")
    for text in (f"Source: {network.source}" if network.source else "", *network.notes):
        if text:
            click.echo(text)
