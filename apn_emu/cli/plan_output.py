"""What `apn-emu plan` prints."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click

from apn_emu.cli.printer import Printer
from apn_emu.optics.grid import UNIT_GHZ
from apn_emu.planning.forecast import outages
from apn_emu.planning.occupancy import Occupancy, occupancies, spectrum_text
from apn_emu.planning.plan import Lightpath, Path, Plan
from apn_emu.results.plan_tables import plan_tables, power_w, totals, transponders


def print_json(plan: Plan, explanation: Sequence[Sequence[str]]) -> None:
    """Print everything as one JSON object."""
    record: dict[str, Any] = {
        "scenario": plan.name,
        "network": plan.network,
        "seed": plan.seed,
        "lightpaths": [_lightpath(lightpath) for lightpath in plan.lightpaths],
        "end_to_end": [asdict(through) for through in plan.end_to_end],
        "fibres": [_fibre(fibre) for fibre in occupancies(plan)],
        "transponders": transponders(plan),
        "power_w": power_w(plan),
        "outages": [outage._asdict() for outage in outages(plan)],
    }
    if explanation:
        record["explanation"] = explanation
    click.echo(json.dumps(record, indent=1, ensure_ascii=False))


def print_tables(plan: Plan) -> None:
    """Print lightpaths, latencies, occupancy, totals and the spectrum."""
    columns = shutil.get_terminal_size((100, 30)).columns
    Printer(columns).print(plan_tables(plan))
    click.echo("\n".join(spectrum_text(plan, columns)))
    click.echo(f"\n{totals(plan)}")


def print_explanation(explanation: Sequence[Sequence[str]]) -> None:
    """Print what was tried for each lightpath."""
    for lines in explanation:
        click.echo("\n" + "\n".join(lines))


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
