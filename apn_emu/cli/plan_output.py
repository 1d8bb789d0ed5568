"""What `apn-emu plan` prints."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table

from apn_emu.optics.grid import UNIT_GHZ
from apn_emu.optics.modes import default_modes
from apn_emu.planning.occupancy import Occupancy, occupancies, spectrum_text, symbols
from apn_emu.planning.plan import Lightpath, Path, Plan


def print_json(plan: Plan, explanation: Sequence[Sequence[str]]) -> None:
    """Print everything as one JSON object."""
    record: dict[str, Any] = {
        "scenario": plan.name,
        "network": plan.network,
        "seed": plan.seed,
        "lightpaths": [_lightpath(lightpath) for lightpath in plan.lightpaths],
        "fibres": [_fibre(fibre) for fibre in occupancies(plan)],
        "transponders": transponders(plan),
        "power_w": power_w(plan),
    }
    if explanation:
        record["explanation"] = explanation
    click.echo(json.dumps(record, indent=1, ensure_ascii=False))


def print_tables(plan: Plan) -> None:
    """Print lightpaths, latencies, occupancy, totals and the spectrum."""
    columns = shutil.get_terminal_size((100, 30)).columns
    console = Console(highlight=False, width=columns)
    console.print(f"{plan.name} on {plan.network}: {len(plan.lightpaths)} lightpaths")
    if plan.lightpaths:
        console.print(_route_table(plan), _quality_table(plan), _latency_table(plan))
    console.print(_fibre_table(plan))
    click.echo("\n".join(spectrum_text(plan, columns)))
    total = f"{transponders(plan)} transponders, about {power_w(plan):g} W"
    click.echo(f"\n{total} (transceiver modules only; optics/modes.json names the sources)")


def print_explanation(explanation: Sequence[Sequence[str]]) -> None:
    """Print what was tried for each lightpath."""
    for lines in explanation:
        click.echo("\n" + "\n".join(lines))


def transponders(plan: Plan) -> int:
    """Return the transponders in use, two a path."""
    return 2 * len(plan.paths)


def power_w(plan: Plan) -> float:
    """Return the power of their transceiver modules."""
    modes = default_modes()
    return sum(2 * modes[path.mode].power_w for path in plan.paths)


def _lightpath(lightpath: Lightpath) -> dict[str, Any]:
    standby = lightpath.protecting
    return {
        "id": lightpath.id,
        "source": lightpath.a.site,
        "destination": lightpath.b.site,
        "rate_bps": lightpath.rate_bps,
        "protection": lightpath.protection,
        "priority": lightpath.priority,
        **_path(lightpath),
        "protecting": None if standby is None else {"id": standby.id, **_path(standby)},
    }


def _path(path: Path) -> dict[str, Any]:
    latency = path.latency
    return {
        "route": path.route,
        "fibres": path.fibres,
        "length_km": path.length_km,
        "centre_thz": path.centre_thz,
        "width_ghz": path.channel_width * UNIT_GHZ,
        "mode": path.mode,
        **path.qot,
        "latency_us": {
            "fibre": latency.fibre_ns / 1e3,
            "amplifiers": latency.amplifiers_ns / 1e3,
            "roadms": latency.roadms_ns / 1e3,
            "transceivers": latency.transceivers_ns / 1e3,
            "total": latency.total_ns / 1e3,
        },
    }


def _fibre(fibre: Occupancy) -> dict[str, Any]:
    return {
        "fibre": fibre.fibre,
        "source": fibre.source,
        "destination": fibre.destination,
        "lightpaths": [path.id for path in fibre.lightpaths],
        "used_ghz": fibre.used_ghz,
        "occupancy": round(fibre.share, 6),
    }


def _table(title: str, words: Sequence[str], numbers: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for head in words:
        table.add_column(head, overflow="fold")
    for head in numbers:
        table.add_column(head, justify="right", no_wrap=True)
    return table


def _route_table(plan: Plan) -> Table:
    table = _table("Lightpaths", ("", "", "route"), ("km", "centre THz", "GHz"))
    symbol_of = symbols(plan)
    for path in plan.paths:
        figures = (
            f"{path.length_km:g}",
            f"{path.centre_thz:.9g}",
            f"{path.channel_width * UNIT_GHZ:g}",
        )
        route = " - ".join(path.route)
        table.add_row(symbol_of[path.id], path.id, route, *figures)
    return table


def _quality_table(plan: Plan) -> Table:
    numbers = ("Gbit/s", "GSNR dB", "margin dB", "pre-FEC BER")
    table = _table("Transmission", ("", "mode"), numbers)
    for path in plan.paths:
        qot = path.qot
        figures = (
            f"{path.rate_bps / 1e9:g}",
            f"{qot['gsnr_01nm_db']:.1f}",
            f"{qot['margin_db']:.1f}",
            f"{qot['pre_fec_ber']:.1e}",
        )
        table.add_row(path.id, path.mode, *figures)
    return table


def _latency_table(plan: Plan) -> Table:
    parts = ("fibre", "amplifiers", "ROADMs", "transceivers", "total")
    table = _table("One-way latency in microseconds", ("",), parts)
    for path in plan.paths:
        spent = path.latency
        ns = (spent.fibre_ns, spent.amplifiers_ns, spent.roadms_ns, spent.transceivers_ns)
        table.add_row(path.id, *(f"{part / 1e3:.3f}" for part in (*ns, spent.total_ns)))
    return table


def _fibre_table(plan: Plan) -> Table:
    numbers = ("lightpaths", "GHz used", "of the C band")
    table = _table("Spectrum of each fibre", ("from", "to"), numbers)
    for fibre in occupancies(plan):
        figures = (str(len(fibre.lightpaths)), f"{fibre.used_ghz:g}", f"{fibre.share:.1%}")
        table.add_row(fibre.source, fibre.destination, *figures)
    return table
